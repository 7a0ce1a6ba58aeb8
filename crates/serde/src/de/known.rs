//! Objects of known classes, as serde sees them.

use std::any::type_name;
use std::borrow::Cow;

use halfsour_classes::numpy::{ArrayData, Element, Kind, NdArray};
use halfsour_classes::pandas::{Timestamp, is_na, unreadable};
use halfsour_classes::stdlib::{
    Array, ArrayItem, ArrayItems, Date, DateTime, Fraction, ItemKind, Offset, Range, TimeDelta, TimeOfDay,
    TimeZone,
};
use halfsour_classes::{ConversionError, Int, Known, Shape, class_name, recognise};
use halfsour_value::{Data, Node};
use serde::de::value::SeqDeserializer;
use serde::de::{self, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::access::Lend;
use super::{Asked, De, moment};
use crate::common::{forward_wrappers, visit_int};
use crate::{Error, big_int};

/// The value that a type is given for an object.
pub(super) enum Offer<'g, S> {
    Text(String),
    Bytes(Cow<'g, [u8]>),
    Number(Scalar),
    Numbers(Vec<Int>),
    /// Of these, the cost, too.
    Array(usize, Array<'g, S>),
    NdArray(usize, Box<NdArray<'g, S>>),
    Table(Known<'g, S>),
    Range(StepBy),
    /// `NaT`, `NA`
    Null,
    Members(Vec<Node<'g, S>>),
    Items(Vec<(Node<'g, S>, Node<'g, S>)>),
    /// Another object, in its place.
    Object(Node<'g, S>),
}

/// The form in which a type reads moments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Text as Python's `isoformat()`, which is that of RFC 3339 where the offset from UTC is known.
    Text,
    /// The same for the types of chrono, which refuse the name of a zone.
    Offset,
    /// The same for the types of jiff, with the name of the zone, as RFC 9557 has it: some of them want it.
    Zone,
    /// The numbers that the types of the crate time read.
    Numbers,
}

impl Form {
    /// Guesses the form from the name of a type.
    pub fn of<T>() -> Self {
        let name = type_name::<T>();
        // A time without a zone has as many numbers as one in UTC.
        if name.starts_with("time::") && !name.ends_with("::UtcDateTime") {
            Self::Numbers
        } else if name.starts_with("jiff::") {
            Self::Zone
        } else if name.starts_with("chrono::") {
            Self::Offset
        } else {
            Self::Text
        }
    }

    /// Returns the text of a time of pandas.
    pub fn timestamp<S: AsRef<[u8]>>(self, stamp: &Timestamp<'_, S>) -> String {
        let text = stamp.to_string();
        match (self, stamp.offset, stamp.zone.and_then(|zone| zone.key())) {
            (Self::Zone, Some(_), Some(key)) => format!("{text}[{key}]"),
            (Self::Zone, Some(offset), None) => format!("{text}[{}]", Offset(offset)),
            // It is the time in UTC, with the name of the zone.
            (Self::Offset, None, _) => text.split('[').next().unwrap_or_default().to_owned(),
            _ => text,
        }
    }
}

/// Returns whether an object stands for a missing value.
pub(super) fn is_null<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    match node.data() {
        Data::Global(global) => is_na(&global),
        Data::Instance(_) => match class_name(node) {
            Some(("pandas", "NaT")) => true,
            Some(("numpy._core.multiarray", "scalar") | ("numpy.ma.core", "MaskedConstant")) => {
                match recognise(node) {
                    Some(Known::NumpyScalar(scalar)) => is_missing(&scalar.element()),
                    Some(Known::NdArray(array)) if array.shape.is_empty() => {
                        array.get(0).is_some_and(|element| is_missing(&element))
                    }
                    _ => false,
                }
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_missing<S>(element: &Element<'_, S>) -> bool {
    match element {
        Element::DateTime(ticks) | Element::TimeDelta(ticks) => ticks.is_nat(),
        element => matches!(element, Element::Missing),
    }
}

/// Returns the error of a table or an array that cannot be read: its parts would be taken for its values.
pub(super) fn check_readable<S: AsRef<[u8]>>(node: Node<'_, S>) -> Result<(), Error> {
    unreadable(node).map_or(Ok(()), |unreadable| Err(Error::custom(unreadable)))
}

/// Returns the value for a type `T` that asks so; `None` for an object that is to be read as any instance.
pub(super) fn offer<S: AsRef<[u8]>>(
    node: Node<'_, S>,
    asked: Asked,
    form: Form,
) -> Result<Option<Offer<'_, S>>, ConversionError> {
    let Some(known) = recognise(node) else { return Ok(None) };
    let is_text = matches!(asked, Asked::Any | Asked::Text);
    let is_sequence = matches!(asked, Asked::Any | Asked::Sequence | Asked::Tuple(_) | Asked::Struct(_));
    let text = |text: &dyn ToString| Some(Offer::Text(text.to_string()));
    if asked != Asked::Text
        && form == Form::Numbers
        && let Some(numbers) = time_numbers(&known)?
    {
        return Ok(Some(Offer::Numbers(numbers.into_iter().map(Int::Small).collect())));
    }
    match known.shape() {
        Shape::Sequence(members) => return Ok(Some(Offer::Members(members.collect()))),
        Shape::Mapping(pairs) => return Ok(Some(Offer::Items(pairs.collect()))),
        Shape::Inner(node) => return Ok(Some(Offer::Object(node))),
        Shape::Null => return Ok(Some(Offer::Null)),
        Shape::Table(_) => return Ok(Some(Offer::Table(known))),
        // As text it is its argument, which can be lent.
        Shape::Number(decimal) => return Ok(number(decimal.as_str(), asked)),
        _ => {}
    }
    let cost = known.cost();
    Ok(match known {
        Known::DateTime(datetime) if is_text => datetime_text(&datetime, form)?.map(Offer::Text),
        Known::Date(date) if is_text => text(&date),
        Known::Time(time) if is_text && (time.tz.is_none() || time.zone().is_some()) => text(&time),
        Known::TimeDelta(delta) => duration(delta.as_microseconds() * 1000, asked, form),
        Known::TimeZone(TimeZone::Fixed { offset, .. }) if is_text => text(&Offset(offset)),
        Known::TimeZone(zone) if is_text => text(&zone),
        Known::Fraction(fraction) => match asked {
            Asked::Any | Asked::Text => text(&fraction),
            Asked::Float => quotient(&fraction).map(|value| Offer::Number(Scalar::Float(value))),
            _ if is_sequence => Some(Offer::Numbers(vec![fraction.numerator, fraction.denominator])),
            _ => None,
        },
        Known::Uuid(uuid) => match asked {
            Asked::Any | Asked::Text => text(&uuid),
            Asked::Bytes => Some(Offer::Bytes(uuid.int.to_be_bytes().to_vec().into())),
            Asked::Int => Some(Offer::Number(Scalar::Int(Int::from_le(&unsigned(uuid.int))))),
            _ => None,
        },
        Known::Array(array) => match &array.items {
            _ if is_text && "uwc".contains(array.typecode) => characters(&array).map(Offer::Text),
            ArrayItems::Machine { format, bytes } if asked == Asked::Bytes => {
                (format.kind == ItemKind::Unsigned && format.size == 1)
                    .then_some(Offer::Bytes((*bytes).into()))
            }
            _ => (is_sequence || asked == Asked::Bytes).then_some(Offer::Array(cost, array)),
        },
        Known::NumpyScalar(scalar) => match scalar.element() {
            Element::Object(_) => None,
            _ => Some(Offer::NdArray(cost, scalar.into_array())),
        },
        Known::NdArray(array) => match (&array.data, array.shape.len()) {
            (ArrayData::Objects(objects), 1)
                if is_sequence && array.mask.is_none() && array.dtype.kind == Kind::Object =>
            {
                Some(Offer::Members(objects.clone().collect()))
            }
            (ArrayData::Bytes(bytes), 1) if asked == Asked::Bytes && array.mask.is_none() => {
                let is_bytes = array.dtype.kind == Kind::UInt && array.dtype.size == 1;
                (is_bytes && array.is_contiguous(false)).then(|| Offer::Bytes((*bytes).into()))
            }
            (_, dimensions) => (is_sequence || dimensions == 0).then_some(Offer::NdArray(cost, array)),
        },
        Known::TorchSize(sizes) if is_sequence => {
            Some(Offer::Numbers(sizes.iter().map(|size| Int::from_le(&unsigned((*size).into()))).collect()))
        }
        Known::Path(path) if !path.is_text() => None,
        Known::Range(range) if matches!(asked, Asked::Sequence | Asked::Tuple(_)) => {
            Some(Offer::Range(members(&range).ok_or(ConversionError::Range)?))
        }
        Known::Timestamp(stamp) if is_text => Some(Offer::Text(form.timestamp(&stamp))),
        Known::PandasTimedelta(delta) => duration(delta.nanoseconds(), asked, form),
        known => match known.shape() {
            Shape::Text(shown) if is_text => text(&shown),
            _ => None,
        },
    })
}

/// The text of a time.
fn datetime_text<S: AsRef<[u8]>>(
    datetime: &DateTime<'_, S>,
    form: Form,
) -> Result<Option<String>, ConversionError> {
    let is_jiff = form == Form::Zone;
    let text = datetime.to_string();
    let Some(zone) = datetime.zone() else { return Ok(datetime.tz.is_none().then_some(text)) };
    match (zone.offset(), zone.key()) {
        (None, _) => in_database(datetime, is_jiff).map(Some),
        (Some(_), _) if !is_jiff => Ok(Some(text)),
        (Some(_), Some(key)) => Ok(Some(format!("{text}[{key}]"))),
        (Some(offset), None) => Ok(Some(format!("{text}[{}]", Offset(offset)))),
    }
}

/// The same, if the database of zones has the offset.
#[cfg(feature = "jiff")]
fn in_database<S: AsRef<[u8]>>(datetime: &DateTime<'_, S>, is_jiff: bool) -> Result<String, ConversionError> {
    if is_jiff {
        return Ok(jiff::ZonedDateTime::try_from(datetime)?.to_string());
    }
    Ok(format!("{}T{}{}", datetime.date, datetime.clock, Offset(datetime.utcoffset()?)))
}

#[cfg(feature = "jiff")]
fn utcoffset<S: AsRef<[u8]>>(datetime: &DateTime<'_, S>) -> Result<TimeDelta, ConversionError> {
    datetime.utcoffset()
}

#[cfg(not(feature = "jiff"))]
fn utcoffset<S: AsRef<[u8]>>(datetime: &DateTime<'_, S>) -> Result<TimeDelta, ConversionError> {
    datetime.zone().ok_or(ConversionError::UnknownZone)?.offset().ok_or(ConversionError::UnknownOffset)
}

/// With the name in place of the offset: a reader takes the first of two times that read the same.
#[cfg(not(feature = "jiff"))]
fn in_database<S: AsRef<[u8]>>(datetime: &DateTime<'_, S>, _: bool) -> Result<String, ConversionError> {
    if datetime.clock.fold { Err(ConversionError::UnknownOffset) } else { Ok(datetime.to_string()) }
}

/// Returns the value for a length of time, in nanoseconds.
pub(super) fn duration<'g, S>(nanoseconds: i128, asked: Asked, form: Form) -> Option<Offer<'g, S>> {
    const SECOND: i128 = 1_000_000_000;
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let (seconds, fraction) = (
        nanoseconds.unsigned_abs() / SECOND.unsigned_abs(),
        nanoseconds.unsigned_abs() % SECOND.unsigned_abs(),
    );
    let number = match fraction {
        0 => format!("{sign}{seconds}"),
        fraction if fraction.is_multiple_of(1000) => format!("{sign}{seconds}.{:06}", fraction / 1000),
        fraction => format!("{sign}{seconds}.{fraction:09}"),
    };
    match asked {
        // Of the standard library and the crates chrono and time: seconds, rounded down, and nanoseconds.
        Asked::Tuple(2) | Asked::Struct("Duration") => pair(nanoseconds),
        Asked::Any if form == Form::Numbers => pair(nanoseconds),
        Asked::Any | Asked::Text => Some(Offer::Text(format!("{sign}PT{}S", number.trim_start_matches('-')))),
        // Parsed, because that rounds once, as Python does.
        Asked::Float => self::number(&number, asked),
        _ => None,
    }
}

/// Whole seconds, rounded down, and nanoseconds.
fn pair<'g, S>(nanoseconds: i128) -> Option<Offer<'g, S>> {
    let seconds = i64::try_from(nanoseconds.div_euclid(1_000_000_000)).ok()?;
    let rest = i64::try_from(nanoseconds.rem_euclid(1_000_000_000)).ok()?;
    Some(Offer::Numbers(vec![Int::Small(seconds), Int::Small(rest)]))
}

/// The numbers that the types of the crate time read, where they do not ask for text.
fn time_numbers<S: AsRef<[u8]>>(known: &Known<'_, S>) -> Result<Option<Vec<i64>>, ConversionError> {
    let day = |date: Date| [date.year, date.ordinal()].map(i64::from);
    let time = |clock: TimeOfDay| {
        let [hour, minute, second] = [clock.hour, clock.minute, clock.second].map(i64::from);
        [hour, minute, second, i64::from(clock.microsecond) * 1000]
    };
    let offset = |offset: TimeDelta| {
        let (seconds, _) = offset.as_seconds();
        [seconds / 3600, seconds / 60 % 60, seconds % 60]
    };
    Ok(Some(match known {
        Known::Date(date) => day(*date).into(),
        Known::Time(t) if t.tz.is_none() => time(t.clock).into(),
        Known::DateTime(d) if d.tz.is_none() => [&day(d.date)[..], &time(d.clock)].concat(),
        Known::DateTime(d) => [&day(d.date)[..], &time(d.clock), &offset(utcoffset(d)?)].concat(),
        _ => return Ok(None),
    }))
}

/// A number that is written so, as what is asked for, if it is one.
fn number<'g, S>(text: &str, asked: Asked) -> Option<Offer<'g, S>> {
    let number = match asked {
        Asked::Int => {
            let int = text.parse::<i128>().ok();
            int.map(|int| Scalar::Int(Int::from_le(&int.to_le_bytes())))
        }
        Asked::Float => text.parse().ok().map(Scalar::Float),
        _ => None,
    };
    number.map(Offer::Number)
}

/// The quotient as Python has it, where both parts are floats without rounding.
fn quotient(fraction: &Fraction) -> Option<f64> {
    let float = |int: &Int| match int {
        Int::Small(int) if int.unsigned_abs() <= 1 << 53 => int.to_string().parse::<f64>().ok(),
        _ => None,
    };
    Some(float(&fraction.numerator)? / float(&fraction.denominator)?)
}

/// The members of a range, all of which have 64 bits.
pub(super) struct StepBy {
    start: i64,
    step: i64,
    len: usize,
}

fn members(range: &Range) -> Option<StepBy> {
    let small = |int: &Int| if let Int::Small(int) = int { Some(*int) } else { None };
    let (start, step) = (small(&range.start)?, small(&range.step)?);
    let (length, distance) = (i128::from(small(&range.stop)?) - i128::from(start), i128::from(step));
    let len =
        if (length < 0) == (distance < 0) { (length.abs() + distance.abs() - 1) / distance.abs() } else { 0 };
    Some(StepBy { start, step, len: usize::try_from(len).ok()? })
}

fn unsigned(int: u128) -> [u8; 17] {
    let mut bytes = [0; 17];
    bytes[..16].copy_from_slice(&int.to_le_bytes());
    bytes
}

fn characters<S: AsRef<[u8]>>(array: &Array<'_, S>) -> Option<String> {
    array
        .iter()
        .map(|item| if let ArrayItem::Character(c) = item { char::from_u32(c) } else { None })
        .collect()
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> De<'_, 'g, S, L> {
    pub(super) fn take<V: Visitor<'de>>(
        &self,
        offer: Offer<'g, S>,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match offer {
            Offer::Text(text) => {
                self.pay(text.len())?;
                moment::check::<V::Value>(&text)?;
                visitor.visit_string(text)
            }
            Offer::Bytes(bytes) => {
                self.pay(bytes.len())?;
                visitor.visit_bytes(&bytes)
            }
            Offer::Number(number) => de::Deserializer::deserialize_any(number, visitor),
            Offer::Numbers(numbers) => scalars(numbers.into_iter().map(Scalar::Int), visitor),
            Offer::Array(cost, array) => {
                self.pay(cost)?;
                scalars(array.iter().map(Scalar::from), visitor)
            }
            Offer::NdArray(cost, array) => {
                self.pay(cost)?;
                self.array(&array, visitor)
            }
            Offer::Table(known) => {
                self.pay(known.cost())?;
                self.table(known, asked, visitor)
            }
            Offer::Range(StepBy { start, step, len }) => {
                self.pay(len.saturating_mul(8))?;
                let mut next = start;
                let members = (0..len).map(|_| {
                    let member = next;
                    // Beyond the last member, it may be out of range.
                    next = next.wrapping_add(step);
                    Scalar::Int(Int::Small(member))
                });
                scalars(members, visitor)
            }
            Offer::Null => visitor.visit_unit(),
            Offer::Members(nodes) => self.members(nodes.into_iter(), visitor),
            Offer::Items(pairs) => self.pairs(pairs, asked, visitor),
            Offer::Object(node) => self.deeper()?.at(node).asked(asked, visitor),
        }
    }
}

fn scalars<'de, V: Visitor<'de>>(
    scalars: impl Iterator<Item = Scalar>,
    visitor: V,
) -> Result<V::Value, Error> {
    de::Deserializer::deserialize_any(SeqDeserializer::<_, Error>::new(scalars), visitor)
}

/// A number or character that is no object of its own.
pub(super) enum Scalar {
    Int(Int),
    Float(f64),
    Character(u32),
}

impl From<ArrayItem> for Scalar {
    fn from(item: ArrayItem) -> Self {
        match item {
            ArrayItem::Int(int) => Self::Int(Int::from_le(&int.to_le_bytes())),
            ArrayItem::Float(value) => Self::Float(value),
            ArrayItem::Character(c) => Self::Character(c),
        }
    }
}

impl IntoDeserializer<'_, Error> for Scalar {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> de::Deserializer<'de> for Scalar {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Int(Int::Small(int)) => visit_int(int, visitor),
            Self::Int(Int::Big(bytes)) => big_int::visit(&bytes, visitor),
            Self::Float(value) => visitor.visit_f64(value),
            Self::Character(c) => match char::from_u32(c) {
                Some(c) => visitor.visit_char(c),
                None => Err(Error::custom("half of a character")),
            },
        }
    }

    forward_wrappers!();

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}
