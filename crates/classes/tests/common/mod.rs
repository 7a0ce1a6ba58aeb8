//! Walks over the objects of the standard library that Pythons pickled.

use halfsour_classes::{Known, recognise};
use halfsour_value::Node;
use serde_json::Value;

pub type Found<'g> = Known<'g, &'g [u8]>;

/// All known objects of a kind, with what Python says of each, and how many there are.
pub fn each(kind: &str, mut see: impl FnMut(Found<'_>, &Value)) -> usize {
    let mut count = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "standard") {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let mut all: Vec<(Node<'_, &[u8]>, &Value)> = vec![(graph.root(), &package.value)];
        while let Some((node, value)) = all.pop() {
            if let (Some(values), Some(nodes)) = (value.as_array(), node.elements()) {
                all.extend(nodes.zip(values));
            } else if value["kind"] == kind
                && let Some(known) = recognise(node)
            {
                see(known, value);
                count += 1;
            }
        }
    }
    count
}
