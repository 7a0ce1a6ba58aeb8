//! The errors of bytes that are not opcodes.

use core::fmt;

use halfsour_opcode::Opcode;

/// The result of reading opcodes.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// An error in the bytes of a pickle, with the offset where it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
    opcode: Option<Opcode>,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An opcode is expected, and no opcode has this byte.
    UnknownOpcode(u8),
    /// The input ends where an opcode is expected, or inside an argument.
    UnexpectedEnd,
    /// The signed length of an argument (of `BINSTRING` or `LONG4`) is negative.
    NegativeLength,
    /// The length of an argument is larger than any memory: beyond `isize::MAX`.
    LengthOverflow,
}

impl Error {
    #[cold]
    pub(crate) const fn new(kind: ErrorKind, offset: usize, opcode: Option<Opcode>) -> Self {
        Self { kind, offset, opcode }
    }

    /// Returns the kind of error.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the offset of the opcode that could not be read, in bytes from the start of the input.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the opcode whose argument could not be read, or `None` if the opcode itself could not.
    pub const fn opcode(&self) -> Option<Opcode> {
        self.opcode
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOpcode(byte) => write!(f, "expected an opcode, found the byte 0x{byte:02x}"),
            Self::UnexpectedEnd => f.write_str("the input ends inside the argument"),
            Self::NegativeLength => f.write_str("the length of the argument is negative"),
            Self::LengthOverflow => f.write_str("the length of the argument is larger than any memory"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte 0x{:x}: ", self.offset)?;
        match (self.opcode, self.kind) {
            (Some(opcode), kind) => write!(f, "{opcode}: {kind}"),
            (None, ErrorKind::UnexpectedEnd) => f.write_str("the input ends before STOP"),
            (None, kind) => kind.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Error {}
