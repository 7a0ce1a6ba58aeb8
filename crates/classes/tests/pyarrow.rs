//! Arrays of Arrow, compared with what pyarrow printed of them.

use halfsour_classes::memory::Scalar;
use halfsour_classes::pyarrow::{Array, Value};
use halfsour_classes::{Known, recognise};
use halfsour_value::Node;
use serde_json::{Value as Json, json};

/// As `xtask/python/packages/values.py` prints it.
fn printed(value: Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Scalar(Scalar::Bool(value)) => json!(value),
        Value::Scalar(Scalar::Int(value)) => json!(value),
        Value::Scalar(Scalar::UInt(value)) => json!(value),
        Value::Scalar(Scalar::Float(value)) => {
            json!({"kind": "float", "value": halfsour_text::repr::Float(value).to_string()})
        }
        Value::Text(text) => json!(text),
        value => panic!("{value:?}: there is none"),
    }
}

fn values(array: &Array<'_>) -> Json {
    (0..array.len()).map(|index| printed(array.get(index).unwrap())).collect()
}

#[test]
fn arrays_are_those_of_pyarrow() {
    let mut seen = 0;
    let mut see = |node: Node<'_, &[u8]>, told: &Json, datatype: &Json, name: &str| {
        let Some(Known::ArrowArray(array)) = recognise(node) else { panic!("{name}: {node}") };
        assert_eq!(
            (json!(array.datatype.to_string()), values(&array)),
            (datatype.clone(), told.clone()),
            "{name}"
        );
        seen += 1;
    };
    for package in halfsour_fixtures::packages() {
        // Lists are not known.
        if package.script != "others" || !package.name.starts_with("arrow") || package.name == "arrow nested"
        {
            continue;
        }
        let (told, name) = (&package.value, package.to_string());
        let graph = halfsour_vm::Loader::new().load(&package.bytes[..]).unwrap();
        let root = graph.root();
        if let Some(arrays) = told.as_array() {
            for (node, told) in root.elements().unwrap().zip(arrays) {
                see(node, &told["values"], &told["type"], &name);
            }
        } else if let Some(columns) = told["columns"].as_array() {
            let nodes = root.as_instance().unwrap().args().at(0).unwrap().elements().unwrap();
            for ((node, column), field) in nodes.zip(columns).zip(told["schema"].as_array().unwrap()) {
                see(node, column, &field[1], &name);
            }
        } else {
            see(root, &told["values"], &told["type"], &name);
        }
    }
    assert_eq!(seen, 22);
}
