//! [`Cell`]: an object in a column.

use std::borrow::Cow;
use std::rc::Rc;

use halfsour_value::{Data, Node};

use crate::TableError;
use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{self, Element, NdArray};
use halfsour_classes::pandas::{self, TimeUnit};
use halfsour_classes::pyarrow::Value;
use halfsour_classes::sheet::called;
use halfsour_classes::stdlib::{self, DateTime, TimeDelta, TimeZone};
use halfsour_classes::time::{Day, NAT};
use halfsour_classes::{Int, Known, Shape, recognise};

/// A value in a column of Python objects.
#[derive(Clone)]
pub(crate) enum Cell<'g, S> {
    Missing,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(&'g str),
    /// Text, and bytes, that were made of elements of an array.
    Held(String),
    HeldBytes(Vec<u8>),
    Uuid(u128),
    Bytes(&'g [u8]),
    /// In days since 1970.
    Date(i32),
    /// In microseconds since 1970: of UTC, if there is a zone.
    Moment(i64, Option<Zone<'g>>),
    /// In microseconds.
    Time(i64),
    /// In microseconds.
    Delta(i64),
    /// The digits as a number, and how many of them are after the point (at most 38).
    Decimal(i128, i64),
    /// The members of a list, tuple or set.
    List(Vec<Node<'g, S>>),
    /// The keys and values of a dict.
    Dict(Vec<(Node<'g, S>, Node<'g, S>)>),
    /// An array of numpy with one dimension.
    Array(Rc<NdArray<'g, S>>),
}

/// A time zone of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone<'g> {
    Named(&'g str),
    /// Seconds east of UTC.
    Fixed(i64),
}

impl<'g> Zone<'g> {
    pub(crate) fn of(zone: TimeZone<'g>) -> Result<Self, TableError> {
        Ok(match zone {
            TimeZone::Iana { key } | TimeZone::Pytz { key, .. } => Self::Named(key),
            TimeZone::Fixed { offset, .. } => {
                let (seconds, micro) = offset.as_seconds();
                Self::Fixed(if micro == 0 && seconds % 60 == 0 { seconds } else { 0 })
            }
            _ => return Err(TableError::new(UNKNOWN_ZONE)),
        })
    }

    /// Returns the name that Arrow has for it: a name of the IANA database, `UTC` or `+05:30`.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Named(name) => name.to_owned(),
            Self::Fixed(0) => "UTC".to_owned(),
            Self::Fixed(seconds) => {
                let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
                format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// The complaint about decimals that do not fit.
pub(crate) const WIDE: &str = "decimals of more than 38 digits, with those after the point";
const UNKNOWN_ZONE: &str = "a time in a zone that is not known";
const NO_TYPE: &str = "no Arrow column type for a value of this kind";
const TOO_LARGE: &str = "an int of more than 64 bits";

impl<'g, S: AsRef<[u8]> + Clone> Cell<'g, S> {
    /// Reads an object.
    ///
    /// # Errors
    ///
    /// If Arrow has no type for it.
    pub(crate) fn of(node: Node<'g, S>) -> Result<Self, TableError> {
        Ok(match node.data() {
            Data::None => Self::Missing,
            Data::Bool(value) => Self::Bool(value),
            Data::Int(value) => Self::Int(value.into()),
            Data::BigInt(bytes) => Self::Int(int(bytes).ok_or(TableError::new(TOO_LARGE))?),
            Data::Float(value) => Self::Float(value),
            Data::Str(text) => {
                Self::Text(text.as_str().ok_or(TableError::new("text with half a surrogate pair"))?)
            }
            Data::ByteString(bytes) => str::from_utf8(bytes).map_or(Self::Bytes(bytes), Self::Text),
            Data::Bytes(bytes) | Data::ByteArray(bytes) => Self::Bytes(bytes),
            Data::List(members) | Data::Tuple(members) | Data::Set(members) | Data::FrozenSet(members) => {
                Self::List(members.collect())
            }
            Data::Dict(items) => Self::Dict(items.collect()),
            Data::Global(global) if pandas::is_na(&global) => Self::Missing,
            _ => match recognise(node) {
                Some(known) => Self::of_known(&known)?,
                None => None,
            }
            .ok_or_else(|| TableError::new(format!("no Arrow column type for {}", called(node))))?,
        })
    }

    /// Reads a known object; `None` if Arrow has no type for its class.
    fn of_known(known: &Known<'g, S>) -> Result<Option<Self>, TableError> {
        match known.shape() {
            Shape::Null => return Ok(Some(Self::Missing)),
            Shape::Number(number) if number.is_finite() => {
                let (digits, after) = decimal(*number).ok_or(TableError::new(WIDE))?;
                return Ok(Some(Self::Decimal(digits, after)));
            }
            Shape::Sequence(members) => return Ok(Some(Self::List(members.collect()))),
            Shape::Mapping(items) => return Ok(Some(Self::Dict(items.collect()))),
            Shape::NdArray(array) if array.shape.len() == 1 => {
                return Ok(Some(Self::Array(Rc::new(array.clone()))));
            }
            Shape::NdArray(array) if array.shape.len() > 1 => {
                return Err(TableError::new(format!("an array with {} dimensions", array.shape.len())));
            }
            // An infinity is not missing, and has no digits.
            Shape::Number(number) => {
                return Ok((!number.as_str().contains('I')).then_some(Self::Missing));
            }
            _ => {}
        }
        Ok(Some(match known {
            Known::Date(date) => Self::Date(date.since_1970()),
            Known::DateTime(datetime) => moment(datetime)?,
            Known::Time(time) if time.tz.is_none() => Self::Time(time.clock.as_microseconds()),
            Known::TimeDelta(delta) => {
                let microseconds = i64::try_from(delta.as_microseconds());
                Self::Delta(microseconds.map_err(|_| TableError::new("a span of time that is too long"))?)
            }
            Known::Timestamp(timestamp) => Self::of_timestamp(timestamp)?,
            Known::PandasTimedelta(delta) => Self::Delta(microseconds_of(delta.ticks, delta.unit)?),
            Known::NumpyScalar(scalar) => Self::of_element(scalar.element())?,
            Known::Uuid(uuid) => Self::Uuid(uuid.int),
            _ => return Ok(None),
        }))
    }

    fn of_timestamp(timestamp: &pandas::Timestamp<'g, S>) -> Result<Self, TableError> {
        let zone = match (&timestamp.tz, timestamp.zone) {
            (None, None) => None,
            (_, Some(zone)) => Some(Zone::of(zone)?),
            (Some(_), None) => return Err(TableError::new(UNKNOWN_ZONE)),
        };
        Ok(Self::Moment(microseconds_of(timestamp.ticks, timestamp.unit)?, zone))
    }

    pub(crate) fn of_element(element: Element<'_, S>) -> Result<Self, TableError> {
        let nanoseconds = |ticks: numpy::Ticks| {
            let far = || TableError::new("a time that is too far, or has no fixed length");
            let nanoseconds = ticks.nanoseconds().ok_or_else(far)?;
            i64::try_from(nanoseconds / 1000).ok().filter(|_| nanoseconds % 1000 == 0).ok_or_else(far)
        };
        Ok(match element {
            Element::Missing => Self::Missing,
            Element::Scalar(scalar) => Self::of_scalar(scalar).ok_or(TableError::new(NO_TYPE))?,
            Element::DateTime(ticks) | Element::TimeDelta(ticks) if ticks.count == NAT => Self::Missing,
            Element::DateTime(ticks) => Self::Moment(nanoseconds(ticks)?, None),
            Element::TimeDelta(ticks) => Self::Delta(nanoseconds(ticks)?),
            Element::Text(text) => Self::Held(text.into_owned()),
            Element::Bytes(bytes) => Self::HeldBytes(bytes.to_vec()),
            _ => return Err(TableError::new("an element of numpy for which Arrow has no type")),
        })
    }

    fn of_scalar(scalar: Scalar) -> Option<Self> {
        Some(match scalar {
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Int(value) => Self::Int(value.into()),
            Scalar::UInt(value) => Self::Int(value.into()),
            Scalar::Float(value) => Self::Float(value),
            Scalar::Complex(..) => return None,
        })
    }

    /// Reads a value that Arrow holds already, of a column in which times are in this zone.
    ///
    /// # Errors
    ///
    /// If a column of objects has no type for it.
    pub(crate) fn of_arrow(value: &Value<'g>, zone: Option<Zone<'g>>) -> Result<Self, TableError> {
        Ok(match *value {
            Value::Null => Self::Missing,
            Value::Scalar(scalar) => Self::of_scalar(scalar).ok_or(TableError::new(NO_TYPE))?,
            Value::Text(text) => Self::Text(text),
            Value::Bytes(bytes) => Self::Bytes(bytes),
            Value::Timestamp(ticks, unit) => Self::Moment(microseconds_of(ticks, unit)?, zone),
            Value::Duration(ticks, unit) => Self::Delta(microseconds_of(ticks, unit)?),
            Value::Day(day) => Self::of_day(day)?,
            Value::Time(ticks, unit) => Self::Time(microseconds_of(ticks, unit)?),
            Value::Decimal(decimal) => Self::Decimal(decimal.digits, decimal.scale.into()),
            _ => return Err(TableError::new(NO_TYPE)),
        })
    }

    fn of_day(day: Day) -> Result<Self, TableError> {
        i32::try_from(day.0).map(Self::Date).map_err(|_| TableError::new("a day that is too far"))
    }

    /// Reads a cell of pandas.
    ///
    /// # Errors
    ///
    /// If Arrow has no type for it.
    pub(crate) fn of_pandas(cell: pandas::Cell<'g, S>) -> Result<Self, TableError> {
        use pandas::Cell as P;
        Ok(match cell {
            P::Missing => Self::Missing,
            P::Scalar(scalar) => Self::of_scalar(scalar).ok_or(TableError::new(NO_TYPE))?,
            P::Text(Cow::Borrowed(text)) => Self::Text(text),
            P::Text(Cow::Owned(text)) => Self::Held(text),
            P::Bytes(bytes) => Self::Bytes(bytes),
            P::Timestamp(timestamp) => Self::of_timestamp(&timestamp)?,
            P::Timedelta(delta) => Self::Delta(microseconds_of(delta.ticks, delta.unit)?),
            P::Day(day) => Self::of_day(day)?,
            P::TimeOfDay(ticks, unit) => Self::Time(microseconds_of(ticks, unit)?),
            P::Decimal(decimal) => Self::Decimal(decimal.digits, decimal.scale.into()),
            P::Geometry(geometry) => Self::Bytes(geometry.wkb),
            P::Object(node) => Self::of(node)?,
            P::Period(_) => return Err(TableError::new("no Arrow column type for a period")),
            P::Interval(..) => return Err(TableError::new("no Arrow column type for an interval")),
            _ => return Err(TableError::new(NO_TYPE)),
        })
    }
}

fn microseconds_of(ticks: i64, unit: TimeUnit) -> Result<i64, TableError> {
    let nanoseconds = i128::from(ticks) * i128::from(unit.nanoseconds());
    match (nanoseconds % 1000, i64::try_from(nanoseconds / 1000)) {
        (0, Ok(ticks)) => Ok(ticks),
        (0, Err(_)) => Err(TableError::new("a time that is too far")),
        _ => Err(TableError::new("a time among objects that is finer than a microsecond")),
    }
}

/// Reads little-endian two's complement; `None` if it needs more than 64 bits.
fn int(bytes: &[u8]) -> Option<i128> {
    let value = Int::from_le(bytes).as_i128();
    value.filter(|value| i64::try_from(*value).is_ok() || u64::try_from(*value).is_ok())
}

fn moment<'g, S: AsRef<[u8]>>(datetime: &DateTime<'g, S>) -> Result<Cell<'g, S>, TableError> {
    let local = i64::from(datetime.date.since_1970()) * 86_400_000_000 + datetime.clock.as_microseconds();
    if datetime.tz.is_none() {
        return Ok(Cell::Moment(local, None));
    }
    let zone = datetime.zone().ok_or(TableError::new(UNKNOWN_ZONE))?;
    let offset =
        datetime.offset().map(TimeDelta::as_microseconds).and_then(|offset| i64::try_from(offset).ok());
    let offset = offset.ok_or(TableError::new("a time whose offset from UTC the pickle does not tell"))?;
    Ok(Cell::Moment(local - offset, Some(Zone::of(zone)?)))
}

/// The digits that a decimal of 128 bits has at most.
const DIGITS: i64 = 38;

/// Reads a decimal: its digits as a number, and how many of them are after the point.
fn decimal(decimal: stdlib::Decimal<'_>) -> Option<(i128, i64)> {
    let parts = decimal.parts()?;
    let digits: i128 = if parts.digits.is_empty() { 0 } else { parts.digits.parse().ok()? };
    let after = parts.exponent.checked_neg().filter(|after| *after <= DIGITS)?;
    Some((if parts.is_negative { -digits } else { digits }, after))
}
