//! Arrays of Arrow, compared with what pyarrow printed of them.

use halfsour_classes::memory::Scalar;
use halfsour_classes::pandas::Values;
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
        Value::List(list) => list.values().map(|value| printed(value.unwrap())).collect(),
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
        if package.script != "others" || !package.name.starts_with("arrow") {
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
    assert_eq!(seen, 24);
}

/// `[[null, null, …]]`, a list whose 2³¹ members have no bytes, says no more than that it cannot be read.
#[test]
fn lists_of_nothing_take_no_memory() {
    let null = "cpyarrow.lib\ntype_for_alias\n(Vnull\ntR";
    let ends = "cpyarrow.lib\npy_buffer\n(C\x08\0\0\0\0\u{2}\u{2}\u{2}\u{2}tR";
    let pickle = format!(
        "cpyarrow.lib\n_restore_array\n((cpyarrow.lib\nlist_\n({null}tRI1\nI0\nI0\n](N{ends}e](({null}I2147483647\nI0\nI0\n](Ne]NteNttR."
    );
    let graph = halfsour_vm::from_slice(pickle.as_bytes()).unwrap();
    let Some(Known::ArrowArray(array)) = recognise(graph.root()) else { panic!("{}", graph.root()) };
    assert_eq!(array.datatype.to_string(), "list<item: null>");
    let Some(Value::List(list)) = array.get(0) else { panic!() };
    assert_eq!(list.len(), 0x0202_0202);
    let values: Values<'_, &[u8]> = Values::Arrow { array: *array, dtype: None };
    assert!(values.get(0).is_none());
}
