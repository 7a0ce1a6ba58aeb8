//! [`DType`]: the type of the elements of an array.

use std::fmt;

use halfsour_text::repr;

use super::extended::Extended;
use super::long::{LongDouble, LongFormat};
use super::times::Resolution;
use crate::memory::{ByteOrder, Number, Scalar};

/// `numpy.dtype`: the type of the elements of an array. Its `Display` is the text that numpy prints: `float32`, `>i4`,
/// `datetime64[ns]`, `[('a', '<i4'), ('b', 'S3')]`.
#[derive(Clone, Debug, PartialEq)]
pub struct DType {
    /// The kind of the elements.
    pub kind: Kind,
    /// The size of an element in the memory of an array, in bytes; of an object, that of a pointer.
    pub size: usize,
    /// The order of the bytes of its numbers; [`ByteOrder::Little`] where there is no order.
    pub order: ByteOrder,
}

/// The kind of the elements of an array, whatever their size.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// `bool`
    Bool,
    /// `int8` to `int64`
    Int,
    /// `uint8` to `uint64`
    UInt,
    /// `float16`, `float32`, `float64`, and `longdouble`, which has 12 or 16 bytes.
    Float,
    /// `complex64`, `complex128`, and `clongdouble`
    Complex,
    /// Any objects of Python.
    Object,
    /// `S8`: bytes, less the zeros at the end.
    Bytes,
    /// `U8`: UTF-32, less the zeros at the end.
    Text,
    /// `V8`: bytes.
    Void,
    /// `datetime64`
    DateTime(Resolution),
    /// `timedelta64`
    TimeDelta(Resolution),
    /// With fields.
    Structured(Box<Structure>),
    /// Arrays of one shape.
    SubArray(Box<SubArray>),
    /// numpy 2's `StringDType`: text of any length.
    String(StringType),
    /// Of the package `ml_dtypes`.
    Extended(Extended),
}

/// The fields of a structured type.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// Its fields.
    pub fields: Vec<Field>,
    /// Whether they lie as in a C `struct`.
    pub is_aligned: bool,
    /// Whether the elements are `numpy.record`, whose fields are attributes.
    pub is_record: bool,
}

/// A field of a structured type.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// Another name, if it has one.
    pub title: Option<String>,
    /// The distance from the start of an element, in bytes.
    pub offset: usize,
    /// The type of the field.
    pub dtype: DType,
}

/// A type whose elements are arrays of one shape.
#[derive(Clone, Debug, PartialEq)]
pub struct SubArray {
    /// The type of the elements of the arrays.
    pub base: DType,
    /// The number of elements in each dimension.
    pub shape: Vec<usize>,
}

/// The parameters of a `StringDType`.
#[derive(Clone, Debug, PartialEq)]
pub struct StringType {
    /// Whether other objects become text when they are put into an array.
    pub coerce: bool,
    /// The object that stands for missing text, if there is one.
    pub na: Option<Na>,
}

/// An object that stands for missing text.
#[derive(Clone, Debug, PartialEq)]
pub enum Na {
    /// `None`
    None,
    /// NaN
    NaN,
    /// Text.
    Text(String),
    /// Any other, as `pandas.NA`.
    Other,
}

impl DType {
    /// Of numbers and such, in the order of this size.
    pub(crate) fn plain(kind: Kind, size: usize, order: ByteOrder) -> Self {
        let order = if size == 1 { ByteOrder::Little } else { order };
        Self { kind, size, order }
    }

    /// Reads numpy's short text of a type that has no fields: `<f4`, `|S8`, `M8[ns]`.
    ///
    /// ```
    /// use halfsour_classes::numpy::DType;
    ///
    /// assert_eq!(DType::parse(">i4").unwrap().name(), "int32");
    /// assert_eq!(DType::parse("<M8[ns]").unwrap().to_string(), "datetime64[ns]");
    /// assert_eq!(DType::parse("<f5"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (order, text) = match text.strip_prefix(['<', '=', '|']) {
            Some(text) => (ByteOrder::Little, text),
            None => match text.strip_prefix('>') {
                Some(text) => (ByteOrder::Big, text),
                None => (ByteOrder::Little, text),
            },
        };
        let (code, rest) = text.split_at_checked(1)?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let size = if digits == 0 { None } else { Some(rest[..digits].parse::<usize>().ok()?) };
        let rest = &rest[digits..];
        if let ("M" | "m", None | Some(8)) = (code, size) {
            let unit = Resolution::parse(rest)?;
            let kind = if code == "M" { Kind::DateTime(unit) } else { Kind::TimeDelta(unit) };
            return Some(Self::plain(kind, 8, order));
        }
        if !rest.is_empty() {
            return None;
        }
        let (kind, size) = match (code, size) {
            ("?", None) | ("b", Some(1)) => (Kind::Bool, 1),
            ("i", Some(size @ (1 | 2 | 4 | 8))) => (Kind::Int, size),
            ("u", Some(size @ (1 | 2 | 4 | 8))) => (Kind::UInt, size),
            ("f", Some(size @ (2 | 4 | 8 | 12 | 16))) => (Kind::Float, size),
            ("c", Some(size @ (8 | 16 | 24 | 32))) => (Kind::Complex, size),
            ("O", size @ (None | Some(4 | 8))) => {
                return Some(Self::of_bytes(Kind::Object, size.unwrap_or(8)));
            }
            ("S" | "a", size) => return Some(Self::of_bytes(Kind::Bytes, size.unwrap_or(0))),
            ("V", size) => return Some(Self::of_bytes(Kind::Void, size.unwrap_or(0))),
            ("U", size) => (Kind::Text, size.unwrap_or(0).checked_mul(4)?),
            _ => return None,
        };
        Some(Self::plain(kind, size, order))
    }

    /// The number of this type as the `float64` with the digits that numpy prints of it.
    pub(crate) fn shortest(&self, scalar: Scalar) -> Scalar {
        match (&self.kind, self.size, scalar) {
            (Kind::Complex, 8, Scalar::Complex(re, im)) => {
                let part = |part| match Scalar::Float(part).shortest(Some(Number::Float32)) {
                    Scalar::Float(part) => part,
                    _ => part,
                };
                Scalar::Complex(part(re), part(im))
            }
            _ => scalar.shortest(self.number()),
        }
    }

    /// The format of the first of these elements, or of their parts, if they are of type `longdouble` or `clongdouble`.
    pub(crate) fn long_format<'a>(
        &self,
        elements: impl Iterator<Item = &'a [u8]> + Clone,
    ) -> Option<LongFormat> {
        const SOME: usize = 64;
        let size = if self.kind == Kind::Complex { self.size / 2 } else { self.size };
        (matches!(self.kind, Kind::Float | Kind::Complex) && size > 8).then_some(())?;
        let numbers = elements.flat_map(|element| element.chunks_exact(size)).take(SOME);
        LongFormat::of(&numbers.map(|bytes| LongDouble::new(bytes, self.order)))
    }

    /// The type of number, where elements are plain numbers of at most 64 bits.
    pub fn number(&self) -> Option<Number> {
        Some(match (&self.kind, self.size) {
            (Kind::Bool, 1) => Number::Bool,
            (Kind::Int, 1) => Number::Int8,
            (Kind::Int, 2) => Number::Int16,
            (Kind::Int, 4) => Number::Int32,
            (Kind::Int, 8) => Number::Int64,
            (Kind::UInt, 1) => Number::UInt8,
            (Kind::UInt, 2) => Number::UInt16,
            (Kind::UInt, 4) => Number::UInt32,
            (Kind::UInt, 8) => Number::UInt64,
            (Kind::Float, 2) => Number::Float16,
            (Kind::Float, 4) => Number::Float32,
            (Kind::Float, 8) => Number::Float64,
            _ => return None,
        })
    }

    fn of_bytes(kind: Kind, size: usize) -> Self {
        Self { kind, size, order: ByteOrder::Little }
    }

    /// Whether elements, or fields of them, are objects of Python.
    pub fn has_objects(&self) -> bool {
        match &self.kind {
            Kind::Object => true,
            Kind::Structured(structure) => structure.fields.iter().any(|field| field.dtype.has_objects()),
            Kind::SubArray(array) => array.base.has_objects(),
            _ => false,
        }
    }

    /// Whether elements are pickled as objects.
    pub(crate) fn is_of_objects(&self) -> bool {
        self.has_objects() || matches!(self.kind, Kind::String(_))
    }

    /// The number of bools that mask an element: one, or one for each field.
    pub(crate) fn mask_size(&self) -> usize {
        match &self.kind {
            Kind::Structured(structure) => structure
                .fields
                .iter()
                .fold(0_usize, |size, field| size.saturating_add(field.dtype.mask_size())),
            Kind::SubArray(array) => {
                array.shape.iter().fold(array.base.mask_size(), |size, length| size.saturating_mul(*length))
            }
            _ => 1,
        }
    }

    /// The letter of its kind in numpy's short texts.
    fn code(&self) -> char {
        match self.kind {
            Kind::Bool => 'b',
            Kind::Int => 'i',
            Kind::UInt => 'u',
            Kind::Float => 'f',
            Kind::Complex => 'c',
            Kind::Object => 'O',
            Kind::Bytes => 'S',
            Kind::Text => 'U',
            // The only one that is a float to numpy.
            Kind::Extended(extended) if extended.name == "float8_e5m2" => 'f',
            Kind::Void | Kind::Structured(_) | Kind::SubArray(_) | Kind::Extended(_) => 'V',
            Kind::DateTime(_) => 'M',
            Kind::TimeDelta(_) => 'm',
            Kind::String(_) => 'T',
        }
    }

    /// `<` or `>`; `|` where there is no order of bytes.
    pub(crate) fn order_code(&self) -> char {
        let has_order = match self.kind {
            Kind::Bool
            | Kind::Object
            | Kind::Bytes
            | Kind::Void
            | Kind::Structured(_)
            | Kind::SubArray(_)
            | Kind::String(_) => false,
            Kind::Extended(_) | Kind::Text => true,
            _ => self.size > 1,
        };
        match self.order {
            _ if !has_order => '|',
            ByteOrder::Little => '<',
            ByteOrder::Big => '>',
        }
    }

    /// numpy's short text, its `dtype.str`: `<f4`, `|S8`, `<M8[ns]`; of structured types, `|V` and the size.
    pub fn typestr(&self) -> String {
        let (order, code) = (self.order_code(), self.code());
        match self.kind {
            Kind::String(_) => self.to_string(),
            Kind::Object => "|O".to_owned(),
            Kind::Text => format!("{order}U{}", self.size / 4),
            Kind::DateTime(unit) | Kind::TimeDelta(unit) => format!("{order}{code}8{unit}"),
            _ => format!("{order}{code}{}", self.size),
        }
    }

    /// numpy 2's name, its `dtype.name`: `float32`, `bytes64`, `datetime64[ns]`, `record96`.
    pub fn name(&self) -> String {
        let base = match &self.kind {
            Kind::Bool => return "bool".to_owned(),
            Kind::Object => return "object".to_owned(),
            Kind::DateTime(unit) => return format!("datetime64{unit}"),
            Kind::TimeDelta(unit) => return format!("timedelta64{unit}"),
            Kind::String(_) => return "StringDType".to_owned(),
            Kind::Extended(extended) => return extended.name.to_owned(),
            Kind::Int => "int",
            Kind::UInt => "uint",
            Kind::Float => "float",
            Kind::Complex => "complex",
            Kind::Bytes => "bytes",
            Kind::Text => "str",
            Kind::Structured(structure) if structure.is_record => "record",
            Kind::Void | Kind::Structured(_) | Kind::SubArray(_) => "void",
        };
        if self.size == 0 { base.to_owned() } else { format!("{base}{}", self.size.saturating_mul(8)) }
    }

    /// As it stands in the text of a structured type, which is a part of a Python expression.
    fn inner(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = Some(self.order_code()).filter(|order| *order != '|');
        let order = order.map(String::from).unwrap_or_default();
        match &self.kind {
            Kind::Structured(_) | Kind::SubArray(_) | Kind::String(_) => write!(f, "{self}"),
            Kind::Extended(extended) => f.write_str(extended.name),
            Kind::Bool => f.write_str("'?'"),
            Kind::Object => f.write_str("'O'"),
            Kind::Text => write!(f, "'{order}U{}'", self.size / 4),
            Kind::DateTime(unit) | Kind::TimeDelta(unit) => write!(f, "'{order}{}8{unit}'", self.code()),
            _ => write!(f, "'{order}{}{}'", self.code(), self.size),
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Structured(structure) if structure.is_record => {
                f.write_str("(numpy.record, ")?;
                structure.show(self.size, f)?;
                f.write_str(")")
            }
            Kind::Structured(structure) => structure.show(self.size, f),
            Kind::SubArray(array) => {
                f.write_str("(")?;
                array.base.inner(f)?;
                write!(f, ", {})", Tuple(&array.shape))
            }
            Kind::String(kind) => {
                let coerce = if kind.coerce { "" } else { "coerce=False" };
                let comma = if kind.coerce || kind.na.is_none() { "" } else { ", " };
                let na = match &kind.na {
                    None => String::new(),
                    Some(Na::None) => "na_object=None".to_owned(),
                    Some(Na::NaN) => "na_object=nan".to_owned(),
                    Some(Na::Text(text)) => format!("na_object={}", repr::Str(text.as_bytes())),
                    Some(Na::Other) => "na_object=…".to_owned(),
                };
                // numpy has the object first.
                write!(f, "StringDType({na}{comma}{coerce})")
            }
            Kind::Bytes | Kind::Text | Kind::Void => f.write_str(&self.typestr()),
            _ if self.order == ByteOrder::Big => f.write_str(&self.typestr()),
            _ => f.write_str(&self.name()),
        }
    }
}

/// A shape as Python's tuple.
pub(crate) struct Tuple<'a>(pub(crate) &'a [usize]);

impl fmt::Display for Tuple<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        separated(f, self.0, |f, length| write!(f, "{length}"))?;
        f.write_str(if self.0.len() == 1 { ",)" } else { ")" })
    }
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    mut write: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    Ok(())
}

impl Structure {
    /// Whether each field begins where the one before ends, and nothing is left over.
    fn is_packed(&self, size: usize) -> bool {
        let mut end = 0_usize;
        self.fields.iter().all(|field| {
            let follows = field.offset == end;
            end = end.saturating_add(field.dtype.size);
            follows
        }) && end == size
    }

    fn show(&self, size: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |text: &str| repr::Str(text.as_bytes()).to_string();
        if self.is_packed(size) && !self.is_aligned {
            f.write_str("[")?;
            separated(f, &self.fields, |f, field| {
                match &field.title {
                    Some(title) => write!(f, "(({}, {}), ", name(title), name(&field.name))?,
                    None => write!(f, "({}, ", name(&field.name))?,
                }
                match &field.dtype.kind {
                    Kind::SubArray(array) => {
                        array.base.inner(f)?;
                        write!(f, ", {}", Tuple(&array.shape))?;
                    }
                    _ => field.dtype.inner(f)?,
                }
                f.write_str(")")
            })?;
            return f.write_str("]");
        }
        f.write_str("{'names': [")?;
        separated(f, &self.fields, |f, field| f.write_str(&name(&field.name)))?;
        f.write_str("], 'formats': [")?;
        separated(f, &self.fields, |f, field| field.dtype.inner(f))?;
        f.write_str("], 'offsets': [")?;
        separated(f, &self.fields, |f, field| write!(f, "{}", field.offset))?;
        f.write_str("]")?;
        if self.fields.iter().any(|field| field.title.is_some()) {
            f.write_str(", 'titles': [")?;
            separated(f, &self.fields, |f, field| match &field.title {
                Some(title) => f.write_str(&name(title)),
                None => f.write_str("None"),
            })?;
            f.write_str("]")?;
        }
        write!(f, ", 'itemsize': {size}")?;
        f.write_str(if self.is_aligned { ", 'aligned': True}" } else { "}" })
    }
}
