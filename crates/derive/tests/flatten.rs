//! Flattened maps take keys of any kind, and no key is lost or made up.

use std::collections::{BTreeMap, HashMap};

use halfsour_serde::{FromPython, ToPython, from_slice, to_graph, to_vec};
use halfsour_value::{Dict, Value};

#[derive(ToPython, FromPython, Debug, PartialEq, Default)]
struct Open<M> {
    a: u8,
    #[python(flatten)]
    rest: M,
}

// Python: pickle.dumps({'a': 1, 5: 6, None: 1, (1, 2): 2, 'b': 3}, 2), without its memo
const MIXED: &[u8] = b"\x80\x02}(X\x01\0\0\0aK\x01K\x05K\x06NK\x01K\x01K\x02\x86K\x02X\x01\0\0\0bK\x03u.";

#[test]
fn keys_of_any_kind_are_kept() {
    let shown = "{'a': 1, 5: 6, None: 1, (1, 2): 2, 'b': 3}";
    let dict: Open<Dict> = from_slice(MIXED).unwrap();
    assert_eq!(dict.rest.len(), 4);
    assert_eq!(to_graph(&dict).unwrap().root().to_string(), shown);
    let hash: Open<HashMap<Value, Value>> = from_slice(MIXED).unwrap();
    assert_eq!(hash.rest.get(&Value::None), Some(&Value::from(1)));
    assert_eq!(from_slice::<Open<HashMap<Value, Value>>>(&to_vec(&hash).unwrap()).unwrap(), hash);
    let tree: Open<Option<HashMap<Value, u8>>> = from_slice(MIXED).unwrap();
    assert_eq!(tree.rest.unwrap().len(), 4);
}

#[test]
fn ints_are_keys_of_a_map_of_ints() {
    let pickle = b"\x80\x02}(X\x01\0\0\0aK\x01K\x05K\x06K\x07K\x08u.";
    let read: Open<BTreeMap<i64, u8>> = from_slice(pickle).unwrap();
    assert_eq!(read, Open { a: 1, rest: [(5, 6), (7, 8)].into() });
    assert_eq!(to_graph(&read).unwrap().root().to_string(), "{'a': 1, 5: 6, 7: 8}");
    let text = from_slice::<Open<BTreeMap<i64, u8>>>(MIXED).unwrap_err().to_string();
    assert!(text.contains("for the key None of a flattened map"), "{text}");
}

#[test]
fn keys_that_are_no_text_do_not_become_text() {
    let error = from_slice::<Open<BTreeMap<String, u8>>>(MIXED).unwrap_err().to_string();
    assert!(
        error.contains("expected a string") && error.contains("for the key 5 of a flattened map"),
        "{error}"
    );
}

#[test]
fn a_key_is_written_once() {
    let twice = Open { a: 1, rest: BTreeMap::from([("a".to_owned(), 2_u8)]) };
    let error = to_vec(&twice).unwrap_err().to_string();
    assert_eq!(error, "two fields, or a field and a flattened map, have the key 'a'");
    assert!(serde_json::to_string(&twice).unwrap_err().to_string().contains("the key 'a'"));
}

#[test]
fn a_key_is_read_by_one_type() {
    #[derive(ToPython, FromPython, Debug, PartialEq, Default)]
    struct Two {
        #[python(flatten)]
        one: Option<Open<Option<Part>>>,
        #[python(flatten)]
        two: Option<Part>,
    }
    #[derive(ToPython, FromPython, Debug, PartialEq, Default)]
    struct Part {
        #[python(default)]
        b: u8,
    }

    let error = from_slice::<Two>(b"}(X\x01\0\0\0aK\x01X\x01\0\0\0bK\x02u.").unwrap_err().to_string();
    assert!(error.contains("the field `b`"), "{error}");
}
