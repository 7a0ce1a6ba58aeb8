//! From the lossless form back to the same bytes.

use halfsour_fixtures::{Expect, all};
use halfsour_json::{Style, documents, to_vec};
use halfsour_vm::Loader;
use halfsour_writer::Options;

#[test]
fn what_the_c_pickler_wrote_comes_back_through_json() {
    let (mut same, mut others) = (0, Vec::new());
    for fixture in all() {
        let plain = fixture.pickles == 1 && !fixture.keep_memo && fixture.buffers.is_none();
        if fixture.producer != "C pickler" || !plain || !matches!(fixture.expect, Expect::Loads(_)) {
            continue;
        }
        let graph = Loader::new().load(&fixture.pickle[..]).unwrap();
        let json = to_vec(graph.root(), Style::lossless()).unwrap();
        let document = match documents(&json).next().unwrap() {
            Ok(document) => document,
            Err(error) => {
                others.push(format!("{fixture}: {error}"));
                continue;
            }
        };
        assert_eq!(document.protocol, Some(graph.protocol()));
        let options = Options::default().with_protocol(fixture.protocol.unwrap_or_default());
        let direct = halfsour_writer::to_vec(graph.root(), &options).unwrap();
        match halfsour_writer::to_vec(document.graph.root(), &options) {
            Ok(bytes) if bytes == direct => same += 1,
            Ok(_) => others.push(fixture.to_string()),
            Err(error) => others.push(format!("{fixture}: {error}")),
        }
    }
    assert!(others.len() * 100 < same, "{same}; not: {others:#?}");
}

#[test]
fn a_tag_behind_other_keys_is_refused() {
    for json in [
        r#"{"value": {"@tuple": []}, "@pickle": 4}"#,
        r#"{"@pickle": 4, "value": {"then": [], "@call": null}}"#,
        r#"{"@pickle": 4, "value": [{"args": {"@tuple": []}, "@new": null}]}"#,
    ] {
        let error = documents(json.as_bytes()).next().unwrap().unwrap_err().to_string();
        assert!(error.ends_with("is not the first key of its object"), "{json}: {error}");
    }
    // These are data.
    for json in [r#"{"a": 1, "@type": 2}"#, r#"{"a": {"b": 1, "@pickle": 2}}"#] {
        assert!(documents(json.as_bytes()).next().unwrap().is_ok(), "{json}");
    }
}

/// Only `@pickle` makes a document a lossless one.
#[test]
fn what_reads_like_a_tag_is_data_in_plain_documents() {
    let data = [
        r#"{"@tuple":[1]}"#,
        r#"[{"@id":1,"@value":2},{"@ref":1}]"#,
        r#"{"@context":"https://schema.org","@id":"a","@type":"Person","knows":{"@set":[]}}"#,
    ];
    for json in data {
        let graph = documents(json.as_bytes()).next().unwrap().unwrap().graph;
        assert_eq!(halfsour_json::to_string(graph.root(), Style::plain()).unwrap(), json);
    }
    for json in [r#"{"@class":"app.Foo"}"#, r#"[{"@persid":1}]"#, r#"{"a":{"@args":[]}}"#] {
        let error = documents(json.as_bytes()).next().unwrap().unwrap_err().to_string();
        assert!(error.contains("use `json --lossless`"), "{json}: {error}");
    }
}
