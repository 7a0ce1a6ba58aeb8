//! serde's access to the sequences, maps and enums of a plain stream.

use halfsour_lexer::Opcode;
use serde::de::{self, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::de::De;
use super::reader::Reader;
use crate::Error;

/// The members of a sequence.
pub(super) struct Members<'r, 'o, 'de> {
    pub reader: &'r mut Reader<'o, 'de>,
    pub depth: usize,
    pub left: usize,
}

impl<'de> SeqAccess<'de> for Members<'_, '_, 'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        self.reader.skip_structure();
        seed.deserialize(De { reader: self.reader, depth: self.depth }).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// The keys and values of a map.
pub(super) struct Pairs<'r, 'o, 'de> {
    pub reader: &'r mut Reader<'o, 'de>,
    pub depth: usize,
    /// The number of keys and values left. If it is odd, a key has been read, and its value has not.
    pub left: usize,
}

impl<'de> MapAccess<'de> for Pairs<'_, '_, 'de> {
    type Error = Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        if !self.left.is_multiple_of(2) {
            self.reader.skip(1)?;
            self.left -= 1;
        }
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        self.reader.skip_structure();
        seed.deserialize(De { reader: self.reader, depth: self.depth }).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        if self.left.is_multiple_of(2) {
            return Err(self.reader.fail());
        }
        self.left -= 1;
        self.reader.skip_structure();
        seed.deserialize(De { reader: self.reader, depth: self.depth })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left / 2)
    }
}

/// A variant of an enum: its name comes next, then its content, if any.
pub(super) struct Variant<'r, 'o, 'de> {
    pub reader: &'r mut Reader<'o, 'de>,
    pub depth: usize,
    pub has_content: bool,
}

impl<'r, 'o, 'de> Variant<'r, 'o, 'de> {
    fn content(self) -> Result<De<'r, 'o, 'de>, Error> {
        if !self.has_content {
            return Err(self.reader.fail());
        }
        self.reader.skip_structure();
        Ok(De { reader: self.reader, depth: self.depth })
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, '_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        // Other names are left to the graph, which takes the digits of an int for one.
        if !self.reader.is_text() {
            return Err(self.reader.fail());
        }
        let name = seed.deserialize(De { reader: &mut *self.reader, depth: self.depth })?;
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        if !self.has_content {
            return Ok(());
        }
        let content = self.content()?;
        if content.reader.opcode() == Some(Opcode::None) {
            content.reader.token().map(drop)
        } else {
            Err(content.reader.fail())
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_tuple(self.content()?, length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_struct(self.content()?, "", fields, visitor)
    }
}
