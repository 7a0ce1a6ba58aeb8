//! Tables: parquet, Arrow, CSV.

use std::io::Write;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMillisecondType, TimestampSecondType};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, RecordBatchOptions, make_array};
use arrow_schema::{ArrowError, DataType, FieldRef, Schema, TimeUnit};
use halfsour::Graph;
use halfsour::arrow::table;
use halfsour_files::Part;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::output::Output;
use super::{Format, Limits};
use crate::failure::{Cause, Failure};

pub struct Writer {
    output: Output,
    format: Format,
    limits: Limits,
    is_written: bool,
}

impl Writer {
    pub fn new(output: Output, format: Format, limits: Limits) -> Self {
        Self { output, format, limits, is_written: false }
    }

    fn write(&mut self, graph: &Graph<&[u8]>) -> Result<(), String> {
        if std::mem::replace(&mut self.is_written, true) {
            return Err("several pickles; --first takes the table of the first".to_owned());
        }
        let most = graph.source().len().saturating_mul(8).saturating_add(self.limits.written.bytes);
        let batch = table(graph.root(), most).map_err(|misfit| misfit.to_string())?;
        let out = &mut self.output;
        match self.format {
            Format::Parquet => {
                let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let batch = in_milliseconds(&batch).map_err(|error| error.to_string())?;
                ArrowWriter::try_new(out, batch.schema(), Some(properties))
                    .and_then(|mut writer| writer.write(&batch).and_then(|()| writer.close()).map(drop))
                    .map_err(|error| error.to_string())
            }
            Format::Csv => {
                let mut writer = arrow_csv::Writer::new(out);
                in_utc(&batch).and_then(|batch| writer.write(&batch)).map_err(|error| error.to_string())
            }
            _ => arrow_ipc::writer::FileWriter::try_new(out, &batch.schema())
                .and_then(|mut writer| writer.write(&batch).and_then(|()| writer.finish()))
                .map_err(|error| error.to_string()),
        }?;
        self.output.flush().map_err(|error| error.to_string())
    }
}

impl super::Writer for Writer {
    fn add(&mut self, graph: &Graph<&[u8]>, _: &Part) -> Result<(), Cause> {
        self.write(graph).map_err(Cause::Other)
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.output.finish()
    }
}

/// The same, with times of named zones in UTC: what the offset of a zone is at a time, is not known here.
fn in_utc(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let column = |array: &ArrayRef| match array.data_type() {
        DataType::Timestamp(unit, Some(zone)) if !zone.starts_with(['+', '-']) => {
            let utc = DataType::Timestamp(*unit, Some("+00:00".into()));
            Ok(make_array(array.to_data().into_builder().data_type(utc).build()?))
        }
        _ => Ok(array.clone()),
    };
    changed(batch, column)
}

/// The same, with times that count seconds in milliseconds: parquet has none of these.
fn in_milliseconds(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    changed(batch, |array| match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, zone) => {
            let seconds = array.as_primitive::<TimestampSecondType>();
            let far = || ArrowError::ComputeError("a time is too far from 1970 for milliseconds".to_owned());
            let ticks: PrimitiveArray<TimestampMillisecondType> =
                seconds.try_unary(|ticks| ticks.checked_mul(1000).ok_or_else(far))?;
            Ok(Arc::new(ticks.with_timezone_opt(zone.clone())))
        }
        _ => Ok(array.clone()),
    })
}

/// The same, with other columns.
fn changed(
    batch: &RecordBatch,
    column: impl Fn(&ArrayRef) -> Result<ArrayRef, ArrowError>,
) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let field = |(field, array): (&FieldRef, &ArrayRef)| {
        field.as_ref().clone().with_data_type(array.data_type().clone())
    };
    let schema = batch.schema();
    let fields: Vec<_> = schema.fields().iter().zip(&columns).map(field).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
    RecordBatch::try_new_with_options(Arc::new(schema), columns, &options)
}
