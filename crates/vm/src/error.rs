//! [`Error`]: the reason why a stream cannot be loaded.

use std::fmt;

use halfsour_lexer::text::escape::EscapeError;
use halfsour_lexer::text::number::NumberError;
use halfsour_lexer::{self as lexer, Opcode};
use halfsour_value::machine::OutOfBudget;
use halfsour_value::{Kind, StepError, TreeError};

/// The result of loading a pickle.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The reason why a pickle cannot be loaded, with the place.
///
/// Messages name kinds and offsets, and never show contents of the pickle.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    offset: usize,
    opcode: Option<Opcode>,
    source: Option<std::io::Error>,
}

/// The ways in which loading can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not opcodes.
    Lexer(lexer::ErrorKind),
    /// The reader failed.
    Io(std::io::ErrorKind),
    /// There are too few objects on the stack.
    StackUnderflow {
        /// The number of objects that the stack holds.
        holds: usize,
        /// The number of objects that the opcode takes.
        needs: usize,
    },
    /// A mark is where an object should be.
    UnexpectedMark,
    /// There is no mark on the stack.
    NoMark,
    /// There is no such protocol.
    UnsupportedProtocol(u8),
    /// A frame is longer than the input.
    FrameTooLong,
    /// The text of a number is malformed.
    Number(NumberError),
    /// A quoted string, or text with escapes, is malformed.
    Escape(EscapeError),
    /// Text is not UTF-8.
    InvalidUtf8,
    /// Text, or a Python 2 string that is to be read as ASCII, is not ASCII.
    NotAscii,
    /// A Python 2 string is no text in the encoding that was chosen.
    NotEncoded {
        /// The offset in the string of the first byte that is no part of a text.
        at: usize,
    },
    /// The line of a name is empty.
    EmptyName,
    /// This slot of the memo is not set.
    MemoUnset(u64),
    /// Keys and values do not come in pairs.
    OddItems,
    /// A key of a dict or a member of a set is of a kind that Python cannot hash.
    Unhashable,
    /// The arguments of a call are not a tuple.
    ArgsNotTuple(Kind),
    /// The keyword arguments are not a dict.
    KwargsNotDict(Kind),
    /// An object of this kind cannot be called.
    NotCallable(Kind),
    /// A class was expected, and an object of this kind found.
    NotAClass(Kind),
    /// A module's or a global's name is not text.
    NameNotText(Kind),
    /// Objects of this kind cannot take what the opcode gives them.
    Unsupported(Kind),
    /// An extension code is not positive.
    ExtensionCode(i64),
    /// The stream refers to an out-of-band buffer that was not supplied.
    MissingBuffer,
    /// The data that follows an object in the stream is of an unknown length: see [`Attached::Unknown`](crate::Attached::Unknown).
    UnknownAttached,
    /// The length before a message is negative: see [`Framing`](crate::Framing).
    NegativeLength(i32),
    /// A limit would be exceeded.
    Limit(Limit),
    /// The data is not a tree.
    Tree(TreeError),
}

/// The limit that would be exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::opcodes`](crate::Limits::opcodes).
    Opcodes,
    /// [`Limits::stack`](crate::Limits::stack).
    Stack,
    /// [`Limits::memo`](crate::Limits::memo).
    Memo,
    /// [`Limits::input`](crate::Limits::input).
    Input,
    /// [`Limits::memory`](crate::Limits::memory) or [`memory_per_byte`](crate::Limits::memory_per_byte), or two
    /// billion nodes.
    Memory,
}

impl From<OutOfBudget> for ErrorKind {
    fn from(_: OutOfBudget) -> Self {
        Self::Limit(Limit::Memory)
    }
}

impl ErrorKind {
    /// Why an object of this kind refused a step.
    pub(crate) fn refused(refusal: StepError, kind: Kind) -> Self {
        match refusal {
            StepError::OutOfBudget => Self::Limit(Limit::Memory),
            StepError::Unhashable => Self::Unhashable,
            // The others are those of a builder, not of a stream.
            _ => Self::Unsupported(kind),
        }
    }
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, offset: usize, opcode: Option<Opcode>) -> Self {
        Self(Box::new(Inner { kind, offset, opcode, source: None }))
    }

    #[cold]
    pub(crate) fn io(error: std::io::Error, offset: usize) -> Self {
        let kind = ErrorKind::Io(error.kind());
        Self(Box::new(Inner { kind, offset, opcode: None, source: Some(error) }))
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The offset of the opcode that failed, in bytes from the start of the input.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The opcode that failed.
    pub fn opcode(&self) -> Option<Opcode> {
        self.0.opcode
    }

    /// The message without the place.
    pub fn reason(&self) -> impl fmt::Display {
        Reason(self.0.kind, self.0.opcode)
    }
}

impl From<lexer::Error> for Error {
    #[cold]
    fn from(error: lexer::Error) -> Self {
        Self(Box::new(Inner {
            kind: ErrorKind::Lexer(error.kind()),
            offset: error.offset(),
            opcode: error.opcode(),
            source: None,
        }))
    }
}

struct Reason(ErrorKind, Option<Opcode>);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (ErrorKind::Lexer(lexer::ErrorKind::UnexpectedEnd), None) => {
                f.write_str("the input ends before STOP")
            }
            (kind, _) => kind.fmt(f),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lexer(kind) => kind.fmt(f),
            Self::Io(kind) => write!(f, "reading failed: {kind}"),
            Self::StackUnderflow { holds, needs } => {
                write!(f, "the stack holds {holds} item{}, needs {needs}", if *holds == 1 { "" } else { "s" })
            }
            Self::UnexpectedMark => f.write_str("a mark stands where an object is needed"),
            Self::NoMark => f.write_str("there is no mark on the stack"),
            Self::UnsupportedProtocol(protocol) => write!(f, "there is no protocol {protocol}"),
            Self::FrameTooLong => f.write_str("the frame is longer than the input"),
            Self::Number(error) => error.fmt(f),
            Self::Escape(error) => error.fmt(f),
            Self::InvalidUtf8 => f.write_str("the text is not UTF-8"),
            Self::NotAscii => f.write_str("the string is not ASCII"),
            Self::NotEncoded { at } => {
                write!(f, "the string is no text in the encoding that was chosen, from its byte {at} on")
            }
            Self::EmptyName => f.write_str("a name is empty"),
            Self::MemoUnset(slot) => write!(f, "slot {slot} of the memo is not set"),
            Self::OddItems => f.write_str("keys and values do not come in pairs"),
            Self::Unhashable => f.write_str("a key or member is of a kind that cannot be hashed"),
            Self::ArgsNotTuple(kind) => write!(f, "expected a tuple of arguments, found {kind}"),
            Self::KwargsNotDict(kind) => write!(f, "expected a dict of keyword arguments, found {kind}"),
            Self::NotCallable(kind) => write!(f, "expected a callable, found {kind}"),
            Self::NotAClass(kind) => write!(f, "expected a class, found {kind}"),
            Self::NameNotText(kind) => write!(f, "expected a str as a name, found {kind}"),
            Self::Unsupported(kind) => write!(f, "the opcode cannot be applied to an object of kind {kind}"),
            Self::ExtensionCode(code) => write!(f, "the extension code {code} is not positive"),
            Self::MissingBuffer => f.write_str("the out-of-band buffer was not supplied"),
            Self::UnknownAttached => f.write_str(
                "data follows this object, and its length is not known, because its type is not known here",
            ),
            Self::NegativeLength(length) => {
                write!(f, "expected the length of a message, found the negative number {length}")
            }
            Self::Limit(limit) => write!(f, "the limit of {limit} is exceeded"),
            // The error has the place.
            Self::Tree(error) => error.without_offset().fmt(f),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opcodes => "opcodes",
            Self::Stack => "the stack",
            Self::Memo => "the memo",
            Self::Input => "the input",
            Self::Memory => "memory",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte 0x{:x}: ", self.0.offset)?;
        if let Some(opcode) = self.0.opcode {
            write!(f, "{opcode}: ")?;
        }
        self.reason().fmt(f)
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
