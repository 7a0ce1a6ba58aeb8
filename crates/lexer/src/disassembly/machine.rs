//! The stack as `pickletools.dis` imitates it: it knows no objects, only their kinds.

use alloc::vec::Vec;

use halfsour_opcode::{Opcode, StackItem};

use super::argument::Argument;
use super::memo::{DisassemblyMemo, Index};

/// What is known of an opcode, in the shape in which it is needed here.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// What follows the offset: a colon, and its byte as `repr()` shows it, as wide as the column is.
    pub label: [u8; 7],
    /// Its name, and blanks.
    pub name: [u8; 24],
    pub name_len: usize,
    pub summary: &'static str,
    pub protocol: u8,
    pub has_argument: bool,
    /// What it takes that lies below its mark; all that it takes if it wants no mark.
    takes: usize,
    wants_mark: bool,
    /// Whether it can take or leave a mark.
    pub moves_marks: bool,
    leaves: &'static [StackItem],
}

static ROWS: [Row; 256] = {
    // There is no opcode for most bytes.
    let none = Row {
        label: [b' '; 7],
        name: [b' '; 24],
        name_len: 0,
        summary: "",
        protocol: 0,
        has_argument: false,
        takes: 0,
        wants_mark: false,
        moves_marks: false,
        leaves: &[],
    };
    let mut rows = [none; 256];
    let mut at = 0;
    while at < Opcode::ALL.len() {
        let opcode = Opcode::ALL[at];
        rows[opcode.byte() as usize] = Row::new(opcode);
        at += 1;
    }
    rows
};

impl Row {
    const fn new(opcode: Opcode) -> Self {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let byte = opcode.byte();
        let label = if byte.is_ascii() {
            [b':', b' ', byte, b' ', b' ', b' ', b' ']
        } else {
            [b':', b' ', b'\\', b'x', HEX[(byte >> 4) as usize], HEX[(byte & 15) as usize], b' ']
        };
        let mut name = [b' '; 24];
        name.split_at_mut(opcode.name().len()).0.copy_from_slice(opcode.name().as_bytes());

        let before = opcode.stack_before();
        let mut takes = 0;
        while takes < before.len() && !matches!(before[takes], StackItem::Mark) {
            takes += 1;
        }
        Self {
            label,
            name,
            name_len: opcode.name().len(),
            summary: opcode.summary(),
            protocol: opcode.protocol(),
            has_argument: opcode.arg().is_some(),
            takes,
            wants_mark: takes < before.len(),
            moves_marks: takes < before.len() || matches!(opcode, Opcode::Mark | Opcode::Pop),
            leaves: opcode.stack_after(),
        }
    }

    #[inline]
    pub fn of(opcode: Opcode) -> &'static Self {
        &ROWS[usize::from(opcode.byte())]
    }
}

/// What a line says after the argument.
#[derive(Clone, Copy)]
pub(super) enum Remark {
    Nothing,
    /// The opcode takes the mark of this offset.
    MarkAt(usize),
    NoMark,
    /// `MEMOIZE` stores at this index.
    StoredAs(usize),
}

/// What is wrong with an opcode at this place.
#[derive(Clone, Copy)]
pub(super) enum Problem {
    NoMark,
    AlreadyDefined,
    NothingToStore,
    MarkToStore,
    NeverStored,
    TooFewItems { wanted: usize, there: usize },
}

pub(super) struct Machine<'m> {
    stack: Vec<StackItem>,
    /// The offsets of the marks on the stack.
    marks: Vec<usize>,
    memo: &'m mut DisassemblyMemo,
}

/// What is known of an opcode before its line is written.
pub(super) struct Before {
    pub remark: Remark,
    pub problem: Option<Problem>,
    /// How much it will still take once its line is written.
    takes: usize,
    /// What a GET leaves.
    got: Option<StackItem>,
}

impl<'m> Machine<'m> {
    pub fn new(memo: &'m mut DisassemblyMemo) -> Self {
        Self { stack: Vec::new(), marks: Vec::new(), memo }
    }

    /// How many marks there are.
    #[inline]
    pub fn depth(&self) -> usize {
        self.marks.len()
    }

    /// What happens before the line is written: a mark is taken, and the memo is used.
    #[inline(always)]
    pub fn before(&mut self, opcode: Opcode, row: &Row, argument: &Argument<'_>) -> Before {
        let (mut takes, mut got) = (row.takes, None);
        let (remark, problem) = match opcode {
            Opcode::Put | Opcode::BinPut | Opcode::LongBinPut => {
                (Remark::Nothing, self.put(argument.index()))
            }
            Opcode::Memoize => {
                let index = self.memo.len();
                (Remark::StoredAs(index), self.put(Index::Small(index.try_into().unwrap_or(i64::MAX))))
            }
            Opcode::Get | Opcode::BinGet | Opcode::LongBinGet => {
                got = self.memo.get(argument.index());
                (Remark::Nothing, got.is_none().then_some(Problem::NeverStored))
            }
            Opcode::Pop if self.stack.last() == Some(&StackItem::Mark) => {
                takes = 0;
                self.take_mark()
            }
            _ if row.wants_mark => self.take_mark(),
            _ => (Remark::Nothing, None),
        };
        Before { remark, problem, takes, got }
    }

    fn take_mark(&mut self) -> (Remark, Option<Problem>) {
        // The second can be missing where the first is there, since marks are also taken as if they were objects.
        let mark = self.stack.iter().rposition(|&item| item == StackItem::Mark);
        if let (Some(offset), Some(mark)) = (self.marks.pop(), mark) {
            self.stack.truncate(mark);
            (Remark::MarkAt(offset), None)
        } else {
            (Remark::NoMark, Some(Problem::NoMark))
        }
    }

    #[inline(always)]
    fn put(&mut self, index: Index<'_>) -> Option<Problem> {
        match self.stack.last() {
            None => Some(Problem::NothingToStore),
            Some(StackItem::Mark) => Some(Problem::MarkToStore),
            Some(&top) if self.memo.set(index, top) => None,
            Some(_) => Some(Problem::AlreadyDefined),
        }
    }

    /// What happens once the line is written: the rest is taken from the stack, and the result left there.
    #[inline(always)]
    pub fn after(&mut self, row: &Row, before: &Before, offset: usize) -> Result<(), Problem> {
        let there = self.stack.len();
        let Some(rest) = there.checked_sub(before.takes) else {
            return Err(Problem::TooFewItems { wanted: before.takes, there });
        };
        self.stack.truncate(rest);
        for &item in row.leaves {
            if item == StackItem::Mark {
                self.marks.push(offset);
            }
            self.stack.push(before.got.unwrap_or(item));
        }
        Ok(())
    }

    pub fn into_stack(self) -> Vec<StackItem> {
        self.stack
    }
}

impl<'a> Argument<'a> {
    /// The index of the memo that it is.
    fn index(&self) -> Index<'a> {
        match self {
            Self::Int(index) => Index::Small(*index),
            Self::Big(bytes, _) => Index::Big(bytes),
            // `pickletools` reads 00 and 01 as bools, which are equal to 0 and 1.
            Self::Bool(index) => Index::Small((*index).into()),
            _ => Index::Small(0),
        }
    }
}
