//! The first pass: whether a stream is plain, and how many members each container has.

use halfsour_lexer::text::number;
use halfsour_lexer::{HIGHEST_PROTOCOL, Lexer, Op, Opcode, Visitor};
use halfsour_vm::{Limits, Options, StringEncoding};

use super::short;

/// What has to be known of a plain stream before it can be read from its front to its back.
///
/// The first thing that is not plain makes it none: what is made by a call; what the stack is used for beside
/// building lists, dicts and tuples; a slot of the memo that is set twice, or set to what came from the memo; whatever is
/// an error. Scalars are not looked into: that is left to the second pass.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Of lists and dicts, in the order in which they begin: how many members, or pairs.
    pub counts: Vec<u32>,
    /// Of tuples, in the order in which they begin, a tuple before its first member.
    pub tuples: Vec<Tuple>,
    /// No slot of the memo from this one on is fetched.
    pub fetched: usize,
    /// How many members all containers have together, keys and values each for itself.
    pub members: usize,
}

/// Where the first member of a tuple begins (in the place of one, the opcode that makes the empty tuple), and how many there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tuple {
    pub start: u32,
    pub count: u32,
}

impl Outline {
    /// Of the pickle with which `input` begins, if it is plain.
    pub fn of(input: &[u8], options: &Options) -> Option<Self> {
        if !unlimited(&options.limits) || u32::try_from(input.len()).is_err() {
            return None;
        }
        let mut scan =
            Scan { keeps_strings: options.encoding == StringEncoding::Keep, ..Scan::new(input.len()) };
        let mut at = 0;
        loop {
            // Most opcodes of most streams are these.
            while let Some(end) = short::end(input, at) {
                scan.push(at, What::SCALAR);
                at = end;
                if input.get(at) == Some(&Opcode::Memoize.byte()) && !scan.without_first {
                    scan.slots += 1;
                    at += 1;
                }
                if let Some(&[get, slot]) = input.get(at..at + 2)
                    && get == Opcode::BinGet.byte()
                    && usize::from(slot) < scan.slots
                    && !scan.special.contains(slot.into())
                {
                    scan.push_fetched(at, slot.into(), What::FETCHED);
                    at += 2;
                }
            }
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

/// Whether nothing is counted. What memory the graph may take by default, no plain stream exceeds.
fn unlimited(limits: &Limits) -> bool {
    let Limits { opcodes, stack, memo, memory, memory_per_byte, int_digits: _ } = *limits;
    let all = Limits::UNTRUSTED;
    (opcodes, stack, memo, memory) == (all.opcodes, all.stack, all.memo, all.memory)
        && memory_per_byte >= all.memory_per_byte
}

/// An object on the stack.
#[derive(Clone, Copy)]
struct Object {
    start: u32,
    what: What,
}

/// What is known of an object: a number below [`FIRST`](Self::FIRST) is that of a list or a dict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct What(u32);

impl What {
    const BYTEARRAY: Self = Self(Self::FIRST);
    const TUPLE_OF_MUTABLE: Self = Self(Self::FIRST + 1);
    const FETCHED_MUTABLE: Self = Self(Self::FIRST + 2);
    const FETCHED: Self = Self(Self::FIRST + 3);
    const TUPLE: Self = Self(Self::FIRST + 4);
    const SCALAR: Self = Self(Self::FIRST + 5);

    const FIRST: u32 = u32::MAX - 8;

    fn is_hashable(self) -> bool {
        self >= Self::FETCHED
    }
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

/// Set in the count of a dict, until the end.
const DICT: u32 = 1 << 31;

struct Scan {
    outline: Outline,
    length: usize,
    keeps_strings: bool,
    stack: Vec<Object>,
    marks: Vec<usize>,
    /// Nothing below this height of the stack may be taken: where the topmost mark is.
    fence: usize,
    /// How many slots of the memo are set.
    slots: usize,
    /// Those that hold no scalars.
    special: Slots,
    /// Those that are not fetched from a plain stream: they hold tuples, which the second pass would have to find again.
    tuples: Slots,
    /// Python 2's cPickle begins with slot 1.
    without_first: bool,
}

impl Scan {
    fn new(length: usize) -> Self {
        Self {
            outline: Outline::default(),
            length,
            keeps_strings: true,
            stack: Vec::with_capacity(64),
            marks: Vec::new(),
            fence: 0,
            slots: 0,
            special: Slots::default(),
            tuples: Slots::default(),
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
        // They are in the order in which they end; of those that begin at one place, the outer one ends last.
        tuples.sort_by_key(|tuple| tuple.start);
        for group in tuples.chunk_by_mut(|a, b| a.start == b.start) {
            group.reverse();
        }
        Outline { counts, tuples, fetched, members }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn push(&mut self, start: usize, what: What) -> Next {
        #[allow(clippy::cast_possible_truncation)] // no input is longer
        self.stack.push(Object { start: start as u32, what });
        Next::Op
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn open(&mut self, start: usize, flag: u32) -> Next {
        #[allow(clippy::cast_possible_truncation)] // fewer than there are bytes
        let what = What(self.outline.counts.len() as u32);
        if what.0 >= What::FIRST {
            return Next::GiveUp;
        }
        self.outline.counts.push(flag);
        self.push(start, what)
    }

    /// `LIST` and `DICT`, which make something empty in protocol 0.
    fn open_marked(&mut self, start: usize, flag: u32) -> Next {
        match self.pop_mark() {
            Some(height) if height == self.stack.len() => self.open(start, flag),
            _ => Next::GiveUp,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn pop_mark(&mut self) -> Option<usize> {
        let below = self.marks.pop()?;
        Some(std::mem::replace(&mut self.fence, below))
    }

    /// The height below so many objects above the fence.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn below(&self, objects: usize) -> Option<usize> {
        self.stack.len().checked_sub(objects).filter(|height| *height >= self.fence)
    }

    /// The count of the list or dict that takes what is above a height.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn target(&mut self, height: usize) -> Option<&mut u32> {
        if height <= self.fence {
            return None;
        }
        let What(number) = self.stack[height - 1].what;
        self.outline.counts.get_mut(number as usize)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn append(&mut self, height: Option<usize>) -> Option<()> {
        let height = height?;
        let members = self.stack.len() - height;
        let count = self.target(height).filter(|count| **count & DICT == 0)?;
        #[allow(clippy::cast_possible_truncation)] // fewer than there are bytes
        let all = *count + members as u32;
        *count = all;
        self.stack.truncate(height);
        (all & DICT == 0).then_some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn set_items(&mut self, height: Option<usize>) -> Option<()> {
        let height = height?;
        let items = &self.stack[height..];
        let members = items.len();
        let fit = members.is_multiple_of(2) && items.iter().step_by(2).all(|key| key.what.is_hashable());
        let count = self.target(height).filter(|count| fit && **count & DICT != 0)?;
        #[allow(clippy::cast_possible_truncation)] // fewer than there are bytes
        let all = *count + (members / 2) as u32;
        *count = all;
        self.stack.truncate(height);
        Some(())
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn tuple(&mut self, start: usize, height: Option<usize>) -> Option<()> {
        let height = height?;
        let members = &self.stack[height..];
        let hashable = members.iter().all(|member| member.what.is_hashable());
        #[allow(clippy::cast_possible_truncation)] // no input is longer
        let start = members.first().map_or(start as u32, |first| first.start);
        #[allow(clippy::cast_possible_truncation)] // fewer than there are bytes
        let count = members.len() as u32;
        self.outline.tuples.push(Tuple { start, count });
        self.stack.truncate(height);
        self.push(start as usize, if hashable { What::TUPLE } else { What::TUPLE_OF_MUTABLE });
        Some(())
    }

    /// Only what was pushed just now is put into the memo: so the second pass knows what it is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn put(&mut self, slot: u64) -> Next {
        if self.stack.len() <= self.fence {
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
        match self.stack[self.stack.len() - 1].what {
            What::SCALAR => {}
            What::BYTEARRAY => self.special.insert(self.slots),
            What::TUPLE | What::TUPLE_OF_MUTABLE => {
                self.special.insert(self.slots);
                self.tuples.insert(self.slots);
            }
            What(number) => match self.outline.counts.get(number as usize) {
                Some(&(0 | DICT)) => self.special.insert(self.slots),
                _ => return Next::GiveUp,
            },
        }
        self.slots += 1;
        Next::Op
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn get(&mut self, start: usize, slot: u64) -> Next {
        match usize::try_from(slot) {
            Ok(slot) if slot < self.slots && !self.tuples.contains(slot) => {
                let special = self.special.contains(slot);
                self.push_fetched(start, slot, if special { What::FETCHED_MUTABLE } else { What::FETCHED })
            }
            _ => Next::GiveUp,
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn push_fetched(&mut self, start: usize, slot: usize, what: What) -> Next {
        self.outline.fetched = self.outline.fetched.max(slot + 1);
        self.push(start, what)
    }
}

impl<'a> Visitor<'a> for Scan {
    type Output = Next;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn visit(&mut self, start: usize, lexer: &mut Lexer<'a>, op: Op<'a>) -> Next {
        let end = lexer.offset();
        match op {
            // The other scalars are short.
            Op::Int(_)
            | Op::Long(_)
            | Op::Long4(_)
            | Op::Float(_)
            | Op::Unicode(_)
            | Op::BinUnicode(_)
            | Op::BinUnicode8(_)
            | Op::BinBytes(_)
            | Op::BinBytes8(_) => self.push(start, What::SCALAR),
            Op::String(_) | Op::ShortBinString(_) | Op::BinString(_) if self.keeps_strings => {
                self.push(start, What::SCALAR)
            }
            Op::ByteArray8(_) => self.push(start, What::BYTEARRAY),
            Op::EmptyList => self.open(start, 0),
            Op::EmptyDict => self.open(start, DICT),
            Op::List => self.open_marked(start, 0),
            Op::Dict => self.open_marked(start, DICT),
            Op::Mark => {
                self.marks.push(self.fence);
                self.fence = self.stack.len();
                Next::Op
            }
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
            Op::Tuple1 => self.tuple(start, self.below(1)).into(),
            Op::Tuple2 => self.tuple(start, self.below(2)).into(),
            Op::Tuple3 => self.tuple(start, self.below(3)).into(),
            Op::Tuple => {
                let height = self.pop_mark();
                self.tuple(start, height).into()
            }
            Op::Memoize if self.without_first => Next::GiveUp,
            Op::Memoize => self.put(self.slots as u64),
            Op::BinPut(slot) => self.put(slot.into()),
            Op::LongBinPut(slot) => self.put(slot.into()),
            Op::Put(line) => number::index_line(line).map_or(Next::GiveUp, |slot| self.put(slot)),
            Op::BinGet(slot) => self.get(start, slot.into()),
            Op::LongBinGet(slot) => self.get(start, slot.into()),
            Op::Get(line) => number::index_line(line).map_or(Next::GiveUp, |slot| self.get(start, slot)),
            Op::Proto(protocol) if protocol <= HIGHEST_PROTOCOL => Next::Op,
            Op::Frame(length) if length <= (self.length - end) as u64 => Next::Op,
            Op::Stop if self.stack.len() == 1 && self.marks.is_empty() => Next::End,
            _ => Next::GiveUp,
        }
    }
}
