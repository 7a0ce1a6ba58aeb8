//! Functions that cloudpickle and dill pickled by value, compared with what Python said of them.

use halfsour_classes::{Known, recognise};
use halfsour_value::Node;
use serde_json::{Value, json};

/// Plain data as `xtask/python/packages/functions.py` tells it.
fn told(node: Node<'_, &[u8]>) -> Value {
    if let Some(text) = node.as_str().or_else(|| std::str::from_utf8(node.python2_string()?).ok()) {
        return json!(text);
    }
    if let Some(int) = node.as_i64() {
        return json!(int);
    }
    if let Some(items) = node.items() {
        return items.map(|(key, value)| (told(key).as_str().unwrap().to_owned(), told(value))).collect();
    }
    match (node.elements(), recognise(node)) {
        (Some(elements), _) => elements.map(told).collect(),
        (None, Some(Known::Cell(Some(value)))) => told(value),
        _ => Value::Null,
    }
}

#[test]
fn functions_are_what_python_says() {
    let mut seen = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "functions") {
        let name = package.to_string();
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let Some(Known::Function(function)) = recognise(graph.root()) else {
            panic!("{name}: {}", graph.root());
        };
        let Some(Known::Code(code)) = recognise(function.part("__code__").unwrap()) else {
            panic!("{name}: no code");
        };
        for (key, expected) in package.value["function"].as_object().unwrap() {
            let found = function.part(key).map_or(Value::Null, told);
            assert_eq!(found, *expected, "{name}: {key}");
        }
        for (key, expected) in package.value["code"].as_object().unwrap() {
            assert_eq!(told(code.part(key).unwrap()), *expected, "{name}: {key}");
        }
        assert_eq!(json!(code.arguments()), package.value["arguments"], "{name}");
        assert_eq!(code.pythons, package.value["pythons"].as_str().unwrap(), "{name}");
        seen += 1;
    }
    assert!(seen >= 26, "{seen}");
}

/// No part of a function is left out: one with parts that are not known is an object with all of them.
#[test]
fn surplus_parts_are_not_dropped() {
    let known = |pickle: &[u8]| {
        let graph = halfsour_vm::from_slice(pickle).unwrap();
        match recognise(graph.root()) {
            Some(Known::Function(function)) => {
                let parts: Vec<_> =
                    function.parts.iter().map(|(name, node)| format!("{name}={node}")).collect();
                Some(parts.join(" "))
            }
            _ => None,
        }
    };
    let made = b"ccloudpickle.cloudpickle\n_make_function\n(I1\n(dVname\n";
    assert!(known(&[&made[..], b"tR."].concat()).is_some());
    assert_eq!(known(&[&made[..], b"NNVmore\ntR."].concat()), None);
    let skeleton = b"ccloudpickle.cloudpickle\n_make_skel_func\n(I1\nI0\n(dVa\nI2\nstR";
    assert_eq!(known(&[&skeleton[..], b"."].concat()).unwrap(), "__code__=1 base_globals={'a': 2}");
    assert!(known(&[&skeleton[..], b"(dV__name__\nVf\nsb."].concat()).is_some());
    assert_eq!(known(&[&skeleton[..], b"(dV__wrapped__\nVf\nsb."].concat()), None);
}
