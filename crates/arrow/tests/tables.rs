//! Tables as pyarrow makes them of the same objects.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type,
};
use arrow_array::{Array, RecordBatch, downcast_integer_array, downcast_temporal_array};
use arrow_schema::{DataType, TimeUnit};
use halfsour_arrow::{table, table_with};
use halfsour_text::repr;
use serde_json::{Value, json};

/// As pyarrow names it, but for how large text may be and how many digits decimals may have.
fn name(kind: &DataType) -> String {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    };
    match kind {
        DataType::Boolean => "bool".to_owned(),
        DataType::Float16 => "halffloat".to_owned(),
        DataType::Float32 => "float".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Utf8 => "string".to_owned(),
        DataType::Date32 => "date32[day]".to_owned(),
        DataType::Time64(of) => format!("time64[{}]", unit(of)),
        DataType::Duration(of) => format!("duration[{}]", unit(of)),
        DataType::Timestamp(of, None) => format!("timestamp[{}]", unit(of)),
        DataType::Timestamp(of, Some(zone)) => format!("timestamp[{}, tz={zone}]", unit(of)),
        DataType::Decimal128(_, _) => "decimal128".to_owned(),
        DataType::Dictionary(keys, values) => {
            format!("dictionary<values={}, indices={}>", name(values), name(keys))
        }
        other => other.to_string().to_lowercase(),
    }
}

fn cell(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) || *array.data_type() == DataType::Null {
        return Value::Null;
    }
    let float = |value: f64| if value.is_nan() { Value::Null } else { repr::Float(value).to_string().into() };
    downcast_integer_array! {
        array => array.value(row).into(),
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Float16 => float(array.as_primitive::<Float16Type>().value(row).to_f64()),
        DataType::Float32 => float(array.as_primitive::<Float32Type>().value(row).into()),
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::Binary => array.as_binary::<i32>().value(row).iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        }).into(),
        DataType::Date32 => array.as_primitive::<Date32Type>().value(row).into(),
        DataType::Decimal128(_, _) => array.as_primitive::<Decimal128Type>().value_as_string(row).into(),
        DataType::Dictionary(_, _) => {
            let array = array.as_any_dictionary();
            cell(array.values().as_ref(), array.normalized_keys()[row])
        },
        DataType::Duration(unit) => match unit {
            TimeUnit::Second => array.as_primitive::<DurationSecondType>().value(row),
            TimeUnit::Millisecond => array.as_primitive::<DurationMillisecondType>().value(row),
            TimeUnit::Microsecond => array.as_primitive::<DurationMicrosecondType>().value(row),
            TimeUnit::Nanosecond => array.as_primitive::<DurationNanosecondType>().value(row),
        }
        .into(),
        // Times are numbers of their unit.
        _ => downcast_temporal_array! {
            array => array.value(row).into(),
            other => panic!("{other}"),
        }
    }
}

fn told(batch: &RecordBatch) -> Value {
    let schema = batch.schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let types: Vec<_> = schema.fields().iter().map(|field| name(field.data_type())).collect();
    let column = |array: &dyn Array| (0..array.len()).map(|row| cell(array, row)).collect::<Vec<_>>();
    let columns: Vec<_> = batch.columns().iter().map(|array| column(array)).collect();
    let pandas = schema.metadata().get("pandas").map(|text| serde_json::from_str::<Value>(text).unwrap());
    normal(json!({"names": names, "types": types, "columns": columns, "pandas": pandas}))
}

/// pyarrow has NaN as null, in any frame; and here decimals have 38 digits, and text is short.
fn normal(mut value: Value) -> Value {
    for kind in value["types"].as_array_mut().unwrap() {
        let text = kind
            .as_str()
            .unwrap()
            .replace("large_string", "string")
            .replace(", ordered=0", "")
            .replace(", ordered=1", "");
        *kind = if text.starts_with("decimal128") { "decimal128".into() } else { text.into() };
    }
    for cell in
        value["columns"].as_array_mut().unwrap().iter_mut().flat_map(|column| column.as_array_mut().unwrap())
    {
        if cell == "nan" {
            *cell = Value::Null;
        }
    }
    // It calls long text and spans of time, which it has no name for, objects.
    for column in value["pandas"]["columns"].as_array_mut().into_iter().flatten() {
        if ["unicode", "timedelta"].map(Value::from).contains(&column["pandas_type"]) {
            column["pandas_type"] = "object".into();
        }
    }
    value
}

#[test]
fn tables_are_as_pyarrow_makes_them() {
    let mut count = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "tables") {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let batch = table(graph.root()).unwrap_or_else(|error| panic!("{package}: {error}"));
        assert_eq!(told(&batch), normal(package.value.clone()), "{package}");
        count += 1;
    }
    assert!(count > 10, "{count}");
}

/// Lists and structs that pandas has as Arrow's are columns of such.
#[test]
fn nested_arrays_of_arrow() {
    let all = halfsour_fixtures::packages_of(halfsour_fixtures::matrix(), "3.8-d");
    let column = |name: &str| {
        let is_it = |package: &&halfsour_fixtures::Package| package.name == name && package.buffers.is_none();
        let package = all.iter().find(is_it).unwrap();
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        table(graph.root()).unwrap_or_else(|error| panic!("{package}: {error}")).column(0).clone()
    };
    let (lists, structs) = (column("Series Arrow list"), column("Series Arrow struct"));
    let row = |array: &dyn Array| (0..array.len()).map(|row| cell(array, row)).collect::<Vec<_>>();
    let list = |at: usize| row(lists.as_list::<i32>().value(at).as_ref());
    assert_eq!((list(0), list(2)), (vec![json!(1), json!(2)], vec![]));
    assert_eq!(row(structs.as_struct().column(0).as_ref()), [json!(1), Value::Null, json!(3)]);
    assert_eq!([lists.is_null(1), structs.is_null(1), lists.is_null(2)], [true, true, false]);
    assert_eq!(structs.as_struct().column_names(), ["a"]);
}

#[test]
fn errors_say_where() {
    let cases: [(&[u8], &str); 9] = [
        (b"N.", "not a table: expected a DataFrame, a list of dicts or a dict of lists"),
        (b"](}K\x01e.", "row 1: a single value after a row of names"),
        (
            b"](}(X\x01\0\0\0aK\x01u}(X\x01\0\0\0aX\x01\0\0\0xue.",
            "column \"a\": row 1: text after an int, which CSV and JSON can have in a column",
        ),
        (
            b"](}(X\x01\0\0\0acshop\nThing\n)\x81ue.",
            "column \"a\": row 0: no Arrow column type for an object of shop.Thing",
        ),
        (
            b"](}(X\x01\0\0\0a](](K\x01X\x01\0\0\0xeeue.",
            "column \"a\": row 0: text after an int, which CSV and JSON can have in a column",
        ),
        (b"](}(K\x01K\x01X\x01\0\0\x001K\x02ue.", "column \"1\": two columns have this name"),
        (b"}(X\x01\0\0\0a]K\x01aX\x01\0\0\0b]u.", "column \"b\": it is not as long as the others"),
        (
            b"}(X\x01\0\0\0a](\x8a\x09\0\0\0\0\0\0\0\0\x01eu.",
            "column \"a\": row 0: an int of more than 64 bits",
        ),
        (
            b"}(X\x01\0\0\0a](G?\xf0\0\0\0\0\0\0\x8a\x08\x01\0\0\0\0\0\x20\0eu.",
            "column \"a\": row 1: an int that a float does not hold, among floats",
        ),
    ];
    for (pickle, why) in cases {
        let graph = halfsour_vm::from_slice(pickle).unwrap();
        assert_eq!(table(graph.root()).unwrap_err().to_string(), why);
    }
}

/// A thousand rows, each with a column of its own; and a text that is in many rows.
#[test]
fn what_is_shared_has_a_limit() {
    let mut sparse = b"](".to_vec();
    for row in 0..1000_u16 {
        sparse.extend(b"}(M");
        sparse.extend(row.to_le_bytes());
        sparse.extend(b"K\x01u");
    }
    sparse.extend(b"e.");
    let text =
        [&b"](}(X\x01\0\0\0aX\0\x10\0\0"[..], &[b'x'; 4096], b"uq\0", &b"h\0".repeat(1000), b"e."].concat();
    for pickle in [sparse, text] {
        let graph = halfsour_vm::from_slice(&pickle).unwrap();
        let error = table_with(graph.root(), 1 << 20).unwrap_err();
        assert!(error.to_string().ends_with("the table would be larger than the limit"), "{error}");
        assert!(table_with(graph.root(), 1 << 24).is_ok());
        assert!(table(graph.root()).is_ok());
    }
}

/// Rows take memory and time, whatever is in them: `pandas.DataFrame(index=pandas.RangeIndex(2**40))`, as pandas 3.1
/// pickles it.
#[test]
fn rows_without_columns_are_counted() {
    let pickle = b"\x80\x04\x95<\x01\x00\x00\x00\x00\x00\x00\x8c\x06pandas\x94\x8c\x09DataFrame\x94\x93\x94)\x81\x94}\x94(\x8c\x04_mgr\
        \x94\x8c\x1epandas.core.internals.managers\x94\x8c\x0cBlockManager\x94\x93\x94)]\x94(\x8c\x18pandas.core.indexes.bas\
        e\x94\x8c\n_new_Index\x94\x93\x94h\x00\x8c\nRangeIndex\x94\x93\x94}\x94(\x8c\x04name\x94N\x8c\x05start\x94K\x00\x8c\
        \x04stop\x94K\x00\x8c\x04step\x94K\x01u\x86\x94R\x94h\x0ch\x0e}\x94(h\x10Nh\x11K\x00h\x12\x8a\x06\x00\x00\x00\x00\
        \x00\x01h\x13K\x01u\x86\x94R\x94e\x86\x94R\x94\x8c\x04_typ\x94\x8c\x09dataframe\x94\x8c\x09_metadata\x94]\x94\x8c\
        \x05attrs\x94}\x94\x8c\x06_flags\x94}\x94\x8c\x17allows_duplicate_labels\x94\x88sub.";
    let graph = halfsour_vm::from_slice(pickle).unwrap();
    let error = table(graph.root()).unwrap_err();
    assert!(error.to_string().contains("limit"), "{error}");
}

/// Any sequence of mappings is rows, any mapping of sequences columns.
#[test]
fn tables_in_other_containers() {
    let rows = b"}X\x01\0\0\0aK\x01s}X\x01\0\0\0aK\x02s";
    let columns = b"X\x01\0\0\0a](K\x01K\x02e";
    let pickles = [
        [b"](", &rows[..], b"e."].concat(),
        [b"ccollections\ndeque\n)R(", &rows[..], b"e."].concat(),
        [b"ccollections\nUserList\n)\x81}X\x04\0\0\0data](", &rows[..], b"esb."].concat(),
        [b"}", &columns[..], b"s."].concat(),
        [b"ccollections\nOrderedDict\n)R", &columns[..], b"s."].concat(),
        [b"ccollections\ndefaultdict\nc__builtin__\nlist\n\x85R", &columns[..], b"s."].concat(),
        [b"ccollections\nUserDict\n)\x81}X\x04\0\0\0data}", &columns[..], b"ssb."].concat(),
        b"}X\x01\0\0\0accollections\ndeque\n)R(K\x01K\x02es.".to_vec(),
    ];
    for pickle in pickles {
        let graph = halfsour_vm::from_slice(&pickle).unwrap();
        let batch = table(graph.root()).unwrap_or_else(|error| panic!("{}: {error}", graph.root()));
        assert_eq!(told(&batch)["columns"], json!([[1, 2]]), "{}", graph.root());
    }
}

/// [{'a': [1, 2], 'b': {'x': 'y'}}, {'a': None, 'b': {'z': (1.5,)}}]
#[test]
fn lists_and_dicts_are_lists_and_structs() {
    let pickle = b"](}(X\x01\0\0\0a](K\x01K\x02eX\x01\0\0\0b}X\x01\0\0\0xX\x01\0\0\0ysu\
        }(X\x01\0\0\0aNX\x01\0\0\0b}X\x01\0\0\0zG?\xf8\0\0\0\0\0\0\x85sue.";
    let graph = halfsour_vm::from_slice(pickle).unwrap();
    let batch = table(graph.root()).unwrap();
    let lists = batch.column(0).as_list::<i32>();
    assert!(lists.is_null(1));
    assert_eq!(lists.value(0).as_primitive::<arrow_array::types::Int64Type>().values(), &[1, 2]);
    let structs = batch.column(1).as_struct();
    assert_eq!(structs.column_names(), ["x", "z"]);
    assert_eq!(structs.column(0).as_string::<i32>().iter().collect::<Vec<_>>(), [Some("y"), None]);
    assert!(structs.column(1).is_null(0));
    assert_eq!(structs.column(1).as_list::<i32>().value(1).as_primitive::<Float64Type>().values(), &[1.5]);
}

/// A list in a list in a list …, and one that holds itself.
#[test]
fn what_nests_deep_is_refused() {
    let deep = [&b"]("[..], &b"](".repeat(200), &b"e".repeat(200), b"e."].concat();
    for pickle in [deep, b"]](]q\0h\0aea.".to_vec()] {
        let graph = halfsour_vm::from_slice(&pickle).unwrap();
        let error = table(graph.root()).unwrap_err();
        assert!(error.to_string().ends_with("lists and dicts in it nest too deep"), "{error}");
    }
}

/// Frames of which a byte is another: no buffer is believed to be longer than it is, and no text to be text.
#[test]
fn frames_that_are_damaged_are_errors_or_tables() {
    let packages = halfsour_fixtures::packages();
    let is_of_arrow = |package: &&halfsour_fixtures::Package| {
        package.script == "tables" && ["text", "nullable", "categories", "zones"].contains(&&*package.name)
    };
    let mut count = 0;
    for package in packages.iter().filter(is_of_arrow) {
        for at in 0..package.bytes.len() {
            for byte in [0, 0xff] {
                let mut damaged = package.bytes.clone();
                damaged[at] = byte;
                if let Ok(graph) = halfsour_vm::from_slice(&damaged) {
                    count += usize::from(table(graph.root()).is_ok());
                }
            }
        }
    }
    assert!(count > 500, "{count}");
}
