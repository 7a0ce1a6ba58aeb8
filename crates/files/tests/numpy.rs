//! What joblib wrote, compared with what `joblib.load` made of it.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{self, Element};
use halfsour_files::{JoblibArrays, Limits, Npy, Source};
use halfsour_value::Node;
use halfsour_vm::Loader;
use serde_json::{Value, json};

fn element(found: Element<'_, &[u8]>) -> Value {
    match found {
        Element::Scalar(Scalar::Int(value)) => json!(value),
        Element::Scalar(Scalar::UInt(value)) => json!(value),
        Element::Scalar(Scalar::Float(value)) => json!(halfsour_text::repr::Float(value).to_string()),
        Element::Text(text) => json!(text),
        Element::DateTime(ticks) => json!(ticks.count),
        Element::Record(record) => record.fields().map(|(_, value)| element(value)).collect(),
        Element::Object(node) => match node.elements() {
            Some(elements) => elements.map(|node| element(Element::Object(node))).collect(),
            None => node.as_i64().map(Value::from).or(node.as_str().map(Value::from)).into(),
        },
        _ => panic!("{found}"),
    }
}

/// Compares all arrays in lists and dicts; how many there were.
fn compare(node: Node<'_, &[u8]>, printed: &Value, name: &str) -> usize {
    if let (Some(values), Some(nodes)) = (printed.as_array(), node.elements()) {
        assert_eq!(nodes.len(), values.len(), "{name}");
        return nodes.zip(values).map(|(node, value)| compare(node, value, name)).sum();
    }
    if printed["kind"] == "dict" {
        let items = printed["items"].as_array().unwrap().iter().zip(node.items().unwrap());
        return items.map(|(printed, (_, node))| compare(node, &printed[1], name)).sum();
    }
    let printed = if printed["kind"] == "masked" { &printed["data"] } else { printed };
    if printed["kind"] != "ndarray" {
        return 0;
    }
    let mut array = numpy::array(node).unwrap_or_else(|| panic!("{name}: {node}"));
    array.mask = None;
    assert_eq!(json!(array.shape), printed["shape"], "{name}");
    assert_eq!(json!(array.dtype.typestr()), printed["dtype"]["str"], "{name}");
    let elements: Value = array.elements().unwrap().map(element).collect();
    assert_eq!(elements, printed["elements"], "{name}");
    1
}

#[test]
fn joblibs_arrays_are_what_it_loads() {
    let mut seen = 0;
    for package in halfsour_fixtures::package_files().iter().filter(|package| package.script == "dumps") {
        let name = package.to_string();
        let source = Source::from_bytes(&name, package.bytes.clone().into(), Limits::default()).unwrap();
        let graph = Loader::new().load_observed(&source.bytes()[..], 0, JoblibArrays::new(())).unwrap();
        seen += compare(graph.root(), &package.value, &name);
    }
    assert!(seen > 100, "{seen}");
}

/// numpy takes every name of a type in a header, `object` among them.
#[test]
fn what_may_be_an_array_of_objects_has_a_pickle() {
    for (descr, has_objects) in [
        ("'|O'", true),
        ("'object'", true),
        ("'i4,O'", true),
        ("[('a', '<i4'), ('b', '|O')]", true),
        ("'<f8'", false),
        ("'|V2'", false),
        ("'<M8[ns]'", false),
        ("[('a', '<i4'), ('b', '<U3', (2,))]", false),
    ] {
        let header = Npy::header(descr, false, &[1]);
        assert_eq!(Npy::parse(&header).unwrap().pickle().is_some(), has_objects, "{descr}");
    }
}
