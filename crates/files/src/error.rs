//! What can be wrong with a file.

use std::{fmt, io};

use crate::{Format, Limit, LookAlike};

/// The result of reading a file.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a file, or what is in it, cannot be read. It says which layer of which member.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    name: String,
    format: Option<Format>,
    source: Option<io::Error>,
    look_alike: Option<LookAlike>,
}

/// The ways in which reading a file can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file cannot be read.
    Io(io::ErrorKind),
    /// The data ends before it is complete.
    Truncated,
    /// The data is not what its format says.
    Malformed(&'static str),
    /// The file uses a feature that is not supported.
    Unsupported(&'static str),
    /// The checksum that the archive states is not that of the data.
    Checksum,
    /// There is no such member.
    NoMember,
    /// A member was asked for, and the file is no archive.
    NotAnArchive,
    /// The file, or the archive, contains no pickles.
    NoPickles,
    /// A record of a database is no pickle, though others that are like it are, or though the database says that it is one.
    NoPickle,
    /// Several members of the archive hold pickles, and one was to be read.
    SeveralParts,
    /// The index that tells the keys, and which values were not deleted, is not beside the file.
    NoIndex,
    /// A limit would be exceeded.
    Limit(Limit),
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, name: &str, format: Option<Format>) -> Self {
        Self(Box::new(Inner { kind, name: name.to_owned(), format, source: None, look_alike: None }))
    }

    #[cold]
    pub(crate) fn io(error: io::Error, name: &str) -> Self {
        let kind = ErrorKind::Io(error.kind());
        Self(Box::new(Inner {
            kind,
            name: name.to_owned(),
            format: None,
            source: Some(error),
            look_alike: None,
        }))
    }

    /// Adds what the file is in which there is no pickle.
    pub(crate) fn with_look_alike(mut self, look_alike: Option<LookAlike>) -> Self {
        self.0.look_alike = look_alike;
        self
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name of the file or member: `model.tar:weights.pt:data.pkl`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The layer that the error is in.
    pub fn format(&self) -> Option<Format> {
        self.0.format
    }

    /// What the file is, if it is known and no pickle is in it.
    pub fn look_alike(&self) -> Option<&LookAlike> {
        self.0.look_alike.as_ref()
    }

    /// The message without the name.
    pub fn reason(&self) -> impl fmt::Display {
        Reason(&self.0)
    }
}

struct Reason<'a>(&'a Inner);

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(format) = self.0.format {
            write!(f, "{format}: ")?;
        }
        match &self.0.source {
            Some(error) => error.fmt(f)?,
            None => self.0.kind.fmt(f)?,
        }
        match &self.0.look_alike {
            Some(look_alike) => write!(f, "; {look_alike}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(kind) => write!(f, "reading failed: {kind}"),
            Self::Truncated => f.write_str("the data ends early"),
            Self::Malformed(what) => f.write_str(what),
            Self::Unsupported(what) => write!(f, "not supported: {what}"),
            Self::Checksum => f.write_str("the checksum is not that of the data"),
            Self::NoMember => f.write_str("there is no such member"),
            Self::NotAnArchive => f.write_str("not an archive, so without members"),
            Self::NoPickles => f.write_str("contains no pickles"),
            Self::NoPickle => f.write_str("it is no pickle, though other records are"),
            Self::SeveralParts => {
                f.write_str("several members contain pickles; ask for one, as with `Input::with_member`")
            }
            Self::NoIndex => f.write_str(
                "the index, the file with the same name that ends in `.dir`, is missing: the keys are unknown, and values that were \
                 deleted or replaced are among those in this file",
            ),
            Self::Limit(Limit::Total) => f.write_str("the data decompresses to more than the limit"),
            Self::Limit(Limit::Ratio) => {
                f.write_str("the data decompresses to far more than its size: a bomb")
            }
            Self::Limit(Limit::Depth) => f.write_str("too many layers lie in each other"),
        }
    }
}

impl std::error::Error for ErrorKind {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.name, self.reason())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.0.source.as_ref()?)
    }
}
