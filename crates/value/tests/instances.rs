//! Instances in trees, and paths that lead into them.

use halfsour_value::{Builder, Dict, Form, Graph, Value, ValueInstance, value};

#[test]
fn attributes_are_where_the_class_has_them() {
    let mut plain: Value = Value::instance("app", "P").attr("x", 1).into();
    assert!(plain.set_attr("x", 2) && plain.set_attr("y", [3]));
    plain.attr_mut("y").unwrap().as_list_mut().unwrap().push(4.into());
    assert_eq!(plain.to_string(), "app.P(x=2, y=[3, 4])");
    assert_eq!(plain.path("y[1]").unwrap(), &4);
    assert_eq!(plain.class(), Some(("app", "P")));

    let mut slots: Value = Value::instance("app", "S").slot("x", 1).into();
    assert!(slots.set_attr("x", 2) && slots.set_attr("y", 3));
    assert_eq!(slots.to_string(), "app.S().__setstate__((None, {'x': 2, 'y': 3}))");
    let both: Value = Value::instance("app", "B").slot("x", 1).attr("y", 2).into();
    assert_eq!(both.to_string(), "app.B().__setstate__(({'y': 2}, {'x': 1}))");
    assert_eq!((both.attr("x").unwrap(), both.attr("y").unwrap()), (&1.into(), &2.into()));
    let both: Value = Value::instance("app", "B").attr("y", 2).slot("x", 1).into();
    assert_eq!(both.to_string(), "app.B().__setstate__(({'y': 2}, {'x': 1}))");

    let mut other: Value = Value::instance("app", "O").state([1, 2]).into();
    assert!(!other.set_attr("x", 1));
    assert_eq!(other.to_string(), "app.O().__setstate__([1, 2])");
    assert!(!Value::None.set_attr("x", 1));
}

#[test]
fn items_of_instances_are_like_a_dicts_or_lists() {
    let mut ordered: Value =
        ValueInstance::call(Value::global("collections", "OrderedDict")).items([("a", 1), ("b", 2)]).into();
    ordered["a"] = 3.into();
    ordered["c"] = 4.into();
    assert_eq!(ordered.to_string(), "collections.OrderedDict() | {'a': 3, 'b': 2, 'c': 4}");
    assert_eq!(ordered.path("c").unwrap(), &4);
    let mut deque: Value =
        ValueInstance::call(Value::global("collections", "deque")).append([1, 2]).append([3]).into();
    deque[-1] = "last".into();
    assert_eq!((&deque[0], &deque[2]), (&1.into(), &"last".into()));
    assert!(deque.get(3).is_none());
}

#[test]
#[should_panic(expected = "app.Plain has no item 'name'; attributes are set by `set_attr` or `path_mut`")]
fn an_attribute_is_not_set_by_index() {
    let mut value = value!([(Value::instance("app", "Plain").attr("name", "Ada"))]);
    value[0]["name"] = "Grace".into();
}

#[test]
#[should_panic(expected = "collections.deque has no item 2")]
fn an_index_beyond_what_was_appended_cannot_be_set() {
    let deque = ValueInstance::call(Value::global("collections", "deque"));
    Value::from(deque.append([1, 2]))[2] = 3.into();
}

#[test]
fn a_first_item_is_set_where_no_attribute_can_be_meant() {
    let mut ordered: Value = ValueInstance::call(Value::global("collections", "OrderedDict")).into();
    ordered["a"] = 1.into();
    assert_eq!(ordered.to_string(), "collections.OrderedDict() | {'a': 1}");
    let mut counts = ValueInstance::call(Value::global("collections", "defaultdict"))
        .args([Value::global("builtins", "int")]);
    assert_eq!(counts.set_item("a", 1), None);
    assert_eq!(counts.set_item("a", 2), Some(1.into()));
    let mut counts = Value::from(counts);
    counts["b"] = 3.into();
    assert_eq!(counts.to_string(), "collections.defaultdict(builtins.int) | {'a': 2, 'b': 3}");
}

/// Python keeps what these hold in their arguments: they have no `__dict__`, so loading fails if they are given a state.
#[test]
fn an_object_that_is_made_of_arguments_gets_no_attribute() {
    let class = || Value::global("app", "Point");
    let form = |form, args| ValueInstance { form, args, ..ValueInstance::new(class()) };
    let none: [Value; 0] = [];
    for instance in [
        ValueInstance::new(class()).args([1, 2]),
        ValueInstance::new(class()).kwargs([("x", 1)]),
        ValueInstance::call(Value::global("decimal", "Decimal")).args(["1.5"]),
        form(Form::NewObjCall, value!(((class()), 1))),
        form(Form::NewObjExCall, value!(((class()), (), {"x": 1}))),
        form(Form::Reconstructor, value!(((class()), (Value::global("builtins", "tuple")), (1, 2)))),
    ] {
        let mut value = Value::from(instance.clone());
        assert!(!value.set_attr("x", 9), "{value}");
        assert_eq!(value, Value::from(instance.clone()));
        let mut value = Value::from(instance.state(value!({})));
        assert!(value.set_attr("x", 9), "{value}");
    }
    for instance in [
        ValueInstance::new(class()),
        ValueInstance::new(class()).args(none).kwargs(Dict::new()),
        form(Form::NewObjCall, value!(((class()),))),
        form(Form::NewObjExCall, value!(((class()), (), {}))),
        form(Form::Reconstructor, value!(((class()), (Value::global("builtins", "object")), None))),
    ] {
        let mut value = Value::from(instance);
        assert!(value.set_attr("x", 9), "{value}");
        assert_eq!(value.attr("x").unwrap(), &9);
    }
}

fn graph(value: &Value) -> Graph {
    let mut builder = Builder::new();
    let root = builder.value(value).unwrap();
    builder.build(root)
}

/// The members of a `NamedTuple` and of a frozen dataclass with slots are reached by index, in a tree as in its graph; those
/// of what a call is given are not members of what it returns.
#[test]
fn members_of_arguments_and_of_a_state_are_reached_by_index() {
    let class = || Value::global("app", "Point");
    let form = |form, args| ValueInstance { form, args, ..ValueInstance::new(class()) };
    for instance in [
        ValueInstance::new(class()).args([1, 2]),
        ValueInstance::new(class()).args([1, 2]).kwargs([("k", 3)]),
        form(Form::NewObjCall, value!(((class()), 1, 2))),
        form(Form::NewObjExCall, value!(((class()), (1, 2), {"k": 3}))),
        form(Form::Reconstructor, value!(((class()), (Value::global("builtins", "tuple")), (1, 2)))),
        ValueInstance::new(class()).state([1, 2]),
        ValueInstance::new(class()).args([5]).state((1, 2)),
    ] {
        let mut value = Value::from(instance.clone());
        let graph = graph(&value);
        for (path, member) in [("[0]", 1), ("[1]", 2), ("[-2]", 1)] {
            assert_eq!(value.path(path).unwrap(), &member, "{value}");
            assert_eq!(graph.root().path(path).unwrap().as_i64(), Some(member), "{value}");
        }
        for path in ["[2]", "[-3]", "['k']"] {
            assert!(value.path(path).is_err() && graph.root().path(path).is_err(), "{value}");
        }
        *value.path_mut("[-1]").unwrap() = 7.into();
        assert_eq!(value.to_string(), Value::from(instance).to_string().replacen('2', "7", 1));
    }
    let pair = value!((1, {"k": 2}));
    for instance in [
        ValueInstance::call(class()).args([1, 2]),
        ValueInstance::call(class()).state([1, 2]),
        ValueInstance::new(class()).args([1, 2]).state(value!({})),
        ValueInstance::new(class()).state((Value::None, value!({}))),
        ValueInstance::new(class()).args([1, 2]).items([("a", 1)]),
    ] {
        let value = Value::from(instance);
        assert!(value.path("[0]").is_err(), "{value}");
        assert!(graph(&value).root().path("[0]").is_err(), "{value}");
    }
    assert_eq!(Value::from(ValueInstance::new(class()).state(pair)).path("[1].k").unwrap(), &2);
}

#[test]
fn a_key_of_a_path_may_hold_quotes() {
    let value = value!({"it's": 1, "a\"b": 2, "c\\d": 3, "e']": 4, "f\\": 5, "C:\\dir": 6, "é\\'": 7});
    let graph = graph(&value);
    for (path, found) in [
        (r"['it\'s']", 1),
        (r#"["it's"]"#, 1),
        (r#"['a"b']"#, 2),
        (r#"['a\"b']"#, 2),
        (r"['c\\d']", 3),
        (r"['e\']']", 4),
        (r#"["e']"]"#, 4),
        (r"['f\\']", 5),
        (r"['C:\dir']", 6),
        (r"['é\\\'']", 7),
    ] {
        assert_eq!(value.path(path).unwrap(), &found, "{path}");
        assert_eq!(graph.root().path(path).unwrap().as_i64(), Some(found), "{path}");
    }
    for path in [r"['it's']", r"['f\']", "['a'", "['a'b]", "['a"] {
        let error = value.path(path).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(r"{path}: a key ends with its quote and ], and a \ stands before a quote in it")
        );
    }
}
