//! Graphs are changed in place: what is not touched keeps its identity.

use std::collections::HashMap;

use halfsour_value::{Builder, Form, Graph, Id, Node, StepError};

fn shown(graph: &Graph) -> String {
    graph.root().to_string()
}

#[test]
fn an_attribute_changes_where_sharing_and_cycles_stay() {
    let mut b = Builder::new();
    let (ada, one) = (b.str("Ada"), b.int(1));
    let user = b.instance("app", "User").attr("name", ada).attr("n", one).finish();
    let friends = b.list(&[user, user]);
    b.append(friends, friends).unwrap();
    let graph = b.build(friends);
    let before: Vec<Id> = graph.root().elements().unwrap().map(Node::id).collect();

    let mut b = Builder::from_graph(graph);
    let grace = b.str("Grace");
    b.set_attr(user, "name", grace).unwrap();
    b.set_attr(user, "new", friends).unwrap();
    let graph = b.build(friends);
    let after: Vec<Id> = graph.root().elements().unwrap().map(Node::id).collect();
    assert_eq!(before, after);
    let user = graph.root().at(1).unwrap();
    assert_eq!(user.attr("name").and_then(Node::as_str), Some("Grace"));
    assert_eq!(user.attr("n").and_then(Node::as_i64), Some(1));
    assert_eq!(user.attr("new"), Some(graph.root()));
    assert_eq!(graph.root().path("[0].name").unwrap().id(), grace);
    assert_eq!(user.as_instance().unwrap().attrs().count(), 3);
}

#[test]
fn a_state_that_two_instances_share_changes_in_one() {
    let mut b = Builder::new();
    let (key, one, two) = (b.str("x"), b.int(1), b.int(2));
    let state = b.dict(&[(key, one)]).unwrap();
    let class = b.global("app", "Borg");
    let borgs = [(); 2].map(|()| b.instance_of(class).state(state));
    let root = b.list(&[borgs[0], borgs[1], state]);
    let mut b = Builder::from_graph(b.build(root));
    b.set_attr(borgs[0], "x", two).unwrap();
    b.set_attr(borgs[0], "y", two).unwrap();
    assert_eq!(shown(&b.build(root)), "[app.Borg(x=2, y=2), app.Borg(x=1), {'x': 1}]");
}

#[test]
fn attributes_are_set_where_they_are() {
    let mut b = Builder::new();
    let [one, two, three] = [1, 2, 3].map(|int| b.int(int));
    let (x, y) = (b.str("x"), b.str("y"));
    let (dict, slots) = (b.dict(&[(x, one)]).unwrap(), b.dict(&[(y, two)]).unwrap());
    let class = b.global("app", "C");
    let both = b.tuple(&[dict, slots]);
    let both = b.instance_of(class).state(both);
    let slotted = b.instance("app", "S").attr("y", one).slots().finish();
    let bare = b.instance("app", "B").finish();
    let odd = b.instance("app", "O").state(one);
    let root = b.list(&[both, slotted, bare]);
    let mut b = Builder::from_graph(b.build(root));
    for object in [both, slotted, bare] {
        b.set_attr(object, "y", three).unwrap();
    }
    b.set_attr(both, "z", three).unwrap();
    assert_eq!(b.set_attr(odd, "y", three), Err(StepError::NotAttributes));
    assert_eq!(b.set_attr(root, "y", three), Err(StepError::Unsupported));
    assert_eq!(b.set_attr(Id::NONE, "y", three), Err(StepError::Unsupported));
    assert!(b.remove_attr(both, "x").unwrap());
    assert!(!b.remove_attr(both, "x").unwrap());
    let graph = b.build(root);
    let state = |at: usize| graph.root().at(at).unwrap().as_instance().unwrap().state().unwrap().to_string();
    assert_eq!([0, 1, 2].map(state), ["({'z': 3}, {'y': 3})", "(None, {'y': 3})", "{'y': 3}"]);
}

#[test]
fn items_are_replaced_and_removed_as_python_would() {
    let mut b = Builder::new();
    let [one, two, three] = [1, 2, 3].map(|int| b.int(int));
    let (float, text, pair) = (b.float(1.0), b.str("k"), b.tuple(&[one, two]));
    let many: Vec<_> = (0..40).map(|n| (b.str(&format!("k{n}")), one)).collect();
    let large = b.dict(&many).unwrap();
    let dict = b.dict(&[(one, one), (text, two), (pair, three)]).unwrap();
    let set = b.set(&[one, text]).unwrap();
    let ordered = b.instance("collections", "OrderedDict").finish();
    b.set_item(ordered, text, one).unwrap();
    b.set_item(ordered, one, two).unwrap();
    let list = b.list(&[one, two, three]);
    let root = b.list(&[dict, set, ordered, list, large]);
    let graph = b.build(root);
    // What is known of keys is known anew afterwards.
    assert!(graph.root().at(4).unwrap().get("k30").is_some());

    let mut b = Builder::from_graph(graph);
    b.set_item(dict, float, two).unwrap(); // 1.0 is the key 1
    let same_pair = b.tuple(&[one, two]);
    assert!(b.remove_item(dict, same_pair).unwrap());
    assert!(!b.remove_item(dict, same_pair).unwrap());
    assert!(b.remove_item(set, float).unwrap());
    assert!(b.remove_item(ordered, float).unwrap());
    b.set_item(ordered, three, three).unwrap();
    b.set_at(list, 2, text).unwrap();
    assert_eq!(b.set_at(list, 3, text), Err(StepError::OutOfRange));
    assert_eq!(b.remove_at(list, 0), Ok(one));
    b.append(list, list).unwrap();
    assert_eq!(b.set_item(dict, list, one), Err(StepError::Unhashable));
    let key = b.str("k30");
    b.set_item(large, key, two).unwrap();
    let graph = b.build(root);
    assert_eq!(graph.root().at(0).unwrap().to_string(), "{1: 2, 'k': 2}");
    assert_eq!(graph.root().at(1).unwrap().to_string(), "{'k'}");
    assert_eq!(graph.root().at(3).unwrap().to_string(), "[2, 'k', [...]]");
    let large = graph.root().at(4).unwrap();
    assert_eq!((large.len(), large.get("k30").and_then(Node::as_i64)), (Some(40), Some(2)));
    assert_eq!(large.items().unwrap().position(|(key, _)| key.as_str() == Some("k30")), Some(30));
    assert_eq!(graph.root().path("[2]['k']").unwrap().id(), one);
    assert_eq!(graph.root().path("[2][3]").unwrap().id(), three);
    assert!(graph.root().path("[2][1]").is_err());
}

#[test]
fn every_place_that_held_an_object_holds_the_other() {
    let mut b = Builder::new();
    let (old, key) = (b.str("old"), b.str("key"));
    let dict = b.dict(&[(key, old), (old, key)]).unwrap();
    let args = b.tuple(&[old]);
    let object = b.instance("app", "C").args(args).attr("a", old).finish();
    b.append(object, old).unwrap();
    let persistent = b.persistent_id(old);
    let set = b.frozenset(&[old]).unwrap();
    let root = b.list(&[old, dict, object, persistent, set]);
    let mut b = Builder::from_graph(b.build(root));
    let new = b.bytes(b"new");
    b.replace(old, new).unwrap();
    let graph = b.try_build(root).unwrap();
    assert!(graph.descendants().all(|node| node.id() != old), "{}", shown(&graph));
    assert_eq!(graph.descendants().filter(|node| node.id() == new).count(), 1);
    assert_eq!(graph.root().path("[1]['key']").unwrap().id(), new);
    assert_eq!(graph.root().at(1).unwrap().get(b"new").map(Node::id), Some(key));
    assert_eq!(graph.root().path("[2].a").unwrap().id(), new);

    // A list cannot be a key; and a tuple cannot hold itself.
    let mut b = Builder::from_graph(graph);
    let list = b.list(&[]);
    b.replace(new, list).unwrap();
    assert_eq!(b.try_build(root).err(), Some(StepError::Unhashable));
}

#[test]
fn an_object_is_wrapped_where_it_is() {
    let mut b = Builder::new();
    let one = b.float(1.0);
    let root = b.tuple(&[one, one]);
    let mut b = Builder::from_graph(b.build(root));
    let class = b.global("app", "Box");
    let wrapper = b.made(Form::New, class, Id::EMPTY_TUPLE, None);
    b.replace(one, wrapper).unwrap();
    b.state(wrapper, one).unwrap();
    let graph = b.try_build(root).unwrap();
    assert_eq!(graph.root().at(0), graph.root().at(1));
    let state = graph.root().at(0).unwrap().as_instance().unwrap().state();
    assert_eq!(state.map(Node::id), Some(one));

    let mut b = Builder::from_graph(graph);
    let around = b.tuple(&[wrapper]);
    b.replace_all(&HashMap::from([(wrapper, around)])).unwrap();
    assert_eq!(b.try_build(root).err(), Some(StepError::Unsupported));
}

#[test]
fn an_object_without_identity_is_not_replaced() {
    let mut b = Builder::new();
    let (one, text, large) = (b.int(1), b.str("x"), b.int(1 << 40));
    let root = b.list(&[one, Id::NONE, Id::bool(true), Id::EMPTY_TUPLE, large, text]);
    for old in [one, Id::NONE, Id::bool(true), Id::EMPTY_TUPLE] {
        assert_eq!(b.replace(old, text), Err(StepError::NoIdentity));
        assert_eq!(b.replace_all(&HashMap::from([(old, text), (large, text)])), Err(StepError::NoIdentity));
    }
    b.replace(large, text).unwrap();
    assert_eq!(shown(&b.build(root)), "[1, None, True, (), 'x', 'x']");
}

#[test]
fn an_object_that_is_made_of_arguments_gets_no_attribute() {
    let mut b = Builder::new();
    let (one, name) = (b.int(1), b.str("x"));
    let (args, kwargs) = (b.tuple(&[one]), b.dict(&[(name, one)]).unwrap());
    let empty = b.dict(&[]).unwrap();
    let point = b.instance("app", "Point").args(args).finish();
    let keywords = b.instance("app", "Point").kwargs(kwargs).finish();
    let none = b.instance("app", "Point").kwargs(empty).finish();
    let stateful = b.instance("app", "Point").args(args).attr("x", one).finish();
    for object in [point, keywords] {
        assert_eq!(b.set_attr(object, "x", name), Err(StepError::MadeOfArguments));
    }
    for object in [none, stateful] {
        b.set_attr(object, "x", name).unwrap();
    }
    b.set_part(args, 0, name);
    let root = b.list(&[point, keywords, none, stateful]);
    assert_eq!(
        shown(&b.build(root)),
        "[app.Point('x'), app.Point(**{'x': 1}), app.Point(**{}, x='x'), app.Point('x', x='x')]",
    );
}

#[test]
fn appended_items_are_replaced_and_removed_by_index() {
    let mut b = Builder::new();
    let [one, two, three] = [1, 2, 3].map(|int| b.int(int));
    let class = b.global("collections", "deque");
    let deque = b.call(class, Id::EMPTY_TUPLE);
    for item in [one, two] {
        b.append(deque, item).unwrap();
    }
    b.set_item(deque, one, two).unwrap();
    b.append(deque, three).unwrap();
    assert_eq!(b.set_at(deque, 3, one), Err(StepError::OutOfRange));
    assert_eq!(b.set_at(class, 0, one), Err(StepError::Unsupported));
    b.set_at(deque, 2, one).unwrap();
    b.set_at(deque, 0, three).unwrap();
    let graph = b.build(deque);
    assert_eq!(shown(&graph), "collections.deque() + [3, 2] | {1: 2} + [1]");
    let mut b = Builder::from_graph(graph);
    assert_eq!(b.remove_at(deque, 2), Ok(one));
    assert_eq!(b.remove_at(deque, 0), Ok(three));
    b.append(deque, one).unwrap();
    assert_eq!(b.remove_at(deque, 2), Err(StepError::OutOfRange));
    assert_eq!(shown(&b.build(deque)), "collections.deque() + [2] | {1: 2} + [1]");
}
