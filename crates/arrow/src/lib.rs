#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cell;
mod column;
mod error;
mod frame;
mod metadata;
mod records;
mod values;
mod write;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema};
use halfsour_classes::pandas::unreadable;
use halfsour_classes::{Known, Shape, Table, members, pairs, recognise};
use halfsour_value::Node;

pub use arrow_array;
pub use arrow_schema;
pub use error::TableError;
pub use write::WriteError;
#[cfg(feature = "csv")]
pub use write::write_csv;
#[cfg(feature = "ipc")]
pub use write::write_ipc;
#[cfg(feature = "parquet")]
pub use write::write_parquet;

/// The bytes that a table may still take. A value that a pickle shares counts each time that the table has it.
struct Budget(usize);

impl Budget {
    fn spend(&mut self, bytes: usize) -> Result<(), TableError> {
        let left = self.0.checked_sub(bytes);
        self.0 = left.ok_or(TableError::new("the table would be larger than the limit"))?;
        Ok(())
    }
}

/// Returns the table that an object is: a frame or a series of pandas; a list of dicts, which are its rows; or a dict of lists, arrays
/// and series, which are its columns. Other sequences and mappings, such as deques, are as good as lists and dicts.
///
/// Rows may leave out columns, which are null there. Columns come in the order in which they first occur. The table may take 256 MiB beyond
/// eight bytes for each byte of the graph, its source and its buffers, which only data that is shared exceeds; [`table_with`] takes another
/// limit.
///
/// ```
/// use halfsour_arrow::arrow_array::Array;
/// use halfsour_arrow::table;
///
/// // {'n': [1, 2, None]}
/// let graph = halfsour_vm::from_slice(b"}X\x01\0\0\0n](K\x01K\x02Nes.")?;
/// let batch = table(graph.root())?;
/// assert_eq!(batch.schema().field(0).name(), "n");
/// assert_eq!((batch.num_rows(), batch.column(0).null_count()), (3, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the object is no table, if Arrow has no type for a column, or if the table would exceed the limit.
pub fn table<S: AsRef<[u8]>>(node: Node<'_, S>) -> Result<RecordBatch, TableError> {
    const FREE: usize = 256 << 20;
    let graph = node.graph();
    let buffers: usize = graph.buffers().iter().map(|buffer| buffer.as_ref().len()).sum();
    let size = graph.source().as_ref().len() + graph.bytes_held() + buffers;
    table_with(node, size.saturating_mul(8).saturating_add(FREE))
}

/// Returns the table that an object is, as [`table`] does, of at most `most` bytes.
///
/// # Errors
///
/// As of [`table`].
pub fn table_with<S: AsRef<[u8]>>(node: Node<'_, S>, most: usize) -> Result<RecordBatch, TableError> {
    let mut budget = Budget(most);
    if let Some(columns) = pairs(node) {
        return records::of_columns(columns, &mut budget);
    }
    if let Some(rows) = members(node) {
        return records::of_rows(rows, &mut budget);
    }
    match recognise(node).as_ref().map(Known::shape) {
        Some(Shape::Table(Table::Frame(frame))) => frame::of_frame(frame, &mut budget),
        Some(Shape::Table(Table::Series(series))) => frame::of_series(series, &mut budget),
        _ => Err(unreadable(node).map_or_else(
            || TableError::new("not a table: expected a DataFrame, a list of dicts or a dict of lists"),
            |unreadable| TableError::unreadable(&unreadable),
        )),
    }
}

/// Returns a batch of columns, each `rows` long.
fn batch(columns: Vec<(String, ArrayRef)>, rows: usize) -> Result<RecordBatch, TableError> {
    let field = |(name, array): &(String, ArrayRef)| Field::new(name, array.data_type().clone(), true);
    let fields: Vec<_> = columns.iter().map(field).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| TableError::new(error.to_string()))
}
