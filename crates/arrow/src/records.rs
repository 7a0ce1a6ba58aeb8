//! Tables of objects: lists of dicts, dicts of lists.

use std::collections::{HashMap, HashSet};

use arrow_array::{Array, RecordBatch};
use halfsour_value::Node;

use crate::cell::Cell;
use crate::column::Placed;
use crate::values::of_values;
use crate::{Budget, TableError, batch, column};
use halfsour_classes::pandas::{Values, unreadable};
use halfsour_classes::stdlib::{Members, Pairs};
use halfsour_classes::{Known, Shape, Table, members, pairs, recognise};

/// The bytes that a row takes at least in a column.
const CELL: usize = 8;

pub(crate) fn name<S: AsRef<[u8]>>(node: Node<'_, S>) -> Result<String, TableError> {
    match Cell::of(node) {
        Ok(Cell::Text(text)) => Ok(text.to_owned()),
        Ok(Cell::Int(int)) => Ok(int.to_string()),
        _ => Err(TableError::new("the name of a column is neither text nor an int")),
    }
}

pub(crate) fn of_rows<S: AsRef<[u8]>>(
    rows: Members<'_, S>,
    budget: &mut Budget,
) -> Result<RecordBatch, TableError> {
    let rows: Vec<_> = rows.collect();
    let count = rows.len();
    // The name of each column, and the cells that there are in it with their rows.
    let mut columns: Vec<(String, Vec<Placed<'_, S>>)> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    for (row, node) in rows.into_iter().enumerate() {
        let items = pairs(node).ok_or(TableError::new("a row that is not a dict").at(row))?;
        for (key, value) in items {
            let name = name(key).map_err(|error| error.at(row))?;
            budget.spend(name.len())?;
            let column = match by_name.get(&name) {
                Some(&column) => column,
                None => {
                    budget.spend(count.saturating_mul(CELL))?;
                    by_name.insert(name.clone(), columns.len());
                    columns.push((name, Vec::new()));
                    columns.len() - 1
                }
            };
            let cells = &mut columns[column].1;
            if cells.last().is_some_and(|(last, _)| *last == row) {
                return Err(TableError::new("two columns have this name").of(&columns[column].0).at(row));
            }
            cells.push((row, value));
        }
    }
    let array = |(name, cells): (String, Vec<_>)| {
        let array = column::of_some(count, cells, budget).map_err(|error| error.of(&name))?;
        Ok((name, array))
    };
    batch(columns.into_iter().map(array).collect::<Result<_, _>>()?, count)
}

pub(crate) fn of_columns<S: AsRef<[u8]>>(
    columns: Pairs<'_, S>,
    budget: &mut Budget,
) -> Result<RecordBatch, TableError> {
    let mut rows = None;
    let mut arrays = Vec::new();
    let mut names = HashSet::new();
    for (key, value) in columns {
        let name = name(key)?;
        if !names.insert(name.clone()) {
            return Err(TableError::new("two columns have this name").of(&name));
        }
        let array = |values: &Values<'_, S>, budget: &mut Budget| {
            of_values(values, 0, values.rows(), budget).map(|array| (array.len(), array))
        };
        let column = match members(value) {
            Some(cells) => {
                let cells: Vec<_> = cells.collect();
                let count = cells.len();
                let spent = budget.spend(count.saturating_mul(CELL).saturating_add(name.len()));
                spent
                    .and_then(|()| column::of_some(count, cells.into_iter().enumerate().collect(), budget))
                    .map(|array| (count, array))
            }
            None => match recognise(value).as_ref().map(Known::shape) {
                Some(Shape::Table(Table::Series(series))) => array(&series.values, budget),
                _ => match Values::read(value) {
                    Some(values) if values.rows() == values.len() => array(&values, budget),
                    _ => Err(unreadable(value).map_or_else(
                        || TableError::new("neither a list nor an array"),
                        |unreadable| TableError::unreadable(&unreadable),
                    )),
                },
            },
        };
        let (count, array) = column.map_err(|error| error.of(&name))?;
        if *rows.get_or_insert(count) != count {
            return Err(TableError::new("it is not as long as the others").of(&name));
        }
        arrays.push((name, array));
    }
    batch(arrays, rows.unwrap_or_default())
}
