//! The second pass: reads the objects of a plain stream, one after the other.

mod wanted;

use halfsour_lexer::text::number;
use halfsour_lexer::{Lexer, Op, Opcode};
use halfsour_value::TreeLimits;
use serde::de::Error as _;

use super::outline::Outline;
use super::token::{Bookmark, Cost, Token};
use crate::Error;

/// The way back from reading an object again.
pub(super) struct Detour {
    /// The place to return to.
    to: Bookmark,
    /// The place where the object ends.
    end: Bookmark,
}

/// The role of an opcode in the second pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpRole {
    /// The opcode makes an object.
    Object,
    /// The opcode has no argument and makes no object. It is `MEMOIZE`, or adds objects to containers, and the counts of the
    /// outline say that, too.
    Structure,
    /// The opcode has an argument and makes no object.
    Other,
}

/// The limits within which the graph would be read; see [`TreeLimits::budget`].
const EXPANSION: usize = TreeLimits::UNTRUSTED.expansion;

const OP_ROLES: [OpRole; 256] = {
    use Opcode::{
        Append, Appends, BinPut, Frame, LongBinPut, Mark, Memoize, Proto, Put, SetItem, SetItems, Tuple,
        Tuple1, Tuple2, Tuple3,
    };
    let structure =
        [Memoize, Mark, Append, Appends, SetItem, SetItems, Tuple, Tuple1, Tuple2, Tuple3].as_slice();
    let opcodes = [(OpRole::Structure, structure), (OpRole::Other, &[Put, BinPut, LongBinPut, Proto, Frame])];
    let mut table = [OpRole::Object; 256];
    let mut row = 0;
    while row < opcodes.len() {
        let (role, opcodes) = opcodes[row];
        let mut at = 0;
        while at < opcodes.len() {
            table[opcodes[at].byte() as usize] = role;
            at += 1;
        }
        row += 1;
    }
    table
};

/// Reads a plain stream.
///
/// The reader does not repeat the checks of the outline. It skips the opcodes between objects that add objects to
/// containers, because the counts of the outline say where each container ends.
pub(super) struct Reader<'o, 'de> {
    input: &'de [u8],
    at: usize,
    outline: &'o Outline,
    int_digits: usize,
    /// The index of the next list or dict.
    container: usize,
    /// The index of the next tuple.
    tuple: usize,
    /// The number of objects before that tuple.
    tuple_at: u32,
    /// The number of objects that have been read, as the outline counts them.
    objects: u32,
    /// The slot of the memo that `MEMOIZE` sets next.
    slot: usize,
    /// The offset of the object in each slot, up to the last slot that is fetched.
    memo: Vec<u32>,
    /// The texts in the first slots, once they have been fetched.
    texts: Vec<&'de str>,
    /// The lists and dicts that may be in a slot, in the order of the stream.
    bookmarks: Vec<Bookmark>,
    /// The offset of the last object.
    last: usize,
    /// The number of objects that may still be read again.
    objects_left: usize,
    /// The number of bytes of text that may still be read again.
    bytes_left: usize,
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
            bookmarks: Vec::new(),
            last: 0,
            // The first reading of everything takes each member once, and each byte at most twice. The rest of the graph's
            // budget is for reading again. More than that is left to the graph, which knows how large it is.
            objects_left: (outline.members * (EXPANSION - 1))
                .max(TreeLimits::FREE_VALUES.saturating_sub(outline.members)),
            bytes_left: input
                .len()
                .saturating_mul(EXPANSION - 2)
                .max(TreeLimits::FREE_BYTES.saturating_sub(input.len() * 2)),
        };
        reader.seek_tuple(0);
        reader.skip_structure();
        reader
    }

    /// Returns whether all objects have been read. They have not if a visitor swallowed an error, or did not ask for all of
    /// an object.
    pub fn is_at_end(&mut self) -> bool {
        self.skip_structure();
        // An empty tuple that is left has no opcode in the stream.
        self.tuple == self.outline.tuples.len() && self.input.get(self.at) == Some(&Opcode::Stop.byte())
    }

    /// Makes the reading fail, even if a visitor swallows the error.
    #[cold]
    pub fn fail(&mut self) -> Error {
        self.at = self.input.len();
        // Nobody sees this message: the graph is read instead.
        Error::custom("the stream is not plain")
    }

    fn seek_tuple(&mut self, tuple: usize) {
        self.tuple = tuple;
        self.tuple_at = self.outline.tuples.get(tuple).map_or(u32::MAX, |tuple| tuple.start);
    }

    /// Skips opcodes that build no object. Call it before reading each object but the first.
    #[inline]
    pub fn skip_structure(&mut self) {
        let (input, mut at) = (self.input, self.at);
        while let Some(&byte) = input.get(at) {
            let role = OP_ROLES[usize::from(byte)];
            if role == OpRole::Object {
                break;
            }
            if role == OpRole::Other {
                at = self.pass(at);
                continue;
            }
            // Later slots are not fetched.
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

    /// Skips an opcode with an argument; returns the offset where it ends.
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

    /// Counts an object that was read, and goes on to `end`, the offset where it ends.
    #[inline]
    fn taken(&mut self, end: usize) {
        self.last = self.at;
        self.at = end;
        self.objects += 1;
    }

    /// Returns whether the next object is a tuple, whose opcode comes after its members.
    #[inline]
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

    /// Reads the next object.
    pub fn token(&mut self) -> Result<Token<'de>, Error> {
        if self.is_tuple() {
            let count = self.outline.tuples[self.tuple].count;
            self.seek_tuple(self.tuple + 1);
            // The outline counts a tuple only if it is empty.
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

    /// Begins the next object and returns its count of members or pairs, if it is the list or dict that `opcode` makes.
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
            self.keep_bookmark();
        }
        self.taken(end);
        let number = self.container;
        self.container += 1;
        self.outline.counts.get(number).map_or(0, |&count| count as usize)
    }

    /// Keeps a bookmark of a list or dict that may be fetched later.
    fn keep_bookmark(&mut self) {
        let bookmark = self.bookmark();
        if self.bookmarks.last().is_none_or(|last| last.at < bookmark.at) {
            self.bookmarks.push(bookmark);
        }
    }

    /// Returns a bookmark of the present place.
    #[allow(clippy::cast_possible_truncation)] // all of them count parts of the input
    fn bookmark(&self) -> Bookmark {
        Bookmark {
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
            return match self.bookmarks.binary_search_by_key(&at, |bookmark| bookmark.at) {
                Ok(bookmark) => Ok(Token::Again(self.bookmarks[bookmark])),
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

    /// Goes back to a list or dict, which is then the next object.
    pub fn go_back(&mut self, bookmark: Bookmark) -> Result<Detour, Error> {
        let to = self.bookmark();
        self.jump(bookmark);
        let cost = self.skip(1)?;
        let end = self.bookmark();
        self.spend(cost)?;
        self.jump(bookmark);
        Ok(Detour { to, end })
    }

    /// Returns from a detour, once the object has been read.
    pub fn go_on(&mut self, detour: &Detour) -> Result<(), Error> {
        if self.bookmark() != detour.end {
            return Err(self.fail());
        }
        self.jump(detour.to);
        Ok(())
    }

    fn jump(&mut self, bookmark: Bookmark) {
        self.at = bookmark.at as usize;
        self.container = bookmark.container as usize;
        self.objects = bookmark.objects;
        self.slot = bookmark.slot as usize;
        self.seek_tuple(bookmark.tuple as usize);
    }

    /// Skips some objects, which must be valid nevertheless. Returns their cost.
    pub fn skip(&mut self, objects: usize) -> Result<Cost, Error> {
        let (mut left, mut cost) = (objects, Cost::default());
        while left > 0 {
            self.skip_structure();
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

    /// Returns the opcode that makes the next object, or `None` for a tuple that is not empty.
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

    /// Returns whether the next object is a str or a Python 2 string.
    pub fn is_text(&self) -> bool {
        use Opcode::{BinString, BinUnicode, BinUnicode8, ShortBinString, ShortBinUnicode, String, Unicode};
        matches!(
            self.opcode(),
            Some(ShortBinUnicode | BinUnicode | BinUnicode8 | Unicode | ShortBinString | BinString | String)
        )
    }
}

/// Returns the slot that a line names, or one that is never fetched if the line is invalid.
fn slot_of(line: &[u8]) -> usize {
    number::index_line(line).ok().and_then(|slot| usize::try_from(slot).ok()).unwrap_or(usize::MAX - 1)
}
