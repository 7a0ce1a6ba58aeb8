//! Files of tables, a function for each format.

#[cfg(feature = "ipc")]
mod ipc;
#[cfg(feature = "parquet")]
mod parquet;

use std::{fmt, io};

#[cfg(feature = "ipc")]
pub use ipc::write_ipc;
#[cfg(feature = "parquet")]
pub use parquet::{LostCategories, write_parquet};

use crate::TableError;

/// The reason that a table cannot be written.
#[non_exhaustive]
pub enum WriteError {
    /// The format cannot hold the table.
    Table(TableError),
    /// The output takes no more.
    Output(io::Error),
}

impl WriteError {
    /// Tells the failures of the output from those of the table, which arrow's crates mix.
    #[cfg(any(feature = "ipc", feature = "parquet"))]
    fn new(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        match error.downcast::<io::Error>() {
            Ok(error) => Self::Output(*error),
            Err(error) => Self::Table(TableError::new(error.to_string())),
        }
    }
}

impl From<TableError> for WriteError {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(error) => error.fmt(f),
            Self::Output(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Table(error) => error.source(),
            Self::Output(error) => error.source(),
        }
    }
}
