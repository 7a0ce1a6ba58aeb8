//! [`Cell`]: one value of a column or an index.

use halfsour_value::{Data, Node};

use super::closed::Closed;
use super::period::Period;
use super::time::{Timedelta, Timestamp, always};
use crate::call::Call;
use crate::names::Class;
use crate::numpy::{self, Element};
use crate::pyarrow::{DataType, Day, Decimal, TimeUnit, Value};
use crate::stdlib::{TimeDelta, TimeZone};

/// One value of a column or an index.
#[derive(Clone)]
#[non_exhaustive]
pub enum Cell<'g, S> {
    /// Nothing: `NaT` and `NA`, also as what columns of text and of categories have for it. A float that is `NaN` is a float, and
    /// what an object is it is for the caller to ask.
    Missing,
    /// `bool`
    Bool(bool),
    /// Signed ints.
    Int(i64),
    /// Unsigned ints.
    UInt(u64),
    /// Floats of up to 64 bits.
    Float(f64),
    /// Text that Arrow holds.
    Text(&'g str),
    /// Bytes that Arrow holds.
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
    /// An object: of Python's classes, or text.
    Object(Node<'g, S>),
    /// One of each level, of a `MultiIndex`.
    Tuple(Vec<Cell<'g, S>>),
    /// A complex number: real and imaginary part.
    Complex(f64, f64),
    /// A `longdouble` of numpy, as the machine had it: 12 or 16 bytes.
    LongDouble(&'g [u8]),
}

impl<'g, S: AsRef<[u8]>> Cell<'g, S> {
    /// An element of an array, if it is a number or an object.
    pub(super) fn of_element(element: &Element<'_, S>) -> Option<Self> {
        Some(match *element {
            Element::Bool(value) => Self::Bool(value),
            Element::Int(value) => Self::Int(value),
            Element::UInt(value) => Self::UInt(value),
            Element::Float(value) => Self::Float(value),
            Element::Complex(re, im) => Self::Complex(re, im),
            _ => return None,
        })
    }

    pub(super) fn of_arrow(value: Value<'g>, datatype: &DataType<'g>) -> Self {
        match value {
            Value::Null => Self::Missing,
            Value::Bool(value) => Self::Bool(value),
            Value::Int(value) => Self::Int(value),
            Value::UInt(value) => Self::UInt(value),
            Value::Float(value) => Self::Float(value),
            Value::Text(text) => Self::Text(text),
            Value::Bytes(bytes) => Self::Bytes(bytes),
            Value::Timestamp(ticks, unit) => {
                let zone = match datatype {
                    DataType::Timestamp(_, tz) => tz.map(named_zone),
                    _ => None,
                };
                Self::Timestamp(Timestamp { ticks, unit, tz: None, zone, offset: zone.and_then(always) })
            }
            Value::Duration(ticks, unit) => Self::Timedelta(Timedelta { ticks, unit }),
            Value::Day(day) => Self::Day(day),
            Value::Time(ticks, unit) => Self::TimeOfDay(ticks, unit),
            Value::Decimal(decimal) => Self::Decimal(decimal),
        }
    }
}

/// Arrow has the names of zones, or offsets.
fn named_zone(tz: &str) -> TimeZone<'_> {
    match TimeDelta::from_offset(tz) {
        Some(offset) => TimeZone::Fixed { offset, name: None },
        None => TimeZone::Iana { key: tz },
    }
}

/// An object that stands for an element: a number of Python or numpy is a number.
pub(super) fn object<S: AsRef<[u8]>>(node: Node<'_, S>) -> Cell<'_, S> {
    match node.data() {
        Data::Bool(value) => Cell::Bool(value),
        Data::Int(value) => Cell::Int(value),
        Data::Float(value) => Cell::Float(value),
        _ => {
            let scalar = Call::of_class(node, Class::NumpyScalar).and_then(|call| numpy::scalar(&call));
            scalar.and_then(|scalar| Cell::of_element(&scalar.element())).unwrap_or(Cell::Object(node))
        }
    }
}
