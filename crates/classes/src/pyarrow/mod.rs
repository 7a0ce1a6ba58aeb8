//! pyarrow: arrays, as it pickles them, of the types that columns of tables mostly have.

mod datatype;
mod nested;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use halfsour_value::{Data, Node};

pub use datatype::{DataType, Field};
pub use nested::{List, Struct};

pub use crate::time::{Day, TimeUnit};

use crate::call::Call;
use crate::memory::{ByteOrder, Number, Scalar};
use crate::names::Class;

use datatype::Room;

/// A `pyarrow.Array` or `ChunkedArray`. All chunks have one type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Array<'g> {
    /// The type of its values.
    pub datatype: DataType<'g>,
    chunks: Vec<Chunk<'g>>,
    /// The number of values in all chunks up to the end of each.
    ends: Vec<usize>,
    /// The number of values in it and in the arrays that it is made of.
    held: usize,
}

/// A value in an [`Array`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value<'g> {
    /// None.
    Null,
    /// A number.
    Scalar(Scalar),
    /// Text.
    Text(&'g str),
    /// Bytes.
    Bytes(&'g [u8]),
    /// So many of the unit after 1970 began; in UTC, if the type has a zone.
    Timestamp(i64, TimeUnit),
    /// So many of the unit.
    Duration(i64, TimeUnit),
    /// A day.
    Day(Day),
    /// The time of day: so many of the unit after midnight.
    Time(i64, TimeUnit),
    /// A decimal number.
    Decimal(Decimal),
    /// The values of a list; of a map, the keys and values, each a `struct` of two.
    List(List<'g>),
    /// A value of each field.
    Struct(Struct<'g>),
}

/// A decimal number. Its `Display` is all its digits: `1.50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Decimal {
    /// All its digits, without the point.
    pub digits: i128,
    /// The number of digits after the point; if it is negative, the number of zeros that are left out before it.
    pub scale: i8,
}

/// An array of one piece. What lies before `offset` is not of it.
#[derive(Clone, Debug)]
struct Chunk<'g> {
    len: usize,
    offset: usize,
    /// A bit for each, which is not set where there is none.
    validity: Option<&'g [u8]>,
    /// The values, or where they end.
    values: &'g [u8],
    /// Of text and bytes: all of them.
    data: &'g [u8],
    /// Of a dictionary: the values that the ints stand for.
    dictionary: Option<Arc<Array<'g>>>,
    /// Of lists: all their values, an array; of a struct, an array for each field.
    children: Arc<[Arc<Array<'g>>]>,
}

/// A part of an [`Array`] as it lies in memory, for those who take the values all at once.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Piece<'g> {
    /// The number of values.
    pub len: usize,
    /// The place of the first value: those before it are not of the array.
    pub offset: usize,
    /// A bit for each place, the least significant first, which is not set where there is no value; `None`, if each is there.
    pub validity: Option<&'g [u8]>,
    /// The values, little-endian; of bools, a bit for each place; of text and bytes, where they end, from the place before the first on.
    pub values: &'g [u8],
    /// Of text and bytes: all of them.
    pub data: &'g [u8],
}

impl<'g> Array<'g> {
    /// Reads an array: a call of `_restore_array`, or of `chunked_array` with such.
    pub fn of<S: AsRef<[u8]>>(node: Node<'g, S>) -> Option<Self> {
        Self::called(&Call::of(node)?)
    }

    pub(crate) fn called<S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Self> {
        let mut room = Room::default();
        let chunks = match call.class {
            Class::ArrowArray => {
                let [parts] = call.bare()?.exactly()?;
                vec![read(parts, &mut room)?]
            }
            Class::ArrowChunks => {
                let (_, [chunks, of]) = call.bare()?.up_to()?;
                let mut all = Vec::new();
                for chunk in chunks.elements()? {
                    let [parts] = Call::of_class(chunk, Class::ArrowArray)?.bare()?.exactly()?;
                    all.push(read(parts, &mut room)?);
                }
                if all.is_empty() {
                    let datatype = DataType::of(of)?;
                    return Some(Self { datatype, chunks: Vec::new(), ends: Vec::new(), held: 0 });
                }
                all
            }
            _ => return None,
        };
        Self::joined(chunks)
    }

    fn joined(parts: Vec<(DataType<'g>, Chunk<'g>)>) -> Option<Self> {
        let datatype = parts.first()?.0.clone();
        let (mut chunks, mut ends, mut end, mut held) = (Vec::new(), Vec::new(), 0_usize, 0_usize);
        for (of, chunk) in parts {
            end = end.checked_add(chunk.len).filter(|_| of == datatype)?;
            held = chunk.children.iter().fold(held, |held, child| held.saturating_add(child.held()));
            chunks.push(chunk);
            ends.push(end);
        }
        // Nulls alone have no bytes, so there may be said to be any number of them.
        let own = if datatype == DataType::Null { end.min(1 << 16) } else { end };
        Some(Self { datatype, chunks, ends, held: held.saturating_add(own) })
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or_default()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the values with these indices, as far as there are any.
    #[must_use]
    pub fn slice(&self, span: Range<usize>) -> Self {
        let (mut chunks, mut ends, mut before, mut end) = (Vec::new(), Vec::new(), 0, 0);
        for (chunk, &all) in self.chunks.iter().zip(&self.ends) {
            let (from, to) = (span.start.max(before), span.end.min(all));
            if from < to {
                let (len, offset) = (to - from, chunk.offset + (from - before));
                end += len;
                chunks.push(Chunk { len, offset, ..chunk.clone() });
                ends.push(end);
            }
            before = all;
        }
        Self { datatype: self.datatype.clone(), chunks, ends, held: self.held }
    }

    /// The pieces that it lies in, one after the other.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'g>> {
        self.chunks.iter().map(|chunk| Piece {
            len: chunk.len,
            offset: chunk.offset,
            validity: chunk.validity,
            values: chunk.values,
            data: chunk.data,
        })
    }

    /// The number of values in it and in the arrays that it is made of, as far as these have bytes: no value of a genuine array is made of
    /// more.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// The value with this index; `None` if there is none, or if the buffers do not hold it.
    pub fn get(&self, index: usize) -> Option<Value<'g>> {
        let at = self.ends.partition_point(|end| *end <= index);
        let before = if at == 0 { 0 } else { self.ends[at - 1] };
        self.chunks.get(at)?.get(&self.datatype, index - before)
    }
}

impl<'g> Chunk<'g> {
    fn get(&self, datatype: &DataType<'g>, index: usize) -> Option<Value<'g>> {
        if index >= self.len {
            return None;
        }
        let at = self.offset + index;
        if self.validity.is_some_and(|bits| !is_set(bits, at)) {
            return Some(Value::Null);
        }
        Some(match datatype {
            DataType::Null => Value::Null,
            DataType::Bool => Value::Scalar(Scalar::Bool(is_set(self.values, at))),
            DataType::Number(of) => Value::Scalar(number(*of, self.values, at)?),
            DataType::Text { large } => Value::Text(std::str::from_utf8(self.slice(*large, at)?).ok()?),
            DataType::Bytes { large } => Value::Bytes(self.slice(*large, at)?),
            DataType::FixedBytes(size) => Value::Bytes(piece(self.values, at, *size)?),
            DataType::Timestamp(unit, _) => Value::Timestamp(int(self.values, at, 8)?, *unit),
            DataType::Duration(unit) => Value::Duration(int(self.values, at, 8)?, *unit),
            DataType::Date32 => Value::Day(Day(int(self.values, at, 4)?)),
            DataType::Date64 => Value::Day(Day(int(self.values, at, 8)?.div_euclid(86_400_000))),
            DataType::Time(unit @ (TimeUnit::Seconds | TimeUnit::Milliseconds)) => {
                Value::Time(int(self.values, at, 4)?, *unit)
            }
            DataType::Time(unit) => Value::Time(int(self.values, at, 8)?, *unit),
            DataType::Decimal { scale, .. } => {
                let digits = i128::from_le_bytes(piece(self.values, at, 16)?.try_into().ok()?);
                Value::Decimal(Decimal { digits, scale: *scale })
            }
            DataType::Dictionary { index, .. } => {
                let code = match number(*index, self.values, at)? {
                    Scalar::Int(code) => usize::try_from(code).ok()?,
                    Scalar::UInt(code) => usize::try_from(code).ok()?,
                    _ => return None,
                };
                self.dictionary.as_ref()?.get(code)?
            }
            DataType::List { large, .. } => Value::List(self.list(self.span(*large, at)?)?),
            DataType::Map { .. } => Value::List(self.list(self.span(false, at)?)?),
            DataType::FixedList { size, .. } => {
                let start = at.checked_mul(*size)?;
                Value::List(self.list(start..start.checked_add(*size)?)?)
            }
            DataType::Struct(_) => Value::Struct(Struct { fields: Arc::clone(&self.children), at }),
        })
    }

    /// The span of text, bytes or a list: from where those before end to where it ends.
    fn span(&self, large: bool, at: usize) -> Option<Range<usize>> {
        let width = if large { 8 } else { 4 };
        let [start, end] =
            [at, at + 1].map(|at| int(self.values, at, width).and_then(|at| usize::try_from(at).ok()));
        Some(start?..end?)
    }

    fn slice(&self, large: bool, at: usize) -> Option<&'g [u8]> {
        self.data.get(self.span(large, at)?)
    }

    fn list(&self, span: Range<usize>) -> Option<List<'g>> {
        let all = self.children.first()?;
        (span.start <= span.end && span.end <= all.len()).then(|| List { all: Arc::clone(all), span })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = self.digits.unsigned_abs();
        match usize::try_from(self.scale) {
            Ok(0) => write!(f, "{sign}{digits}"),
            Ok(scale) => {
                let digits = format!("{digits:0width$}", width = scale + 1);
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                write!(f, "{sign}{whole}.{fraction}")
            }
            Err(_) => write!(f, "{sign}{digits}E+{}", self.scale.unsigned_abs()),
        }
    }
}

fn is_set(bits: &[u8], at: usize) -> bool {
    bits.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
}

fn piece(bytes: &[u8], at: usize, size: usize) -> Option<&[u8]> {
    let start = at.checked_mul(size)?;
    bytes.get(start..start.checked_add(size)?)
}

fn int(bytes: &[u8], at: usize, size: usize) -> Option<i64> {
    let piece = piece(bytes, at, size)?;
    Some(match size {
        4 => i32::from_le_bytes(piece.try_into().ok()?).into(),
        _ => i64::from_le_bytes(piece.try_into().ok()?),
    })
}

fn number(number: Number, bytes: &[u8], at: usize) -> Option<Scalar> {
    number.read(piece(bytes, at, number.size())?, ByteOrder::Little)
}

/// `(type, length, nulls, offset, [buffers], [children], dictionary)`
fn read<'g, S: AsRef<[u8]>>(parts: Node<'g, S>, room: &mut Room) -> Option<(DataType<'g>, Chunk<'g>)> {
    let Data::Tuple(parts) = parts.data() else { return None };
    let (datatype, [len, offset]) = (DataType::read(parts.get(0)?, room)?, [1, 3]);
    let size = |at| parts.get(at).and_then(Node::as_i64).and_then(|size| usize::try_from(size).ok());
    let (len, offset) = (size(len)?, size(offset)?);
    let end = offset.checked_add(len)?;
    let buffers = parts.get(4)?.elements()?;
    let buffer = |at| buffers.get(at).filter(|buffer| !buffer.is_none());
    let held = |at| buffer(at).map_or(Some(&[][..]), bytes);
    let (values, data) = (held(1)?, held(2)?);
    let validity = match buffer(0) {
        Some(bits) => Some(bytes(bits)?),
        None => None,
    };
    let dictionary = match &datatype {
        DataType::Dictionary { .. } => {
            let of = parts.get(6)?;
            Some(Arc::new(Array::joined(vec![room.enter(|room| read(of, room))?])?))
        }
        _ => None,
    };
    let children = nested::children(&datatype, end, parts.get(5)?, room)?;
    let bits = end.div_ceil(8);
    let needed = match &datatype {
        // No bytes: what such an array says of its length costs nothing.
        DataType::Null | DataType::Struct(_) | DataType::FixedList { .. } => 0,
        DataType::Bool => bits,
        DataType::Text { large } | DataType::Bytes { large } | DataType::List { large, .. } => {
            let ends = if len == 0 { 0 } else { end.checked_add(1)? };
            ends.checked_mul(if *large { 8 } else { 4 })?
        }
        DataType::Number(number) | DataType::Dictionary { index: number, .. } => {
            end.checked_mul(number.size())?
        }
        DataType::FixedBytes(size) => end.checked_mul(*size)?,
        DataType::Date32 | DataType::Time(TimeUnit::Seconds | TimeUnit::Milliseconds) => {
            end.checked_mul(4)?
        }
        DataType::Timestamp(..) | DataType::Duration(_) | DataType::Date64 | DataType::Time(_) => {
            end.checked_mul(8)?
        }
        DataType::Decimal { .. } => end.checked_mul(16)?,
        DataType::Map { .. } => (if len == 0 { 0 } else { end.checked_add(1)? }).checked_mul(4)?,
    };
    let fits = values.len() >= needed && validity.is_none_or(|validity| validity.len() >= bits);
    fits.then_some((datatype, Chunk { len, offset, validity, values, data, dictionary, children }))
}

/// `py_buffer(bytes)`, of which the bytes may be beside the pickle.
fn bytes<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<&[u8]> {
    let [buffer] = Call::of_class(node, Class::ArrowBuffer)?.bare()?.exactly()?;
    // A view of a view says nothing more.
    let held = match buffer.data() {
        Data::ReadOnly(shown) => shown,
        _ => buffer,
    };
    match held.data() {
        Data::Buffer(index) => held.graph().buffers().get(index).map(AsRef::as_ref),
        Data::Bytes(bytes) | Data::ByteArray(bytes) => Some(bytes),
        _ => None,
    }
}
