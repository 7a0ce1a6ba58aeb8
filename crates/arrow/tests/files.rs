//! Tables as files, read by others.

use std::fmt::Write;
use std::io;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    DurationMicrosecondArray, DurationMillisecondArray, DurationNanosecondArray, DurationSecondArray,
    Float16Array, Float32Array, Float64Array, NullArray, RecordBatch, StringArray, Time64MicrosecondArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
    UInt64Array,
};
use arrow_ipc::reader::FileReader;
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use half::f16;
use halfsour_arrow::{WriteError, table_with, write_csv, write_ipc, write_parquet};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// As text, for NaN is not equal to NaN; of dictionaries what they stand for, since parquet makes dictionaries of its own.
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

fn csv(batch: &RecordBatch) -> String {
    let mut out = Vec::new();
    write_csv(batch, &mut out).unwrap();
    String::from_utf8(out).unwrap()
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

#[test]
fn csv_of_every_type() {
    let floats = [1e16, -0.0, f64::NAN, 5e-324, f64::INFINITY, 0.1];
    let short = [1e16_f32, -0.0, f32::NAN, 1e-7, 16_777_216.0, 0.1];
    let half = [1e4, -0.0, f32::NAN, 1e-7, 65504.0, 0.1].map(f16::from_f32);
    let texts = [Some("a,b"), None, Some("a\"b"), Some("x\ny"), Some(""), Some("\r")];
    let bytes = [Some(&b"\0\xff"[..]), None, Some(b""), Some(b"a"), Some(b"b"), Some(b"c")];
    let year_10000 = 253_402_300_800;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("f8", Arc::new(Float64Array::from(floats.to_vec()))),
        ("f4", Arc::new(Float32Array::from(short.to_vec()))),
        ("f2", Arc::new(Float16Array::from(half.to_vec()))),
        ("u8", Arc::new(UInt64Array::from(vec![Some(u64::MAX), None, Some(0), None, Some(7), Some(1)]))),
        ("str", Arc::new(StringArray::from(texts.to_vec()))),
        ("bytes", Arc::new(BinaryArray::from_opt_vec(bytes.to_vec()))),
        ("date", Arc::new(Date32Array::from(vec![0, -1, 100_000, -800_000, 5_000_000, 19_000]))),
        (
            "time",
            Arc::new(Time64MicrosecondArray::from(vec![
                0,
                1,
                1_000_000,
                86_399_999_999,
                3_600_000_000,
                1500,
            ])),
        ),
        ("d[s]", Arc::new(DurationSecondArray::from(vec![0, 1, -1, 90_061, i64::MAX / 1000, 3]))),
        ("d[ms]", Arc::new(DurationMillisecondArray::from(vec![0, 1, -1, 90_061, 86_400_000, 3]))),
        ("d[us]", Arc::new(DurationMicrosecondArray::from(vec![0, 1, -1, 90_061, i64::MAX, i64::MIN]))),
        ("d[ns]", Arc::new(DurationNanosecondArray::from(vec![0, 1, -1, 90_061, i64::MAX, i64::MIN]))),
        ("t[s]", Arc::new(TimestampSecondArray::from(vec![0, -1, 90_061, year_10000, -99_999_999_999, 7]))),
        (
            "t[ms]",
            Arc::new(
                TimestampMillisecondArray::from(vec![0, -1, 90_061, year_10000, 7, 7])
                    .with_timezone("+05:30"),
            ),
        ),
        (
            "t[us]",
            Arc::new(
                TimestampMicrosecondArray::from(vec![0, -1, 90_061, year_10000 * 1_000_000, 7, 7])
                    .with_timezone("Europe/Berlin"),
            ),
        ),
        (
            "t[ns]",
            Arc::new(
                TimestampNanosecondArray::from(vec![0, -1, 90_061, i64::MAX, i64::MIN, 7])
                    .with_timezone("-11:45"),
            ),
        ),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from(vec![0, -1, 10_i128.pow(37), 5, 7, 123_456])
                    .with_precision_and_scale(38, 3)
                    .unwrap(),
            ),
        ),
        ("null", Arc::new(NullArray::new(6))),
        (
            "category",
            Arc::new(DictionaryArray::<Int8Type>::from_iter([
                Some("x"),
                None,
                Some("y,"),
                Some("x"),
                Some(""),
                None,
            ])),
        ),
        ("bool", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), None, None, None]))),
    ];
    // This is what arrow-csv 60.1 writes, save that it knows no zone of that name, of which it was told UTC.
    let expected = "\
f8,f4,f2,u8,str,bytes,date,time,d[s],d[ms],d[us],d[ns],t[s],t[ms],t[us],t[ns],decimal,null,category,bool
1e16,1e16,10000,18446744073709551615,\"a,b\",00ff,1970-01-01,00:00:00,P0D,P0D,P0D,P0D,1970-01-01T00:00:00,1970-01-01T05:30:00+05:30,1970-01-01T00:00:00Z,1969-12-31T12:15:00-11:45,0.000,,x,true
-0.0,-0.0,-0,,,,1969-12-31,00:00:00.000001,PT1S,PT0.001S,PT0.000001S,PT0.000000001S,1969-12-31T23:59:59,1970-01-01T05:29:59.999+05:30,1969-12-31T23:59:59.999999Z,1969-12-31T12:14:59.999999999-11:45,-0.001,,,
NaN,NaN,NaN,0,\"a\"\"b\",,2243-10-17,00:00:01,-PT1S,-PT0.001S,-PT0.000001S,-PT0.000000001S,1970-01-02T01:01:01,1970-01-01T05:31:30.061+05:30,1970-01-01T00:00:00.090061Z,1969-12-31T12:15:00.000090061-11:45,10000000000000000000000000000000000.000,,\"y,\",false
5e-324,1e-7,0.00000011920929,,\"x\ny\",61,-0221-09-04,23:59:59.999999,PT90061S,PT90.061S,PT0.090061S,PT0.000090061S,+10000-01-01T00:00:00,1978-01-12T03:01:40.800+05:30,+10000-01-01T00:00:00Z,2262-04-11T12:02:16.854775807-11:45,0.005,,x,
inf,16777216.0,65504,7,,62,+15659-07-15,01:00:00,PT9223372036854775S,PT86400S,PT9223372036854.775807S,PT9223372036.854775807S,-1199-02-15T14:13:21,1970-01-01T05:30:00.007+05:30,1970-01-01T00:00:00.000007Z,1677-09-20T12:27:43.145224192-11:45,0.007,,,
0.1,0.1,0.099975586,1,\"\r\",63,2022-01-08,00:00:00.001500,PT3S,PT0.003S,-PT9223372036854.775808S,-PT9223372036.854775808S,1970-01-01T00:00:07,1970-01-01T05:30:00.007+05:30,1970-01-01T00:00:00.000007Z,1969-12-31T12:15:00.000000007-11:45,123.456,,,
";
    assert_eq!(csv(&batch(columns)), expected);
}

#[test]
fn no_line_of_csv_is_empty() {
    let empty = || Arc::new(NullArray::new(1)) as ArrayRef;
    assert_eq!(csv(&batch(vec![("a", empty())])), "a\n\"\"\n");
    assert_eq!(csv(&batch(vec![("a", empty()), ("b", empty())])), "a,b\n\"\",\n");
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
    for result in [write_csv(&table, Full), write_ipc(&table, Full), write_parquet(&table, Full)] {
        let Err(WriteError::Output(error)) = result else { panic!("{result:?}") };
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
    let far = batch(vec![("a", Arc::new(TimestampSecondArray::from(vec![0, i64::MAX])) as _)]);
    let error = write_csv(&far, Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "column \"a\": row 1: a time that is out of range");
}
