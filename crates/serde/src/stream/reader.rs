//! The second pass: the objects of a plain stream, one after the other.

mod wanted;

use halfsour_lexer::text::number;
use halfsour_lexer::{Lexer, Op, Opcode};
use serde::de::Error as _;

use super::outline::Outline;
use super::token::{Cost, Token};
use crate::Error;

/// Where a list or dict begins, and what was known there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    at: u32,
    /// Its number among the lists and dicts.
    container: u32,
    tuple: u32,
    objects: u32,
    slot: u32,
}

/// Where to go on after an object was read again.
pub(super) struct Return {
    to: Place,
    /// Where the object ends.
    end: Place,
}

/// What to do about a byte that begins the next opcode.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    /// It makes an object.
    Object,
    /// It is `MEMOIZE`, or says where objects belong, which the outline says, too.
    Structure,
    /// It has an argument.
    Other,
}

const BETWEEN: [Between; 256] = {
    use Opcode::{
        Append, Appends, BinPut, Frame, LongBinPut, Mark, Memoize, Proto, Put, SetItem, SetItems, Tuple,
        Tuple1, Tuple2, Tuple3,
    };
    let structure =
        [Memoize, Mark, Append, Appends, SetItem, SetItems, Tuple, Tuple1, Tuple2, Tuple3].as_slice();
    let opcodes =
        [(Between::Structure, structure), (Between::Other, &[Put, BinPut, LongBinPut, Proto, Frame])];
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
    /// How many objects come before that one.
    tuple_at: u32,
    /// How many objects have been read, as the outline counts them.
    objects: u32,
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
            objects: 0,
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
        // Nothing in the stream may be left for the empty tuple.
        self.tuple == self.outline.tuples.len() && self.input.get(self.at) == Some(&Opcode::Stop.byte())
    }

    /// Makes the reading fail, even if this error is swallowed.
    #[cold]
    pub fn fail(&mut self) -> Error {
        self.at = self.input.len();
        failed()
    }

    fn seek_tuple(&mut self, tuple: usize) {
        self.tuple = tuple;
        self.tuple_at = self.outline.tuples.get(tuple).map_or(u32::MAX, |tuple| tuple.start);
    }

    /// Goes to the next object. This has to come before each but the first.
    #[inline]
    pub fn settle(&mut self) {
        let (input, mut at) = (self.input, self.at);
        while let Some(&byte) = input.get(at) {
            let between = BETWEEN[usize::from(byte)];
            if between == Between::Object {
                break;
            }
            if between == Between::Other {
                at = self.pass(at);
                continue;
            }
            // The later slots are not fetched.
            if byte == Opcode::Memoize.byte() && self.slot < self.memo.len() {
                self.put(self.slot);
            }
            at += 1;
        }
        self.at = at;
    }

    fn put(&mut self, slot: usize) {
        if let Some(at) = self.memo.get_mut(slot) {
            #[allow(clippy::cast_possible_truncation)] // no input is longer
            let last = self.last as u32;
            *at = last;
        }
        self.slot = slot + 1;
    }

    /// Passes over an opcode that has an argument; says how far.
    fn pass(&mut self, at: usize) -> usize {
        let mut lexer = Lexer::at(self.input, at);
        match lexer.next_op() {
            Ok(Op::BinPut(slot)) => self.put(slot.into()),
            Ok(Op::LongBinPut(slot)) => self.put(slot as usize),
            Ok(Op::Put(line)) => self.put(slot_of(line)),
            Ok(_) => {}
            Err(_) => return self.input.len(),
        }
        lexer.offset()
    }

    /// The object that ends here has been taken.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn taken(&mut self, end: usize) {
        self.last = self.at;
        self.at = end;
        self.objects += 1;
    }

    /// Whether a tuple comes next that has no opcode there.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn is_tuple(&self) -> bool {
        self.objects == self.tuple_at
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
        if self.is_tuple() {
            let count = self.outline.tuples[self.tuple].count;
            self.seek_tuple(self.tuple + 1);
            // The empty one is an object that has no members.
            self.objects += u32::from(count == 0);
            return Ok(Token::Sequence(count as usize));
        }
        let (op, end) = self.take(self.at)?;
        match op {
            Op::EmptyList | Op::List => return Ok(Token::Sequence(self.open(end))),
            Op::EmptyDict | Op::Dict => return Ok(Token::Dict(self.open(end))),
            _ => self.taken(end),
        }
        match op {
            Op::BinGet(slot) => self.fetch(slot.into()),
            Op::LongBinGet(slot) => self.fetch(slot as usize),
            Op::Get(line) => self.fetch(slot_of(line)),
            op => Token::scalar(&op, self.int_digits).ok_or_else(|| self.fail()),
        }
    }

    /// A list or a dict, if that is what comes next: its count.
    #[inline]
    pub fn container(&mut self, opcode: Opcode) -> Option<usize> {
        if self.is_tuple() || self.input.get(self.at) != Some(&opcode.byte()) {
            return None;
        }
        Some(self.open(self.at + 1))
    }

    #[inline]
    fn open(&mut self, end: usize) -> usize {
        if self.slot < self.memo.len() {
            self.note_place();
        }
        self.taken(end);
        let number = self.container;
        self.container += 1;
        self.outline.counts.get(number).map_or(0, |&count| count as usize)
    }

    /// Notes a list or dict that may be asked for again.
    fn note_place(&mut self) {
        let place = self.place();
        if self.places.last().is_none_or(|last| last.at < place.at) {
            self.places.push(place);
        }
    }

    /// Where it is.
    #[allow(clippy::cast_possible_truncation)] // all of them count parts of the input
    fn place(&self) -> Place {
        Place {
            at: self.at as u32,
            container: self.container as u32,
            tuple: self.tuple as u32,
            objects: self.objects,
            slot: self.slot as u32,
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
        let Some(token) = Token::scalar(&op, self.int_digits) else { return Err(self.fail()) };
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
        let to = self.place();
        self.jump(place);
        let cost = self.skip(1)?;
        let end = self.place();
        self.spend(cost)?;
        self.jump(place);
        Ok(Return { to, end })
    }

    /// Goes on after such an object.
    pub fn go_on(&mut self, back: &Return) -> Result<(), Error> {
        if self.place() != back.end {
            return Err(self.fail());
        }
        self.jump(back.to);
        Ok(())
    }

    fn jump(&mut self, place: Place) {
        self.at = place.at as usize;
        self.container = place.container as usize;
        self.objects = place.objects;
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
        if self.is_tuple() {
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
}

/// The slot that a line names: one that is never fetched, if none that there is.
fn slot_of(line: &[u8]) -> usize {
    number::index_line(line).ok().and_then(|slot| usize::try_from(slot).ok()).unwrap_or(usize::MAX - 1)
}
