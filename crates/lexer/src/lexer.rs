//! The lexer over a whole slice.

// Forced inlining: the visitor's code is copied into each arm of the dispatch, where the opcode is a constant.

use halfsour_opcode::{Op, Opcode, for_each_opcode};
use nom::Err;

use crate::args::{self, Fault};
use crate::{Error, ErrorKind};

/// Reads the opcodes of a pickle, up to and including `STOP`.
///
/// The iterator yields `(offset, op)`, with the offset in bytes, and ends after `STOP` or after an error. To read a pickle
/// that follows, make a new lexer: `Lexer::at(input, lexer.offset())`.
///
/// ```
/// use halfsour_lexer::{Lexer, Op};
///
/// let two = b"N.K\x02.";
/// let mut lexer = Lexer::new(two);
/// assert_eq!(lexer.by_ref().count(), 2);
/// assert_eq!(lexer.offset(), 2);
/// let mut lexer = Lexer::at(two, lexer.offset());
/// assert_eq!(lexer.next(), Some(Ok((2, Op::BinInt1(2)))));
/// ```
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    input: &'a [u8],
    rest: &'a [u8],
    done: bool,
}

/// A receiver of opcodes, as they are read by [`Lexer::visit`].
///
/// The lexer calls `visit` where it knows the opcode already. An implementation that is `#[inline(always)]` and begins with
/// `match op` is therefore compiled into the lexer's own dispatch, without a second one.
pub trait Visitor<'a> {
    /// The result of one step.
    type Output;

    /// Receives the opcode that begins at offset `start`. `lexer` is already behind it; opcodes that this method reads from
    /// `lexer` are not visited.
    fn visit(&mut self, start: usize, lexer: &mut Lexer<'a>, op: Op<'a>) -> Self::Output;
}

macro_rules! dispatch {
    ($($byte:literal $variant:ident $(($arg:ident: $kind:ident))? $name:literal
        [$($before:ident)*] => [$($after:ident)*] $protocol:literal $summary:literal;)*) => {
        /// Reads the argument of the opcode with this byte, and passes on the op and the bytes behind it.
        #[cfg_attr(not(debug_assertions), inline(always))]
        pub(crate) fn dispatch<'a, R>(
            byte: u8,
            rest: &'a [u8],
            mut take: impl Take<'a, R>,
        ) -> R {
            match byte {
                $($byte => {
                    $(let (rest, $arg) = match args::$kind(rest) {
                        Ok(parsed) => parsed,
                        Err(error) => return take.fail(error),
                    };)?
                    take.take(Op::$variant $(($arg))?, rest)
                })*
                _ => take.fail(Err::Failure(Fault(ErrorKind::UnknownOpcode(byte)))),
            }
        }
    };
}

for_each_opcode!(dispatch);

/// The last step of each arm of the dispatch: it takes the op and the bytes behind it, or the error. As each arm has its own
/// copy, the arms need not merge their results first.
pub(crate) trait Take<'a, R> {
    fn take(&mut self, op: Op<'a>, rest: &'a [u8]) -> R;
    fn fail(&mut self, error: Err<Fault>) -> R;
}

/// Returns the op and the bytes behind it.
pub(crate) struct Plain;

type Parsed<'a> = Result<(Op<'a>, &'a [u8]), Err<Fault>>;

impl<'a> Take<'a, Parsed<'a>> for Plain {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn take(&mut self, op: Op<'a>, rest: &'a [u8]) -> Parsed<'a> {
        Ok((op, rest))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn fail(&mut self, error: Err<Fault>) -> Parsed<'a> {
        Err(error)
    }
}

/// Advances the lexer, then calls the visitor.
struct Visit<'l, 'a, V> {
    lexer: &'l mut Lexer<'a>,
    visitor: &'l mut V,
    /// The error is kept here, so that the result of an arm is small.
    failure: &'l mut Option<Error>,
}

/// The error is in [`Visit::failure`].
struct Failed;

impl<'a, V: Visitor<'a>> Take<'a, Result<V::Output, Failed>> for Visit<'_, 'a, V> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn take(&mut self, op: Op<'a>, rest: &'a [u8]) -> Result<V::Output, Failed> {
        let start = self.lexer.offset();
        self.lexer.rest = rest;
        self.lexer.done = matches!(op, Op::Stop);
        Ok(self.visitor.visit(start, self.lexer, op))
    }

    #[cold]
    fn fail(&mut self, error: Err<Fault>) -> Result<V::Output, Failed> {
        *self.failure = Some(self.lexer.error(&error));
        Err(Failed)
    }
}

impl<'a> Lexer<'a> {
    /// Creates a lexer over `input`, which begins with a pickle.
    pub const fn new(input: &'a [u8]) -> Self {
        Self { input, rest: input, done: false }
    }

    /// Creates a lexer over the pickle that begins at `offset` of `input`. Its offsets count from the start of `input`.
    ///
    /// # Panics
    ///
    /// If `offset` is beyond the end of `input`.
    pub fn at(input: &'a [u8], offset: usize) -> Self {
        Self { input, rest: &input[offset..], done: false }
    }

    /// Returns the offset in bytes where the next opcode begins; after `STOP`, where the pickle ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn offset(&self) -> usize {
        self.input.len() - self.rest.len()
    }

    /// Returns whether the last opcode was `STOP`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn is_done(&self) -> bool {
        self.done
    }

    /// Reads the next opcode and returns its value, if it is a binary int of at most eight bytes, as Python 3 writes it, and
    /// at least ten bytes of input are left. Otherwise returns `None`, and the lexer does not move.
    ///
    /// For many ints of different sizes, this takes half the time of [`visit`](Self::visit).
    ///
    /// ```
    /// use halfsour_lexer::Lexer;
    ///
    /// let mut lexer = Lexer::new(b"K\x01M\x02\x03J\xff\xff\xff\xff12345678.");
    /// assert_eq!([lexer.next_int(), lexer.next_int(), lexer.next_int()], [Some(1), Some(0x302), Some(-1)]);
    /// assert_eq!((lexer.next_int(), lexer.offset()), (None, 10));
    /// ```
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn next_int(&mut self) -> Option<i64> {
        let (value, length) = crate::binary_int::binary_int(self.rest)?;
        self.rest = &self.rest[length..];
        Some(value)
    }

    /// Skips bytes that the caller has read itself. No `STOP` may be among them.
    ///
    /// # Panics
    ///
    /// If fewer than `length` bytes are left.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn advance(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }

    /// Skips the next opcode if it is `opcode`, which must be one without an argument. Returns whether it is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn skip(&mut self, opcode: Opcode) -> bool {
        match self.rest.split_first() {
            Some((&byte, rest)) if byte == opcode.byte() => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Returns the bytes that have not been read yet.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Returns the whole input.
    pub const fn input(&self) -> &'a [u8] {
        self.input
    }

    /// Reads the next opcode, even after a `STOP`.
    ///
    /// # Errors
    ///
    /// If the next bytes are not an opcode with its argument. The lexer does not move.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn next_op(&mut self) -> Result<Op<'a>, Error> {
        let Some((&byte, rest)) = self.rest.split_first() else {
            return Err(self.error(&Err::Incomplete(nom::Needed::Unknown)));
        };
        match dispatch(byte, rest, Plain) {
            Ok((op, rest)) => {
                self.rest = rest;
                self.done = matches!(op, Op::Stop);
                Ok(op)
            }
            Err(error) => Err(self.error(&error)),
        }
    }

    /// Reads the next opcode and passes it to `visitor`.
    ///
    /// # Errors
    ///
    /// If the next bytes are not an opcode with its argument. The lexer does not move, and the visitor is not called.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn visit<V: Visitor<'a>>(&mut self, visitor: &mut V) -> Result<V::Output, Error> {
        let Some((&byte, rest)) = self.rest.split_first() else {
            return Err(self.error(&Err::Incomplete(nom::Needed::Unknown)));
        };
        let mut failure = None;
        match dispatch(byte, rest, Visit { lexer: self, visitor, failure: &mut failure }) {
            Ok(output) => Ok(output),
            Err(Failed) => Err(failure.expect("it was kept")),
        }
    }

    #[cold]
    fn error(&self, error: &Err<Fault>) -> Error {
        // The slice is the whole input, so incomplete means at its end.
        let kind = match error {
            Err::Incomplete(_) => ErrorKind::UnexpectedEnd,
            Err::Error(fault) | Err::Failure(fault) => fault.0,
        };
        Error::new(kind, self.offset(), self.rest.first().and_then(|&byte| Opcode::from_byte(byte)))
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Result<(usize, Op<'a>), Error>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let offset = self.offset();
        let op = self.next_op();
        self.done |= op.is_err();
        Some(op.map(|op| (offset, op)))
    }
}

impl core::iter::FusedIterator for Lexer<'_> {}
