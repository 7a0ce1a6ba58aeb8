//! [`Error`]: an error of any part.

use std::fmt;

/// The result of a function of a program that uses several parts of halfsour.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Defines the enum of the errors of all parts, with what each of them says.
macro_rules! errors {
    ($($doc:literal $variant:ident($of:ty), $offset:expr $(, if $feature:literal)?;)*) => {
        /// An error of any part of halfsour: `?` turns the error of each part into it.
        ///
        /// Its text, its source, its offset and its path are those of the error that it holds, and so is its `Debug`, the text that `main`
        /// prints.
        #[cfg_attr(all(feature = "json", feature = "serde"), doc = include_str!("error.md"))]
        #[non_exhaustive]
        pub enum Error {
            $(#[doc = $doc] $(#[cfg(feature = $feature)])? $variant($of),)*
        }

        $($(#[cfg(feature = $feature)])? impl From<$of> for Error {
            #[cold]
            fn from(error: $of) -> Self {
                Self::$variant(error)
            }
        })*

        impl Error {
            /// Returns the offset in the pickle, in bytes, if the error is about one place in it.
            pub fn offset(&self) -> Option<usize> {
                match self {
                    $($(#[cfg(feature = $feature)])? Self::$variant(error) => {
                        let offset: fn(&$of) -> Option<usize> = $offset;
                        offset(error)
                    })*
                }
            }

            fn inner(&self) -> &(dyn std::error::Error + 'static) {
                match self {
                    $($(#[cfg(feature = $feature)])? Self::$variant(error) => error,)*
                }
            }
        }
    };
}

errors! {
    "A pickle cannot be loaded." Load(crate::vm::Error), |error| Some(error.offset());
    "Bytes are no opcodes." Lexer(crate::lexer::Error), |error| Some(error.offset());
    "There is nothing at a path." Path(crate::value::PathError), |_| None;
    "A graph cannot become a tree." Tree(crate::value::TreeError), |error| error.offset();
    "A tree cannot become a graph." Value(crate::value::ValueError), |_| None;
    "An object cannot be built so." Step(crate::value::StepError), |_| None;
    "The objects of persistent ids cannot be where the ids are." Resolve(crate::value::ResolveError), |_| None;
    "A graph or a tree cannot be written." Write(crate::writer::Error), |_| None, if "writer";
    "A type of Rust cannot be read or written." Types(crate::types::Error), types_offset, if "serde";
    "A graph cannot be written as JSON." Json(crate::json::Error), |error| error.offset(), if "json";
    "JSON is no document that a graph can be made of." Document(crate::json::ParseError), |_| None, if "json";
    "An object of Python is none of a type of another crate." Conversion(crate::classes::ConversionError), |_| None, if "classes";
    "The numbers of an array are not of the type, or do not lie so that they can be lent." Array(crate::classes::memory::ArrayError), |_| None, if "classes";
    "A text is no date, UUID or the like." Parse(crate::classes::ParseError), |_| None, if "classes";
    "An object is no table of Arrow." Table(crate::arrow::TableError), |_| None, if "arrow";
    "A file cannot be read, or taken apart." File(crate::files::Error), |_| None, if "files";
    "A pickle in a file cannot be loaded." Pickle(crate::files::PickleError<crate::vm::Error>), |error| Some(error.error.offset()), if "files";
    "A file cannot be converted." Convert(crate::convert::ConvertError), |_| None, if "convert";
    "A file cannot be inspected." Inspect(crate::inspect::Error), |error| match error {
        crate::inspect::Error::Pickle(error) => Some(error.error.offset()),
        _ => None,
    }, if "inspect";
    "Objects cannot be compared." Diff(crate::inspect::diff::DiffError), |_| None, if "inspect";
    "A pickle was refused by a policy." Refused(crate::audit::Refused), |_| None, if "audit";
    "A text is no policy, or policies do not go together." Policy(crate::audit::PolicyError), |_| None, if "audit";
    "A stream of messages failed." Codec(crate::codec::Error), |_| None, if "tokio";
    "The input or output failed." Io(std::io::Error), |_| None;
}

/// Returns the offset of the object that does not fit a type, or that of the opcode that cannot be loaded.
#[cfg(feature = "serde")]
fn types_offset(error: &crate::types::Error) -> Option<usize> {
    match error.kind() {
        crate::types::ErrorKind::Load(error) => Some(error.offset()),
        _ => error.offset(),
    }
}

impl Error {
    /// Returns the path from the root to the object that does not fit a type, such as `.users[3].email`, if the error is about
    /// one. It is empty for the root.
    #[cfg(feature = "serde")]
    pub fn path(&self) -> Option<String> {
        use crate::types::ErrorKind;

        match self {
            Self::Types(error) => match error.kind() {
                ErrorKind::Load(_) | ErrorKind::Write(_) | ErrorKind::Io(_) => None,
                _ => Some(error.path()),
            },
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.inner(), f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner().source()
    }
}
