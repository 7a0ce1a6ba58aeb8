//! Objects of programs' own classes, as Python 3.11 pickles them (`pickletools.optimize(pickle.dumps(x, 2))`, where no other
//! protocol is named): nothing of them is lost without a word.

use std::collections::BTreeMap;

use halfsour_serde::{ErrorKind, from_slice};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[derive(Deserialize, Debug, PartialEq)]
struct Point {
    a: i64,
    b: String,
}

/// Reads `(1, 'x')` in all the forms that a class may give it.
fn is_point(pickle: &[u8]) {
    assert_eq!(from_slice::<Point>(pickle).unwrap(), Point { a: 1, b: "x".to_owned() }, "{pickle:?}");
}

fn error<T: DeserializeOwned + std::fmt::Debug>(pickle: &[u8]) -> String {
    from_slice::<T>(pickle).unwrap_err().to_string()
}

/// `@dataclass(frozen=True, slots=True)`, and a class with `__getstate__` of a tuple.
const FROZEN: &[u8] = b"\x80\x02capp\nFrozen\n)\x81](K\x01X\x01\0\0\0xeb.";
const TUPLE: &[u8] = b"\x80\x02capp\nTuple\n)\x81K\x01X\x01\0\0\0x\x86b.";
/// `class Plain: pass`, with attributes a and b.
const PLAIN: &[u8] = b"\x80\x02capp\nPlain\n)\x81}(X\x01\0\0\0aK\x01X\x01\0\0\0bX\x01\0\0\0xub.";
/// `NamedTuple`
const NAMED: &[u8] = b"\x80\x02capp\nNamed\nK\x01X\x01\0\0\0x\x86\x81.";

#[test]
fn structs_are_read_from_each_shape_of_class() {
    is_point(PLAIN);
    is_point(FROZEN);
    is_point(TUPLE);
    is_point(NAMED);
    // @dataclass(slots=True)
    is_point(b"\x80\x02capp\nSlots\n)\x81N}(X\x01\0\0\0aK\x01X\x01\0\0\0bX\x01\0\0\0xu\x86b.");
    // __getnewargs_ex__ of (), {'a': 1, 'b': 'x'}, at protocol 4
    is_point(
        b"\x80\x04\x95\x1c\0\0\0\0\0\0\0\x8c\x04app2\x8c\x02Kw\x93)}(\x8c\x01aK\x01\x8c\x01b\x8c\x01xu\x92.",
    );
    // class D(dict), with an attribute y
    is_point(b"\x80\x02capp\nD\n)\x81(X\x01\0\0\0aK\x01X\x01\0\0\0bX\x01\0\0\0xu}X\x01\0\0\0yK\x01sb.");
}

#[test]
fn models_of_pydantic() {
    is_point(
        b"\x80\x02capp\nModel\n)\x81}(X\x08\0\0\0__dict__}(X\x01\0\0\0aq\0K\x01X\x01\0\0\0bq\x01X\x01\0\0\0xuX\x12\0\0\0__pydantic_extra__N\
        X\x17\0\0\0__pydantic_fields_set__c__builtin__\nset\n](h\x01h\0e\x85RX\x14\0\0\0__pydantic_private__Nub.",
    );
    // Model(a=1, z=4), where model_config = {'extra': 'allow'} and there is a private attribute.
    let extra =
        b"\x80\x02capp\nModel\n)\x81}(X\x08\0\0\0__dict__}X\x01\0\0\0aq\0K\x01sX\x12\0\0\0__pydantic_extra__}X\x01\0\0\0zq\x01K\x04s\
        X\x17\0\0\0__pydantic_fields_set__c__builtin__\nset\n](h\x01h\0e\x85RX\x14\0\0\0__pydantic_private__}X\x02\0\0\0_bK\x03sub.";
    assert_eq!(from_slice::<BTreeMap<String, u8>>(extra).unwrap(), [("a".into(), 1), ("z".into(), 4)].into());
}

#[test]
fn an_object_without_members_is_no_sequence() {
    assert_eq!(
        error::<Vec<Value>>(PLAIN),
        "invalid type: instance of app.Plain, expected a sequence (from byte 0xe)"
    );
    assert!(error::<(u8, u8)>(PLAIN).starts_with("invalid type: instance of app.Plain, expected a tuple"));
    assert!(
        error::<BTreeMap<String, Value>>(NAMED)
            .starts_with("invalid type: instance of app.Named, expected a map")
    );
    assert!(
        error::<BTreeMap<String, Value>>(FROZEN)
            .starts_with("invalid type: instance of app.Frozen, expected a map")
    );
    assert!(error::<u8>(PLAIN).starts_with("invalid type: instance of app.Plain, expected u8"));
    assert!(error::<String>(NAMED).starts_with("invalid type: instance of app.Named, expected a string"));
    // Those that have members, or may have.
    assert_eq!(from_slice::<(i64, String)>(NAMED).unwrap(), (1, "x".into()));
    assert_eq!(from_slice::<(i64, String)>(FROZEN).unwrap(), (1, "x".into()));
    assert_eq!(from_slice::<Vec<Value>>(TUPLE).unwrap(), [json!(1), json!("x")]);
    // class L(list): L([1, 2]) with an attribute, L([]); object()
    let list = b"\x80\x02capp\nL\n)\x81(K\x01K\x02e}X\x01\0\0\0xK\x01sb.";
    assert_eq!(from_slice::<Vec<u8>>(list).unwrap(), [1, 2]);
    assert!(from_slice::<[u8; 1]>(list).is_err());
    assert!(from_slice::<Vec<u8>>(b"\x80\x02capp\nL\n)\x81.").unwrap().is_empty());
    assert_eq!(from_slice::<BTreeMap<String, u8>>(b"\x80\x02capp\nL\n)\x81.").unwrap(), BTreeMap::new());
    assert!(error::<Point>(b"\x80\x02capp\nL\n)\x81.").starts_with("missing field `a`"));
}

#[test]
fn types_that_take_anything_get_everything() {
    for (pickle, expected) in [
        (PLAIN, json!({"a": 1, "b": "x"})),
        (FROZEN, json!([1, "x"])),
        (TUPLE, json!([1, "x"])),
        (NAMED, json!([1, "x"])),
        // A class with `__getstate__` of an int.
        (b"\x80\x02capp\nCount\n)\x81K\x07b.", json!(7)),
    ] {
        assert_eq!(from_slice::<Value>(pickle).unwrap(), expected, "{pickle:?}");
    }
}

#[test]
fn subclasses_of_scalars_are_scalars() {
    // class Str(str): Str('hi') with an attribute; class I(int): I(7)
    let text = b"\x80\x02capp\nStr\nX\x02\0\0\0hi\x85\x81}X\x04\0\0\0noteK\x01sb.";
    assert_eq!(from_slice::<String>(text).unwrap(), "hi");
    assert_eq!(from_slice::<i8>(b"\x80\x02capp\nI\nK\x07\x85\x81.").unwrap(), 7);
    // {Str('a'): 1, 'b': 'x'}
    is_point(b"\x80\x02}(capp2\nStr\nX\x01\0\0\0a\x85\x81K\x01X\x01\0\0\0bX\x01\0\0\0xu.");
}

/// `{('a', 1): 2, None: 3, 'a': 1, 0: 5, 1: 6, 2.5: 1, b'b': 4, 1 << 70: 2, frozenset([1]): 1, 'b': 'x', date(2024, 2, 29): 1}`
const KEYS: &[u8] = b"\x80\x02}(X\x01\0\0\0aq\0K\x01\x86K\x02NK\x03h\0K\x01K\0K\x05K\x01K\x02G@\x04\0\0\0\0\0\0K\x01\
    c_codecs\nencode\nq\x01X\x01\0\0\0bX\x06\0\0\0latin1q\x02\x86RK\x04\x8a\x09\0\0\0\0\0\0\0\0@K\x02c__builtin__\nfrozenset\n]K\x01a\x85RK\x01\
    X\x01\0\0\0bX\x01\0\0\0xcdatetime\ndate\nh\x01X\x05\0\0\0\x07\xc3\xa8\x02\x1dh\x02\x86R\x85RK\x01u.";

#[test]
fn keys_that_name_no_field_are_passed_over() {
    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "it is never read")]
    struct Strict {
        a: u8,
        b: String,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    struct Two {
        #[serde(default)]
        x: u8,
        #[serde(default)]
        y: u8,
    }
    #[derive(Deserialize, Debug, PartialEq)]
    struct Rest {
        a: u8,
        #[serde(flatten)]
        rest: BTreeMap<i64, u8>,
    }
    is_point(KEYS);
    // {('a', 1): 2, None: 3, 'a': 1, 0: 5, 1: 6, 'b': 'x'}: plain data
    let plain = b"\x80\x04\x95\"\0\0\0\0\0\0\0}(\x8c\x01a\x94K\x01\x86K\x02NK\x03h\0K\x01K\0K\x05K\x01K\x06\x8c\x01b\x8c\x01xu.";
    is_point(plain);
    assert_eq!(from_slice::<Two>(b"}(K\x00K\x05K\x01K\x06u.").unwrap(), Two { x: 0, y: 0 });
    assert!(error::<Strict>(plain).starts_with("unknown field `key of type tuple`, expected `a` or `b`"));
    assert!(
        error::<Strict>(b"}(K\x00K\x05K\x01K\x06u.")
            .starts_with("unknown field `key 0`, expected `a` or `b`")
    );
    // As the keys of a map they are kept.
    let rest = from_slice::<Rest>(b"}(X\x01\0\0\0aK\x01K\x00K\x05K\x01K\x06u.").unwrap();
    assert_eq!(rest, Rest { a: 1, rest: [(0, 5), (1, 6)].into() });
    let error = from_slice::<BTreeMap<String, u8>>(b"}(X\x01\0\0\0aK\x01K\x05K\x06u.").unwrap_err();
    assert_eq!(error.path(), "[5]");
    assert!(
        error.to_string().starts_with("[5]: invalid type: integer `5`, expected a string (as a key)"),
        "{error}"
    );
}

#[test]
fn bytes_are_sequences_of_ints() {
    let pickles: [&[u8]; 4] = [
        b"\x80\x03C\x02\x01\xff.",
        b"\x80\x05\x95\x0c\0\0\0\0\0\0\0\x96\x02\0\0\0\0\0\0\0\x01\xff.",
        b"\x80\x02c_codecs\nencode\nX\x03\0\0\0\x01\xc3\xbfX\x06\0\0\0latin1\x86R.",
        b"\x80\x02c__builtin__\nbytearray\nc_codecs\nencode\nX\x03\0\0\0\x01\xc3\xbfX\x06\0\0\0latin1\x86R\x85R.",
    ];
    for pickle in pickles {
        assert_eq!(from_slice::<Vec<u8>>(pickle).unwrap(), [1, 255]);
        assert_eq!(from_slice::<[u16; 2]>(pickle).unwrap(), [1, 255]);
        assert!(from_slice::<[u8; 3]>(pickle).is_err() && from_slice::<[u8; 1]>(pickle).is_err());
        let error = error::<String>(pickle);
        assert!(error.contains("; bytes that are no text are read by `Vec<u8>`"), "{error}");
    }
    // A list of a thousand references to one of 100,000 bytes.
    let mut pickle = b"\x80\x03](B\xa0\x86\x01\0".to_vec();
    pickle.extend(vec![7; 100_000]);
    pickle.extend(b"q\0");
    pickle.extend(b"h\0".repeat(1000));
    pickle.extend(b"e.");
    assert!(matches!(from_slice::<Vec<Vec<u8>>>(&pickle).unwrap_err().kind(), ErrorKind::TooLarge));
}

#[test]
fn members_of_enums() {
    #[derive(Deserialize, Debug, PartialEq)]
    enum Color {
        #[serde(rename = "1", alias = "RED", alias = "ONE")]
        Red,
        #[serde(rename = "g")]
        Green,
        #[serde(rename = "-2")]
        Negative,
    }
    let cases: [(&[u8], Color); 8] = [
        // By value: Color(1), Color('g'), Color(-2), Outer.Inner(1)
        (b"\x80\x02capp\nColor\nK\x01\x85R.", Color::Red),
        (b"\x80\x02capp\nColor\nX\x01\0\0\0g\x85R.", Color::Green),
        (b"\x80\x02capp\nColor\nJ\xfe\xff\xff\xff\x85R.", Color::Negative),
        (b"\x80\x02c__builtin__\ngetattr\ncapp\nOuter\nX\x05\0\0\0Inner\x86RK\x01\x85R.", Color::Red),
        // With `__reduce_ex__ = enum.pickle_by_enum_name`, as Python 3.11.0 to 3.11.3 do always; at protocol 4
        (b"\x80\x02c__builtin__\ngetattr\ncapp\nByName\nX\x03\0\0\0RED\x86R.", Color::Red),
        (b"\x80\x04\x95*\0\0\0\0\0\0\0\x8c\x08builtins\x8c\x07getattr\x93\x8c\x03app\x8c\x06ByName\x93\x8c\x03RED\x86R.", Color::Red),
        // With `enum.pickle_by_global_name`, and with a `__reduce_ex__` that returns 'ByGlobal.RED'
        (b"\x80\x04\x95\x0c\0\0\0\0\0\0\0\x8c\x03app\x8c\x03RED\x93.", Color::Red),
        (b"\x80\x04\x95\x15\0\0\0\0\0\0\0\x8c\x03app\x8c\x0cByGlobal.RED\x93.", Color::Red),
    ];
    for (pickle, expected) in cases {
        assert_eq!(from_slice::<Color>(pickle).unwrap(), expected, "{pickle:?}");
    }
    // Perm.R | Perm.W, of an enum.Flag
    assert_eq!(from_slice::<u8>(b"\x80\x02capp\nPerm\nK\x06\x85R.").unwrap(), 6);
    assert!(error::<Color>(b"\x80\x02capp\nColor\nK\x07\x85R.").starts_with("unknown variant `7`, expected"));
    assert!(error::<Color>(NAMED).starts_with("invalid type: instance of app.Named, expected a variant"));
}

#[test]
fn unit_structs_with_the_path_of_a_class() {
    #[derive(Deserialize, Debug)]
    #[serde(rename = "app.Marker")]
    struct Marker;

    from_slice::<Marker>(b"\x80\x02capp\nMarker\n)\x81.").unwrap();
    from_slice::<Marker>(b"\x80\x02capp\nMarker\n.").unwrap();
    from_slice::<Marker>(b"N.").unwrap();
    assert!(from_slice::<Marker>(PLAIN).is_err());
}

#[test]
fn errors_say_what_to_do() {
    // Python 2.7: pickle.dumps({'name': b'caf\xe9'}, 2)
    let latin = b"\x80\x02}q\0U\x04nameq\x01U\x04caf\xe9q\x02s.";
    let error = from_slice::<BTreeMap<String, String>>(latin).unwrap_err();
    assert_eq!(
        error.to_string(),
        ".name: invalid value: byte array, expected a string; a Python 2 string that is no UTF-8 is read as bytes, or as text if \
        `Options::encoding` is set (from byte 0xd)"
    );
    let error = from_slice::<Vec<u8>>(b"\x80\x02](K\x01X\x01\0\0\0ae.").unwrap_err();
    // `main` prints it so.
    assert_eq!(format!("{error:?}"), "[1]: invalid type: string \"a\", expected u8 (from byte 0x6)");
    assert_eq!((error.path().as_str(), error.offset()), ("[1]", Some(6)));
}

#[test]
fn dicts_of_a_class_have_their_items_at_each_protocol() {
    // class D(dict), of {'a': 1}, with an attribute y, and without: the first at protocol 0 or 1, and then at 2
    let one = b"ccopy_reg\n_reconstructor\n(capp\nD\nc__builtin__\ndict\n}X\x01\0\0\0aK\x01stR}X\x01\0\0\0yK\x02sb.";
    let two = b"\x80\x02capp\nD\n)\x81X\x01\0\0\0aK\x01s}X\x01\0\0\0yK\x02sb.";
    let bare = b"ccopy_reg\n_reconstructor\n(capp\nD\nc__builtin__\ndict\n}tR.";
    let expected = BTreeMap::from([("a".to_owned(), 1), ("y".to_owned(), 2)]);
    for pickle in [&one[..], two] {
        assert_eq!(from_slice::<BTreeMap<String, i64>>(pickle).unwrap(), expected);
        assert_eq!(from_slice::<Value>(pickle).unwrap(), json!({"a": 1, "y": 2}));
        let error = error::<Vec<Value>>(pickle);
        assert!(error.starts_with("invalid type: instance of app.D, expected a sequence"), "{error}");
    }
    assert_eq!(from_slice::<BTreeMap<String, i64>>(bare).unwrap(), BTreeMap::new());
    assert!(from_slice::<Vec<Value>>(bare).is_err());
}

#[test]
fn a_state_that_a_function_sets_is_not_passed_over() {
    #[derive(Deserialize, Debug)]
    struct Empty {}

    // __reduce__ of C, (), {'q': 1}, None, None, setter
    let pickle = b"\x80\x02capp\nC\n)Rq\0capp\nsetter\nh\0}X\x01\0\0\0qK\x01s\x86R0.";
    let graph = halfsour_vm::from_slice(pickle).unwrap();
    assert_eq!(graph.root().as_instance().unwrap().steps().count(), 1);
    for error in [error::<Vec<Value>>(pickle), error::<Value>(pickle), error::<Empty>(pickle)] {
        assert!(error.starts_with("invalid type: instance of app.C, expected"), "{error}");
    }
}
