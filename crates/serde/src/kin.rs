//! What both deserializers do alike.

use serde::de::Visitor;

/// What serde asks for under several names.
macro_rules! kin {
    () => {
        #[inline]
        fn deserialize_unit_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            visitor: V,
        ) -> Result<V::Value, Error> {
            self.deserialize_unit(visitor)
        }

        #[inline]
        fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.deserialize_bytes(visitor)
        }

        #[inline]
        fn deserialize_tuple_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            length: usize,
            visitor: V,
        ) -> Result<V::Value, Error> {
            self.deserialize_tuple(length, visitor)
        }
    };
}

pub(crate) use kin;

/// An int of 64 bits: unsigned, where it can be.
#[inline]
pub(crate) fn visit_int<'de, V: Visitor<'de>, E: serde::de::Error>(
    value: i64,
    visitor: V,
) -> Result<V::Value, E> {
    match u64::try_from(value) {
        Ok(value) => visitor.visit_u64(value),
        Err(_) => visitor.visit_i64(value),
    }
}
