//! Plain data, and which module tells of the rest.

use std::collections::HashMap;

use halfsour_classes::{Known, class_name, fields, like_named_tuple, recognise};
use halfsour_text::repr;
use halfsour_value::{Data, Step};
use serde_json::{Value, json};

use crate::models::text;
use crate::{N, arrays, models, tables, unknown};

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
        Some("int") => (json!(node.to_string()), printed["value"].clone()),
        Some("date" | "Decimal") => match recognise(node) {
            Some(Known::Date(date)) => (json!(date.to_string()), printed["iso"].clone()),
            Some(Known::Decimal(decimal)) => (json!(decimal.to_string()), printed["value"].clone()),
            _ => (named(node), printed.clone()),
        },
        Some(
            "DataFrame" | "Series" | "Index" | "Array" | "Panel" | "GroupBy" | "Timestamp" | "Timedelta"
            | "Period" | "Interval" | "NaT" | "NA",
        ) => tables::tell(node, printed),
        Some("set" | "subclass" | "global" | "namedtuple" | "object") => of_programs(node, printed),
        Some(_) => (named(node), printed.clone()),
    }
}

/// Objects in the fields of estimators, by the form that they have in a pickle.
fn of_programs(node: N<'_>, printed: &Value) -> (Value, Value) {
    match printed["kind"].as_str() {
        Some("set") => {
            if let Data::Set(members) = node.data() {
                let told = members.map(|member| plain(member, &Value::Null).0);
                return (sorted(told), sorted(printed["items"].as_array().into_iter().flatten().cloned()));
            }
        }
        Some("subclass") => {
            let steps = node.as_instance().map(halfsour_value::Instance::steps).into_iter().flatten();
            let items = steps.filter_map(|step| match step {
                Step::SetItem(items) => Some(items),
                _ => None,
            });
            let (items, printed_items) = each_pair(items.flatten(), &printed["base"]["items"]);
            let (fields, printed_fields) = of_fields(node, printed);
            return (json!([items, fields]), json!([printed_items, printed_fields]));
        }
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
        _ if printed.get("reduced").is_some() => return of_c(node, printed),
        _ => return of_fields(node, printed),
    }
    (named(node), printed.clone())
}

/// The class and the fields.
fn of_fields(node: N<'_>, printed: &Value) -> (Value, Value) {
    let held: HashMap<_, _> = fields(node).filter_map(|(name, node)| Some((text(name)?, node))).collect();
    let empty = serde_json::Map::new();
    let state = printed["state"].as_object().unwrap_or(&empty);
    if state.len() != held.len() || !state.keys().all(|name| held.contains_key(&**name)) {
        return (named(node), printed.clone());
    }
    let class = node.class().map(|class| class.to_string());
    let (mut told, mut said) = (json!({ "class": class }), json!({ "class": printed["class"] }));
    for (name, printed) in state {
        (told[name], said[name]) = tell(held[&**name], printed);
    }
    (told, said)
}

/// An object of C, by what it is pickled by, without the names of classes and functions.
fn of_c(node: N<'_>, printed: &Value) -> (Value, Value) {
    let Some(instance) = node.as_instance() else { return (named(node), printed.clone()) };
    let args = instance.args().elements().into_iter().flatten().filter(|arg| arg.as_global().is_none());
    let (args, printed_args) = each(args, &printed["args"]);
    let (state, printed_state) = match instance.state() {
        Some(state) => tell(state, &printed["reduced"]),
        None => (Value::Null, printed["reduced"].clone()),
    };
    (json!([args, state]), json!([printed_args, printed_state]))
}

/// Values in an order of their own.
fn sorted(values: impl Iterator<Item = Value>) -> Value {
    let mut values: Vec<_> = values.collect();
    values.sort_by_key(Value::to_string);
    values.into()
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
        Data::Dict(items) => return each_pair(items, &printed["items"]),
        _ => named(node),
    };
    (told, printed.clone())
}

fn each_pair<'g>(pairs: impl Iterator<Item = (N<'g>, N<'g>)>, printed: &Value) -> (Value, Value) {
    let nodes = pairs.flat_map(|(key, value)| [key, value]);
    each(nodes, &printed.as_array().into_iter().flatten().flat_map(pair).collect())
}

fn pair(pair: &Value) -> Vec<Value> {
    pair.as_array().cloned().unwrap_or_default()
}
