//! Values as they deserialize.

use std::fmt;

use serde::de::{Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::{NAME, Special};
use crate::limits::SAME_KEYS;
use crate::{Dict, Value};

/// From a pickle, the value itself, of any kind. From any other format, a value of the kinds that serde knows.
///
/// Where serde keeps data for later, the kinds that it does not know are lost: it then reads a set as a list, an instance as a dict of its
/// attributes, and so on. It does so for the fields of a struct with `#[serde(flatten)]`, and for enums that are untagged or have their
/// tag within.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NAME, ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or_else(|_| value.into(), Value::Int))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Value, E> {
        Ok(Value::bytes(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Dict::new();
        while let Some((key, value)) = access.next_entry::<Value, Value>()? {
            let is_plain =
                matches!(key, Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Bytes(_));
            // Equal keys are different objects then, or read from a stream, which is read again as a graph for the error.
            if items.insert(key, value).is_some() && !is_plain {
                return Err(Error::custom(format_args!("the dict {SAME_KEYS}")));
            }
        }
        Ok(items.into())
    }

    /// As `halfsour-serde` gives a value that is special: a variant of that name, with the content.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (Kind(special), content) = access.variant()?;
        let content: Value = content.newtype_variant()?;
        let members = content.as_list().map(Vec::len);
        let unfit = || Error::custom(format_args!("the content is not that of a {}", special.name()));
        let value = special.value(content).ok_or_else(unfit)?;
        match value.as_set() {
            Some(set) if Some(set.len()) != members => {
                Err(Error::custom(format_args!("the {} {SAME_KEYS}", value.kind())))
            }
            _ => Ok(value),
        }
    }
}

struct Kind(Special);

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KindVisitor;

        impl Visitor<'_> for KindVisitor {
            type Value = Kind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a kind of value")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Kind, E> {
                Special::of(name).map(Kind).ok_or_else(|| E::unknown_variant(name, Special::NAMES))
            }
        }

        deserializer.deserialize_identifier(KindVisitor)
    }
}
