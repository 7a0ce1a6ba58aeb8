//! [`Value`]: Python data as an owned tree.

use std::fmt::{self, Formatter};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use halfsour_text::{number, repr};
use indexmap::{IndexMap, IndexSet};

use crate::Form;
use crate::display::Complex;
use crate::keys::{self, Key};

/// Python data as a tree that owns everything.
///
/// It is the friendly form: simple to build, match and compare. What it cannot hold is identity; an object that is in
/// two places is copied, and a cycle cannot be. For those, keep to the [`Graph`](crate::Graph).
///
/// Two values are equal where Python finds them equal, save that lists, tuples and so on compare by kind and content
/// at any depth, and that a NaN equals a NaN of the same bits, so that this is an equivalence.
#[derive(Clone, Default)]
pub enum Value {
    /// `None`.
    #[default]
    None,
    /// `bool`.
    Bool(bool),
    /// An int that fits 64 bits.
    Int(i64),
    /// Any other int: minimal little-endian two's complement.
    BigInt(Vec<u8>),
    /// `float`.
    Float(f64),
    /// `complex`: real and imaginary part.
    Complex(f64, f64),
    /// `str`.
    Str(String),
    /// `str` with lone surrogates, as WTF-8.
    SurrogateStr(Vec<u8>),
    /// Python 2's `str`.
    ByteString(Vec<u8>),
    /// `bytes`.
    Bytes(Vec<u8>),
    /// `bytearray`.
    ByteArray(Vec<u8>),
    /// `list`.
    List(Vec<Value>),
    /// `tuple`.
    Tuple(Vec<Value>),
    /// `dict`.
    Dict(IndexMap<Value, Value>),
    /// `set`.
    Set(IndexSet<Value>),
    /// `frozenset`.
    FrozenSet(IndexSet<Value>),
    /// A class or function, by name.
    Global {
        /// `app.models`
        module: String,
        /// `Point`, `Outer.Inner`
        name: String,
    },
    /// The result of a call, or an instance of a class.
    Instance(Box<ValueInstance>),
    /// A persistent id.
    PersistentId(Box<Value>),
    /// An extension code.
    Extension(u32),
    /// The index of an out-of-band buffer.
    Buffer(usize),
    /// A read-only view of something.
    ReadOnly(Box<Value>),
}

/// An object that Python would get by calling something: see [`Instance`](crate::Instance).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValueInstance {
    /// The way in which the instance is made.
    pub form: Form,
    /// The callable, or the class.
    pub callable: Value,
    /// The arguments: a tuple.
    pub args: Value,
    /// The keyword arguments of [`Form::NewEx`].
    pub kwargs: Option<Value>,
    /// The steps that are done to the instance after it was made.
    pub steps: Vec<ValueStep>,
}

/// A step that is done to an instance after it was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ValueStep {
    /// `BUILD`.
    State(Value),
    /// `APPEND`, `APPENDS`.
    Append(Vec<Value>),
    /// `SETITEM`, `SETITEMS`.
    SetItem(Vec<(Value, Value)>),
    /// `ADDITEMS`.
    Add(Vec<Value>),
    /// A state setter was called: with what beside the object.
    Call {
        /// The state setter.
        callable: Value,
        /// The state.
        state: Value,
    },
}

impl Value {
    /// The key as which a scalar compares; `None` for what compares part by part.
    fn key(&self) -> Option<Key<'_>> {
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
            Self::Bytes(bytes) | Self::ByteArray(bytes) => Key::Bytes(bytes),
            _ => return None,
        })
    }

    /// `str`, if it has no lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// An int that fits 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// An int that fits 128 bits.
    pub fn as_i128(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some((*value).into()),
            Self::BigInt(bytes) if bytes.len() <= 16 => {
                let mut wide = [if bytes.last().is_some_and(|&byte| byte >= 0x80) { 0xff } else { 0 }; 16];
                wide[..bytes.len()].copy_from_slice(bytes);
                Some(i128::from_le_bytes(wide))
            }
            _ => None,
        }
    }

    /// An int, as minimal little-endian two's complement.
    pub fn to_le_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Int(value) => Some(keys::trimmed(&value.to_le_bytes()).to_vec()),
            Self::BigInt(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }

    /// `float`.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The contents of `bytes`, a `bytearray` or a Python 2 byte string.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) | Self::ByteArray(bytes) | Self::ByteString(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The members of a list or tuple.
    pub fn as_slice(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) | Self::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// `dict`.
    pub fn as_dict(&self) -> Option<&IndexMap<Self, Self>> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// The value of a text key in a dict.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_dict()?.get(&TextKey(key))
    }
}

/// Looks up text in a dict without making a `Value` of it.
struct TextKey<'k>(&'k str);

impl Hash for TextKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Key::from(self.0).hash(state);
    }
}

impl indexmap::Equivalent<Value> for TextKey<'_> {
    fn equivalent(&self, key: &Value) -> bool {
        key.key().is_some_and(|key| key == self.0.into())
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) | (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Dict(a), Self::Dict(b)) => a == b,
            (Self::Set(a) | Self::FrozenSet(a), Self::Set(b) | Self::FrozenSet(b)) => a == b,
            (Self::Global { module, name }, Self::Global { module: m, name: n }) => module == m && name == n,
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
        match self {
            Self::List(items) => (1, items).hash(state),
            Self::Tuple(items) => (2, items).hash(state),
            // Equal in any order.
            Self::Dict(dict) => (3, dict.len(), sum_of_hashes(dict)).hash(state),
            Self::Set(set) | Self::FrozenSet(set) => (4, set.len(), sum_of_hashes(set)).hash(state),
            Self::Global { module, name } => (module, name).hash(state),
            Self::Instance(instance) => instance.hash(state),
            Self::PersistentId(id) => (5, id).hash(state),
            Self::ReadOnly(of) => (6, of).hash(state),
            Self::Extension(code) => (7, code).hash(state),
            Self::Buffer(index) => (8, index).hash(state),
            _ => self.key().hash(state),
        }
    }
}

/// The same in any order. The members' hashes are random, so that nobody can choose members whose sums are the same.
fn sum_of_hashes<T: Hash>(members: impl IntoIterator<Item = T>) -> u64 {
    static RANDOM: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    members.into_iter().fold(0, |sum: u64, member| sum.wrapping_add(RANDOM.hash_one(member)))
}

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $make
            }
        })*
    };
}

from! {
    () => |value| { let () = value; Self::None };
    bool => |value| Self::Bool(value);
    i32 => |value| Self::Int(value.into());
    u32 => |value| Self::Int(value.into());
    i64 => |value| Self::Int(value);
    f64 => |value| Self::Float(value);
    &str => |value| Self::Str(value.to_owned());
    String => |value| Self::Str(value);
    Vec<Value> => |value| Self::List(value);
    IndexMap<Value, Value> => |value| Self::Dict(value);
}

impl From<i128> for Value {
    fn from(value: i128) -> Self {
        match i64::try_from(value) {
            Ok(value) => Self::Int(value),
            Err(_) => Self::BigInt(keys::trimmed(&value.to_le_bytes()).to_vec()),
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// As Python's `repr` prints it; objects of classes as [`Node`](crate::Node) prints them.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(value) => write!(f, "{value}"),
            Self::BigInt(bytes) => write!(f, "{}", number::BigDisplay(bytes)),
            Self::Float(value) => write!(f, "{}", repr::Float(*value)),
            Self::Complex(re, im) => write!(f, "{}", Complex(*re, *im)),
            Self::Str(text) => write!(f, "{}", repr::Str(text.as_bytes())),
            Self::SurrogateStr(bytes) => write!(f, "{}", repr::Str(bytes)),
            Self::ByteString(bytes) | Self::Bytes(bytes) => write!(f, "{}", repr::Bytes(bytes)),
            Self::ByteArray(bytes) => write!(f, "bytearray({})", repr::Bytes(bytes)),
            Self::List(items) => sequence(f, "[", items, "]"),
            Self::Tuple(items) => sequence(f, "(", items, if items.len() == 1 { ",)" } else { ")" }),
            Self::Dict(dict) => pairs(f, "{", dict, "}"),
            Self::Set(set) if set.is_empty() => f.write_str("set()"),
            Self::FrozenSet(set) if set.is_empty() => f.write_str("frozenset()"),
            Self::Set(set) => sequence(f, "{", set, "}"),
            Self::FrozenSet(set) => sequence(f, "frozenset({", set, "})"),
            Self::Global { module, name } => write!(f, "{module}.{name}"),
            Self::PersistentId(id) => write!(f, "persistent_id({id})"),
            Self::Extension(code) => write!(f, "extension({code})"),
            Self::Buffer(index) => write!(f, "buffer({index})"),
            Self::ReadOnly(of) => write!(f, "memoryview({of})"),
            Self::Instance(instance) => write!(f, "{instance}"),
        }
    }
}

impl fmt::Display for ValueInstance {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.callable)?;
        match &self.args {
            Value::Tuple(args) => sequence(f, "(", args, ")")?,
            args => write!(f, "({args})")?,
        }
        for step in &self.steps {
            match step {
                ValueStep::State(state) => write!(f, ".__setstate__({state})")?,
                ValueStep::Call { callable, state } => write!(f, " <- {callable}(..., {state})")?,
                ValueStep::Append(items) => sequence(f, " + [", items, "]")?,
                ValueStep::SetItem(items) => {
                    pairs(f, " | {", items.iter().map(|(key, value)| (key, value)), "}")?;
                }
                ValueStep::Add(items) => sequence(f, " | {", items, "}")?,
            }
        }
        Ok(())
    }
}

fn sequence<'v>(
    f: &mut Formatter<'_>,
    open: &str,
    items: impl IntoIterator<Item = &'v Value>,
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.into_iter().enumerate() {
        write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
    }
    f.write_str(close)
}

fn pairs<'v>(
    f: &mut Formatter<'_>,
    open: &str,
    items: impl IntoIterator<Item = (&'v Value, &'v Value)>,
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (index, (key, value)) in items.into_iter().enumerate() {
        write!(f, "{}{key}: {value}", if index == 0 { "" } else { ", " })?;
    }
    f.write_str(close)
}
