//! The errors of reading and writing Rust types.

use std::fmt;

use halfsour_value::Kind;

/// An error in reading a Rust value from a pickle, or in writing one.
///
/// An error in the data says where it is: [`path`](Self::path) and [`offset`](Self::offset).
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    /// The steps of the path, from the innermost to the outermost.
    path: Vec<String>,
    found: Option<Kind>,
    offset: Option<usize>,
}

/// The kinds of [`Error`].
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The pickle cannot be loaded.
    Load(halfsour_vm::Error),
    /// The value cannot be written.
    Write(halfsour_writer::Error),
    /// The input or output failed.
    Io(std::io::Error),
    /// The data does not fit the type. This is serde's message.
    Data(String),
    /// The data nests deeper than [`TreeLimits::depth`](halfsour_value::TreeLimits::depth), by default 128 levels. An object
    /// that contains itself does, too.
    TooDeep,
    /// The data, with shared objects copied, exceeds [`TreeLimits`](halfsour_value::TreeLimits), by default twenty times the
    /// pickle.
    TooLarge,
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, path: Vec::new(), found: None, offset: None }))
    }

    /// Returns the kind of error.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Returns the kind of the object that does not fit the type, if the error is about one.
    pub fn found(&self) -> Option<Kind> {
        self.0.found
    }

    /// Returns the offset in the stream, in bytes, of the opcode that made that object. For `None`, a bool or a small int, it is
    /// the offset of the key or container that holds it.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// Returns the path from the root to that object, such as `.users[3].email`. It is empty for the root.
    pub fn path(&self) -> String {
        self.0.path.iter().rev().map(String::as_str).collect()
    }

    /// Adds the object that the error is about, unless the error has one.
    #[cold]
    pub(crate) fn at(mut self, found: Kind, offset: Option<usize>) -> Self {
        self.0.found.get_or_insert(found);
        self.0.offset = self.0.offset.or(offset);
        self
    }

    /// Adds to the message.
    #[cold]
    pub(crate) fn note(mut self, note: &str) -> Self {
        if let ErrorKind::Data(message) = &mut self.0.kind {
            message.push_str(note);
        }
        self
    }

    /// Says, in an error about an object in a table that stands for no value, what to do.
    #[cfg(feature = "classes")]
    #[cold]
    pub(crate) fn missing(mut self) -> Self {
        if let (ErrorKind::Data(message), true) = (&mut self.0.kind, self.0.path.is_empty())
            && let Some((_, expected)) = message.split_once(", expected ")
        {
            *message =
                format!("a missing value (None, NaN, NaT), expected {expected}: make the field an `Option`");
        }
        self
    }

    /// Adds what to do to the message of an error about bytes, if they are no text.
    #[cold]
    pub(crate) fn hint(self, bytes: &[u8], hint: &str) -> Self {
        if std::str::from_utf8(bytes).is_ok() { self } else { self.note("; ").note(hint) }
    }

    /// Adds a step to the front of the path.
    #[cold]
    pub(crate) fn within(mut self, step: String) -> Self {
        self.0.path.push(step);
        self
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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
            ErrorKind::TooDeep => f.write_str(
                "the data nests too deep, or contains itself; raise the depth with `NodeDeserializer::with_limits`",
            ),
            ErrorKind::TooLarge => f.write_str(
                "the data is too large, with shared objects copied; raise the limits with `NodeDeserializer::with_limits`",
            ),
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
