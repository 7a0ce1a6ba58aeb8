//! Arrays of numpy in the plain form, compared with what numpy printed of them.

use halfsour_json::{Style, to_vec};
use halfsour_text::repr;
use serde_json::{Value, json};

/// What is to be written of an element.
fn element(printed: &Value, dtype: &Value) -> Option<Value> {
    if let Some(fields) = dtype["fields"].as_array() {
        let values = printed.as_array()?.iter().zip(fields);
        let members = values.map(|(value, field)| {
            Some((field["name"].as_str()?.to_owned(), element(value, &field["dtype"])?))
        });
        return Some(Value::Object(members.collect::<Option<_>>()?));
    }
    if printed["kind"] == "ndarray" {
        return array(printed);
    }
    // numpy said exactly what each float is, and prints the shortest digits for its type.
    let float = |text: &Value| {
        let number: f64 = text.as_str()?.parse().ok()?;
        let number = match dtype["str"].as_str()?.trim_start_matches(['<', '>']) {
            "f2" => repr::shortest_of_16_bits(number),
            "f4" | "c8" => repr::shortest_of_32_bits(number),
            _ => number,
        };
        Some(if number.is_finite() { json!(number) } else { json!(null) })
    };
    match dtype["str"].as_str()?.trim_start_matches(['<', '>', '|']).split_at(1) {
        ("b" | "i" | "u" | "U", _) => Some(printed.clone()),
        ("f", "2" | "4" | "8") => float(printed),
        ("c", _) => Some(json!([float(&printed[0])?, float(&printed[1])?])),
        ("M" | "m", _) if printed.as_i64() == Some(i64::MIN) => Some(json!(null)),
        ("O", _) if !printed.is_object() && !printed.is_array() => Some(printed.clone()),
        _ => None,
    }
}

fn nested(shape: &[usize], elements: &mut dyn Iterator<Item = Value>) -> Value {
    match shape.split_first() {
        Some((length, inner)) => (0..*length).map(|_| nested(inner, elements)).collect(),
        None => elements.next().unwrap(),
    }
}

fn array(printed: &Value) -> Option<Value> {
    let shape: Vec<usize> = serde_json::from_value(printed["shape"].clone()).ok()?;
    let elements = printed["elements"].as_array()?.iter().map(|value| element(value, &printed["dtype"]));
    let elements: Vec<_> = elements.collect::<Option<_>>()?;
    Some(nested(&shape, &mut elements.into_iter()))
}

/// What is to be written of an array, a scalar or a list of such; `None` if that is not said here.
fn expected(printed: &Value) -> Option<Value> {
    if let Some(items) = printed.as_array() {
        return items.iter().map(expected).collect();
    }
    match printed["kind"].as_str()? {
        "ndarray" => array(printed),
        "scalar" => element(&printed["element"], &printed["dtype"]),
        "masked" => {
            let mut data = printed["data"].clone();
            let kept = data["elements"].as_array()?.iter().zip(printed["mask"]["elements"].as_array()?);
            let kept: Option<Value> = kept
                // Of a masked float, nan: as null.
                .map(|(element, masked)| Some(if masked.as_bool()? { json!("nan") } else { element.clone() }))
                .collect();
            data["elements"] = kept?;
            (data["dtype"]["str"] == "<f8").then(|| array(&data))?
        }
        _ => None,
    }
}

#[test]
fn arrays_are_lists() {
    let mut seen = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "arrays") {
        if package.buffers.is_some() {
            continue;
        }
        let Some(expected) = expected(&package.value) else { continue };
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let json = to_vec(graph.root(), Style::plain()).unwrap();
        let found: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(found, expected, "{package}");
        seen += 1;
    }
    assert!(seen > 500, "{seen}");
}
