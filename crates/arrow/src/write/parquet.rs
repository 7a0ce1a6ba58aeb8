//! Parquet.

use std::io::Write;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMillisecondType, TimestampSecondType};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, FieldRef, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::WriteError;
use crate::TableError;

/// Writes a table as parquet, compressed by snappy.
///
/// Times that count seconds are written in milliseconds, since parquet has no others.
///
/// # Errors
///
/// If a time is too far from 1970 for milliseconds, or if the output takes no more.
pub fn write_parquet(batch: &RecordBatch, out: impl Write + Send) -> Result<(), WriteError> {
    let batch = in_milliseconds(batch)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    ArrowWriter::try_new(out, batch.schema(), Some(properties))
        .and_then(|mut writer| writer.write(&batch).and_then(|()| writer.close()))
        .map(drop)
        .map_err(|error| match error {
            ParquetError::External(error) => WriteError::new(error),
            error => WriteError::new(error.into()),
        })
}

/// Returns the table with its times that count seconds in milliseconds.
fn in_milliseconds(batch: &RecordBatch) -> Result<RecordBatch, TableError> {
    let schema = batch.schema();
    let column = |(field, array): (&FieldRef, &ArrayRef)| -> Result<(FieldRef, ArrayRef), TableError> {
        let DataType::Timestamp(TimeUnit::Second, zone) = array.data_type() else {
            return Ok((field.clone(), array.clone()));
        };
        let array: PrimitiveArray<TimestampMillisecondType> = array
            .as_primitive::<TimestampSecondType>()
            .try_unary(|seconds| seconds.checked_mul(1000).ok_or(()))
            .map_err(|()| TableError::new("a time is too far from 1970 for milliseconds").of(field.name()))?;
        let array = array.with_timezone_opt(zone.clone());
        let field = field.as_ref().clone().with_data_type(array.data_type().clone());
        Ok((Arc::new(field), Arc::new(array)))
    };
    let columns = schema.fields().iter().zip(batch.columns()).map(column);
    let (fields, columns): (Vec<_>, Vec<_>) = columns.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
    RecordBatch::try_new_with_options(Arc::new(schema), columns, &options)
        .map_err(|error| TableError::new(error.to_string()))
}
