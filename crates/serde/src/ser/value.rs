//! Values that serde's data model does not know: as halfsour's `Value` serializes them.

use std::fmt;

use halfsour_value::machine::Special;
use halfsour_value::{Builder, Dict, Value, ValueError};
use halfsour_writer::Emitter;
use serde::ser::{self, Impossible, Serialize, Serializer};

use crate::Error;

/// Writes a value of a kind that serde does not know. It may be a key.
pub(super) fn write<T: Serialize + ?Sized>(
    emitter: &mut Emitter,
    special: Special,
    is_key: bool,
    content: &T,
) -> Result<(), Error> {
    let value = special_value(special, content)?;
    let mut builder = Builder::new();
    let root = builder.value(&value).map_err(<Error as ser::Error>::custom)?;
    if is_key {
        // The builder knows what can be hashed; the dict is left out.
        let dict = builder.dict(&[(root, builder.none())]);
        dict.map_err(|_| <Error as ser::Error>::custom(ValueError::Unhashable))?;
    }
    Ok(emitter.node(builder.build(root).root())?)
}

fn special_value<T: Serialize + ?Sized>(special: Special, content: &T) -> Result<Value, Error> {
    let unfit = || ser::Error::custom(format_args!("the content is not that of a {}", special.name()));
    special.value(content.serialize(ToValue)?).ok_or_else(unfit)
}

/// A serializer that returns the content of such a value. All that is in it are such contents and values.
struct ToValue;

/// The items that were serialized of a sequence, or keys and values in turn.
struct Items {
    items: Vec<Value>,
    make: fn(Vec<Value>) -> Value,
}

impl Items {
    fn new(length: usize, make: fn(Vec<Value>) -> Value) -> Self {
        Self { items: Vec::with_capacity(length), make }
    }

    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.items.push(item.serialize(ToValue)?);
        Ok(())
    }

    fn finish(self) -> Value {
        (self.make)(self.items)
    }
}

fn dict(items: Vec<Value>) -> Value {
    let mut items = items.into_iter();
    let pairs = std::iter::from_fn(|| Some((items.next()?, items.next()?)));
    pairs.collect::<Dict>().into()
}

fn unexpected<T>(kind: impl fmt::Display) -> Result<T, Error> {
    Err(ser::Error::custom(format_args!("a value of halfsour has no {kind}")))
}

macro_rules! scalars {
    ($($method:ident($type:ty))*) => {
        $(fn $method(self, value: $type) -> Result<Value, Error> {
            Ok(value.into())
        })*
    };
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = Error;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Impossible<Value, Error>;
    type SerializeTupleVariant = Impossible<Value, Error>;
    type SerializeMap = Items;
    type SerializeStruct = Items;
    type SerializeStructVariant = Impossible<Value, Error>;

    scalars! {
        serialize_bool(bool)
        serialize_i8(i8)
        serialize_i16(i16)
        serialize_i32(i32)
        serialize_i64(i64)
        serialize_i128(i128)
        serialize_u8(u8)
        serialize_u16(u16)
        serialize_u32(u32)
        serialize_u64(u64)
        serialize_u128(u128)
        serialize_f32(f32)
        serialize_f64(f64)
        serialize_char(char)
        serialize_str(&str)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Value, Error> {
        Ok(Value::bytes(value))
    }

    fn serialize_none(self) -> Result<Value, Error> {
        Ok(Value::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, Error> {
        Ok(Value::None)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, Error> {
        Ok(Value::None)
    }

    fn serialize_unit_variant(self, name: &'static str, _: u32, _: &'static str) -> Result<Value, Error> {
        unexpected(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        match Special::of(name) {
            Some(special) => special_value(special, value),
            None => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, Error> {
        Ok((variant, value.serialize(self)?).into())
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Items, Error> {
        Ok(Items::new(length.unwrap_or(0), Value::List))
    }

    fn serialize_tuple(self, length: usize) -> Result<Items, Error> {
        Ok(Items::new(length, |items| Value::Tuple(items.into())))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, Error> {
        unexpected(name)
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        unexpected(name)
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Items, Error> {
        Ok(Items::new(2 * length.unwrap_or(0), dict))
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Items, Error> {
        Ok(Items::new(length, Value::List))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        unexpected(name)
    }
}

macro_rules! members {
    ($($trait:ident { $($method:ident)* })*) => {
        $(impl ser::$trait for Items {
            type Ok = Value;
            type Error = Error;

            $(fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.push(value)
            })*

            fn end(self) -> Result<Value, Error> {
                Ok(self.finish())
            }
        })*
    };
}

members! {
    SerializeSeq { serialize_element }
    SerializeTuple { serialize_element }
    SerializeMap { serialize_key serialize_value }
}

impl ser::SerializeStruct for Items {
    type Ok = Value;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), Error> {
        self.push(value)
    }

    fn end(self) -> Result<Value, Error> {
        Ok(self.finish())
    }
}
