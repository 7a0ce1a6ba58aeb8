//! The first pass: finds out whether a stream is plain, and counts the members of each container.

use halfsour_lexer::text::number;
use halfsour_lexer::{HIGHEST_PROTOCOL, Lexer, Op, Opcode, Visitor};
use halfsour_vm::{Limits, Options, StringEncoding};

use super::scalar_length::scalar_length;

/// The facts about a plain stream that are needed to read it from front to back.
///
/// A stream is not plain if it has an object that is made by a call; a use of the stack other than to build lists, dicts and
/// tuples; a slot of the memo that is set twice, or to an object that came from the memo; or any error. The contents of
/// scalars are left to the second pass.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The number of members of each list, and of pairs of each dict, in the order in which they begin.
    pub counts: Vec<u32>,
    /// The tuples that `EMPTY_TUPLE` does not make, in the order in which they begin: a tuple comes before its first member.
    pub tuples: Vec<Tuple>,
    /// The first slot of the memo from which on no slot is fetched.
    pub fetched: usize,
    /// The number of members of all containers together. A key and its value are two.
    pub members: usize,
}

/// The place of a tuple, and the number of its members.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tuple {
    /// The number of objects before its first member, without tuples that have members.
    pub start: u32,
    pub count: u32,
}

impl Outline {
    /// Returns the outline of the pickle that `input` begins with, or `None` if it is not plain.
    pub fn of(input: &[u8], options: &Options) -> Option<Self> {
        if !unlimited(&options.limits) || u32::try_from(input.len()).is_err() {
            return None;
        }
        let mut scan =
            Scan { keeps_strings: options.encoding == StringEncoding::Keep, ..Scan::new(input.len()) };
        let mut at = 0;
        loop {
            at = scan.pass_common(input, at)?;
            let mut lexer = Lexer::at(input, at);
            match lexer.visit(&mut scan).ok()? {
                Next::Op => {}
                Next::End => return Some(scan.finish()),
                Next::GiveUp => return None,
            }
            at = lexer.offset();
        }
    }
}

/// Returns whether the limits are such that no plain stream can exceed them, as the default limits are.
fn unlimited(limits: &Limits) -> bool {
    let all = Limits::UNTRUSTED;
    let rest = limits
        .with_memory_per_byte(all.memory_per_byte)
        .with_input(all.input)
        .with_int_digits(all.int_digits);
    rest == all && limits.memory_per_byte >= all.memory_per_byte
}

/// An object on the stack that is not a scalar.
#[derive(Clone, Copy)]
struct Object {
    /// The number of objects below it on the stack.
    height: u32,
    /// The number of objects in the stream before it, or before its first member, as [`Tuple::start`] counts them.
    start: u32,
    what: What,
}

/// The kind of an object. A number below [`FIRST`](Self::FIRST) is the index of a list or dict.
#[derive(Clone, Copy, PartialEq, Eq)]
struct What(u32);

impl What {
    const BYTEARRAY: Self = Self(Self::FIRST);
    const TUPLE_OF_MUTABLE: Self = Self(Self::FIRST + 1);
    const FETCHED_MUTABLE: Self = Self(Self::FIRST + 2);
    /// The only kind that can be hashed.
    const TUPLE: Self = Self(Self::FIRST + 3);

    const FIRST: u32 = u32::MAX - 8;
}

/// A set of slots of the memo.
#[derive(Default)]
struct Slots(Vec<u64>);

impl Slots {
    fn insert(&mut self, slot: usize) {
        if self.0.len() <= slot / 64 {
            self.0.resize(slot / 64 + 1, 0);
        }
        self.0[slot / 64] |= 1 << (slot % 64);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn contains(&self, slot: usize) -> bool {
        self.0.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 != 0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Op,
    End,
    GiveUp,
}

impl From<Option<()>> for Next {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn from(done: Option<()>) -> Self {
        if done.is_some() { Self::Op } else { Self::GiveUp }
    }
}

/// The bit that marks the count of a dict, until the outline is finished.
const DICT: u32 = 1 << 31;

struct Scan {
    outline: Outline,
    length: usize,
    keeps_strings: bool,
    /// The number of objects so far, as [`Tuple::start`] counts them.
    objects: u32,
    /// The number of objects that are no longer on the stack.
    gone: u32,
    /// The objects on the stack that are not scalars.
    stack: Vec<Object>,
    /// The fences below each mark.
    marks: Vec<u32>,
    /// The height of the stack at the topmost mark, below which no object may be taken.
    fence: u32,
    /// The number of slots of the memo that are set.
    slots: usize,
    /// The slots that do not hold scalars.
    special: Slots,
    /// The slots that a plain stream does not fetch: they hold tuples, which the second pass could not find again.
    tuples: Slots,
    /// The first slots, true once a scalar has been fetched from them.
    scalars: [bool; 256],
    /// The stream begins with slot 1, as by Python 2's cPickle.
    without_first: bool,
}

impl Scan {
    fn new(length: usize) -> Self {
        Self {
            outline: Outline::default(),
            length,
            keeps_strings: true,
            objects: 0,
            gone: 0,
            stack: Vec::with_capacity(64),
            marks: Vec::new(),
            fence: 0,
            slots: 0,
            special: Slots::default(),
            tuples: Slots::default(),
            scalars: [false; 256],
            without_first: false,
        }
    }

    fn finish(self) -> Outline {
        let Outline { mut counts, mut tuples, fetched, .. } = self.outline;
        let mut members = tuples.iter().map(|tuple| tuple.count as usize).sum();
        for count in &mut counts {
            let for_each = if *count & DICT == 0 { 1 } else { 2 };
            *count &= !DICT;
            members += *count as usize * for_each;
        }
        counts.shrink_to_fit();
        // Tuples are in the order in which they end. Of tuples that begin at one place, the outer one ends last.
        tuples.sort_by_key(|tuple| tuple.start);
        for group in tuples.chunk_by_mut(|a, b| a.start == b.start) {
            group.reverse();
        }
        Outline { counts, tuples, fetched, members }
    }

    /// Goes over short scalars, and the opcodes that make lists and dicts of them, which are most of most streams. Returns the
    /// offset where others follow.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn pass_common(&mut self, input: &[u8], mut at: usize) -> Option<usize> {
        const EMPTY_LIST: u8 = Opcode::EmptyList.byte();
        const EMPTY_DICT: u8 = Opcode::EmptyDict.byte();
        const MEMOIZE: u8 = Opcode::Memoize.byte();
        const MARK: u8 = Opcode::Mark.byte();
        const APPEND: u8 = Opcode::Append.byte();
        const APPENDS: u8 = Opcode::Appends.byte();
        const SET_ITEMS: u8 = Opcode::SetItems.byte();
        const BIN_GET: u8 = Opcode::BinGet.byte();
        if self.without_first {
            return Some(at);
        }
        while let Some(window) = input.get(at..).and_then(<[u8]>::first_chunk) {
            let mut end = scalar_length(window);
            if end > 0 {
                self.objects += 1;
                if window[end] == MEMOIZE {
                    self.slots += 1;
                    end += 1;
                }
                if window[end] == BIN_GET && self.scalars[usize::from(window[end + 1])] {
                    self.objects += 1;
                    end += 2;
                }
                at += end;
                continue;
            }
            let next = match window[0] {
                MARK => self.mark(),
                EMPTY_LIST => self.open(0),
                EMPTY_DICT => self.open(DICT),
                MEMOIZE => self.put(self.slots as u64),
                APPEND => self.append(self.below(1)).into(),
                APPENDS => {
                    let height = self.pop_mark();
                    self.append(height).into()
                }
                SET_ITEMS => {
                    let height = self.pop_mark();
                    self.set_items(height).into()
                }
                BIN_GET if self.scalars[usize::from(window[1])] => {
                    at += 1;
                    self.push_scalar()
                }
                _ => return Some(at),
            };
            if next == Next::GiveUp {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// Returns the height of the stack.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn height(&self) -> u32 {
        self.objects - self.gone
    }

    /// Takes all objects above a height from the stack.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn lower(&mut self, height: u32) {
        self.gone = self.objects - height;
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn push_scalar(&mut self) -> Next {
        self.objects += 1;
        Next::Op
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn push(&mut self, what: What) -> Next {
        self.stack.push(Object { height: self.height(), start: self.objects, what });
        self.push_scalar()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn open(&mut self, flag: u32) -> Next {
        #[allow(clippy::cast_possible_truncation)] // fewer than there are bytes
        let what = What(self.outline.counts.len() as u32);
        if what.0 >= What::FIRST {
            return Next::GiveUp;
        }
        self.outline.counts.push(flag);
        self.push(what)
    }

    /// Opens the empty list or dict that `LIST` or `DICT` makes in protocol 0.
    fn open_marked(&mut self, flag: u32) -> Next {
        match self.pop_mark() {
            Some(height) if height == self.height() => self.open(flag),
            _ => Next::GiveUp,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn mark(&mut self) -> Next {
        self.marks.push(self.fence);
        self.fence = self.height();
        Next::Op
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn pop_mark(&mut self) -> Option<u32> {
        let below = self.marks.pop()?;
        Some(std::mem::replace(&mut self.fence, below))
    }

    /// Returns the height below the topmost `objects`, if they are above the fence.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn below(&self, objects: u32) -> Option<u32> {
        self.height().checked_sub(objects).filter(|height| *height >= self.fence)
    }

    /// Takes the topmost object that is not a scalar, if it is above a height.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn pop_above(&mut self, height: u32) -> Option<Object> {
        self.stack.pop_if(|object| object.height >= height)
    }

    /// Takes all objects above a height from the stack. Returns the count of the list or dict that is then on top.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn target(&mut self, height: u32) -> Option<&mut u32> {
        self.lower(height);
        let Object { height: below, what: What(number), .. } = *self.stack.last()?;
        if height <= self.fence || below + 1 != height {
            return None;
        }
        self.outline.counts.get_mut(number as usize)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn append(&mut self, height: Option<u32>) -> Option<()> {
        let height = height?;
        let members = self.height() - height;
        while self.pop_above(height).is_some() {}
        let count = self.target(height).filter(|count| **count & DICT == 0)?;
        *count += members;
        (*count & DICT == 0).then_some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn set_items(&mut self, height: Option<u32>) -> Option<()> {
        let height = height?;
        let members = self.height() - height;
        let mut fit = members.is_multiple_of(2);
        while let Some(object) = self.pop_above(height) {
            let is_key = (object.height - height).is_multiple_of(2);
            fit &= !is_key || object.what == What::TUPLE;
        }
        let count = self.target(height).filter(|count| fit && **count & DICT != 0)?;
        *count += members / 2;
        Some(())
    }

    fn tuple(&mut self, height: Option<u32>) -> Option<()> {
        let height = height?;
        let count = self.height() - height;
        if count == 0 {
            self.outline.tuples.push(Tuple { start: self.objects, count });
            self.push(What::TUPLE);
            return Some(());
        }
        // If all members are scalars, they are the last objects of the stream.
        let (mut start, mut what) = (self.objects - count, What::TUPLE);
        while let Some(object) = self.pop_above(height) {
            start = object.start - (object.height - height);
            if object.what != What::TUPLE {
                what = What::TUPLE_OF_MUTABLE;
            }
        }
        self.outline.tuples.push(Tuple { start, count });
        self.stack.push(Object { height, start, what });
        self.lower(height + 1);
        Some(())
    }

    /// Puts the top of the stack into the memo, if that object was made just now, as the second pass assumes. The second pass
    /// refuses an object that came from the memo.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put(&mut self, slot: u64) -> Next {
        if self.height() <= self.fence {
            return Next::GiveUp;
        }
        if slot != self.slots as u64 {
            if slot != 1 || self.slots != 0 {
                return Next::GiveUp;
            }
            self.without_first = true;
            self.special.insert(0);
            self.tuples.insert(0);
            self.slots = 1;
        }
        if let Some(top) = self.stack.last().filter(|object| object.height + 1 == self.height()) {
            self.special.insert(self.slots);
            match top.what {
                What::BYTEARRAY => {}
                What::TUPLE | What::TUPLE_OF_MUTABLE => self.tuples.insert(self.slots),
                What(number) => match self.outline.counts.get(number as usize) {
                    Some(&(0 | DICT)) => {}
                    _ => return Next::GiveUp,
                },
            }
        }
        self.slots += 1;
        Next::Op
    }

    fn get(&mut self, slot: u64) -> Next {
        match usize::try_from(slot) {
            Ok(slot) if slot < self.slots && !self.tuples.contains(slot) => {
                self.outline.fetched = self.outline.fetched.max(slot + 1);
                if self.special.contains(slot) {
                    return self.push(What::FETCHED_MUTABLE);
                }
                if let Some(is_scalar) = self.scalars.get_mut(slot) {
                    *is_scalar = true;
                }
                self.push_scalar()
            }
            _ => Next::GiveUp,
        }
    }
}

impl<'a> Visitor<'a> for Scan {
    type Output = Next;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn visit(&mut self, _: usize, lexer: &mut Lexer<'a>, op: Op<'a>) -> Next {
        let end = lexer.offset();
        match op {
            Op::None
            | Op::NewTrue
            | Op::NewFalse
            | Op::EmptyTuple
            | Op::BinInt1(_)
            | Op::BinInt2(_)
            | Op::BinInt(_)
            | Op::Int(_)
            | Op::Long1(_)
            | Op::Long(_)
            | Op::Long4(_)
            | Op::BinFloat(_)
            | Op::Float(_)
            | Op::ShortBinUnicode(_)
            | Op::Unicode(_)
            | Op::BinUnicode(_)
            | Op::BinUnicode8(_)
            | Op::ShortBinBytes(_)
            | Op::BinBytes(_)
            | Op::BinBytes8(_) => self.push_scalar(),
            Op::String(_) | Op::ShortBinString(_) | Op::BinString(_) if self.keeps_strings => {
                self.push_scalar()
            }
            Op::ByteArray8(_) => self.push(What::BYTEARRAY),
            Op::EmptyList => self.open(0),
            Op::EmptyDict => self.open(DICT),
            Op::List => self.open_marked(0),
            Op::Dict => self.open_marked(DICT),
            Op::Mark => self.mark(),
            Op::Append => self.append(self.below(1)).into(),
            Op::SetItem => self.set_items(self.below(2)).into(),
            Op::Appends => {
                let height = self.pop_mark();
                self.append(height).into()
            }
            Op::SetItems => {
                let height = self.pop_mark();
                self.set_items(height).into()
            }
            Op::Tuple1 => self.tuple(self.below(1)).into(),
            Op::Tuple2 => self.tuple(self.below(2)).into(),
            Op::Tuple3 => self.tuple(self.below(3)).into(),
            Op::Tuple => {
                let height = self.pop_mark();
                self.tuple(height).into()
            }
            Op::Memoize if self.without_first => Next::GiveUp,
            Op::Memoize => self.put(self.slots as u64),
            Op::BinPut(slot) => self.put(slot.into()),
            Op::LongBinPut(slot) => self.put(slot.into()),
            Op::Put(line) => number::index_line(line).map_or(Next::GiveUp, |slot| self.put(slot)),
            Op::BinGet(slot) => self.get(slot.into()),
            Op::LongBinGet(slot) => self.get(slot.into()),
            Op::Get(line) => number::index_line(line).map_or(Next::GiveUp, |slot| self.get(slot)),
            Op::Proto(protocol) if protocol <= HIGHEST_PROTOCOL => Next::Op,
            Op::Frame(length) if length <= (self.length - end) as u64 => Next::Op,
            Op::Stop if self.height() == 1 && self.marks.is_empty() => Next::End,
            _ => Next::GiveUp,
        }
    }
}
