//! Scalars, compared with what the pandas that pickled them printed.

use halfsour_classes::{Known, recognise};
use halfsour_text::repr;
use halfsour_value::{Data, Node};
use serde_json::{Value, json};

type N<'g> = Node<'g, Vec<u8>>;

const SCALARS: [&str; 6] = ["Timestamp", "Timedelta", "Period", "Interval", "NaT", "NA"];

#[test]
fn all_are_what_pandas_printed() {
    let (mut seen, mut kinds) = (0, std::collections::BTreeMap::<String, usize>::new());
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "frames") {
        let graph = halfsour_vm::Loader::new().load(package.bytes.clone()).unwrap();
        let name = package.to_string();
        for (node, printed) in each(graph.root(), &package.value) {
            if !SCALARS.contains(&printed["kind"].as_str().unwrap_or_default()) {
                continue;
            }
            check(node, printed, &name);
            seen += 1;
            *kinds.entry(printed["kind"].as_str().unwrap_or("plain").to_owned()).or_default() += 1;
        }
    }
    assert!(seen > 50 && kinds.len() == SCALARS.len(), "{seen}, {kinds:?}");
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
    let (told, mut printed) = (object(node), modern(printed));
    // Where the pickle has the name of a zone and no offset, the time is told in UTC.
    if told["iso"].as_str().is_some_and(|iso| iso.ends_with(']')) {
        printed["iso"] = told["iso"].clone();
    }
    assert_eq!(told, printed, "{name}");
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
            Known::Timedelta(delta) => json!({
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
    let mut printed = printed.clone();
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
