//! The part of derived code that is the same for all types. Not a public API.

mod flattened;

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use halfsour_value::Value;
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, EnumAccess, IgnoredAny, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde::ser::Error as _;

pub use serde::de::{Error, MapAccess, SeqAccess};
pub use serde::ser::{SerializeMap, SerializeStruct, SerializeTupleStruct};
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::python::{self, Read, Written};

/// A type that is written field by field, into a map that may have more.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened",
    note = "what is flattened is a struct with `#[derive(ToPython, FromPython)]`, a map such as `BTreeMap<String, T>` or `Dict`, or an \
            `Option` of one"
)]
pub trait WriteFields {
    /// Writes the fields.
    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// A struct with flattened fields, as a map.
#[derive(Debug)]
pub struct Flat<'a, T>(pub &'a T);

impl<T: WriteFields> Serialize for Flat<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = OnceEach { map: serializer.serialize_map(None)?, keys: HashSet::new() };
        self.0.write_fields(&mut map)?;
        map.map.end()
    }
}

/// A map that takes each key once: of a key that two fields have, only the last value would be left.
struct OnceEach<M> {
    map: M,
    /// The pickles of the keys.
    keys: HashSet<Vec<u8>>,
}

impl<M: SerializeMap> SerializeMap for OnceEach<M> {
    type Ok = M::Ok;
    type Error = M::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), M::Error> {
        let pickle = crate::to_vec(key).map_err(M::Error::custom)?;
        if self.keys.contains(&pickle) {
            let key: Value = crate::from_slice(&pickle).map_err(M::Error::custom)?;
            return Err(M::Error::custom(format_args!(
                "two fields, or a field and a flattened map, have the key {key}"
            )));
        }
        self.keys.insert(pickle);
        self.map.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), M::Error> {
        self.map.serialize_value(value)
    }

    fn end(self) -> Result<M::Ok, M::Error> {
        self.map.end()
    }
}

/// A key of a map.
#[derive(Debug)]
pub enum Key {
    /// Text, which is empty if only a field takes it.
    Text(String),
    /// Any other key.
    Other(Value),
}

impl Key {
    /// Returns the key as that of a flattened map.
    fn of<K: DeserializeOwned, E: Error>(self) -> Result<K, E> {
        let (key, read) = match self {
            Self::Text(text) => {
                (format!("{text:?}"), K::deserialize(StringDeserializer::<crate::Error>::new(text)))
            }
            Self::Other(value) => (value.to_string(), crate::from_value(&value)),
        };
        read.map_err(|error| E::custom(format_args!("{error}, for the key {key} of a flattened map")))
    }
}

/// Returns the index of the first flattened type that takes any key, of types that are given by theirs and the number of their
/// indexes, after that many fields.
#[must_use]
pub const fn first_open(flattened: &[(Option<usize>, usize)], fields: usize) -> Option<usize> {
    let (mut at, mut start) = (0, fields);
    while at < flattened.len() {
        if let Some(index) = flattened[at].0 {
            return Some(start + index);
        }
        start += flattened[at].1;
        at += 1;
    }
    None
}

/// A type whose fields are told apart by their places.
pub trait InOrder<'de>: Sized {
    /// The number of fields.
    const LENGTH: usize;

    /// Reads the next members of a sequence, and counts them.
    fn in_order<A: SeqAccess<'de>>(access: &mut A, count: &mut usize) -> Result<Self, A::Error>;
}

/// A type whose fields are told apart by their names. It says of each key of a map whether it is one, so that several types can be
/// read from one map, and nothing is kept for later.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened",
    note = "what is flattened is a struct with `#[derive(ToPython, FromPython)]`, a map such as `BTreeMap<String, T>` or `Dict`, or an \
            `Option` of one"
)]
pub trait Fields<'de>: InOrder<'de> {
    /// The fields that have been read.
    type Partial;
    /// The names of its own fields.
    const NAMES: &'static [&'static str];
    /// The number of indexes, with those of flattened fields.
    const COUNT: usize;
    /// The index that takes all keys that no field has.
    const OPEN: Option<usize>;

    /// Returns the fields before any is read.
    fn partial() -> Self::Partial;
    /// Returns the index of a field.
    fn index(name: &str) -> Option<usize>;
    /// Returns the number of fields of that name. It should be one.
    fn claims(name: &str) -> usize;
    /// Reads the value of a field. The key is empty unless any is taken.
    fn take<A: MapAccess<'de>>(
        partial: &mut Self::Partial,
        index: usize,
        key: Key,
        access: &mut A,
    ) -> Result<(), A::Error>;
    /// Makes the value of its fields.
    fn finish<E: Error>(partial: Self::Partial) -> Result<Self, E>;
}

/// Reads a struct.
pub fn read_struct<'de, T: Fields<'de>, D: Deserializer<'de>>(
    name: &'static str,
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_struct(name, T::NAMES, StructVisitor(name, PhantomData))
}

/// Reads a tuple struct.
pub fn read_tuple<'de, T: InOrder<'de>, D: Deserializer<'de>>(
    name: &'static str,
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_tuple_struct(name, T::LENGTH, TupleVisitor(name, PhantomData))
}

/// Reads a struct without fields.
pub fn read_unit<'de, D: Deserializer<'de>>(name: &'static str, deserializer: D) -> Result<(), D::Error> {
    deserializer.deserialize_unit_struct(name, UnitVisitor(name))
}

/// Reads the index of a member of an enum.
pub fn read_member<'de, D: Deserializer<'de>>(
    name: &'static str,
    variants: &'static [&'static str],
    index: fn(&str) -> Option<usize>,
    deserializer: D,
) -> Result<usize, D::Error> {
    deserializer.deserialize_enum(name, variants, EnumVisitor { name, variants, index })
}

/// Returns the value of a missing field, which only an `Option` has.
pub fn missing<'de, T: Deserialize<'de>, E: Error>(name: &'static str) -> Result<T, E> {
    T::deserialize(Missing(name, PhantomData))
}

/// Returns the error that a sequence has too few members.
pub fn too_short<E: Error>(count: usize) -> E {
    E::invalid_length(count, &"a member for each field")
}

struct StructVisitor<T>(&'static str, PhantomData<fn() -> T>);

impl<'de, T: Fields<'de>> Visitor<'de> for StructVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<T, A::Error> {
        let mut partial = T::partial();
        let is_flat = T::COUNT == T::NAMES.len();
        let claims = |name: &str| if is_flat { 1 } else { T::claims(name) };
        while let Some(key) = access.next_key_seed(Name { index: T::index, open: T::OPEN, claims })? {
            match key {
                Some((index, key)) => T::take(&mut partial, index, key, &mut access)?,
                None => {
                    access.next_value::<IgnoredAny>()?;
                }
            }
        }
        T::finish(partial)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<T, A::Error> {
        T::in_order(&mut access, &mut 0)
    }
}

struct TupleVisitor<T>(&'static str, PhantomData<fn() -> T>);

impl<'de, T: InOrder<'de>> Visitor<'de> for TupleVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tuple struct {}", self.0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<T, A::Error> {
        T::in_order(&mut access, &mut 0)
    }
}

struct UnitVisitor(&'static str);

impl<'de> Visitor<'de> for UnitVisitor {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unit struct {}", self.0)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// The name of the newtype as which a key is asked for that may be of any kind.
pub(crate) const KEY: &str = "$halfsour::Key";

/// A key as the index of what takes it and, if any key is taken, itself. `None` is a key that nothing takes.
struct Name<C> {
    index: fn(&str) -> Option<usize>,
    open: Option<usize>,
    claims: C,
}

impl<'de, C: Fn(&str) -> usize> DeserializeSeed<'de> for Name<C> {
    type Value = Option<(usize, Key)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.open {
            Some(_) => deserializer.deserialize_newtype_struct(KEY, self),
            None => deserializer.deserialize_identifier(self),
        }
    }
}

impl<'de, C: Fn(&str) -> usize> Visitor<'de> for Name<C> {
    type Value = Option<(usize, Key)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let key = Value::deserialize(deserializer)?;
        match key.as_str() {
            Some(name) => self.visit_str(name),
            None => {
                // Of a subclass of str, or of an enum that is one.
                let name = key.as_instance().and_then(|_| crate::from_value::<String>(&key).ok());
                let field =
                    name.and_then(|name| (self.index)(&name)).filter(|field| Some(*field) != self.open);
                Ok(field.or(self.open).map(|index| (index, Key::Other(key))))
            }
        }
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        let Some(index) = (self.index)(name) else { return Ok(None) };
        if (self.claims)(name) > 1 {
            return Err(E::custom(format_args!(
                "the field `{name}` is one of two of the types that are flattened"
            )));
        }
        Ok(Some((index, Key::Text(if self.open.is_some() { name.to_owned() } else { String::new() }))))
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Self::Value, E> {
        std::str::from_utf8(name).map_or(Ok(None), |name| self.visit_str(name))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}

struct EnumVisitor {
    name: &'static str,
    variants: &'static [&'static str],
    index: fn(&str) -> Option<usize>,
}

impl<'de> Visitor<'de> for EnumVisitor {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a member of {}", self.name)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<usize, A::Error> {
        let (name, variant) = access.variant_seed(Member(self.index))?;
        variant.unit_variant()?;
        name.map_err(|name| A::Error::unknown_variant(&name, self.variants))
    }
}

/// The index of a variant, or its name if it is not known.
struct Member(fn(&str) -> Option<usize>);

impl<'de> DeserializeSeed<'de> for Member {
    type Value = Result<usize, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Member {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name or value of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0(name).ok_or_else(|| name.to_owned()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Self::Value, E> {
        match std::str::from_utf8(name) {
            Ok(name) => self.visit_str(name),
            Err(_) => Err(E::invalid_value(Unexpected::Bytes(name), &self)),
        }
    }
}

struct Missing<E>(&'static str, PhantomData<fn() -> E>);

impl<'de, E: Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
