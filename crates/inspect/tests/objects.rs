//! Fields of objects of pydantic, attrs and dataclasses are directly under the object, as in Python.

use halfsour_fixtures::Package;
use halfsour_inspect::diff::{Diff, Rules};
use halfsour_inspect::find::{Pattern, Scope, Search};
use halfsour_inspect::path::resolve;
use halfsour_inspect::tree::{ShowLimits, Tree};
use halfsour_value::Graph;

fn packages() -> Vec<Package> {
    let all = halfsour_fixtures::packages();
    let found: Vec<_> = all.into_iter().filter(|package| package.script == "objects").collect();
    assert!(found.len() > 50, "{}", found.len());
    found
}

fn get(graph: &Graph<&[u8]>, path: &str) -> String {
    let place = resolve(graph.root(), &path.parse().unwrap()).unwrap_or_else(|error| panic!("{error}"));
    Tree::of_place(place, ShowLimits::default()).to_string()
}

#[test]
fn paths_of_python_lead_there_and_are_told() {
    for package in packages() {
        let graph = halfsour_vm::from_slice(&package.bytes).unwrap();
        for (path, told) in package.value["paths"].as_object().unwrap() {
            let expected = match told.as_str() {
                Some(text) => format!("'{text}'"),
                None => told.to_string(),
            };
            assert_eq!(get(&graph, path), expected, "{package}: {path}");
            let mut search = Search::new(Pattern::plain(expected.trim_matches('\'')), Scope::default(), 10);
            search.graph(&graph);
            let paths: Vec<_> = search.hits().iter().map(|hit| hit.path.as_str()).collect();
            assert_eq!(paths, [path], "{package}");
        }
        let shown = Tree::new(graph.root(), ShowLimits::default()).to_string();
        assert!(shown.contains("city='Vilnius', zip=1001") || package.name == "User", "{package}: {shown}");
    }
}

/// The text of each field is changed by hand, and the difference is told where the field is.
#[test]
fn differences_are_told_by_field() {
    let mut told = 0;
    for package in packages() {
        let old = halfsour_vm::from_slice(&package.bytes).unwrap();
        for (path, text) in package.value["paths"].as_object().unwrap() {
            let Some(text) = text.as_str() else { continue };
            let changed = text.to_uppercase();
            let at = package.bytes.windows(text.len()).position(|bytes| bytes == text.as_bytes()).unwrap();
            let mut bytes = package.bytes.clone();
            bytes[at..at + text.len()].copy_from_slice(changed.as_bytes());
            let new = halfsour_vm::from_slice(&bytes).unwrap();
            let mut diff = Diff::new(Rules::default(), 10);
            diff.graphs(&old, &new).unwrap();
            assert_eq!(diff.to_string(), format!("~ {path}: '{text}' → '{changed}'"), "{package}");
            told += 1;
        }
    }
    assert!(told > 100, "{told}");
}
