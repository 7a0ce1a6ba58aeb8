//! The complaints of `pickletools.dis`.

use alloc::vec::Vec;
use core::fmt;

use halfsour_opcode::{Opcode, StackItem};
use halfsour_text::number::Int;

use super::argument::Argument;
use super::machine::Problem;
use crate::ErrorKind;

/// A fault at which `pickletools.dis` stops, with its offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    kind: ComplaintKind,
    offset: usize,
    opcode: Option<Opcode>,
}

/// The kinds of [`Complaint`].
///
/// Their texts are those of `pickletools`, except where that reports an internal error of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ComplaintKind {
    /// The bytes are not an opcode.
    Bytes(ErrorKind),
    /// The argument cannot be decoded.
    Argument,
    /// The opcode takes a mark, and none is on the stack.
    NoMark,
    /// An index of the memo is set a second time. `None` stands for the index that `MEMOIZE` would set.
    AlreadyDefined(Option<Int>),
    /// An object is stored into the memo, and the stack is empty.
    NothingToStore,
    /// An object is stored into the memo, and a mark is on top of the stack.
    MarkToStore,
    /// An index of the memo is read that was never set.
    NeverStored(Int),
    /// The opcode takes more items from the stack than there are.
    TooFewItems {
        /// The number of items that the opcode takes.
        wanted: usize,
        /// The number of items on the stack.
        there: usize,
    },
    /// Objects are left on the stack after `STOP`. These are their kinds, the topmost last.
    StackNotEmpty(Vec<StackItem>),
    /// The text could not be written to its output.
    Output,
}

impl ComplaintKind {
    #[cold]
    pub(super) fn new(problem: Problem, argument: &Argument<'_>) -> Self {
        match (problem, argument.to_int()) {
            (Problem::NoMark, _) => Self::NoMark,
            (Problem::AlreadyDefined, index) => Self::AlreadyDefined(index),
            (Problem::NothingToStore, _) => Self::NothingToStore,
            (Problem::MarkToStore, _) => Self::MarkToStore,
            (Problem::NeverStored, index) => Self::NeverStored(index.unwrap_or(Int::Small(0))),
            (Problem::TooFewItems { wanted, there }, _) => Self::TooFewItems { wanted, there },
        }
    }

    /// Returns whether Python's unpickler accepts this, although `pickletools` stops.
    pub(super) const fn is_read_by_python(&self) -> bool {
        matches!(self, Self::AlreadyDefined(_) | Self::StackNotEmpty(_))
    }
}

impl Complaint {
    #[cold]
    pub(super) const fn new(kind: ComplaintKind, offset: usize, opcode: Option<Opcode>) -> Self {
        Self { kind, offset, opcode }
    }

    /// Returns the kind of complaint.
    pub const fn kind(&self) -> &ComplaintKind {
        &self.kind
    }

    /// Returns the offset in bytes where the opcode begins; for a complaint about the whole pickle, where the pickle ends.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the opcode, or `None` for a complaint about the whole pickle or a byte that is no opcode.
    pub const fn opcode(&self) -> Option<Opcode> {
        self.opcode
    }
}

impl fmt::Display for ComplaintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(kind) => kind.fmt(f),
            Self::Argument => f.write_str("the argument cannot be decoded"),
            Self::NoMark => f.write_str("no MARK exists on stack"),
            Self::AlreadyDefined(Some(index)) => write!(f, "memo key {index} already defined"),
            Self::AlreadyDefined(None) => f.write_str("memo key None already defined"),
            Self::NothingToStore => f.write_str("stack is empty -- can't store into memo"),
            Self::MarkToStore => f.write_str("can't store markobject in the memo"),
            Self::NeverStored(index) => write!(f, "memo key {index} has never been stored into"),
            Self::TooFewItems { wanted, there } => {
                write!(f, "tries to pop {wanted} items from stack with only {there} items")
            }
            Self::StackNotEmpty(items) => {
                f.write_str("stack not empty after STOP: [")?;
                for (number, item) in items.iter().enumerate() {
                    f.write_str(if number == 0 { "" } else { ", " })?;
                    f.write_str(item.name())?;
                }
                f.write_str("]")
            }
            Self::Output => f.write_str("the text could not be written to its output"),
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte 0x{:x}: ", self.offset)?;
        if let Some(opcode) = self.opcode {
            write!(f, "{opcode}: ")?;
        }
        self.kind.fmt(f)
    }
}

impl core::error::Error for Complaint {}
