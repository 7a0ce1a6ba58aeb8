//! Changes that make a program that fits one that tries to get past the policy.

use crate::make::{KEYS, Maker};
use crate::node::Node;

/// A change, which tells whether there was something to change, and the word that failures are counted by.
type Change = (&'static str, fn(&mut Maker<'_>, &mut Node) -> bool);

const CHANGES: [Change; 22] = [
    ("a method's name as a key", shadow),
    ("a method's name as a key", shadow),
    ("__x__ as a key", |maker, node| rename(maker, node, dunder)),
    ("a Python 2 string as a key", |maker, node| rename(maker, node, byte_string)),
    ("a numpy string as a key", |maker, node| rename(maker, node, numpy_string)),
    ("a key that is no text", |maker, node| rename(maker, node, |maker| maker.data(3))),
    ("an instance as a state", instance_as_state),
    ("an instance as a state", instance_as_state),
    ("slots in a state", slots),
    ("a list as a state", |maker, node| on_state(maker, node, |_, state| Node::List(vec![state]))),
    ("a second BUILD", second_build),
    ("a state that changes after BUILD", change_after),
    ("a name as a value", |maker, node| put(maker, node, |maker| Node::Global(maker.name()))),
    ("a name as a value", |maker, node| put(maker, node, |maker| Node::Global(maker.name()))),
    ("an object as a value", object_as_value),
    ("a number out of range", number),
    ("another type", |maker, node| put(maker, node, |maker| maker.data(1))),
    ("something long", long),
    ("an object that is dropped", drop),
    ("a container in itself", |maker, node| put(maker, node, |maker| Node::Cycle(vec![maker.data(2)]))),
    ("more or fewer arguments", arguments),
    ("keys of one hash", equal_hashes),
];

/// Changes a program in one or two ways; returns the first.
pub fn change(maker: &mut Maker<'_>, node: &mut Node) -> &'static str {
    let kind = loop {
        let (kind, change) = *maker.random.choose(&CHANGES);
        if change(maker, node) {
            break kind;
        }
    };
    if maker.random.chance(25) {
        let (_, change) = *maker.random.choose(&CHANGES);
        change(maker, node);
    }
    kind
}

/// Changes one of the nodes that a test chooses; returns whether there is any.
fn on_one(
    maker: &mut Maker<'_>,
    root: &mut Node,
    is_one: fn(&Node) -> bool,
    change: impl FnOnce(&mut Maker<'_>, &mut Node),
) -> bool {
    let mut count = 0;
    root.visit(&mut |node| count += usize::from(is_one(node)));
    if count == 0 {
        return false;
    }
    let mut left = maker.random.below(count) + 1;
    let mut change = Some(change);
    root.visit(&mut |node| {
        if left > 0 && is_one(node) {
            left -= 1;
            if left == 0
                && let Some(change) = change.take()
            {
                change(maker, node);
            }
        }
    });
    true
}

fn is_built(node: &Node) -> bool {
    matches!(node, Node::Build(..))
}

/// The class, or function, that an object is of.
fn class_of(node: &Node) -> Option<&str> {
    match node {
        Node::Call(callee, _) | Node::New(callee, ..) => match &**callee {
            Node::Global(name) => Some(name),
            _ => None,
        },
        Node::Build(object, _) | Node::Append(object, _) | Node::SetItem(object, _) => class_of(object),
        _ => None,
    }
}

fn shadow(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    on_one(maker, root, is_built, |maker, node| {
        let key = class_of(node).and_then(|class| {
            // Of the releases that are installed, or of any.
            let told = maker.classes.get(class).map(|class| &class.attributes);
            let known = maker.listed.entry(class).and_then(|entry| entry.known.get(class));
            let all = [told, known.map(|known| &known.attributes), known.map(|known| &known.data_keys)];
            let all: Vec<&Vec<String>> = all.into_iter().flatten().filter(|all| !all.is_empty()).collect();
            let all = (!all.is_empty()).then(|| *maker.random.choose(&all))?;
            Some(maker.random.choose(all).clone())
        });
        let key = key.unwrap_or_else(|| (*maker.random.choose(&METHODS)).to_owned());
        let value = if maker.random.chance(70) { Node::Global(maker.name()) } else { maker.value(2) };
        let Node::Build(_, state) = node else { return };
        state_pairs(state, maker.random.chance(20)).push((Node::Str(key), value));
    })
}

/// The pairs of a dict in a state, which is made one if it has none; of its second part, if `second`.
fn state_pairs(state: &mut Node, second: bool) -> &mut Vec<(Node, Node)> {
    let has_dict = match state {
        Node::Dict(_) => true,
        Node::Tuple(items) => items.iter().any(|item| matches!(item, Node::Dict(_))),
        _ => false,
    };
    if !has_dict {
        *state = Node::Dict(Vec::new());
    }
    if second && matches!(state, Node::Dict(_)) {
        *state = Node::Tuple(vec![Node::None, std::mem::replace(state, Node::None)]);
    }
    match state {
        Node::Dict(pairs) => pairs,
        Node::Tuple(items) => items
            .iter_mut()
            .find_map(|item| if let Node::Dict(pairs) = item { Some(pairs) } else { None })
            .expect("it has a dict"),
        _ => unreachable!("it was made a dict"),
    }
}

/// Replaces or adds a key.
fn rename(maker: &mut Maker<'_>, root: &mut Node, key: fn(&mut Maker<'_>) -> Node) -> bool {
    on_one(maker, root, is_built, |maker, node| {
        let Node::Build(_, state) = node else { return };
        let pair =
            (key(maker), if maker.random.chance(60) { Node::Global(maker.name()) } else { maker.value(2) });
        state_pairs(state, false).push(pair);
    })
}

fn dunder(maker: &mut Maker<'_>) -> Node {
    Node::str(maker.random.choose(&DUNDERS))
}

fn byte_string(maker: &mut Maker<'_>) -> Node {
    let mut text = maker.random.choose(&DUNDERS).as_bytes().to_vec();
    if maker.random.chance(60) {
        text.insert(maker.random.below(text.len() + 1), 0xff);
    }
    Node::ByteString(text)
}

fn numpy_string(maker: &mut Maker<'_>) -> Node {
    let text =
        if maker.random.chance(50) { maker.random.choose(&DUNDERS) } else { maker.random.choose(&METHODS) };
    let width = text.len();
    let dtype =
        Node::call("numpy:dtype", vec![Node::Str(format!("U{width}")), Node::Bool(false), Node::Bool(true)]);
    let state = [Node::Int(3), Node::str("<"), Node::None, Node::None, Node::None];
    let sizes = [Node::size(width * 4), Node::Int(4), Node::Int(8)];
    let dtype = dtype.build(Node::Tuple(state.into_iter().chain(sizes).collect()));
    let bytes = text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    Node::call("numpy.core.multiarray:scalar", vec![dtype, Node::Bytes(bytes)])
}

fn on_state(maker: &mut Maker<'_>, root: &mut Node, change: fn(&mut Maker<'_>, Node) -> Node) -> bool {
    on_one(maker, root, is_built, |maker, node| {
        if let Node::Build(_, state) = node {
            **state = change(maker, std::mem::replace(state, Node::None));
        }
    })
}

/// The state is a dict or a tuple once Python has made it.
fn instance_as_state(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    on_state(maker, root, |maker, mut state| {
        if maker.random.chance(70) {
            let key = if maker.random.chance(50) {
                dunder(maker)
            } else {
                Node::str(maker.random.choose(&METHODS))
            };
            let value = Node::Global(maker.name());
            state_pairs(&mut state, false).push((key, value));
        }
        let reconstructor = |base: &str, value| {
            Node::call("copyreg:_reconstructor", vec![Node::global(base), Node::global(base), value])
        };
        match (state, maker.random.below(6)) {
            (Node::Dict(pairs), 0) => {
                let object = Node::call("collections:OrderedDict", Vec::new());
                Node::SetItem(Box::new(object), pairs)
            }
            (Node::Dict(pairs), 1) => Node::call("collections:Counter", vec![Node::Dict(pairs)]),
            (Node::Dict(pairs), 2) => reconstructor("builtins:dict", Node::Dict(pairs)),
            (Node::Dict(pairs), 3) => {
                let class = maker.random.choose(&MAPPINGS);
                Node::New(Box::new(Node::global(class)), vec![Node::Dict(pairs)], Vec::new())
            }
            (Node::Dict(pairs), 4) => {
                let data = Node::Dict(vec![(Node::str("data"), Node::Dict(pairs))]);
                Node::new("collections:UserDict", Vec::new()).build(data)
            }
            (Node::Tuple(items), 0 | 1) => reconstructor("builtins:tuple", Node::Tuple(items)),
            (Node::Tuple(items), 2 | 3) => Node::new("builtins:tuple", vec![Node::List(items)]),
            (state, 5) => Node::Twice(Box::new(state)),
            _ => {
                let name = maker.name();
                maker.instance(&name, 1)
            }
        }
    })
}

fn slots(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    on_state(maker, root, |maker, state| {
        let key =
            if maker.random.chance(50) { dunder(maker) } else { Node::str(maker.random.choose(&METHODS)) };
        let value = if maker.random.chance(60) { Node::Global(maker.name()) } else { maker.value(2) };
        Node::Tuple(vec![state, Node::Dict(vec![(key, value)])])
    })
}

fn second_build(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    on_one(
        maker,
        root,
        |node| class_of(node).is_some(),
        |maker, node| {
            let object = std::mem::replace(node, Node::None);
            let key = (*maker.random.choose(&KEYS)).to_owned();
            let state = Node::Dict(vec![(Node::Str(key), maker.value(2))]);
            *node = object.build(state);
        },
    )
}

fn change_after(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    on_one(maker, root, is_built, |maker, node| {
        let Node::Build(object, state) = std::mem::replace(node, Node::None) else { return };
        let key =
            if maker.random.chance(50) { dunder(maker) } else { Node::str(maker.random.choose(&METHODS)) };
        let value = Node::Global(maker.name());
        *node = Node::Changed(object, state, vec![(key, value)]);
    })
}

fn is_value(node: &Node) -> bool {
    !matches!(node, Node::Global(_) | Node::Call(..) | Node::New(..))
}

/// Puts something in the place of a value.
fn put(maker: &mut Maker<'_>, root: &mut Node, value: fn(&mut Maker<'_>) -> Node) -> bool {
    on_one(maker, root, is_value, |maker, node| *node = value(maker))
}

fn object_as_value(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    put(maker, root, |maker| {
        let name = maker.name();
        maker.instance(&name, 2)
    })
}

fn number(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    let is_number = |node: &Node| matches!(node, Node::Int(_) | Node::Long(_) | Node::Bool(_));
    on_one(maker, root, is_number, |maker, node| {
        *node = match maker.random.below(8) {
            0 => Node::Int(-1),
            1 => Node::Int(i64::MAX),
            2 => Node::Int(i64::MIN),
            3 => Node::Int(1 << 31),
            4 => Node::Int(100_000_000),
            5 => Node::Float(f64::NAN),
            6 => Node::Long(vec![0, 0, 0, 0, 0, 0, 0, 0, 1]),
            _ => Node::Int(maker.random.between(-100_000, 100_000)),
        };
    })
}

/// Something so long that what is not linear shows.
fn long(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    if !maker.random.chance(10) {
        return number(maker, root);
    }
    put(maker, root, |maker| match maker.random.below(4) {
        0 => Node::Long(maker.random.bytes(150_000)),
        1 => Node::Str(maker.random.choose(&["9", "a", "(", "x|", "1e9", "[a-z]"]).repeat(50_000)),
        2 => Node::Bytes(maker.random.bytes(150_000)),
        _ => Node::List((0..20_000).map(Node::Int).collect()),
    })
}

fn drop(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    // Every program can be changed so, and most of the other changes are for those with states.
    if !maker.random.chance(20) {
        return false;
    }
    let name = maker.name();
    let mut dropped = maker.instance(&name, 1);
    if maker.random.chance(60) {
        rename(maker, &mut dropped, |_| Node::str("__del__"));
    } else {
        shadow(maker, &mut dropped);
    }
    let kept = std::mem::replace(root, Node::None);
    *root = Node::Dropped(Box::new(dropped), Box::new(kept));
    true
}

fn arguments(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    let is_made = |node: &Node| matches!(node, Node::Call(..) | Node::New(..));
    on_one(maker, root, is_made, |maker, node| {
        let (Node::Call(_, args) | Node::New(_, args, _)) = node else { return };
        match maker.random.below(3) {
            0 => _ = args.pop(),
            1 => args.push(maker.value(2)),
            _ => args.insert(0, maker.value(2)),
        }
    })
}

/// Keys whose hash is the same, in different types.
fn equal_hashes(maker: &mut Maker<'_>, root: &mut Node) -> bool {
    const PRIME: i64 = (1 << 61) - 1;
    let count: i64 = if maker.random.chance(3) { 10_000 } else { 20 };
    let form = maker.random.below(6);
    let key = |number: i64| {
        // An int of any length is hashed by its remainder.
        let mut bytes = (i128::from(number) * i128::from(PRIME)).to_le_bytes().to_vec();
        bytes.truncate(12);
        let int = Node::Long(bytes);
        match form {
            0 => int,
            1 => Node::Tuple(vec![int, Node::None]),
            2 => Node::FrozenSet(vec![int]),
            3 => Node::call("decimal:Decimal", vec![int]),
            4 => Node::call("fractions:Fraction", vec![int, Node::Int(1)]),
            _ => Node::new("uuid:UUID", Vec::new()).build(Node::Dict(vec![(Node::str("int"), int)])),
        }
    };
    let keys: Vec<Node> = (1..=count).map(key).collect();
    let made = match maker.random.below(3) {
        0 => Node::Set(keys),
        1 => Node::Dict(keys.into_iter().map(|key| (key, Node::None)).collect()),
        _ => Node::call(
            "collections:Counter",
            vec![Node::Dict(keys.into_iter().map(|key| (key, Node::Int(1))).collect())],
        ),
    };
    on_one(maker, root, is_value, |_, node| *node = made)
}

const DUNDERS: [&str; 20] = [
    "__setstate__",
    "__getattr__",
    "__class__",
    "__dict__",
    "__del__",
    "__reduce__",
    "__call__",
    "__hash__",
    "__eq__",
    "__init__",
    "__new__",
    "__module__",
    "__doc__",
    "__weakref__",
    "__slots__",
    "__iter__",
    "__len__",
    "__array__",
    "__getstate__",
    "__setattr__",
];

const METHODS: [&str; 24] = [
    "_data",
    "append",
    "items",
    "keys",
    "update",
    "get",
    "copy",
    "shape",
    "dtype",
    "_mgr",
    "_metadata",
    "_setitem",
    "fit",
    "predict",
    "transform",
    "get_params",
    "_apply",
    "forward",
    "register_buffer",
    "extend",
    "count",
    "tzinfo",
    "random_state",
    "coeffs",
];

const MAPPINGS: [&str; 4] = [
    "builtins:dict",
    "collections:OrderedDict",
    "scipy.optimize._optimize:OptimizeResult",
    "sklearn.utils._bunch:Bunch",
];
