//! [`Cell`]: one value of a column or an index.

use std::borrow::Cow;

use halfsour_value::{Data, Node};

use super::closed::Closed;
use super::period::Period;
use super::timestamp::{Timedelta, Timestamp};
use crate::call::Call;
use crate::debug::debug_variants;
use crate::geometry::Geometry;
use crate::memory::Scalar;
use crate::names::Class;
use crate::numpy::{self, Element};
use crate::pyarrow::{DataType, Decimal, Field, Value};
use crate::stdlib::{TimeDelta, TimeZone};
use crate::time::{Day, TimeUnit};

/// One value of a column or an index.
#[derive(Clone)]
#[non_exhaustive]
pub enum Cell<'g, S> {
    /// A missing value: `NaT` and `NA`, also in columns of text and of categories. A float that is `NaN` is a float, and an object may be
    /// any, `None` with it.
    Missing,
    /// A number.
    Scalar(Scalar),
    /// Text that Arrow or an array of numpy holds.
    Text(Cow<'g, str>),
    /// Bytes that Arrow or an array of numpy holds.
    Bytes(&'g [u8]),
    /// `datetime64`, with a zone or without.
    Timestamp(Timestamp<'g, S>),
    /// `timedelta64`
    Timedelta(Timedelta),
    /// A period.
    Period(Period),
    /// An interval: where it begins and ends, and which of these belong to it.
    Interval(Box<(Cell<'g, S>, Cell<'g, S>)>, Closed),
    /// A day that Arrow holds.
    Day(Day),
    /// The time of day that Arrow holds: so many of the unit after midnight.
    TimeOfDay(i64, TimeUnit),
    /// A decimal number that Arrow holds.
    Decimal(Decimal),
    /// A geometry, of geopandas.
    Geometry(Geometry<'g>),
    /// A list that Arrow holds; of a map, each is a tuple of a key and a value.
    List(Vec<Cell<'g, S>>),
    /// A dict that Arrow holds: its keys and values.
    Dict(Vec<(&'g str, Cell<'g, S>)>),
    /// An object: of Python's classes, or text.
    Object(Node<'g, S>),
    /// One of each level, of a `MultiIndex`.
    Tuple(Vec<Cell<'g, S>>),
    /// A `longdouble` of numpy, as the machine had it: 12 or 16 bytes.
    LongDouble(numpy::LongDouble<'g>),
}

impl<'g, S: AsRef<[u8]>> Cell<'g, S> {
    /// Reads a value of an array, and of its parts so many at most: hostile arrays may say that their lists share parts.
    pub(super) fn of_arrow(value: Value<'g>, datatype: &DataType<'g>, room: &mut usize) -> Option<Self> {
        *room = room.checked_sub(1)?;
        Some(match value {
            Value::Null => Self::Missing,
            Value::Scalar(scalar) => Self::Scalar(scalar),
            Value::Text(text) => Self::Text(text.into()),
            Value::Bytes(bytes) => Self::Bytes(bytes),
            Value::Timestamp(ticks, unit) => {
                let zone = match datatype {
                    DataType::Timestamp(_, tz) => tz.map(named_zone),
                    _ => None,
                };
                Self::Timestamp(Timestamp::in_zone(ticks, unit, None, zone))
            }
            Value::Duration(ticks, unit) => Self::Timedelta(Timedelta { ticks, unit }),
            Value::Day(day) => Self::Day(day),
            Value::Time(ticks, unit) => Self::TimeOfDay(ticks, unit),
            Value::Decimal(decimal) => Self::Decimal(decimal),
            Value::List(list) => {
                let is_map = matches!(datatype, DataType::Map { .. });
                let item = |value: Option<Value<'g>>| {
                    Some(match (Self::of_arrow(value?, list.datatype(), room)?, is_map) {
                        (Self::Dict(pair), true) => {
                            Self::Tuple(pair.into_iter().map(|(_, part)| part).collect())
                        }
                        (item, _) => item,
                    })
                };
                Self::List(list.values().map(item).collect::<Option<_>>()?)
            }
            Value::Struct(parts) => {
                let DataType::Struct(fields) = datatype else { return None };
                let part = |((value, of), field): ((Option<Value<'g>>, &DataType<'g>), &Field<'g>)| {
                    Some((field.name, Self::of_arrow(value?, of, room)?))
                };
                Self::Dict(parts.values().zip(fields).map(part).collect::<Option<_>>()?)
            }
        })
    }
}

/// The zone that Arrow names: by its name in the IANA database, or by its offset from UTC.
pub fn named_zone(tz: &str) -> TimeZone<'_> {
    match TimeDelta::from_offset(tz) {
        Some(offset) => TimeZone::Fixed { offset, name: None },
        None => TimeZone::Iana { key: tz },
    }
}

/// An object that stands for an element: a number of Python or numpy is a number.
pub(super) fn object<S: AsRef<[u8]>>(node: Node<'_, S>) -> Cell<'_, S> {
    let scalar = match node.data() {
        Data::Bool(value) => Scalar::Bool(value),
        Data::Int(value) => Scalar::Int(value),
        Data::Float(value) => Scalar::Float(value),
        _ => {
            let scalar = Call::of_class(node, Class::NumpyScalar).and_then(|call| numpy::scalar(&call));
            match scalar.as_ref().map(numpy::Scalar::element) {
                Some(Element::Scalar(scalar)) => scalar,
                _ => return Cell::Object(node),
            }
        }
    };
    Cell::Scalar(scalar)
}

debug_variants!(Cell {
    Self::Missing => Missing(),
    Self::Scalar(scalar) => Scalar(scalar),
    Self::Text(text) => Text(text),
    Self::Bytes(bytes) => Bytes(bytes),
    Self::Timestamp(stamp) => Timestamp(stamp),
    Self::Timedelta(delta) => Timedelta(delta),
    Self::Period(period) => Period(period),
    Self::Interval(sides, closed) => Interval(sides, closed),
    Self::Day(day) => Day(day),
    Self::TimeOfDay(ticks, unit) => TimeOfDay(ticks, unit),
    Self::Decimal(decimal) => Decimal(decimal),
    Self::Geometry(geometry) => Geometry(geometry),
    Self::List(cells) => List(cells),
    Self::Dict(cells) => Dict(cells),
    Self::Object(node) => Object(node),
    Self::Tuple(cells) => Tuple(cells),
    Self::LongDouble(number) => LongDouble(number),
});
