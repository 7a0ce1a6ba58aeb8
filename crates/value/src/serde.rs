//! [`Value`] in serde's data model.
//!
//! What that model does not know is said by what it knows: a set is a sequence, a complex number a pair, a global its
//! name, an instance a map of its attributes. To keep all of it, go by way of `halfsour_serde::to_value` and `from_value`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeTuple, Serializer};

use crate::{Value, ValueStep};

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::BigInt(_) => match self.as_i128() {
                Some(value) => serializer.serialize_i128(value),
                None => serializer.collect_str(self),
            },
            Self::Float(value) => serializer.serialize_f64(*value),
            Self::Complex(re, im) => (re, im).serialize(serializer),
            Self::Str(text) => serializer.serialize_str(text),
            Self::SurrogateStr(bytes) | Self::ByteString(bytes) | Self::Bytes(bytes) => {
                serializer.serialize_bytes(bytes)
            }
            Self::ByteArray(bytes) => serializer.serialize_bytes(bytes),
            Self::List(items) => serializer.collect_seq(items),
            Self::Tuple(items) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                items.iter().try_for_each(|item| tuple.serialize_element(item))?;
                tuple.end()
            }
            Self::Dict(items) => serializer.collect_map(&**items),
            Self::Set(items) | Self::FrozenSet(items) => serializer.collect_seq(&**items),
            Self::Global(_) => serializer.collect_str(self),
            Self::Instance(instance) => {
                let attributes = instance.steps.iter().filter_map(|step| match step {
                    ValueStep::State(Self::Dict(attributes)) => Some(attributes),
                    _ => None,
                });
                let mut map = serializer.serialize_map(None)?;
                for (name, value) in attributes.flat_map(|attributes| &**attributes) {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
            Self::PersistentId(of) | Self::ReadOnly(of) => of.serialize(serializer),
            Self::Extension(code) => serializer.serialize_u32(*code),
            Self::Buffer(index) => serializer.serialize_u64(*index as u64),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
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

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i128::from(value).into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        Ok(match i128::try_from(value) {
            Ok(value) => value.into(),
            Err(_) => value.into(),
        })
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
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
        let mut items = crate::Dict::new();
        while let Some((key, value)) = access.next_entry::<Value, Value>()? {
            items.insert(key, value);
        }
        Ok(items.into())
    }
}
