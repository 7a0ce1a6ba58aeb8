//! Equality and hashes of values.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use indexmap::Equivalent;

use crate::keys::{self, Key};
use crate::{DictKey, Value};

impl Value {
    /// The key as which a scalar compares; `None` for what compares part by part.
    #[inline]
    pub(crate) fn key(&self) -> Option<Key<'_>> {
        Some(match self {
            Self::None => Key::None,
            Self::Bool(value) => Key::Int(i64::from(*value)),
            Self::Int(value) => Key::Int(*value),
            Self::BigInt(bytes) => keys::big_int_key(bytes),
            Self::Float(value) => (*value).into(),
            Self::Complex(re, im) => keys::complex_key(*re, *im),
            Self::Str(text) => Key::Text(text.as_bytes()),
            Self::SurrogateStr(bytes) => Key::Text(bytes),
            Self::ByteString(bytes) => keys::byte_string_key(bytes),
            Self::Bytes(bytes) => Key::Bytes(bytes),
            Self::ByteArray(bytes) => Key::Bytes(bytes),
            _ => return None,
        })
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Dict(a), Self::Dict(b)) => a == b,
            (Self::Set(a) | Self::FrozenSet(a), Self::Set(b) | Self::FrozenSet(b)) => a == b,
            (Self::Global(a), Self::Global(b)) => a == b,
            (Self::Instance(a), Self::Instance(b)) => a == b,
            (Self::PersistentId(a), Self::PersistentId(b)) | (Self::ReadOnly(a), Self::ReadOnly(b)) => a == b,
            (Self::Extension(a), Self::Extension(b)) => a == b,
            (Self::Buffer(a), Self::Buffer(b)) => a == b,
            _ => match (self.key(), other.key()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A scalar's hash is that of its key, by which it is looked up.
        if let Some(key) = self.key() {
            return key.hash(state);
        }
        match self {
            Self::List(items) => (1, items).hash(state),
            Self::Tuple(items) => (2, items).hash(state),
            Self::Dict(dict) => (3, dict).hash(state),
            Self::Set(set) | Self::FrozenSet(set) => (4, set).hash(state),
            Self::Global(global) => global.hash(state),
            Self::Instance(instance) => instance.hash(state),
            Self::PersistentId(id) => (5, id).hash(state),
            Self::ReadOnly(of) => (6, of).hash(state),
            Self::Extension(code) => (7, code).hash(state),
            Self::Buffer(index) => (8, index).hash(state),
            _ => unreachable!("scalars have a key"),
        }
    }
}

/// The same in any order. The members' hashes are random, so that nobody can choose members whose sums are the same.
pub(crate) fn sum_of_hashes<T: Hash>(members: impl IntoIterator<Item = T>) -> u64 {
    static RANDOM: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    members.into_iter().fold(0, |sum: u64, member| sum.wrapping_add(RANDOM.hash_one(member)))
}

/// As Python compares: `Value::from(1) == 1.0`.
macro_rules! equals {
    ($($type:ty => |$other:ident| $key:expr;)*) => {
        $(
            impl PartialEq<$type> for Value {
                fn eq(&self, $other: &$type) -> bool {
                    DictKey::from($key).equivalent(self)
                }
            }

            impl PartialEq<Value> for $type {
                fn eq(&self, other: &Value) -> bool {
                    other == self
                }
            }
        )*
    };
}

equals! {
    str => |other| other;
    &str => |other| *other;
    String => |other| other;
    bool => |other| *other;
    i8 => |other| *other;
    i16 => |other| *other;
    i32 => |other| *other;
    i64 => |other| *other;
    i128 => |other| *other;
    isize => |other| *other;
    u8 => |other| *other;
    u16 => |other| *other;
    u32 => |other| *other;
    u64 => |other| *other;
    u128 => |other| *other;
    usize => |other| *other;
    f32 => |other| f64::from(*other);
    f64 => |other| *other;
}
