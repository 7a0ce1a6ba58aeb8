//! Frames, series, indexes and scalars, compared with what the pandas that pickled them printed.

use halfsour_classes::memory::Scalar;
use halfsour_classes::pandas::{Cell, Freq, Index, Labels, Values, beside, subject, unreadable};
use halfsour_classes::{Known, recognise};
use halfsour_text::repr;
use halfsour_value::{Data, Node};
use serde_json::{Value, json};

type N<'g> = Node<'g, Vec<u8>>;

#[test]
fn all_are_what_pandas_printed() {
    let (mut seen, mut kinds) = (0, std::collections::BTreeMap::<String, usize>::new());
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "frames") {
        let graph = halfsour_vm::Loader::new().load(package.bytes.clone()).unwrap();
        let name = package.to_string();
        for (node, printed) in each(graph.root(), &package.value) {
            check(node, printed, &name);
            seen += 1;
            *kinds.entry(printed["kind"].as_str().unwrap_or("plain").to_owned()).or_default() += 1;
        }
    }
    assert!(seen > 500 && kinds.len() >= 10, "{seen}, {kinds:?}");
}

/// The forms that blocks, indexes, periods, sparse arrays and times had in old releases.
#[test]
fn old_releases_are_read() {
    let all = halfsour_fixtures::old_pandas();
    for package in &all {
        let graph = halfsour_vm::Loader::new().load(package.bytes.clone()).unwrap();
        let name = format!("{} {}", package.release, package.name);
        for (node, printed) in each(graph.root(), &package.value) {
            check(node, printed, &name);
        }
    }
    assert!(all.len() > 150, "{}", all.len());
}

/// A class that is not known costs its columns, and is named. Labels of such a class cost the table.
#[test]
fn what_is_not_known_costs_no_more_than_itself() {
    let (mut columns, mut tables) = (0, 0);
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "frames") {
        for array in
            ["Categorical", "DatetimeArray", "StringArray", "IntegerArray", "IntervalArray", "PeriodArray"]
        {
            let Some(bytes) = renamed(&package.bytes, array) else { continue };
            let graph = halfsour_vm::Loader::new().load(bytes).unwrap();
            let name = format!("{package}, without {array}");
            for (node, printed) in each(graph.root(), &package.value) {
                if let Some(unreadable) = unreadable(node) {
                    let class = unreadable.class.as_ref().unwrap();
                    assert!(class.contains(&array.to_uppercase()), "{name}: {unreadable}");
                    assert!(recognise(node).is_none(), "{name}");
                    tables += 1;
                    continue;
                }
                let Some(Known::DataFrame(frame)) = recognise(node) else { continue };
                assert_eq!((frame.len(), frame.width()), shape(printed), "{name}");
                for (number, printed) in printed["data"].as_array().unwrap().iter().enumerate() {
                    match frame.column(number) {
                        Ok(column) => {
                            check_values(column.values, &column.cells().collect::<Vec<_>>(), printed, &name);
                        }
                        Err(unreadable) => {
                            let class = unreadable.class.unwrap();
                            assert!(class.contains(&array.to_uppercase()), "{name}: {class}");
                            columns += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(columns > 20 && tables > 20, "{columns}, {tables}");
}

fn shape(printed: &Value) -> (usize, usize) {
    (printed["index"]["values"].as_array().unwrap().len(), printed["data"].as_array().unwrap().len())
}

/// The pickle with another name for a class; `None` if it has none of it.
fn renamed(pickle: &[u8], class: &str) -> Option<Vec<u8>> {
    let mut pickle = pickle.to_vec();
    let mut count = 0;
    while let Some(at) = pickle.windows(class.len()).position(|window| window == class.as_bytes()) {
        pickle[at..at + class.len()].make_ascii_uppercase();
        count += 1;
    }
    (count > 0).then_some(pickle)
}

#[test]
fn files_hold_frames() {
    let is_plain = |file: &str| file == "frame.pkl";
    let files = halfsour_fixtures::package_files();
    let frames = files.iter().filter(|package| package.script == "frames");
    let plain: Vec<_> = frames.filter(|package| package.file.as_deref().is_some_and(is_plain)).collect();
    assert!(plain.len() >= 5);
    for package in plain {
        let graph = halfsour_vm::Loader::new().load(package.bytes.clone()).unwrap();
        check(graph.root(), &package.value, &package.to_string());
    }
}

/// What a list holds, or the one thing that it is.
fn each<'g, 'v>(node: N<'g>, printed: &'v Value) -> Vec<(N<'g>, &'v Value)> {
    match (printed.as_array(), node.elements()) {
        (Some(values), Some(nodes)) => {
            assert_eq!(values.len(), nodes.len());
            nodes.zip(values).collect()
        }
        _ => vec![(node, printed)],
    }
}

fn check(node: N<'_>, printed: &Value, name: &str) {
    let kind = printed["kind"].as_str().unwrap();
    if kind == "GroupBy" {
        assert!(recognise(node).is_none(), "{name}");
        return check(subject(node).unwrap(), &printed["obj"], name);
    }
    let known = recognise(node).unwrap_or_else(|| panic!("{name}: {node} is not known"));
    match (kind, known) {
        ("DataFrame", Known::DataFrame(frame)) => {
            check_index(&frame.index, &printed["index"], name);
            check_index(&frame.columns, &printed["columns"], name);
            let data = printed["data"].as_array().unwrap();
            assert_eq!(frame.width(), data.len(), "{name}");
            for (number, printed) in data.iter().enumerate() {
                let column = frame.column(number).unwrap();
                check_values(column.values, &column.cells().collect::<Vec<_>>(), printed, name);
            }
            check_attributes(frame.attributes.clone().map(Iterator::collect), printed, name);
            let has_attrs = beside(node).iter().any(|(name, _)| name.to_string().contains("attrs"));
            assert_eq!(has_attrs, frame.attributes.is_some(), "{name}");
            if let Some(label) = printed["columns"]["values"][0].as_str() {
                assert_eq!(frame.find(label), Some(0), "{name}");
            }
            assert!(frame.find("no such column").is_none());
        }
        ("Series", Known::Series(series)) => {
            check_index(&series.index, &printed["index"], name);
            let label = match series.name {
                Some(Cell::Object(label)) => object(label),
                None => Value::Null,
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(label, printed["name"], "{name}");
            check_values(&series.values, &cells(&series.values), &printed["data"], name);
            check_attributes(series.attributes.map(Iterator::collect), printed, name);
        }
        ("Index", Known::PandasIndex(index)) => check_index(&index, printed, name),
        ("Array", Known::PandasArray(values)) => check_values(&values, &cells(&values), printed, name),
        ("Timestamp" | "Timedelta" | "Period" | "Interval" | "NaT" | "NA", _) => {
            let (told, mut printed) = (object(node), modern(printed));
            // Where the pickle has the name of a zone and no offset, the time is told in UTC.
            if told["iso"].as_str().is_some_and(|iso| iso.ends_with(']')) {
                printed["iso"] = told["iso"].clone();
            }
            assert_eq!(told, printed, "{name}");
        }
        (_, _) => panic!("{name}: {node} is no {kind}"),
    }
}

fn cells<'g>(values: &Values<'g, Vec<u8>>) -> Vec<Option<Cell<'g, Vec<u8>>>> {
    (0..values.len()).map(|index| values.get(index)).collect()
}

fn check_attributes(attributes: Option<Vec<(N<'_>, N<'_>)>>, printed: &Value, name: &str) {
    let found: Vec<_> =
        attributes.into_iter().flatten().map(|(key, value)| json!([object(key), object(value)])).collect();
    let printed = printed["attrs"].as_array().cloned().unwrap_or_default();
    assert_eq!(found, printed, "{name}");
}

fn check_index(index: &Index<'_, Vec<u8>>, printed: &Value, name: &str) {
    let class = printed["class"].as_str().unwrap().rsplit('.').next().unwrap();
    assert_eq!(index.class, class, "{name}");
    let names: Vec<_> = index.names.iter().map(|name| name.map_or(Value::Null, object)).collect();
    assert_eq!(json!(names), printed["names"], "{name}");
    assert!(index.get(index.len()).is_none(), "{name}");
    let told: Vec<_> = index.cells().collect();
    compare(&told, &printed["values"], name);
    match &index.labels {
        Labels::Range { start, step, len } => {
            assert_eq!(
                (json!(start), json!(step)),
                (printed["start"].clone(), printed["step"].clone()),
                "{name}"
            );
            assert_eq!(Some(*len), printed["values"].as_array().map(Vec::len), "{name}");
        }
        Labels::Values(values) => check_values(values, &told, &printed["data"], name),
        Labels::Levels(levels) => {
            let printed = (printed["levels"].as_array().unwrap(), printed["codes"].as_array().unwrap());
            assert_eq!(levels.len(), printed.0.len(), "{name}");
            for ((level, labels), codes) in levels.iter().zip(printed.0).zip(printed.1) {
                check_index(&level.labels, labels, name);
                assert_eq!(level.codes.len(), codes.as_array().unwrap().len(), "{name}");
            }
        }
    }
    if let Some(freq) = printed.get("freq") {
        let found = index.freq.map_or(Value::Null, |freq| json!(Freq::of(freq).unwrap().to_string()));
        assert_eq!(found, *freq, "{name}");
    }
}

fn check_values(
    values: &Values<'_, Vec<u8>>,
    told: &[Option<Cell<'_, Vec<u8>>>],
    printed: &Value,
    name: &str,
) {
    compare(told, &printed["values"], name);
    let dtype = printed["dtype"].as_str().unwrap();
    // Arrow's text is of pandas' own dtype, and what encloses intervals is said since 1.3.
    let (found, dtype) = match values {
        Values::Intervals { .. } => (
            values.to_string().split([',', ']']).next().unwrap().to_owned(),
            dtype.split([',', ']']).next().unwrap(),
        ),
        _ => (values.to_string(), dtype),
    };
    assert_eq!(found, dtype, "{name}");
    if let Values::Categorical(of) = values {
        check_index(&of.categories, &printed["categories"], name);
        assert_eq!(json!(of.is_ordered), printed["ordered"], "{name}");
    }
}

fn compare(told: &[Option<Cell<'_, Vec<u8>>>], printed: &Value, name: &str) {
    let printed = printed.as_array().unwrap();
    assert_eq!(told.len(), printed.len(), "{name}");
    for (told, printed) in told.iter().zip(printed) {
        let told = told.as_ref().unwrap_or_else(|| panic!("{name}: no {printed}"));
        assert_eq!(cell(told, printed), modern(printed), "{name}");
    }
}

/// What scripts print of a value; times are printed in two ways.
fn cell(told: &Cell<'_, Vec<u8>>, printed: &Value) -> Value {
    match told {
        Cell::Missing => Value::Null,
        Cell::Scalar(Scalar::Bool(value)) => json!(value),
        Cell::Scalar(Scalar::Int(value)) => json!(value),
        Cell::Scalar(Scalar::UInt(value)) => json!(value),
        Cell::Scalar(Scalar::Float(value)) => json!(repr::Float(*value).to_string()),
        Cell::Text(text) => json!(text),
        Cell::Timestamp(stamp) if printed.is_object() => {
            json!({"kind": "Timestamp", "iso": stamp.to_string(), "value": stamp.ticks, "unit": stamp.unit.name()})
        }
        Cell::Timestamp(stamp) => json!(stamp.ticks),
        Cell::Timedelta(delta) => json!(delta.ticks),
        Cell::Period(period) => json!(period.to_string()),
        Cell::Interval(sides, _) => {
            json!([cell(&sides.0, &printed[0]), cell(&sides.1, &printed[1])])
        }
        Cell::Day(day) => json!({"kind": "date", "iso": day.to_string()}),
        Cell::Decimal(decimal) => json!({"kind": "Decimal", "value": decimal.to_string()}),
        Cell::Tuple(cells) => {
            cells.iter().enumerate().map(|(level, told)| cell(told, &printed[level])).collect()
        }
        Cell::List(cells) => cells.iter().enumerate().map(|(at, told)| cell(told, &printed[at])).collect(),
        Cell::Object(node) => object(*node),
        _ => panic!("no cell of this kind is printed: {printed}"),
    }
}

/// What scripts print of an object.
fn object(node: N<'_>) -> Value {
    match node.data() {
        Data::None => Value::Null,
        Data::Bool(value) => json!(value),
        Data::Int(value) => json!(value),
        Data::Float(value) => json!({"kind": "float", "value": repr::Float(value).to_string()}),
        Data::Str(text) => json!(text.as_str().unwrap()),
        Data::Tuple(items) => json!({"kind": "tuple", "items": items.map(object).collect::<Vec<_>>()}),
        _ => match recognise(node).unwrap_or_else(|| panic!("{node} is not known")) {
            Known::Date(date) => json!({"kind": "date", "iso": date.to_string()}),
            Known::Timestamp(stamp) => json!({
                "kind": "Timestamp", "iso": stamp.to_string(), "value": stamp.ticks, "unit": stamp.unit.name(),
            }),
            Known::PandasTimedelta(delta) => json!({
                "kind": "Timedelta", "iso": delta.to_string(), "value": delta.ticks, "unit": delta.unit.name(),
            }),
            Known::Period(period) => json!({
                "kind": "Period", "value": period.to_string(), "ordinal": period.ordinal,
                "freq": period.freq.to_string(),
            }),
            Known::Interval(interval) => json!({
                "kind": "Interval", "left": object(interval.left), "right": object(interval.right),
                "closed": interval.closed.name(),
            }),
            Known::NaT => json!({"kind": "NaT"}),
            Known::NA => json!({"kind": "NA"}),
            _ => panic!("{node} is not expected here"),
        },
    }
}

/// What is printed, less what a cell does not tell, and what pandas did better later.
fn modern(printed: &Value) -> Value {
    let mut printed = match printed {
        Value::Array(items) => items.iter().map(modern).collect(),
        _ => printed.clone(),
    };
    if let Some(object) = printed.as_object_mut() {
        match object["kind"].as_str().unwrap() {
            "Timestamp" => drop(object.remove("tz")),
            "date" => object.retain(|name, _| name == "kind" || name == "iso"),
            "Decimal" => drop(object.remove("class")),
            // Before 0.25, nanoseconds were cut off.
            "Timedelta" if object["value"] == -5 => {
                object.insert("iso".into(), json!("-1 days +23:59:59.999999995"));
            }
            _ => {}
        }
    }
    printed
}

/// Streams with changed bytes: whatever is found in them can be asked for all that it has.
#[test]
fn what_nobody_wrote_is_no_harm() {
    let mut known = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "frames") {
        let is_wanted = matches!(
            &*package.name,
            "DataFrame one block"
                | "MultiIndex"
                | "Series sparse"
                | "Series nullable Int"
                | "DataFrame Arrow"
                | "Period"
        );
        let is_extreme = package.environment == "2.7" || package.environment.starts_with("3.13");
        if !is_wanted || !is_extreme || package.protocol == Some(2) && package.environment != "2.7" {
            continue;
        }
        for at in 0..package.bytes.len() {
            for byte in [b'N', b')', 0, 0xFF, package.bytes[at] ^ 1] {
                let mut pickle = package.bytes.clone();
                pickle[at] = byte;
                if let Ok(graph) = halfsour_vm::Loader::new().load(pickle) {
                    known += usize::from(ask(graph.root()));
                }
            }
        }
    }
    assert!(known > 1000, "{known}");
}

fn ask(node: N<'_>) -> bool {
    match recognise(node) {
        Some(Known::DataFrame(frame)) => {
            let columns = (0..frame.width().min(100)).filter_map(|number| frame.column(number).ok());
            let cells: usize = columns.map(|column| column.cells().take(100).flatten().count()).sum();
            cells + frame.index.cells().take(100).count() + frame.columns.cells().take(100).count() > 0
        }
        Some(Known::Series(series)) => {
            series.values.to_string();
            (0..series.values.len().min(100)).filter_map(|row| series.values.get(row)).count() > 0
        }
        Some(Known::PandasIndex(index)) => index.cells().take(100).flatten().count() > 0,
        Some(known) => known.as_text().is_some_and(|text| !text.to_string().is_empty()),
        None => node.elements().into_iter().flatten().any(|node| ask(node)),
    }
}
