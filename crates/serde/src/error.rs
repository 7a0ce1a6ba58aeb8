//! What can go wrong between pickles and Rust types.

use std::fmt;

use halfsour_value::Kind;

/// Why a pickle is not the Rust value that was asked for, or a Rust value cannot be written.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    /// From the innermost part to the outermost.
    path: Vec<String>,
    found: Option<Kind>,
    offset: Option<usize>,
}

/// The ways in which this can fail.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The pickle cannot be loaded.
    Load(halfsour_vm::Error),
    /// The value cannot be written.
    Write(halfsour_writer::Error),
    /// The writer failed.
    Io(std::io::Error),
    /// The data is not what the type wants: serde's message.
    Data(String),
    /// An object holds itself.
    Cycle,
    /// The data nests deeper than 128 levels.
    TooDeep,
    /// With all that is shared copied, the data is larger than twenty times the pickle.
    TooLarge,
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, path: Vec::new(), found: None, offset: None }))
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The kind of the object that is not what the type wants.
    pub fn found(&self) -> Option<Kind> {
        self.0.found
    }

    /// Where in the stream that object was made, in bytes from its start. Of None, bools and small ints, it is where what
    /// holds them was made.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// The way from the root to that object: `.users[3].email`.
    pub fn path(&self) -> String {
        self.0.path.iter().rev().map(String::as_str).collect()
    }

    /// Says which object it was, unless that is known.
    #[cold]
    pub(crate) fn at(mut self, found: Kind, offset: Option<usize>) -> Self {
        self.0.found.get_or_insert(found);
        self.0.offset = self.0.offset.or(offset);
        self
    }

    /// Adds a step that leads to where it happened.
    #[cold]
    pub(crate) fn within(mut self, step: String) -> Self {
        self.0.path.push(step);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        match &self.0.kind {
            ErrorKind::Load(error) => error.fmt(f),
            ErrorKind::Write(error) => error.fmt(f),
            ErrorKind::Io(error) => error.fmt(f),
            ErrorKind::Data(message) => f.write_str(message),
            ErrorKind::Cycle => f.write_str("the object contains itself"),
            ErrorKind::TooDeep => f.write_str("the data nests too deep"),
            ErrorKind::TooLarge => f.write_str("with what is shared copied, the data is too large"),
        }?;
        if let Some(offset) = self.0.offset {
            write!(f, " (from byte 0x{offset:x})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            ErrorKind::Load(error) => Some(error),
            ErrorKind::Write(error) => Some(error),
            ErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl serde::de::Error for Error {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(ErrorKind::Data(message.to_string()))
    }
}

impl serde::ser::Error for Error {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(ErrorKind::Data(message.to_string()))
    }
}

impl From<halfsour_vm::Error> for Error {
    fn from(error: halfsour_vm::Error) -> Self {
        Self::new(ErrorKind::Load(error))
    }
}

impl From<halfsour_writer::Error> for Error {
    fn from(error: halfsour_writer::Error) -> Self {
        Self::new(ErrorKind::Write(error))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Io(error))
    }
}
