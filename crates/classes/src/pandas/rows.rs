//! [`Rows`]: a table as rows, whose columns have names.

use std::collections::HashSet;
use std::fmt;

use halfsour_value::Node;

use super::names::{label_names, make_unique, name_of};
use super::{Cell, Frame, Index, Labels, Series, Values};
use crate::debug::debug_fields;

/// A frame, series, index or array as rows.
///
/// The columns of a frame or series have names, so that a row can be a map: those of the labels come first. Indexes and arrays have one
/// column, without a name.
pub struct Rows<'g, S> {
    table: Table<'g, S>,
    names: Vec<String>,
    labels: usize,
    len: usize,
}

enum Table<'g, S> {
    Frame(Box<Frame<'g, S>>),
    Series(Box<Series<'g, S>>),
    Index(Box<Index<'g, S>>),
    Values(Box<Values<'g, S>>),
}

impl<'g, S: AsRef<[u8]>> Rows<'g, S> {
    /// Returns the rows of a frame. `pay` is told the length of each name of a column, in bytes, before the next one is made.
    ///
    /// # Errors
    ///
    /// Those of `pay`.
    pub fn of_frame<E>(
        frame: Box<Frame<'g, S>>,
        mut pay: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut names = label_names(&frame.index);
        let labels = names.len();
        for label in frame.columns.cells() {
            let mut name = String::new();
            if let Some(label) = label {
                name_of(&label, &mut name);
            }
            pay(name.len())?;
            names.push(name);
        }
        make_unique(&mut names, labels);
        Ok(Self { len: frame.len(), table: Table::Frame(frame), names, labels })
    }

    /// Returns the rows of a series. The column of the values is `value` if the series has no name.
    pub fn of_series(series: Box<Series<'g, S>>) -> Self {
        let mut names = label_names(&series.index);
        let labels = names.len();
        let mut name = String::new();
        if series.name.is_none() {
            name.push_str("value");
        } else {
            name_of(&Cell::Object(series.name), &mut name);
        }
        names.push(name);
        make_unique(&mut names, labels);
        Self { len: series.index.len(), table: Table::Series(series), names, labels }
    }

    /// Returns the labels of an index.
    pub fn of_index(index: Box<Index<'g, S>>) -> Self {
        Self { len: index.len(), table: Table::Index(index), names: Vec::new(), labels: 0 }
    }

    /// Returns the values of an array.
    pub fn of_values(values: Box<Values<'g, S>>) -> Self {
        Self { len: values.len(), table: Table::Values(values), names: Vec::new(), labels: 0 }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The names of the columns, each another; none, of an index or array.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of columns that are labels.
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// The series, if it is one.
    pub fn series(&self) -> Option<&Series<'g, S>> {
        match &self.table {
            Table::Series(series) => Some(series),
            Table::Frame(_) | Table::Index(_) | Table::Values(_) => None,
        }
    }

    /// Whether the table is a frame.
    pub fn is_frame(&self) -> bool {
        matches!(self.table, Table::Frame(_))
    }

    /// Whether a row is no more than a value: of an index, an array, and a series whose labels only count its values.
    pub fn is_column(&self) -> bool {
        !self.is_frame() && self.labels == 0
    }

    /// The value in a row and column; `None` if there is none, or none that can be read.
    pub fn cell(&self, row: usize, column: usize) -> Option<Cell<'g, S>> {
        let index = match &self.table {
            Table::Frame(frame) => &frame.index,
            Table::Series(series) => &series.index,
            Table::Index(index) => return index.get(row),
            Table::Values(values) => return values.get(row),
        };
        match (column.checked_sub(self.labels), &self.table, &index.labels) {
            (Some(column), Table::Frame(frame), _) => frame.column(column)?.get(row),
            (Some(_), Table::Series(series), _) => series.values.get(row),
            (None, _, Labels::Levels(levels)) => levels.get(column)?.get(row),
            _ => index.get(row),
        }
    }

    /// Returns the row and the spelling of the first label that is there twice, for those who make a map of labels and values. `pay` is
    /// told the length of each label, in bytes.
    ///
    /// # Errors
    ///
    /// Those of `pay`.
    pub fn repeated_label<E>(
        &self,
        mut pay: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Option<(usize, String)>, E> {
        let index = match &self.table {
            Table::Frame(frame) => &frame.index,
            Table::Series(series) => &series.index,
            Table::Index(_) | Table::Values(_) => return Ok(None),
        };
        if let Labels::Range { .. } = index.labels {
            return Ok(None);
        }
        let mut seen = HashSet::new();
        for (row, label) in index.cells().enumerate() {
            let mut name = String::new();
            if let Some(label) = label {
                // So, text and numbers differ.
                name_of(&Cell::Tuple(vec![label]), &mut name);
            }
            pay(name.len())?;
            if let Some(name) = seen.replace(name) {
                return Ok(Some((row, name.trim_matches(['(', ')']).to_owned())));
            }
        }
        Ok(None)
    }

    /// Checks that the values of all columns and labels are of classes that are known.
    ///
    /// # Errors
    ///
    /// The first part that is not.
    pub fn check(&self) -> Result<(), UnknownValues> {
        match &self.table {
            Table::Frame(frame) => {
                check_index(&frame.index)?;
                let columns = self.names[self.labels..].iter().enumerate();
                columns.into_iter().try_for_each(|(number, name)| match frame.column(number) {
                    Some(column) => check(column.values, name),
                    None => Err(UnknownValues { place: name.clone(), class: None }),
                })
            }
            Table::Series(series) => {
                check(&series.values, "")?;
                check_index(&series.index)
            }
            Table::Index(index) => check_index(index),
            Table::Values(values) => check(values, ""),
        }
    }
}

fn check<S: AsRef<[u8]>>(values: &Values<'_, S>, place: &str) -> Result<(), UnknownValues> {
    let Values::Other(node) = values else { return Ok(()) };
    let class = node.class().and_then(Node::as_global);
    let class = class.map_or_else(|| node.kind().to_string(), |class| class.full_name());
    Err(UnknownValues { place: place.to_owned(), class: Some(class) })
}

fn check_index<S: AsRef<[u8]>>(index: &Index<'_, S>) -> Result<(), UnknownValues> {
    match &index.labels {
        Labels::Values(values) => check(values, "index"),
        Labels::Levels(levels) => levels.iter().try_for_each(|level| check_index(&level.labels)),
        Labels::Range { .. } => Ok(()),
    }
}

/// The part of a table that cannot be read, because the class of its values is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownValues {
    place: String,
    class: Option<String>,
}

impl UnknownValues {
    /// The name of the column, or `index`; empty for the values of a series or array themselves.
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for UnknownValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.class {
            Some(class) => write!(f, "values that are not known, of {class}"),
            None => f.write_str("the frame's blocks do not have this column"),
        }
    }
}

impl std::error::Error for UnknownValues {}

debug_fields!(Rows, this { len: this.len, names: this.names });
