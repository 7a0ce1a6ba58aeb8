//! [`ConvertError`].

use std::{fmt, io};

use halfsour_classes::numpy::WrapperError;
use halfsour_files::PickleError;
use halfsour_text::name::visible;
use halfsour_value::PathError;
use halfsour_vm as vm;
use halfsour_writer as writer;

use crate::{LeftOut, Report};

/// A [`ConvertError`] with the name of the file and the place of the pickle in it.
pub type Error = PickleError<ConvertError>;

/// The reason that a pickle cannot be converted, or that its tensors cannot be listed.
#[non_exhaustive]
pub enum ConvertError {
    /// The pickle cannot be loaded.
    Load(vm::Error),
    /// The path leads nowhere.
    Path(PathError),
    /// JSON cannot be written.
    Json(halfsour_json::Error),
    /// A pickle cannot be written.
    Pickle(writer::Error),
    /// The format cannot hold the data. The text says what it lacks.
    Unsuitable(String),
    /// The format can hold the data only in part.
    LeftOut(Report),
    /// The pickle is cut off or damaged: only the tensors of what was complete were listed, as was asked for.
    Damage(Box<vm::Damage>),
    /// The output takes no more.
    Output(io::Error),
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Path(error) => error.fmt(f),
            Self::Json(error) => error.fmt(f),
            Self::Pickle(error) => error.fmt(f),
            Self::Unsuitable(reason) => f.write_str(reason),
            Self::LeftOut(report) => {
                for (at, LeftOut { name, reason }) in report.left_out.iter().enumerate() {
                    write!(f, "{}{}: {reason}", if at > 0 { "; " } else { "" }, visible(name))?;
                }
                f.write_str("; the option `partial` leaves out what cannot be written")
            }
            Self::Damage(damage) => damage.fmt(f),
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConvertError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Load(error) => error.source(),
            Self::Path(error) => error.source(),
            Self::Json(error) => error.source(),
            Self::Pickle(error) => error.source(),
            Self::Damage(damage) => Some(&damage.error),
            Self::Unsuitable(_) | Self::LeftOut(_) => None,
            Self::Output(error) => error.source(),
        }
    }
}

impl From<String> for ConvertError {
    fn from(reason: String) -> Self {
        Self::Unsuitable(reason)
    }
}

impl From<&str> for ConvertError {
    fn from(reason: &str) -> Self {
        Self::Unsuitable(reason.to_owned())
    }
}

impl From<WrapperError> for ConvertError {
    fn from(error: WrapperError) -> Self {
        Self::Unsuitable(error.to_string())
    }
}

impl From<PathError> for ConvertError {
    fn from(error: PathError) -> Self {
        Self::Path(error)
    }
}

impl From<vm::Error> for ConvertError {
    fn from(error: vm::Error) -> Self {
        Self::Load(error)
    }
}

impl From<halfsour_json::Error> for ConvertError {
    fn from(error: halfsour_json::Error) -> Self {
        Self::Json(error)
    }
}

impl From<writer::Error> for ConvertError {
    fn from(error: writer::Error) -> Self {
        Self::Pickle(error)
    }
}

impl From<io::Error> for ConvertError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
