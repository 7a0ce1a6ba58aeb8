//! Parts of arrays are those that numpy has between the brackets, also of masked ones and of records.

use halfsour_inspect::diff::{Diff, Rules};
use halfsour_inspect::find::{Found, Pattern, Scope, Search};
use halfsour_inspect::get;
use halfsour_inspect::path::resolve;
use halfsour_json::Style;
use halfsour_value::Graph;
use serde_json::Value;

fn json(graph: &Graph<&[u8]>, path: &str) -> Value {
    let place = resolve(graph.root(), &path.parse().unwrap()).unwrap_or_else(|error| panic!("{error}"));
    let mut out = Vec::new();
    get::json(&mut out, graph.root(), place, Style::plain()).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn parts_are_those_of_numpy() {
    let mut seen = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "parts") {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        for (path, told) in package.value["parts"].as_object().unwrap() {
            assert_eq!(json(&graph, path), *told, "{package}: {path}");
            // Of one with itself, nothing is told.
            let other = halfsour_vm::from_slice(&package.bytes).unwrap();
            let mut diff = Diff::new(Rules::default(), 10);
            diff.graphs_at(&graph, &other, &path.parse().unwrap()).unwrap();
            assert_eq!(diff.to_string(), "", "{package}: {path}");
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

/// What is masked is not found, and what is found is where it is said to be.
#[test]
fn elements_and_fields_are_found_where_they_are() {
    let mut seen = 0;
    for package in halfsour_fixtures::packages().iter().filter(|package| package.script == "parts") {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        let mut search =
            Search::new(Pattern::regex("^([a-z]{1,2}|[0-9.]+)$", false).unwrap(), Scope::default(), 1000);
        search.graph(&graph);
        for hit in search.hits().iter().filter(|hit| matches!(hit.kind, Found::Text | Found::Number)) {
            let found = json(&graph, &hit.path);
            if found.is_boolean() {
                continue;
            }
            let told = hit.value.trim_matches('\'');
            assert_eq!(
                found.as_str().map_or_else(|| found.to_string(), str::to_owned),
                told,
                "{package}: {}",
                hit.path
            );
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}

/// Objects of arrays are compared by element, also where a mask hides some.
#[test]
fn differences_of_objects_are_told_by_element() {
    let all = halfsour_fixtures::packages();
    let of = |name: &str| {
        let found = all.iter().find(|package| package.script == "parts" && package.name == name);
        found.unwrap_or_else(|| panic!("{name}"))
    };
    let told = |old: &str, new: &str, path: &str| {
        let [old, new] = [old, new].map(|name| halfsour_vm::from_slice(&of(name).bytes).unwrap());
        let mut diff = Diff::new(Rules::default(), 10);
        match diff.graphs_at(&old, &new, &path.parse().unwrap()) {
            Ok(()) => diff.to_string(),
            Err(error) => format!("error: {error}"),
        }
    };
    assert_eq!(told("grid", "Fortran", ""), "");
    assert_eq!(told("objects", "masked objects", "[0]"), "~ [0][1]: 'a' → --");
    assert_eq!(told("masked objects", "objects", "[1:]"), "~ [1:][0, 0]: -- → 2.5\n~ [1:][0, 1]: -- → 'b'");
    assert_eq!(told("masked row", "masked row", "[1:]"), "");
    assert_eq!(told("masked", "grid", "[0, 0, 0]"), "~ [0, 0, 0]: -- → 0.0");
    assert_eq!(
        told("records", "grid", "['a']"),
        "- ['a']: numpy.ndarray((2, 3), int32, [[0, 1, 2], [3, 4, 5]])"
    );
    let nowhere = told("grid", "grid", "['a']");
    assert_eq!(
        nowhere,
        "error: ['a']: no such key; array of shape (2, 3, 4) has 2 members; nor is it on the other side"
    );
    let backward = told("grid", "grid", "[::-1]");
    assert_eq!(backward, "error: [::-1]: the steps of slices are from 1 on; nor is it on the other side");
    assert_eq!(told("grid", "grid", "#2[0]"), "");
}
