//! The lexer over a whole slice.

// The visitor's code is copied into each arm of the dispatch, where the opcode is known: that is what makes it fast.

use halfsour_opcode::{Op, Opcode, for_each_opcode};
use nom::Err;

use crate::args::{self, Fault};
use crate::{Error, ErrorKind};

/// Goes over the opcodes of a pickle, up to and including `STOP`.
///
/// As an iterator it gives `(offset, op)`; after `STOP`, or after an error, it gives `None`. What follows a pickle is
/// read by a new lexer: `Lexer::at(input, lexer.offset())`.
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

/// Something that takes opcodes as they are read.
///
/// [`Lexer::visit`] calls it where the opcode is already known. An implementation that is `#[inline(always)]` and
/// begins with `match op` is therefore compiled into the lexer's own dispatch.
pub trait Visitor<'a> {
    /// What a step gives.
    type Output;

    /// Takes the opcode that begins at `start`. `lexer` stands behind it; what is read from it here is not visited.
    fn visit(&mut self, start: usize, lexer: &mut Lexer<'a>, op: Op<'a>) -> Self::Output;
}

macro_rules! dispatch {
    ($($byte:literal $variant:ident $(($arg:ident: $kind:ident))? $name:literal
        [$($before:ident)*] => [$($after:ident)*] $protocol:literal $summary:literal;)*) => {
        /// Reads the argument of the opcode with this byte, and hands on the op and what follows it.
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

/// What is done with an op and what follows it, or with a fault. It is done in each arm of the dispatch, so that what the
/// arms have in common need not be put together.
pub(crate) trait Take<'a, R> {
    fn take(&mut self, op: Op<'a>, rest: &'a [u8]) -> R;
    fn fail(&mut self, error: Err<Fault>) -> R;
}

/// Gives the op itself.
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
    /// Kept here, so that what an arm gives is small.
    failure: &'l mut Option<Error>,
}

/// The failure was kept.
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
    /// A lexer over `input`, which begins with a pickle.
    pub const fn new(input: &'a [u8]) -> Self {
        Self { input, rest: input, done: false }
    }

    /// A lexer over the pickle that begins at `offset`; the offsets that it tells count from the start of `input`.
    ///
    /// # Panics
    ///
    /// If `offset` is beyond the end of `input`.
    pub fn at(input: &'a [u8], offset: usize) -> Self {
        Self { input, rest: &input[offset..], done: false }
    }

    /// Where the next opcode begins; after `STOP`, where the pickle ends.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn offset(&self) -> usize {
        self.input.len() - self.rest.len()
    }

    /// Whether `STOP` was read last.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn is_done(&self) -> bool {
        self.done
    }

    /// Reads the next opcode if it is an int in binary, of at most eight bytes and as Python 3 writes it; except for the
    /// last of the input. Otherwise the lexer stays where it is.
    ///
    /// It is for many ints of different sizes: there it takes half the time of [`visit`](Self::visit).
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
        let (value, length) = crate::short::int(self.rest)?;
        self.rest = &self.rest[length..];
        Some(value)
    }

    /// Passes over bytes that were read otherwise, without a `STOP` among them.
    ///
    /// # Panics
    ///
    /// If there are not so many.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn advance(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }

    /// Passes over the next opcode if it is this one, which has no argument; tells whether it is.
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

    /// What has not been read.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// All of the input.
    pub const fn input(&self) -> &'a [u8] {
        self.input
    }

    /// Reads the next opcode, also beyond a `STOP`.
    ///
    /// # Errors
    ///
    /// If the next bytes are not an opcode. The lexer stays where it is.
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

    /// Reads the next opcode and hands it to `visitor`.
    ///
    /// # Errors
    ///
    /// If the next bytes are not an opcode. The lexer stays where it is, and the visitor is not called.
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
        // No more will come: what is incomplete is at its end.
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
