//! Columns of lists and of dicts, which Arrow has as lists and structs.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, Fields};
use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::Element;
use halfsour_value::Data;

use crate::cell::Cell;
use crate::column::of_cells;
use crate::values::numbers;
use crate::{Budget, TableError};

/// Makes a column of lists.
pub(crate) fn lists<S: AsRef<[u8]> + Clone>(
    cells: &[Cell<'_, S>],
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    let mut ends = vec![0_i32];
    let mut count = 0_usize;
    for cell in cells {
        count += match cell {
            Cell::List(members) => members.len(),
            Cell::Array(array) => array.shape[0],
            _ => 0,
        };
        budget.spend(size_of::<i32>())?;
        let end = i32::try_from(count);
        ends.push(end.map_err(|_| TableError::new("lists of more than 2³¹ members together"))?);
    }
    budget.spend_cells::<S>(count)?;
    let values = match of_one_type(cells, count)? {
        Some(values) => values,
        None => {
            let mut members = Vec::with_capacity(count);
            for (row, cell) in cells.iter().enumerate() {
                extend(&mut members, cell).map_err(|error| error.at(row))?;
            }
            let row = |member: usize| {
                ends.partition_point(|end| usize::try_from(*end).is_ok_and(|end| end <= member)) - 1
            };
            budget.deeper(|budget| of_cells(&members, budget)).map_err(|error| match error.row {
                Some(member) => error.at(row(member)),
                None => error,
            })?
        }
    };
    let field = Arc::new(Field::new("item", values.data_type().clone(), true));
    let array = ListArray::try_new(field, OffsetBuffer::new(ScalarBuffer::from(ends)), values, nulls(cells));
    Ok(Arc::new(array.map_err(|error| TableError::new(error.to_string()))?))
}

/// Appends the members of a list or of an array.
fn extend<'g, S: AsRef<[u8]> + Clone>(
    members: &mut Vec<Cell<'g, S>>,
    cell: &Cell<'g, S>,
) -> Result<(), TableError> {
    match cell {
        Cell::List(nodes) => {
            for node in nodes {
                members.push(Cell::of(*node)?);
            }
        }
        Cell::Array(array) => {
            let held = || TableError::new("the elements of an array are beside the pickle");
            for element in array.elements().ok_or_else(held)? {
                members.push(match element {
                    // Its lifetime would be that of the array.
                    Element::Object(_) => return Err(TableError::new("an array of objects in a list")),
                    element => Cell::of_element(element)?,
                });
            }
        }
        _ => {}
    }
    Ok(())
}

/// Makes the values of lists that are all arrays of one type of number.
fn of_one_type<S: AsRef<[u8]> + Clone>(
    cells: &[Cell<'_, S>],
    count: usize,
) -> Result<Option<ArrayRef>, TableError> {
    let mut number = None;
    let mut values: Vec<Option<Scalar>> = Vec::with_capacity(count);
    for cell in cells {
        let array = match cell {
            Cell::Missing => continue,
            Cell::Array(array) => array,
            _ => return Ok(None),
        };
        let of = array.dtype.number();
        if of.is_none() || *number.get_or_insert(of) != of {
            return Ok(None);
        }
        for element in array.elements().into_iter().flatten() {
            values.push(match element {
                Element::Scalar(scalar) => Some(scalar),
                _ => None,
            });
        }
    }
    let Some(Some(number)) = number else { return Ok(None) };
    numbers(number, values.len(), &|row| Ok(values[row])).map(Some)
}

/// Makes a column of structs, which have all keys of all dicts.
pub(crate) fn structs<S: AsRef<[u8]> + Clone>(
    cells: &[Cell<'_, S>],
    budget: &mut Budget,
) -> Result<ArrayRef, TableError> {
    let mut names: HashMap<&str, usize> = HashMap::new();
    let mut fields: Vec<(&str, Vec<Cell<'_, S>>)> = Vec::new();
    for (row, cell) in cells.iter().enumerate() {
        let Cell::Dict(items) = cell else { continue };
        for (key, value) in items {
            let name = match key.data() {
                Data::Str(text) => text.as_str(),
                Data::ByteString(bytes) => str::from_utf8(bytes).ok(),
                _ => None,
            };
            let name = name.ok_or(TableError::new("a dict with a key that is no text").at(row))?;
            let field = match names.get(name) {
                Some(field) => *field,
                None => {
                    budget.spend(
                        cells.len().saturating_mul(size_of::<Cell<'_, S>>()).saturating_add(name.len()),
                    )?;
                    names.insert(name, fields.len());
                    fields.push((name, vec![Cell::Missing; cells.len()]));
                    fields.len() - 1
                }
            };
            fields[field].1[row] = Cell::of(*value).map_err(|error| error.at(row))?;
        }
    }
    let (mut types, mut arrays) = (Vec::new(), Vec::new());
    for (name, cells) in fields {
        let array = budget.deeper(|budget| of_cells(&cells, budget))?;
        types.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    if arrays.is_empty() {
        return Ok(Arc::new(StructArray::new_empty_fields(cells.len(), nulls(cells))));
    }
    let array = StructArray::try_new(Fields::from(types), arrays, nulls(cells));
    Ok(Arc::new(array.map_err(|error| TableError::new(error.to_string()))?))
}

fn nulls<S>(cells: &[Cell<'_, S>]) -> Option<NullBuffer> {
    let is_missing = |cell: &Cell<'_, S>| matches!(cell, Cell::Missing | Cell::Float(_));
    cells.iter().any(is_missing).then(|| cells.iter().map(|cell| !is_missing(cell)).collect())
}
