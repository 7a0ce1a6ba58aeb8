//! The part of derived code that is the same for all types. Not a public API.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::BuildHasher;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, EnumAccess, IgnoredAny, Unexpected, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

pub use serde::de::{Error, MapAccess, SeqAccess};
pub use serde::ser::{SerializeMap, SerializeStruct, SerializeTupleStruct};
pub use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::python::{self, Read, Written};

/// A type that is written field by field, into a map that may have more.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened",
    note = "what is flattened is a struct with `#[derive(ToPython, FromPython)]`, a map from `String`, or an `Option` of one"
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
        let mut map = serializer.serialize_map(None)?;
        self.0.write_fields(&mut map)?;
        map.end()
    }
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
    note = "what is flattened is a struct with `#[derive(ToPython, FromPython)]`, a map from `String`, or an `Option` of one"
)]
pub trait Fields<'de>: InOrder<'de> {
    /// The fields that have been read.
    type Partial;
    /// The names of its own fields.
    const NAMES: &'static [&'static str];
    /// The number of indexes, with those of flattened fields.
    const COUNT: usize;
    /// Whether it takes keys of any name.
    const IS_OPEN: bool;

    /// Returns the fields before any is read.
    fn partial() -> Self::Partial;
    /// Returns the index of a field.
    fn index(name: &str) -> Option<usize>;
    /// Reads the value of a field. The name is empty unless any is taken.
    fn take<A: MapAccess<'de>>(
        partial: &mut Self::Partial,
        index: usize,
        name: String,
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
        while let Some(key) = access.next_key_seed(Name { index: T::index, is_open: T::IS_OPEN })? {
            match key {
                Some((index, name)) => T::take(&mut partial, index, name, &mut access)?,
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

/// A key, or the name of a variant, as an index and, if names of any kind are taken, as text. `None` is a name that is not known, or
/// a key that is no text.
struct Name {
    index: fn(&str) -> Option<usize>,
    is_open: bool,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<(usize, String)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Option<(usize, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let text = || if self.is_open { name.to_owned() } else { String::new() };
        Ok((self.index)(name).map(|index| (index, text())))
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

macro_rules! open_maps {
    ($([$($parameters:tt)*] $map:ty;)*) => {
        $(impl<V: Serialize, $($parameters)*> WriteFields for $map {
            fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                self.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))
            }
        }

        impl<'de, V: Deserialize<'de>, $($parameters)*> InOrder<'de> for $map
        where
            Self: Default,
        {
            const LENGTH: usize = 0;

            fn in_order<A: SeqAccess<'de>>(_: &mut A, _: &mut usize) -> Result<Self, A::Error> {
                Ok(Self::default())
            }
        }

        impl<'de, V: Deserialize<'de>, $($parameters)*> Fields<'de> for $map
        where
            Self: Default,
        {
            type Partial = Self;
            const NAMES: &'static [&'static str] = &[];
            const COUNT: usize = 1;
            const IS_OPEN: bool = true;

            fn partial() -> Self {
                Self::default()
            }

            fn index(_: &str) -> Option<usize> {
                Some(0)
            }

            fn take<A: MapAccess<'de>>(
                partial: &mut Self,
                _: usize,
                name: String,
                access: &mut A,
            ) -> Result<(), A::Error> {
                partial.insert(name, access.next_value()?);
                Ok(())
            }

            fn finish<E: Error>(partial: Self) -> Result<Self, E> {
                Ok(partial)
            }
        })*
    };
}

open_maps! {
    [] BTreeMap<String, V>;
    [S: BuildHasher] HashMap<String, V, S>;
}

impl<T: WriteFields> WriteFields for Option<T> {
    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.as_ref().map_or(Ok(()), |fields| fields.write_fields(map))
    }
}

impl<'de, T: InOrder<'de>> InOrder<'de> for Option<T> {
    const LENGTH: usize = T::LENGTH;

    fn in_order<A: SeqAccess<'de>>(access: &mut A, count: &mut usize) -> Result<Self, A::Error> {
        T::in_order(access, count).map(Some)
    }
}

/// `None`, if the map has no field of it.
impl<'de, T: Fields<'de>> Fields<'de> for Option<T> {
    type Partial = (T::Partial, bool);
    const NAMES: &'static [&'static str] = T::NAMES;
    const COUNT: usize = T::COUNT;
    const IS_OPEN: bool = T::IS_OPEN;

    fn partial() -> Self::Partial {
        (T::partial(), false)
    }

    fn index(name: &str) -> Option<usize> {
        T::index(name)
    }

    fn take<A: MapAccess<'de>>(
        (partial, is_any): &mut Self::Partial,
        index: usize,
        name: String,
        access: &mut A,
    ) -> Result<(), A::Error> {
        *is_any = true;
        T::take(partial, index, name, access)
    }

    fn finish<E: Error>((partial, is_any): Self::Partial) -> Result<Self, E> {
        if is_any { T::finish(partial).map(Some) } else { Ok(None) }
    }
}
