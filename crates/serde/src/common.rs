//! The parts that both deserializers share.

use serde::de::Visitor;
use serde::de::value::SeqDeserializer;

use crate::Error;

/// Forwards what is around a value that is there: an `Option`, and a newtype.
#[cfg(feature = "classes")]
macro_rules! forward_wrappers {
    () => {
        fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.visit_some(self)
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            visitor: V,
        ) -> Result<V::Value, Error> {
            visitor.visit_newtype_struct(self)
        }
    };
}

#[cfg(feature = "classes")]
pub(crate) use forward_wrappers;

/// Passes on an int as unsigned if it is not negative, else as signed.
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

/// Passes on bytes as a sequence of ints, for a type that asks for one.
pub(crate) fn visit_byte_members<'de, V: Visitor<'de>>(bytes: &[u8], visitor: V) -> Result<V::Value, Error> {
    let mut members = SeqDeserializer::<_, Error>::new(bytes.iter().copied());
    let value = visitor.visit_seq(&mut members)?;
    members.end().map(|()| value)
}
