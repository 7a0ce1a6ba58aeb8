//! The lexer for input that arrives in pieces.

use core::num::NonZeroUsize;

use halfsour_opcode::{ArgKind, Op, Opcode};
use nom::{Err, Needed};

use crate::lexer::{Plain, dispatch};
use crate::{Error, ErrorKind};

/// Reads opcodes from a buffer that the caller fills as bytes arrive.
///
/// The lexer does no I/O and owns no bytes. Call [`next`](Self::next) with all bytes that have arrived and are not yet
/// consumed; it returns an opcode, or the least number of bytes that are missing. Opcodes and errors are those of
/// [`Lexer`](crate::Lexer), however the input is cut.
///
/// ```
/// use halfsour_lexer::{Incremental, Op, Step};
///
/// let mut lexer = Incremental::new();
/// assert_eq!(lexer.next(b"K", false)?, Step::Need(1.try_into().unwrap()));
/// assert_eq!(lexer.next(b"K\x07.", false)?, Step::Op { op: Op::BinInt1(7), length: 2 });
/// assert_eq!(lexer.next(b".", false)?, Step::Op { op: Op::Stop, length: 1 });
/// assert_eq!(lexer.offset(), 3);
/// # Ok::<(), halfsour_lexer::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Incremental {
    offset: usize,
    /// The number of bytes of the buffer that have been searched for newlines already, so that a long line that arrives
    /// byte by byte is not searched over and over.
    searched: usize,
    /// The number of newlines among those bytes.
    newlines: usize,
}

/// The result of [`Incremental::next`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step<'a> {
    /// The buffer begins with an opcode. Its first `length` bytes are consumed: drop them before the next call.
    Op {
        /// The opcode and its argument.
        op: Op<'a>,
        /// The length of the opcode and its argument, in bytes.
        length: usize,
    },
    /// At least this many more bytes are needed. The number comes from the stream and may be huge: do not allocate it at
    /// once.
    Need(NonZeroUsize),
}

impl Incremental {
    /// Creates a lexer at the start of a stream.
    pub const fn new() -> Self {
        Self { offset: 0, searched: 0, newlines: 0 }
    }

    /// Returns the number of bytes consumed, which is the offset of the next opcode in the stream.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Reads the opcode that `buffer` begins with. Pass true for `end` if no bytes will follow those of `buffer`.
    ///
    /// # Errors
    ///
    /// The errors of [`Lexer`](crate::Lexer) on the whole stream, with the same offsets.
    pub fn next<'b>(&mut self, buffer: &'b [u8], end: bool) -> Result<Step<'b>, Error> {
        let opcode = buffer.first().and_then(|&byte| Opcode::from_byte(byte));
        let result = match buffer.split_first() {
            None => Err(Err::Incomplete(Needed::new(1))),
            Some(_) if !self.lines_are_there(opcode, buffer) => Err(Err::Incomplete(Needed::new(1))),
            Some((&byte, rest)) => dispatch(byte, rest, Plain),
        };
        let kind = match result {
            Ok((op, rest)) => {
                let length = buffer.len() - rest.len();
                *self = Self { offset: self.offset + length, ..Self::new() };
                return Ok(Step::Op { op, length });
            }
            Err(Err::Incomplete(_)) if end => ErrorKind::UnexpectedEnd,
            Err(Err::Incomplete(Needed::Size(needed))) => return Ok(Step::Need(needed)),
            Err(Err::Incomplete(Needed::Unknown)) => return Ok(Step::Need(NonZeroUsize::MIN)),
            Err(Err::Error(fault) | Err::Failure(fault)) => fault.0,
        };
        Err(Error::new(kind, self.offset, opcode))
    }

    /// Returns whether the buffer holds all lines of the opcode's argument; true for an argument without lines.
    fn lines_are_there(&mut self, opcode: Option<Opcode>, buffer: &[u8]) -> bool {
        let lines = match opcode.and_then(Opcode::arg) {
            Some(ArgKind::StringNlNoEscapePair) => 2,
            Some(
                ArgKind::StringNl
                | ArgKind::StringNlNoEscape
                | ArgKind::UnicodeStringNl
                | ArgKind::DecimalNlShort
                | ArgKind::DecimalNlLong
                | ArgKind::FloatNl,
            ) => 1,
            _ => return true,
        };
        let from = self.searched.max(1).min(buffer.len());
        self.newlines += memchr::memchr_iter(b'\n', &buffer[from..]).take(lines - self.newlines).count();
        self.searched = buffer.len();
        self.newlines >= lines
    }
}
