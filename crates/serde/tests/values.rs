//! `Value` through serde: as itself, wherever it stands.

use std::collections::BTreeMap;

use halfsour_serde::{WriteOptions, from_slice, from_value, to_value, to_vec, to_vec_with};
use halfsour_value::{Builder, Dict, Form, Kind, Value, ValueInstance, ValueStep, value};
use halfsour_writer::MemoPolicy;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Debug, PartialEq)]
struct Holder {
    before: u8,
    value: Value,
    list: Vec<Value>,
    map: BTreeMap<String, Value>,
    maybe: Option<Value>,
    pair: (Value, Value),
}

fn holder(value: &Value) -> Holder {
    let value = || value.clone();
    Holder {
        before: 1,
        value: value(),
        list: vec![value(), value()],
        map: BTreeMap::from([("k".to_owned(), value())]),
        maybe: Some(value()).filter(|value| !value.is_none()),
        pair: (value(), value()),
    }
}

/// Returns a value of each kind, and in each form.
fn all_kinds() -> Vec<Value> {
    let class = || Value::global("app.models", "Outer.Inner");
    let made = |form, args: Value| ValueInstance { form, args, ..ValueInstance::new(class()) };
    let by = |form, name, args: Value| ValueInstance {
        callable: Value::global("copyreg", name),
        ..made(form, args)
    };
    let step = |step| ValueInstance { steps: vec![step], ..ValueInstance::new(class()) }.into();
    vec![
        value!([None, True, 7, -7, 1.5, "text", [], {}]),
        value!((1, (), (2,))),
        value!({1: {"a": (None, {1, 2})}, (1, 2): 3, None: 4, True: 5}),
        Value::set([1, 2]),
        Value::frozenset(["a", "b"]),
        Value::set((0..20).collect::<Vec<_>>()),
        Value::Complex(-0.0, 1.5),
        Value::bytes(*b"\0\xff"),
        Value::bytearray(*b"ab"),
        Value::byte_string(*b"py2"),
        Value::byte_string(*b"\xff"),
        Value::SurrogateStr((*b"a\xed\xa0\x80").into()),
        u64::MAX.into(),
        u128::MAX.into(),
        i128::MIN.into(),
        Value::big_int(&[0x81; 17]),
        Value::big_int(&[0x7f; 3000]),
        class(),
        Value::PersistentId(Box::new(value!(("storage", 1)))),
        Value::Extension(300),
        ValueInstance::call(Value::global("enum", "Color")).args([1]).into(),
        Value::from(Value::instance("app", "P").args([1]).attr("x", (1, 2)).slot("y", Value::set([3]))),
        Value::from(Value::instance("app", "P").args([1]).kwargs([("k", (1,))])),
        made(Form::Obj, value!(())).attr("x", 1).into(),
        by(
            Form::Reconstructor,
            "_reconstructor",
            value!(((class()), (Value::global("builtins", "object")), None)),
        )
        .into(),
        by(Form::NewObjCall, "__newobj__", value!(((class()), 1))).into(),
        by(Form::NewObjExCall, "__newobj_ex__", value!(((class()), (1,), {"k": 2}))).into(),
        ValueInstance::call(Value::global("collections", "deque")).append([1, 2]).append([3]).into(),
        ValueInstance::call(Value::global("collections", "OrderedDict")).items([("a", (1,))]).into(),
        step(ValueStep::Add(vec![1.into()])),
        step(ValueStep::State(value!([1, (2, 3)]))),
        step(ValueStep::Call { callable: class(), state: value!({"x": (1,)}) }),
    ]
}

fn is_itself(value: &Value) {
    let pickle = to_vec(value).unwrap();
    assert_eq!(from_slice::<Value>(&pickle).unwrap(), *value);
    assert_eq!(to_vec(&from_slice::<Value>(&pickle).unwrap()).unwrap(), pickle);
    assert_eq!(to_value(value).unwrap(), *value);
    assert_eq!(from_value::<Value>(value).unwrap(), *value);
    let held = holder(value);
    assert_eq!(from_slice::<Holder>(&to_vec(&held).unwrap()).unwrap(), held);
    assert_eq!(from_value::<Holder>(&to_value(&held).unwrap()).unwrap(), held);
}

/// Returns the kinds of a value and its members: equality does not tell a set from a frozenset, nor an int from a float.
fn kinds(value: &Value) -> Vec<(Kind, String)> {
    let members = value.as_slice().into_iter().flatten();
    [value].into_iter().chain(members).map(|value| (value.kind(), value.to_string())).collect()
}

#[test]
fn every_kind_is_itself() {
    for value in all_kinds() {
        is_itself(&value);
        let read: Value = from_slice(&to_vec(&value).unwrap()).unwrap();
        assert_eq!(kinds(&read), kinds(&value));
    }
    is_itself(&all_kinds().into());
}

#[test]
fn what_is_out_of_band_is_itself_in_protocol_5() {
    let value = value!([(Value::Buffer(0)), (Value::ReadOnly(Box::new(Value::bytearray(*b"x"))))]);
    let pickle = to_vec_with(&value, &WriteOptions::default().with_protocol(5)).unwrap();
    let buffers = vec![halfsour_vm::Buffer { contents: "contents".into(), read_only: false }];
    let mut loader = halfsour_vm::Loader::with_options(halfsour_vm::Options::default().with_buffers(buffers));
    assert_eq!(halfsour_serde::from_slice_with::<Value>(&mut loader, &pickle).unwrap(), value);
    assert!(to_vec(&value).is_err());
    assert_eq!(from_value::<Value>(&value).unwrap(), value);
}

/// The bytes are those of the same value as a graph, at every protocol.
#[test]
fn bytes_are_those_of_the_graph() {
    // Above protocol 0, it is written as Form::Obj, which means the same.
    let inst =
        ValueInstance { form: Form::Inst, ..ValueInstance::new(Value::global("app", "Old")).args([1]) };
    for value in all_kinds().into_iter().chain([inst.into()]) {
        let mut builder = Builder::new();
        let root = builder.value(&value).unwrap();
        let graph = builder.build(root);
        for protocol in 0..=5 {
            let options = WriteOptions::default().with_protocol(protocol);
            let shared = options.with_memo(MemoPolicy::Shared);
            match halfsour_writer::to_vec(graph.root(), &shared) {
                Ok(pickle) => {
                    assert_eq!(
                        to_vec_with(&value, &options).unwrap(),
                        pickle,
                        "{value} at protocol {protocol}"
                    );
                    let read: Value = from_slice(&pickle).unwrap();
                    assert_eq!(from_slice::<Value>(&to_vec_with(&read, &options).unwrap()).unwrap(), read);
                }
                Err(_) => assert!(to_vec_with(&value, &options).is_err(), "{value} at protocol {protocol}"),
            }
        }
    }
}

#[test]
fn a_value_drops_nothing_in_silence() {
    let error = from_slice::<Value>(b"]capp\nregistry\n}ba.").unwrap_err();
    assert!(
        error.to_string().contains("a tree cannot hold the state or items that were given to the global"),
        "{error}"
    );
    let error = from_slice::<Value>(b"\x80\x04\x8c\x03app\x8c\x03\xed\xa0\x80\x93.").unwrap_err();
    assert!(
        error.to_string().contains("a tree cannot hold the name of the global, which is not UTF-8"),
        "{error}"
    );
}

#[test]
fn other_formats_show_everything() {
    let instance = Value::instance("app", "P").args([1]).attr("x", 2).append([3]);
    for (value, json) in [
        (value!({"a": [1, None, (2, "b")]}), r#"{"a":[1,null,[2,"b"]]}"#),
        (Value::set([1]), "[1]"),
        (Value::global("app", "A.B"), r#"["app","A.B"]"#),
        (Value::Complex(1.0, 2.0), "[1.0,2.0]"),
        (Value::big_int(&[0, 0, 0, 0, 0, 0, 0, 0, 1]), "18446744073709551616"),
        (Value::big_int(&[&[0; 16][..], &[1]].concat()), r#""340282366920938463463374607431768211456""#),
        (
            instance.into(),
            r#"{"form":"new","callable":["app","P"],"args":[1],"kwargs":null,"steps":[{"state":{"x":2}},{"append":[3]}]}"#,
        ),
        (Value::PersistentId(Box::new(7.into())), "7"),
    ] {
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
    }
    assert_eq!(
        serde_json::from_str::<Value>(r#"{"a": [1, -1, 0.5, true, null, 18446744073709551615]}"#).unwrap(),
        value!({"a": [1, -1, 0.5, True, None, u64::MAX]}),
    );
}

/// serde's buffers keep what it knows, and lose the rest: documented at `Value`'s `Deserialize`.
#[test]
fn a_buffered_value_has_the_kinds_that_serde_knows() {
    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Flat {
        id: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, Value>,
    }
    let flat = Flat { id: 1, rest: BTreeMap::from([("set".to_owned(), Value::set([1]))]) };
    // Writing loses nothing.
    let pickle = to_vec(&flat).unwrap();
    assert_eq!(from_slice::<Value>(&pickle).unwrap(), value!({"id": 1, "set": {1}}));
    assert_eq!(from_slice::<Flat>(&pickle).unwrap().rest["set"], value!([1]));
}

#[test]
fn limits_hold() {
    let mut deep = Value::None;
    for _ in 0..300 {
        deep = (deep,).into();
    }
    let error = from_value::<Value>(&deep).unwrap_err();
    assert!(matches!(error.kind(), halfsour_serde::ErrorKind::TooDeep), "{error}");
    // Tuples of two that double each time.
    let stream = [&b"N\x85q\0"[..], &b"0h\0h\0\x86q\0".repeat(60), b"."].concat();
    assert!(matches!(from_slice::<Value>(&stream).unwrap_err().kind(), halfsour_serde::ErrorKind::TooLarge));
}

fn any_value() -> impl Strategy<Value = Value> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..20);
    let hashable = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<i128>().prop_map(Value::from),
        bytes().prop_map(|bytes| Value::big_int(&bytes)),
        any::<f64>().prop_filter("NaN is no key", |value| !value.is_nan()).prop_map(Value::from),
        (any::<f64>(), any::<f64>()).prop_map(|(re, im)| Value::Complex(re, im)),
        ".{0,10}".prop_map(Value::from),
        bytes().prop_map(Value::bytes),
        bytes().prop_map(Value::byte_string),
        ("[a-z.]{1,5}", "[a-zA-Z.]{1,5}").prop_map(|(module, name)| Value::global(&module, &name)),
        (1..1000_u32).prop_map(Value::Extension),
    ];
    let leaf = prop_oneof![5 => hashable.clone(), 1 => bytes().prop_map(Value::bytearray)];
    leaf.prop_recursive(4, 60, 6, move |inner| {
        let many = || prop::collection::vec(inner.clone(), 0..6);
        let keys = || prop::collection::vec(hashable.clone(), 0..12);
        let pairs = || prop::collection::vec((hashable.clone(), inner.clone()), 0..12);
        let form = prop::sample::select(vec![Form::Call, Form::New, Form::NewEx, Form::Obj]);
        let step = prop_oneof![
            inner.clone().prop_map(ValueStep::State),
            prop::collection::vec(inner.clone(), 1..6).prop_map(ValueStep::Append),
            prop::collection::vec((hashable.clone(), inner.clone()), 1..6).prop_map(ValueStep::SetItem),
            prop::collection::vec(inner.clone(), 1..6).prop_map(ValueStep::Add),
            inner.clone().prop_map(|state| ValueStep::Call { callable: Value::global("m", "set"), state }),
        ];
        let instance = (form, many(), pairs(), prop::collection::vec(step, 0..3)).prop_map(
            |(form, args, kwargs, mut steps)| {
                // A graph has one step where items are added twice.
                steps.dedup_by_key(|step| std::mem::discriminant(step));
                ValueInstance {
                    form,
                    args: Value::tuple(args),
                    kwargs: (form == Form::NewEx).then(|| Value::dict(kwargs)),
                    steps,
                    ..ValueInstance::new(Value::global("app", "C"))
                }
            },
        );
        prop_oneof![
            many().prop_map(Value::List),
            many().prop_map(Value::tuple),
            pairs().prop_map(|pairs| Dict::from_iter(pairs).into()),
            keys().prop_map(Value::set),
            keys().prop_map(Value::frozenset),
            instance.prop_map(Value::from),
            inner.clone().prop_map(|id| Value::PersistentId(Box::new(id))),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_is_itself(value in any_value()) {
        is_itself(&value);
        let read: Value = from_slice(&to_vec(&value).unwrap()).unwrap();
        prop_assert_eq!(read.to_string(), value.to_string());
    }
}

#[test]
fn keys_that_a_value_cannot_tell_apart_are_an_error() {
    let one = b"cm\nC\n)\x81";
    let dict = [b"}(", &one[..], b"K\x01", one, b"K\x02u."].concat();
    let set = [b"\x8f(", &one[..], one, b"\x90."].concat();
    let nans = b"}(G\x7f\xf8\0\0\0\0\0\0K\x01G\x7f\xf8\0\0\0\0\0\0K\x02u.".to_vec();
    for (pickle, kind) in [(dict, "dict"), (set, "set"), (nans, "dict")] {
        let error = from_slice::<Value>(&pickle).unwrap_err().to_string();
        let message = format!("the {kind} has different objects as keys that are equal as values");
        assert!(error.starts_with(&message), "{error}");
        let list = [b"]", &pickle[..pickle.len() - 1], b"a."].concat();
        let error = from_slice::<Vec<Value>>(&list).unwrap_err();
        assert_eq!(error.path(), "[0]");
    }
    // A key that is there twice is none of them.
    let same = from_slice::<Value>(b"}(G?\xf8\0\0\0\0\0\0K\x01G?\xf8\0\0\0\0\0\0K\x02u.").unwrap();
    assert_eq!(same.to_string(), "{1.5: 2}");
}
