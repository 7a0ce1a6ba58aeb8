//! Why something of a file cannot be said.

use std::fmt;

use halfsour_files::PickleError;

/// An error in a file: in what is around its pickles, or in one of them.
#[non_exhaustive]
pub enum Error {
    /// The file, or something in it, cannot be read.
    File(halfsour_files::Error),
    /// A pickle cannot be loaded.
    Pickle(PickleError<halfsour_vm::Error>),
}

impl From<halfsour_files::Error> for Error {
    fn from(error: halfsour_files::Error) -> Self {
        Self::File(error)
    }
}

impl From<PickleError<halfsour_vm::Error>> for Error {
    fn from(error: PickleError<halfsour_vm::Error>) -> Self {
        Self::Pickle(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Pickle(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => error.source(),
            Self::Pickle(error) => error.source(),
        }
    }
}
