//! Tables as files, read by others.

use std::fmt::Write;
use std::io;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Int8Array, RecordBatch, StringArray,
    TimestampMillisecondArray, TimestampSecondArray,
};
use arrow_ipc::reader::FileReader;
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use halfsour_arrow::{WriteError, table_with, write_ipc, write_parquet};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// As text, for NaN is not equal to NaN; of dictionaries what they stand for, since parquet makes dictionaries of its
/// own.
fn shown(batch: &RecordBatch) -> String {
    let mut text = String::new();
    for array in batch.columns() {
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            write!(text, "{array:?}").unwrap();
            continue;
        };
        let keys = dictionary.normalized_keys();
        for (row, key) in keys.into_iter().enumerate() {
            if array.is_null(row) {
                text.push_str("null");
            } else {
                write!(text, "{:?}", dictionary.values().slice(key, 1)).unwrap();
            }
        }
    }
    text
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let field = |(name, array): &(&str, ArrayRef)| Field::new(*name, array.data_type().clone(), true);
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    RecordBatch::try_new(Arc::new(schema), columns.into_iter().map(|(_, array)| array).collect()).unwrap()
}

#[test]
fn parquet_and_arrow_hold_the_table() {
    let mut count = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "tables") {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let expected = table_with(graph.root(), usize::MAX).unwrap();
        let (mut parquet, mut ipc) = (Vec::new(), Vec::new());
        write_parquet(&expected, &mut parquet).unwrap();
        write_ipc(&expected, &mut ipc).unwrap();
        let read = FileReader::try_new(io::Cursor::new(ipc), None).unwrap().next().unwrap().unwrap();
        assert_eq!(shown(&read), shown(&expected), "{package}");
        assert_eq!(read.schema(), expected.schema(), "{package}");
        let is_seconds =
            |field: &Arc<Field>| matches!(field.data_type(), DataType::Timestamp(TimeUnit::Second, _));
        if expected.schema().fields().iter().any(is_seconds) {
            // Parquet has none of those: they are in milliseconds.
            continue;
        }
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet)).unwrap();
        for read in reader.build().unwrap() {
            assert_eq!(shown(&read.unwrap()), shown(&expected), "{package}");
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

#[test]
fn seconds_are_milliseconds_in_parquet() {
    let column =
        |seconds: Vec<i64>| batch(vec![("when", Arc::new(TimestampSecondArray::from(seconds)) as _)]);
    let mut parquet = Vec::new();
    write_parquet(&column(vec![-1, 7]), &mut parquet).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet)).unwrap();
    let read = reader.build().unwrap().next().unwrap().unwrap();
    assert_eq!(
        shown(&read),
        shown(&batch(vec![("when", Arc::new(TimestampMillisecondArray::from(vec![-1000, 7000])))]))
    );
    let error = write_parquet(&column(vec![i64::MAX]), Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "column \"when\": a time is too far from 1970 for milliseconds");
}

/// A column of categories that have an order.
fn ordered(keys: &[Option<i8>]) -> RecordBatch {
    let values = Arc::new(StringArray::from(vec!["lo", "mid", "hi"]));
    let array = DictionaryArray::<Int8Type>::try_new(Int8Array::from(keys.to_vec()), values).unwrap();
    let field = Field::new("c", array.data_type().clone(), true).with_dict_is_ordered(true);
    let told = r#"{"columns":[{"field_name":"c","metadata":{"num_categories":3,"ordered":true}}]}"#;
    let told = std::collections::HashMap::from([("pandas".to_owned(), told.to_owned())]);
    let schema = Schema::new_with_metadata(vec![field], told);
    RecordBatch::try_new(Arc::new(schema), vec![Arc::new(array)]).unwrap()
}

/// Parquet has categories in the order in which they occur: it must not say that this is their order, unless it is.
#[test]
fn categories_are_ordered_only_in_their_order() {
    let cases: [(&[Option<i8>], bool, usize); 5] = [
        (&[Some(0), None, Some(1), Some(0), Some(2)], true, 0),
        (&[Some(0), Some(2), Some(2)], true, 1),
        (&[Some(2), Some(0), Some(1)], false, 0),
        (&[None, Some(0), Some(2), Some(1)], false, 0),
        (&[None], true, 3),
    ];
    for (keys, is_ordered, unused) in cases {
        let mut parquet = Vec::new();
        let lost = write_parquet(&ordered(keys), &mut parquet).unwrap();
        let lost = lost.first().map_or((true, 0), |of| (!of.is_unordered, of.unused));
        assert_eq!(lost, (is_ordered, unused), "{keys:?}");
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(parquet)).unwrap();
        let schema = reader.schema().clone();
        assert_eq!(schema.field(0).dict_is_ordered(), Some(is_ordered), "{keys:?}");
        let told = &schema.metadata()["pandas"];
        assert!(told.contains(&format!("\"ordered\":{is_ordered}")), "{told}");
    }
}

/// An output that is full.
struct Full;

impl io::Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn failures_of_the_output_are_told_from_those_of_the_table() {
    let table = batch(vec![("a", Arc::new(BooleanArray::from(vec![true])) as _)]);
    for result in [write_ipc(&table, Full), write_parquet(&table, Full).map(drop)] {
        let Err(WriteError::Output(error)) = result else { panic!("{result:?}") };
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
