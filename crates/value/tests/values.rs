//! Values: looked up, changed, made, compared and printed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use halfsour_value::{Builder, Dict, Form, Id, Set, TreeLimits, Value, ValueInstance, ValueStep, value};

#[test]
fn a_value_takes_24_bytes() {
    assert_eq!(size_of::<Value>(), 24);
    assert_eq!(size_of::<Option<Value>>(), 24);
}

#[test]
fn keys_are_found_in_dicts_of_every_size() {
    for size in [1, 2, 8, 9, 1000] {
        let text: Dict = (0..size).map(|number| (number.to_string(), number)).collect();
        let ints: Dict = (0..size).map(|number| (number, number.to_string())).collect();
        let (value, ints) = (Value::from(text), Value::from(ints));
        for number in 0..size {
            assert_eq!(value.get(number.to_string()).unwrap(), &number);
            assert_eq!(value[Value::from(number.to_string())], number);
            assert_eq!(ints[number], *number.to_string());
            assert_eq!(ints.as_dict().unwrap()[f64::from(number)], *number.to_string());
        }
        assert_eq!(value.get(size.to_string()), None);
        assert_eq!(ints.get(size), None);
        assert_eq!(value.as_dict().unwrap().len(), ints.as_dict().unwrap().len());
    }
}

#[test]
fn the_first_key_stays_and_the_last_value_wins() {
    for others in [0, 20] {
        let mut dict: Dict = (100..100 + others).map(|number| (number, ())).collect();
        for (key, value) in [(Value::from(1), "a"), (Value::from(true), "b"), (Value::from(1.0), "c")] {
            dict.insert(key, value);
        }
        assert_eq!(dict.len(), 1 + usize::try_from(others).unwrap());
        let (key, value) = dict.get_key_value(1_u8).unwrap();
        assert!(matches!(key, Value::Int(1)));
        assert_eq!(value, "c");
        assert_eq!(*dict.get_or_insert_with(1.0, || panic!("it is there")), "c");
        *dict.get_or_insert_with("new", || 1.into()) = 2.into();
        assert_eq!(dict["new"], 2);
        assert_eq!(dict.remove(true).unwrap(), "c");
        assert!(!dict.contains_key(1));
    }
}

#[test]
fn removing_keeps_the_order() {
    for size in [5, 50] {
        let mut dict: Dict = (0..size).map(|number| (number, number)).collect();
        let mut set: Set = (0..size).collect();
        dict.remove(2);
        assert!(set.remove(2) && !set.remove(2));
        let left: Vec<_> = (0..size).filter(|number| *number != 2).map(Value::from).collect();
        assert!(dict.keys().eq(&left) && dict.values().eq(&left) && set.iter().eq(&left));
        assert!(dict.clone().into_iter().map(|(key, _)| key).eq(left.clone()));
        assert!(set.into_iter().rev().eq(left.into_iter().rev()));
        dict.values_mut().for_each(|value| *value = Value::None);
        assert!(dict.values().all(Value::is_none));
        dict.clear();
        assert_eq!(dict, Dict::new());
    }
}

#[test]
fn equality_knows_no_order() {
    let forth: Dict = (0..20).map(|number| (number, number)).collect();
    let back: Dict = (0..20).rev().map(|number| (number, number)).collect();
    assert_eq!(forth, back);
    assert_eq!(Set::from_iter([1, 2]), Set::from_iter([2.0, 1.0]));
    assert_ne!(Dict::from([("a", 1)]), Dict::from([("a", 2)]));
    // A dict that was large is equal to one that never was.
    let mut shrunk = forth;
    (2..20).for_each(|number| drop(shrunk.remove(number)));
    assert_eq!(shrunk, Dict::from([(0, 0), (1, 1)]));
    let outer = Value::dict([(Value::frozenset([1, 2]), "found")]);
    assert_eq!(outer[&Value::frozenset([2, 1])], "found");
}

#[test]
fn values_are_compared_with_rust_types_as_python_compares() {
    let [one, text, minus, short, long] =
        [1.into(), "a".into(), (-1).into(), u64::MAX.into(), u128::MAX.into()] as [Value; 5];
    assert!(one == 1 && one == 1.0 && one == true && 1_u8 == one && one == 1_usize);
    let (borrowed, owned) = ("a", "a".to_owned());
    assert!(text == borrowed && text == *borrowed && owned == text);
    assert!(long == u128::MAX && short == u64::MAX && minus == -1_i128 && minus == -1_i8 && long != short);
    assert!(one != "1" && one != false && text != 1 && Value::None != 0 && Value::bytes(*b"a") != text);
}

#[test]
fn rust_types_convert() {
    let mut made = vec![
        Value::from(vec![1_u8, 2]),
        [1_u8, 2].into(),
        (&[1_u8, 2][..]).into(),
        (1..3).collect(),
        vec![Value::from(1), Value::from(2.0)].into(),
    ];
    made.dedup();
    assert_eq!(made, [value!([1, 2])]);
    assert_eq!(Value::from(('a', "b", None::<i8>, 1.5_f32)), value!(("a", "b", None, 1.5)));
    assert_eq!(Value::from(BTreeMap::from([("a", vec![(1, 2)])])), value!({"a": [(1, 2)]}));
    assert_eq!(Value::from(HashMap::from([(1, "a")])), value!({1: "a"}));
    assert_eq!(Value::from(BTreeSet::from([1, 2])), value!({2, 1}));
    for (value, text) in [
        (Value::from(u64::MAX), "18446744073709551615"),
        (u128::MAX.into(), "340282366920938463463374607431768211455"),
        (i128::MIN.into(), "-170141183460469231731687303715884105728"),
        (usize::MAX.into(), "18446744073709551615"),
        (isize::MIN.into(), "-9223372036854775808"),
        (Value::big_int(&[0xff; 9]), "-1"),
        (Value::bytearray(*b"ab"), "bytearray(b'ab')"),
    ] {
        assert_eq!(value.to_string(), text);
    }
    assert_eq!(Value::from(u64::MAX).as_u64(), Some(u64::MAX));
    assert_eq!(Value::from(-1).as_u64(), None);
}

#[test]
fn the_macro_takes_what_python_writes() {
    let (key, n) = ("k", 5_u64);
    let value = value!({
        key: [n, -1, n + 1, [], {}, (), (n), (n,), {None}],
        (1, "two"): {"nested": {"deep": (None, True, False,),},},
        (-1): key.to_uppercase(),
        None: Some(1.5),
    });
    assert_eq!(
        value.to_string(),
        "{'k': [5, -1, 6, [], {}, (), 5, (5,), {None}], (1, 'two'): {'nested': {'deep': (None, True, False)}}, \
         -1: 'K', None: 1.5}",
    );
    assert_eq!(value!(({"a": 1}, 2)), Value::from((Dict::from([("a", 1)]), 2)));
    assert_eq!(value!((1 + 1) * 2), 4);
}

#[test]
fn data_is_changed_in_place() {
    let mut value = value!({"users": [{"name": "Ada"}], "pair": (1, 2), "set": {1}});
    value["users"][0]["age"] = 36.into();
    value["pair"][1] = "two".into();
    value["set"].as_set_mut().unwrap().insert(2);
    value["new"]["deep"]["er"] = true.into();
    *value.path_mut("users[-1].name").unwrap() = "Lovelace".into();
    value.as_dict_mut().unwrap().remove("pair").unwrap();
    let taken = value["set"].take();
    assert_eq!(taken, Value::set([1, 2]));
    assert_eq!(
        value.to_string(),
        "{'users': [{'name': 'Lovelace', 'age': 36}], 'set': None, 'new': {'deep': {'er': True}}}",
    );
    assert!(value["users"]["no"][3].is_none());
    assert!(value.path_mut("users[1]").is_err() && value.path("users[").is_err());
}

#[test]
#[should_panic(expected = "the list has no index 3")]
fn an_index_beyond_the_list_cannot_be_set() {
    value!([1])[3] = 1.into();
}

#[test]
fn values_are_looked_up_by_all_keys_that_dicts_are() {
    let mut value = value!({None: 1, True: 2, 2.5: 3, (Value::bytes(*b"k")): 4});
    let found = [&value[()], &value[true], &value[2.5], &value[b"k"]].map(Value::as_i64);
    assert_eq!(found, [1, 2, 3, 4].map(Some));
    assert_eq!(value[&b"k"[..]], 4);
    value[()] = 5.into();
    value[false] = 6.into();
    value[b"new"] = 7.into();
    assert_eq!(value.to_string(), "{None: 5, True: 2, 2.5: 3, b'k': 4, False: 6, b'new': 7}");
    assert!(value!([1, 2]).get(true).is_none());
}

#[test]
fn the_children_of_a_value_are_all_that_it_holds() {
    let mut instance = Value::instance("app", "C").args([1]).kwargs([("k", 2)]).append([3]).items([(4, 5)]);
    instance.steps.push(ValueStep::Add(vec![6.into()]));
    instance.steps.push(ValueStep::State(7.into()));
    instance.steps.push(ValueStep::Call { callable: 8.into(), state: 9.into() });
    let children = |value: Value| value.children().map(Value::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(children(instance.into()), "app.C (1,) {'k': 2} 3 4 5 6 7 8 9");
    assert_eq!(children(Value::PersistentId(Box::new("x".into()))), "'x'");
    assert_eq!(children(Value::frozenset([1, 2])) + &children(value!((3,))), "1 23");
    assert_eq!(children("text".into()), "");
}

/// Checks that a value prints as the node of the same data does.
#[test]
fn a_value_is_printed_as_its_node_is() {
    let class = || Value::global("app", "C");
    let (form, attrs) =
        (|form, args| ValueInstance { form, args, ..ValueInstance::new(class()) }, value!({"x": 1}));
    let object = Value::global("builtins", "object");
    let step = |mut instance: ValueInstance, step| {
        instance.steps.push(step);
        Value::from(instance)
    };
    let new = || ValueInstance::new(class());
    let values = [
        Value::from(new().args([1]).attr("x", 1)),
        new().args([1]).kwargs([("k", 1)]).attr("x", 1).into(),
        new().kwargs([("k", 1)]).into(),
        new().kwargs([("k", 1)]).state(value!({})).into(),
        new().args([1]).state(value!({})).state(value!({"y": 1})).into(),
        new().attr("not a name", 1).into(),
        form(Form::NewObjCall, value!(((class()), 1))).attr("x", 1).into(),
        form(Form::NewObjExCall, value!(((class()), (1,), {"k": 2}))).into(),
        form(Form::Reconstructor, value!(((class()), (object.clone()), None))).attr("x", 1).into(),
        form(Form::Reconstructor, value!(((class()), (object), 5))).into(),
        form(Form::Reconstructor, value!(((class()), 1, 2))).into(),
        form(Form::Inst, value!((1, 2))).append([1, 2]).items([(1, 2)]).into(),
        form(Form::Obj, value!((1, 2))).slot("x", 1).into(),
        step(new(), ValueStep::Add(vec![1.into()])),
        step(new(), ValueStep::Call { callable: Value::global("app", "set"), state: attrs }),
        Value::instance("app\n", "C'\u{200b}").into(),
        value!([
            (1,),
            (),
            { 1 },
            (Value::frozenset([1])),
            (Value::set([(); 0])),
            (Value::frozenset([(); 0]))
        ]),
        Value::PersistentId(Box::new("id".into())),
        Value::Extension(7),
        Value::ReadOnly(Box::new(Value::bytearray(*b"x"))),
        Value::Complex(-0.0, f64::NAN),
        Value::SurrogateStr((*b"\xed\xa0\x80").into()),
        Value::byte_string(*b"\xff"),
        Value::from(i128::MAX),
    ];
    for value in values {
        let mut builder = Builder::new();
        let root = builder.value(&value).unwrap();
        let graph = builder.build(root);
        assert_eq!(graph.root().to_string(), value.to_string());
        assert_eq!(format!("{:#}", graph.root()), format!("{value:#}"));
        assert_eq!(graph.to_value(TreeLimits::default()).unwrap(), value);
    }
}

#[test]
fn the_long_form_is_indented() {
    let value = value!({"a": [(Value::instance("app", "P").args([1]).attr("x", value!([])))], "b": (1,)});
    let lines = "{\n    'a': [\n        app.P(\n            1,\n            x=[],\n        ),\n    ],\n    'b': (\n        1,\n    ),\n}";
    assert_eq!(format!("{value:#}"), lines);
    assert_eq!(format!("{value:#?}"), lines);
    assert_eq!(format!("{:#}", Set::from([1])), "{\n    1,\n}");
}

#[test]
fn what_is_shared_in_the_graph_is_shared_in_the_tree() {
    let mut builder = Builder::new();
    let text = builder.str("shared");
    let root = builder.list(&[text, text]);
    let tree = builder.build(root).to_value(TreeLimits::default()).unwrap();
    let [Value::Str(a), Value::Str(b)] = tree.as_slice().unwrap() else { panic!("two texts") };
    assert_eq!(a.as_ptr(), b.as_ptr());
}

#[test]
fn what_is_shared_in_the_tree_is_shared_in_the_graph() {
    let (text, bytes) = (Value::from("shared"), Value::bytes(*b"shared"));
    let Value::Bytes(shared) = &bytes else { panic!("bytes") };
    let old = Value::ByteString(shared.clone());
    let point = || Value::instance("app", "Point");
    let tree = Value::list([
        text.clone(),
        text,
        bytes.clone(),
        bytes,
        old,
        "shared".into(),
        point().into(),
        point().into(),
        Value::bytearray(*b"x"),
        Value::bytearray(*b"x"),
    ]);
    let mut builder = Builder::new();
    let root = builder.value(&tree).unwrap();
    let graph = builder.build(root);
    let parts: Vec<_> = graph.root().elements().unwrap().collect();
    assert!(parts[0] == parts[1] && parts[2] == parts[3]);
    // The same bytes, but of another kind; the same text, made twice.
    assert!(parts[4] != parts[2] && parts[5] != parts[0]);
    assert!(parts[6] != parts[7] && parts[6].class() == parts[7].class());
    assert!(parts[8] != parts[9]);
    assert_eq!(graph.to_value(TreeLimits::default()).unwrap(), tree);
}

#[test]
fn a_tree_drops_nothing_in_silence() {
    let tree = |make: fn(&mut Builder) -> Id| {
        let mut builder = Builder::new();
        let root = make(&mut builder);
        builder
            .build(root)
            .to_value(TreeLimits::default())
            .map_err(|error| error.without_offset().to_string())
    };
    let given =
        |kind: &str| Err(format!("a tree cannot hold the state or items that were given to the {kind}"));
    let global = |builder: &mut Builder| {
        let global = builder.global("app", "registry");
        builder.append(global, Id::NONE).unwrap();
        builder.list(&[global])
    };
    assert_eq!(tree(global), given("global"));
    let persistent_id = |builder: &mut Builder| {
        let id = builder.persistent_id(Id::NONE);
        builder.state(id, Id::bool(true)).unwrap();
        id
    };
    assert_eq!(tree(persistent_id), given("persistent id"));
    let extension = |builder: &mut Builder| {
        let extension = builder.extension(7);
        builder.state(extension, Id::bool(true)).unwrap();
        extension
    };
    assert_eq!(tree(extension), given("extension code"));
    let buffer = |builder: &mut Builder| {
        let buffer = builder.buffer("x");
        builder.add(buffer, Id::NONE).unwrap();
        buffer
    };
    assert_eq!(tree(buffer), given("buffer"));
    let surrogate = |builder: &mut Builder| {
        let (module, name) = (builder.str("app"), builder.wtf8(b"\xed\xa0\x80").unwrap());
        builder.global_of(module, name).unwrap()
    };
    let name = "a tree cannot hold the name of the global, which is not UTF-8";
    assert_eq!(tree(surrogate), Err(name.into()));
    let latin1 = |builder: &mut Builder| {
        let (module, name) = (builder.byte_string(b"app\xff"), builder.str("Point"));
        builder.global_of(module, name).unwrap()
    };
    assert_eq!(tree(latin1), Err(name.into()));
    let ascii = |builder: &mut Builder| {
        let (module, name) = (builder.byte_string(b"app"), builder.str("Point"));
        builder.global_of(module, name).unwrap()
    };
    assert_eq!(tree(ascii), Ok(Value::global("app", "Point")));
}
