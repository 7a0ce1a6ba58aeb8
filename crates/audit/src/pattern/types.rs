//! Types of Python of which opcodes make objects, and kinds of which it is enough to know that.

use halfsour_vm::value::Kind;
use halfsour_vm::value::machine::Peek;

use super::Pattern;

/// A type of which opcodes make objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    None,
    Bool,
    Int,
    Float,
    Complex,
    Str,
    Bytes,
    ByteArray,
    List,
    Tuple,
    Dict,
    Set,
    FrozenSet,
    Buffer,
}

impl Type {
    pub const ALL: [Self; 14] = [
        Self::None,
        Self::Bool,
        Self::Int,
        Self::Float,
        Self::Complex,
        Self::Str,
        Self::Bytes,
        Self::ByteArray,
        Self::List,
        Self::Tuple,
        Self::Dict,
        Self::Set,
        Self::FrozenSet,
        Self::Buffer,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Complex => "complex",
            Self::Str => "str",
            Self::Bytes => "bytes",
            Self::ByteArray => "bytearray",
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Dict => "dict",
            Self::Set => "set",
            Self::FrozenSet => "frozenset",
            Self::Buffer => "buffer",
        }
    }
}

/// The kinds of which anything fits one of some alternatives. Those of containers are not among them, since what is in them counts. One bit
/// more says whether the alternatives come upon parts of states.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plain(u32);

impl Plain {
    const HAS_PARTS: u32 = 1 << 31;

    pub fn of(alternatives: &[Pattern]) -> Self {
        let mut has_parts = 0;
        for pattern in alternatives {
            pattern.visit(&mut |it| {
                if matches!(it, Pattern::Attributes | Pattern::Slots) {
                    has_parts = Self::HAS_PARTS;
                }
            });
        }
        let kinds = alternatives.iter().map(|pattern| match pattern {
            Pattern::Kind(kind, None) => Self::kinds(*kind).0,
            _ => 0,
        });
        Self(kinds.fold(has_parts, |all, kind| all | kind))
    }

    /// The kinds of which anything is of a type; none for containers.
    pub const fn kinds(of: Type) -> Self {
        let kinds = match of {
            Type::None => Self::bit(Kind::None),
            Type::Bool => Self::bit(Kind::Bool),
            Type::Int => Self::bit(Kind::Int),
            Type::Float => Self::bit(Kind::Float),
            Type::Complex => Self::bit(Kind::Complex),
            // Python 2 has one type for both.
            Type::Str => Self::bit(Kind::Str) | Self::bit(Kind::ByteString),
            Type::Bytes => Self::bit(Kind::Bytes) | Self::bit(Kind::ByteString),
            Type::ByteArray => Self::bit(Kind::ByteArray),
            Type::List | Type::Tuple | Type::Dict | Type::Set | Type::FrozenSet | Type::Buffer => 0,
        };
        Self(kinds)
    }

    const fn bit(kind: Kind) -> u32 {
        1 << kind as u32
    }

    #[inline]
    pub fn has_parts(self) -> bool {
        self.0 & Self::HAS_PARTS != 0
    }

    #[inline]
    pub fn has(self, kind: Kind) -> bool {
        self.0 & Self::bit(kind) != 0
    }
}

/// Whether a value is of a type.
pub fn is_kind(kind: Type, peek: Peek<'_>) -> bool {
    let of_peek = match peek {
        // Python 2 has one type for both.
        Peek::ByteString(_) => return matches!(kind, Type::Str | Type::Bytes),
        Peek::Str(_) => Type::Str,
        Peek::Bytes(_) => Type::Bytes,
        Peek::None => Type::None,
        Peek::Bool(_) => Type::Bool,
        Peek::Int(_) | Peek::BigInt(_) => Type::Int,
        Peek::Float(_) => Type::Float,
        Peek::Complex(..) => Type::Complex,
        Peek::ByteArray(_) => Type::ByteArray,
        Peek::List(_) => Type::List,
        Peek::Tuple(_) => Type::Tuple,
        Peek::Dict(_) => Type::Dict,
        Peek::Set(_) => Type::Set,
        Peek::FrozenSet(_) => Type::FrozenSet,
        Peek::Buffer(_) | Peek::ReadOnly(_) => Type::Buffer,
        _ => return false,
    };
    of_peek == kind
}
