//! Tables: CSV, and the list of them. `halfsour-arrow` tests its other formats.

use halfsour_convert::{Options, convert, tables};
use halfsour_files::{Input, Limits, Part};
use halfsour_fixtures::packages;

fn part(pickle: &[u8]) -> Part {
    let input = Input::from_bytes("a file", pickle.to_vec().into(), Limits::UNTRUSTED).unwrap();
    input.parts().unwrap().next().unwrap().unwrap()
}

/// Converts a pickle; what there is to complain of.
fn converted(pickle: &[u8], format: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let result = convert(&part(pickle), format.parse().unwrap(), &Options::default(), &mut out);
    result.map(|()| out).map_err(|error| error.to_string())
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
        all += &String::from_utf8(converted(&package.bytes, "csv").unwrap()).unwrap();
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
    let why = converted(b"](}(X\x01\0\0\0a]ue.", "parquet").unwrap_err();
    assert!(why.contains("column \"a\": row 0: no Arrow column type for a list"), "{why}");
    let why = converted(b"]}(X\x01\0\0\0aK\x01ua.N.", "parquet").unwrap_err();
    assert!(why.contains("several pickles; the option `first` takes the table of the first"), "{why}");
    let mut out = Vec::new();
    let options = Options::default().with_first(true);
    convert(&part(b"]}(X\x01\0\0\0aK\x01ua.N."), "csv".parse().unwrap(), &options, &mut out).unwrap();
    assert_eq!(out, b"a\n1\n");
}

/// Each has in it the table that the columns of CSV show.
#[test]
fn frames_are_listed() {
    let mut count = 0;
    for package in packages().into_iter().filter(|package| package.script == "tables") {
        let tables = tables(&part(&package.bytes), &Options::default()).unwrap();
        for table in tables {
            let names = package.value["names"].as_array().unwrap();
            let rows = package.value["columns"][0].as_array().map_or(0, Vec::len);
            assert_eq!((table.name.as_str(), table.rows), ("", rows), "{package}");
            // The labels of the rows come after the columns.
            let columns: Vec<_> =
                table.columns.iter().map(|column| column.name.as_deref().unwrap()).collect();
            assert_eq!(columns, names[..columns.len()], "{package}");
            assert!(table.columns.iter().all(|column| column.dtype.is_some()), "{package}: {table}");
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

#[test]
fn a_list_of_tables_is_text_and_json() {
    let package =
        packages().into_iter().find(|package| package.script == "tables" && package.name == "categories");
    let tables = tables(&part(&package.unwrap().bytes), &Options::default()).unwrap();
    assert_eq!(tables[0].to_string(), "3 rows, 2 columns\n  a  category\n  b  category\n");
    let json = serde_json::to_value(&tables[0]).unwrap();
    assert_eq!(json["columns"][1], serde_json::json!({"name": "b", "dtype": "category"}));
}
