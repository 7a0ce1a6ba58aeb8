//! The errors of writing.

use std::fmt;

use halfsour_opcode::HIGHEST_PROTOCOL;

/// The result of writing a pickle.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error in writing a pickle.
pub struct Error(Box<(ErrorKind, Option<std::io::Error>)>);

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The protocol does not exist.
    UnsupportedProtocol(u8),
    /// A name is empty, contains a newline or is not text, and so cannot stand in a line, as protocols below 4 write it.
    /// The same goes for a persistent id with a newline in protocol 0.
    Name,
    /// A persistent id is not ASCII text, as protocol 0 requires.
    PersistentId,
    /// An argument is longer than its opcode can express.
    Length,
    /// An out-of-band buffer is written below protocol 5, and its contents were not supplied.
    Buffer,
    /// An out-of-band buffer occurs after one that was supplied later: `NEXT_BUFFER` takes buffers in order.
    BufferOrder,
    /// A set contains itself by way of an object's arguments, which protocols below 4 cannot write.
    SetInItself,
    /// A tree nests deeper than 1,000 levels.
    TooDeep,
    /// The pickle exceeds [`Limits::bytes`](crate::Limits::bytes).
    TooLarge,
    /// A tree has a key or member of a kind that Python cannot hash.
    Unhashable,
    /// The output failed.
    Io(std::io::ErrorKind),
}

impl Error {
    /// Returns the kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.0.0
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new((kind, None)))
    }
}

impl From<std::io::Error> for Error {
    #[cold]
    fn from(error: std::io::Error) -> Self {
        Self(Box::new((ErrorKind::Io(error.kind()), Some(error))))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.0 {
            ErrorKind::UnsupportedProtocol(protocol) => {
                write!(f, "protocol {protocol} does not exist; use 0 to {HIGHEST_PROTOCOL}")
            }
            ErrorKind::Name => f.write_str(
                "a name is empty, contains a newline or is not text, which protocols below 4 cannot write; \
                 use protocol 4 or 5",
            ),
            ErrorKind::PersistentId => {
                f.write_str("a persistent id is not ASCII text, as protocol 0 requires; use protocol 1 or higher")
            }
            ErrorKind::Length => f.write_str("an argument is longer than its opcode can express"),
            ErrorKind::Buffer => f.write_str(
                "an out-of-band buffer has no contents to write; supply it when reading, or use protocol 5",
            ),
            ErrorKind::BufferOrder => f.write_str(
                "an out-of-band buffer occurs after one that was supplied later; \
                 use protocol 4, which writes the contents",
            ),
            ErrorKind::SetInItself => {
                f.write_str("a set contains itself by way of an object's arguments; use protocol 4 or 5")
            }
            ErrorKind::TooLarge => f.write_str(
                "the pickle is larger than the limit, because some shared data is written each time it occurs; \
                 raise the limit on bytes",
            ),
            ErrorKind::TooDeep => f.write_str("the tree nests deeper than 1,000 levels; write it from a graph"),
            ErrorKind::Unhashable => f.write_str("a key or member is of a kind that Python cannot hash"),
            ErrorKind::Io(kind) => write!(f, "writing failed: {kind}"),
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
        self.0.1.as_ref().map(|error| error as _)
    }
}
