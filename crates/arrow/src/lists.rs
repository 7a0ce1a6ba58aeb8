//! Columns of lists and structs that are Arrow's in the pickle already.

use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Fields};
use halfsour_classes::pandas;
use halfsour_classes::pyarrow::{Array, DataType, Value};

use crate::cell::{Cell, Zone};
use crate::column::of_cells;
use crate::values::{UNREADABLE, numbers};
use crate::{Budget, TableError};

/// Makes a column of `rows` lists or structs, from `start` on.
pub(crate) fn of_nested<S: AsRef<[u8]> + Clone>(
    array: &Array<'_>,
    start: usize,
    rows: usize,
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    budget.spend_cells::<S>(rows)?;
    let value = |row: usize| array.get(start + row).ok_or(TableError::new(UNREADABLE).at(row));
    let values = (0..rows).map(value).collect::<Result<Vec<_>, _>>()?;
    of_type::<S>(&array.datatype, &values, budget)
}

/// Makes a column of values that have a type of Arrow.
fn of_type<'g, S: AsRef<[u8]> + Clone>(
    datatype: &DataType<'g>,
    values: &[Value<'g>],
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    match datatype {
        DataType::List { of, .. } | DataType::FixedList { of, .. } => {
            let (mut ends, mut count) = (vec![0_i32], 0_usize);
            for value in values {
                budget.spend(size_of::<i32>())?;
                count += if let Value::List(list) = value { list.len() } else { 0 };
                let end = i32::try_from(count);
                ends.push(end.map_err(|_| TableError::new("lists of more than 2³¹ members together"))?);
            }
            budget.spend_cells::<S>(count)?;
            let lists = values
                .iter()
                .filter_map(|value| if let Value::List(list) = value { Some(list) } else { None });
            let members =
                lists.flat_map(|list| list.values().map(|value| value.ok_or(TableError::new(UNREADABLE))));
            let members = members.collect::<Result<Vec<_>, _>>()?;
            let members = budget.deeper(|budget| of_type::<S>(&of.datatype, &members, budget))?;
            let field = Arc::new(Field::new(of.name, members.data_type().clone(), true));
            let ends = OffsetBuffer::new(ScalarBuffer::from(ends));
            done(ListArray::try_new(field, ends, members, nulls(values)))
        }
        DataType::Struct(fields) if !fields.is_empty() => {
            budget.spend_cells::<S>(values.len().saturating_mul(fields.len()))?;
            let mut columns: Vec<Vec<Value<'g>>> = vec![Vec::with_capacity(values.len()); fields.len()];
            for value in values {
                if let Value::Struct(parts) = value {
                    for (column, (part, _)) in columns.iter_mut().zip(parts.values()) {
                        column.push(part.ok_or(TableError::new(UNREADABLE))?);
                    }
                } else {
                    for column in &mut columns {
                        column.push(Value::Null);
                    }
                }
            }
            let (mut types, mut arrays) = (Vec::new(), Vec::new());
            for (field, column) in fields.iter().zip(columns) {
                let array = budget.deeper(|budget| of_type::<S>(&field.datatype, &column, budget))?;
                types.push(Field::new(field.name, array.data_type().clone(), true));
                arrays.push(array);
            }
            done(StructArray::try_new(Fields::from(types), arrays, nulls(values)))
        }
        DataType::Number(number) => numbers(*number, values.len(), &|row| match values[row] {
            Value::Null => Ok(None),
            Value::Scalar(scalar) => Ok(Some(scalar)),
            _ => Err(TableError::new(UNREADABLE)),
        }),
        _ => {
            let zone = match datatype {
                DataType::Timestamp(_, Some(name)) => Some(Zone::of(pandas::named_zone(name))?),
                _ => None,
            };
            let cells = values.iter().map(|value| Cell::<S>::of_arrow(value, zone));
            of_cells(&cells.collect::<Result<Vec<_>, _>>()?, budget)
        }
    }
}

fn done<T: arrow_array::Array + 'static>(
    array: Result<T, arrow_schema::ArrowError>,
) -> Result<ArrayRef, TableError> {
    Ok(Arc::new(array.map_err(|error| TableError::new(error.to_string()))?))
}

fn nulls(values: &[Value<'_>]) -> Option<NullBuffer> {
    let is_null = |value: &Value<'_>| matches!(value, Value::Null);
    values.iter().any(is_null).then(|| values.iter().map(|value| !is_null(value)).collect())
}
