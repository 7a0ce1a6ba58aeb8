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
use crate::{Budget, TableError, buffers, column, extension, lists, memory};
use halfsour_classes::memory::{Number, Numeric, Scalar};
use halfsour_classes::numpy::{Element, Kind};
use halfsour_classes::pandas::{self, Categories, Index, Labels, TimeUnit, Values};
use halfsour_classes::pyarrow::{self, DataType};
use halfsour_classes::sheet::{self, Cells};
use halfsour_classes::stdlib::TimeZone;
use halfsour_value::Node;

/// Returns the value in a row.
type Get<'a, 'g, S> = &'a dyn Fn(usize) -> Option<pandas::Cell<'g, S>>;

/// Returns the number in a row; nothing, where it is missing.
type Scalars<'a> = &'a dyn Fn(usize) -> Result<Option<Scalar>, TableError>;

/// Makes a column of `rows` values, from `start` on.
pub(crate) fn of_values<S: AsRef<[u8]> + Clone>(
    values: &Values<'_, S>,
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    match values {
        Values::Categorical(categories) => categorical(categories, start, rows, budget),
        Values::Arrow { array, .. } if array.datatype.is_nested() => {
            lists::of_nested::<S>(array, start, rows, budget)
        }
        Values::Arrow { array, .. } => of_arrow::<S>(array, start, rows, budget),
        Values::Periods { ordinals, .. } => extension::periods(ordinals, start, rows, budget),
        Values::Intervals { sides, .. } => extension::intervals(values, sides, start, rows, budget),
        _ => {
            if let Some(array) = memory::of_values(values, start, rows, budget)? {
                return Ok(array);
            }
            of_rows(values, rows, &|row| values.get(start + row), budget)
        }
    }
}

pub(crate) fn zone<S>(
    tz: Option<&(Node<'_, S>, Option<TimeZone<'_>>)>,
) -> Result<Option<String>, TableError> {
    match tz {
        None => Ok(None),
        Some((_, Some(zone))) => Ok(Some(Zone::of(*zone)?.name())),
        Some((_, None)) => Err(TableError::new("times in a zone that is not known")),
    }
}

/// Makes columns of the labels of an index, one for each level.
pub(crate) fn of_index<S: AsRef<[u8]> + Clone>(
    index: &Index<'_, S>,
    budget: &mut Budget,
) -> Result<Vec<ArrayRef>, TableError> {
    let rows = index.len();
    match &index.labels {
        Labels::Range { .. } => {
            budget.spend(rows.saturating_mul(8))?;
            Ok(vec![numbers(Number::Int64, rows, &|row| scalar(index.get(row).as_ref()))?])
        }
        Labels::Values(values) => Ok(vec![of_values(values, 0, rows, budget)?]),
        Labels::Levels(levels) => levels.iter().map(|level| of_level(level, rows, budget)).collect(),
    }
}

/// Makes a column of a level of labels.
pub(crate) fn of_level<S: AsRef<[u8]> + Clone>(
    level: &pandas::Level<'_, S>,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    let get = |row: usize| level.get(row);
    match &level.labels.labels {
        Labels::Values(values) => of_rows(values, rows, &get, budget),
        _ => objects(rows, &get, budget),
    }
}

/// Makes a column of ints at the same distance.
pub(crate) fn of_range(
    start: i64,
    step: i64,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend(rows.saturating_mul(8))?;
    let far = || TableError::new("a label that is too large");
    let label = |row: usize| {
        let along = i128::try_from(row).map_err(|_| far())? * i128::from(step);
        i64::try_from(i128::from(start) + along).map_err(|_| far())
    };
    Ok(Arc::new((0..rows).map(|row| label(row).map(Some)).collect::<Result<PrimitiveArray<Int64Type>, _>>()?))
}

/// Makes a column of the elements of an array of numpy.
pub(crate) fn of_elements<S: AsRef<[u8]> + Clone>(
    cells: &Cells<'_, S>,
    number: Option<Number>,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    if let (Some(number), Cells::Array(array)) = (number, cells)
        && let Some(all) = array.numbers(rows)
    {
        budget.spend(rows.saturating_mul(8))?;
        if let Some(column) = memory::of_numbers(number, all, None) {
            return Ok(column);
        }
    }
    budget.spend_cells::<S>(rows)?;
    let element = |row: usize| match cells.get(row) {
        Some(sheet::Cell::Element(element)) => Ok(element),
        _ => Err(TableError::new(UNREADABLE).at(row)),
    };
    if let Some(number) = number {
        return numbers(number, rows, &|row| match element(row)? {
            Element::Missing => Ok(None),
            Element::Scalar(scalar) => Ok(Some(scalar)),
            _ => Err(TableError::new(UNREADABLE)),
        });
    }
    // Elements of arrays that are no numbers are no objects of the graph either.
    let cell = |row: usize| {
        element(row).and_then(|element| Cell::<S>::of_element(element).map_err(|error| error.at(row)))
    };
    column::of_cells(&(0..rows).map(cell).collect::<Result<Vec<_>, _>>()?, budget)
}

/// Makes a column of values that have one type.
fn of_rows<S: AsRef<[u8]> + Clone>(
    values: &Values<'_, S>,
    rows: usize,
    get: Get<'_, '_, S>,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend(rows.saturating_mul(8))?;
    match values {
        Values::Numpy(grid) | Values::Masked { values: grid, .. } => match grid.dtype().number() {
            Some(number) => numbers(number, rows, &|row| scalar(get(row).as_ref())),
            None if matches!(grid.dtype().kind, Kind::Object | Kind::Text | Kind::Bytes) => {
                objects(rows, get, budget)
            }
            None => {
                Err(TableError::new(format!("no Arrow column type for numbers of type {}", grid.dtype())))
            }
        },
        Values::Arrow { array, .. } => match array.datatype {
            DataType::Number(number) => numbers(number, rows, &|row| scalar(get(row).as_ref())),
            _ => objects(rows, get, budget),
        },
        Values::Times { unit, tz, .. } => {
            let zone = zone(tz.as_ref())?;
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
        _ => objects(rows, get, budget),
    }
}

/// Makes a column of values that have a type each.
fn objects<S: AsRef<[u8]> + Clone>(
    rows: usize,
    get: Get<'_, '_, S>,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend_cells::<S>(rows)?;
    let cell = |row: usize| {
        let cell = get(row).ok_or(TableError::new(UNREADABLE));
        cell.and_then(Cell::of_pandas).map_err(|error| error.at(row))
    };
    column::of_cells(&(0..rows).map(cell).collect::<Result<Vec<_>, _>>()?, budget)
}

pub(crate) const UNREADABLE: &str = "a value that cannot be read";

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

/// Returns the number of a cell; nothing, where it is missing.
fn scalar<S>(cell: Option<&pandas::Cell<'_, S>>) -> Result<Option<Scalar>, TableError> {
    match cell {
        Some(pandas::Cell::Missing) => Ok(None),
        Some(pandas::Cell::Scalar(scalar)) => Ok(Some(*scalar)),
        _ => Err(TableError::new(UNREADABLE)),
    }
}

/// Makes a column of values that lie in the pickle as Arrow's.
fn of_arrow<S: AsRef<[u8]> + Clone>(
    array: &pyarrow::Array<'_>,
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    if let Some(column) = buffers::of_arrow(array, start, rows, budget)? {
        return Ok(column);
    }
    let zone = match array.datatype {
        DataType::Timestamp(_, Some(name)) => Some(Zone::of(pandas::named_zone(name))?),
        _ => None,
    };
    budget.spend_cells::<S>(rows)?;
    let cell = |row: usize| {
        let value = array.get(start + row).ok_or(TableError::new(UNREADABLE));
        value.and_then(|value| Cell::<S>::of_arrow(&value, zone)).map_err(|error| error.at(row))
    };
    column::of_cells(&(0..rows).map(cell).collect::<Result<Vec<_>, _>>()?, budget)
}

/// Makes a column of numbers of one type.
pub(crate) fn numbers(number: Number, rows: usize, get: Scalars<'_>) -> Result<ArrayRef, TableError> {
    match number {
        Number::Bool => {
            let bool = |scalar| if let Scalar::Bool(value) = scalar { Some(value) } else { None };
            let values = (0..rows).map(|row| value(row, get, bool));
            Ok(Arc::new(values.collect::<Result<BooleanArray, _>>()?))
        }
        Number::Int8 => native::<Int8Type>(rows, get, int),
        Number::Int16 => native::<Int16Type>(rows, get, int),
        Number::Int32 => native::<Int32Type>(rows, get, int),
        Number::Int64 => native::<Int64Type>(rows, get, int),
        Number::UInt8 => native::<UInt8Type>(rows, get, unsigned),
        Number::UInt16 => native::<UInt16Type>(rows, get, unsigned),
        Number::UInt32 => native::<UInt32Type>(rows, get, unsigned),
        Number::UInt64 => native::<UInt64Type>(rows, get, unsigned),
        Number::Float16 => native::<Float16Type>(rows, get, |value| float(value).map(half::f16::from_f64)),
        Number::Float32 => native::<Float32Type>(rows, get, |value| {
            // It was of so many bits.
            #[allow(clippy::cast_possible_truncation)]
            float(value).map(|value| value as f32)
        }),
        Number::Float64 => native::<Float64Type>(rows, get, float),
    }
}

fn native<T: ArrowPrimitiveType>(
    rows: usize,
    get: Scalars<'_>,
    read: impl Fn(Scalar) -> Option<T::Native>,
) -> Result<ArrayRef, TableError> {
    let values = (0..rows).map(|row| value(row, get, &read));
    Ok(Arc::new(values.collect::<Result<PrimitiveArray<T>, _>>()?))
}

fn value<T>(
    row: usize,
    get: Scalars<'_>,
    read: impl Fn(Scalar) -> Option<T>,
) -> Result<Option<T>, TableError> {
    match get(row).map_err(|error| error.at(row))? {
        None => Ok(None),
        Some(scalar) => read(scalar).map(Some).ok_or(TableError::new(UNREADABLE).at(row)),
    }
}

fn int<T: TryFrom<i64>>(scalar: Scalar) -> Option<T> {
    match scalar {
        Scalar::Int(value) => T::try_from(value).ok(),
        _ => None,
    }
}

fn unsigned<T: TryFrom<u64>>(scalar: Scalar) -> Option<T> {
    match scalar {
        Scalar::UInt(value) => T::try_from(value).ok(),
        _ => None,
    }
}

fn float(scalar: Scalar) -> Option<f64> {
    match scalar {
        Scalar::Float(value) => Some(value),
        _ => None,
    }
}

/// Makes a dictionary of Arrow: the categories, and which of them each row has.
fn categorical<S: AsRef<[u8]> + Clone>(
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
    match of.codes.dtype().size {
        1 => dictionary::<Int8Type, S>(of, start, rows, values),
        2 => dictionary::<Int16Type, S>(of, start, rows, values),
        4 => dictionary::<Int32Type, S>(of, start, rows, values),
        _ => dictionary::<Int64Type, S>(of, start, rows, values),
    }
}

fn dictionary<T, S: AsRef<[u8]>>(
    of: &Categories<'_, S>,
    start: usize,
    rows: usize,
    values: ArrayRef,
) -> Result<ArrayRef, TableError>
where
    T: ArrowDictionaryKeyType<Native: Numeric>,
{
    let keys = memory::keys::<T, S>(&of.codes, start, rows).ok_or(TableError::new(UNREADABLE))?;
    let array = DictionaryArray::try_new(keys, values);
    Ok(Arc::new(array.map_err(|error| TableError::new(error.to_string()))?))
}
