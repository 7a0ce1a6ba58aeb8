//! Plain data, and which module tells of the rest.

use std::collections::HashMap;

use halfsour_classes::{Known, class_name, fields, like_named_tuple, recognise};
use halfsour_text::repr;
use halfsour_value::Data;
use serde_json::{Value, json};

use crate::models::text;
use crate::{N, UNCOMPARED, arrays, models, tables, unknown};

/// As Python's `repr()`.
pub fn float(value: f64) -> Value {
    json!(repr::Float(value).to_string())
}

pub fn hex(bytes: &[u8]) -> Value {
    let digit = |digit: u8| char::from_digit(digit.into(), 16).unwrap();
    json!(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect::<String>())
}

/// Returns what the object is, and what the package printed of it, less what a pickle does not tell: two values that are equal if the
/// object is read right.
pub fn tell(node: N<'_>, printed: &Value) -> (Value, Value) {
    match printed["kind"].as_str() {
        None | Some("tuple" | "dict" | "float" | "complex" | "bytes" | "bytestring") => plain(node, printed),
        Some("ndarray" | "masked" | "masked constant" | "scalar" | "dtype") => arrays::tell(node, printed),
        Some("sparse" | "estimator" | "tree") => models::tell(node, printed),
        Some("date" | "Decimal") => match recognise(node) {
            Some(Known::Date(date)) => (json!(date.to_string()), printed["iso"].clone()),
            Some(Known::Decimal(decimal)) => (json!(decimal.to_string()), printed["value"].clone()),
            _ => (named(node), printed.clone()),
        },
        Some(
            "DataFrame" | "Series" | "Index" | "Array" | "Panel" | "GroupBy" | "Timestamp" | "Timedelta"
            | "Period" | "Interval" | "NaT" | "NA",
        ) => tables::tell(node, printed),
        Some("set" | "global" | "namedtuple" | "object") => of_programs(node, printed),
        Some(_) => uncompared(printed),
    }
}

/// Two equal values for an object of which nothing was printed that could be compared.
fn uncompared(printed: &Value) -> (Value, Value) {
    let told = json!({ UNCOMPARED: printed["class"] });
    (told.clone(), told)
}

/// Objects in the fields of estimators, by the form that they have in a pickle. An object is not compared if what was printed are not its fields.
fn of_programs(node: N<'_>, printed: &Value) -> (Value, Value) {
    match printed["kind"].as_str() {
        Some("set") => match node.data() {
            // Of one order are sets with less than two members only.
            Data::Set(members) if members.len() < 2 => return each(members, &printed["items"]),
            Data::Set(_) => return uncompared(printed),
            _ => {}
        },
        Some("global") => {
            let name = printed["module"].as_str().zip(printed["name"].as_str());
            return (json!(node.to_string()), json!(name.map(|(module, name)| format!("{module}.{name}"))));
        }
        Some("namedtuple") => {
            if let Some((class, members)) = like_named_tuple(node) {
                let (told, said) = each(members, &printed["items"]);
                return (json!([class.to_string(), told]), json!([printed["class"], said]));
            }
        }
        _ => {
            let held: HashMap<_, _> =
                fields(node).filter_map(|(name, node)| Some((text(name)?, node))).collect();
            let state = printed["state"].as_object().filter(|state| {
                !state.is_empty()
                    && state.len() == held.len()
                    && state.keys().all(|name| held.contains_key(&**name))
            });
            // Of an object without named fields, nothing is printed.
            let Some(state) = state else { return uncompared(printed) };
            let class = node.class().map(|class| class.to_string());
            let (mut told, mut said) = (json!({ "class": class }), json!({ "class": printed["class"] }));
            for (name, printed) in state {
                (told[name], said[name]) = tell(held[&**name], printed);
            }
            return (told, said);
        }
    }
    (named(node), printed.clone())
}

/// Tells that nothing knows the object.
pub fn named(node: N<'_>) -> Value {
    class_name(node).map_or_else(|| unknown(&node), |(module, name)| unknown(&format!("{module}.{name}")))
}

fn each<'g>(nodes: impl Iterator<Item = N<'g>>, printed: &Value) -> (Value, Value) {
    let nodes: Vec<_> = nodes.collect();
    match printed.as_array() {
        Some(values) if values.len() == nodes.len() => {
            let pairs: Vec<_> =
                nodes.into_iter().zip(values).map(|(node, value)| tell(node, value)).collect();
            let (told, said): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            (told.into(), said.into())
        }
        _ => (json!({ "items": nodes.len() }), printed.clone()),
    }
}

fn plain(node: N<'_>, printed: &Value) -> (Value, Value) {
    let told = match node.data() {
        Data::None => Value::Null,
        Data::Bool(value) => json!(value),
        Data::Int(value) => json!(value),
        Data::Float(value) => json!({"kind": "float", "value": float(value)}),
        Data::Complex(real, imag) => json!({"kind": "complex", "real": float(real), "imag": float(imag)}),
        Data::Str(text) => json!(text.as_str()),
        Data::Bytes(bytes) => json!({"kind": "bytes", "hex": hex(bytes)}),
        Data::ByteString(bytes) => json!({"kind": "bytestring", "hex": hex(bytes)}),
        Data::BigInt(_) => json!(node.to_string().parse::<u64>().ok()),
        Data::List(items) => return each(items, printed),
        Data::Tuple(items) => return each(items, &printed["items"]),
        Data::Dict(items) => {
            let nodes = items.flat_map(|(key, value)| [key, value]);
            return each(nodes, &printed["items"].as_array().into_iter().flatten().flat_map(pair).collect());
        }
        _ => named(node),
    };
    (told, printed.clone())
}

fn pair(pair: &Value) -> Vec<Value> {
    pair.as_array().cloned().unwrap_or_default()
}
