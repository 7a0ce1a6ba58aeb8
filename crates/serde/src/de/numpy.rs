//! Arrays and scalars of numpy, as serde sees them: sequences in sequences, and their elements.

use halfsour_classes::numpy::{Element, NdArray};
use serde::de::{self, DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::De;
use super::access::Lend;
use super::item::Item;
use crate::Error;

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> De<'_, 'g, S, L> {
    pub(super) fn array<V: Visitor<'de>>(
        &self,
        array: &NdArray<'g, S>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut elements =
            array.elements().ok_or_else(|| Error::custom("the buffer of an array is not there"))?;
        let row = Row { at: self.deeper()?, shape: &array.shape, elements: &mut elements };
        de::Deserializer::deserialize_any(row, visitor)
    }
}

/// Part of an array: an element, or a row of others.
pub(super) struct Row<'a, 'i, 'b, 'g, S, L> {
    pub at: De<'b, 'g, S, L>,
    pub shape: &'a [usize],
    pub elements: &'i mut dyn Iterator<Item = Element<'a, S>>,
}

impl<'a, 'b, 'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> Row<'a, '_, 'b, 'g, S, L> {
    /// Returns the element, if this is one.
    fn element(self) -> Result<Item<'a, 'b, 'g, S, L>, Error> {
        let element = self.elements.next();
        let element = element.ok_or_else(|| Error::custom("an array with too few elements"))?;
        Ok(Item::element(self.at, element))
    }
}

macro_rules! rows_or_element {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value, Error> {
            if self.shape.is_empty() {
                return self.element()?.$method($($arg,)* visitor);
            }
            self.deserialize_any(visitor)
        })*
    };
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for Row<'_, '_, '_, 'g, S, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Some((&length, shape)) = self.shape.split_first() else {
            return self.element()?.deserialize_any(visitor);
        };
        let mut rows = Rows { at: self.at, length, left: length, shape, elements: self.elements };
        let value = visitor.visit_seq(&mut rows)?;
        if rows.left == 0 { Ok(value) } else { Err(Error::invalid_length(length, &"a shorter sequence")) }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.shape.is_empty() {
            return self.element()?.deserialize_option(visitor);
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.shape.is_empty() {
            return self.element()?.deserialize_newtype_struct(name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        // The elements come one after the other, whoever takes them.
        let count = self.shape.iter().product::<usize>();
        self.elements.take(count).for_each(drop);
        visitor.visit_unit()
    }

    for_plain!(rows_or_element);

    rows_or_element! {
        deserialize_bool();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_seq();
        deserialize_tuple(length: usize);
        deserialize_tuple_struct(name: &'static str, length: usize);
        deserialize_map();
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }

    forward_to_deserialize_any! { unit unit_struct identifier }
}

struct Rows<'a, 'i, 'b, 'g, S, L> {
    at: De<'b, 'g, S, L>,
    length: usize,
    left: usize,
    shape: &'a [usize],
    elements: &'i mut dyn Iterator<Item = Element<'a, S>>,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> SeqAccess<'de> for Rows<'_, '_, '_, 'g, S, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        let row = Row { at: self.at.at(self.at.node), shape: self.shape, elements: &mut *self.elements };
        let index = self.length - left - 1;
        seed.deserialize(row).map(Some).map_err(|error| error.within(format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}
