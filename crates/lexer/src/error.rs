//! What can be wrong with the bytes.

use core::fmt;

use halfsour_opcode::Opcode;

/// Why bytes are not opcodes, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
    opcode: Option<Opcode>,
}

/// The ways in which bytes can fail to be opcodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No opcode has this byte.
    UnknownOpcode(u8),
    /// The input ends where an opcode should be, or inside an argument.
    UnexpectedEnd,
    /// A signed length (`BINSTRING`, `LONG4`) is negative.
    NegativeLength,
    /// A length is more than any memory holds: beyond `isize::MAX`.
    LengthOverflow,
}

impl Error {
    #[cold]
    pub(crate) const fn new(kind: ErrorKind, offset: usize, opcode: Option<Opcode>) -> Self {
        Self { kind, offset, opcode }
    }

    /// What is wrong.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where the opcode begins that could not be read, in bytes from the start of the input.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The opcode whose argument could not be read.
    pub const fn opcode(&self) -> Option<Opcode> {
        self.opcode
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOpcode(byte) => write!(f, "no opcode has the byte 0x{byte:02x}"),
            Self::UnexpectedEnd => f.write_str("the input ends inside the argument"),
            Self::NegativeLength => f.write_str("the length is negative"),
            Self::LengthOverflow => f.write_str("the length is more than any memory holds"),
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

impl core::error::Error for Error {}
