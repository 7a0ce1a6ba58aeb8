//! Columns that are Arrow's in the pickle already: their buffers are taken as they are, but for what lies before the
//! first value.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, BinaryType, ByteArrayType, Date32Type, Decimal128Type, DurationMicrosecondType,
    DurationMillisecondType, DurationNanosecondType, DurationSecondType, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, LargeBinaryType, LargeUtf8Type,
    Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type, Utf8Type,
};
use arrow_array::{ArrayRef, BooleanArray, GenericByteArray, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, NullBuffer, OffsetBuffer, ScalarBuffer};
use half::f16;
use halfsour_classes::memory::{ByteOrder, Number, Numeric};
use halfsour_classes::pandas::{TimeUnit, named_zone};
use halfsour_classes::pyarrow::{Array, DataType, Piece};

use crate::cell::Zone;
use crate::{Budget, TableError};

/// Makes a column of `rows` values, from `start` on; `None` if they are of a type that is read one by one, or if the
/// buffers do not hold them.
pub(crate) fn of_arrow(
    array: &Array<'_>,
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<Option<ArrayRef>, TableError> {
    budget.spend(rows.saturating_mul(8))?;
    let Some(parts) = Parts::of(array, start, rows) else { return Ok(None) };
    Ok(match &array.datatype {
        DataType::Bool => parts.bools(),
        DataType::Number(number) => parts.numbers(*number),
        DataType::Text { large } => parts.bytes::<Utf8Type, LargeUtf8Type>(*large, budget)?,
        DataType::Bytes { large } => parts.bytes::<BinaryType, LargeBinaryType>(*large, budget)?,
        DataType::Timestamp(unit, zone) => {
            let zone = match zone {
                Some(name) => Some(Zone::of(named_zone(name))?.name()),
                None => None,
            };
            match unit {
                TimeUnit::Seconds => parts.times::<TimestampSecondType>(zone),
                TimeUnit::Milliseconds => parts.times::<TimestampMillisecondType>(zone),
                TimeUnit::Microseconds => parts.times::<TimestampMicrosecondType>(zone),
                TimeUnit::Nanoseconds => parts.times::<TimestampNanosecondType>(zone),
            }
        }
        DataType::Duration(unit) => match unit {
            TimeUnit::Seconds => parts.primitive::<DurationSecondType>(),
            TimeUnit::Milliseconds => parts.primitive::<DurationMillisecondType>(),
            TimeUnit::Microseconds => parts.primitive::<DurationMicrosecondType>(),
            TimeUnit::Nanoseconds => parts.primitive::<DurationNanosecondType>(),
        },
        DataType::Date32 => parts.primitive::<Date32Type>(),
        DataType::Time(TimeUnit::Microseconds) => parts.primitive::<Time64MicrosecondType>(),
        DataType::Time(TimeUnit::Nanoseconds) => parts.primitive::<Time64NanosecondType>(),
        DataType::Decimal { precision, scale } => parts.decimals(*precision, *scale),
        _ => None,
    })
}

/// The pieces of a column, with the places of its values in each.
struct Parts<'g> {
    all: Vec<(Piece<'g>, Range<usize>)>,
    rows: usize,
}

impl<'g> Parts<'g> {
    fn of(array: &Array<'g>, start: usize, rows: usize) -> Option<Self> {
        let (mut before, mut left) = (start, rows);
        let mut all = Vec::new();
        for piece in array.pieces() {
            let skipped = before.min(piece.len);
            let len = (piece.len - skipped).min(left);
            (before, left) = (before - skipped, left - len);
            if len > 0 {
                let first = piece.offset.checked_add(skipped)?;
                let places = first..first.checked_add(len)?;
                if piece.validity.is_some_and(|bits| !has_bits(bits, &places)) {
                    return None;
                }
                all.push((piece, places));
            }
        }
        (left == 0).then_some(Self { all, rows })
    }

    /// Copies bits, which each piece has to its end, or not at all: then they are set.
    fn bits(&self, of: impl Fn(&Piece<'g>) -> Option<&'g [u8]>) -> BooleanBuffer {
        let mut bits = BooleanBufferBuilder::new(self.rows);
        for (piece, places) in &self.all {
            match of(piece) {
                Some(held) => bits.append_packed_range(places.clone(), held),
                None => bits.append_n(places.len(), true),
            }
        }
        bits.build()
    }

    /// Returns which values are missing; `None` if none is.
    fn nulls(&self) -> Option<NullBuffer> {
        self.all.iter().find_map(|(piece, _)| piece.validity)?;
        let nulls = NullBuffer::new(self.bits(|piece| piece.validity));
        (nulls.null_count() > 0).then_some(nulls)
    }

    /// Copies the values of all pieces, `size` bytes each.
    fn values<T>(&self, size: usize, read: impl Fn(&[u8]) -> Vec<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        for (piece, places) in &self.all {
            let [start, end] = [places.start, places.end].map(|place| place.checked_mul(size));
            let values = read(piece.values.get(start?..end?)?);
            if all.is_empty() {
                all = values;
            } else {
                all.extend(values);
            }
        }
        Some(all)
    }

    fn typed<T: ArrowPrimitiveType<Native: Numeric>>(&self) -> Option<PrimitiveArray<T>> {
        let read = |bytes: &[u8]| T::Native::read_all(bytes, ByteOrder::Little);
        let values = self.values(size_of::<T::Native>(), read)?;
        Some(PrimitiveArray::new(ScalarBuffer::from(values), self.nulls()))
    }

    fn primitive<T: ArrowPrimitiveType<Native: Numeric>>(&self) -> Option<ArrayRef> {
        Some(Arc::new(self.typed::<T>()?))
    }

    fn times<T>(&self, zone: Option<String>) -> Option<ArrayRef>
    where
        T: arrow_array::types::ArrowTimestampType<Native: Numeric>,
    {
        Some(Arc::new(self.typed::<T>()?.with_timezone_opt(zone)))
    }

    fn bools(&self) -> Option<ArrayRef> {
        if !self.all.iter().all(|(piece, places)| has_bits(piece.values, places)) {
            return None;
        }
        let values = self.bits(|piece| Some(piece.values));
        Some(Arc::new(BooleanArray::new(values, self.nulls())))
    }

    fn decimals(&self, precision: u8, scale: i8) -> Option<ArrayRef> {
        let int = |bytes: &[u8]| i128::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default());
        let values = self.values(16, |bytes| bytes.chunks_exact(16).map(int).collect())?;
        let array = PrimitiveArray::<Decimal128Type>::new(ScalarBuffer::from(values), self.nulls());
        array.validate_decimal_precision(precision).ok()?;
        Some(Arc::new(array.with_precision_and_scale(precision, scale).ok()?))
    }

    fn numbers(&self, number: Number) -> Option<ArrayRef> {
        match number {
            Number::Bool => None,
            Number::Float16 => {
                let of_bits = |bytes: &[u8]| {
                    u16::read_all(bytes, ByteOrder::Little).into_iter().map(f16::from_bits).collect()
                };
                let values = ScalarBuffer::from(self.values(2, of_bits)?);
                Some(Arc::new(PrimitiveArray::<Float16Type>::new(values, self.nulls())))
            }
            Number::Int8 => self.primitive::<Int8Type>(),
            Number::Int16 => self.primitive::<Int16Type>(),
            Number::Int32 => self.primitive::<Int32Type>(),
            Number::Int64 => self.primitive::<Int64Type>(),
            Number::UInt8 => self.primitive::<UInt8Type>(),
            Number::UInt16 => self.primitive::<UInt16Type>(),
            Number::UInt32 => self.primitive::<UInt32Type>(),
            Number::UInt64 => self.primitive::<UInt64Type>(),
            Number::Float32 => self.primitive::<Float32Type>(),
            Number::Float64 => self.primitive::<Float64Type>(),
        }
    }

    /// Makes an array of text or bytes, of the type with ends of 64 bits only if they need them.
    fn bytes<T, L>(&self, large: bool, budget: &mut Budget) -> Result<Option<ArrayRef>, TableError>
    where
        T: ByteArrayType<Offset = i32>,
        L: ByteArrayType<Offset = i64>,
    {
        let Some((spans, length)) = self.spans(large) else { return Ok(None) };
        budget.spend(length)?;
        let (mut ends, mut data) = (Vec::with_capacity(self.rows + 1), Vec::with_capacity(length));
        ends.push(0_i64);
        for (bounds, held) in spans {
            let (Some(first), Some(end)) = (bounds.first(), ends.last().copied()) else { return Ok(None) };
            ends.extend(bounds[1..].iter().map(|bound| end + bound - first));
            data.extend_from_slice(held);
        }
        let nulls = self.nulls();
        let short: Result<Vec<_>, _> = ends.iter().map(|end| i32::try_from(*end)).collect();
        Ok(match short {
            Ok(ends) => joined::<T>(ends, data, nulls),
            Err(_) => joined::<L>(ends, data, nulls),
        })
    }

    /// Returns the bounds of the texts of each piece, which rise, with the bytes from the first to the last of them,
    /// and the length of all.
    fn spans(&self, large: bool) -> Option<(Vec<Span<'g>>, usize)> {
        let (size, mut all, mut length) = (if large { 8 } else { 4 }, Vec::new(), 0_usize);
        for (piece, places) in &self.all {
            let [start, end] = [places.start, places.end + 1].map(|place| place.checked_mul(size));
            let bytes = piece.values.get(start?..end?)?;
            let bounds: Vec<i64> = if large {
                i64::read_all(bytes, ByteOrder::Little)
            } else {
                i32::read_all(bytes, ByteOrder::Little).into_iter().map(i64::from).collect()
            };
            let [first, last] = [bounds.first(), bounds.last()].map(|bound| usize::try_from(*bound?).ok());
            let held = piece.data.get(first?..last?)?;
            if !bounds.is_sorted() {
                return None;
            }
            length = length.checked_add(held.len())?;
            all.push((bounds, held));
        }
        Some((all, length))
    }
}

/// The bounds of some texts, and the bytes from the first to the last of them.
type Span<'g> = (Vec<i64>, &'g [u8]);

fn has_bits(bits: &[u8], places: &Range<usize>) -> bool {
    bits.len() >= places.end.div_ceil(8)
}

/// Makes an array of text or bytes. All text is looked at at once, and where nothing is, there may be anything: such
/// a column is read one by one.
fn joined<T: ByteArrayType>(
    ends: Vec<T::Offset>,
    data: Vec<u8>,
    nulls: Option<NullBuffer>,
) -> Option<ArrayRef> {
    let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
    Some(Arc::new(GenericByteArray::<T>::try_new(ends, data.into(), nulls).ok()?))
}
