//! Containers of known classes have the shape that Python says, whatever their class.

use halfsour_classes::stdlib::{Base, Subclass};
use halfsour_classes::{Known, Shape, recognise};
use halfsour_value::Node;
use serde_json::Value;

type N<'g> = Node<'g, &'g [u8]>;

/// Ints, text and lists of these, as Python tells them.
fn is(node: N<'_>, told: &Value) -> bool {
    match told {
        Value::Array(all) => node
            .elements()
            .is_some_and(|nodes| nodes.len() == all.len() && nodes.zip(all).all(|(n, t)| is(n, t))),
        Value::String(text) => node.as_str() == Some(text),
        told => node.as_i64() == told.as_i64(),
    }
}

#[test]
fn containers_have_the_shape_that_python_says() {
    let (mut mappings, mut sequences, mut others) = (0, 0, 0);
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "containers") {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let told = package.value.as_array().unwrap();
        for (node, told) in graph.root().elements().unwrap().zip(told) {
            // No class is called with a list that it is based on.
            if told["kind"] == "named" && told["items"][0].is_array() && package.protocol > Some(1) {
                assert!(recognise(node).is_none(), "{package}");
                continue;
            }
            // No more than the arguments is known of a class of a program that is based on `Counter` or `set`.
            if ["of WordCounter", "of RevertableSet"].contains(&package.name.as_str()) {
                assert!(recognise(node).is_none(), "{package}");
                continue;
            }
            let known = recognise(node).unwrap_or_else(|| panic!("{package}: {node}"));
            match (told["kind"].as_str(), known.shape()) {
                (Some("text"), Shape::Inner(text)) => {
                    assert_eq!(text.as_str(), told["text"].as_str(), "{package}");
                    others += 1;
                    continue;
                }
                // Up to protocol 1, the base is named; from 2 on, a subclass of text looks the same.
                (Some("named"), shape) => {
                    let field = match (&known, shape) {
                        (_, Shape::Inner(tuple)) => tuple.at(0),
                        (Known::Subclass(Subclass { base: Base::Argument(field), .. }), Shape::Object) => {
                            Some(*field)
                        }
                        _ => panic!("{package}: {known:?}"),
                    };
                    assert!(is(field.unwrap(), &told["items"][0]), "{package}");
                    others += 1;
                    continue;
                }
                (Some("set"), shape) => {
                    let members: Vec<_> = match shape {
                        Shape::Sequence(members) => members.collect(),
                        Shape::Inner(set) => set.elements().unwrap().collect(),
                        _ => panic!("{package}: {known:?}"),
                    };
                    let mut members: Vec<_> =
                        members.into_iter().map(|member| member.as_i64().unwrap()).collect();
                    members.sort_unstable();
                    assert_eq!(serde_json::json!(members), told["items"], "{package}");
                    others += 1;
                    continue;
                }
                _ => {}
            }
            let items = told["items"].as_array().unwrap();
            if told["kind"] == "mapping" {
                let found: Vec<_> = match known.shape() {
                    Shape::Mapping(pairs) => pairs.collect(),
                    Shape::Inner(dict) => dict.items().unwrap().collect(),
                    _ => panic!("{package}: {known:?}"),
                };
                assert_eq!(found.len(), items.len(), "{package}: {known:?}");
                let same =
                    |((key, value), told): ((N<'_>, N<'_>), &Value)| is(key, &told[0]) && is(value, &told[1]);
                assert!(found.into_iter().zip(items).all(same), "{package}: {known:?}");
                mappings += 1;
            } else {
                let found: Vec<_> = match known.shape() {
                    Shape::Sequence(members) => members.collect(),
                    Shape::Inner(list) => list.elements().unwrap().collect(),
                    _ => panic!("{package}: {known:?}"),
                };
                assert_eq!(found.len(), items.len(), "{package}: {known:?}");
                assert!(
                    found.into_iter().zip(items).all(|(node, told)| is(node, told)),
                    "{package}: {known:?}"
                );
                sequences += 1;
            }
        }
    }
    assert!(mappings >= 80 && sequences >= 40 && others >= 30, "{mappings} {sequences} {others}");
}

/// Objects can be printed to debug a program: all that is in them that is no object of its own, and those by their text.
#[test]
fn known_objects_have_a_debug() {
    let debug = |pickle: &[u8]| {
        let graph = halfsour_vm::from_slice(pickle).unwrap();
        let known: Option<Known<'_, _>> = recognise(graph.root());
        format!("{:?}", known.unwrap())
    };
    assert_eq!(
        debug(b"ccollections\ndeque\n)R(K\x07K\x08e."),
        "Deque(Deque { items: [7, 8], maxlen: None, .. })"
    );
    assert_eq!(debug(b"cpathlib\nPosixPath\n(Va\nVb\ntR."), r#"Path(PosixPath("a/b"))"#);
}

/// The cost of what is not short is no more than what is asked for.
#[test]
fn the_cost_is_counted_no_further_than_asked() {
    let text = "7".repeat(300);
    let pickle = format!("cdecimal\nDecimal\n(V{text}\ntR.");
    let graph = halfsour_vm::from_slice(pickle.as_bytes()).unwrap();
    let instance = graph.root().as_instance().unwrap();
    assert_eq!(halfsour_classes::cost(instance, usize::MAX), 301);
    assert_eq!(halfsour_classes::cost(instance, 100), 100);
}
