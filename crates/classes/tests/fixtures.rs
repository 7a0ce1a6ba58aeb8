//! What is recognised in the pickles of real Pythons.

use halfsour_classes::{Known, recognise};
use halfsour_fixtures::Fixture;
use halfsour_value::{Graph, Node};

fn samples(name: &str) -> Vec<(Fixture, Graph<Vec<u8>>)> {
    let fixtures = halfsour_fixtures::all().into_iter().filter(|fixture| fixture.name == name);
    let loaded = fixtures.map(|fixture| {
        let graph = halfsour_vm::Loader::new().load(fixture.pickle.clone()).unwrap();
        (fixture, graph)
    });
    loaded.collect()
}

fn each(name: &str, text: &str, show: impl Fn(Node<'_, Vec<u8>>) -> Option<String>) {
    let samples = samples(name);
    assert!(samples.len() > 3, "{name}");
    for (fixture, graph) in samples {
        assert_eq!(show(graph.root()).as_deref(), Some(text), "{fixture}: {}", graph.root());
    }
}

#[test]
fn dates() {
    each("stdlib/date", "2024-02-29", |node| match recognise(node)? {
        Known::Date(date) => Some(date.to_string()),
        _ => None,
    });
    each("stdlib/datetime", "2024-02-29T23:59:58.987654", |node| match recognise(node)? {
        Known::DateTime(datetime) => Some(datetime.to_string()),
        _ => None,
    });
}
