//! Objects within themselves, in plain JSON.

use halfsour_json::{Cycles, ErrorKind, Style, to_string};
use halfsour_value::{Builder, Graph, Kind};

#[track_caller]
fn says(graph: &Graph, cycles: Cycles, json: &str) {
    assert_eq!(to_string(graph.root(), Style::plain().with_cycles(cycles)).unwrap(), json);
}

/// `{'users': [{'name': 'Ada', 'boss': …}], 'it\'s': …}`
fn company() -> Graph {
    let mut b = Builder::new();
    let [users, name, ada, boss, odd, seven] =
        ["users", "name", "Ada", "boss", "it's", "7"].map(|text| b.str(text));
    let user = b.dict(&[(name, ada)]).unwrap();
    b.set_item(user, boss, user).unwrap();
    let list = b.list(&[ada, user]);
    let root = b.dict(&[(users, list)]).unwrap();
    let inner = b.list(&[]);
    b.append(inner, inner).unwrap();
    let number = b.int(-7);
    let by_int = b.dict(&[(number, inner), (seven, root)]).unwrap();
    b.set_item(root, odd, by_int).unwrap();
    b.build(root)
}

#[test]
fn each_cycle_is_said_as_asked() {
    let graph = company();
    let error = to_string(graph.root(), Style::plain()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cycle(Kind::Dict));
    says(
        &graph,
        Cycles::Null,
        r#"{"users":["Ada",{"name":"Ada","boss":null}],"it's":{"-7":[null],"7":null}}"#,
    );
    says(
        &graph,
        Cycles::Ref,
        r#"{"users":["Ada",{"name":"Ada","boss":{"$ref":"users[1]"}}],"it's":{"-7":[{"$ref":"[\"it's\"][-7]"}],"7":{"$ref":""}}}"#,
    );
}

#[test]
fn the_paths_of_references_lead_to_the_objects() {
    let graph = company();
    assert_eq!(graph.root().path("users[1]").unwrap(), graph.root().path("users[1].boss").unwrap());
    assert_eq!(graph.root().path("['it\\'s'][-7]").unwrap(), graph.root().path("['it\\'s'][-7][0]").unwrap());
}

/// Keys that are no text, arguments and states are named in paths as the data has them.
#[test]
fn paths_are_those_of_the_data() {
    let says = |pickle: &[u8], json: &str| {
        let graph = halfsour_vm::from_slice(pickle).unwrap();
        let style = Style::plain().with_cycles(Cycles::Ref);
        assert_eq!(to_string(graph.root(), style).unwrap(), json);
    };
    says(b"}(N]q\0h\0au.", r#"{"null":[{"$ref":"[None]"}]}"#);
    says(b"}(I01\n]q\0h\0au.", r#"{"true":[{"$ref":"[True]"}]}"#);
    says(b"}(F1.5\n]q\0h\0au.", r#"{"1.5":[{"$ref":"[1.5]"}]}"#);
    says(b"}(K\x01Va\n\x86]q\0h\0au.", r#"{"(1, 'a')":[{"$ref":"[(1, 'a')]"}]}"#);
    let date = b"}(cdatetime\ndate\nC\x04\x07\xe4\x01\x01\x85R]q\0h\0au.";
    says(date, r#"{"2020-01-01":[{"$ref":"[datetime.date 2020-01-01]"}]}"#);
    says(b"](cm\nN\n]q\0h\0a\x85\x81e.", r#"[{"@class":"m.N","@args":[[{"$ref":"[0](args)[0]"}]]}]"#);
    says(b"](cm\nN\n)\x81]q\0h\0abe.", r#"[{"@class":"m.N","@state":[{"$ref":"[0](state)"}]}]"#);
}

/// Keys that are no text are found by their `repr`, and what an object was made with and its state by words in brackets.
#[test]
fn references_lead_through_every_key_and_part() {
    // {True: l, None: l, 1.5: l, b'ab': l, (1, 'a'): l}, where l is [the dict]
    let keys = ["\\x88", "N", "G?\\xf8\\0\\0\\0\\0\\0\\0", "C\\x02ab", "K\\x01\\x8c\\x01a\\x86"];
    let expected = ["[True]", "[None]", "[1.5]", "[b'ab']", "[(1, 'a')]"];
    for (key, path) in keys.into_iter().zip(expected) {
        let key = halfsour_text::escape::decode(key.as_bytes()).unwrap();
        // A dict with a list, in which is a list that is itself in it.
        let pickle = [b"\x80\x04}", &key[..], b"]\x94h\0as."].concat();
        let graph = halfsour_vm::from_slice(&pickle).unwrap();
        let json = to_string(graph.root(), Style::plain().with_cycles(Cycles::Ref)).unwrap();
        assert!(json.ends_with(&format!("[{{\"$ref\":\"{path}\"}}]}}")), "{json}");
    }
    // class(args) with a state that is a tuple: each holds a list that is in itself.
    let pickle = b"\x80\x04c__main__\nG\n]\x94h\0a\x85R]\x94h\x01aK\x01\x86b.";
    let graph = halfsour_vm::from_slice(&pickle[..]).unwrap();
    let json = to_string(graph.root(), Style::plain().with_cycles(Cycles::Ref)).unwrap();
    assert!(json.contains(r#""(args)[0]""#) && json.contains(r#""(state)[0]""#), "{json}");
}

#[test]
fn what_is_only_shared_is_written_again() {
    let mut b = Builder::new();
    let shared = b.list(&[]);
    let root = b.list(&[shared, shared]);
    says(&b.build(root), Cycles::Ref, "[[],[]]");
}

#[test]
fn keys_of_the_data_are_no_references() {
    let mut b = Builder::new();
    let (one, two, three) = (b.str("$ref"), b.str("$$ref"), b.str("ref"));
    let root = b.dict(&[(one, one), (two, one), (three, one)]).unwrap();
    let graph = b.build(root);
    says(&graph, Cycles::Ref, r#"{"$$ref":"$ref","$$$ref":"$ref","ref":"$ref"}"#);
    says(&graph, Cycles::Null, r#"{"$ref":"$ref","$$ref":"$ref","ref":"$ref"}"#);
}

#[test]
fn attributes_are_named_and_lines_stay() {
    let mut b = Builder::new();
    let node = b.instance("tree", "Node").finish();
    b.set_attr(node, "parent", node).unwrap();
    let root = b.list(&[node]);
    let style = Style::plain().with_cycles(Cycles::Ref).pretty();
    let json = to_string(b.build(root).root(), style).unwrap();
    assert_eq!(
        json,
        "[\n  {\n    \"@class\": \"tree.Node\",\n    \"parent\": {\n      \"$ref\": \"[0]\"\n    }\n  }\n]"
    );
}
