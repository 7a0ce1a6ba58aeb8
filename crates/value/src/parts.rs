//! What a [`Store`](crate::Store) is told to make, and how it refuses.

use halfsour_text::wtf8::Encoding;

use crate::Id;
use crate::cell::Tag;

/// There is no room left in the budget, or in the numbering of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// Why a step cannot be done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// As [`Full`].
    Full,
    /// Python's object has no such method, or not for these values.
    Unsupported,
    /// A key or member is a list, dict, set or bytearray, or a tuple that holds one.
    Unhashable,
}

impl From<Full> for Refusal {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

/// The call by which an old protocol spelled a builtin: `_codecs.encode('…', 'latin1')`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// What was called.
    pub callable: Id,
    /// With what: a tuple.
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
