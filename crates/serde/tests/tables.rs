//! Frames, series and indexes of pandas, and arrays of numpy, as what pandas and numpy pickled; plain JSON is the other witness.

use std::collections::BTreeMap;

use halfsour_fixtures::{Package, packages};
use halfsour_json::{Style, to_string};
use halfsour_serde::{ErrorKind, from_slice};
use halfsour_value::{Builder, Node};
use jiff::{SignedDuration, Timestamp, ZonedDateTime, civil};
use num_complex::Complex64;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

/// Reads the fixtures that have a name, each of which comes from several versions.
fn each<T: DeserializeOwned>(name: &str, mut see: impl FnMut(T, &Package)) {
    let mut count = 0;
    for package in packages().iter().filter(|package| package.name == name) {
        see(from_slice(&package.bytes).unwrap_or_else(|error| panic!("{package}: {error}")), package);
        count += 1;
    }
    assert!(count > 1, "{count} of {name}");
}

#[test]
fn what_takes_anything_gets_what_plain_json_has() {
    let mut count = 0;
    for package in packages().iter().filter(|package| package.script == "frames") {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let Ok(json) = to_string(graph.root(), Style::plain()) else { continue };
        let json: Value = serde_json::from_str(&json).unwrap();
        // Lists of Arrow are not known, an interval alone is what it was made of, decimals are text, and lengths of time in seconds.
        let differs = ["list<", "Interval", "decimal", "imedelta", "since", "mixed"];
        if differs.iter().any(|name| package.name.contains(name)) {
            continue;
        }
        match from_slice::<Value>(&package.bytes) {
            Ok(value) => assert_eq!(value, json, "{package}"),
            Err(error) => panic!("{package}: {error}: {json}"),
        }
        count += 1;
    }
    assert!(count > 300, "{count}");
}

#[test]
fn a_frame_is_rows_or_columns() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Row {
        index: String,
        a: i64,
        c: f32,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    struct Columns {
        a: Vec<u8>,
        c: Vec<Option<f64>>,
    }
    let row = |index: &str, a, c| Row { index: index.to_owned(), a, c };
    each("DataFrame numbers", |rows: Vec<Row>, _| {
        assert_eq!(rows, [row("x", 1, 0.5), row("y", 2, 1.5), row("z", 3, 2.5)]);
    });
    each("DataFrame numbers", |rows: Vec<(String, u8, i16, f64)>, _| {
        assert_eq!(rows[1], ("y".to_owned(), 2, 5, 1.5));
    });
    each("DataFrame numbers", |columns: Columns, _| {
        assert_eq!(columns, Columns { a: vec![1, 2, 3], c: vec![Some(0.5), Some(1.5), Some(2.5)] });
    });
    each("DataFrame numbers", |columns: BTreeMap<String, Vec<Value>>, _| {
        assert_eq!(json!(columns["index"]), json!(["x", "y", "z"]));
        assert_eq!(json!(columns["b"]), json!([4, 5, 6]));
    });
    each("DataFrame empty", |rows: Vec<Row>, _| assert_eq!(rows, []));
    each("DataFrame MultiIndex", |rows: Vec<(String, i64, f64)>, _| {
        assert_eq!(rows[2], ("b".to_owned(), 1, 3.5));
    });
    let all = packages();
    let frame = all.iter().find(|package| package.name == "DataFrame numbers").unwrap();
    let error = from_slice::<Vec<BTreeMap<String, u8>>>(&frame.bytes).unwrap_err();
    assert!(error.to_string().starts_with("[0].index: invalid type: string \"x\", expected u8"), "{error}");
    assert!(from_slice::<[Value; 2]>(&frame.bytes).is_err());
    let error = from_slice::<u8>(&frame.bytes).unwrap_err();
    assert!(error.to_string().starts_with("invalid type: pandas.DataFrame, expected u8"), "{error}");
}

#[test]
fn cells_have_types() {
    #[derive(Deserialize, Debug, PartialEq)]
    enum Kind {
        #[serde(rename = "full")]
        Full,
        #[serde(rename = "half")]
        Half,
    }
    #[derive(Deserialize)]
    struct Mixed {
        number: i64,
        small: u8,
        flag: bool,
        name: Option<String>,
        any: Value,
        day: Option<civil::DateTime>,
        kind: Option<Kind>,
        zoned: Option<ZonedDateTime>,
        since: Option<SignedDuration>,
    }
    each("DataFrame mixed", |rows: Vec<Mixed>, package| {
        let [first, second, third] = rows.as_slice() else { panic!("{package}") };
        assert_eq!((first.number, third.small, first.flag), (1, 255, true));
        assert_eq!((first.name.as_deref(), second.name.as_deref()), (Some("dill"), None), "{package}");
        assert_eq!(third.any, json!("2024-02-29"));
        assert_eq!(first.day, Some(civil::date(2024, 2, 29).at(12, 30, 0, 500_000_000)));
        assert_eq!((second.day, &second.zoned, second.since), (None, &None, None));
        assert_eq!((first.kind.as_ref(), third.kind.as_ref()), (Some(&Kind::Half), None));
        let zoned = first.zoned.as_ref().unwrap();
        assert_eq!(zoned.timestamp(), "2024-02-29T12:30:00.5Z".parse().unwrap());
        assert_eq!(zoned.time_zone().iana_name(), Some("Europe/Vilnius"));
        assert_eq!(first.since.unwrap().as_secs(), 59 * 86_400 + 45_000);
    });
    each("Timestamp zoned", |stamps: Vec<Timestamp>, _| {
        assert_eq!(stamps, ["2024-07-01T12:00Z", "2024-07-01T09:00Z"].map(|text| text.parse().unwrap()));
    });
    each("Timestamp zoned", |stamps: Vec<chrono::DateTime<chrono::Utc>>, _| {
        assert_eq!(stamps[1].to_rfc3339(), "2024-07-01T09:00:00+00:00");
    });
}

#[test]
fn a_missing_value_asks_for_an_option() {
    #[derive(serde::Deserialize, Debug)]
    struct Named {
        #[allow(dead_code, reason = "only the error counts")]
        name: String,
    }
    let expected =
        "[1].name: a missing value (None, NaN, NaT), expected a string: make the field an `Option`";
    for package in packages().iter().filter(|package| package.name == "DataFrame mixed") {
        let error = from_slice::<Vec<Named>>(&package.bytes).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{package}: {error}");
    }
}

#[test]
fn series_and_indexes_are_sequences_or_maps() {
    each("Series without a name", |values: Vec<u8>, _| assert_eq!(values, [1, 2]));
    each("Series without a name", |map: BTreeMap<i64, u8>, _| assert_eq!(map, [(10, 1), (20, 2)].into()));
    each("Series nullable Int", |values: Vec<Option<i64>>, _| assert_eq!(values, [Some(1), None, Some(-3)]));
    each("Series nullable Float", |values: Vec<f32>, _| assert!(values[1].is_nan() && values[2] < 0.0));
    each("Series float", |values: Vec<Option<f64>>, _| assert_eq!(values, [Some(0.1), None, Some(-0.0)]));
    each("Series float", |values: Vec<f64>, _| assert!(values[1].is_nan()));
    each("Series of NA", |values: Vec<Option<String>>, _| assert_eq!(values, [None, None, None, None]));
    each("NaT", |none: Option<Timestamp>, _| assert_eq!(none, None));
    each("NA", |none: Option<u8>, _| assert_eq!(none, None));
    each("RangeIndex", |labels: Vec<u8>, _| assert_eq!(labels, [2, 5, 8]));
    each("MultiIndex", |labels: Vec<(u8, Option<String>)>, _| {
        assert_eq!(labels[..2], [(1, Some("x".to_owned())), (1, None)]);
    });
    each("Series Arrow sliced", |values: Vec<Option<i8>>, _| assert_eq!(values, [None, Some(-3)]));
}

/// Elements as Python printed them.
fn numbers<T: DeserializeOwned + serde::Serialize>(names: &[&str]) {
    for name in names {
        each(name, |values: Vec<T>, package| {
            let printed = &package.value["elements"];
            let printed: Vec<f64> = match printed[0].as_str() {
                None => serde_json::from_value(printed.clone()).unwrap(),
                Some(_) => printed
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|float| float.as_str().unwrap().parse().unwrap())
                    .collect(),
            };
            let values: Vec<f64> = serde_json::from_value(json!(values)).unwrap();
            assert_eq!(values, printed, "{package}");
        });
    }
}

#[test]
fn elements_of_arrays_are_of_their_types() {
    numbers::<i8>(&["numbers i1", "numbers i8", "numbers >i2"]);
    numbers::<u64>(&["numbers u1", "numbers u4", "numbers u8", "numbers >u4"]);
    numbers::<f32>(&["numbers f2", "numbers f4", "numbers f8", "numbers >f2", "numbers i2"]);
    numbers::<f64>(&["numbers f2", "numbers f4", "numbers f8", "numbers >f8", "numbers u8"]);
    each("numbers ?", |values: Vec<bool>, _| assert_eq!(values, [false, true, true, true, true, true]));
    each("numbers c8", |values: Vec<Complex64>, _| assert_eq!(values[5], Complex64::new(-1.0, 0.0)));
    each("datetime64 ns", |values: Vec<Option<civil::DateTime>>, _| {
        let moment = |nanoseconds| Timestamp::from_nanosecond(nanoseconds).unwrap();
        let utc = |nanoseconds| Some(jiff::tz::Offset::UTC.to_datetime(moment(nanoseconds)));
        assert_eq!(values, [utc(0), utc(5), utc(-7), None]);
    });
    each("datetime64 D", |values: Vec<Option<chrono::NaiveDate>>, _| {
        let day = |day| chrono::NaiveDate::from_ymd_opt(1970, 1, day);
        assert_eq!((values[0], values[1], values[3]), (day(1), day(6), None));
    });
    each("timedelta64 ms", |values: Vec<Option<SignedDuration>>, _| {
        assert_eq!(
            values,
            [Some(0), Some(5), Some(-7), None].map(|count| count.map(SignedDuration::from_millis))
        );
    });
    each("timedelta64 h", |values: Vec<Option<f64>>, _| {
        assert_eq!(values, [Some(0.0), Some(18_000.0), Some(-25_200.0), None]);
    });
    each("timedelta64 us", |values: [Option<chrono::TimeDelta>; 4], _| {
        assert_eq!(values[2], Some(chrono::TimeDelta::microseconds(-7)));
    });
    each("scalars of time", |values: Vec<Value>, _| assert_eq!(values[0], json!("2024-02-29T12:00:00.000")));
    each("objects 2-d", |rows: Vec<(Option<u8>, IgnoredAny)>, _| {
        assert_eq!((rows[0].0, rows[1].0), (Some(1), None));
    });
    each("structured object", |rows: Vec<(i32, Option<String>)>, _| {
        assert_eq!(rows, [(1, Some("dill".to_owned())), (2, None)]);
    });
    each("masked constant", |values: Vec<Option<String>>, _| {
        assert_eq!(values, [None, Some("b".to_owned())]);
    });
    // numpy.ma.masked
    assert_eq!(from_slice::<Option<f64>>(b"cnumpy.ma.core\nMaskedConstant\n)R.").unwrap(), None);
}

/// A range of labels costs no bytes, however long it is.
#[test]
fn rows_without_columns_are_limited() {
    let pickle = b"cpandas.core.indexes.base\n_new_Index\n(cpandas\nRangeIndex\n\
        }(Vstart\nK\x00Vstop\nJ\xff\xff\xff\x7fVstep\nK\x01utR.";
    let error = from_slice::<Vec<u64>>(pickle).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge));
}

/// Data of a form that is not known is an error that names the class, never an empty answer.
#[test]
fn what_is_not_known_is_said() {
    // pandas.DataFrame with no manager that pandas ever had
    let pickle = b"\x80\x02cpandas\nDataFrame\n)\x81}(X\x04\0\0\0_mgrNX\x05\0\0\0attrs}ub.";
    let error = from_slice::<Vec<Value>>(pickle).unwrap_err();
    let expected = "the table: pandas.DataFrame is in a form that is not known here";
    assert!(error.to_string().starts_with(expected), "{error}");
    let package = packages().into_iter().find(|package| package.name.contains("Series Arrow list<")).unwrap();
    let is_list = |window: &[u8]| window == b"list_";
    let at = package.bytes.windows(5).position(is_list).unwrap();
    let mut pickle = package.bytes.clone();
    pickle[at..at + 5].copy_from_slice(b"heap_");
    let error = from_slice::<Vec<Value>>(&pickle).unwrap_err();
    assert!(error.to_string().starts_with("the values: pyarrow.lib.heap_ is not known here"), "{error}");
}

/// Streams that were cut about: whatever is made of them, nothing panics.
#[test]
fn what_nobody_wrote_is_no_harm() {
    let mut read = 0;
    for package in
        packages().iter().filter(|package| package.environment == "3.13" && package.bytes.len() < 4000)
    {
        for at in (0..package.bytes.len()).step_by(97) {
            let mut pickle = package.bytes.clone();
            pickle[at] ^= 1;
            read += usize::from(from_slice::<Value>(&pickle).is_ok());
            read += usize::from(from_slice::<Vec<BTreeMap<String, Value>>>(&pickle).is_ok());
            read += usize::from(from_slice::<BTreeMap<String, Vec<Value>>>(&pickle).is_ok());
            read += usize::from(from_slice::<Vec<Option<f64>>>(&pickle).is_ok());
            read += usize::from(from_slice::<Vec<(Value, String)>>(&pickle).is_ok());
        }
    }
    assert!(read > 1000, "{read}");
}

/// Series([1, 2], index=[10, 10])
#[test]
fn labels_that_a_map_would_lose_are_an_error() {
    let mut count = 0;
    for package in packages().iter().filter(|package| package.name == "Series without a name") {
        let mut pickle = package.bytes.clone();
        let labels = b"\x0a\0\0\0\0\0\0\0\x14\0\0\0\0\0\0\0";
        let Some(at) = pickle.windows(16).position(|bytes| bytes == labels) else { continue };
        pickle[at + 8] = 10;
        assert_eq!(from_slice::<Vec<u8>>(&pickle).unwrap(), [1, 2]);
        let error = from_slice::<BTreeMap<i64, u8>>(&pickle).unwrap_err();
        assert!(error.to_string().starts_with("[1]: the label 10 is there twice"), "{package}: {error}");
        count += 1;
    }
    assert!(count > 1, "{count}");
}

/// `frame.rename_axis("a")`: in Python, too, `frame["a"]` is the column.
#[test]
fn a_column_keeps_its_name_where_the_labels_have_the_same() {
    #[derive(Deserialize)]
    struct Row {
        a: i64,
        #[serde(rename = "a.1")]
        label: String,
    }
    for package in packages().iter().filter(|package| package.name == "DataFrame numbers") {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap().into_owned();
        let root = graph.root().id();
        let is_index = |state: &Node<'_>| {
            state.get("name").is_some_and(Node::is_none)
                && state.get("data").is_some_and(|data| !data.is_none())
        };
        let states: Vec<_> = graph.descendants().filter(is_index).map(Node::id).collect();
        let mut builder = Builder::from_graph(graph);
        let [key, name] = ["name", "a"].map(|text| builder.str(text));
        for state in states {
            builder.set_item(state, key, name).unwrap();
        }
        let graph = builder.build(root);
        let rows: Vec<Row> = halfsour_serde::from_graph(&graph).unwrap();
        assert_eq!((rows[0].a, &*rows[0].label), (1, "x"), "{package}");
    }
}
