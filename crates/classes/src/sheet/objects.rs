//! Sheets of Python's containers and of arrays of numpy.

use std::collections::HashMap;

use halfsour_value::{Data, Id, Node};

use super::{ArrayCells, Budget, Cells, Column, Name, Release, Sheet, SheetError};
use crate::memory::Scalar;
use crate::numpy::{self, ArrayData, Kind, NdArray};
use crate::pandas::{self, Values};
use crate::shape::Table;
use crate::stdlib::Pairs;
use crate::{Known, Shape, fields, like_named_tuple, members, pairs, recognise};

/// The bytes that a cell takes at least in a column.
const CELL: usize = 16;

/// Returns the sheet of a sequence or a mapping; `None` of anything else.
pub(super) fn of<'g, S: AsRef<[u8]> + Clone>(
    node: Node<'g, S>,
    budget: &mut Budget,
) -> Result<Option<Sheet<'g, S>>, SheetError> {
    if let Some(items) = pairs(node) {
        return of_mapping(items, budget).map(Some);
    }
    match members(node) {
        Some(rows) => of_rows(rows.collect(), budget).map(Some),
        None => Ok(None),
    }
}

/// What a row is made of.
enum Row<'g, S> {
    Pairs(Vec<(Node<'g, S>, Node<'g, S>)>),
    Cells(Vec<Node<'g, S>>),
    Value(Node<'g, S>),
}

/// The attributes of an object, if it has some.
fn attributes<S: AsRef<[u8]> + Clone>(node: Node<'_, S>) -> Option<Vec<(Node<'_, S>, Node<'_, S>)>> {
    let all: Vec<_> = fields(node).collect();
    (!all.is_empty()).then_some(all)
}

fn row<S: AsRef<[u8]> + Clone>(node: Node<'_, S>) -> Result<Row<'_, S>, SheetError> {
    if let Some(items) = pairs(node) {
        return Ok(Row::Pairs(items.collect()));
    }
    if let Some(cells) = members(node) {
        return Ok(Row::Cells(cells.collect()));
    }
    Ok(match recognise(node) {
        Some(known) => match known.shape() {
            Shape::Table(_) => return Err(SheetError::new("a table of its own")),
            Shape::NdArray(array) if !array.shape.is_empty() => {
                return Err(SheetError::new("an array of its own"));
            }
            _ => Row::Value(node),
        },
        None => match (attributes(node), like_named_tuple(node)) {
            (Some(fields), _) => Row::Pairs(fields),
            (None, Some((_, cells))) => Row::Cells(cells.collect()),
            _ if node.as_instance().is_some() => {
                return Err(SheetError::new(format!(
                    "{}, which has no attributes",
                    super::text::called(node)
                )));
            }
            _ => Row::Value(node),
        },
    })
}

pub(super) fn of_rows<'g, S: AsRef<[u8]> + Clone>(
    rows: Vec<Node<'g, S>>,
    budget: &mut Budget,
) -> Result<Sheet<'g, S>, SheetError> {
    let mut columns = Columns::new(rows.len());
    let mut before = None;
    for (number, node) in rows.into_iter().enumerate() {
        let row = row(node).map_err(|error| error.at(number))?;
        let kind = match row {
            Row::Pairs(_) => "a row of names",
            Row::Cells(_) => "a row of positions",
            Row::Value(_) => "a single value",
        };
        if *before.get_or_insert(kind) != kind {
            let before = before.unwrap_or_default();
            return Err(SheetError::new(format!("{kind} after {before}")).at(number));
        }
        columns.row(number, row, budget)?;
    }
    Ok(columns.sheet(Vec::new()))
}

fn of_mapping<'g, S: AsRef<[u8]> + Clone>(
    items: Pairs<'g, S>,
    budget: &mut Budget,
) -> Result<Sheet<'g, S>, SheetError> {
    let items: Vec<_> = items.collect();
    budget.spend(items.len().saturating_mul(CELL))?;
    let is_row = |node: &Node<'g, S>| {
        pairs(*node).is_some() || recognise(*node).is_none() && attributes(*node).is_some()
    };
    if !items.is_empty() && items.iter().all(|(_, value)| is_row(value)) {
        let mut columns = Columns::new(items.len());
        let mut keys = Vec::new();
        for (number, (key, value)) in items.into_iter().enumerate() {
            columns.row(number, row(value).map_err(|error| error.at(number))?, budget)?;
            keys.push(Some(key));
        }
        return Ok(columns.sheet(vec![Column::new(Name::None, Cells::Nodes(keys))]));
    }
    let mut rows = None;
    let mut columns = Vec::new();
    let mut repeated = Vec::new();
    for (key, value) in items {
        if is_single(value) {
            repeated.push((columns.len(), value));
            let name = Name::Label(pandas::Cell::Object(key));
            columns.push(Column { name, cells: Err("a single value".to_owned()) });
            continue;
        }
        let name = Name::Label(pandas::Cell::Object(key));
        let fail = |reason: String| {
            let mut column = String::new();
            super::write_name(&name, &super::Form::default(), &mut column);
            SheetError { column: Some(column), row: None, reason: reason.into() }
        };
        let (count, cells) = column(value, budget).map_err(|error| fail(error.reason.into_owned()))?;
        // The length of what cannot be read is not known.
        if cells.is_ok() && *rows.get_or_insert(count) != count {
            return Err(fail("it is not as long as the others".to_owned()));
        }
        columns.push(Column { name, cells });
    }
    // As pandas: a single value is in each row, if others say how many there are.
    if let (false, None) = (repeated.is_empty(), rows) {
        return Err(SheetError::new(super::NONE));
    }
    let rows = rows.unwrap_or_default();
    for (number, value) in repeated {
        budget.spend(rows.saturating_mul(CELL))?;
        columns[number].cells = Ok(Cells::Nodes(vec![Some(value); rows]));
    }
    Ok(Sheet { rows, labels: Vec::new(), columns, header: None, release: Release::default() })
}

/// Whether an object is a single value: a number, text, a time, or an array without dimensions.
fn is_single<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    match node.data() {
        Data::None
        | Data::Bool(_)
        | Data::Int(_)
        | Data::BigInt(_)
        | Data::Float(_)
        | Data::Complex(..)
        | Data::Str(_)
        | Data::Bytes(_)
        | Data::ByteString(_) => true,
        Data::Instance(_) => recognise(node).is_some_and(|known| match known.shape() {
            Shape::Null | Shape::Text(_) | Shape::Number(_) => true,
            Shape::NdArray(array) => array.shape.is_empty(),
            _ => false,
        }),
        _ => false,
    }
}

/// The length of a column, and its cells.
type Measured<'g, S> = (usize, Result<Cells<'g, S>, String>);

fn column<'g, S: AsRef<[u8]> + Clone>(
    value: Node<'g, S>,
    budget: &mut Budget,
) -> Result<Measured<'g, S>, SheetError> {
    if let Some(cells) = members(value) {
        let cells: Vec<_> = cells.map(Some).collect();
        budget.spend(cells.len().saturating_mul(CELL))?;
        return Ok((cells.len(), Ok(Cells::Nodes(cells))));
    }
    let of_values = |values: &Values<'g, S>| {
        (values.rows(), Ok(Cells::Values { values: values.clone(), start: 0, block: usize::MAX }))
    };
    let known = recognise(value);
    match known.as_ref().map(Known::shape) {
        Some(Shape::Table(Table::Series(series))) => Ok(of_values(&series.values)),
        Some(Shape::Table(Table::Frame(_))) => {
            Err(SheetError::new("a table of its own; a path to it says which table is meant"))
        }
        Some(Shape::Table(Table::Index(index))) => match &index.labels {
            pandas::Labels::Values(values) => Ok(of_values(values)),
            pandas::Labels::Range { start, step, len } => {
                Ok((*len, Ok(Cells::Range { start: *start, step: *step })))
            }
            pandas::Labels::Levels(_) => Err(SheetError::new("labels of several levels")),
        },
        Some(Shape::NdArray(array)) if array.shape.len() == 1 => {
            Ok((array.shape[0], one_dimension(array, budget)?))
        }
        Some(Shape::NdArray(array)) => {
            Err(SheetError::new(format!("an array with {} dimensions", array.shape.len())))
        }
        _ => match Values::read(value) {
            Some(values) if values.rows() == values.len() => Ok(of_values(&values)),
            // Other columns are as good as ever.
            _ => match pandas::unreadable(value) {
                Some(unreadable) => Ok((usize::MAX, Err(unreadable.reason()))),
                None if value.as_instance().is_some() => {
                    Ok((usize::MAX, Err(format!("{} is not known here", super::text::called(value)))))
                }
                None => Err(SheetError::new("neither a list nor an array")),
            },
        },
    }
}

/// Returns the cells of an array with one dimension, which is not of records.
fn one_dimension<'g, S: AsRef<[u8]> + Clone>(
    array: &NdArray<'g, S>,
    budget: &mut Budget,
) -> Result<Result<Cells<'g, S>, String>, SheetError> {
    along(array, 0, array.shape[0], 1, 0, budget)
}

/// Returns so many cells of an array, from a place on and so far apart in memory; among objects, from an index on and so far apart.
fn along<'g, S: AsRef<[u8]> + Clone>(
    array: &NdArray<'g, S>,
    index: usize,
    rows: usize,
    apart: usize,
    place: usize,
    budget: &mut Budget,
) -> Result<Result<Cells<'g, S>, String>, SheetError> {
    Ok(match &array.data {
        ArrayData::Objects(_) if array.mask.is_some() => Err("objects of which some are masked".to_owned()),
        ArrayData::Objects(objects) => {
            budget.spend(rows.saturating_mul(CELL))?;
            let nodes = (0..rows).map(|row| objects.get(row * apart + index)).collect();
            Ok(Cells::Nodes(nodes))
        }
        ArrayData::Bytes(_) | ArrayData::Fields { .. } => {
            budget.spend(size_of::<NdArray<'_, S>>())?;
            let step = array.strides.first().copied().unwrap_or_default();
            Ok(Cells::Array(ArrayCells::new(array.clone(), place, step)))
        }
        ArrayData::Buffer(index) => Err(format!("its elements are in the out-of-band buffer {index}")),
    })
}

/// Returns the sheet of an array with two dimensions, or of a structured type.
pub(super) fn of_array<'g, S: AsRef<[u8]> + Clone>(
    array: &NdArray<'g, S>,
    budget: &mut Budget,
) -> Result<Sheet<'g, S>, SheetError> {
    let sheet = |rows, columns| Sheet {
        rows,
        labels: Vec::new(),
        columns,
        header: None,
        release: Release::default(),
    };
    match (array.shape.as_slice(), &array.dtype.kind) {
        (&[rows], Kind::Structured(structure)) => {
            let mut columns = Vec::new();
            for (number, field) in structure.fields.iter().enumerate() {
                budget.spend(field.name.len() + size_of::<NdArray<'_, S>>())?;
                columns.push(Column {
                    name: Name::Text(field.name.clone()),
                    cells: self::field(array, number, field, budget)?,
                });
            }
            Ok(sheet(rows, columns))
        }
        (&[rows, width], kind) if !matches!(kind, Kind::Structured(_)) => {
            // Without rows, any number of columns takes no room in the pickle.
            budget.check(width.saturating_mul(size_of::<Column<'_, S>>()))?;
            let mut columns = Vec::new();
            for number in 0..width {
                let place = number.saturating_mul(array.strides[1]);
                let name = Scalar::Int(i64::try_from(number).unwrap_or(i64::MAX));
                columns.push(Column {
                    name: Name::Label(pandas::Cell::Scalar(name)),
                    cells: along(array, number, rows, width, place, budget)?,
                });
            }
            Ok(sheet(rows, columns))
        }
        (&[rows], _) => {
            let name = Name::Label(pandas::Cell::Scalar(Scalar::Int(0)));
            Ok(sheet(rows, vec![Column { name, cells: one_dimension(array, budget)? }]))
        }
        (shape, _) => Err(SheetError::new(format!(
            "not a table: an array with {} dimensions, where a table has two",
            shape.len()
        ))),
    }
}

fn field<'g, S: AsRef<[u8]> + Clone>(
    array: &NdArray<'g, S>,
    number: usize,
    field: &numpy::Field,
    budget: &mut Budget,
) -> Result<Result<Cells<'g, S>, String>, SheetError> {
    Ok(match &array.data {
        ArrayData::Bytes(_) | ArrayData::Fields { .. } | ArrayData::Objects(_) if array.mask.is_some() => {
            Err("records of which some are masked".to_owned())
        }
        ArrayData::Bytes(_) | ArrayData::Fields { .. } => {
            Ok(Cells::Array(ArrayCells::field(array.clone(), field.dtype.clone(), field.offset)))
        }
        ArrayData::Objects(records) => {
            budget.spend(records.len().saturating_mul(CELL))?;
            let value = |record: Node<'g, S>| match record.data() {
                Data::Tuple(values) => values.get(number),
                _ => None,
            };
            Ok(Cells::Nodes(records.clone().map(value).collect()))
        }
        ArrayData::Buffer(index) => Err(format!("its elements are in the out-of-band buffer {index}")),
    })
}

/// The value of each row; `None` where there is none.
type Made<'g, S> = Vec<Option<Node<'g, S>>>;

/// Columns that are made row by row.
struct Columns<'g, S> {
    rows: usize,
    all: Vec<(Name<'g, S>, Made<'g, S>)>,
    /// The numbers of the columns by the objects that are their names, and by what these look like: equal names need not be one object.
    by_id: HashMap<Id, usize>,
    by_name: HashMap<String, usize>,
}

impl<'g, S: AsRef<[u8]> + Clone> Columns<'g, S> {
    fn new(rows: usize) -> Self {
        Self { rows, all: Vec::new(), by_id: HashMap::new(), by_name: HashMap::new() }
    }

    fn add(&mut self, name: Name<'g, S>, budget: &mut Budget) -> Result<usize, SheetError> {
        budget.spend(self.rows.saturating_mul(CELL))?;
        self.all.push((name, vec![None; self.rows]));
        Ok(self.all.len() - 1)
    }

    /// The number of the column with this name.
    fn named(&mut self, key: Node<'g, S>, budget: &mut Budget) -> Result<usize, SheetError> {
        if let Some(column) = self.by_id.get(&key.id()) {
            return Ok(*column);
        }
        let shown = key.to_string();
        budget.spend(shown.len())?;
        let column = match self.by_name.get(&shown) {
            Some(column) => *column,
            None => {
                let column = self.add(Name::Label(pandas::Cell::Object(key)), budget)?;
                self.by_name.insert(shown, column);
                column
            }
        };
        self.by_id.insert(key.id(), column);
        Ok(column)
    }

    fn row(&mut self, number: usize, row: Row<'g, S>, budget: &mut Budget) -> Result<(), SheetError> {
        match row {
            Row::Pairs(items) => {
                for (key, value) in items {
                    let column = self.named(key, budget).map_err(|error| error.at(number))?;
                    self.all[column].1[number] = Some(value);
                }
            }
            Row::Cells(cells) => {
                for (position, value) in cells.into_iter().enumerate() {
                    self.at(position, budget).map_err(|error| error.at(number))?;
                    self.all[position].1[number] = Some(value);
                }
            }
            Row::Value(value) => {
                self.at(0, budget).map_err(|error| error.at(number))?;
                self.all[0].1[number] = Some(value);
            }
        }
        Ok(())
    }

    /// Makes the column at a position, if it is not there yet.
    fn at(&mut self, position: usize, budget: &mut Budget) -> Result<(), SheetError> {
        if position == self.all.len() {
            let name = Scalar::Int(i64::try_from(position).unwrap_or(i64::MAX));
            self.add(Name::Label(pandas::Cell::Scalar(name)), budget)?;
        }
        Ok(())
    }

    fn sheet(self, labels: Vec<Column<'g, S>>) -> Sheet<'g, S> {
        let columns =
            self.all.into_iter().map(|(name, nodes)| Column::new(name, Cells::Nodes(nodes))).collect();
        Sheet { rows: self.rows, labels, columns, header: None, release: Release::default() }
    }
}
