//! Arrays and scalars of numpy, as serde sees them: sequences in sequences, and their elements.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{DType, Element, Kind, NdArray, Unit};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeSeed, Error as _, IntoDeserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::Error;
use crate::common::visit_int;

pub(super) fn visit<'de, S: AsRef<[u8]>, V: Visitor<'de>>(
    array: &NdArray<'_, S>,
    visitor: V,
) -> Result<V::Value, Error> {
    let mut elements =
        array.elements().ok_or_else(|| Error::custom("the buffer of an array is not there"))?;
    de::Deserializer::deserialize_any(Row { shape: &array.shape, elements: &mut elements }, visitor)
}

/// The number of bytes that may be made of an array: fields may lie on each other, and rows may be empty.
pub(super) fn cost<S: AsRef<[u8]>>(array: &NdArray<'_, S>) -> usize {
    places(&array.shape).saturating_mul(item(&array.dtype))
}

/// The number of elements, or of rows without any.
fn places(shape: &[usize]) -> usize {
    shape.iter().take_while(|length| **length > 0).fold(1, |all, length| all.saturating_mul(*length))
}

/// Types lie in each other no deeper than `halfsour-classes` reads them.
fn item(dtype: &DType) -> usize {
    match &dtype.kind {
        Kind::Structured(structure) => {
            structure.fields.iter().map(|field| item(&field.dtype)).fold(8, usize::saturating_add)
        }
        Kind::SubArray(array) => places(&array.shape).saturating_mul(item(&array.base)),
        _ => dtype.size.max(8),
    }
}

/// Part of an array: an element, or a row of others.
struct Row<'a, 'i, S> {
    shape: &'a [usize],
    elements: &'i mut dyn Iterator<Item = Element<'a, S>>,
}

impl<'de, S: AsRef<[u8]>> de::Deserializer<'de> for Row<'_, '_, S> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Some((&left, shape)) = self.shape.split_first() else {
            return one(self.elements)?.deserialize_any(visitor);
        };
        let mut rows = Rows { left, shape, elements: self.elements };
        let value = visitor.visit_seq(&mut rows)?;
        if rows.left == 0 { Ok(value) } else { Err(Error::invalid_length(left, &"a shorter sequence")) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.shape.is_empty() {
            return one(self.elements)?.deserialize_option(visitor);
        }
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.shape.is_empty() {
            return one(self.elements)?.deserialize_seq(visitor);
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple_struct map struct enum identifier ignored_any
    }
}

fn one<'a, S>(elements: &mut dyn Iterator<Item = Element<'a, S>>) -> Result<One<'a, S>, Error> {
    elements.next().map(One).ok_or_else(|| Error::custom("an array with too few elements"))
}

struct Rows<'a, 'i, S> {
    left: usize,
    shape: &'a [usize],
    elements: &'i mut dyn Iterator<Item = Element<'a, S>>,
}

impl<'de, S: AsRef<[u8]>> SeqAccess<'de> for Rows<'_, '_, S> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(Row { shape: self.shape, elements: &mut *self.elements }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// An element that is no object.
struct One<'a, S>(Element<'a, S>);

impl<S: AsRef<[u8]>> IntoDeserializer<'_, Error> for One<'_, S> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de, S: AsRef<[u8]>> de::Deserializer<'de> for One<'_, S> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Element::Scalar(scalar) => match scalar {
                Scalar::Bool(value) => visitor.visit_bool(value),
                Scalar::Int(value) => visit_int(value, visitor),
                Scalar::UInt(value) => visitor.visit_u64(value),
                Scalar::Float(value) => visitor.visit_f64(value),
                Scalar::Complex(re, im) => {
                    visitor.visit_seq(SeqDeserializer::<_, Error>::new([re, im].into_iter()))
                }
            },
            Element::Bytes(bytes) => visitor.visit_bytes(bytes),
            Element::Text(text) => visitor.visit_str(&text),
            Element::DateTime(ticks) | Element::TimeDelta(ticks) if ticks.is_nat() => visitor.visit_none(),
            Element::DateTime(ticks) | Element::TimeDelta(ticks) if ticks.unit.unit == Unit::Generic => {
                visit_int(ticks.count, visitor)
            }
            Element::DateTime(ticks) => visitor.visit_string(ticks.to_datetime()),
            Element::TimeDelta(ticks) => visitor.visit_string(ticks.to_duration()),
            Element::Record(record) => {
                let fields = record.fields().map(|(name, element)| (name, One(element)));
                visitor.visit_map(MapDeserializer::<_, Error>::new(fields))
            }
            Element::Array(array) => {
                let row = Row { shape: array.shape(), elements: &mut array.elements() };
                row.deserialize_any(visitor)
            }
            Element::Missing => visitor.visit_none(),
            _ => Err(Error::custom("an element of an array that no type of Rust can hold")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let is_none = match &self.0 {
            Element::DateTime(ticks) | Element::TimeDelta(ticks) => ticks.is_nat(),
            element => matches!(element, Element::Missing),
        };
        if is_none { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// A record can be a tuple, too.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Element::Record(record) => {
                let mut fields =
                    SeqDeserializer::<_, Error>::new(record.fields().map(|(_, field)| One(field)));
                let value = visitor.visit_seq(&mut fields)?;
                fields.end().map(|()| value)
            }
            element => One(element).deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple_struct map struct enum identifier ignored_any
    }
}
