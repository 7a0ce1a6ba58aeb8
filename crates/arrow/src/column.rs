//! Columns of objects.

use std::sync::Arc;

use arrow_array::types::{
    DurationMicrosecondType, Float64Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
    UInt64Type,
};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, LargeBinaryArray, LargeStringArray, NullArray,
    PrimitiveArray, StringArray,
};
use arrow_array::{ArrowPrimitiveType, BinaryArray};
use halfsour_value::Node;

use crate::cell::{Cell, WIDE, Zone};
use crate::{Budget, TableError, nested};

/// The kind that all cells of a column have, except the missing ones.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind<'g> {
    Bool,
    /// Some may be negative, and some may need 64 bits without a sign.
    Int {
        negative: bool,
        large: bool,
    },
    /// NaN is a missing value, too, if there was nothing else.
    Float {
        only_nan: bool,
    },
    Text,
    Bytes,
    Date,
    Moment(Option<Zone<'g>>),
    Time,
    Delta,
    Decimal,
    List,
    Dict,
}

/// The largest int up to which a float holds every int exactly.
const EXACT: i128 = 1 << 53;

impl<'g> Kind<'g> {
    fn of<S>(cell: &Cell<'g, S>) -> Option<Self> {
        Some(match *cell {
            Cell::Missing => return None,
            Cell::Bool(_) => Self::Bool,
            Cell::Int(value) => {
                Self::Int { negative: value < 0, large: i64::try_from(value).is_err() && value > 0 }
            }
            Cell::Float(value) => Self::Float { only_nan: value.is_nan() },
            Cell::Text(_) | Cell::Held(_) | Cell::Uuid(_) => Self::Text,
            Cell::Bytes(_) | Cell::HeldBytes(_) => Self::Bytes,
            Cell::Date(_) => Self::Date,
            Cell::Moment(_, zone) => Self::Moment(zone),
            Cell::Time(_) => Self::Time,
            Cell::Delta(_) => Self::Delta,
            Cell::Decimal(..) => Self::Decimal,
            Cell::List(_) | Cell::Array(_) => Self::List,
            Cell::Dict(_) => Self::Dict,
        })
    }

    /// Returns the kind that holds both; `None` if there is none.
    fn with(self, other: Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Int { negative, large }, Self::Int { negative: also, large: too }) => {
                Self::Int { negative: negative || also, large: large || too }
            }
            (Self::Float { only_nan }, Self::Float { only_nan: also }) => {
                Self::Float { only_nan: only_nan && also }
            }
            (Self::Float { .. }, Self::Int { .. }) | (Self::Int { .. }, Self::Float { .. }) => {
                Self::Float { only_nan: false }
            }
            // Among other things, NaN is what is missing.
            (Self::Float { only_nan: true }, kind) | (kind, Self::Float { only_nan: true }) => kind,
            (Self::Moment(Some(zone)), Self::Moment(Some(other))) => {
                Self::Moment(Some(if zone == other { zone } else { Zone::Fixed(0) }))
            }
            (kind, other) if kind == other => kind,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bool => "a bool",
            Self::Int { .. } => "an int",
            Self::Float { .. } => "a float",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Date => "a date",
            Self::Moment(None) => "a time without a zone",
            Self::Moment(Some(_)) => "a time in a zone",
            Self::Time => "a time of day",
            Self::Delta => "a span of time",
            Self::Decimal => "a decimal",
            Self::List => "a list",
            Self::Dict => "a dict",
        }
    }
}

/// Makes a column of objects; a row that has none is null.
pub(crate) fn of_nodes<'g, S: AsRef<[u8]> + Clone>(
    nodes: &[Option<Node<'g, S>>],
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend_cells::<S>(nodes.len())?;
    let cell = |(row, node): (usize, &Option<Node<'g, S>>)| match node {
        Some(node) => Cell::of(*node).map_err(|error| error.at(row)),
        None => Ok(Cell::Missing),
    };
    of_cells(&nodes.iter().enumerate().map(cell).collect::<Result<Vec<_>, _>>()?, budget)
}

/// Returns the kind of all cells, and the bytes that their text takes.
fn kind<'g, S>(cells: &[Cell<'g, S>], budget: &mut Budget) -> Result<(Option<Kind<'g>>, usize), TableError> {
    let mut kind: Option<Kind<'_>> = None;
    let mut length = 0_usize;
    for (row, cell) in cells.iter().enumerate() {
        let bytes = match cell {
            Cell::Text(text) => text.len(),
            Cell::Held(text) => text.len(),
            Cell::Bytes(bytes) => bytes.len(),
            Cell::HeldBytes(bytes) => bytes.len(),
            Cell::Uuid(_) => 36,
            Cell::Decimal(..) => 16,
            _ => 0,
        };
        budget.spend(bytes)?;
        length += bytes;
        let Some(new) = Kind::of(cell) else { continue };
        kind = match kind {
            None => Some(new),
            Some(before) => {
                let mixed = || {
                    let (new, before) = (new.name(), before.name());
                    TableError::new(format!("{new} after {before}, which CSV and JSON can have in a column"))
                        .at(row)
                };
                Some(before.with(new).ok_or_else(mixed)?)
            }
        };
    }
    Ok((kind, length))
}

pub(crate) fn of_cells<S: AsRef<[u8]> + Clone>(
    cells: &[Cell<'_, S>],
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    let (kind, length) = kind(cells, budget)?;
    let is_long = i32::try_from(length).is_err();
    Ok(match kind {
        None => Arc::new(NullArray::new(cells.len())),
        Some(Kind::Bool) => Arc::new(cells.iter().map(bool).collect::<BooleanArray>()),
        Some(Kind::Int { large: false, .. }) => primitive::<Int64Type, S>(cells, |cell| match cell {
            Cell::Int(value) => i64::try_from(*value).ok(),
            _ => None,
        }),
        Some(Kind::Int { negative: false, .. }) => primitive::<UInt64Type, S>(cells, |cell| match cell {
            Cell::Int(value) => u64::try_from(*value).ok(),
            _ => None,
        }),
        Some(Kind::Int { .. }) => {
            return Err(TableError::new("some ints are negative, and some need 64 bits without a sign"));
        }
        Some(Kind::Float { .. }) => {
            let inexact =
                |cell: &Cell<'_, S>| matches!(cell, Cell::Int(value) if !(-EXACT..=EXACT).contains(value));
            if let Some(row) = cells.iter().position(inexact) {
                return Err(TableError::new("an int that a float does not hold, among floats").at(row));
            }
            primitive::<Float64Type, S>(cells, float)
        }
        Some(Kind::Text) => {
            let texts = cells.iter().map(text);
            if is_long {
                Arc::new(texts.collect::<LargeStringArray>())
            } else {
                Arc::new(texts.collect::<StringArray>())
            }
        }
        Some(Kind::Bytes) => {
            let bytes = cells.iter().map(|cell| match cell {
                Cell::Bytes(bytes) => Some(*bytes),
                Cell::HeldBytes(bytes) => Some(bytes.as_slice()),
                _ => None,
            });
            if is_long {
                Arc::new(bytes.collect::<LargeBinaryArray>())
            } else {
                Arc::new(bytes.collect::<BinaryArray>())
            }
        }
        Some(Kind::Date) => Arc::new(
            cells
                .iter()
                .map(|cell| match cell {
                    Cell::Date(days) => Some(*days),
                    _ => None,
                })
                .collect::<Date32Array>(),
        ),
        Some(Kind::Moment(zone)) => {
            let ticks = cells.iter().map(|cell| match cell {
                Cell::Moment(ticks, _) => Some(*ticks),
                _ => None,
            });
            let array: PrimitiveArray<TimestampMicrosecondType> = ticks.collect();
            Arc::new(array.with_timezone_opt(zone.map(Zone::name)))
        }
        Some(Kind::Time) => primitive::<Time64MicrosecondType, S>(cells, |cell| match cell {
            Cell::Time(ticks) => Some(*ticks),
            _ => None,
        }),
        Some(Kind::Delta) => primitive::<DurationMicrosecondType, S>(cells, |cell| match cell {
            Cell::Delta(ticks) => Some(*ticks),
            _ => None,
        }),
        Some(Kind::Decimal) => decimals(cells)?,
        Some(Kind::List) => nested::lists(cells, budget)?,
        Some(Kind::Dict) => nested::structs(cells, budget)?,
    })
}

fn primitive<T: ArrowPrimitiveType, S>(
    cells: &[Cell<'_, S>],
    read: impl Fn(&Cell<'_, S>) -> Option<T::Native>,
) -> ArrayRef {
    Arc::new(cells.iter().map(read).collect::<PrimitiveArray<T>>())
}

fn bool<S>(cell: &Cell<'_, S>) -> Option<bool> {
    match cell {
        Cell::Bool(value) => Some(*value),
        _ => None,
    }
}

// It was looked at before whether it is exact.
#[allow(clippy::cast_precision_loss)]
fn float<S>(cell: &Cell<'_, S>) -> Option<f64> {
    match *cell {
        Cell::Float(value) => Some(value),
        Cell::Int(value) => Some(value as f64),
        _ => None,
    }
}

fn text<'c, S>(cell: &'c Cell<'_, S>) -> Option<std::borrow::Cow<'c, str>> {
    match cell {
        Cell::Text(text) => Some((*text).into()),
        Cell::Held(text) => Some(text.into()),
        Cell::Uuid(int) => {
            Some(halfsour_classes::stdlib::Uuid { int: *int, is_safe: None }.to_string().into())
        }
        _ => None,
    }
}

fn decimals<S>(cells: &[Cell<'_, S>]) -> Result<ArrayRef, TableError> {
    let wide = |row: usize| TableError::new(WIDE).at(row);
    let mut numbers = vec![None; cells.len()];
    let mut scale = 0;
    for (row, cell) in cells.iter().enumerate() {
        if let Cell::Decimal(digits, after) = *cell {
            numbers[row] = Some((digits, after));
            scale = scale.max(after);
        }
    }
    let scaled = |(row, number): (usize, Option<(i128, i64)>)| {
        let Some((number, after)) = number else { return Ok(None) };
        let power = u32::try_from(scale - after).ok().filter(|_| number != 0);
        let power = if number == 0 { Some(0) } else { power };
        let scaled = power.and_then(|power| number.checked_mul(10_i128.checked_pow(power)?));
        scaled.filter(|scaled| scaled.unsigned_abs() < 10_u128.pow(38)).map(Some).ok_or_else(|| wide(row))
    };
    let numbers = numbers.into_iter().enumerate().map(scaled).collect::<Result<Vec<_>, _>>()?;
    let array: Decimal128Array = numbers.into_iter().collect();
    let array = array.with_precision_and_scale(38, i8::try_from(scale).unwrap_or_default());
    Ok(Arc::new(array.map_err(|error| TableError::new(error.to_string()))?))
}
