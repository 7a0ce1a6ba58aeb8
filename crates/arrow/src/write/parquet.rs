//! Parquet.

use std::io::Write;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMillisecondType, TimestampSecondType};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, RecordBatchOptions};
use arrow_schema::{DataType, FieldRef, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowLeafColumn, compute_leaves};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::WriteError;
use crate::TableError;
use crate::metadata::{self, PANDAS};

/// Writes a table as parquet, compressed by snappy.
///
/// Times that count seconds are written in milliseconds, since parquet has no others. Parquet has the categories of a
/// column in the order in which they occur, and only those that do. Where that is not the order of ordered
/// categories, the column is written as one without order. Returned are the columns that lose something so.
///
/// # Errors
///
/// If a time is too far from 1970 for milliseconds, or if the output takes no more.
pub fn write_parquet(batch: &RecordBatch, out: impl Write + Send) -> Result<Vec<LostCategories>, WriteError> {
    let batch = in_milliseconds(batch)?;
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    let lost: Vec<_> = columns.filter_map(|(field, array)| LostCategories::of(field, array)).collect();
    let batch = without_false_order(batch, &lost)?;
    write(&batch, out).map_err(|error| match error {
        ParquetError::External(error) => WriteError::new(error),
        error => WriteError::new(error.into()),
    })?;
    Ok(lost)
}

/// A column of which parquet does not keep the categories as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LostCategories {
    /// The name of the column.
    pub column: String,
    /// Whether the categories are in another order, and so have none.
    pub is_unordered: bool,
    /// The number of categories that are in no row, and so are not there.
    pub unused: usize,
}

impl LostCategories {
    fn of(field: &FieldRef, array: &ArrayRef) -> Option<Self> {
        let dictionary = array.as_any_dictionary_opt().filter(|of| !of.values().is_empty())?;
        let mut seen = vec![false; dictionary.values().len()];
        let (mut last, mut in_order) = (0, true);
        let keys = dictionary.normalized_keys().into_iter().enumerate();
        for (_, key) in keys.filter(|(row, _)| !array.is_null(*row)) {
            if !std::mem::replace(&mut seen[key], true) {
                in_order &= std::mem::replace(&mut last, key) <= key;
            }
        }
        let is_unordered = field.dict_is_ordered() == Some(true) && !in_order;
        let unused = seen.iter().filter(|seen| !**seen).count();
        (is_unordered || unused > 0).then(|| Self { column: field.name().clone(), is_unordered, unused })
    }
}

/// The rows of a group, which is encoded in memory: those that pyarrow puts in one, too.
const GROUP: usize = 1 << 20;

/// Fewer rows are encoded sooner than a thread starts.
const FEW: usize = 10_000;

/// Writes a table in groups of rows.
fn write(batch: &RecordBatch, out: impl Write + Send) -> Result<(), ParquetError> {
    // Statistics of each page would be an index of their own, which pyarrow does not write either.
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .build();
    let writer = ArrowWriter::try_new(out, batch.schema(), Some(properties))?;
    let (mut writer, factory) = writer.into_serialized_writer()?;
    for (number, start) in (0..batch.num_rows()).step_by(GROUP).enumerate() {
        let rows = batch.slice(start, GROUP.min(batch.num_rows() - start));
        let chunks = encoded(&rows, factory.create_column_writers(number)?)?;
        let mut group = writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
    }
    writer.close().map(drop)
}

/// Encodes the columns of a group, as many at once as the machine has threads. Lists and structs are several columns.
fn encoded(
    rows: &RecordBatch,
    writers: Vec<ArrowColumnWriter>,
) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
    let schema = rows.schema();
    let leaves =
        schema.fields().iter().zip(rows.columns()).map(|(field, array)| compute_leaves(field, array));
    let leaves: Vec<ArrowLeafColumn> = leaves.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let most = if rows.num_rows() < FEW { 1 } else { leaves.len() };
    let jobs = Mutex::new(writers.into_iter().zip(leaves).enumerate());
    let work = || -> Result<Vec<(usize, ArrowColumnChunk)>, ParquetError> {
        let mut chunks = Vec::new();
        loop {
            let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((number, (mut writer, leaf))) = next else { return Ok(chunks) };
            writer.write(&leaf)?;
            chunks.push((number, writer.close()?));
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(most);
    let mut chunks = thread::scope(|scope| {
        // Where there are no threads, this one does all.
        let other = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads).filter_map(other).collect();
        let mut chunks = work()?;
        for other in others {
            chunks.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok::<_, ParquetError>(chunks)
    })?;
    chunks.sort_unstable_by_key(|(number, _)| *number);
    Ok(chunks.into_iter().map(|(_, chunk)| chunk).collect())
}

/// Returns the table with no order where readers would find another one.
fn without_false_order(batch: RecordBatch, lost: &[LostCategories]) -> Result<RecordBatch, TableError> {
    let unordered = lost.iter().filter(|of| of.is_unordered).map(|of| of.column.clone());
    let unordered: Vec<_> = unordered.collect();
    if unordered.is_empty() {
        return Ok(batch);
    }
    let schema = batch.schema();
    let field = |field: FieldRef| {
        if unordered.contains(field.name()) {
            Arc::new(field.as_ref().clone().with_dict_is_ordered(false))
        } else {
            field
        }
    };
    let fields: Vec<FieldRef> = schema.fields().iter().cloned().map(field).collect();
    let mut metadata = schema.metadata().clone();
    if let Some(told) = schema.metadata().get(PANDAS) {
        let told =
            metadata::without_order(told, &unordered).map_err(|error| TableError::new(error.to_string()))?;
        metadata.insert(PANDAS.to_owned(), told);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let schema = Schema::new_with_metadata(fields, metadata);
    RecordBatch::try_new_with_options(Arc::new(schema), batch.columns().to_vec(), &options)
        .map_err(|error| TableError::new(error.to_string()))
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
