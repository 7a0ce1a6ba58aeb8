//! Objects of pandas in the plain form, compared with what the pandas that pickled them printed.

use halfsour_fixtures::packages;
use halfsour_json::{Limits, Style, to_string};
use halfsour_vm::{Loader, from_slice};
use serde_json::{Value, json};

#[test]
fn all_are_what_a_person_expects() {
    let mut seen = 0;
    for package in packages().iter().filter(|package| package.script == "frames") {
        let graph = Loader::new().load(&package.bytes[..]).unwrap();
        let text = to_string(graph.root(), Style::plain()).unwrap();
        let actual: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{package}: {error}: {text}"));
        match (package.value.as_array(), actual.as_array()) {
            (Some(printed), Some(actual)) => {
                printed
                    .iter()
                    .zip(actual)
                    .for_each(|(printed, actual)| check(actual, printed, &package.name));
            }
            _ => check(&actual, &package.value, &package.to_string()),
        }
        seen += 1;
    }
    assert!(seen > 300, "{seen}");
}

#[test]
fn a_frame_is_a_list_of_records() {
    let json_of = |name: &str| {
        let all = packages();
        let package =
            all.iter().find(|package| package.environment == "3.13" && package.name == name).unwrap();
        to_string(from_slice(&package.bytes).unwrap().root(), Style::plain()).unwrap()
    };
    assert_eq!(
        json_of("DataFrame numbers"),
        r#"[{"index":"x","a":1,"b":4,"c":0.5},{"index":"y","a":2,"b":5,"c":1.5},{"index":"z","a":3,"b":6,"c":2.5}]"#
    );
    assert_eq!(json_of("DataFrame same column twice"), r#"[{"a":1,"a.1":"x"},{"a":2,"a.1":"y"}]"#);
    assert_eq!(
        json_of("DataFrame MultiIndex columns"),
        r#"[{"('a', 1)":1,"('a', 2)":2,"('b', 1)":3,"('b', 2)":4}]"#
    );
    assert_eq!(json_of("Series without a name"), r#"[{"index":10,"value":1},{"index":20,"value":2}]"#);
    // Where another crate of the same build wants the database of zones, offsets are known.
    let zoned = json_of("Series zoned");
    let in_utc =
        r#"["2024-02-29T12:30:00.500000Z[Europe/Vilnius]",null,"1969-07-20T00:00:00Z[Europe/Vilnius]"]"#;
    let local = r#"["2024-02-29T14:30:00.500000+02:00",null,"1969-07-20T03:00:00+03:00"]"#;
    assert!([in_utc, local].contains(&&*zoned), "{zoned}");
    assert_eq!(json_of("Series of periods"), r#"["2024-01","2024-02"]"#);
    assert_eq!(json_of("Timedelta"), r#"["P1D","-PT0.000000005S"]"#);
}

/// What cannot be read is named, and costs no other column; what it is made of is there.
#[test]
fn columns_of_unknown_classes_cost_no_others() {
    let all = packages();
    let package = all.iter().find(|it| it.environment == "3.13" && it.name == "DataFrame mixed").unwrap();
    let json_of = |bytes: &[u8]| -> Value {
        let graph = Loader::new().load(bytes).unwrap();
        serde_json::from_str(&to_string(graph.root(), Style::plain()).unwrap()).unwrap()
    };
    let whole = json_of(&package.bytes);
    let told = json_of(&renamed(&package.bytes, b"DatetimeArray", b"DatetimeArrow"));
    assert_eq!(told["@class"], "pandas.DataFrame");
    let (unreadable, columns) =
        (told["@unreadable"].as_object().unwrap(), told["columns"].as_object().unwrap());
    assert!(!unreadable.is_empty() && unreadable.len() < columns.len(), "{told}");
    for (name, values) in columns {
        match unreadable.get(name) {
            Some(why) => {
                assert!(why.as_str().unwrap().contains("is not known here"), "{why}");
                assert!(values.to_string().contains("DatetimeArrow"), "{values}");
            }
            None => {
                let cells: Vec<_> = whole.as_array().unwrap().iter().map(|row| row[name].clone()).collect();
                assert_eq!(*values, json!(cells), "{name}");
            }
        }
    }
}

fn renamed(pickle: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut pickle = pickle.to_vec();
    while let Some(at) = pickle.windows(from.len()).position(|window| window == from) {
        pickle[at..at + to.len()].copy_from_slice(to);
    }
    pickle
}

/// A range of labels costs no bytes, however long it is.
#[test]
fn rows_without_columns_are_limited() {
    let pickle = b"cpandas.core.indexes.base\n_new_Index\n(cpandas\nRangeIndex\n\
        }(Vstart\nK\x00Vstop\nJ\xff\xff\xff\x7fVstep\nK\x01utR.";
    let graph = from_slice(pickle).unwrap();
    let limits = Limits::default().with_values(1000);
    let error = to_string(graph.root(), Style::plain().with_limits(limits)).unwrap_err();
    assert_eq!(error.kind(), halfsour_json::ErrorKind::TooLarge);
}

fn check(actual: &Value, printed: &Value, name: &str) {
    match printed["kind"].as_str() {
        Some("DataFrame") => {
            let columns = printed["columns"]["values"].as_array().unwrap();
            let data = printed["data"].as_array().unwrap();
            let rows = actual.as_array().unwrap();
            let labels = labels(&printed["index"]);
            assert_eq!(rows.len(), printed["index"]["values"].as_array().unwrap().len(), "{name}");
            for (row, record) in rows.iter().enumerate() {
                let record = record.as_object().unwrap();
                assert_eq!(record.len(), labels.len() + columns.len(), "{name}");
                check_labels(record, &labels, &printed["index"]["values"][row], name);
                for (value, column) in record.values().skip(labels.len()).zip(data) {
                    same(value, &column["values"][row], name);
                }
                for (key, column) in record.keys().skip(labels.len()).zip(columns) {
                    assert!(
                        column.as_str().is_none_or(|column| key.starts_with(column)),
                        "{name}: {key}, {column}"
                    );
                }
            }
        }
        Some("Series") => {
            let labels = labels(&printed["index"]);
            let values = printed["data"]["values"].as_array().unwrap();
            let rows = actual.as_array().unwrap();
            assert_eq!(rows.len(), values.len(), "{name}");
            for (row, value) in rows.iter().enumerate() {
                let value = if let Some(record) = value.as_object().filter(|_| !labels.is_empty()) {
                    check_labels(record, &labels, &printed["index"]["values"][row], name);
                    record.values().next_back().unwrap()
                } else {
                    value
                };
                same(value, &values[row], name);
            }
        }
        Some("Index" | "Array") => {
            let values = printed["values"].as_array().unwrap();
            assert_eq!(actual.as_array().unwrap().len(), values.len(), "{name}");
            actual
                .as_array()
                .unwrap()
                .iter()
                .zip(values)
                .for_each(|(value, printed)| same(value, printed, name));
        }
        _ => same(actual, printed, name),
    }
}

/// What the labels of rows are called, if they are more than numbers.
fn labels(index: &Value) -> Vec<String> {
    let names = index["names"].as_array().unwrap();
    if index["start"] == 0 && index["step"] == 1 && names[0].is_null() {
        return Vec::new();
    }
    let name = |(level, name): (usize, &Value)| match name.as_str() {
        Some(name) => name.to_owned(),
        None if names.len() == 1 => "index".to_owned(),
        None => format!("level_{level}"),
    };
    names.iter().enumerate().map(name).collect()
}

fn check_labels(record: &serde_json::Map<String, Value>, labels: &[String], printed: &Value, name: &str) {
    for (level, label) in labels.iter().enumerate() {
        let printed = if labels.len() > 1 { &printed[level] } else { printed };
        same(&record[label], printed, name);
    }
}

/// Whether a value is the one that was printed.
fn same(actual: &Value, printed: &Value, name: &str) {
    let expected = match (printed, actual) {
        (Value::String(float), Value::Number(_) | Value::Null) => {
            serde_json::from_str(float).unwrap_or_default()
        }
        (Value::Number(ticks), Value::String(text)) => {
            let ticks = i128::from(ticks.as_i64().unwrap());
            let nanos = if text.contains('P') { of_duration(text) } else { of_iso(text) };
            let units = [1, 1_000, 1_000_000, 1_000_000_000];
            assert!(units.iter().any(|unit| ticks * unit == nanos), "{name}: {text} is no {ticks}");
            return;
        }
        (Value::Array(parts), Value::Array(actual)) => {
            parts.iter().zip(actual).for_each(|(printed, actual)| same(actual, printed, name));
            return;
        }
        (Value::Array(sides), Value::Object(_)) => {
            same(&actual["left"], &sides[0], name);
            same(&actual["right"], &sides[1], name);
            return;
        }
        (Value::Object(_), _) => match printed["kind"].as_str().unwrap() {
            "NaT" | "NA" => Value::Null,
            "float" => serde_json::from_str(printed["value"].as_str().unwrap()).unwrap_or_default(),
            "Decimal" => serde_json::from_str(printed["value"].as_str().unwrap()).unwrap(),
            "Period" => printed["value"].clone(),
            "Interval" => {
                assert_eq!(actual["closed"], printed["closed"], "{name}");
                same(&actual["left"], &printed["left"], name);
                return same(&actual["right"], &printed["right"], name);
            }
            "Timedelta" => return same(actual, &printed["value"], name),
            "Timestamp" if actual.as_str().is_some_and(|text| text.ends_with(']')) => {
                return same(actual, &printed["value"], name);
            }
            "date" | "Timestamp" => printed["iso"].clone(),
            kind => panic!("{name}: {kind}"),
        },
        _ => printed.clone(),
    };
    assert_eq!(*actual, expected, "{name}");
}

/// The nanoseconds after 1970 began of `2024-02-29T12:30:00.5Z[Europe/Vilnius]` or `2024-02-29T14:30:00.5+02:00`.
fn of_iso(text: &str) -> i128 {
    let (date, local) = text.split_once('T').unwrap();
    let time = local.split(['[', '+', '-', 'Z']).next().unwrap();
    let east = match local.strip_prefix(time).unwrap().split_at_checked(1) {
        Some((sign @ ("+" | "-"), offset)) => {
            let minutes = offset.split(':').fold(0, |all, part| all * 60 + part.parse::<i128>().unwrap());
            if sign == "-" { -minutes } else { minutes }
        }
        _ => 0,
    };
    let date: Vec<i128> = date.split('-').map(|part| part.parse().unwrap()).collect();
    let is_leap = |year: i128| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let months = |year| [31, 28 + i128::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before: i128 = (1970..date[0]).map(|year| months(year).iter().sum::<i128>()).sum();
    let after: i128 = (date[0]..1970).map(|year| months(year).iter().sum::<i128>()).sum();
    let month = usize::try_from(date[1]).unwrap();
    let days = before - after + months(date[0])[..month - 1].iter().sum::<i128>() + date[2] - 1;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let time = time.split(':').fold(0, |all, part| all * 60 + part.parse::<i128>().unwrap());
    (days * 86_400 + time - east * 60) * 1_000_000_000 + format!("{fraction:0<9}").parse::<i128>().unwrap()
}

/// The nanoseconds of `-P1DT2H3M4.5S`.
fn of_duration(text: &str) -> i128 {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (mut all, mut number) = (0, String::new());
    for c in rest.chars() {
        let unit = match c {
            'P' | 'T' => continue,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            _ => {
                number.push(c);
                continue;
            }
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((&number, "0"));
        let nanos = whole.parse::<i128>().unwrap() * 1_000_000_000
            + format!("{fraction:0<9}").parse::<i128>().unwrap();
        all += nanos * unit;
        number.clear();
    }
    sign * all
}

#[test]
fn missing_values_are_null() {
    let pickle =
        b"](cpandas\nNA\ncpandas._libs.missing\nNA\ncpandas._libs.tslibs.nattype\n__nat_unpickle\n(NtRe.";
    let text = to_string(from_slice(pickle).unwrap().root(), Style::plain()).unwrap();
    assert_eq!(text, json!([null, null, null]).to_string());
}

/// Times of day that Arrow holds are those that Python prints.
#[test]
fn times_of_arrow_are_times() {
    // ArrowExtensionArray(pyarrow.array([time(12, 30, 0, 500000), None, time(1, 2, 3)], time64("us"))), by pandas 3.1 and pyarrow 26.0
    let pickle = b"\x80\x02cpandas.arrays\nArrowExtensionArray\nq\x00)\x81q\x01}q\x02(X\x09\x00\x00\x00_pa_arrayq\x03cp\
          yarrow.lib\n_restore_array\nq\x04(cpyarrow.lib\ntype_for_alias\nq\x05X\n\x00\x00\x00time64[us]q\x06\
          \x85q\x07Rq\x08K\x03K\x01K\x00]q\x09(cpyarrow.lib\npy_buffer\nq\nc__builtin__\nbytearray\nq\x0bc_cod\
          ecs\nencode\nq\x0cX\x01\x00\x00\x00\x05q\x0dX\x06\x00\x00\x00latin1q\x0e\x86q\x0fRq\x10\x85q\x11Rq\
          \x12\x85q\x13Rq\x14h\nh\x0bh\x0cX\x1b\x00\x00\x00 #=z\n\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
          \xc3\x80x\xc3\xa8\xc3\x9d\x00\x00\x00\x00q\x15h\x0e\x86q\x16Rq\x17\x85q\x18Rq\x19\x85q\x1aRq\x1be]q\
          \x1cNtq\x1d\x85q\x1eRq\x1fX\x06\x00\x00\x00_dtypeq cpandas\nArrowDtype\nq!)\x81q\"}q#(X\x08\x00\x00\
          \x00_storageq$X\x07\x00\x00\x00pyarrowq%X\x0d\x00\x00\x00pyarrow_dtypeq&h\x05X\n\x00\x00\x00time64[u\
          s]q'\x85q(Rq)ubX\x06\x00\x00\x00_cacheq*}q+ub.";
    let json = to_string(from_slice(pickle).unwrap().root(), Style::plain()).unwrap();
    assert_eq!(json, r#"["12:30:00.500000",null,"01:02:03"]"#);
}
