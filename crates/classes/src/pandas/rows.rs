//! [`Rows`]: a table as rows, whose columns have names.

use std::collections::HashSet;

use super::names::{label_names, make_unique, name_of};
use super::unreadable::{Place, Unreadable};
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
        match &series.name {
            None => name.push_str("value"),
            Some(label) => name_of(label, &mut name),
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

    /// The frame, if it is one.
    pub fn frame(&self) -> Option<&Frame<'g, S>> {
        match &self.table {
            Table::Frame(frame) => Some(frame),
            Table::Series(_) | Table::Index(_) | Table::Values(_) => None,
        }
    }

    /// Whether a row is no more than a value: of an index, an array, and a series whose labels only count its values.
    pub fn is_column(&self) -> bool {
        self.frame().is_none() && self.labels == 0
    }

    /// Returns the value in a row and column.
    ///
    /// # Errors
    ///
    /// If there is none that can be read: if the class of the column is not known, for one.
    pub fn cell(&self, row: usize, column: usize) -> Result<Cell<'g, S>, Unreadable> {
        let index = match &self.table {
            Table::Frame(frame) => &frame.index,
            Table::Series(series) => &series.index,
            Table::Index(index) => return index.get(row).ok_or_else(|| no_value(Place::Values)),
            Table::Values(values) => return values.get(row).ok_or_else(|| no_value(Place::Values)),
        };
        match (column.checked_sub(self.labels), &self.table, &index.labels) {
            (Some(column), Table::Frame(frame), _) => {
                frame.column(column)?.get(row).ok_or_else(|| no_value(Place::Column(column)))
            }
            (Some(_), Table::Series(series), _) => {
                series.values.get(row).ok_or_else(|| no_value(Place::Values))
            }
            (None, _, Labels::Levels(levels)) => {
                let label = levels.get(column).and_then(|level| level.get(row));
                label.ok_or_else(|| no_value(Place::Index))
            }
            _ => index.get(row).ok_or_else(|| no_value(Place::Index)),
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

    /// The columns that cannot be read, of a frame, by their numbers among [`names`](Self::names).
    pub fn unreadable(&self) -> impl Iterator<Item = (usize, Unreadable)> {
        let columns = self.frame().into_iter().flat_map(|frame| frame.columns().enumerate());
        columns.filter_map(|(number, column)| Some((self.labels + number, column.err()?)))
    }
}

fn no_value(place: Place) -> Unreadable {
    Unreadable::missing(place, "a value cannot be read")
}

debug_fields!(Rows, this { len: this.len, names: this.names });
