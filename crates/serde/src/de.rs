//! The deserializer over a graph.

#[macro_use]
mod plain;

mod access;
mod instance;
#[cfg(feature = "classes")]
mod item;
mod key;
#[cfg(feature = "classes")]
mod known;
#[cfg(feature = "classes")]
mod moment;
#[cfg(feature = "classes")]
mod numpy;
#[cfg(feature = "classes")]
mod table;
mod value;

use std::cell::Cell;
use std::fmt;

use halfsour_value::machine::{Budget, NAME as VALUE};
use halfsour_value::{Data, Kind, Node, Text, TreeError, TreeLimits};
use serde::de::{self, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use crate::common::{visit_byte_members, visit_int};
use crate::instance::classes;
use crate::ser::names;
use crate::{Error, ErrorKind, big_int, class_name};
use access::{Lend, Pairs, Variant};
use instance::member;

pub use access::{FromGraph, FromSource};

/// A deserializer of Rust types from an object in a graph.
///
/// - Structs and maps are read from dicts, and from instances of classes: their attributes (in `__dict__` or slots), and the
///   items that were set.
/// - Sequences are read from lists, tuples and sets, and from instances: the items that were appended, or else the
///   arguments.
/// - Text is read from str, and from Python 2 strings that are UTF-8.
/// - With the feature `classes`, objects of well-known classes are read as the corresponding types of Rust.
///
/// The crate's page has [the whole table](crate).
pub struct NodeDeserializer<'g, S, L = FromGraph> {
    node: Node<'g, S>,
    lend: L,
    limits: TreeLimits,
}

impl<S: AsRef<[u8]>, L> fmt::Debug for NodeDeserializer<'_, S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeDeserializer").field(&self.node).finish()
    }
}

impl<S, L> NodeDeserializer<'_, S, L> {
    /// Sets the limits, which are [`TreeLimits::UNTRUSTED`] by default.
    ///
    /// ```
    /// use halfsour_serde::{ErrorKind, NodeDeserializer};
    /// use halfsour_value::TreeLimits;
    /// use serde::Deserialize;
    ///
    /// let graph = halfsour_vm::from_slice(b"](](K\x01ee.").unwrap(); // [[1]]
    /// let limits = |depth| TreeLimits::UNTRUSTED.with_depth(depth);
    /// let deserializer = |depth| NodeDeserializer::new(graph.root()).with_limits(limits(depth));
    /// let read = |depth| Vec::<Vec<u8>>::deserialize(deserializer(depth));
    /// assert_eq!(read(2).unwrap(), [[1]]);
    /// let error = read(1).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::TooDeep));
    /// assert_eq!((error.path(), error.offset()), ("[0]".to_owned(), Some(2)));
    /// ```
    #[must_use]
    pub fn with_limits(self, limits: TreeLimits) -> Self {
        Self { limits, ..self }
    }
}

impl<'g, S: AsRef<[u8]>> NodeDeserializer<'g, S, FromGraph> {
    /// Creates a deserializer that lends text and bytes for as long as the graph lives.
    pub fn new(node: Node<'g, S>) -> Self {
        Self { node, lend: FromGraph, limits: TreeLimits::default() }
    }
}

impl<'g, 'de> NodeDeserializer<'g, &'de [u8], FromSource> {
    /// Creates a deserializer that lends text and bytes for as long as the input lives.
    pub fn borrowing(node: Node<'g, &'de [u8]>) -> Self {
        Self { node, lend: FromSource, limits: TreeLimits::default() }
    }
}

macro_rules! enter {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value, Error> {
            let budget = Cell::new(self.limits.budget(self.node.graph()));
            De { node: self.node, lend: self.lend, budget: &budget, depth: budget.get().depth }
                .$method($($arg,)* visitor)
        })*
    };
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for NodeDeserializer<'g, S, L> {
    type Error = Error;

    for_plain!(enter);

    enter! {
        deserialize_any();
        deserialize_f32();
        deserialize_f64();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(length: usize);
        deserialize_tuple_struct(name: &'static str, length: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_ignored_any();
    }

    forward_to_deserialize_any! { bool char identifier }
}

/// The kind of data that a type asks serde for, as far as instances of classes are read differently for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Any,
    Text,
    Bytes,
    Int,
    Float,
    Sequence,
    Tuple(usize),
    Map,
    Struct(&'static str),
}

macro_rules! ask {
    ($($asked:expr => $($method:ident)*;)*) => {
        $($(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.asked($asked, visitor)
        })*)*
    };
}

const NO_TEXT: &str = "bytes that are no text are read by `Vec<u8>`, or faster with `serde_bytes`";
const NO_UTF8: &str =
    "a Python 2 string that is no UTF-8 is read as bytes, or as text if `Options::encoding` is set";

/// The deserializer of one object, with the budget that all objects share.
pub(crate) struct De<'b, 'g, S, L> {
    node: Node<'g, S>,
    lend: L,
    budget: &'b Cell<Budget>,
    depth: usize,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> De<'_, 'g, S, L> {
    fn at(&self, node: Node<'g, S>) -> Self {
        Self { node, lend: self.lend, budget: self.budget, depth: self.depth }
    }

    /// Adds this object to an error.
    #[inline]
    fn located<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| error.at(self.node.kind(), self.node.offset()))
    }

    #[inline]
    fn spend(&self, spend: impl FnOnce(&mut Budget) -> Result<(), TreeError>) -> Result<(), Error> {
        let mut budget = self.budget.get();
        let result = spend(&mut budget);
        self.budget.set(budget);
        result.map_err(|_| Error::new(ErrorKind::TooLarge))
    }

    /// Spends budget on the text or bytes of this object.
    #[inline]
    fn pay(&self, bytes: usize) -> Result<(), Error> {
        self.spend(|budget| budget.bytes(bytes))
    }

    /// Returns the deserializer of a member of this container. Each member is paid for, so a shared object is paid for as
    /// often as it is a member.
    #[inline]
    fn member(&self, node: Node<'g, S>) -> Result<Self, Error> {
        self.spend(Budget::value)?;
        Ok(self.at(node))
    }

    /// Returns this deserializer one level deeper, for the members of the object.
    fn deeper(&self) -> Result<Self, Error> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| Error::new(ErrorKind::TooDeep))?;
        Ok(Self { depth, ..self.at(self.node) })
    }

    #[cfg(feature = "classes")]
    fn is_none(&self) -> bool {
        self.node.is_none() || known::is_null(self.node)
    }

    #[cfg(not(feature = "classes"))]
    fn is_none(&self) -> bool {
        self.node.is_none()
    }

    fn text<V: Visitor<'de>>(&self, text: Text<'g>, visitor: V) -> Result<V::Value, Error> {
        self.pay(text.as_wtf8().len())?;
        match (self.lend.str(self.node), text.as_str()) {
            (Some(lent), _) => visitor.visit_borrowed_str(lent),
            (None, Some(text)) => visitor.visit_str(text),
            (None, None) => visitor.visit_bytes(text.as_wtf8()),
        }
    }

    fn byte_string<V: Visitor<'de>>(&self, bytes: &'g [u8], visitor: V) -> Result<V::Value, Error> {
        self.pay(bytes.len())?;
        let lent = self.lend.bytes(self.node);
        match (lent.map(std::str::from_utf8), std::str::from_utf8(bytes)) {
            (Some(Ok(lent)), _) => visitor.visit_borrowed_str(lent),
            (_, Ok(text)) => visitor.visit_str(text),
            _ => self.bytes(bytes, visitor),
        }
    }

    fn bytes<V: Visitor<'de>>(&self, bytes: &'g [u8], visitor: V) -> Result<V::Value, Error> {
        self.pay(bytes.len())?;
        match self.lend.bytes(self.node) {
            Some(lent) => visitor.visit_borrowed_bytes(lent),
            None => visitor.visit_bytes(bytes),
        }
    }

    fn big_int<V: Visitor<'de>>(&self, bytes: &[u8], visitor: V) -> Result<V::Value, Error> {
        self.pay(bytes.len())?;
        big_int::visit(bytes, visitor)
    }

    /// Returns an error if this is an object of another class than those that the name of a type says.
    #[inline]
    fn check_class(&self, name: &str) -> Result<(), Error> {
        match self.node.data() {
            Data::Instance(instance) if class_name(name).is_some() => {
                self.located(instance::check_class(instance, name))
            }
            // A persistent id may be of any class.
            Data::PersistentId(of) if class_name(name).is_some() => self.located(Self::unresolved(of)),
            _ => Ok(()),
        }
    }

    /// Does the same for an enum, whose members may be globals.
    fn check_member(&self, name: &str) -> Result<(), Error> {
        match self.node.data() {
            Data::Global(member) if class_name(name).is_some() => {
                self.located(instance::check_global(member, name))
            }
            _ => self.check_class(name),
        }
    }

    /// Returns the error that this is a persistent id.
    #[cold]
    fn unresolved<T>(id: Node<'g, S>) -> Result<T, Error> {
        Err(Error::custom(format_args!("a persistent id, {id}: resolve it by `Graph::resolve_persistent`")))
    }

    /// Deserializes for a type that asks for `asked`.
    fn asked<V: Visitor<'de>>(self, asked: Asked, visitor: V) -> Result<V::Value, Error> {
        let result = match (self.node.data(), asked) {
            (Data::Instance(instance), _) => self.instance(instance, asked, visitor),
            (Data::ByteString(bytes), Asked::Bytes) => self.bytes(bytes, visitor),
            (
                Data::Bytes(bytes) | Data::ByteArray(bytes) | Data::ByteString(bytes),
                Asked::Sequence | Asked::Tuple(_),
            ) => self.pay(bytes.len()).and_then(|()| visit_byte_members(bytes, visitor)),
            (Data::Bytes(bytes) | Data::ByteArray(bytes), Asked::Text) => {
                self.bytes(bytes, visitor).map_err(|error| error.hint(bytes, NO_TEXT))
            }
            (Data::ByteString(bytes), Asked::Text) => {
                self.byte_string(bytes, visitor).map_err(|error| error.hint(bytes, NO_UTF8))
            }
            (Data::Dict(items), Asked::Struct(_)) => {
                self.deeper().and_then(|deeper| visitor.visit_map(Pairs::new(deeper, items, asked)))
            }
            (Data::PersistentId(of), Asked::Map | Asked::Struct(_)) => Self::unresolved(of),
            (Data::PersistentId(of) | Data::ReadOnly(of), _) => {
                self.deeper().and_then(|deeper| deeper.at(of).asked(asked, visitor))
            }
            _ => return self.deserialize(visitor),
        };
        self.located(result)
    }

    fn deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for De<'_, 'g, S, L> {
    type Error = Error;

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let result = match self.node.data() {
            Data::None => visitor.visit_unit(),
            Data::Bool(value) => visitor.visit_bool(value),
            Data::Int(value) => visit_int(value, visitor),
            Data::Float(value) => visitor.visit_f64(value),
            Data::Str(text) => self.text(text, visitor),
            Data::ByteString(bytes) => self.byte_string(bytes, visitor),
            Data::Bytes(bytes) | Data::ByteArray(bytes) => self.bytes(bytes, visitor),
            Data::BigInt(bytes) => self.big_int(bytes, visitor),
            Data::Complex(re, im) => visitor.visit_seq(de::value::SeqDeserializer::new([re, im].into_iter())),
            Data::List(elements)
            | Data::Tuple(elements)
            | Data::Set(elements)
            | Data::FrozenSet(elements) => self.members(elements, visitor),
            Data::Dict(items) => {
                self.deeper().and_then(|deeper| visitor.visit_map(Pairs::new(deeper, items, Asked::Any)))
            }
            #[cfg(feature = "classes")]
            Data::Global(global) if halfsour_classes::pandas::is_na(&global) => visitor.visit_unit(),
            Data::Global(global) => visitor.visit_string(global.to_string()),
            Data::Instance(instance) => self.instance(instance, Asked::Any, visitor),
            Data::PersistentId(of) | Data::ReadOnly(of) => {
                self.deeper().and_then(|deeper| deeper.at(of).deserialize(visitor))
            }
            Data::Extension(code) => visitor.visit_u32(code),
            Data::Buffer(index) => match self.node.graph().buffers().get(index) {
                Some(contents) => visitor.visit_bytes(contents),
                None => Err(Error::custom(format_args!(
                    "the out-of-band buffer {index} was not supplied; pass it in `Options::buffers`"
                ))),
            },
        };
        self.located(result)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.data() {
            // serde-pickle writes () so.
            Data::Tuple(elements) if elements.is_empty() => visitor.visit_unit(),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let class = self.node.class().unwrap_or(self.node).as_global();
        if class.is_some_and(|class| classes(name).any(|(module, name)| class.is(module, name))) {
            return visitor.visit_unit();
        }
        match self.node.as_global() {
            Some(global) if class_name(name).is_some() => {
                self.located(instance::check_name(Some(&global.full_name()), name))?;
            }
            _ => self.check_class(name)?,
        }
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.check_class(name)?;
        match self.node.data() {
            _ if name == VALUE => value::visit(self, visitor),
            Data::PersistentId(of) if name == names::PERSISTENT_ID => {
                visitor.visit_newtype_struct(self.deeper()?.at(of))
            }
            Data::BigInt(bytes) if name == big_int::NAME => self.bytes(bytes, visitor),
            #[cfg(feature = "classes")]
            Data::Instance(_) if name == moment::NAME => visitor.visit_newtype_struct(moment::Moment(self)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    ask! {
        Asked::Text => deserialize_str deserialize_string;
        Asked::Bytes => deserialize_bytes;
        Asked::Int => deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128;
        Asked::Float => deserialize_f32 deserialize_f64;
        Asked::Sequence => deserialize_seq;
        Asked::Map => deserialize_map;
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.asked(Asked::Tuple(length), visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.check_class(name)?;
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.check_class(name)?;
        self.asked(Asked::Struct(name), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant = self.check_member(name).and_then(|()| self.variant());
        let result = variant.and_then(|variant| visitor.visit_enum(variant));
        self.located(result)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bool char identifier }
}

impl<'b, 'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> De<'b, 'g, S, L> {
    /// Returns the variant of an enum and its content. It is a name; a dict of one item; a tuple or list of the name, or of name
    /// and content, as serde-pickle writes it; or a member of a Python enum.
    fn variant(&self) -> Result<Variant<'b, 'g, S, L>, Error> {
        let deeper = self.deeper()?;
        let (name, content) = match self.node.data() {
            Data::Dict(items) if items.len() == 1 => {
                let (name, content) = items.get(0).ok_or_else(|| Error::custom("an empty dict"))?;
                (name, Some(content))
            }
            Data::Tuple(parts) | Data::List(parts) if (1..=2).contains(&parts.len()) => {
                let name = parts.get(0).ok_or_else(|| Error::custom("an empty tuple"))?;
                (name, parts.get(1))
            }
            Data::Instance(instance) => match member(instance) {
                Some(name) => (name, None),
                None => return Err(self.misfit(&"a variant of an enum")),
            },
            Data::Str(_) | Data::ByteString(_) | Data::Global(_) => (self.node, None),
            _ => {
                let kind = self.node.kind();
                return Err(Error::custom(format_args!(
                    "expected a variant of an enum (a name, a dict of one item, or a tuple or list of one or two), found {kind}"
                )));
            }
        };
        Ok(Variant::new(deeper.at(name), content))
    }

    fn kind(&self) -> Kind {
        self.node.kind()
    }
}
