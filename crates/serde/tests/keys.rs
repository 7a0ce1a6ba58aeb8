//! Keys and members that Python cannot hash, such as that of `{[1]: 2}`, are refused.

use halfsour_serde::{WriteOptions, to_vec, to_vec_with};
use halfsour_value::Value;
use serde::Serialize;

#[test]
fn keys_that_python_cannot_hash_are_refused() {
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Point {
        x: i32,
    }
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    #[serde(rename = "app.Point")]
    struct Classy {
        list: Vec<i32>,
    }
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    enum Kind {
        Plain,
        Of(i32),
    }
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Members<T: Serialize>(#[serde(with = "halfsour_serde::python::set")] Vec<T>);
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    struct Frozen<T: Serialize>(#[serde(with = "halfsour_serde::python::frozenset")] Vec<T>);

    fn keyed<T: Serialize + Ord>(key: T) -> Result<(), String> {
        let map = std::collections::BTreeMap::from([(key, [1, 2])]);
        for protocol in 0..=5 {
            let options = WriteOptions::default().with_protocol(protocol);
            let pickle = to_vec_with(&map, &options).map_err(|error| error.to_string())?;
            halfsour_vm::from_slice(&pickle).unwrap();
        }
        Ok(())
    }

    let refused = |kind: &str, instead: &str| {
        Err(format!("a {kind} cannot be a key or a member of a set in Python: {instead}"))
    };
    let (tuple, dict) = ("use a tuple", "use a tuple, a tuple struct, or a struct that has a class");
    assert_eq!(keyed(vec![1]), refused("list", tuple));
    assert_eq!(keyed((1, vec![1])), refused("list", tuple));
    assert_eq!(keyed(Some(Point { x: 1 })), refused("dict", dict));
    assert_eq!(keyed(Kind::Of(1)), refused("dict", dict));
    assert_eq!(keyed(std::collections::BTreeMap::from([(1, 2)])), refused("dict", dict));
    assert_eq!(keyed(Members(vec![1])), refused("set", "use a frozenset"));
    assert_eq!(keyed(Frozen(vec![vec![1]])), refused("list", tuple));
    assert_eq!(keyed((Frozen(vec![1]), vec![1])), refused("list", tuple));
    assert_eq!(keyed((Classy { list: vec![1] }, vec![1])), refused("list", tuple));
    assert_eq!(keyed((1, "a", Frozen(vec![(1, 2)]), Classy { list: vec![1] })), Ok(()));
    assert_eq!(keyed(Kind::Plain), Ok(()));
    assert!(to_vec(&Members(vec![vec![1]])).is_err());
    assert!(to_vec(&Members(Vec::<Vec<u8>>::new())).is_ok());
    to_vec(&(Members(vec![(1, 2)]), vec![1], Point { x: 1 })).unwrap();
    for key in [Value::List(vec![1.into()]), Value::bytearray(b"a"), Value::tuple([Value::List(vec![])])] {
        assert!(to_vec(&std::collections::HashMap::from([(key, 1)])).is_err());
    }
}
