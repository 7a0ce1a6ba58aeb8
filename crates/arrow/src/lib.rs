#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod buffers;
mod cell;
mod column;
mod error;
mod extension;
mod lists;
mod memory;
mod metadata;
mod names;
mod nested;
mod sheet;
mod values;
mod write;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema};
use halfsour_classes::sheet::Sheet;
use halfsour_value::Node;

pub use arrow_array;
pub use arrow_schema;
pub use error::TableError;
pub use write::WriteError;
#[cfg(feature = "ipc")]
pub use write::write_ipc;
#[cfg(feature = "parquet")]
pub use write::{LostCategories, write_parquet};

/// The bytes that a table may still take, and the levels of lists and dicts that its cells may still have. A value
/// that a pickle shares counts each time that the table has it.
struct Budget {
    bytes: usize,
    levels: u8,
}

/// Cells nest no deeper: readers of Arrow's types are recursive.
const DEEPEST: u8 = 32;

impl Budget {
    fn new(bytes: usize) -> Self {
        Self { bytes, levels: DEEPEST }
    }

    fn spend(&mut self, bytes: usize) -> Result<(), TableError> {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.ok_or(TableError::new("the table would be larger than the limit"))?;
        Ok(())
    }

    /// Spends what an array of cells takes, each of which is eight bytes in the column, and more while that is made.
    fn spend_cells<S>(&mut self, cells: usize) -> Result<(), TableError> {
        if cells.saturating_mul(size_of::<cell::Cell<'_, S>>()) > self.bytes {
            return Err(TableError::new("the table would be larger than the limit"));
        }
        self.spend(cells.saturating_mul(8))
    }

    /// Does something one level deeper.
    fn deeper<T>(&mut self, make: impl FnOnce(&mut Self) -> Result<T, TableError>) -> Result<T, TableError> {
        let levels = self.levels.checked_sub(1);
        self.levels = levels.ok_or(TableError::new("lists and dicts in it nest too deep"))?;
        let result = make(self)?;
        self.levels += 1;
        Ok(result)
    }
}

/// Returns the table that an object is, as [`Sheet`] tells it: a frame or a series of pandas, rows of any kind, a
/// dict of columns, an array of two dimensions.
///
/// Rows may leave out columns, which are null there. Columns come in the order in which they first occur. The table
/// may take 256 MiB beyond eight bytes for each byte of the graph, its source and its buffers, which only data that
/// is shared exceeds; [`table_with`] takes another limit.
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
pub fn table<S: AsRef<[u8]> + Clone>(node: Node<'_, S>) -> Result<RecordBatch, TableError> {
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
pub fn table_with<S: AsRef<[u8]> + Clone>(node: Node<'_, S>, most: usize) -> Result<RecordBatch, TableError> {
    let (batch, failed) = table_of(&Sheet::of(node, most)?, None, most)?;
    match failed.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(batch),
    }
}

/// Returns the columns of a sheet that Arrow has types for as a table of at most `most` bytes, and why it has not
/// those that are missing.
///
/// The labels of rows are columns if `index` is true, none of it if it is false; `None` means as pyarrow does it,
/// which has a `RangeIndex` in the metadata only.
///
/// # Errors
///
/// If the labels of the rows cannot be read, or if the table would exceed the limit.
pub fn table_of<S: AsRef<[u8]> + Clone>(
    sheet: &Sheet<'_, S>,
    index: Option<bool>,
    most: usize,
) -> Result<(RecordBatch, Vec<TableError>), TableError> {
    sheet::of_sheet(sheet, index, &mut Budget::new(most))
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
