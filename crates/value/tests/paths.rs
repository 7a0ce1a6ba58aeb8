//! Paths: the grammar, and what is followed without knowledge of classes.

use halfsour_value::path::{Literal, Path, Segment, Slice, Subscript};
use halfsour_value::{Builder, Graph};

fn items(path: &str) -> Vec<Subscript> {
    match path.parse::<Path>().unwrap().segments() {
        [Segment::Subscript { items, .. }] => items.clone(),
        other => panic!("{path}: {other:?}"),
    }
}

#[test]
fn literals_are_pythons() {
    let literal = |path: &str| match items(path).as_slice() {
        [Subscript::Literal(literal)] => literal.clone(),
        other => panic!("{path}: {other:?}"),
    };
    let text = |text: &str| Literal::Text(text.as_bytes().to_vec());
    assert_eq!(literal("[-3]"), Literal::Int(-3));
    assert_eq!(literal("['it\\'s]']"), text("it's]"));
    assert_eq!(literal(r#"["a\n\x41\u00e9\q"]"#), text("a\nAé\\q"));
    assert_eq!(literal(r"['\ud800']"), Literal::Text(b"\xed\xa0\x80".to_vec()));
    assert_eq!(literal(r"[b'\x00a']"), Literal::Bytes(b"\0a".to_vec()));
    assert_eq!(literal("[None]"), Literal::None);
    assert_eq!(literal("[True]"), Literal::Bool(true));
    assert_eq!(literal("[1e-05]"), Literal::Float(1e-5));
    let pair = Literal::Tuple(vec![Literal::Int(1), text("a")]);
    assert_eq!(literal("[(1, 'a')]"), pair);
    assert_eq!(literal("[(1, 'a',)]"), pair);
    assert_eq!(literal("[(1,)]"), Literal::Tuple(vec![Literal::Int(1)]));
    assert_eq!(literal("[()]"), Literal::Tuple(vec![]));
    // Tuples are not read however deep.
    assert_eq!(items(&format!("[{}{}]", "(".repeat(100_000), ")".repeat(100_000))), []);
    assert_eq!(items("[datetime.date 2024-02-29]"), []);
    assert_eq!(items("[x y]"), []);
}

#[test]
fn slices_are_pythons() {
    let slice = |start, stop, step| Slice { start, stop, step };
    assert_eq!(items("[1:3]"), [Subscript::Slice(slice(Some(1), Some(3), None))]);
    assert_eq!(
        items("[0, ::2, ...]"),
        [
            Subscript::Literal(Literal::Int(0)),
            Subscript::Slice(slice(None, None, Some(2))),
            Subscript::Ellipsis
        ]
    );
    assert_eq!(items("[::-1]"), []);
    // `range(10)[…]` in Python: where it begins, how long it is.
    for (start, stop, step, expected) in [
        (None, None, None, (0, 10, 1)),
        (Some(-3), None, None, (7, 3, 1)),
        (Some(-30), Some(4), Some(3), (0, 2, 3)),
        (Some(8), Some(2), None, (8, 0, 1)),
        (Some(i64::MIN), Some(i64::MAX), Some(usize::MAX), (0, 1, usize::MAX)),
    ] {
        assert_eq!(slice(start, stop, step).indices(10), expected);
    }
}

#[test]
fn segments_end_where_the_next_begins() {
    let path: Path = "#2.a b(c)(1)(state)['x.y'](args)".parse().unwrap();
    assert_eq!(path.pickle(), Some(2));
    let name = |text: &str| Segment::Name(text.to_owned());
    assert_eq!(
        path.segments()[..3],
        [name("a b(c)"), Segment::Argument(1), Segment::Part("state".to_owned())]
    );
    assert_eq!(path.until(3), "#2.a b(c)(1)(state)");
    assert_eq!("#name".parse::<Path>().unwrap().segments(), [name("#name")]);
    assert_eq!("(all)".parse::<Path>().unwrap().segments(), []);
    for wrong in ["[", "[]", "a..b", "['a'", "[)", "a."] {
        assert!(wrong.parse::<Path>().is_err(), "{wrong}");
    }
}

#[track_caller]
fn leads(graph: &Graph, path: &str, to: Option<&str>) {
    assert_eq!(graph.root().path(path).ok().map(|node| node.to_string()).as_deref(), to, "{path}");
}

#[test]
fn keys_of_all_kinds_are_followed() {
    let mut b = Builder::new();
    let one = b.int(1);
    let name = b.str("a");
    let keys = [b.none(), b.bool(true), b.float(0.5), b.bytes(b"x"), b.tuple(&[one, name])];
    let pairs: Vec<_> = (0..).zip(keys).map(|(at, key)| (key, b.int(at))).collect();
    let dict = b.dict(&pairs).unwrap();
    let graph = b.build(dict);
    for (at, path) in ["[None]", "[1]", "[0.5]", "[b'x']", "[(1, 'a')]"].into_iter().enumerate() {
        leads(&graph, path, Some(&at.to_string()));
    }
    leads(&graph, "[1, 'a']", Some("4"));
    leads(&graph, "[(1, 'b')]", None);
}

/// A subclass may call the `__setstate__` of its base, and then set a state of its own.
#[test]
fn each_state_sets_attributes() {
    let mut b = Builder::new();
    let object = b.instance("app", "C").finish();
    for (names, value) in [(&["x", "y"][..], 1), (&["y"], 2)] {
        let value = b.int(value);
        let pairs: Vec<_> = names.iter().map(|name| (b.str(name), value)).collect();
        let state = b.dict(&pairs).unwrap();
        b.state(object, state).unwrap();
    }
    let graph = b.build(object);
    leads(&graph, "x", Some("1"));
    leads(&graph, "y", Some("2"));
    leads(&graph, "(state)", Some("{'y': 2}"));
    leads(&graph, "(class)", Some("app.C"));
    leads(&graph, "(args)", Some("()"));
}
