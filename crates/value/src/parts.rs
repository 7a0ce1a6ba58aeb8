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
#[non_exhaustive]
pub enum StepError {
    /// The budget of memory is spent, or there are two billion nodes already.
    OutOfBudget,
    /// Python's object has no such method, or not for these values.
    Unsupported,
    /// A key or member is a list, dict, set or bytearray, or a tuple that holds one.
    Unhashable,
    /// `None`, bools, small ints and the empty tuple have no identity: equal ones are one.
    NoIdentity,
    /// The state of the instance is not made of attributes: it is neither a dict nor a pair of a dict or None and a dict.
    NotAttributes,
    /// The instance has arguments and no state: whatever it holds, as a `NamedTuple` or a `Decimal` does, it has from them.
    MadeOfArguments,
    /// There is no member or appended item with this index.
    OutOfRange,
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
            Self::NoIdentity => f.write_str(
                "None, bools, small ints and () have no identity: put another object in each place, by `set_at`, \
                 `set_item` or `set_attr`",
            ),
            Self::NotAttributes => f.write_str(
                "the state of the instance is not made of attributes: change the state itself, by `set_at` if it is a \
                 list and by `set_part` if it is a tuple",
            ),
            Self::MadeOfArguments => f.write_str(
                "the instance has arguments and no state: change the arguments by `set_part`, or give it a state by `state`",
            ),
            Self::OutOfRange => f.write_str("there is no member or appended item with this index"),
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
