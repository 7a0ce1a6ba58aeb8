//! What `pickletools.dis` objects to.

use alloc::vec::Vec;
use core::fmt;

use halfsour_opcode::{Opcode, StackItem};
use halfsour_text::number::Int;

use super::argument::Argument;
use super::machine::Problem;
use crate::ErrorKind;

/// Something at which `pickletools.dis` stops, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    kind: ComplaintKind,
    offset: usize,
    opcode: Option<Opcode>,
}

/// The things at which `pickletools.dis` stops.
///
/// They are shown in its words, except where it says only what went wrong inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ComplaintKind {
    /// The bytes are not an opcode.
    Bytes(ErrorKind),
    /// The argument cannot be read.
    Argument,
    /// The opcode wants a mark, and there is none.
    NoMark,
    /// An index of the memo is set that is set already: the index, or nothing for `MEMOIZE`.
    AlreadyDefined(Option<Int>),
    /// There is nothing to store into the memo.
    NothingToStore,
    /// A mark is on top, where an object is to be stored into the memo.
    MarkToStore,
    /// An index of the memo is read that was never set.
    NeverStored(Int),
    /// The opcode wants more from the stack than there is.
    TooFewItems {
        /// How many it wants.
        wanted: usize,
        /// How many there are.
        there: usize,
    },
    /// Objects are left on the stack after `STOP`: their kinds, the topmost last.
    StackNotEmpty(Vec<StackItem>),
    /// The text could not be written.
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

    /// Whether Python's unpickler reads on where `pickletools` stops.
    pub(super) const fn is_read_by_python(&self) -> bool {
        matches!(self, Self::AlreadyDefined(_) | Self::StackNotEmpty(_))
    }
}

impl Complaint {
    #[cold]
    pub(super) const fn new(kind: ComplaintKind, offset: usize, opcode: Option<Opcode>) -> Self {
        Self { kind, offset, opcode }
    }

    /// What is wrong.
    pub const fn kind(&self) -> &ComplaintKind {
        &self.kind
    }

    /// Where the opcode begins; if it is about the whole pickle, where that ends.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The opcode, if it is about one.
    pub const fn opcode(&self) -> Option<Opcode> {
        self.opcode
    }
}

impl fmt::Display for ComplaintKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(kind) => kind.fmt(f),
            Self::Argument => f.write_str("the argument makes no sense"),
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
            Self::Output => f.write_str("the text could not be written"),
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
