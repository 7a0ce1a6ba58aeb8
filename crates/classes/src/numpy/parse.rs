//! Reads a dtype as numpy pickles it.

use halfsour_value::{Data, Key, Node};

use super::dtype::{DType, Field, Kind, Na, StringType, Structure, SubArray};
use super::extended::Extended;
use super::times::{Resolution, Unit};
use crate::args::{bytes, text};
use crate::call::{Call, class_of};
use crate::memory::ByteOrder;
use crate::names::Class;

/// The depth to which types may nest, and the number of types in one, with those of fields of fields.
const DEEPEST: usize = 32;
const MOST: usize = 4096;

/// A `dtype`.
pub(crate) fn read<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<DType> {
    Reader { left: MOST }.dtype(node, DEEPEST)
}

/// Whether it is the call that makes a `dtype`.
pub(crate) fn is_dtype<S: AsRef<[u8]>>(call: &Call<'_, S>) -> bool {
    matches!(call.class, Class::NumpyDType | Class::NumpyStringType)
}

/// The metadata that a program gave a `dtype`: a dict.
pub(crate) fn metadata<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Node<'_, S>> {
    let metadata = Call::of_class(node, Class::NumpyDType)?.state()?.at(8)?;
    let metadata = if metadata.items().is_some() { metadata } else { metadata.at(0)? };
    metadata.items().filter(|items| !items.is_empty()).map(|_| metadata)
}

/// The bytes that an element of `StringDType` takes in an array.
const STRING_SIZE: usize = 16;

/// ASCII text of any kind.
fn ascii<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<&str> {
    text(node).or_else(|| std::str::from_utf8(bytes(node)?).ok())
}

pub(crate) fn size<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<usize> {
    usize::try_from(node.as_i64()?).ok()
}

/// More have no arrays.
const MOST_DIMENSIONS: usize = 64;

/// A tuple of sizes, or one size.
pub(crate) fn shape<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Vec<usize>> {
    match node.data() {
        Data::Tuple(sizes) if sizes.len() <= MOST_DIMENSIONS => sizes.map(size).collect(),
        Data::Int(_) => Some(vec![size(node)?]),
        _ => None,
    }
}

/// The number of elements of this size; `None` if no number holds their bytes, or if they have no bytes and are many.
pub(crate) fn count(shape: &[usize], size: usize) -> Option<usize> {
    const MOST_OF_NOTHING: usize = 1 << 16;
    if shape.contains(&0) {
        return Some(0);
    }
    let count = shape.iter().try_fold(1, |count: usize, length| count.checked_mul(*length))?;
    count.checked_mul(size)?;
    (size > 0 || count <= MOST_OF_NOTHING).then_some(count)
}

struct Reader {
    left: usize,
}

impl Reader {
    fn dtype<S: AsRef<[u8]>>(&mut self, node: Node<'_, S>, depth: usize) -> Option<DType> {
        self.left = self.left.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        let call = Call::of(node)?;
        match call.class {
            Class::NumpyStringType => return string(&call),
            Class::NumpyDType => {}
            _ => return None,
        }
        // dtype(name or class, align, copy)
        let (count, [name, ..]) = call.up_to::<3>()?;
        (count > 0).then_some(())?;
        let state = if call.is_bare() { None } else { Some(call.state()?) };
        let mut dtype = named(name)?;
        let Some(state) = state else { return Some(dtype) };
        // (version, order, sub-array, names, fields, size, alignment, flags[, metadata])
        let Data::Tuple(parts) = state.data() else { return None };
        matches!(parts.len(), 8 | 9).then_some(())?;
        let order = match text(parts.get(1)?)? {
            ">" => ByteOrder::Big,
            _ => ByteOrder::Little,
        };
        dtype.order = if dtype.size == 1 { ByteOrder::Little } else { order };
        if let Kind::Bytes | Kind::Text | Kind::Void | Kind::Structured(_) = dtype.kind
            && let Some(size) = size(parts.get(5)?)
        {
            dtype.size = size;
            (dtype.kind != Kind::Text || size.is_multiple_of(4)).then_some(())?;
        }
        if let Kind::DateTime(unit) | Kind::TimeDelta(unit) = &mut dtype.kind
            && let Some(metadata) = parts.get(8)
        {
            *unit = time_unit(metadata)?;
        }
        let (base, names, fields) = (parts.get(2)?, parts.get(3)?, parts.get(4)?);
        if !base.is_none() {
            matches!(dtype.kind, Kind::Void).then_some(())?;
            dtype.order = ByteOrder::Little;
            dtype.kind = Kind::SubArray(Box::new(self.sub_array(base, dtype.size, depth)?));
        } else if !names.is_none() {
            const ALIGNED: i64 = 0x80;
            let is_record = match &dtype.kind {
                Kind::Void => false,
                Kind::Structured(structure) => structure.is_record,
                _ => return None,
            };
            let fields = self.fields(names, fields, dtype.size, depth)?;
            let is_aligned = parts.get(7)?.as_i64()? & ALIGNED != 0;
            dtype.order = ByteOrder::Little;
            dtype.kind = Kind::Structured(Box::new(Structure { fields, is_aligned, is_record }));
        }
        Some(dtype)
    }

    /// `(base, shape)`
    fn sub_array<S: AsRef<[u8]>>(
        &mut self,
        node: Node<'_, S>,
        size: usize,
        depth: usize,
    ) -> Option<SubArray> {
        let base = self.dtype(node.at(0)?, depth)?;
        let shape = shape(node.at(1)?)?;
        let fits = count(&shape, base.size)?.checked_mul(base.size)? == size;
        fits.then_some(SubArray { base, shape })
    }

    /// The names in order; name to `(dtype, offset[, title])`.
    fn fields<S: AsRef<[u8]>>(
        &mut self,
        names: Node<'_, S>,
        fields: Node<'_, S>,
        size: usize,
        depth: usize,
    ) -> Option<Vec<Field>> {
        let Data::Tuple(names) = names.data() else { return None };
        names
            .map(|name| {
                let name = text(name)?;
                let field = fields.get(Key::from(name))?;
                let dtype = self.dtype(field.at(0)?, depth)?;
                let offset = self::size(field.at(1)?)?;
                (offset.checked_add(dtype.size)? <= size).then_some(())?;
                // A title may be any object; only text is one to people.
                let title = field.at(2).and_then(text).map(str::to_owned);
                Some(Field { name: name.to_owned(), title, offset, dtype })
            })
            .collect()
    }
}

/// A type without fields by its short text, or the one that a class has.
fn named<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<DType> {
    if let Some(name) = text(node) {
        return DType::parse(name);
    }
    if let Some((Class::NumpyRecord, _)) = class_of(node) {
        let structure = Structure { fields: Vec::new(), is_aligned: false, is_record: true };
        return Some(DType::plain(Kind::Structured(Box::new(structure)), 0, ByteOrder::Little));
    }
    let class = node.as_global()?;
    // jaxlib and TensorFlow had them before `ml_dtypes`, with the same names.
    let extended = Extended::from_name(text(class.name)?)?;
    Some(DType::plain(Kind::Extended(extended), extended.size(), ByteOrder::Little))
}

/// `(metadata or None, (unit, count, 1, 1))`
fn time_unit<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Resolution> {
    let unit = node.at(1)?;
    let is_whole = unit.at(2).is_none_or(|divisor| divisor.as_i64() == Some(1));
    let count = u32::try_from(unit.at(1)?.as_i64()?).ok()?;
    is_whole.then_some(Resolution { unit: Unit::from_name(ascii(unit.at(0)?)?)?, count })
}

/// `_convert_to_stringdtype_kwargs(coerce[, na_object])`
fn string<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<DType> {
    let (count, [coerce, na]) = call.bare()?.up_to()?;
    let coerce = match coerce.data() {
        _ if count == 0 => true,
        Data::Bool(coerce) => coerce,
        Data::Int(coerce) => coerce != 0,
        _ => return None,
    };
    let na = (count == 2).then(|| match na.data() {
        Data::None => Na::None,
        Data::Float(value) if value.is_nan() => Na::NaN,
        Data::Str(text) => Na::Text(text.to_string_lossy().into_owned()),
        _ => Na::Other,
    });
    Some(DType { kind: Kind::String(StringType { coerce, na }), size: STRING_SIZE, order: ByteOrder::Little })
}
