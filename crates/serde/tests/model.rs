//! serde's data model, kind by kind; `serde_json` is the other witness.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Debug;

use halfsour_serde::{
    BigInt, ErrorKind, Loader, WriteOptions, from_reader, from_reader_iter_with, from_slice, from_value,
    to_value, to_vec, to_vec_with,
};
use halfsour_value::Value;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A value survives at every protocol, and `serde_json` finds what came back the same.
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    for protocol in 0..=5 {
        let pickle = to_vec_with(value, &WriteOptions::default().with_protocol(protocol)).unwrap();
        let back: T =
            from_slice(&pickle).unwrap_or_else(|error| panic!("protocol {protocol}: {value:?}: {error}"));
        assert_eq!(back, *value, "protocol {protocol}");
        assert_eq!(serde_json::to_string(&back).unwrap(), serde_json::to_string(value).unwrap());
    }
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
enum Shape {
    Unit,
    Newtype(i32),
    Tuple(i32, String),
    Struct { x: f64, y: Option<f64> },
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Newtype(u64);

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct UnitStruct;

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Flat {
    id: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, i64>,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(tag = "type")]
enum Tagged {
    A { x: i32 },
    B,
}

#[derive(Serialize, Deserialize, Debug, PartialEq)]
#[serde(untagged)]
enum Untagged {
    Int(i64),
    Text(String),
    List(Vec<i64>),
}

#[test]
fn scalars() {
    survives(&true);
    for value in [0, 1, -1, i64::MIN, i64::MAX, 255, 256, 65535, 65536, 1 << 31, -(1 << 31) - 1] {
        survives(&value);
    }
    for value in [0, u64::MAX, 1 << 63] {
        survives(&value);
    }
    for value in [0, i128::MIN, i128::MAX, 1 << 64, -(1 << 64), -(1 << 63) - 1] {
        let pickle = to_vec(&value).unwrap();
        assert_eq!(from_slice::<i128>(&pickle).unwrap(), value);
    }
    assert_eq!(from_slice::<u128>(&to_vec(&u128::MAX).unwrap()).unwrap(), u128::MAX);
    survives(&1.5_f32);
    survives(&-0.0_f64);
    survives(&'🥒');
    survives(&String::from("naïve\n\\\0"));
    survives(&());
    survives(&UnitStruct);
}

#[test]
fn containers() {
    survives(&Vec::<i32>::new());
    survives(&(0..2001).collect::<Vec<i32>>());
    survives(&(1, "two".to_owned(), [3.0]));
    survives(&Some(1));
    survives(&None::<i32>);
    survives(&vec![Some(1), None]);
    survives(&BTreeMap::from([("a".to_owned(), vec![1]), ("b".to_owned(), vec![])]));
    survives(&Newtype(7));
    survives(&HashSet::from([1]));
    let keys = HashMap::from([((1, true), 'x')]);
    assert_eq!(from_slice::<HashMap<(i32, bool), char>>(&to_vec(&keys).unwrap()).unwrap(), keys);
}

#[test]
fn enums_and_attributes() {
    survives(&vec![
        Shape::Unit,
        Shape::Newtype(1),
        Shape::Tuple(1, "a".into()),
        Shape::Struct { x: 1.0, y: None },
    ]);
    survives(&Flat { id: 1, rest: BTreeMap::from([("a".to_owned(), 2)]) });
    survives(&vec![Tagged::A { x: 1 }, Tagged::B]);
    survives(&vec![Untagged::Int(1), Untagged::Text("x".into()), Untagged::List(vec![1])]);
}

#[test]
fn what_serde_pickle_wrote_is_read() {
    // ('Unit',), ('Newtype', 1), ('Tuple', [1, 'a'])
    assert_eq!(from_slice::<Shape>(b"X\x04\0\0\0Unit\x85.").unwrap(), Shape::Unit);
    assert_eq!(from_slice::<Shape>(b"X\x07\0\0\0NewtypeK\x01\x86.").unwrap(), Shape::Newtype(1));
    let tuple = b"X\x05\0\0\0Tuple](K\x01X\x01\0\0\0ae\x86.";
    assert_eq!(from_slice::<Shape>(tuple).unwrap(), Shape::Tuple(1, "a".into()));
    from_slice::<()>(b").").unwrap();
}

#[test]
fn instances_of_classes_are_read() {
    #[derive(Deserialize, Debug, PartialEq)]
    struct Point {
        x: i32,
        y: i32,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    enum Colour {
        #[serde(rename = "2")]
        Green,
    }
    let expected = Point { x: 1, y: 2 };
    let streams: [&[u8]; 5] = [
        // __dict__
        b"capp\nPoint\n)\x81}(X\x01\0\0\0xK\x01X\x01\0\0\0yK\x02ub.",
        // slots
        b"capp\nPoint\n)\x81N}(X\x01\0\0\0xK\x01X\x01\0\0\0yK\x02u\x86b.",
        // a named tuple
        b"capp\nPoint\n(K\x01K\x02t\x81.",
        // protocol 0
        b"ccopy_reg\n_reconstructor\n(capp\nPoint\nc__builtin__\nobject\nNtR(dVx\nI1\nsVy\nI2\nsb.",
        // items
        b"ccollections\nOrderedDict\n)R(X\x01\0\0\0xK\x01X\x01\0\0\0yK\x02u.",
    ];
    for stream in streams {
        assert_eq!(from_slice::<Point>(stream).unwrap(), expected);
    }
    // A member of an enum, by value; a deque; an unknown instance that is skipped.
    assert_eq!(from_slice::<Colour>(b"capp\nColour\nK\x02\x85R.").unwrap(), Colour::Green);
    assert_eq!(from_slice::<Vec<u8>>(b"ccollections\ndeque\n)R(K\x01K\x02e.").unwrap(), [1, 2]);
    let skipping = b"}(X\x01\0\0\0zcapp\nThing\n)\x81X\x01\0\0\0xK\x01X\x01\0\0\0yK\x02u.";
    assert_eq!(from_slice::<Point>(skipping).unwrap(), expected);
}

/// Without a database of zones, a time has the name of its zone, or is refused if a name is not enough.
#[cfg(all(feature = "classes", not(feature = "jiff")))]
#[test]
fn times_in_zones_without_a_database() {
    // datetime(2024, 10, 27, 3, 30, tzinfo=ZoneInfo('Europe/Vilnius')), then with fold=1
    let stamp = |month: u8| [b"C\x0a\x07\xe8", &[month][..], b"\x1b\x03\x1e\0\0\0\0"].concat();
    let zone = b"czoneinfo\nZoneInfo._unpickle\n\x8c\x0eEurope/VilniusK\x01\x86R\x86R.";
    let pickle = |month| [b"\x80\x04cdatetime\ndatetime\n", &stamp(month)[..], zone].concat();
    let first: String = from_slice(&pickle(0x0A)).unwrap();
    assert_eq!(first, "2024-10-27T03:30:00[Europe/Vilnius]");
    let second = from_slice::<String>(&pickle(0x8A)).unwrap_err();
    assert!(second.to_string().starts_with("the pickle does not tell the offset from UTC"), "{second}");
}

#[test]
fn text_and_bytes_are_lent() {
    #[derive(Deserialize)]
    struct Borrowed<'a> {
        text: &'a str,
        #[serde(with = "serde_bytes")]
        bytes: &'a [u8],
        #[serde(borrow)]
        either: Cow<'a, str>,
    }
    let pickle =
        b"}(X\x04\0\0\0textX\x02\0\0\0hiX\x05\0\0\0bytesC\x02\xff\0X\x06\0\0\0eitherU\x03abcu.".to_vec();
    let value: Borrowed<'_> = from_slice(&pickle).unwrap();
    assert_eq!((value.text, value.bytes, &*value.either), ("hi", &[0xff, 0][..], "abc"));
    let inside = pickle.as_ptr_range();
    assert!(inside.contains(&value.text.as_ptr()) && inside.contains(&value.bytes.as_ptr()));
}

#[test]
fn bytes_survive_at_every_protocol() {
    for bytes in [&b""[..], b"abc", b"\0\xff\n"] {
        for protocol in 0..=5 {
            let bytes = serde_bytes::Bytes::new(bytes);
            let pickle = to_vec_with(bytes, &WriteOptions::default().with_protocol(protocol)).unwrap();
            assert_eq!(from_slice::<serde_bytes::ByteBuf>(&pickle).unwrap(), bytes);
        }
    }
}

/// The limit on a tree's size counts the text that the graph holds, wherever it is.
#[test]
fn large_text_survives_as_a_tree() {
    let text = "a".repeat(3 << 20);
    let value = to_value(&text).unwrap();
    assert_eq!(from_value::<String>(&value).unwrap(), text);
}

#[test]
fn several_values_are_read_from_one_stream() {
    let stream = [to_vec(&1).unwrap(), to_vec("two").unwrap()].concat();
    let mut rest = &stream[..];
    assert_eq!(from_reader::<_, i32>(&mut rest).unwrap(), 1);
    assert_eq!(from_reader::<_, String>(&mut rest).unwrap(), "two");
    assert!(rest.is_empty());
}

/// A type error ends nothing: the stream is in step. A broken pickle does.
#[test]
fn streams_of_values_go_on_after_a_type_error() {
    let mut loader = Loader::new();
    let stream = [to_vec(&1).unwrap(), to_vec("two").unwrap(), to_vec(&3).unwrap(), b"K".to_vec()].concat();
    for _ in 0..2 {
        let mut values = from_reader_iter_with::<_, i32>(&mut loader, &stream[..]);
        assert_eq!(values.next().unwrap().unwrap(), 1);
        assert!(matches!(values.next().unwrap().unwrap_err().kind(), ErrorKind::Data(_)));
        assert_eq!(values.next().unwrap().unwrap(), 3);
        assert!(matches!(values.next().unwrap().unwrap_err().kind(), ErrorKind::Load(_)));
        assert!(values.next().is_none());
    }
}

#[test]
fn errors_say_where() {
    let pickle = to_vec(&vec![("a", 1_u32), ("b", 70_000)]).unwrap();
    let error = from_slice::<Vec<(String, u16)>>(&pickle).unwrap_err();
    assert_eq!(error.path(), "[1][1]");
    assert!(error.to_string().starts_with("[1][1]: invalid value: integer `70000`, expected u16"), "{error}");
    assert!(matches!(from_slice::<u8>(b"K").unwrap_err().kind(), ErrorKind::Load(_)));
}

#[test]
fn cycles_and_expansion_are_errors() {
    #[derive(Deserialize, Debug)]
    #[serde(transparent)]
    struct Nested(#[expect(dead_code, reason = "only its shape matters")] Vec<Nested>);
    // a = []; a.append(a)
    assert!(matches!(from_slice::<Nested>(b"]q\0h\0a.").unwrap_err().kind(), ErrorKind::TooDeep));
    let mut stream = b"]".to_vec();
    for _ in 0..60 {
        stream.extend(b"q\x000](h\x00h\x00e");
    }
    stream.push(b'.');
    assert!(matches!(from_slice::<Nested>(&stream).unwrap_err().kind(), ErrorKind::TooLarge));
    // One list of 2,000 ints, 2,000 times: what is shared counts also where it is small.
    let ints = b"K\x07".repeat(2000);
    let stream = [&b"](]q\0("[..], &ints, b"e", &b"h\0".repeat(1999), b"e."].concat();
    assert!(matches!(from_slice::<Vec<Vec<u8>>>(&stream).unwrap_err().kind(), ErrorKind::TooLarge));
}

#[test]
fn ints_of_any_size_and_trees_survive() {
    for bytes in [vec![0], vec![7], vec![0xff], vec![0, 0x80], vec![1; 9], vec![0x81; 17], vec![0x7f; 300]] {
        let int = BigInt(bytes);
        for protocol in 0..=5 {
            let pickle = to_vec_with(&(&int, 1), &WriteOptions::default().with_protocol(protocol)).unwrap();
            assert_eq!(from_slice::<(BigInt, u8)>(&pickle).unwrap(), (int.clone(), 1), "protocol {protocol}");
        }
    }
    let stream = b"](K\x01G@\x04\0\0\0\0\0\0X\x01\0\0\0a}X\x01\0\0\0kNs\x8a\x09\0\0\0\0\0\0\0\0\x01e.";
    let value: Value = from_slice(stream).unwrap();
    assert_eq!(value.to_string(), "[1, 2.5, 'a', {'k': None}, 18446744073709551616]");
    assert_eq!(from_slice::<Value>(&to_vec(&value).unwrap()).unwrap(), value);
    assert_eq!(serde_json::to_string(&value).unwrap(), r#"[1,2.5,"a",{"k":null},18446744073709551616]"#);
    let json: Value =
        serde_json::from_str(r#"{"a": [1, -1, 0.5, true, null, 18446744073709551615]}"#).unwrap();
    assert_eq!(json.to_string(), "{'a': [1, -1, 0.5, True, None, 18446744073709551615]}");
}

#[derive(Serialize, Deserialize, Debug, PartialEq, Clone)]
enum Tree {
    Leaf,
    Int(i64),
    Wide(u64),
    Float(f64),
    Text(String),
    Char(char),
    Pair(bool, Box<Tree>),
    List(Vec<Tree>),
    Map(BTreeMap<String, Tree>),
    Fields { maybe: Option<Box<Tree>>, unit: () },
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        Just(Tree::Leaf),
        any::<i64>().prop_map(Tree::Int),
        any::<u64>().prop_map(Tree::Wide),
        (-1e300..1e300).prop_map(Tree::Float),
        any::<String>().prop_map(Tree::Text),
        any::<char>().prop_map(Tree::Char),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            (any::<bool>(), inner.clone()).prop_map(|(flag, tree)| Tree::Pair(flag, tree.into())),
            prop::collection::vec(inner.clone(), 0..5).prop_map(Tree::List),
            prop::collection::btree_map(any::<String>(), inner.clone(), 0..5).prop_map(Tree::Map),
            prop::option::of(inner).prop_map(|tree| Tree::Fields { maybe: tree.map(Box::new), unit: () }),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_survives(tree in tree()) {
        survives(&tree);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_slice::<Tree>(&bytes);
        let _ = from_slice::<BTreeMap<String, Vec<Option<i128>>>>(&bytes);
    }
}

/// A container of a known class is a sequence or a mapping, whatever it is asked for: it is never read as an empty one.
#[cfg(feature = "classes")]
#[test]
fn known_containers_are_what_they_are() {
    // UserList([1, 2]), ChainMap({'a': 1}, {'b': 2}), OrderedDict(a=1), deque([1])
    let user_list = b"\x80\x02cUserList\nUserList\n)\x81}X\x04\0\0\0data](K\x01K\x02esb.";
    let chain_map =
        b"\x80\x02ccollections\nChainMap\n)\x81}X\x04\0\0\0maps](}X\x01\0\0\0aK\x01s}X\x01\0\0\0bK\x02sesb.";
    let ordered_dict = b"\x80\x02ccollections\nOrderedDict\n)RX\x01\0\0\0aK\x01s.";
    let deque = b"\x80\x02ccollections\ndeque\n)RK\x01a.";
    assert_eq!(from_slice::<Vec<u8>>(user_list).unwrap(), [1, 2]);
    let maps: Vec<BTreeMap<String, u8>> = from_slice(chain_map).unwrap();
    assert_eq!(maps, [BTreeMap::from([("a".into(), 1)]), BTreeMap::from([("b".into(), 2)])]);
    assert!(from_slice::<BTreeMap<String, u8>>(user_list).is_err());
    assert!(from_slice::<Vec<String>>(ordered_dict).is_err());
    assert!(from_slice::<BTreeMap<String, u8>>(deque).is_err());
}
