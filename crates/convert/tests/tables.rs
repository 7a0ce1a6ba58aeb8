//! Tables: CSV, and the list of them. `halfsour-arrow` tests its other formats.

use halfsour_convert::{Options, convert, convert_archive, tables};
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
    result.map(|_| out).map_err(|error| error.to_string())
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
        n,x,name,ok\n1,0.5,dill,True\n-2,,€,\n\
        a\nb'\\xff\\x00'\nb''\n\
        a\n2024-02-29 12:30:00.000250+00:00\n\"\"\n\
        a\n1.50\n-0.001\n12345678901234567890\n0\n1E+3\n\
        a,b\n1,x\n2,\n3,z\n\
        a,b\nhalf,2\nfull,1\n,2\n";
    assert_eq!(all, expected);
}

#[test]
fn what_is_no_table_is_refused() {
    let why = converted(b"](}(X\x01\0\0\0aK\x01u}(X\x01\0\0\0aX\x01\0\0\0xue.", "parquet").unwrap_err();
    assert!(why.contains("a: row 1: text after an int, which CSV and JSON can have in a column"), "{why}");
    let why = converted(b"]}(X\x01\0\0\0aK\x01ua.N.", "parquet").unwrap_err();
    assert!(why.contains("several pickles; the option `first` takes the table of the first"), "{why}");
    let mut out = Vec::new();
    let options = Options::default().with_first(true);
    convert(&part(b"]}(X\x01\0\0\0aK\x01ua.N."), "csv".parse().unwrap(), &options, &mut out).unwrap();
    assert_eq!(out, b"a\n1\n");
}

/// Returns the CSV of what Python wrote.
fn csv_of(pickle: &[u8]) -> String {
    String::from_utf8(converted(pickle, "csv").unwrap()).unwrap()
}

/// Rows and columns that take no room in the file are refused before any is written.
#[test]
fn tables_without_end_are_refused() {
    for shape in ["1000000000000, 0", "0, 1000000000000", "1000000000, 0"] {
        let head = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}");
        let padding = " ".repeat(64 - (11 + head.len()) % 64);
        let length = u16::try_from(head.len() + padding.len() + 1).unwrap().to_le_bytes();
        let npy = [b"\x93NUMPY\x01\0", &length[..], head.as_bytes(), padding.as_bytes(), b"\n"].concat();
        let input = Input::from_bytes("a.npy", npy.into(), Limits::UNTRUSTED).unwrap();
        let part = input.parts_with_arrays().unwrap().next().unwrap().unwrap();
        let mut out = Vec::new();
        let error = convert(&part, "csv".parse().unwrap(), &Options::default(), &mut out).unwrap_err();
        assert!(error.to_string().contains("larger than the limit"), "{error}");
        assert_eq!(out, b"");
    }
}

#[test]
fn rows_may_be_of_any_kind() {
    // [(1, 'a'), (2,)]
    assert_eq!(csv_of(b"](K\x01X\x01\0\0\0a\x86K\x02\x85e."), "0,1\n1,a\n2,\n");
    // Objects with attributes.
    let row = b"cshop\nRow\n)\x81}(X\x01\0\0\0aK\x01X\x01\0\0\0b]K\x02aub";
    assert_eq!(csv_of(&[b"](", &row[..], &row[..], b"e."].concat()), "a,b\n1,[2]\n1,[2]\n");
    // Named tuples, whose fields have no names in a pickle.
    let row = b"cshop\nPair\nK\x01K\x02\x86\x81";
    assert_eq!(csv_of(&[b"](", &row[..], b"e."].concat()), "0,1\n1,2\n");
    // {'k': {'a': 1}, 'l': {'a': 2}}
    let rows = b"}(X\x01\0\0\0k}X\x01\0\0\0aK\x01sX\x01\0\0\0l}X\x01\0\0\0aK\x02su.";
    assert_eq!(csv_of(rows), ",a\nk,1\nl,2\n");
    // {'a': [1, 2], 'b': 'x'}: as pandas.DataFrame has it
    assert_eq!(csv_of(b"}(X\x01\0\0\0a](K\x01K\x02eX\x01\0\0\0bX\x01\0\0\0xu."), "a,b\n1,x\n2,x\n");
    let why = converted(b"}(X\x01\0\0\0aK\x01X\x01\0\0\0bX\x01\0\0\0xu.", "csv").unwrap_err();
    assert!(why.contains("not a table: expected"), "{why}");
    // [1, None]
    assert_eq!(csv_of(b"](K\x01Ne."), "0\n1\n\"\"\n");
}

#[test]
fn rows_of_several_kinds_are_refused() {
    let why = converted(b"](K\x01}e.", "csv").unwrap_err();
    assert!(
        why.ends_with("row 1: a row of names after a single value; JSON and ndjson hold any data"),
        "{why}"
    );
    let why = converted(b"](cshop\nThing\n)\x81e.", "csv").unwrap_err();
    assert!(
        why.ends_with("an object of shop.Thing, which has no attributes; JSON and ndjson hold any data"),
        "{why}"
    );
}

/// The labels of rows are written where they are more than numbers, or as the option says.
#[test]
fn labels_come_first_or_not_at_all() {
    let packages = packages();
    let find =
        |name: &str| packages.iter().find(|package| package.script == "tables" && package.name == name);
    let csv = |name: &str, options: &Options| {
        let mut out = Vec::new();
        convert(&part(&find(name).unwrap().bytes), "csv".parse().unwrap(), options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let default = Options::default();
    assert_eq!(csv("named index", &default), "key,a\nx,1\ny,2\n");
    assert_eq!(csv("two levels", &default), "key,,a\nx,1,1\ny,2,2\n");
    assert_eq!(csv("range", &default), ",a\n5,1\n8,2\n");
    assert_eq!(csv("text", &default), "a,b\ndill,x\n,y\n€,\n");
    assert_eq!(csv("text", &default.clone().with_index(true)), ",a,b\n0,dill,x\n1,,y\n2,€,\n");
    assert_eq!(csv("two levels", &default.with_index(false)), "a\n1\n2\n");
}

#[test]
fn a_line_for_each_row_of_a_frame() {
    let packages = packages();
    let frame = packages.iter().find(|package| package.script == "tables" && package.name == "named index");
    let lines = converted(&frame.unwrap().bytes, "ndjson").unwrap();
    assert_eq!(lines, b"{\"key\":\"x\",\"a\":1}\n{\"key\":\"y\",\"a\":2}\n");
}

#[test]
fn the_tables_in_it_are_named() {
    let packages = packages();
    let frame = packages.iter().find(|package| package.script == "tables" && package.name == "named index");
    // (frame, {})
    let frame = &frame.unwrap().bytes;
    let body = &frame[..frame.len() - 1];
    let why = converted(&[body, b"}\x86."].concat(), "csv").unwrap_err();
    assert!(
        why.ends_with("row 0: a table of its own; there are tables in it, of which a path takes one: [0]"),
        "{why}"
    );
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

/// Of two columns one is of a class that is not known: it is named, and the other one is written if parts may be left
/// out.
#[test]
fn parts_are_left_out_if_they_may_be() {
    // {'a': [1], 'b': shop.Thing()}
    let pickle = b"}(X\x01\0\0\0a]K\x01aX\x01\0\0\0bcshop\nThing\n)\x81u.";
    for format in ["csv", "parquet", "arrow"] {
        let why = converted(pickle, format).unwrap_err();
        assert!(why.contains("b: an object of shop.Thing is not known here"), "{format}: {why}");
        assert!(why.ends_with("the option `partial` leaves out what cannot be written"), "{format}: {why}");
        let mut out = Vec::new();
        let options = Options::default().with_partial(true);
        let report = convert(&part(pickle), format.parse().unwrap(), &options, &mut out).unwrap();
        assert_eq!(report.to_string(), "b: an object of shop.Thing is not known here\n");
        assert!(format != "csv" || out == b"a\n1\n", "{}", String::from_utf8_lossy(&out));
    }
}

/// Of four columns the cells of three cannot be written: objects of a class that is not known, in a list too, and a
/// list that contains itself. All are named, and the fourth is written if parts may be left out.
#[test]
fn columns_with_a_cell_that_cannot_be_written_are_left_out() {
    // {'a': [1, [2]], 'b': [3, shop.Thing()], 'c': [4, [shop.Thing()]], 'd': [d, 5]}, where d = [d]
    let thing = b"cshop\nThing\n)\x81";
    let pickle = [
        &b"}(X\x01\0\0\0a](K\x01]K\x02aeX\x01\0\0\0b](K\x03"[..],
        thing,
        b"eX\x01\0\0\0c](K\x04]",
        thing,
        b"aeX\x01\0\0\0d](]q\0h\0aK\x05eu.",
    ]
    .concat();
    let named = [
        "b: row 1: an object of shop.Thing is not known here",
        "c: row 1: an object of shop.Thing is not known here",
        "d: row 0: ",
    ];
    let why = converted(&pickle, "csv").unwrap_err();
    assert!(named.iter().all(|named| why.contains(named)), "{why}");
    let mut out = Vec::new();
    let options = Options::default().with_partial(true);
    let report = convert(&part(&pickle), "csv".parse().unwrap(), &options, &mut out).unwrap().to_string();
    assert!(report.lines().zip(named).all(|(line, named)| line.starts_with(named)), "{report}");
    assert_eq!((report.lines().count(), String::from_utf8(out).unwrap().as_str()), (3, "a\n1\n[2]\n"));
}

/// Lists and structs that pandas has as Arrow's are JSON.
#[test]
fn lists_of_arrow_are_json() {
    let all = halfsour_fixtures::packages_of(halfsour_fixtures::matrix(), "3.8-d");
    let csv = |name: &str| {
        let package = all.iter().find(|package| package.name == name && package.buffers.is_none());
        csv_of(&package.unwrap().bytes)
    };
    assert_eq!(csv("Series Arrow list"), "it\n\"[1,2]\"\n\"\"\n[]\n");
    assert_eq!(csv("Series Arrow struct"), "it\n\"{\"\"a\"\":1}\"\n\"\"\n\"{\"\"a\"\":3}\"\n");
}

#[test]
fn a_path_takes_a_part() {
    // {'x': [[1, 2]], 'y': 0}
    let pickle = b"}(X\x01\0\0\0x](](K\x01K\x02eeX\x01\0\0\0yK\0u.";
    let mut out = Vec::new();
    let options = Options::default().with_path("x".parse().unwrap());
    convert(&part(pickle), "csv".parse().unwrap(), &options, &mut out).unwrap();
    assert_eq!(out, b"0,1\n1,2\n");
    // Of the second pickle only.
    let several = [&b"](K\x07e."[..], pickle].concat();
    let csv = |path: &str| {
        let mut out = Vec::new();
        let options = Options::default().with_path(path.parse().unwrap());
        convert(&part(&several), "csv".parse().unwrap(), &options, &mut out)
            .map(|_| out)
            .map_err(|error| error.to_string())
    };
    assert_eq!(csv("#2.x").unwrap(), b"0,1\n1,2\n");
    assert_eq!(csv("#1").unwrap(), b"0\n7\n");
    assert!(csv("#3").unwrap_err().ends_with("#3: the file has 2 pickles"));
    let options = Options::default().with_path("z".parse().unwrap());
    let error = convert(&part(pickle), "csv".parse().unwrap(), &options, Vec::new()).unwrap_err();
    assert!(error.to_string().contains('z'), "{error}");
}

/// numpy's file of [[1.5, 2.5]], and what other formats make of it.
#[test]
fn a_file_of_an_array_is_an_input() {
    let mut file =
        b"\x93NUMPY\x01\0\x46\0{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }".to_vec();
    file.resize(79, b' ');
    file.push(b'\n');
    file.extend([1.5_f64, 2.5].map(f64::to_le_bytes).concat());
    let input = Input::from_bytes("a.npy", file.into(), Limits::UNTRUSTED).unwrap();
    let part = input.parts_with_tensors().unwrap().next().unwrap().unwrap();
    let converted = |format: &str| {
        let mut out = Vec::new();
        convert(&part, format.parse().unwrap(), &Options::default(), &mut out).unwrap();
        out
    };
    assert_eq!(converted("csv"), b"0,1\n1.5,2.5\n");
    assert_eq!(converted("json"), b"[[1.5,2.5]]\n");
    let safe = converted("safetensors");
    assert_eq!(safe[safe.len() - 16..], [1.5_f64, 2.5].map(f64::to_le_bytes).concat());
    // And back.
    let input = Input::from_bytes("a.safetensors", safe.into(), Limits::UNTRUSTED).unwrap();
    let part = input.parts_with_tensors().unwrap().next().unwrap().unwrap();
    let mut out = Vec::new();
    convert(&part, "npz".parse().unwrap(), &Options::default(), &mut out).unwrap();
    let mut small = Vec::new();
    let compressed = Options::default().with_compressed(true);
    convert(&part, "npz".parse().unwrap(), &compressed, &mut small).unwrap();
    assert!(small.len() < out.len());
    let input = Input::from_bytes("a.npz", small.into(), Limits::UNTRUSTED).unwrap();
    let mut out = Vec::new();
    convert_archive(&input, "json".parse().unwrap(), &Options::default(), &mut out, |_| ()).unwrap();
    assert_eq!(out, b"{\"array\":[[1.5,2.5]]}\n");
}

/// The frames of which pandas 1.5 prints times in another form than later releases do, while no pickle tells 1.4 to
/// 2.0 from 2.1: intervals between midnights without the time of day, and labels that are categories in ISO 8601.
const OTHER_FORMS: [(&str, &str); 2] =
    [("3.8", "intervals of times"), ("3.8", "times of categories of the index")];

/// Each is the text that the `to_csv` of the pandas that pickled it printed.
#[test]
fn csv_is_what_pandas_prints() {
    let (mut count, mut others) = (0, 0);
    for csv in halfsour_fixtures::csvs() {
        let mut out = Vec::new();
        let options = Options::default().with_index(true);
        convert(&part(&csv.bytes), "csv".parse().unwrap(), &options, &mut out)
            .unwrap_or_else(|error| panic!("{}, {}: {error}", csv.environment, csv.name));
        let text = String::from_utf8(out).unwrap();
        if OTHER_FORMS.contains(&(&*csv.environment, &*csv.name)) {
            let plain =
                |text: &str| text.replace('T', " ").replace(".000000000", "").replace(" 00:00:00", "");
            assert_eq!(plain(&text), plain(&csv.text));
            others += 1;
            continue;
        }
        assert_eq!(text, csv.text, "{}, {}", csv.environment, csv.name);
        count += 1;
    }
    assert!(count > 150, "{count}");
    assert_eq!(others, OTHER_FORMS.len());
}
