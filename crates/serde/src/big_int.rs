//! [`BigInt`]: ints of any size.

use std::fmt;

use halfsour_lexer::text::number::{self, BigDisplay};
use halfsour_value::Value;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::Error;

/// The name of the newtype by which this crate's serializer and deserializer recognise a [`BigInt`].
pub(crate) const NAME: &str = "$halfsour::BigInt";

/// An int of any size, as its shortest little-endian two's complement: the bytes of `num_bigint::BigInt::to_signed_bytes_le`,
/// for `from_signed_bytes_le`.
///
/// In a pickle, it is an int. Other formats write the bytes, and read them or an int of up to 128 bits.
///
/// ```
/// use halfsour_serde::BigInt;
///
/// let huge = BigInt(vec![0xff; 20].into_iter().chain([0]).collect());
/// let pickle = halfsour_serde::to_vec(&huge)?;
/// assert_eq!(halfsour_serde::from_slice::<BigInt>(&pickle)?, huge);
/// assert_eq!(halfsour_serde::from_slice::<BigInt>(b"K\x07.")?, BigInt(vec![7]));
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct BigInt(pub Vec<u8>);

/// Passes on an int beyond 64 bits as one of 128 bits if it fits, otherwise as decimal text.
pub(crate) fn visit<'de, V: Visitor<'de>>(bytes: &[u8], visitor: V) -> Result<V::Value, Error> {
    if let Some(value) = number::le_to_i128(bytes) {
        return match u64::try_from(value) {
            Ok(value) => visitor.visit_u64(value),
            Err(_) => visitor.visit_i128(value),
        };
    }
    let unsigned = number::minimal(bytes).strip_suffix(&[0]).and_then(|low| low.try_into().ok());
    match unsigned.map(u128::from_le_bytes) {
        Some(value) => visitor.visit_u128(value),
        None => visitor.visit_string(BigDisplay(bytes).to_string()),
    }
}

pub(crate) struct Bytes<'b>(pub &'b [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl Serialize for BigInt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NAME, &Bytes(&self.0))
    }
}

impl<'de> Deserialize<'de> for BigInt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, BigIntVisitor)
    }
}

struct BigIntVisitor;

impl<'de> Visitor<'de> for BigIntVisitor {
    type Value = BigInt;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an int")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<BigInt, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<BigInt, E> {
        Ok(BigInt(bytes.to_vec()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<BigInt, E> {
        self.visit_i128(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<BigInt, E> {
        self.visit_i128(value.into())
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<BigInt, E> {
        Ok(BigInt(Value::from(value).to_le_bytes().unwrap_or_default()))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut access: A) -> Result<BigInt, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = access.next_element()? {
            bytes.push(byte);
        }
        Ok(BigInt(bytes))
    }
}
