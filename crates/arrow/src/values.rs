//! Columns of arrays of pandas and numpy.

use std::sync::Arc;

use arrow_array::types::{
    ArrowDictionaryKeyType, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, ArrowPrimitiveType, BooleanArray, DictionaryArray, PrimitiveArray};

use crate::cell::{Cell, Zone};
use crate::{Budget, TableError, column};
use halfsour_classes::numpy::{DType, Kind};
use halfsour_classes::pandas::{self, Categories, Index, Labels, TimeUnit, Values};
use halfsour_classes::pyarrow::DataType;
use halfsour_classes::torch;

/// Returns the value in a row.
type Get<'a, 'g, S> = &'a dyn Fn(usize) -> Option<pandas::Cell<'g, S>>;

/// Makes a column of `rows` values, from `start` on.
pub(crate) fn of_values<S: AsRef<[u8]>>(
    values: &Values<'_, S>,
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    match values {
        Values::Categorical(categories) => categorical(categories, start, rows, budget),
        _ => of_rows(values, rows, &|row| values.get(start + row), budget),
    }
}

/// Makes columns of the labels of an index, one for each level.
pub(crate) fn of_index<'g, S: AsRef<[u8]>>(
    index: &Index<'g, S>,
    budget: &mut Budget,
) -> Result<Vec<ArrayRef>, TableError> {
    let rows = index.len();
    match &index.labels {
        Labels::Range { .. } => {
            budget.spend(rows.saturating_mul(8))?;
            Ok(vec![primitive::<Int64Type, S>(rows, &|row| index.get(row), int)?])
        }
        Labels::Values(values) => Ok(vec![of_values(values, 0, rows, budget)?]),
        Labels::Levels(levels) => {
            let level = |level: &pandas::Level<'g, S>| {
                let get = |row: usize| match level.codes.get(row)? {
                    pandas::Cell::Int(code) => match usize::try_from(code) {
                        Ok(code) => level.labels.get(code),
                        Err(_) => Some(pandas::Cell::Missing),
                    },
                    _ => None,
                };
                match &level.labels.labels {
                    Labels::Values(values) => of_rows(values, rows, &get, budget),
                    _ => objects(rows, &get, budget),
                }
            };
            levels.iter().map(level).collect()
        }
    }
}

/// Returns numpy's type for the same numbers.
fn of_arrow(dtype: torch::DType) -> Result<DType, TableError> {
    let name = dtype.name();
    let (kind, bits) = name.split_at(name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len()));
    let bytes = bits.parse::<usize>().map_or(0, |bits| bits / 8);
    let text = format!("{}{bytes}", &kind[..1]);
    DType::parse(&text)
        .ok_or_else(|| TableError::new(format!("no Arrow column type for numbers of type {name}")))
}

/// Makes a column of values that have one type.
fn of_rows<S: AsRef<[u8]>>(
    values: &Values<'_, S>,
    rows: usize,
    get: Get<'_, '_, S>,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend(rows.saturating_mul(8))?;
    match values {
        Values::Numpy(grid) | Values::Masked { values: grid, .. } => numbers(grid.dtype(), rows, get, budget),
        Values::Arrow { array, .. } => match &array.datatype {
            DataType::Number(dtype) => numbers(&of_arrow(*dtype)?, rows, get, budget),
            _ => objects(rows, get, budget),
        },
        Values::Times { unit, tz, .. } => {
            let zone = match tz {
                None => None,
                Some((_, Some(zone))) => Some(Zone::of(*zone)?.name()),
                Some((_, None)) => return Err(TableError::new("times in a zone that is not known")),
            };
            match unit {
                TimeUnit::Seconds => times::<TimestampSecondType, S>(rows, get, zone),
                TimeUnit::Milliseconds => times::<TimestampMillisecondType, S>(rows, get, zone),
                TimeUnit::Microseconds => times::<TimestampMicrosecondType, S>(rows, get, zone),
                TimeUnit::Nanoseconds => times::<TimestampNanosecondType, S>(rows, get, zone),
            }
        }
        Values::Deltas { unit, .. } => match unit {
            TimeUnit::Seconds => primitive::<DurationSecondType, S>(rows, get, ticks),
            TimeUnit::Milliseconds => primitive::<DurationMillisecondType, S>(rows, get, ticks),
            TimeUnit::Microseconds => primitive::<DurationMicrosecondType, S>(rows, get, ticks),
            TimeUnit::Nanoseconds => primitive::<DurationNanosecondType, S>(rows, get, ticks),
        },
        Values::Other(_) => Err(TableError::new("an array of a class that is not known")),
        _ => objects(rows, get, budget),
    }
}

/// Makes a column of values that have a type each.
fn objects<S: AsRef<[u8]>>(
    rows: usize,
    get: Get<'_, '_, S>,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend(rows.saturating_mul(size_of::<Cell<'_>>()))?;
    let cell = |row: usize| {
        let cell = get(row).ok_or(TableError::new(UNREADABLE));
        cell.and_then(Cell::of_pandas).map_err(|error| error.at(row))
    };
    column::of_cells(&(0..rows).map(cell).collect::<Result<Vec<_>, _>>()?, budget)
}

const UNREADABLE: &str = "a value that cannot be read";

fn primitive<T: ArrowPrimitiveType, S>(
    rows: usize,
    get: Get<'_, '_, S>,
    read: impl Fn(&pandas::Cell<'_, S>) -> Option<T::Native>,
) -> Result<ArrayRef, TableError> {
    Ok(Arc::new(typed::<T, S>(rows, get, read)?))
}

fn typed<T: ArrowPrimitiveType, S>(
    rows: usize,
    get: Get<'_, '_, S>,
    read: impl Fn(&pandas::Cell<'_, S>) -> Option<T::Native>,
) -> Result<PrimitiveArray<T>, TableError> {
    let value = |row: usize| match get(row) {
        Some(pandas::Cell::Missing) => Ok(None),
        cell => cell.and_then(|cell| read(&cell)).map(Some).ok_or(TableError::new(UNREADABLE).at(row)),
    };
    (0..rows).map(value).collect()
}

fn times<T: arrow_array::types::ArrowTimestampType, S>(
    rows: usize,
    get: Get<'_, '_, S>,
    zone: Option<String>,
) -> Result<ArrayRef, TableError> {
    Ok(Arc::new(typed::<T, S>(rows, get, ticks)?.with_timezone_opt(zone)))
}

fn ticks<S>(cell: &pandas::Cell<'_, S>) -> Option<i64> {
    match cell {
        pandas::Cell::Timestamp(timestamp) => Some(timestamp.ticks),
        pandas::Cell::Timedelta(delta) => Some(delta.ticks),
        _ => None,
    }
}

fn int<S, T: TryFrom<i64>>(cell: &pandas::Cell<'_, S>) -> Option<T> {
    match cell {
        pandas::Cell::Int(value) => T::try_from(*value).ok(),
        _ => None,
    }
}

fn unsigned<S, T: TryFrom<u64>>(cell: &pandas::Cell<'_, S>) -> Option<T> {
    match cell {
        pandas::Cell::UInt(value) => T::try_from(*value).ok(),
        _ => None,
    }
}

fn float<S>(cell: &pandas::Cell<'_, S>) -> Option<f64> {
    match cell {
        pandas::Cell::Float(value) => Some(*value),
        _ => None,
    }
}

/// Makes a column of numbers of one type, or of objects.
fn numbers<S: AsRef<[u8]>>(
    dtype: &DType,
    rows: usize,
    get: Get<'_, '_, S>,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    match (&dtype.kind, dtype.size) {
        (Kind::Bool, _) => {
            let value = |row: usize| match get(row) {
                Some(pandas::Cell::Missing) => Ok(None),
                Some(pandas::Cell::Bool(value)) => Ok(Some(value)),
                _ => Err(TableError::new(UNREADABLE).at(row)),
            };
            Ok(Arc::new((0..rows).map(value).collect::<Result<BooleanArray, _>>()?))
        }
        (Kind::Int, 1) => primitive::<Int8Type, S>(rows, get, int),
        (Kind::Int, 2) => primitive::<Int16Type, S>(rows, get, int),
        (Kind::Int, 4) => primitive::<Int32Type, S>(rows, get, int),
        (Kind::Int, _) => primitive::<Int64Type, S>(rows, get, int),
        (Kind::UInt, 1) => primitive::<UInt8Type, S>(rows, get, unsigned),
        (Kind::UInt, 2) => primitive::<UInt16Type, S>(rows, get, unsigned),
        (Kind::UInt, 4) => primitive::<UInt32Type, S>(rows, get, unsigned),
        (Kind::UInt, _) => primitive::<UInt64Type, S>(rows, get, unsigned),
        (Kind::Float, 2) => {
            primitive::<Float16Type, S>(rows, get, |cell| float(cell).map(half::f16::from_f64))
        }
        // The value was read from a float of 32 bits.
        #[allow(clippy::cast_possible_truncation)]
        (Kind::Float, 4) => {
            primitive::<Float32Type, S>(rows, get, |cell| float(cell).map(|value| value as f32))
        }
        (Kind::Float, 8) => primitive::<Float64Type, S>(rows, get, float),
        (Kind::Object, _) => objects(rows, get, budget),
        _ => Err(TableError::new(format!("no Arrow column type for numbers of type {dtype}"))),
    }
}

/// Makes a dictionary of Arrow: the categories, and which of them each row has.
fn categorical<S: AsRef<[u8]>>(
    of: &Categories<'_, S>,
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend(rows.saturating_mul(8))?;
    let mut values = of_index(&of.categories, budget)?;
    let (Some(values), true) = (values.pop(), values.is_empty()) else {
        return Err(TableError::new("categories of several levels"));
    };
    let get = |row: usize| {
        Some(match of.codes.get(start + row)? {
            pandas::Cell::Int(code) if code < 0 => pandas::Cell::Missing,
            cell => cell,
        })
    };
    match of.codes.dtype().size {
        1 => dictionary::<Int8Type, S>(rows, &get, values),
        2 => dictionary::<Int16Type, S>(rows, &get, values),
        4 => dictionary::<Int32Type, S>(rows, &get, values),
        _ => dictionary::<Int64Type, S>(rows, &get, values),
    }
}

fn dictionary<T, S>(rows: usize, get: Get<'_, '_, S>, values: ArrayRef) -> Result<ArrayRef, TableError>
where
    T: ArrowDictionaryKeyType,
    T::Native: TryFrom<i64>,
{
    let keys = typed::<T, S>(rows, get, int)?;
    let array = DictionaryArray::try_new(keys, values);
    Ok(Arc::new(array.map_err(|error| TableError::new(error.to_string()))?))
}
