//! The second pass: the objects of a plain stream, one after the other.

// Long because: what goes over the stream shares one place in it, and short ways for single scalars stand beside the
// general one.

use std::borrow::Cow;
use std::ops::AddAssign;

use halfsour_lexer::text::number::{self, Int, IntLine};
use halfsour_lexer::text::{escape, wtf8};
use halfsour_lexer::{Lexer, Op, Opcode};
use serde::de::Error as _;

use super::outline::Outline;
use super::short;
use crate::Error;

/// An object, or the beginning of one that has members.
#[derive(Debug)]
pub(super) enum Token<'de> {
    None,
    Bool(bool),
    Int(i64),
    BigInt(Cow<'de, [u8]>),
    Float(f64),
    Str(Cow<'de, str>),
    /// Text with lone surrogates.
    Surrogates(Cow<'de, [u8]>),
    ByteString(Cow<'de, [u8]>),
    Bytes(&'de [u8]),
    /// So many members follow.
    Sequence(usize),
    /// So many pairs follow.
    Dict(usize),
    /// A list or a dict that the stream had before.
    Again(Place),
}

/// Where a list or dict begins, and what was known there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    at: u32,
    /// Its number among the lists and dicts.
    container: u32,
    tuple: u32,
    slot: u32,
}

/// Where to go on after an object was read again.
pub(super) struct Return {
    to: Place,
    /// Where the object ends.
    end: usize,
}

/// What to do about a byte that begins the next opcode.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    /// It makes an object.
    Object,
    /// It says where objects belong, and takes no argument.
    Structure,
    /// It is `MEMOIZE`.
    Memoize,
    Other,
}

const BETWEEN: [Between; 256] = {
    use Opcode::{
        Append, Appends, BinPut, Frame, LongBinPut, Mark, Memoize, Proto, Put, SetItem, SetItems, Tuple,
        Tuple1, Tuple2, Tuple3,
    };
    let opcodes = [
        (Between::Structure, [Mark, Append, Appends, SetItem, SetItems, Tuple1, Tuple2, Tuple3].as_slice()),
        (Between::Memoize, &[Memoize]),
        // Where no member stands before it, `TUPLE` makes an object.
        (Between::Other, &[Tuple, Put, BinPut, LongBinPut, Proto, Frame]),
    ];
    let mut table = [Between::Object; 256];
    let mut row = 0;
    while row < opcodes.len() {
        let (between, opcodes) = opcodes[row];
        let mut at = 0;
        while at < opcodes.len() {
            table[opcodes[at].byte() as usize] = between;
            at += 1;
        }
        row += 1;
    }
    table
};

/// Goes over a plain stream.
///
/// Nothing is checked here that the outline has checked. What between the objects only says where they belong is passed
/// over: the counts say it, too.
pub(super) struct Reader<'o, 'de> {
    input: &'de [u8],
    at: usize,
    outline: &'o Outline,
    int_digits: usize,
    /// The next list or dict.
    container: usize,
    /// The next tuple.
    tuple: usize,
    /// Where that one begins.
    tuple_at: usize,
    /// The slot of the memo that `MEMOIZE` sets.
    slot: usize,
    /// Where the objects begin that are in the slots up to the last one that is fetched.
    memo: Vec<u32>,
    /// The texts in the first slots, once they have been fetched.
    texts: Vec<&'de str>,
    /// Of those, the lists and dicts, in order.
    places: Vec<Place>,
    /// Where the last object began.
    last: usize,
    /// How many objects may be read again.
    objects_left: usize,
    /// How many bytes of text may be read again.
    bytes_left: usize,
}

/// What copies of shared objects cost, at most, if the graph makes them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    objects: usize,
    bytes: usize,
}

impl Cost {
    fn of(token: &Token<'_>) -> Self {
        let bytes = match token {
            Token::Str(text) => text.len(),
            Token::Surrogates(bytes) | Token::BigInt(bytes) => bytes.len(),
            Token::Bytes(bytes) => bytes.len(),
            Token::ByteString(bytes) => bytes.len() * 2,
            _ => 0,
        };
        Self { objects: 1, bytes }
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

#[cold]
fn failed() -> Error {
    // Nobody sees it: the graph is asked then.
    Error::custom("not read as a stream")
}

impl<'o, 'de> Reader<'o, 'de> {
    pub fn new(input: &'de [u8], outline: &'o Outline, int_digits: usize) -> Self {
        let mut reader = Self {
            input,
            at: 0,
            outline,
            int_digits,
            container: 0,
            tuple: 0,
            tuple_at: 0,
            slot: 0,
            memo: vec![0; outline.fetched],
            texts: vec![""; outline.fetched.min(256)],
            places: Vec::new(),
            last: 0,
            // The graph allows twenty times what there is, or so much. What is read once takes the members once, and the
            // bytes twice, at most; what would be too large for the graph is left to it.
            objects_left: (outline.members * 19).max(100_000_usize.saturating_sub(outline.members)),
            bytes_left: input.len().saturating_mul(18).max((1_usize << 20).saturating_sub(input.len() * 2)),
        };
        reader.seek_tuple(0);
        reader.settle();
        reader
    }

    /// Whether all objects have been read. If an error was swallowed, or part of an object not asked for, they have not.
    pub fn is_at_end(&mut self) -> bool {
        self.settle();
        self.input.get(self.at) == Some(&Opcode::Stop.byte())
    }

    /// Makes the reading fail, even if this error is swallowed.
    #[cold]
    pub fn fail(&mut self) -> Error {
        self.at = self.input.len();
        failed()
    }

    fn seek_tuple(&mut self, tuple: usize) {
        self.tuple = tuple;
        self.tuple_at = self.outline.tuples.get(tuple).map_or(usize::MAX, |tuple| tuple.start as usize);
    }

    /// Goes to the next object. This has to come before each but the first.
    #[inline]
    pub fn settle(&mut self) {
        while let Some(&byte) = self.input.get(self.at) {
            match BETWEEN[usize::from(byte)] {
                Between::Object => return,
                Between::Structure => self.at += 1,
                Between::Memoize => {
                    self.remember(self.slot);
                    self.at += 1;
                }
                Between::Other => {
                    if !self.pass(byte) {
                        return;
                    }
                }
            }
        }
    }

    #[inline]
    fn remember(&mut self, slot: usize) {
        if let Some(at) = self.memo.get_mut(slot) {
            #[allow(clippy::cast_possible_truncation)] // no input is longer
            let last = self.last as u32;
            *at = last;
        }
        self.slot = slot + 1;
    }

    /// Passes over an opcode that may have an argument; says whether it made no object.
    fn pass(&mut self, byte: u8) -> bool {
        if byte == Opcode::Tuple.byte() && self.at == self.tuple_at {
            return false;
        }
        let mut lexer = Lexer::at(self.input, self.at);
        match lexer.next_op() {
            Ok(Op::BinPut(slot)) => self.remember(slot.into()),
            Ok(Op::LongBinPut(slot)) => self.remember(slot as usize),
            Ok(Op::Put(line)) => self.remember(slot_of(line)),
            Ok(_) => {}
            Err(_) => return false,
        }
        self.at = lexer.offset();
        true
    }

    #[inline]
    fn take(&mut self, at: usize) -> Result<(Op<'de>, usize), Error> {
        let mut lexer = Lexer::at(self.input, at);
        match lexer.next_op() {
            Ok(op) => Ok((op, lexer.offset())),
            Err(_) => Err(self.fail()),
        }
    }

    /// The next object.
    pub fn token(&mut self) -> Result<Token<'de>, Error> {
        if self.at == self.tuple_at {
            let count = self.outline.tuples[self.tuple].count;
            self.seek_tuple(self.tuple + 1);
            return Ok(Token::Sequence(count as usize));
        }
        let start = self.at;
        let (op, end) = self.take(start)?;
        self.last = start;
        self.at = end;
        match op {
            Op::EmptyList | Op::List => Ok(Token::Sequence(self.open(start))),
            Op::EmptyDict | Op::Dict => Ok(Token::Dict(self.open(start))),
            Op::BinGet(slot) => self.fetch(slot.into()),
            Op::LongBinGet(slot) => self.fetch(slot as usize),
            Op::Get(line) => self.fetch(slot_of(line)),
            op => self.scalar(&op).ok_or_else(|| self.fail()),
        }
    }

    /// A list or a dict, if that is what comes next: its count.
    #[inline]
    pub fn container(&mut self, opcode: Opcode) -> Option<usize> {
        if self.at == self.tuple_at || self.input.get(self.at) != Some(&opcode.byte()) {
            return None;
        }
        self.last = self.at;
        self.at += 1;
        Some(self.open(self.last))
    }

    #[inline]
    fn open(&mut self, start: usize) -> usize {
        let number = self.container;
        self.container += 1;
        if self.slot < self.memo.len() {
            self.note_place(start, number);
        }
        self.outline.counts.get(number).map_or(0, |&count| count as usize)
    }

    /// Notes a list or dict that may be asked for again.
    #[allow(clippy::cast_possible_truncation)] // all of them count parts of the input
    fn note_place(&mut self, start: usize, number: usize) {
        let place = Place {
            at: start as u32,
            container: number as u32,
            tuple: self.tuple as u32,
            slot: self.slot as u32,
        };
        if self.places.last().is_none_or(|last| last.at < place.at) {
            self.places.push(place);
        }
    }

    #[inline(never)]
    fn fetch(&mut self, slot: usize) -> Result<Token<'de>, Error> {
        let Some(&at) = self.memo.get(slot) else { return Err(self.fail()) };
        let (op, _) = self.take(at as usize)?;
        if let Op::EmptyList | Op::List | Op::EmptyDict | Op::Dict = op {
            return match self.places.binary_search_by_key(&at, |place| place.at) {
                Ok(place) => Ok(Token::Again(self.places[place])),
                Err(_) => Err(self.fail()),
            };
        }
        let Some(token) = self.scalar(&op) else { return Err(self.fail()) };
        self.spend(Cost { objects: 0, ..Cost::of(&token) })?;
        Ok(token)
    }

    fn spend(&mut self, cost: Cost) -> Result<(), Error> {
        let left = (self.objects_left.checked_sub(cost.objects), self.bytes_left.checked_sub(cost.bytes));
        let (Some(objects), Some(bytes)) = left else { return Err(self.fail()) };
        (self.objects_left, self.bytes_left) = (objects, bytes);
        Ok(())
    }

    /// Goes back to a list or a dict, which is then the next object.
    pub fn go_back(&mut self, place: Place) -> Result<Return, Error> {
        #[allow(clippy::cast_possible_truncation)] // all of them count parts of the input
        let to = Place {
            at: self.at as u32,
            container: self.container as u32,
            tuple: self.tuple as u32,
            slot: self.slot as u32,
        };
        self.jump(place);
        let cost = self.skip(1)?;
        let end = self.at;
        self.container = to.container as usize;
        self.spend(cost)?;
        self.jump(place);
        Ok(Return { to, end })
    }

    /// Goes on after such an object.
    pub fn go_on(&mut self, back: &Return) -> Result<(), Error> {
        if self.at != back.end {
            return Err(self.fail());
        }
        self.jump(back.to);
        Ok(())
    }

    fn jump(&mut self, place: Place) {
        self.at = place.at as usize;
        self.container = place.container as usize;
        self.slot = place.slot as usize;
        self.seek_tuple(place.tuple as usize);
    }

    /// Passes over so many objects, which have to be right nevertheless; says what they would cost.
    pub fn skip(&mut self, objects: usize) -> Result<Cost, Error> {
        let (mut left, mut cost) = (objects, Cost::default());
        while left > 0 {
            self.settle();
            left -= 1;
            let token = self.token()?;
            cost += Cost::of(&token);
            match token {
                Token::Sequence(count) => left += count,
                Token::Dict(count) => left += count * 2,
                _ => {}
            }
        }
        Ok(cost)
    }

    /// The opcode that made the next object, unless it is a tuple of members.
    #[inline]
    pub fn opcode(&self) -> Option<Opcode> {
        if self.at == self.tuple_at {
            return (self.outline.tuples[self.tuple].count == 0).then_some(Opcode::EmptyTuple);
        }
        let opcode = Opcode::from_byte(*self.input.get(self.at)?)?;
        match opcode {
            Opcode::BinGet | Opcode::LongBinGet | Opcode::Get => self.fetched_opcode(),
            _ => Some(opcode),
        }
    }

    #[inline(never)]
    fn fetched_opcode(&self) -> Option<Opcode> {
        let slot = match Lexer::at(self.input, self.at).next_op() {
            Ok(Op::BinGet(slot)) => slot.into(),
            Ok(Op::LongBinGet(slot)) => slot as usize,
            Ok(Op::Get(line)) => slot_of(line),
            _ => return None,
        };
        let at = *self.memo.get(slot)? as usize;
        Opcode::from_byte(*self.input.get(at)?)
    }

    /// Whether text or a Python 2 string comes next.
    pub fn is_text(&self) -> bool {
        use Opcode::{BinString, BinUnicode, BinUnicode8, ShortBinString, ShortBinUnicode, String, Unicode};
        matches!(
            self.opcode(),
            Some(ShortBinUnicode | BinUnicode | BinUnicode8 | Unicode | ShortBinString | BinString | String)
        )
    }

    /// What comes next, taken by its opcode, so that of the lexer nothing but that opcode is left here.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn take_if<T>(&mut self, opcode: Opcode, take: impl FnOnce(Op<'de>) -> Option<T>) -> Option<T> {
        if self.input.get(self.at) != Some(&opcode.byte()) {
            return None;
        }
        let mut lexer = Lexer::at(self.input, self.at);
        let taken = take(lexer.next_op().ok()?)?;
        self.last = self.at;
        self.at = lexer.offset();
        Some(taken)
    }

    /// Text, if that is what comes next and stands there as it is.
    #[inline]
    pub fn text(&mut self) -> Option<&'de str> {
        if self.at != self.tuple_at
            && let Some(&[get, slot]) = self.input.get(self.at..self.at + 2)
            && get == Opcode::BinGet.byte()
        {
            let text = match *self.texts.get(usize::from(slot))? {
                "" => self.first_fetched_text(slot.into())?,
                text => text,
            };
            self.bytes_left = self.bytes_left.checked_sub(text.len())?;
            self.at += 2;
            return Some(text);
        }
        self.text_here()
    }

    #[inline(never)]
    fn text_here(&mut self) -> Option<&'de str> {
        if self.at == self.tuple_at {
            return None;
        }
        let short = self.take_if(Opcode::ShortBinUnicode, |op| match op {
            Op::ShortBinUnicode(text) => std::str::from_utf8(text).ok(),
            _ => None,
        });
        if short.is_some() {
            return short;
        }
        self.take_if(Opcode::BinUnicode, |op| match op {
            Op::BinUnicode(text) => std::str::from_utf8(text).ok(),
            _ => None,
        })
    }

    #[inline(never)]
    fn first_fetched_text(&mut self, slot: usize) -> Option<&'de str> {
        let at = *self.memo.get(slot)? as usize;
        let text = match Lexer::at(self.input, at).next_op() {
            Ok(Op::ShortBinUnicode(text) | Op::BinUnicode(text)) => std::str::from_utf8(text).ok()?,
            _ => return None,
        };
        self.texts[slot] = text;
        Some(text)
    }

    /// An int of 64 bits, if that is what comes next in binary.
    #[inline]
    pub fn int(&mut self) -> Option<i64> {
        if self.at == self.tuple_at {
            return None;
        }
        let (value, end) = short::int(self.input, self.at)?;
        self.last = self.at;
        self.at = end;
        Some(value)
    }

    /// A bool, if that is what comes next in binary.
    #[inline]
    pub fn bool(&mut self) -> Option<bool> {
        let byte = *self.input.get(self.at)?;
        let value = byte == Opcode::NewTrue.byte();
        if self.at == self.tuple_at || !value && byte != Opcode::NewFalse.byte() {
            return None;
        }
        self.last = self.at;
        self.at += 1;
        Some(value)
    }

    /// A float, if that is what comes next in binary.
    #[inline]
    pub fn float(&mut self) -> Option<f64> {
        if self.at == self.tuple_at {
            return None;
        }
        self.take_if(Opcode::BinFloat, |op| match op {
            Op::BinFloat(value) => Some(value),
            _ => None,
        })
    }

    /// Anything that neither has members nor comes from the memo.
    fn scalar(&self, op: &Op<'de>) -> Option<Token<'de>> {
        Some(match *op {
            Op::None => Token::None,
            Op::NewTrue => Token::Bool(true),
            Op::NewFalse => Token::Bool(false),
            Op::BinInt1(value) => Token::Int(value.into()),
            Op::BinInt2(value) => Token::Int(value.into()),
            Op::BinInt(value) => Token::Int(value.into()),
            Op::Long1(bytes) | Op::Long4(bytes) => match number::le_to_i64(bytes) {
                Some(value) => Token::Int(value),
                None => Token::BigInt(Cow::Borrowed(bytes)),
            },
            Op::Int(line) => match number::int_line(line, self.int_digits).ok()? {
                IntLine::Bool(value) => Token::Bool(value),
                IntLine::Int(value) => int(value),
            },
            Op::Long(line) => int(number::long_line(line, self.int_digits).ok()?),
            Op::BinFloat(value) => Token::Float(value),
            Op::Float(line) => Token::Float(number::float_line(line).ok()?),
            Op::ShortBinUnicode(text) | Op::BinUnicode(text) | Op::BinUnicode8(text) => {
                str(Cow::Borrowed(text))?
            }
            Op::Unicode(line) => str(escape::unicode_line(line).ok()?)?,
            Op::ShortBinString(bytes) | Op::BinString(bytes) => Token::ByteString(Cow::Borrowed(bytes)),
            Op::String(line) => Token::ByteString(escape::string_line(line).ok()?),
            Op::ShortBinBytes(bytes) | Op::BinBytes(bytes) | Op::BinBytes8(bytes) | Op::ByteArray8(bytes) => {
                Token::Bytes(bytes)
            }
            Op::EmptyTuple => Token::Sequence(0),
            _ => return None,
        })
    }
}

/// The slot that a line names: one that is never fetched, if none that there is.
fn slot_of(line: &[u8]) -> usize {
    number::index_line(line).ok().and_then(|slot| usize::try_from(slot).ok()).unwrap_or(usize::MAX - 1)
}

fn int(value: Int) -> Token<'static> {
    match value {
        Int::Small(value) => Token::Int(value),
        Int::Big(bytes) => Token::BigInt(Cow::Owned(bytes)),
    }
}

fn str(bytes: Cow<'_, [u8]>) -> Option<Token<'_>> {
    let bytes = match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => return Some(Token::Str(Cow::Borrowed(text))),
            Err(_) => Cow::Borrowed(bytes),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Some(Token::Str(Cow::Owned(text))),
            Err(error) => Cow::Owned(error.into_bytes()),
        },
    };
    wtf8::check(&bytes).ok().map(|_| Token::Surrogates(bytes))
}
