//! Trees and graphs by `FromPickle`.

use halfsour_value::{Kind, TreeError, Value};
use halfsour_vm::{ErrorKind, FromPickle, Graph};

#[test]
fn all_three_ways_read_the_same() {
    let pickle = &b"\x80\x02}q\0X\x01\0\0\0aK\x01s."[..];
    let values = [Value::from_slice(pickle), Value::from_bytes(pickle), Value::from_reader(pickle)];
    for value in values {
        assert_eq!(value.unwrap()["a"], 1);
    }
    let graphs = [Graph::from_slice(pickle), Graph::from_bytes(pickle), Graph::from_reader(pickle)];
    for graph in graphs {
        assert_eq!(graph.unwrap().root().to_string(), "{'a': 1}");
    }
}

#[test]
fn what_is_no_tree_is_an_error_with_its_place() {
    let error = Value::from_slice(b"K\x010]q\0h\0a.").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tree(TreeError::Cycle(Kind::List, Some(3))));
    assert_eq!(error.to_string(), "byte 0x3: the list contains itself");
    let deep = [&b"N"[..], &b"\x85".repeat(200), b"."].concat();
    assert_eq!(
        Value::from_slice(&deep).unwrap_err().to_string(),
        "byte 0x0: the data nests deeper than the limit"
    );
    let error = Value::from_slice(b"K\x010capp\nregistry\n}b.").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tree(TreeError::Steps(Kind::Global, Some(3))));
    assert_eq!(
        error.to_string(),
        "byte 0x3: a tree cannot hold the state or items that were given to the global"
    );
    // The result of setter(object, 1), which the tree has no place for, is given a state.
    let call = b"capp\nObject\n)Rp0\ncapp\nsetter\n(g0\nK\x01tRp1\n0g1\n}b0.";
    let error = Value::from_slice(call).unwrap_err();
    assert_eq!(
        error.to_string(),
        "byte 0xd: a tree cannot hold the state or items that were given to the instance"
    );
    assert_eq!(Value::from_slice(b"K").unwrap_err().kind(), Graph::from_slice(b"K").unwrap_err().kind());
}

#[test]
fn keys_that_a_tree_cannot_tell_apart_are_an_error() {
    // {C(): 1, C(): 2}, {C(), C()}, frozenset({C(), C()}), {nan: 1, nan: 2}, {(nan,): 1, (nan,): 2}
    let nans = |tuple: &[u8]| {
        let key = [b"G\x7f\xf8\0\0\0\0\0\0", tuple].concat();
        [b"N0}(", &key[..], b"K\x01", &key, b"K\x02u."].concat()
    };
    for (pickle, kind) in [
        (b"N0}(cm\nC\n)\x81K\x01cm\nC\n)\x81K\x02u.".to_vec(), Kind::Dict),
        (b"N0\x8f(cm\nC\n)\x81cm\nC\n)\x81\x90.".to_vec(), Kind::Set),
        (b"N0(cm\nC\n)\x81cm\nC\n)\x81\x91.".to_vec(), Kind::FrozenSet),
        (nans(b""), Kind::Dict),
        (nans(b"\x85"), Kind::Dict),
    ] {
        assert!(Graph::from_slice(&pickle).is_ok());
        let error = Value::from_slice(&pickle).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Tree(TreeError::SameKeys(found, Some(_))) if found == kind)
        );
        let message = format!("the {kind} has different objects as keys that are equal as values");
        assert!(error.to_string().ends_with(&message), "{error}");
    }
    // The same object twice is one key.
    assert_eq!(Value::from_slice(b"}(cm\nC\n)\x81q\0K\x01h\0K\x02u.").unwrap().to_string(), "{m.C(): 2}");
}
