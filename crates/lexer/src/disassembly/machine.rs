//! The stack as `pickletools.dis` simulates it, which holds the kinds of objects, not objects.

use alloc::vec::Vec;

use halfsour_opcode::{Opcode, StackItem};

use super::argument::Argument;
use super::memo::{DisassemblyMemo, Index};

/// The facts of an opcode, in the shape that the disassembler needs.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// The text behind the offset: a colon, and the byte as in `repr()`, padded to the width of the column.
    pub label: [u8; 7],
    /// The name, padded with blanks.
    pub name: [u8; 24],
    pub name_len: usize,
    pub summary: &'static str,
    pub protocol: u8,
    pub has_argument: bool,
    /// The number of items that the opcode takes below its mark, or in all if it takes no mark.
    takes: usize,
    wants_mark: bool,
    /// Whether the opcode can take or leave a mark.
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

/// The remark behind the argument on a line.
#[derive(Clone, Copy)]
pub(super) enum Remark {
    Nothing,
    /// The opcode takes the mark that was pushed at this offset.
    MarkAt(usize),
    NoMark,
    /// `MEMOIZE` stores into this index of the memo.
    StoredAs(usize),
}

/// A fault of an opcode, given the stack and the memo.
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

/// The effects of an opcode that are known before its line is written.
pub(super) struct Before {
    pub remark: Remark,
    pub problem: Option<Problem>,
    /// The number of items to take once the line is written.
    takes: usize,
    /// The kind of object that a GET leaves.
    got: Option<StackItem>,
}

impl<'m> Machine<'m> {
    pub fn new(memo: &'m mut DisassemblyMemo) -> Self {
        Self { stack: Vec::new(), marks: Vec::new(), memo }
    }

    /// Returns the number of marks on the stack.
    #[inline]
    pub fn depth(&self) -> usize {
        self.marks.len()
    }

    /// Does what comes before the line is written: takes a mark, and uses the memo.
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
        // A mark can be gone from the stack although its offset is left, since opcodes take marks as if they were objects.
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

    /// Does what comes once the line is written: takes the other items from the stack, and pushes the result.
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
    /// Returns the argument as an index of the memo.
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
