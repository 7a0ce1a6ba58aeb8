//! The properties of what people are shown of a graph.

use halfsour_inspect::diff::{Diff, DiffError, Rules};
use halfsour_inspect::find::{Pattern, Scope, Search};
use halfsour_inspect::info::PickleInfo;
use halfsour_inspect::path::resolve;
use halfsour_inspect::size::Sizes;
use halfsour_inspect::tree::{ShowLimits, Tree};
use halfsour_value::path::Path;
use halfsour_vm::{Graph, Loader};

use crate::budget::within;

/// The levels and the items of trees.
const DEPTH: usize = 3;
const ITEMS: usize = 4;

/// The lines of a container: what opens and closes it, its items, and how many more there are.
const LINES: usize = {
    let mut lines = 1;
    let mut level = 0;
    while level < DEPTH {
        lines = 3 + ITEMS * lines;
        level += 1;
    }
    lines
};

/// The longest line, in bytes: a name, and a dtype of numpy with many fields.
const LONGEST: usize = 1 << 14;

/// Checks the sizes, the tree, the facts and the comparison of a graph: sizes add up to the bytes of the pickle, a tree has no
/// more lines than its limits allow, and nothing differs from itself.
pub fn inspect(input: &[u8]) {
    let Ok(graph) = crate::load(input) else { return };
    let most = 256 * (input.len() + graph.bytes_held()) + (1 << 20);
    within(most, input, || sizes(&graph));
    within(most, input, || tree(&graph));
    within(most, input, || find(&graph));
    let info = PickleInfo::of(input, 0, &mut Loader::with_options(crate::options()));
    let info = info.expect("it was loaded before");
    assert_eq!((info.start, info.end, info.nodes), (0, graph.end(), graph.node_count()));
    assert!(info.to_string().lines().count() >= 5);
    // The same data, and not the same bytes, which would be taken for the same without a look.
    let longer = [b"N0", input].concat();
    let again = crate::load(&longer).expect("what is dropped changes nothing");
    let mut strict = Rules::default();
    (strict.types, strict.order, strict.sharing) = (true, true, true);
    for rules in [Rules::default(), strict] {
        let mut diff = Diff::new(rules, 3);
        match diff.graphs(&graph, &again) {
            Ok(()) => assert!(diff.is_same(), "{diff}, for {}", input.escape_ascii()),
            Err(error) => assert_eq!(error, DiffError::TooMuch),
        }
    }
}

/// Checks a path, the first line of the input, in the pickle after it: it is printed as it was read, and leads to something that can be shown and equals itself,
/// or is an error that says how far it led.
pub fn path(input: &[u8]) {
    let Some(at) = input.iter().position(|byte| *byte == b'\n') else { return };
    let text = String::from_utf8_lossy(&input[..at]);
    let Ok(path) = text.parse::<Path>() else { return };
    assert_eq!(path.to_string(), text);
    let count = path.segments().len();
    assert!((0..=count).all(|number| text.starts_with(path.until(number))), "{text}");
    let Ok(graph) = crate::load(&input[at + 1..]) else { return };
    match resolve(graph.root(), &path) {
        Ok(place) => {
            assert!(Tree::of_place(place, limits()).lines().next().is_some());
            // A part does not differ from itself.
            let mut diff = Diff::new(Rules::default(), 3);
            match diff.graphs_at(&graph, &graph, &path) {
                Ok(()) => assert!(diff.is_same(), "{diff}, for {}", input.escape_ascii()),
                Err(error) => {
                    assert!(matches!(error, DiffError::TooMuch | DiffError::Unreadable(_)), "{error}");
                }
            }
        }
        Err(error) => assert!(count > 0 && !error.to_string().is_empty()),
    }
}

/// Paths of what is found can be followed, or end in an error: of members of sets there are none, and of two equal keys the last counts.
fn find(graph: &Graph<&[u8]>) {
    const MOST: usize = 8;
    let mut search = Search::new(Pattern::plain("a"), Scope::default(), MOST);
    search.graph(graph);
    assert!(search.hits().len() <= MOST.min(search.total()));
    for hit in search.hits() {
        if let Ok(path) = hit.path.parse::<Path>() {
            // What is in a member of a set at the root has the root's path, which is empty.
            let followed = resolve(graph.root(), &path);
            assert!(
                followed.is_ok_and(|place| Tree::of_place(place, limits()).lines().next().is_some())
                    || !hit.path.is_empty()
            );
        }
    }
}

fn limits() -> ShowLimits {
    ShowLimits::default().with_depth(DEPTH).with_max_items(ITEMS).with_max_text(20).with_max_rows(ITEMS)
}

fn sizes(graph: &Graph<&[u8]>) {
    for mut sizes in [Sizes::new(), Sizes::new().each()] {
        sizes.add(graph);
        let all = (graph.end() - graph.start()) as u64;
        assert_eq!(sizes.bytes(), all);
        let own =
            |line: String| line.rsplit_once(' ').expect("a number stands last").1.parse::<u64>().unwrap();
        assert_eq!(sizes.folded().map(own).sum::<u64>(), all);
        assert!(sizes.places().iter().all(|place| place.own <= place.bytes && place.bytes <= all));
        assert!(sizes.report("input", 3).to_string().lines().count() <= 9);
    }
}

fn tree(graph: &Graph<&[u8]>) {
    let mut lines = 0;
    for line in Tree::new(graph.root(), limits()).lines() {
        lines += 1;
        assert!(line.text().len() <= LONGEST, "{line}");
        assert_eq!(line.iter().map(|(_, text)| text).collect::<String>(), line.text());
    }
    assert!((1..=LINES).contains(&lines), "{lines}");
}
