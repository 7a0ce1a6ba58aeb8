//! Columns whose values lie in the pickle as they do in memory: they are taken all at once.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::types::{
    ArrowDictionaryKeyType, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use half::f16;
use halfsour_classes::memory::{Number, Numbers, Numeric};
use halfsour_classes::pandas::{Grid, TimeUnit, Values};
use halfsour_classes::time::NAT;

use crate::values::zone;
use crate::{Budget, TableError};

/// Makes a column of numbers or times, from `start` on; `None` if they do not lie in memory as such.
pub(crate) fn of_values<S: AsRef<[u8]> + Clone>(
    values: &Values<'_, S>,
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<Option<ArrayRef>, TableError> {
    let (Values::Numpy(grid)
    | Values::Times { ticks: grid, .. }
    | Values::Deltas { ticks: grid, .. }
    | Values::Masked { values: grid, .. }) = values
    else {
        return Ok(None);
    };
    let Some(all) = column(grid, start, rows) else { return Ok(None) };
    budget.spend(rows.saturating_mul(8))?;
    Ok(match values {
        Values::Times { unit, tz, .. } => {
            let Some(ticks) = as_type::<i64>(all) else { return Ok(None) };
            let zone = zone(tz.as_ref())?;
            Some(match unit {
                TimeUnit::Seconds => {
                    counted::<TimestampSecondType>(ticks, |array| array.with_timezone_opt(zone))
                }
                TimeUnit::Milliseconds => {
                    counted::<TimestampMillisecondType>(ticks, |array| array.with_timezone_opt(zone))
                }
                TimeUnit::Microseconds => {
                    counted::<TimestampMicrosecondType>(ticks, |array| array.with_timezone_opt(zone))
                }
                TimeUnit::Nanoseconds => {
                    counted::<TimestampNanosecondType>(ticks, |array| array.with_timezone_opt(zone))
                }
            })
        }
        Values::Deltas { unit, .. } => as_type::<i64>(all).map(|ticks| match unit {
            TimeUnit::Seconds => counted::<DurationSecondType>(ticks, |array| array),
            TimeUnit::Milliseconds => counted::<DurationMillisecondType>(ticks, |array| array),
            TimeUnit::Microseconds => counted::<DurationMicrosecondType>(ticks, |array| array),
            TimeUnit::Nanoseconds => counted::<DurationNanosecondType>(ticks, |array| array),
        }),
        Values::Masked { mask, .. } => {
            let missing = column(mask, start, rows).and_then(|mask| mask.to_vec::<bool>().ok());
            missing.zip(grid.dtype().number()).and_then(|(missing, number)| {
                let nulls = missing.contains(&true).then(|| missing.iter().map(|missing| !missing).collect());
                of_numbers(number, all, nulls)
            })
        }
        _ => grid.dtype().number().and_then(|number| of_numbers(number, all, None)),
    })
}

/// Returns the numbers of a column of a grid, of which some rows may be wanted. The rows of the array are columns.
fn column<'g, S: AsRef<[u8]>>(grid: &Grid<'g, S>, start: usize, rows: usize) -> Option<Numbers<'g>> {
    let mut all = grid.array.numbers().ok()?;
    let each = grid.rows().max(1);
    let [column, first] = [start / each, start % each].map(|place| place as u64);
    let (apart, stride) = match *all.strided.strides.as_slice() {
        [apart, stride] => (apart, stride),
        [stride] => (0, stride),
        _ => return None,
    };
    all.strided.offset = column.saturating_mul(apart).saturating_add(first.saturating_mul(stride));
    all.strided.strides = vec![stride];
    all.strided.shape = vec![rows as u64];
    Some(all)
}

/// Returns the numbers as those of a type that has as many bits.
fn as_type<T: Numeric>(mut all: Numbers<'_>) -> Option<Vec<T>> {
    all.dtype = Cow::Borrowed(T::DTYPE);
    all.to_vec().ok()
}

/// Returns the counts of time of a column of a grid.
pub(crate) fn ticks<S: AsRef<[u8]>>(grid: &Grid<'_, S>, start: usize, rows: usize) -> Option<Vec<i64>> {
    as_type(column(grid, start, rows)?)
}

/// Makes an array of numbers; `None` if the bytes are not as many.
pub(crate) fn of_numbers(number: Number, all: Numbers<'_>, nulls: Option<NullBuffer>) -> Option<ArrayRef> {
    fn of<T: ArrowPrimitiveType<Native: Numeric>>(
        all: &Numbers<'_>,
        nulls: Option<NullBuffer>,
    ) -> Option<ArrayRef> {
        let values: Vec<T::Native> = all.to_vec().ok()?;
        Some(Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), nulls)))
    }
    match number {
        Number::Bool => {
            let values = BooleanBuffer::from(all.to_vec::<bool>().ok()?);
            Some(Arc::new(BooleanArray::new(values, nulls)))
        }
        Number::Float16 => {
            let values: Vec<f16> = as_type::<u16>(all)?.into_iter().map(f16::from_bits).collect();
            Some(Arc::new(PrimitiveArray::<Float16Type>::new(ScalarBuffer::from(values), nulls)))
        }
        Number::Int8 => of::<Int8Type>(&all, nulls),
        Number::Int16 => of::<Int16Type>(&all, nulls),
        Number::Int32 => of::<Int32Type>(&all, nulls),
        Number::Int64 => of::<Int64Type>(&all, nulls),
        Number::UInt8 => of::<UInt8Type>(&all, nulls),
        Number::UInt16 => of::<UInt16Type>(&all, nulls),
        Number::UInt32 => of::<UInt32Type>(&all, nulls),
        Number::UInt64 => of::<UInt64Type>(&all, nulls),
        Number::Float32 => of::<Float32Type>(&all, nulls),
        Number::Float64 => of::<Float64Type>(&all, nulls),
    }
}

/// Makes an array of counts of time, of which one means that there is none.
pub(crate) fn counted<T: ArrowPrimitiveType<Native = i64>>(
    ticks: Vec<i64>,
    with_zone: impl FnOnce(PrimitiveArray<T>) -> PrimitiveArray<T>,
) -> ArrayRef {
    let nulls = ticks.contains(&NAT).then(|| ticks.iter().map(|ticks| *ticks != NAT).collect());
    Arc::new(with_zone(PrimitiveArray::new(ScalarBuffer::from(ticks), nulls)))
}

/// Makes the keys of a dictionary of codes, of which those below 0 mean that a value is missing.
pub(crate) fn keys<T, S>(codes: &Grid<'_, S>, start: usize, rows: usize) -> Option<PrimitiveArray<T>>
where
    T: ArrowDictionaryKeyType<Native: Numeric>,
    S: AsRef<[u8]>,
{
    let codes: Vec<T::Native> = column(codes, start, rows)?.to_vec().ok()?;
    let zero = T::Native::default();
    let is_missing = |code: &T::Native| *code < zero;
    let nulls = codes.iter().any(is_missing).then(|| codes.iter().map(|code| !is_missing(code)).collect());
    Some(PrimitiveArray::new(ScalarBuffer::from(codes), nulls))
}
