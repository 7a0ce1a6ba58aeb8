//! Persistent ids become the objects that they stand for.

use halfsour_value::{Builder, Data, Node, TreeLimits, Value, ValueInstance};

#[test]
fn persistent_ids_become_objects() {
    let mut b = Builder::new();
    let (class, storage) = (b.global("torch", "FloatStorage"), b.str("storage"));
    let ids = [(); 3].map(|()| b.tuple(&[storage, class]));
    let [first, again, kept] = ids.map(|id| b.persistent_id(id));
    let other = b.str("other");
    let unknown = b.persistent_id(other);
    b.append(kept, other).unwrap();
    let key = b.dict(&[(first, unknown)]).unwrap();
    let root = b.list(&[first, again, kept, unknown, key]);
    let build = || b.clone().build(root);

    let mut asked = Vec::new();
    let resolved = build().resolve_persistent(|id| {
        asked.push(id.to_string());
        id.elements().map(|_| Value::Instance(Box::new(instance())))
    });
    let graph = resolved.unwrap();
    assert_eq!(asked, ["('storage', torch.FloatStorage)", "'other'"]);
    let places: Vec<_> = graph.root().elements().unwrap().collect();
    assert!(places[0] == places[1] && places[1] == places[2]);
    assert_eq!(places[4].items().unwrap().next().unwrap().0, places[0]);
    // What the stream did to one of them is done to the object.
    assert_eq!(places[0].children().last().and_then(Node::as_str), Some("other"));
    assert!(matches!(places[3].data(), Data::PersistentId(_)));
    assert_eq!(graph.persistent_ids().map(|id| id.to_string()).collect::<Vec<_>>(), ["'other'"]);

    let list = |id: Node<'_>| id.elements().map(|_| Value::List(Vec::new()));
    let error = build().resolve_persistent(list).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the objects for persistent ids: a key or member is of a kind that cannot be hashed"
    );
    let int = |id: Node<'_>| id.elements().map(|_| Value::Int(1));
    let error = build().resolve_persistent(int).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the persistent id ('storage', torch.FloatStorage): the object has no such method, or not for these values"
    );
}

fn instance() -> ValueInstance {
    let mut b = Builder::new();
    let object = b.instance("app", "Storage").finish();
    match b.build(object).to_value(TreeLimits::default()) {
        Ok(Value::Instance(instance)) => *instance,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_root_is_a_place_of_a_persistent_id() {
    let mut b = Builder::new();
    let id = b.int(7);
    let root = b.persistent_id(id);
    let graph = b
        .build(root)
        .resolve_persistent(|id| Some(Value::List(vec![Value::Int(id.as_i64().unwrap())])))
        .unwrap();
    assert_eq!(graph.root().to_string(), "[7]");
}
