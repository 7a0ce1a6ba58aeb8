//! Trees: what must hold for each.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use halfsour_value::{Builder, Dict, Set, TreeLimits, Value};

/// Checks equality, hashes, dicts and sets, and that a tree is itself as a graph and through serde.
pub fn check(value: &Value) {
    let all = keys(value);
    tables(&all);
    let mut builder = Builder::new();
    let Ok(root) = builder.value(value) else { return };
    let graph = builder.build(root);
    let limits = TreeLimits::TRUSTED.with_values(100_000).with_bytes(1 << 24);
    assert_eq!(graph.to_value(limits).as_ref(), Ok(value));
    assert_eq!(graph.root().to_string(), value.to_string());
    // Its limit is that of what is untrusted, which what was copied may exceed.
    if let Ok(read) = halfsour_serde::from_graph::<Value>(&graph) {
        assert_eq!(read, *value);
        assert_eq!(read.to_string(), value.to_string());
    }
}

/// Makes a dict and a set of values, and compares them with what a list of pairs says, item by item.
fn tables(values: &[&Value]) {
    let mut model: Vec<(&Value, usize)> = Vec::new();
    let (mut dict, mut set) = (Dict::new(), Set::new());
    for (number, &key) in values.iter().take(60).enumerate() {
        let known = model.iter().position(|(other, _)| *other == key);
        // Every third step removes a key again, if it is there.
        if number % 3 == 2 {
            assert_eq!(dict.remove(key).is_some(), known.is_some());
            assert_eq!(set.remove(key), known.is_some());
            known.map(|at| model.remove(at));
        } else {
            let before = known.map(|at| std::mem::replace(&mut model[at].1, number));
            if before.is_none() {
                model.push((key, number));
            }
            assert_eq!(dict.insert(key.clone(), number), before.map(Value::from));
            assert_eq!(set.insert(key.clone()), before.is_none());
        }
        let other = values[number / 2];
        let found = model.iter().find(|(key, _)| *key == other);
        assert_eq!(dict.get(other).cloned(), found.map(|(_, value)| Value::from(*value)));
        assert_eq!(set.contains(other), found.is_some());
    }
    assert!(
        dict.iter()
            .map(|(key, value)| (key, value.clone()))
            .eq(model.iter().map(|(key, value)| (*key, (*value).into())))
    );
    assert!(set.iter().eq(model.iter().map(|(key, _)| *key)));
}

/// Checks that equal values have the same hash, and find each other as keys.
fn keys(value: &Value) -> Vec<&Value> {
    let mut open = vec![value];
    let mut seen: Vec<&Value> = Vec::new();
    while let Some(value) = open.pop() {
        let hash = |value: &Value| BuildHasherDefault::<DefaultHasher>::default().hash_one(value);
        for other in seen.iter().take(100).filter(|other| **other == value) {
            assert_eq!(hash(other), hash(value), "{other} and {value}");
        }
        seen.push(value);
        match value {
            Value::List(_) | Value::Tuple(_) => open.extend(value.as_slice().into_iter().flatten()),
            Value::Dict(items) => {
                assert!(items.iter().all(|(key, value)| items.get(key) == Some(value)), "{items:?}");
                open.extend(items.iter().flat_map(|(key, value)| [key, value]));
            }
            Value::Set(items) | Value::FrozenSet(items) => {
                assert!(items.iter().all(|item| items.contains(item)), "{items:?}");
                open.extend(&**items);
            }
            _ => {}
        }
    }
    seen
}
