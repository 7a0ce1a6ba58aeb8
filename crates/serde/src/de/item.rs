//! The elements of arrays and the cells of tables.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{Element, Unit};
use halfsour_classes::pandas::{Cell, Closed};
use halfsour_value::{Data, Node};
use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{self, DeserializeSeed, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::access::Lend;
use super::known::{self, Form};
use super::numpy::Row;
use super::{Asked, De, moment};
use crate::Error;
use crate::common::visit_int;

/// The error for what has no type in Rust.
const NO_TYPE: &str = "an element of an array that no type of Rust can hold";

/// The deserializer of an element or a cell.
pub(super) struct Item<'a, 'b, 'g, S, L> {
    /// The deserializer of the array or table, at the depth of the item.
    at: De<'b, 'g, S, L>,
    value: Value<'a, 'g, S>,
}

enum Value<'a, 'g, S> {
    Element(Element<'a, S>),
    /// An object in a table, which may stand for a missing value.
    Object(Node<'g, S>),
    /// A value that a table lacks.
    Missing,
    /// NaN in a table, which stands for a missing value, too.
    NaN,
    Cell(Cell<'g, S>),
}

impl<'a, 'b, 'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> Item<'a, 'b, 'g, S, L> {
    pub fn element(at: De<'b, 'g, S, L>, element: Element<'a, S>) -> Self {
        Self { at, value: Value::Element(element) }
    }

    pub fn cell(at: De<'b, 'g, S, L>, cell: Cell<'g, S>) -> Self
    where
        'g: 'a,
    {
        let value = match cell {
            Cell::Missing => Value::Missing,
            Cell::Object(node) => Value::Object(node),
            Cell::Scalar(Scalar::Float(float)) if float.is_nan() => Value::NaN,
            Cell::Scalar(scalar) => Value::Element(Element::Scalar(scalar)),
            Cell::Text(text) => Value::Element(Element::Text(text)),
            Cell::Bytes(bytes) => Value::Element(Element::Bytes(bytes)),
            Cell::LongDouble(number) => Value::Element(Element::LongDouble(number)),
            cell => Value::Cell(cell),
        };
        Self { at, value }
    }

    /// Returns the deserializer of the object that this item is, if it is one.
    fn object(&self) -> Result<Option<De<'b, 'g, S, L>>, Error> {
        match &self.value {
            Value::Element(Element::Object(node)) => {
                let node = self.at.node.graph().node(node.id());
                self.at.member(node).map(Some)
            }
            Value::Object(node) => self.at.member(*node).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns whether there is no value. A float that is NaN is a value of an array, but not of a table.
    fn is_missing(&self) -> bool {
        match &self.value {
            Value::Missing | Value::NaN | Value::Element(Element::Missing) => true,
            Value::Element(Element::DateTime(ticks) | Element::TimeDelta(ticks)) => ticks.is_nat(),
            Value::Object(node) => matches!(node.data(), Data::Float(float) if float.is_nan()),
            Value::Element(_) | Value::Cell(_) => false,
        }
    }

    /// Deserializes an object in a table.
    pub fn read<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        let is_missing =
            self.is_missing() || matches!(self.value, Value::Object(node) if self.at.at(node).is_none());
        seed.deserialize(self).map_err(|error| if is_missing { error.missing() } else { error })
    }

    fn text<V: Visitor<'de>>(&self, text: String, visitor: V) -> Result<V::Value, Error> {
        self.at.pay(text.len())?;
        moment::check::<V::Value>(&text)?;
        visitor.visit_string(text)
    }

    fn visit_element<V: Visitor<'de>>(&self, element: Element<'a, S>, visitor: V) -> Result<V::Value, Error> {
        match element {
            Element::Scalar(scalar) => visit_scalar(scalar, visitor),
            Element::Bytes(bytes) => {
                self.at.pay(bytes.len())?;
                visitor.visit_bytes(bytes)
            }
            Element::Text(text) => {
                self.at.pay(text.len())?;
                visitor.visit_str(&text)
            }
            Element::DateTime(ticks) | Element::TimeDelta(ticks) if ticks.is_nat() => visitor.visit_none(),
            Element::DateTime(ticks) | Element::TimeDelta(ticks) if ticks.unit.unit == Unit::Generic => {
                visit_int(ticks.count, visitor)
            }
            Element::DateTime(ticks) => self.text(ticks.to_datetime(), visitor),
            Element::TimeDelta(ticks) => match ticks.nanoseconds() {
                Some(nanoseconds) => self.duration(nanoseconds, Asked::Any, visitor),
                None => visitor.visit_string(ticks.to_duration()),
            },
            Element::Record(record) => {
                let at = self.at.deeper()?;
                let fields =
                    record.fields().map(|(name, field)| (name, Item::element(at.at(at.node), field)));
                visitor.visit_map(MapDeserializer::<_, Error>::new(fields))
            }
            Element::Array(array) => {
                let at = self.at.deeper()?;
                let row = Row { at, shape: array.shape(), elements: &mut array.elements() };
                de::Deserializer::deserialize_any(row, visitor)
            }
            Element::Missing => visitor.visit_none(),
            // No number of Rust holds all of it.
            Element::LongDouble(number) => match number.text() {
                Some(text) => self.text(text, visitor),
                None => Err(Error::custom(NO_TYPE)),
            },
            _ => Err(Error::custom(NO_TYPE)),
        }
    }

    fn visit_cell<V: Visitor<'de>>(&self, cell: Cell<'g, S>, visitor: V) -> Result<V::Value, Error> {
        match cell {
            Cell::Timestamp(stamp) => self.text(Form::of::<V::Value>().timestamp(&stamp), visitor),
            Cell::Timedelta(delta) => self.duration(delta.nanoseconds(), Asked::Any, visitor),
            Cell::Geometry(geometry) => self.text(geometry.to_string(), visitor),
            Cell::Period(period) => self.text(period.to_string(), visitor),
            Cell::Day(day) => self.text(day.to_string(), visitor),
            Cell::Decimal(decimal) => self.text(decimal.to_string(), visitor),
            Cell::TimeOfDay(ticks, unit) => self.text(unit.time_of_day(ticks).to_string(), visitor),
            Cell::Interval(sides, closed) => self.interval(*sides, closed, visitor),
            Cell::Dict(members) => {
                let at = self.at.deeper()?;
                let members =
                    members.into_iter().map(|(name, cell)| (name, Item::cell(at.at(at.node), cell)));
                visitor.visit_map(MapDeserializer::<_, Error>::new(members))
            }
            Cell::Tuple(cells) | Cell::List(cells) => {
                let at = self.at.deeper()?;
                let cells = cells.into_iter().map(|cell| Item::cell(at.at(at.node), cell));
                let mut cells = SeqDeserializer::<_, Error>::new(cells);
                let value = visitor.visit_seq(&mut cells)?;
                cells.end().map(|()| value)
            }
            _ => Err(Error::custom("a value of a table that no type of Rust can hold")),
        }
    }

    /// Returns the length, in nanoseconds, of an item that is a span of time.
    fn length(&self) -> Option<i128> {
        match &self.value {
            Value::Cell(Cell::Timedelta(delta)) => Some(delta.nanoseconds()),
            Value::Element(Element::TimeDelta(ticks)) => ticks.nanoseconds(),
            _ => None,
        }
    }

    fn duration<V: Visitor<'de>>(
        &self,
        nanoseconds: i128,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match known::duration(nanoseconds, asked, Form::of::<V::Value>()) {
            Some(offer) => self.at.take(offer, asked, visitor),
            None => Err(Error::invalid_type(Unexpected::Other("a length of time"), &visitor)),
        }
    }

    fn interval<V: Visitor<'de>>(
        &self,
        (left, right): (Cell<'g, S>, Cell<'g, S>),
        closed: Closed,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let at = self.at.deeper()?;
        let closed = Item::element(at.at(at.node), Element::Text(closed.name().into()));
        let side = |cell| Item::cell(at.at(at.node), cell);
        let fields = [("closed", closed), ("left", side(left)), ("right", side(right))];
        visitor.visit_map(MapDeserializer::<_, Error>::new(fields.into_iter()))
    }
}

/// Passes on a number; a complex one as its two parts.
fn visit_scalar<'de, V: Visitor<'de>>(scalar: Scalar, visitor: V) -> Result<V::Value, Error> {
    match scalar {
        Scalar::Bool(value) => visitor.visit_bool(value),
        Scalar::Int(value) => visit_int(value, visitor),
        Scalar::UInt(value) => visitor.visit_u64(value),
        Scalar::Float(value) => visitor.visit_f64(value),
        Scalar::Complex(re, im) => visitor.visit_seq(SeqDeserializer::<_, Error>::new([re, im].into_iter())),
    }
}

impl<'g, 'de, S, L> IntoDeserializer<'de, Error> for Item<'_, '_, 'g, S, L>
where
    S: AsRef<[u8]>,
    L: Lend<'g, 'de, S>,
{
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! object_or_any {
    ($($method:ident($($arg:ident: $type:ty),*);)*) => {
        $(fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value, Error> {
            match self.object()? {
                Some(object) => object.$method($($arg,)* visitor),
                None => self.deserialize_any(visitor),
            }
        })*
    };
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for Item<'_, '_, 'g, S, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        if let Some(object) = self.object()? {
            return object.deserialize_any(visitor);
        }
        match std::mem::replace(&mut self.value, Value::Missing) {
            Value::Element(element) => self.visit_element(element, visitor),
            Value::Cell(cell) => self.visit_cell(cell, visitor),
            Value::NaN => visitor.visit_f64(f64::NAN),
            Value::Missing | Value::Object(_) => visitor.visit_none(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_missing() {
            return visitor.visit_none();
        }
        match self.object()? {
            Some(object) => object.deserialize_option(visitor),
            None => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.object()? {
            Some(object) => object.deserialize_newtype_struct(name, visitor),
            None => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Some(nanoseconds) = self.length() {
            return self.duration(nanoseconds, Asked::Float, visitor);
        }
        match (&self.value, self.object()?) {
            // As pandas shows a missing number among floats.
            (Value::Missing, _) => visitor.visit_f64(f64::NAN),
            (_, Some(object)) => object.deserialize_f64(visitor),
            (_, None) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    /// A record can be a tuple, too.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Element(Element::Record(record)) => {
                let at = self.at.deeper()?;
                let fields = record.fields().map(|(_, field)| Item::element(at.at(at.node), field));
                let mut fields = SeqDeserializer::<_, Error>::new(fields);
                let value = visitor.visit_seq(&mut fields)?;
                fields.end().map(|()| value)
            }
            _ => match self.object()? {
                Some(object) => object.deserialize_seq(visitor),
                None => self.deserialize_any(visitor),
            },
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        if let Some(nanoseconds) = self.length() {
            return self.duration(nanoseconds, Asked::Tuple(length), visitor);
        }
        match self.object()? {
            Some(object) => object.deserialize_tuple(length, visitor),
            None => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if let Some(nanoseconds) = self.length() {
            return self.duration(nanoseconds, Asked::Struct(name), visitor);
        }
        match self.object()? {
            Some(object) => object.deserialize_struct(name, fields, visitor),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match (&self.value, self.object()?) {
            (_, Some(object)) => object.deserialize_enum(name, variants, visitor),
            (Value::Element(Element::Text(text)), None) => {
                visitor.visit_enum(StringDeserializer::<Error>::new(text.clone().into_owned()))
            }
            (_, None) => self.deserialize_any(visitor),
        }
    }

    for_plain!(object_or_any);

    object_or_any! {
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_map();
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bool char identifier }
}
