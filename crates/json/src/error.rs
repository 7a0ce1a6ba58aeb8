//! Why a graph cannot be written as JSON.

use std::fmt;
use std::io;

use halfsour_classes::numpy::WrapperError;
use halfsour_value::{Kind, Node};

/// The result of writing JSON.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a graph cannot be written as JSON, and where in its source.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    offset: Option<usize>,
    source: Option<io::Error>,
}

/// The ways in which writing can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An object of this kind contains itself, which the plain form says only if [`Style::with_cycles`](crate::Style::with_cycles)
    /// tells how.
    Cycle(Kind),
    /// The JSON would nest deeper than [`Limits::depth`](crate::Limits::depth).
    TooDeep,
    /// The JSON would exceed [`Limits::values`](crate::Limits::values) or [`bytes`](crate::Limits::bytes).
    TooLarge,
    /// Two keys of a dict have one name, as 1 and `'1'`.
    SameName,
    /// A part of an array or table has values of an unknown class, or none at all.
    Unreadable,
    /// An array of joblib is behind a wrapper that is not understood: the lossless form would lose it.
    Wrapper,
    /// The writer failed.
    Io(io::ErrorKind),
}

impl Error {
    #[cold]
    pub(crate) fn new<S: AsRef<[u8]>>(kind: ErrorKind, node: Node<'_, S>) -> Self {
        Self(Box::new(Inner { kind, offset: node.offset(), source: None }))
    }

    #[cold]
    pub(crate) fn too_large() -> Self {
        Self(Box::new(Inner { kind: ErrorKind::TooLarge, offset: None, source: None }))
    }

    #[cold]
    pub(crate) fn unreadable() -> Self {
        Self(Box::new(Inner { kind: ErrorKind::Unreadable, offset: None, source: None }))
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The offset in the source at which the object was made that cannot be written, if the error is about one.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }
}

impl From<WrapperError> for Error {
    #[cold]
    fn from(error: WrapperError) -> Self {
        Self(Box::new(Inner { kind: ErrorKind::Wrapper, offset: Some(error.offset), source: None }))
    }
}

impl From<io::Error> for Error {
    #[cold]
    fn from(error: io::Error) -> Self {
        Self(Box::new(Inner { kind: ErrorKind::Io(error.kind()), offset: None, source: Some(error) }))
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle(kind) => write!(f, "the {kind} contains itself, which plain JSON cannot say"),
            Self::TooDeep => f.write_str("the data nests deeper than the limit"),
            Self::TooLarge => {
                f.write_str("as JSON, in which shared data is repeated, the data is larger than the limit")
            }
            Self::SameName => f.write_str(
                "two keys of the dict have the same name in plain JSON, as 1 and '1' have; the lossless form tells them apart",
            ),
            Self::Unreadable => {
                f.write_str("values of a class that is not known, or that are not in the file")
            }
            Self::Wrapper => f.write_str(
                "joblib's wrapper is of a form that is not known, so that its array would be lost",
            ),
            Self::Io(kind) => write!(f, "writing failed: {kind}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(offset) = self.0.offset {
            write!(f, "byte 0x{offset:x}: ")?;
        }
        self.0.kind.fmt(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|error| error as _)
    }
}
