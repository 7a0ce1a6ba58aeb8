//! [`Sheet`]: an object as a table of columns.
//!
//! Whoever writes a table, as record batches or as text, asks for the sheet, and need not know what kind of object the table is.

mod cells;
mod extent;
mod frame;
mod numbers;
mod objects;
mod text;
mod unknown;

use std::borrow::Cow;
use std::fmt;

use halfsour_value::Node;

pub use cells::{ArrayCells, Cell, Cells};
pub use extent::Extent;
pub use text::{Form, Unwritten, called, write_cell, write_name};
pub use unknown::Unknowns;

use crate::debug::{debug_fields, debug_variants};
use crate::shape::Table;
use crate::{Known, Shape, pandas, recognise};

/// A table: columns with names, which have a cell in each row.
///
/// These are tables: a frame or a series of pandas; a list of dicts, of objects, of tuples or lists, or of single values, which are its
/// rows; a dict of such rows, whose keys are labels; a dict of lists, arrays and series, which are its columns, and of single values, which are in each row; an array of
/// numpy with two dimensions, or of a structured type. Other sequences and mappings, such as deques, are as good as lists and dicts.
///
/// ```
/// use halfsour_classes::sheet::Sheet;
///
/// // [(1, 2), (3, 4)]
/// let graph = halfsour_vm::from_slice(b"](K\x01K\x02\x86K\x03K\x04\x86e.")?;
/// let sheet = Sheet::of(graph.root(), usize::MAX)?;
/// assert_eq!((sheet.rows, sheet.columns.len()), (2, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
pub struct Sheet<'g, S> {
    /// The number of rows.
    pub rows: usize,
    /// The labels of the rows: a column for each level; none, if the rows have no labels.
    pub labels: Vec<Column<'g, S>>,
    /// The columns.
    pub columns: Vec<Column<'g, S>>,
    /// The labels of the columns, if it is a frame of pandas.
    pub header: Option<pandas::Index<'g, S>>,
    /// The release of pandas that wrote it, as far as that can be told and matters to how values are printed.
    pub release: Release,
}

/// A release of pandas, as far as pickles tell releases apart that print values differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    /// Before 1.1.
    Before11,
    /// From 1.1 to 1.3.
    One,
    /// From 1.4 to 2.3; also where no pandas wrote the table.
    #[default]
    Two,
    /// From 3.0 on.
    Three,
}

/// A column of a [`Sheet`].
#[non_exhaustive]
pub struct Column<'g, S> {
    /// The name.
    pub name: Name<'g, S>,
    /// The cells, or the reason that they cannot be read, with the name of the class that is not known.
    pub cells: Result<Cells<'g, S>, String>,
}

/// The name of a column.
pub enum Name<'g, S> {
    /// No name.
    None,
    /// A label of pandas, a key of a dict, or the number of a position.
    Label(pandas::Cell<'g, S>),
    /// The name of a field or an attribute.
    Text(String),
}

/// The reason that an object is no [`Sheet`], and the place where that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SheetError {
    /// The name of the column at fault, if one is.
    pub column: Option<String>,
    /// The row at fault, counted from 0, if one is.
    pub row: Option<usize>,
    /// The fault itself.
    pub reason: Cow<'static, str>,
}

impl SheetError {
    pub(crate) fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { column: None, row: None, reason: reason.into() }
    }

    fn at(self, row: usize) -> Self {
        Self { row: Some(row), ..self }
    }
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "column {column:?}: ")?;
        }
        if let Some(row) = self.row {
            write!(f, "row {row}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for SheetError {}

/// The bytes that a sheet may still take.
struct Budget(usize);

impl Budget {
    fn spend(&mut self, bytes: usize) -> Result<(), SheetError> {
        let left = self.0.checked_sub(bytes);
        self.0 = left.ok_or(SheetError::new("the table would be larger than the limit"))?;
        Ok(())
    }

    /// Fails if there is not so much left.
    fn check(&self, bytes: usize) -> Result<(), SheetError> {
        Budget(self.0).spend(bytes)
    }
}

impl<'g, S: AsRef<[u8]> + Clone> Sheet<'g, S> {
    /// Returns the table that an object is, if its names and the places of its cells take at most `most` bytes.
    ///
    /// # Errors
    ///
    /// If the object is no table, or if it would take more than `most` bytes. A column that cannot be read is an error only in
    /// [`Column::cells`].
    pub fn of(node: Node<'g, S>, most: usize) -> Result<Self, SheetError> {
        let mut budget = Budget(most);
        if let Some(sheet) = objects::of(node, &mut budget)? {
            return Ok(sheet);
        }
        // What is grouped or styled is the table that it is about.
        let known = recognise(node);
        let node = if known.is_none() { pandas::subject(node).unwrap_or(node) } else { node };
        let Some(known) = known.or_else(|| recognise(node)) else { return Err(none(node)) };
        let mut sheet = Self::known(&known, &mut budget)?.ok_or_else(|| none(node))?;
        sheet.release = frame::release(node);
        Ok(sheet)
    }

    /// Returns the table that a known object is, which need be no object of a graph: a column of a frame, a part of an array.
    ///
    /// # Errors
    ///
    /// As of [`of`](Self::of).
    pub fn of_known(known: &Known<'g, S>, most: usize) -> Result<Self, SheetError> {
        Self::known(known, &mut Budget(most))?.ok_or(SheetError::new(NONE))
    }

    /// Returns the table whose rows are these objects: some members of a list.
    ///
    /// # Errors
    ///
    /// As of [`of`](Self::of).
    pub fn of_rows(rows: Vec<Node<'g, S>>, most: usize) -> Result<Self, SheetError> {
        objects::of_rows(rows, &mut Budget(most))
    }

    fn known(known: &Known<'g, S>, budget: &mut Budget) -> Result<Option<Self>, SheetError> {
        match known.shape() {
            Shape::Table(Table::Frame(frame)) => frame::of_frame(frame, budget).map(Some),
            Shape::Table(Table::Series(series)) => Ok(Some(frame::of_series(series))),
            Shape::Table(Table::Index(index)) => Ok(Some(frame::of_index(index))),
            Shape::NdArray(array) => objects::of_array(array, budget).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns how the names of the columns are written: times among them are all alike.
    pub fn name_form(&self) -> Form {
        Form::of_names(Extent::of_names(&self.columns), self.release)
    }

    /// Whether the labels do no more than number the rows, from 0 on, and have no name.
    pub fn labels_only_count(&self) -> bool {
        matches!(
            self.labels.as_slice(),
            [] | [Column { name: Name::None, cells: Ok(Cells::Range { start: 0, step: 1 }) }]
        )
    }
}

const NONE: &str = "not a table: expected a DataFrame, a list of dicts or a dict of lists";

/// Returns the complaint about an object that is no table.
fn none<S: AsRef<[u8]>>(node: Node<'_, S>) -> SheetError {
    SheetError::new(pandas::unreadable(node).map_or(NONE.to_owned(), |unreadable| unreadable.to_string()))
}

impl<S> Column<'_, S> {
    fn new<'g>(name: Name<'g, S>, cells: Cells<'g, S>) -> Column<'g, S> {
        Column { name, cells: Ok(cells) }
    }
}

debug_fields!(
    Sheet,
    this { rows: this.rows, labels: this.labels, columns: this.columns, header: this.header }
);
debug_fields!(Column, this { name: this.name, cells: this.cells });
debug_variants!(Name {
    Self::None => None(),
    Self::Label(label) => Label(label),
    Self::Text(text) => Text(text),
});
