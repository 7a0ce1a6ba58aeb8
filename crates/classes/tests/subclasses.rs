//! Arrays of subclasses of numpy's, and arrays that dill, cloudpickle and jax pickle in ways of their own.

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{ArrayClass, Element, NdArray};
use halfsour_classes::{Known, class_name, recognise};
use halfsour_value::Node;
use serde_json::{Value, json};

type Array<'g> = NdArray<'g, &'g [u8]>;

fn element(found: &Element<'_, &[u8]>) -> Value {
    match found {
        Element::Scalar(Scalar::Bool(value)) => json!(value),
        Element::Scalar(Scalar::Int(value)) => json!(value),
        Element::Scalar(Scalar::UInt(value)) => json!(value),
        Element::Scalar(Scalar::Float(value)) => json!(halfsour_text::repr::Float(*value).to_string()),
        Element::Text(text) => json!(text),
        Element::LongDouble(number) => {
            number.bytes()[..10].iter().map(|byte| format!("{byte:02x}")).collect()
        }
        Element::Object(node) => match node.as_i64() {
            Some(int) => json!(int),
            None => json!(node.as_str()),
        },
        _ => panic!("numpy prints no {found}"),
    }
}

/// Compares an array with what its package said of it.
fn compare(node: Node<'_, &[u8]>, array: &Array<'_>, told: &Value, name: &str) {
    assert_eq!(json!(array.shape), told["shape"], "{name}");
    // numpy turns the bytes around as it loads them.
    if let Some(texts) = told["texts"].as_array() {
        let found = array.elements().unwrap().flat_map(|element| match element {
            Element::LongDouble(number) => vec![number.to_string()],
            Element::LongComplex(re, im) => vec![re.to_string(), im.to_string()],
            _ => panic!("{element}"),
        });
        assert_eq!(json!(found.collect::<Vec<_>>()), json!(texts), "{name}");
        return;
    }
    assert_eq!(array.dtype.typestr(), told["dtype"]["str"].as_str().unwrap(), "{name}");
    // What is under a mask is printed, too.
    let mut data = array.clone();
    data.mask = None;
    let elements: Value = data.elements().unwrap().map(|found| element(&found)).collect();
    assert_eq!(elements, told["elements"], "{name}");
    let class = match &array.class {
        // dill pickles a class of a program as what makes it.
        ArrayClass::Other(class) => class.as_global().map(|class| class.full_name()),
        _ => class_name(node).map(|(module, name)| format!("{module}.{name}")),
    };
    if let Some(class) = class {
        // It may be known by the name of a module that shows it.
        let expected = told["class"].as_str().unwrap();
        assert_eq!(class.rsplit('.').next(), expected.rsplit('.').next(), "{name}");
    }
    if let Some(beside) = told["beside"].as_str() {
        let found =
            array.attributes().any(|part| part.descendants().any(|node| node.as_str() == Some(beside)));
        // A unit is an object of many.
        let is_unit = beside.contains("m / s");
        assert!(found || is_unit && array.attributes().next().is_some(), "{name}: {beside}");
    }
}

#[test]
fn arrays_are_known_by_their_shape() {
    let mut seen = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "subclasses") {
        let name = package.to_string();
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let told = &package.value;
        match (recognise(graph.root()), told["kind"].as_str()) {
            (Some(Known::NdArray(array)), Some("ndarray")) => compare(graph.root(), &array, told, &name),
            (Some(Known::NdArray(array)), Some("masked")) => {
                let mask: Value = array.mask.as_ref().unwrap().bytes.iter().map(|byte| *byte != 0).collect();
                assert_eq!(mask, told["mask"]["elements"], "{name}");
            }
            (Some(Known::NumpyScalar(scalar)), Some("scalar")) => {
                assert_eq!(element(&scalar.element()), told["element"], "{name}");
            }
            (found, _) => panic!("{name}: {found:?}"),
        }
        seen += 1;
    }
    assert!(seen > 120, "{seen}");
}
