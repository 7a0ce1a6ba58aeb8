//! Documents that no pickle says.

use halfsour_json::{Style, documents, to_string};

/// What is said of each.
const REFUSED: [(&str, &str); 12] = [
    (r#"{"@id": 1, "@value": {"@tuple": [{"@ref": 1}]}}"#, BEFORE_ITSELF),
    (r#"{"@id": 1, "@value": {"@frozenset": [{"@ref": 1}]}}"#, BEFORE_ITSELF),
    (r#"{"@dict": [[{"@id": 1, "@value": {"@tuple": [{"@ref": 1}]}}, 1]]}"#, BEFORE_ITSELF),
    (r#"{"@id": 1, "@value": {"@tuple": [{"@persid": {"@ref": 1}}]}}"#, BEFORE_ITSELF),
    (
        r#"{"@id": 1, "@value": {"@call": {"@global": ["a", "b"]}, "args": {"@tuple": [{"@ref": 1}]}}}"#,
        BEFORE_ITSELF,
    ),
    (
        r#"{"@id": 1, "@value": {"@new": {"@global": ["a", "b"]}, "args": {"@tuple": []}, "kwargs": {"@ref": 1}}}"#,
        BEFORE_ITSELF,
    ),
    (
        r#"{"@id": 1, "@value": {"@bytes": "YQ==", "by": {"@call": {"@ref": 1}, "args": {"@tuple": []}}}}"#,
        BEFORE_ITSELF,
    ),
    (
        r#"[{"@tuple": [[{"@id": 1, "@value": {"@tuple": [{"@id": 2, "@value": {"@tuple": [{"@ref": 1}]}}]}}]]}]"#,
        BEFORE_ITSELF,
    ),
    (r#"{"@id": 1, "@value": {"@tuple": [{"@dict": [[{"@ref": 1}, 2]]}]}}"#, UNHASHABLE),
    (r#"{"@frozenset": [[]]}"#, UNHASHABLE),
    (r#"{"@global": [[1], 2]}"#, "a name in @global is no text"),
    (r#"{"@call": 1, "args": {"@tuple": []}, "kwargs": {}}"#, "kwargs are for @new"),
];

const BEFORE_ITSELF: &str = "an object would have to be made before itself";
const UNHASHABLE: &str = "a key or member is of a kind that cannot be hashed";

#[test]
fn what_python_could_not_have_made_is_refused() {
    for (value, expected) in REFUSED {
        let json = format!(r#"{{"@pickle": 4, "value": {value}}}"#);
        let error = documents(json.as_bytes()).next().unwrap().unwrap_err();
        assert_eq!(error.to_string(), expected, "{value}");
    }
}

#[test]
fn a_cycle_through_a_list_is_none_of_those() {
    let json = r#"{"@pickle": 4, "value": {"@id": 1, "@value": {"@tuple": [[{"@ref": 1}]]}}}"#;
    let document = documents(json.as_bytes()).next().unwrap().unwrap();
    assert_eq!(document.graph.root().to_string(), "([(...)],)");
}

/// Which of two texts is the key of plain objects is found out once for each text, or this takes hours.
#[test]
fn long_keys_that_many_dicts_share() {
    let text = [&b"X\x00\x00\x10\x00"[..], &vec![b'a'; 1 << 20], b"\x940"].concat();
    let pickle = [&text[..], &text, b"(}h\0Ns", &b"}h\x01Ns}(h\x01NK\x01Nu".repeat(50_000), b"l."].concat();
    let graph = halfsour_vm::from_slice(&pickle).unwrap();
    let json = to_string(graph.root(), Style::lossless()).unwrap();
    assert!(json.len() < 10 << 20);
}
