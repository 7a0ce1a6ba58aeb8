//! What cannot be written.

use std::fmt;

/// Why data cannot be written.
#[derive(Debug)]
pub struct Error(Box<(ErrorKind, Option<std::io::Error>)>);

/// The ways in which writing can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such protocol.
    UnsupportedProtocol(u8),
    /// A name, or a persistent id in protocol 0, holds a newline, is empty, or is not the text that its line must be.
    Name,
    /// A persistent id is not text, which protocol 0 needs.
    PersistentId,
    /// An argument is longer than its opcode can say.
    Length,
    /// An out-of-band buffer needs protocol 5, or its contents, which were not supplied.
    Buffer,
    /// An out-of-band buffer comes after one that was supplied later: `NEXT_BUFFER` takes them in order.
    BufferOrder,
    /// A set leads back to itself through arguments, which needs protocol 4.
    SetInItself,
    /// A tree nests too deep.
    TooDeep,
    /// It exceeds [`Limits::bytes`](crate::Limits::bytes).
    TooLarge,
    /// A tree has a key or member that Python cannot hash.
    Unhashable,
    /// The writer failed.
    Io(std::io::ErrorKind),
}

impl Error {
    /// What is wrong.
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
            ErrorKind::UnsupportedProtocol(protocol) => write!(f, "there is no protocol {protocol}"),
            ErrorKind::Name => f.write_str("a name does not fit its line"),
            ErrorKind::PersistentId => f.write_str("protocol 0 needs persistent ids to be ASCII text"),
            ErrorKind::Length => f.write_str("an argument is longer than its opcode can say"),
            ErrorKind::Buffer => f.write_str("an out-of-band buffer needs protocol 5, or its contents"),
            ErrorKind::BufferOrder => f.write_str("out-of-band buffers are not in the order of their supply"),
            ErrorKind::SetInItself => {
                f.write_str("a set that leads back to itself through arguments needs protocol 4")
            }
            ErrorKind::TooLarge => f.write_str(
                "as a pickle, in which some shared data is repeated, the data is larger than the limit",
            ),
            ErrorKind::TooDeep => f.write_str("the tree nests too deep"),
            ErrorKind::Unhashable => f.write_str("a key or member is of a kind that cannot be hashed"),
            ErrorKind::Io(kind) => write!(f, "writing failed: {kind}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.1.as_ref().map(|error| error as _)
    }
}
