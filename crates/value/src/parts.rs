//! The parts of which a [`Store`](crate::machine::Store) makes objects, and its refusals.

use std::fmt;

use halfsour_text::wtf8::Encoding;

use crate::Id;
use crate::cell::Tag;

/// The store's budget of bytes is spent, or it holds 2³¹ nodes already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfBudget;

/// The reason why a step cannot be done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepError {
    /// The budget of memory is spent, or there are two billion nodes already.
    OutOfBudget,
    /// Python's object has no such method, or not for these values.
    Unsupported,
    /// A key or member is a list, dict, set or bytearray, or a tuple that holds one.
    Unhashable,
}

impl fmt::Display for OutOfBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the graph would take more memory than the limit allows")
    }
}

impl std::error::Error for OutOfBudget {}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfBudget => OutOfBudget.fmt(f),
            Self::Unsupported => f.write_str("the object has no such method, or not for these values"),
            Self::Unhashable => f.write_str("a key or member is of a kind that cannot be hashed"),
        }
    }
}

impl std::error::Error for StepError {}

impl From<OutOfBudget> for StepError {
    fn from(_: OutOfBudget) -> Self {
        Self::OutOfBudget
    }
}

/// The call by which an old protocol spelled a builtin: `_codecs.encode('…', 'latin1')`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The callable.
    pub callable: Id,
    /// The arguments: a tuple.
    pub args: Id,
}

/// The kinds of node that are made of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Text: WTF-8 that has been checked.
    Str(Encoding),
    /// A Python 2 byte string.
    ByteString,
    /// `bytes`.
    Bytes,
    /// `bytearray`.
    ByteArray,
    /// An integer that needs more than 64 bits: little-endian two's complement.
    BigInt,
}

/// The kinds of node that are made of children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// `list`.
    List,
    /// `tuple`; the empty one is [`Id::EMPTY_TUPLE`] and not a node.
    Tuple,
    /// `dict`: keys and values in turn.
    Dict,
    /// `set`.
    Set,
    /// `frozenset`.
    FrozenSet,
}

impl Payload {
    pub(crate) const fn parts(self) -> (Tag, Encoding) {
        match self {
            Self::Str(encoding) => (Tag::Str, encoding),
            Self::ByteString => (Tag::ByteString, Encoding::Ascii),
            Self::Bytes => (Tag::Bytes, Encoding::Ascii),
            Self::ByteArray => (Tag::ByteArray, Encoding::Ascii),
            Self::BigInt => (Tag::BigInt, Encoding::Ascii),
        }
    }
}
