//! Arrow: tables as record batches.
//!
//! | in Python | in Arrow |
//! |---|---|
//! | `bool` | Boolean |
//! | `int`, of 64 bits | Int64; `UInt64`, if there is one that needs it and none is negative |
//! | `float`; with `int`s among them, if a float is as exact | Float64 |
//! | `str`, `uuid.UUID` | Utf8, as text |
//! | `bytes`, `bytearray`; Python 2's `str` if it is not UTF-8 | Binary |
//! | `datetime.date` | Date32 |
//! | `datetime.datetime` | Timestamp(µs); with the time zone, or UTC if there are several |
//! | `datetime.time` without a time zone | Time64(µs) |
//! | `datetime.timedelta` | Duration(µs) |
//! | `decimal.Decimal`, of up to 38 digits | Decimal128 |
//! | `None`; NaN among other things than numbers | null |
//!
//! | columns of numbers of one type, of pandas and numpy | of the same type; what is missing is null, and NaN remains NaN |
//! | those of times and spans of time | Timestamp and Duration, of their unit |
//! | `category` | Dictionary |
//!
//! Labels of rows are columns, too, called `__index_level_0__` if they have no name; those that only number the rows are in the
//! metadata, as pyarrow writes it for pandas.
//!
//! Columns in which several of these are mixed, and those of anything else, as lists and dicts, are a [`Misfit`].

mod cell;
mod column;
mod frame;
mod records;
mod values;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema};
use halfsour_value::{Data, Node};

use crate::{Known, recognise};

/// Why an object is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which column is at fault, if one is.
    pub column: Option<String>,
    /// In which row, from 0, that was found.
    pub row: Option<usize>,
    /// What is wrong.
    pub what: Cow<'static, str>,
}

impl Misfit {
    fn new(what: impl Into<Cow<'static, str>>) -> Self {
        Self { column: None, row: None, what: what.into() }
    }

    fn at(self, row: usize) -> Self {
        Self { row: Some(row), ..self }
    }

    fn of(self, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..self }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "column {column:?}: ")?;
        }
        if let Some(row) = self.row {
            write!(f, "row {row}: ")?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Misfit {}

/// How many bytes a table may still take. What is shared in a pickle is written each time.
struct Budget(usize);

impl Budget {
    fn spend(&mut self, bytes: usize) -> Result<(), Misfit> {
        let left = self.0.checked_sub(bytes);
        self.0 = left.ok_or(Misfit::new("the table would be larger than the limit"))?;
        Ok(())
    }
}

/// The table that an object is: a frame or a series of pandas; a list of dicts, which are its rows; or a dict of lists, arrays and
/// series, which are its columns. It may take so many bytes.
///
/// Rows may leave out columns, which are null there. The columns come in the order in which they first occur.
///
/// ```
/// use halfsour_classes::arrow::table;
///
/// // [{'a': 1, 'b': 'x'}, {'a': 2}]
/// let graph = halfsour_vm::from_slice(b"](}(X\x01\0\0\0aK\x01X\x01\0\0\0bX\x01\0\0\0xu}X\x01\0\0\0aK\x02se.")?;
/// let batch = table(graph.root(), 1 << 20)?;
/// assert_eq!((batch.num_rows(), batch.num_columns()), (2, 2));
/// assert_eq!(batch.column(1).null_count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If it is no table, or a column is of what Arrow does not have.
pub fn table<S: AsRef<[u8]>>(node: Node<'_, S>, most: usize) -> Result<RecordBatch, Misfit> {
    let mut budget = Budget(most);
    if let Some(columns) = records::items(node) {
        return records::of_columns(columns, &mut budget);
    }
    let rows: Vec<_> = match (node.data(), recognise(node)) {
        (Data::List(rows) | Data::Tuple(rows), _) => rows.collect(),
        (_, Some(Known::Deque(deque))) => deque.items.collect(),
        (_, Some(Known::DataFrame(frame))) => return frame::of_frame(&frame, &mut budget),
        (_, Some(Known::Series(series))) => return frame::of_series(&series, &mut budget),
        _ => return Err(Misfit::new("neither a frame, nor a list of dicts, nor a dict of lists: no table")),
    };
    records::of_rows(&rows, &mut budget)
}

/// A batch of columns that are all of this length.
fn batch(columns: Vec<(String, ArrayRef)>, rows: usize) -> Result<RecordBatch, Misfit> {
    let field = |(name, array): &(String, ArrayRef)| Field::new(name, array.data_type().clone(), true);
    let fields: Vec<_> = columns.iter().map(field).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| Misfit::new(error.to_string()))
}
