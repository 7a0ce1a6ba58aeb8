//! `halfsour convert` to tables: what it wrote, read by others.
#![cfg(feature = "arrow")]

use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::FileReader;
use halfsour::arrow::table;
use halfsour_fixtures::packages;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A file for the test of this name.
fn scratch(test: &str, file: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tables-{test}"));
    fs::create_dir_all(&directory).unwrap();
    directory.join(file)
}

/// Converts a pickle; what the command complains of.
fn convert(pickle: &[u8], output: &Path) -> Result<(), String> {
    let input = output.with_extension("pkl");
    fs::write(&input, pickle).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_halfsour"));
    let output = command.arg("convert").arg(input).arg("-o").arg(output).output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8(output.stderr).unwrap()) }
}

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

#[test]
fn parquet_and_arrow_hold_the_table() {
    let mut count = 0;
    for package in packages().into_iter().filter(|package| package.script == "tables") {
        let graph = halfsour::Loader::new().load(&package.bytes[..]).unwrap();
        let expected = table(graph.root(), usize::MAX).unwrap();
        let (parquet, arrow) = (scratch("columns", "out.parquet"), scratch("columns", "out.arrow"));
        convert(&package.bytes, &parquet).unwrap();
        convert(&package.bytes, &arrow).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(parquet).unwrap()).unwrap();
        // Parquet has no times in seconds.
        if package.name == "times" && package.value["names"][0] == "s" {
            continue;
        }
        for batch in reader.build().unwrap() {
            assert_eq!(shown(&batch.unwrap()), shown(&expected), "{package}");
            count += 1;
        }
        let batch = FileReader::try_new(File::open(arrow).unwrap(), None).unwrap().next().unwrap().unwrap();
        assert_eq!(shown(&batch), shown(&expected), "{package}");
        assert_eq!(batch.schema(), expected.schema(), "{package}");
    }
    assert!(count > 10, "{count}");
}

#[test]
fn csv() {
    let is_columns = |name: &str| {
        ["columns", "plain", "bytes", "datetimes in UTC", "decimals", "categories"].contains(&name)
    };
    let mut all = String::new();
    for package in
        packages().into_iter().filter(|package| package.script == "tables" && is_columns(&package.name))
    {
        let output = scratch("csv", "out.csv");
        convert(&package.bytes, &output).unwrap();
        all += &fs::read_to_string(output).unwrap();
    }
    let expected = "\
        n,x,name,ok\n1,0.5,dill,true\n-2,NaN,€,\n\
        a\nff00\n\"\"\n\
        a\n2024-02-29T12:30:00.000250Z\n\"\"\n\
        a\n1.500\n-0.001\n12345678901234567890.000\n0.000\n1000.000\n\
        a,b\n1,x\n2,\n3,z\n\
        a,b\nhalf,2\nfull,1\n,2\n";
    assert_eq!(all, expected);
}

#[test]
fn what_is_no_table_is_refused() {
    let output = scratch("refused", "none.parquet");
    let why = convert(b"](}(X\x01\0\0\0a]ue.", &output).unwrap_err();
    assert!(why.contains("column \"a\": row 0: no Arrow column type for a list"), "{why}");
    let why = convert(b"]}(X\x01\0\0\0aK\x01ua.N.", &output).unwrap_err();
    assert!(why.contains("several pickles; --first takes the table of the first"), "{why}");
    assert!(!output.exists());
}
