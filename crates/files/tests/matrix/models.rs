//! Sparse matrices of scipy, and estimators and trees of scikit-learn.

use std::collections::HashMap;

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{Element, NdArray};
use halfsour_classes::scipy::{Parts, Sparse};
use halfsour_classes::sklearn::{Estimator, Tree, TreeNode};
use halfsour_classes::{Known, recognise};
use halfsour_value::Data;
use serde_json::{Value, json};

use crate::plain::{self, float, named};
use crate::{N, arrays, unknown};

pub fn tell(node: N<'_>, printed: &Value) -> (Value, Value) {
    match (printed["kind"].as_str(), recognise(node)) {
        (Some("sparse"), Some(Known::Sparse(found))) => sparse(&found, printed),
        (Some("estimator"), Some(Known::Estimator(found))) => estimator(&found, printed),
        (Some("tree"), Some(Known::Tree(found))) => tree(&found, printed),
        _ => (named(node), printed.clone()),
    }
}

/// A number as its real and its imaginary part.
fn number(element: &Element<'_, &[u8]>) -> Option<[f64; 2]> {
    let real = |value| Some([value, 0.0]);
    match element {
        Element::Scalar(Scalar::Bool(value)) => real(f64::from(u8::from(*value))),
        Element::Scalar(Scalar::Int(value)) => real(value.to_string().parse().ok()?),
        Element::Scalar(Scalar::UInt(value)) => real(value.to_string().parse().ok()?),
        Element::Scalar(Scalar::Float(value)) => real(*value),
        Element::Scalar(Scalar::Complex(re, im)) => Some([*re, *im]),
        Element::Object(node) => match recognise(*node) {
            Some(Known::NumpyScalar(scalar)) => number(&scalar.element()),
            _ => match node.data() {
                Data::Bool(value) => real(f64::from(u8::from(value))),
                Data::Complex(re, im) => Some([re, im]),
                _ => real(node.as_f64().or_else(|| node.to_string().parse().ok())?),
            },
        },
        _ => None,
    }
}

/// The number that is printed: as it is, or as a float's `repr()`, or a pair of those.
fn printed_number(value: &Value) -> [f64; 2] {
    match value {
        Value::Array(parts) => [0, 1].map(|part| printed_number(&parts[part])[0]),
        Value::Bool(value) => [f64::from(u8::from(*value)), 0.0],
        _ => [value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or(f64::NAN), 0.0],
    }
}

fn sparse(sparse: &Sparse<'_, &[u8]>, printed: &Value) -> (Value, Value) {
    let columns = sparse.shape.last().copied().unwrap_or(1);
    let mut dense = vec![[0.0; 2]; sparse.shape.iter().product()];
    let Some(elements) = sparse.elements() else { return (unknown("elements"), printed.clone()) };
    for (row, column, element) in elements {
        let Some(value) = number(&element) else { return (unknown(&element), printed.clone()) };
        let place = &mut dense[row * columns + column];
        *place = [place[0] + value[0], place[1] + value[1]];
    }
    let said: Vec<_> = printed["dense"].as_array().into_iter().flatten().map(printed_number).collect();
    // scipy counts the stored elements of diagonals in several ways.
    let is_counted = !matches!(sparse.parts, Parts::Diagonals { .. });
    let class = if sparse.is_array { "array" } else { "matrix" };
    (
        json!({
            "class": format!("{}_{class}", sparse.format), "format": sparse.format, "shape": sparse.shape, "dense": dense,
            "nnz": is_counted.then(|| sparse.stored()),
        }),
        json!({
            "class": printed["class"].as_str().and_then(|class| class.rsplit('.').next()), "format": printed["format"],
            "shape": printed["shape"], "dense": said, "nnz": is_counted.then(|| printed["nnz"].clone()),
        }),
    )
}

pub fn text(node: N<'_>) -> Option<&str> {
    match node.data() {
        Data::ByteString(bytes) => str::from_utf8(bytes).ok(),
        _ => node.as_str(),
    }
}

/// All that is printed and in the pickle, which has all that was fitted. Parameters that are properties, and what a class makes anew when it
/// is loaded, are in no pickle.
fn estimator(estimator: &Estimator<'_, &[u8]>, printed: &Value) -> (Value, Value) {
    let class = format!("{}.{}", estimator.module, estimator.class);
    let attributes: HashMap<_, _> =
        estimator.attributes.clone().filter_map(|(name, node)| Some((text(name)?, node))).collect();
    let mut told = json!({ "class": class });
    let mut said = json!({ "class": printed["class"] });
    for part in ["params", "attributes"] {
        for (name, printed) in printed[part].as_object().into_iter().flatten() {
            if let Some(node) = attributes.get(name.as_str()) {
                (told[name], said[name]) = plain::tell(*node, printed);
            }
        }
    }
    for (name, _) in estimator.fitted() {
        if said.get(name).is_none() {
            told[name] = json!("not printed");
        }
    }
    (told, said)
}

fn numbers(array: &NdArray<'_, &[u8]>) -> Value {
    let told = array.elements().map(|elements| {
        elements.map(|found| arrays::element(&found, &array.dtype, &Value::Null)).collect::<Value>()
    });
    told.unwrap_or_else(|| unknown("elements"))
}

fn tree(tree: &Tree<'_, &[u8]>, printed: &Value) -> (Value, Value) {
    let Some(nodes) = tree.nodes() else { return (unknown("nodes"), printed.clone()) };
    let column = |told: fn(&TreeNode) -> Value| nodes.iter().map(told).collect::<Value>();
    let mut told = json!({
        "node_count": nodes.len(), "max_depth": tree.depth,
        "children_left": column(|node| node.split.as_ref().map_or(json!(-1), |split| json!(split.children[0]))),
        "children_right": column(|node| node.split.as_ref().map_or(json!(-1), |split| json!(split.children[1]))),
        "feature": column(|node| node.split.as_ref().map_or(json!(-2), |split| json!(split.feature))),
        "threshold": column(|node| node.split.as_ref().map_or(float(-2.0), |split| float(split.threshold))),
        "impurity": column(|node| float(node.impurity)),
        "n_node_samples": column(|node| json!(node.samples)),
        "weighted_n_node_samples": column(|node| float(node.weight)),
    });
    told["value"] = numbers(&tree.values);
    let said = told.as_object().into_iter().flatten().map(|(name, _)| {
        let printed = &printed[name];
        (name.clone(), printed.get("elements").unwrap_or(printed).clone())
    });
    let said = Value::Object(said.collect());
    (told, said)
}
