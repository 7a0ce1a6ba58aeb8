//! [`TableError`].

use std::borrow::Cow;
use std::fmt;

use halfsour_classes::pandas::{Place, Unreadable};

/// The reason that an object cannot become a table, and the place where that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableError {
    /// The name of the column at fault, if one is.
    pub column: Option<String>,
    /// The row at fault, counted from 0, if one is.
    pub row: Option<usize>,
    /// The fault itself.
    pub reason: Cow<'static, str>,
}

impl TableError {
    pub(crate) fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { column: None, row: None, reason: reason.into() }
    }

    /// The error of what classes cannot read. The place is said, but that of a column, whose name is told by [`of`](Self::of).
    pub(crate) fn unreadable(unreadable: &Unreadable) -> Self {
        match unreadable.place {
            Place::Column(_) => Self::new(unreadable.reason()),
            _ => Self::new(unreadable.to_string()),
        }
    }

    pub(crate) fn at(self, row: usize) -> Self {
        Self { row: Some(row), ..self }
    }

    pub(crate) fn of(self, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..self }
    }
}

impl fmt::Display for TableError {
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

impl std::error::Error for TableError {}
