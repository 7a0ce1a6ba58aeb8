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
