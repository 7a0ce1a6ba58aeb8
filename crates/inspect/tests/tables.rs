//! Tables: what differs beside their values, what is found in them, and the paths to their parts. Each line of `tables.tsv` has the name of a
//! table, the Python expression that made it, and its pickle.

use base64::{Engine, engine::general_purpose::STANDARD};
use halfsour_inspect::diff::{Diff, Rules};
use halfsour_inspect::find::{Pattern, Scope, Search};
use halfsour_inspect::get;
use halfsour_inspect::path::resolve;
use halfsour_inspect::size::Sizes;
use halfsour_inspect::tree::{ShowLimits, Tree};
use halfsour_json::Style;
use halfsour_value::Graph;

fn pickle(name: &str) -> Vec<u8> {
    let mut lines = include_str!("tables.tsv").lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let line = lines.find(|line| line[0] == name).unwrap_or_else(|| panic!("{name}"));
    STANDARD.decode(line[2]).unwrap()
}

fn load(pickle: &[u8]) -> Graph<&[u8]> {
    halfsour_vm::from_slice(pickle).unwrap()
}

/// The pickle of `ordered`, with a class in it that is not known.
fn unreadable() -> Vec<u8> {
    let mut pickle = pickle("ordered");
    let class = b"\x0bCategorical\x94";
    let at = pickle.windows(class.len()).position(|bytes| bytes == class).unwrap();
    pickle[at + 1] = b'K';
    pickle
}

fn told(old: &[u8], new: &[u8], path: &str, rules: Rules) -> String {
    let (old, new) = (load(old), load(new));
    let mut diff = Diff::new(rules, 10);
    match diff.graphs_at(&old, &new, &path.parse().unwrap()) {
        Ok(()) => diff.to_string(),
        Err(error) => format!("error: {error}"),
    }
}

fn differ(old: &str, new: &str, rules: Rules) -> String {
    told(&pickle(old), &pickle(new), "", rules)
}

#[test]
fn dtypes_names_and_categories_differ() {
    let plain = Rules::default();
    assert_eq!(differ("plain", "int32", plain), "~ a.dtype: int64 → int32");
    assert_eq!(differ("labelled", "named", plain), "+ index.name: 'n'");
    assert_eq!(
        differ("ordered", "reordered", plain),
        "~ c.cat.categories: ['lo', 'mid', 'hi'] → ['hi', 'mid', 'lo']"
    );
    assert_eq!(differ("ordered", "unordered", plain), "~ c.cat.ordered: True → False");
    assert_eq!(differ("unordered", "shuffled", plain), "");
    assert_eq!(differ("unordered", "fewer", plain), "~ c.cat.categories: ['lo', 'mid', 'hi'] → ['lo', 'hi']");
    assert_eq!(differ("daily", "days", plain), "- index.freq: pandas._libs.tslibs.offsets.Day(1, False)");
    let mut strict = Rules::default();
    (strict.types, strict.order) = (true, true);
    assert_eq!(differ("labelled", "narrow", plain), "");
    assert_eq!(differ("labelled", "narrow", strict), "~ index.dtype: int64 → int32");
    assert_eq!(differ("plain", "swapped", plain), "");
    assert_eq!(differ("plain", "swapped", strict), "~ columns: the same keys in another order");
    assert_eq!(differ("labelled", "sorted", plain), "");
    assert_eq!(differ("labelled", "sorted", strict), "~ index: the same keys in another order");
}

/// Where a path leads to rows of which a column cannot be read, it is not known whether they differ.
#[test]
fn columns_that_cannot_be_read_are_told() {
    let (old, new) = (unreadable(), pickle("ordered"));
    let rules = Rules::default();
    let why = "pandas.core.arrays.categorical.Kategorical is not known here";
    assert_eq!(told(&old, &new, "[0:1]", rules), format!("error: 'c': {why}"));
    assert_eq!(told(&old, &old, "[0:1]", rules), format!("error: 'c': {why}"));
    assert_eq!(told(&old, &old, "c", rules), format!("error: c: {why}; nor is it on the other side"));
}

fn found(name: &str, pattern: &str) -> Vec<String> {
    let pickle = pickle(name);
    let graph = load(&pickle);
    let mut scope = Scope::default();
    scope.classes = false;
    let mut search = Search::new(Pattern::plain(pattern), scope, 100);
    search.graph(&graph);
    for hit in search.hits() {
        assert!(resolve(graph.root(), &hit.path.parse().unwrap()).is_ok(), "{hit}");
    }
    let line = |hit: &halfsour_inspect::find::Hit| hit.to_string().split(" (byte").next().unwrap().to_owned();
    search.hits().iter().map(line).collect()
}

#[test]
fn parts_of_values_labels_and_names_are_found() {
    assert_eq!(found("levels", "fr"), ["index[1][0]: text 'fr'"]);
    assert_eq!(found("levels", "2024"), ["index[1][1]: number 2024"]);
    assert_eq!(found("levels", "land"), ["index.names[0]: key 'land'"]);
    assert_eq!(found("levels", "q"), ["[('y', 'q')]: key ('y', 'q')"]);
    assert_eq!(found("named", "n"), ["index.name: key 'n'"]);
    assert_eq!(found("odd", "0.1"), ["f[0]: number 0.10000000149011612"]);
    assert_eq!(found("odd", "2"), ["[3][1].right: number 2"]);
    assert_eq!(found("odd", "3"), ["[3]: key 3"]);
    assert_eq!(found("arrow", "hidden"), ["d[0].k: text 'hidden'"]);
    assert_eq!(found("arrow", "3"), ["l[1][0]: number 3"]);
    assert_eq!(found("arrow", "1.10"), ["n[0]: text 1.10"]);
    assert_eq!(found("arrow text", "land"), ["['land']: key 'land'"]);
    for time in ["2024-02-29 12:00", "2024-02-29T12:00"] {
        assert_eq!(found("days", time), ["index[0]: text 2024-02-29 12:00:00"]);
    }
}

fn got(name: &str, path: &str) -> String {
    let pickle = pickle(name);
    let graph = load(&pickle);
    match resolve(graph.root(), &path.parse().unwrap()) {
        Ok(place) => Tree::of_place(place, ShowLimits::default()).to_string(),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn values_of_every_kind_are_sliced() {
    let series = "pandas.Series((2,), 'land', [index: RangeIndex([1, 2]), values: string ['fr', 'it']])";
    assert_eq!(got("arrow text", "land[1:3]"), series);
    assert_eq!(got("arrow text", "[1:3].land"), series);
    assert_eq!(got("arrow text", "land.name"), "'land'");
    assert_eq!(got("arrow", "[1:2].l[0][0]"), "3");
    assert_eq!(got("arrow", "d[0]['k']"), "'hidden'");
    assert_eq!(got("odd", "s[1:][0]"), "7");
    assert_eq!(got("odd", "[3][1:][0].left"), "1");
    let skipped = "error: land[::2]: only rows that follow each other can be taken: [2:5]";
    assert_eq!(got("arrow text", "land[::2]"), skipped);
}

#[test]
fn errors_say_what_leads_on() {
    let rows = "error: [2]: no such index; pandas.DataFrame has .a, .b, .index, .columns; rows are [2:3]";
    assert_eq!(got("plain", "[2]"), rows);
    assert_eq!(
        got("levels", "index.land"),
        "error: index.land: no such name; pandas.MultiIndex has 2 members"
    );
    assert_eq!(got("levels", "index.names"), "['land', 'year']");
    assert_eq!(got("ordered", "c.dtype"), "'category'");
    let point = load(b"cm\nPoint\n)\x81(F1.0\nlb.");
    let error = resolve(point.root(), &"x".parse().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "x: no such name; m.Point has (state)");
}

#[test]
fn rows_and_columns_are_json() {
    let json = |name: &str, path: &str| {
        let pickle = pickle(name);
        let graph = load(&pickle);
        let place = resolve(graph.root(), &path.parse().unwrap()).unwrap();
        let mut out = Vec::new();
        get::json(&mut out, graph.root(), place, Style::plain()).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(json("plain", "[1:3]"), r#"[{"index":1,"a":2,"b":"y"},{"index":2,"a":3,"b":"z"}]"#);
    assert_eq!(json("named", "[1:2].a"), r#"[{"n":1,"a":2}]"#);
    assert_eq!(json("arrow text", "land[1:2]"), r#"[{"index":1,"land":"fr"}]"#);
}

#[test]
fn columns_have_places_of_their_own() {
    let pickle = pickle("odd");
    let mut sizes = Sizes::new();
    sizes.add(&load(&pickle));
    let paths: Vec<_> = sizes.places().into_iter().map(|place| place.path).collect();
    assert!(["f", "s", "[3]"].iter().all(|column| paths.iter().any(|path| path == column)), "{paths:?}");
    assert_eq!(sizes.bytes(), pickle.len() as u64);
    let lone = Sizes::new().report("none", 3);
    assert!(lone.to_string().contains("(all)"), "{lone}");
}

#[test]
fn labels_of_several_levels_are_whole() {
    let pickle = pickle("levels");
    let shown = Tree::new(load(&pickle).root(), ShowLimits::default()).to_string();
    assert!(shown.contains("[('de', 2023), ('fr', 2024)]"), "{shown}");
}

/// `bytes`, `range` and `array.array` have members, too.
#[test]
fn members_of_numbers_are_reached() {
    let at = |pickle: &[u8], path: &str| {
        let graph = load(pickle);
        let place = resolve(graph.root(), &path.parse().unwrap());
        place.map_or_else(
            |error| error.to_string(),
            |place| Tree::of_place(place, ShowLimits::default()).to_string(),
        )
    };
    assert_eq!(at(b"C\x03abc.", "[-1]"), "99");
    assert_eq!(at(b"C\x03abc.", "[1:]"), "b'bc'");
    assert_eq!(at(b"C\x03abc.", "[3]"), "[3]: no such index; bytes has 3 members");
    assert_eq!(at(b"c__builtin__\nrange\n(K\x05K\x01J\xfe\xff\xff\xfftR.", "[1]"), "3");
    assert_eq!(at(b"c__builtin__\nrange\n(K\x05K\x01J\xfe\xff\xff\xfftR.", "[-1]"), "3");
    assert_eq!(at(b"carray\narray\n(Vd\n(F0.5\nF1.5\nltR.", "[1]"), "1.5");
}
