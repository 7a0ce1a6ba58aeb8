//! Arrow's own file format.

use std::io::Write;

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::ArrowError;

use super::WriteError;

/// Writes a table in Arrow's file format, which is also that of Feather (version 2).
///
/// The writer makes many small writes: give it a [`BufWriter`](std::io::BufWriter).
///
/// # Errors
///
/// If the output takes no more.
pub fn write_ipc(batch: &RecordBatch, out: impl Write) -> Result<(), WriteError> {
    let mut writer = FileWriter::try_new(out, &batch.schema()).map_err(write_error)?;
    writer.write(batch).and_then(|()| writer.finish()).map_err(write_error)
}

fn write_error(error: ArrowError) -> WriteError {
    match error {
        ArrowError::IoError(_, error) => WriteError::Output(error),
        ArrowError::ExternalError(error) => WriteError::new(error),
        error => WriteError::new(error.into()),
    }
}
