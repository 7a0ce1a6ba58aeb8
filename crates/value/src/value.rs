//! [`Value`]: Python data as an owned tree.

mod children;
mod compare;
mod convert;
mod display;
mod index;
mod instance;

use std::sync::Arc;

use halfsour_text::number;

use crate::{Dict, Kind, Set};

pub(crate) use compare::sum_of_hashes;
pub(crate) use display::{Printer, write_name};
pub use index::ValueIndex;
pub use instance::{ValueInstance, ValueStep};

/// Python data as a tree that owns everything: simple to build, match, change and compare.
///
/// A tree cannot hold identity: an object that is in two places is copied, and a cycle cannot be, nor can two keys that only identity
/// tells apart, such as instances without attributes. For those, keep to the [`Graph`](crate::Graph). Nor can it hold steps that were done
/// to an object which is no instance, such as a state that was given to a global, or names that are not UTF-8:
/// [`Graph::to_value`](crate::Graph::to_value) returns an error for them, so that nothing gets lost unseen.
///
/// Two values are equal where Python finds them equal, except that lists, tuples and so on compare by kind and content at any
/// depth, and that a NaN equals a NaN of the same bits, so that this is an equivalence.
///
/// A value takes 24 bytes, and text, bytes and names of classes are shared when a value is cloned.
///
/// # Making values
///
/// Numbers, text, lists, tuples and maps convert by [`From`]; the macro [`value!`](crate::value!) makes a value that is written
/// much like Python's; and there are constructors for the other kinds.
///
/// ```
/// use halfsour_value::{Value, value};
///
/// let mut user = value!({"name": "Ada", "tags": ["x", None], "at": (1.5, -2)});
/// user["place"] = Value::instance("app.models", "Geo").attr("lat", 51.5).into();
/// user["seen"] = Value::set([1, 2]);
/// assert_eq!(
///     user.to_string(),
///     "{'name': 'Ada', 'tags': ['x', None], 'at': (1.5, -2), 'place': app.models.Geo(lat=51.5), 'seen': {1, 2}}",
/// );
/// ```
///
/// # Finding and changing what is in them
///
/// ```
/// # use halfsour_value::value;
/// let mut data = value!({"users": [{"name": "Ada", "age": 36}]});
/// assert_eq!(data["users"][0]["age"], 36);
/// assert!(data["users"][7]["age"].is_none()); // as in serde_json, what is missing is None
/// assert_eq!(data.path("users[-1].name")?.as_str(), Some("Ada"));
///
/// *data.path_mut("users[0].age")? = 37.into();
/// data["users"].as_list_mut().unwrap().push("guest".into());
/// assert_eq!(data.to_string(), "{'users': [{'name': 'Ada', 'age': 37}, 'guest']}");
/// # Ok::<(), halfsour_value::PathError>(())
/// ```
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
    BigInt(Box<[u8]>),
    /// `float`.
    Float(f64),
    /// `complex`: real and imaginary part.
    Complex(f64, f64),
    /// `str`.
    Str(Arc<str>),
    /// `str` with lone surrogates, as WTF-8.
    SurrogateStr(Arc<[u8]>),
    /// Python 2's `str`.
    ByteString(Arc<[u8]>),
    /// `bytes`.
    Bytes(Arc<[u8]>),
    /// `bytearray`.
    ByteArray(Box<Vec<u8>>),
    /// `list`.
    List(Vec<Value>),
    /// `tuple`.
    Tuple(Box<[Value]>),
    /// `dict`.
    Dict(Box<Dict>),
    /// `set`.
    Set(Box<Set>),
    /// `frozenset`.
    FrozenSet(Box<Set>),
    /// A class or function, by name.
    Global(Arc<ValueGlobal>),
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

/// The name of a class or function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValueGlobal {
    /// The module, such as `app.models`.
    pub module: Box<str>,
    /// The qualified name in the module, such as `Point` or `Outer.Inner`.
    pub name: Box<str>,
}

impl Value {
    /// Returns an int of any size, from little-endian two's complement.
    pub fn big_int(bytes: &[u8]) -> Self {
        match number::le_to_i64(bytes) {
            Some(value) => Self::Int(value),
            None => Self::BigInt(number::minimal(bytes).into()),
        }
    }

    /// Returns `bytes`. A `Vec<u8>` by [`From`] is a list of ints.
    pub fn bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// Returns a `bytearray`.
    pub fn bytearray(bytes: impl Into<Vec<u8>>) -> Self {
        Self::ByteArray(Box::new(bytes.into()))
    }

    /// Returns a Python 2 `str`.
    pub fn byte_string(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::ByteString(bytes.into())
    }

    /// Returns a `list`.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }

    /// Returns a `tuple`. A tuple of Rust's converts by [`From`].
    pub fn tuple<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::Tuple(items.into_iter().map(Into::into).collect())
    }

    /// Returns a `dict`. Where a key comes twice, the last value counts.
    pub fn dict<K: Into<Self>, V: Into<Self>>(items: impl IntoIterator<Item = (K, V)>) -> Self {
        Dict::from_iter(items).into()
    }

    /// Returns a `set`.
    pub fn set<T: Into<Self>>(members: impl IntoIterator<Item = T>) -> Self {
        Set::from_iter(members).into()
    }

    /// Returns a `frozenset`.
    pub fn frozenset<T: Into<Self>>(members: impl IntoIterator<Item = T>) -> Self {
        Self::FrozenSet(Box::new(Set::from_iter(members)))
    }

    /// Returns a class or function.
    pub fn global(module: &str, name: &str) -> Self {
        Self::Global(Arc::new(ValueGlobal { module: module.into(), name: name.into() }))
    }

    /// Returns an instance of a class that is made without calling `__init__`, as most classes' objects are pickled. Give it
    /// attributes and arguments by the methods of [`ValueInstance`], then turn it into a value.
    ///
    /// ```
    /// use halfsour_value::Value;
    ///
    /// let point: Value = Value::instance("app.models", "Point").attr("x", 1).attr("y", 2.5).into();
    /// assert_eq!(point.to_string(), "app.models.Point(x=1, y=2.5)");
    /// assert_eq!(point.attr("y").unwrap(), &2.5);
    /// ```
    pub fn instance(module: &str, name: &str) -> ValueInstance {
        ValueInstance::new(Self::global(module, name))
    }

    /// Returns the kind of the object.
    pub fn kind(&self) -> Kind {
        match self {
            Self::None => Kind::None,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) | Self::BigInt(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Complex(..) => Kind::Complex,
            Self::Str(_) | Self::SurrogateStr(_) => Kind::Str,
            Self::ByteString(_) => Kind::ByteString,
            Self::Bytes(_) => Kind::Bytes,
            Self::ByteArray(_) => Kind::ByteArray,
            Self::List(_) => Kind::List,
            Self::Tuple(_) => Kind::Tuple,
            Self::Dict(_) => Kind::Dict,
            Self::Set(_) => Kind::Set,
            Self::FrozenSet(_) => Kind::FrozenSet,
            Self::Global(_) => Kind::Global,
            Self::Instance(_) => Kind::Instance,
            Self::PersistentId(_) => Kind::PersistentId,
            Self::Extension(_) => Kind::Extension,
            Self::Buffer(_) => Kind::Buffer,
            Self::ReadOnly(_) => Kind::ReadOnly,
        }
    }

    /// Returns whether the value is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Returns a `bool`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns an int that fits 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns an int that fits 64 bits without a sign.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_i128()?.try_into().ok()
    }

    /// Returns an int that fits 128 bits.
    pub fn as_i128(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some((*value).into()),
            Self::BigInt(bytes) => number::le_to_i128(bytes),
            _ => None,
        }
    }

    /// Returns an int, as minimal little-endian two's complement.
    pub fn to_le_bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Int(0) => Some(vec![0]),
            Self::Int(value) => Some(number::minimal(&value.to_le_bytes()).to_vec()),
            Self::BigInt(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }

    /// Returns a `float`.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns a `str`, if it has no lone surrogates.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the contents of `bytes`, a `bytearray` or a Python 2 byte string.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) | Self::ByteString(bytes) => Some(bytes),
            Self::ByteArray(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the contents of a `bytearray`, to be changed.
    pub fn as_bytearray_mut(&mut self) -> Option<&mut Vec<u8>> {
        match self {
            Self::ByteArray(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Returns the members of a `list` or `tuple`.
    pub fn as_slice(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            Self::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the members of a `list` or `tuple`, to be changed.
    pub fn as_mut_slice(&mut self) -> Option<&mut [Self]> {
        match self {
            Self::List(items) => Some(items),
            Self::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// Returns a `list`.
    pub fn as_list(&self) -> Option<&Vec<Self>> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns a `list`, to be changed.
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Self>> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// Returns a `dict`.
    pub fn as_dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// Returns a `dict`, to be changed.
    pub fn as_dict_mut(&mut self) -> Option<&mut Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    /// Returns the members of a `set` or `frozenset`.
    pub fn as_set(&self) -> Option<&Set> {
        match self {
            Self::Set(set) | Self::FrozenSet(set) => Some(set),
            _ => None,
        }
    }

    /// Returns the members of a `set` or `frozenset`, to be changed.
    pub fn as_set_mut(&mut self) -> Option<&mut Set> {
        match self {
            Self::Set(set) | Self::FrozenSet(set) => Some(set),
            _ => None,
        }
    }

    /// Returns the name of a class or function.
    pub fn as_global(&self) -> Option<&ValueGlobal> {
        match self {
            Self::Global(global) => Some(global),
            _ => None,
        }
    }

    /// Returns the result of a call, or an instance of a class.
    pub fn as_instance(&self) -> Option<&ValueInstance> {
        match self {
            Self::Instance(instance) => Some(instance),
            _ => None,
        }
    }

    /// Returns the result of a call, or an instance of a class, to be changed.
    pub fn as_instance_mut(&mut self) -> Option<&mut ValueInstance> {
        match self {
            Self::Instance(instance) => Some(instance),
            _ => None,
        }
    }

    /// Returns module and name of the class of an instance, or of the other callable that was called.
    ///
    /// ```
    /// use halfsour_value::Value;
    ///
    /// let geo: Value = Value::instance("app.models", "Geo").into();
    /// assert_eq!(geo.class(), Some(("app.models", "Geo")));
    /// assert_eq!(Value::from(1).class(), None);
    /// ```
    pub fn class(&self) -> Option<(&str, &str)> {
        let class = self.as_instance()?.class().as_global()?;
        Some((&class.module, &class.name))
    }

    /// Returns an attribute of an instance: see [`ValueInstance::get_attr`].
    pub fn attr(&self, name: &str) -> Option<&Self> {
        self.as_instance()?.get_attr(name)
    }

    /// Returns an attribute of an instance, to be changed.
    pub fn attr_mut(&mut self, name: &str) -> Option<&mut Self> {
        self.as_instance_mut()?.attr_mut(name)
    }

    /// Sets an attribute of an instance: see [`ValueInstance::set_attr`]. Returns whether that could be done: the value is an
    /// instance whose state is of attributes, or which has neither a state nor arguments.
    #[must_use = "the value may take no attributes"]
    pub fn set_attr(&mut self, name: &str, value: impl Into<Self>) -> bool {
        self.as_instance_mut().is_some_and(|instance| instance.set_attr(name, value).is_ok())
    }

    /// Takes the value out, and leaves `None`.
    #[must_use]
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }
}
