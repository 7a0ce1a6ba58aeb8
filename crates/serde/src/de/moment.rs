//! Moments for types that say which text they want, or that do not hold all of it.

use std::any::type_name;

use halfsour_value::Data;
use serde::de::{self, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use super::access::Lend;
use super::known::Form;
use super::{Asked, De};
use crate::Error;

/// The name of the newtype around what is to be read as a datetime; `python::datetime` deserializes it.
pub(super) const NAME: &str = "$halfsour::python::datetime";

/// Refuses the text of a moment that has more than a type holds: those of `jiff::civil` pass over the rest.
pub(super) fn check<T>(text: &str) -> Result<(), Error> {
    let Some(name) = type_name::<T>().strip_prefix("jiff::civil::") else { return Ok(()) };
    let name = name.rsplit("::").next().unwrap_or(name);
    let (day, clock) = match text.split_once('T') {
        Some((day, clock)) => (day, clock),
        None if text.contains(':') => ("", text),
        None => return Ok(()),
    };
    let is_more = match name {
        "Date" => clock.contains(|c| matches!(c, '1'..='9')),
        "Time" => !day.is_empty(),
        _ => false,
    };
    if is_more || clock.contains(['+', '-', 'Z', '[']) {
        return Err(Error::custom(format_args!("{text} is more than a civil {name} holds")));
    }
    Ok(())
}

/// The deserializer of what is to be a datetime. A type that is not known gets the fullest text, with offset and zone: the name
/// of a type does not tell it, if it is a newtype of the program's, or a crate has another name.
pub(super) struct Moment<'b, 'g, S, L>(pub De<'b, 'g, S, L>);

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> Moment<'_, 'g, S, L> {
    fn asked<V: Visitor<'de>>(self, asked: Asked, visitor: V) -> Result<V::Value, Error> {
        let form = match Form::of::<V::Value>() {
            Form::Text => Form::Zone,
            form => form,
        };
        match self.0.node.data() {
            Data::Instance(instance) => {
                let result = self.0.instance_in(form, instance, asked, visitor);
                self.0.located(result)
            }
            _ => self.0.asked(asked, visitor),
        }
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for Moment<'_, 'g, S, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.asked(Asked::Any, visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.asked(Asked::Text, visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.asked(Asked::Text, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.asked(Asked::Struct(name), visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}
