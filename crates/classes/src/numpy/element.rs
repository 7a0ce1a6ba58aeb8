//! [`Element`]: an element of an array.

use std::borrow::Cow;
use std::fmt;

use halfsour_text::repr;
use halfsour_value::{Data, Elements, Node};

use super::array::ArrayData;
use super::dtype::{DType, Field, Kind, SubArray};
use super::long::{LongDouble, LongFormat};
use super::parse;
use super::times::Ticks;
use crate::debug::debug_variants;
use crate::memory::{ByteOrder, Scalar, float, signed};

/// An element of an array.
#[non_exhaustive]
pub enum Element<'a, S> {
    /// A number of up to 64 bits, or a complex one of up to 128.
    Scalar(Scalar),
    /// A `longdouble`.
    LongDouble(LongDouble<'a>),
    /// A `clongdouble`: its real and imaginary part.
    LongComplex(LongDouble<'a>, LongDouble<'a>),
    /// Bytes: of `S`, without zeros at the end; of `V`, all.
    Bytes(&'a [u8]),
    /// Text; what is no character is U+FFFD.
    Text(Cow<'a, str>),
    /// A `datetime64`
    DateTime(Ticks),
    /// A `timedelta64`
    TimeDelta(Ticks),
    /// An object.
    Object(Node<'a, S>),
    /// Of a structured type.
    Record(Record<'a, S>),
    /// Of a type of arrays.
    Array(Inner<'a, S>),
    /// Masked, or missing text.
    Missing,
}

/// An element of a structured type.
pub struct Record<'a, S> {
    fields: &'a [Field],
    place: Place<'a, S>,
}

/// An element that is an array of its own.
pub struct Inner<'a, S> {
    array: &'a SubArray,
    data: InnerData<'a, S>,
    mask: Option<&'a [u8]>,
}

enum InnerData<'a, S> {
    Bytes(&'a [u8]),
    /// In a record with objects, which has an array of numpy for each array.
    Objects(Elements<'a, S>),
}

enum Place<'a, S> {
    /// In these bytes; and which of its parts are masked.
    Bytes(&'a [u8], Option<&'a [u8]>),
    /// Each field is an object; and which of its parts are masked.
    Objects(Elements<'a, S>, Option<&'a [u8]>),
}

impl<'a, S: AsRef<[u8]>> Record<'a, S> {
    /// The fields in order: name and element, whose numbers are those that [`Element::shortest`] gives.
    pub fn shortest_fields(&self) -> impl Iterator<Item = (&'a str, Element<'a, S>)> {
        self.fields().zip(self.fields).map(|((name, element), field)| (name, element.shortest(&field.dtype)))
    }

    /// The fields in order: name and element.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, Element<'a, S>)> {
        let mut masked = 0;
        self.fields.iter().enumerate().map_while(move |(index, field)| {
            let (Place::Bytes(_, mask) | Place::Objects(_, mask)) = &self.place;
            let size = field.dtype.mask_size();
            let mask = match mask {
                Some(mask) => Some(mask.get(masked..)?.get(..size)?),
                None => None,
            };
            masked += size;
            let element = match &self.place {
                Place::Objects(values, _) => {
                    let value = values.get(index)?;
                    match mask {
                        Some(mask) if mask.iter().any(|byte| *byte != 0) => {
                            Element::of_object(&field.dtype, value, Some(mask))
                        }
                        _ => Element::Object(value),
                    }
                }
                Place::Bytes(bytes, _) => {
                    let bytes = bytes.get(field.offset..)?.get(..field.dtype.size)?;
                    Element::read(&field.dtype, bytes, mask)
                }
            };
            Some((field.name.as_str(), element))
        })
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl<S> Clone for InnerData<'_, S> {
    fn clone(&self) -> Self {
        match self {
            Self::Bytes(bytes) => Self::Bytes(bytes),
            Self::Objects(objects) => Self::Objects(objects.clone()),
        }
    }
}

impl<'a, S: AsRef<[u8]>> Inner<'a, S> {
    /// The number of elements in each dimension.
    pub fn shape(&self) -> &'a [usize] {
        &self.array.shape
    }

    /// The type of the elements.
    pub fn dtype(&self) -> &'a DType {
        &self.array.base
    }

    /// The elements, the last dimension first.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a, S>> + use<'a, S> {
        let (base, data, mask) = (&self.array.base, self.data.clone(), self.mask);
        let count = parse::count(&self.array.shape, base.size).unwrap_or(0);
        let masks = base.mask_size();
        (0..count).map_while(move |index| {
            let mask = match mask {
                Some(mask) => Some(mask.get(index * masks..)?.get(..masks)?),
                None => None,
            };
            Some(match &data {
                InnerData::Bytes(bytes) => {
                    Element::read(base, bytes.get(index * base.size..)?.get(..base.size)?, mask)
                }
                InnerData::Objects(objects) => Element::of_object(base, objects.get(index)?, mask),
            })
        })
    }

    /// The elements in the same order, with the numbers that [`Element::shortest`] gives.
    pub fn shortest_elements(&self) -> impl Iterator<Item = Element<'a, S>> + use<'a, S> {
        let dtype = self.dtype();
        self.elements().map(|element| element.shortest(dtype))
    }

    /// The array that stands for the element in a record with objects.
    fn of_object(array: &'a SubArray, node: Node<'a, S>, mask: &'a [u8]) -> Option<Self> {
        let held = super::array(node)?;
        let data = match held.data {
            _ if held.shape != array.shape || held.mask.is_some() => return None,
            ArrayData::Objects(objects) => InnerData::Objects(objects),
            ArrayData::Bytes(bytes) if held.dtype == array.base && held.is_contiguous(false) => {
                InnerData::Bytes(bytes)
            }
            _ => return None,
        };
        Some(Self { array, data, mask: Some(mask) })
    }
}

impl<'a, S: AsRef<[u8]>> Element<'a, S> {
    /// Reads an element from its bytes, as many as the type says, and from bools that say whether its parts are masked.
    pub(crate) fn read(dtype: &'a DType, bytes: &'a [u8], mask: Option<&'a [u8]>) -> Self {
        if let Some([masked]) = mask
            && *masked != 0
            && !matches!(dtype.kind, Kind::Structured(_) | Kind::SubArray(_))
        {
            return Self::Missing;
        }
        let (size, order) = (bytes.len(), dtype.order);
        match &dtype.kind {
            Kind::Bool => Self::Scalar(Scalar::Bool(bytes.first().is_some_and(|byte| *byte != 0))),
            Kind::Int => Self::Scalar(Scalar::Int(signed(order.bits(bytes), size.clamp(1, 8)))),
            Kind::UInt => Self::Scalar(Scalar::UInt(order.bits(bytes))),
            Kind::Float if size <= 8 => Self::Scalar(Scalar::Float(float(order.bits(bytes), size))),
            Kind::Float => Self::LongDouble(LongDouble::new(bytes, order)),
            Kind::Complex if size <= 16 => {
                let (re, im) = bytes.split_at(size / 2);
                let part = |bytes| float(order.bits(bytes), size / 2);
                Self::Scalar(Scalar::Complex(part(re), part(im)))
            }
            Kind::Complex => {
                let (re, im) = bytes.split_at(size / 2);
                Self::LongComplex(LongDouble::new(re, order), LongDouble::new(im, order))
            }
            Kind::Bytes => {
                let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                Self::Bytes(&bytes[..end])
            }
            Kind::Void => Self::Bytes(bytes),
            Kind::Text => Self::Text(Cow::Owned(utf32(bytes, order))),
            Kind::DateTime(unit) => {
                Self::DateTime(Ticks { count: order.bits(bytes).cast_signed(), unit: *unit })
            }
            Kind::TimeDelta(unit) => {
                Self::TimeDelta(Ticks { count: order.bits(bytes).cast_signed(), unit: *unit })
            }
            Kind::Structured(structure) => {
                Self::Record(Record { fields: &structure.fields, place: Place::Bytes(bytes, mask) })
            }
            Kind::SubArray(array) => Self::Array(Inner { array, data: InnerData::Bytes(bytes), mask }),
            Kind::Extended(extended) => Self::Scalar(extended.read(order.bits(bytes))),
            // These are objects.
            Kind::Object | Kind::String(_) => Self::Missing,
        }
    }

    /// The element with a `longdouble` in this format, if it does not tell its own.
    pub(crate) fn or_format(self, format: impl Fn() -> Option<LongFormat>) -> Self {
        match self {
            Self::LongDouble(number) => Self::LongDouble(number.or_format(format)),
            Self::LongComplex(re, im) => Self::LongComplex(re.or_format(&format), im.or_format(&format)),
            element => element,
        }
    }

    /// The element with the numbers of a shorter type as the `float64` with the digits that numpy prints of them: a `float32` of 0.1 is
    /// 0.1, and not 0.10000000149011612. `dtype` is the type of the element.
    #[must_use]
    pub fn shortest(self, dtype: &DType) -> Self {
        match self {
            Self::Scalar(scalar) => Self::Scalar(dtype.shortest(scalar)),
            element => element,
        }
    }

    /// Reads an element from the object that stands for it in an array with objects, and from bools that say whether its parts are masked.
    pub(crate) fn of_object(dtype: &'a DType, node: Node<'a, S>, mask: Option<&'a [u8]>) -> Self {
        match (&dtype.kind, node.data()) {
            (Kind::Structured(structure), Data::Tuple(values)) if values.len() == structure.fields.len() => {
                Self::Record(Record { fields: &structure.fields, place: Place::Objects(values, mask) })
            }
            // What cannot be told from what is masked is not told.
            (Kind::SubArray(array), _) if mask.is_some_and(|mask| mask.iter().any(|byte| *byte != 0)) => {
                Inner::of_object(array, node, mask.unwrap_or_default()).map_or(Self::Missing, Self::Array)
            }
            _ if mask.is_some_and(|mask| mask.iter().all(|byte| *byte != 0)) => Self::Missing,
            (Kind::String(_), Data::Str(text)) => Self::Text(text.to_string_lossy()),
            (Kind::String(_), _) => Self::Missing,
            _ => Self::Object(node),
        }
    }
}

/// UTF-32, less the zeros at the end.
fn utf32(bytes: &[u8], order: ByteOrder) -> String {
    let points = bytes.chunks_exact(4).map(|point| order.bits(point));
    let mut text = String::new();
    let mut zeros = 0;
    for point in points {
        if point == 0 {
            zeros += 1;
            continue;
        }
        text.extend(std::iter::repeat_n('\0', std::mem::take(&mut zeros)));
        text.push(u32::try_from(point).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    text
}

/// As Python shows it in a list; times in ISO's form.
impl<S: AsRef<[u8]>> fmt::Display for Element<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(scalar) => scalar.fmt(f),
            Self::LongDouble(number) => number.fmt(f),
            Self::LongComplex(re, im) => repr::write_complex(f, &re.to_string(), &im.to_string()),
            Self::Bytes(bytes) => write!(f, "{}", repr::Bytes(bytes)),
            Self::Text(text) => write!(f, "{}", repr::Str(text.as_bytes())),
            Self::DateTime(ticks) => ticks.write_datetime(f),
            Self::TimeDelta(ticks) => ticks.write_duration(f),
            Self::Object(node) => write!(f, "{node}"),
            Self::Record(record) => {
                f.write_str("(")?;
                separated(f, record.shortest_fields().map(|(_, element)| element))?;
                f.write_str(if record.len() == 1 { ",)" } else { ")" })
            }
            Self::Array(array) => {
                f.write_str("[")?;
                separated(f, array.shortest_elements())?;
                f.write_str("]")
            }
            Self::Missing => f.write_str("--"),
        }
    }
}

fn separated<'a, S: AsRef<[u8]> + 'a>(
    f: &mut fmt::Formatter<'_>,
    elements: impl Iterator<Item = Element<'a, S>>,
) -> fmt::Result {
    for (index, element) in elements.enumerate() {
        write!(f, "{}{element}", if index > 0 { ", " } else { "" })?;
    }
    Ok(())
}

debug_variants!(Element {
    Self::Scalar(scalar) => Scalar(scalar),
    Self::LongDouble(number) => LongDouble(number),
    Self::LongComplex(re, im) => LongComplex(re, im),
    Self::Bytes(bytes) => Bytes(bytes),
    Self::Text(text) => Text(text),
    Self::DateTime(ticks) => DateTime(ticks),
    Self::TimeDelta(ticks) => TimeDelta(ticks),
    Self::Object(node) => Object(node),
    Self::Record(record) => Record(record),
    Self::Array(array) => Array(array),
    Self::Missing => Missing(),
});

impl<S: AsRef<[u8]>> fmt::Debug for Record<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.fields()).finish()
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Inner<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.elements()).finish()
    }
}
