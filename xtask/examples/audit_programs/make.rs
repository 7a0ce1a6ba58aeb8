//! Programs that fit the policy: for each name and use, arguments and states that its patterns take.

use std::collections::HashMap;

use serde::Deserialize;

use crate::census::Known;
use crate::listed::{Entry, Keys, Listed};
use crate::node::Node;
use crate::pattern::Pattern;
use crate::random::Random;

/// How deep objects lie in each other.
const DEEPEST: usize = 4;
/// Where they end though the patterns want more: what makes itself of itself has no end.
const END: usize = 4 * DEEPEST;

/// What a real Python says of a class.
#[derive(Default, Deserialize)]
pub struct Class {
    /// All that `dir` lists.
    pub attributes: Vec<String>,
    /// What its methods set on `self`.
    pub keys: Vec<String>,
}

pub type Classes = HashMap<String, Class>;

/// Makes objects.
pub struct Maker<'p> {
    pub listed: &'p Listed,
    pub classes: &'p Classes,
    pub random: Random,
}

impl Maker<'_> {
    /// An object of a class, or the result of a function; the name itself, if it may be neither called nor made.
    pub fn instance(&mut self, name: &str, depth: usize) -> Node {
        let listed = self.listed;
        let Some(entry) = listed.entry(name).filter(|_| depth < END) else { return Node::global(name) };
        if let Some(made) = self.special(name, entry.acts.as_deref()) {
            return made;
        }
        let ways: Vec<&str> = ["call", "new"].into_iter().filter(|way| entry.may(way)).collect();
        let Some(way) = (!ways.is_empty()).then(|| *self.random.choose(&ways)) else {
            return Node::global(name);
        };
        let patterns: &Vec<Pattern> = self.random.choose(&entry.args);
        let args = self.args(patterns, depth);
        let mut object = if way == "call" {
            Node::call(name, args)
        } else {
            let mut keywords = Vec::new();
            for (key, pattern) in &entry.keywords {
                if self.random.chance(50) {
                    keywords.push((Node::str(key), self.fitting(pattern, name, depth + 1)));
                }
            }
            Node::New(Box::new(Node::global(name)), args, keywords)
        };
        let items = entry.items.as_ref().unwrap_or(&Pattern::Any);
        if entry.may("setitem") && self.random.chance(40) {
            let pairs = vec![(self.key(), self.fitting(items, "", depth + 1))];
            object = Node::SetItem(Box::new(object), pairs);
        }
        if entry.may("append") && self.random.chance(40) {
            let items = vec![self.fitting(items, "", depth + 1)];
            object = Node::Append(Box::new(object), items);
        }
        if entry.may("build") && self.random.chance(75) {
            let any = Pattern::Kind("attributes".to_owned(), None);
            let state = self.fitting(entry.state.as_ref().unwrap_or(&any), name, depth + 1);
            object = object.build(state);
        }
        object
    }

    /// An object of a class, or the result of a function, of these arguments.
    fn made_of(&mut self, name: &str, args: &[Pattern], depth: usize) -> Node {
        let args = self.args(args, depth);
        let is_called = self.listed.entry(name).is_some_and(|entry| entry.may("call"));
        if is_called { Node::call(name, args) } else { Node::new(name, args) }
    }

    fn args(&mut self, patterns: &[Pattern], depth: usize) -> Vec<Node> {
        let mut args = Vec::new();
        for pattern in patterns {
            match pattern {
                Pattern::Optional(_) if depth >= DEEPEST || self.random.chance(40) => break,
                Pattern::Optional(pattern) => args.push(self.fitting(pattern, "", depth + 1)),
                Pattern::Repeated(pattern) => {
                    for _ in 0..self.length(None, 3, depth) {
                        args.push(self.fitting(pattern, "", depth + 1));
                    }
                }
                pattern => args.push(self.fitting(pattern, "", depth + 1)),
            }
        }
        args
    }

    /// What fits a pattern; `class` is that of the object whose state it is.
    fn fitting(&mut self, pattern: &Pattern, class: &str, depth: usize) -> Node {
        match pattern {
            Pattern::Any => self.value(depth),
            Pattern::Data => self.data(depth),
            Pattern::Int(low, high) => Node::Int(self.random.between(*low, *high)),
            Pattern::Bool(value) => Node::Bool(*value),
            Pattern::Str(text) => Node::str(text),
            Pattern::Bytes(text) => Node::Bytes(text.clone().into_bytes()),
            Pattern::Tuple(parts) => {
                let parts: Vec<Pattern> = parts.clone();
                let items = self.in_state(&parts, class, depth);
                Node::Tuple(items)
            }
            Pattern::Is(name) => {
                let names = self.listed.members(name);
                Node::global(self.random.choose(&names))
            }
            Pattern::Of(name, args) => {
                let names = self.listed.members(name);
                let name = self.random.choose(&names).clone();
                match args {
                    Some(args) => self.made_of(&name, args, depth + 1),
                    None => self.instance(&name, depth + 1),
                }
            }
            Pattern::OneOf(all) => {
                let flat: Vec<&Pattern> = all.iter().filter(|it| depth < DEEPEST || it.is_flat()).collect();
                let pattern =
                    if flat.is_empty() { self.random.choose(all) } else { self.random.choose(&flat) };
                self.fitting(pattern, class, depth)
            }
            Pattern::Optional(pattern) | Pattern::Repeated(pattern) => self.fitting(pattern, class, depth),
            Pattern::Items(kind, length, pattern) => {
                let count = self.length(*length, 4, depth);
                let items = (0..count).map(|_| self.fitting(pattern, "", depth + 1)).collect();
                collection(kind, items)
            }
            Pattern::Pairs(length, pair) => {
                let [key, value] = &**pair;
                let count = self.length(*length, 3, depth);
                let pairs = (0..count)
                    .map(|_| (self.fitting(key, "", depth + 1), self.fitting(value, "", depth + 1)))
                    .collect();
                Node::Dict(pairs)
            }
            Pattern::Fields(fields) => {
                let mut pairs = Vec::new();
                for (key, is_optional, pattern) in fields {
                    if !is_optional || depth < DEEPEST && self.random.chance(60) {
                        pairs.push((Node::str(key), self.fitting(pattern, "", depth + 1)));
                    }
                }
                Node::Dict(pairs)
            }
            Pattern::Kind(kind, length) => self.kind(kind, *length, class, depth),
        }
    }

    /// The items of a tuple, in which a dict may hold attributes of the class.
    fn in_state(&mut self, patterns: &[Pattern], class: &str, depth: usize) -> Vec<Node> {
        let mut items = Vec::new();
        for pattern in patterns {
            match pattern {
                Pattern::Optional(_) if depth >= DEEPEST || self.random.chance(40) => break,
                Pattern::Repeated(pattern) => {
                    for _ in 0..self.length(None, 3, depth) {
                        items.push(self.fitting(pattern, "", depth + 1));
                    }
                }
                pattern => items.push(self.fitting(pattern, class, depth + 1)),
            }
        }
        items
    }

    fn kind(&mut self, kind: &str, length: Option<(i64, i64)>, class: &str, depth: usize) -> Node {
        match kind {
            "None" => Node::None,
            "bool" => Node::Bool(self.random.chance(50)),
            "int" if length.is_some() => {
                let length = self.length(length, 8, 0);
                Node::Long(self.random.bytes(length))
            }
            "int" | "shortint" => self.int(kind == "int"),
            "float" => self.float(),
            "complex" => Node::call("builtins:complex", vec![self.float(), self.float()]),
            "numeral" => Node::Str(format!("{}/{}", self.random.below(1000), self.random.below(100))),
            "str" => {
                let length = self.length(length, 8, 0);
                Node::Str((0..length).map(|_| *self.random.choose(&TEXT)).collect())
            }
            "bytes" | "buffer" => {
                let length = self.length(length, 8, 0);
                Node::Bytes(self.random.bytes(length))
            }
            "bytearray" => Node::call("builtins:bytearray", vec![Node::Bytes(self.random.bytes(4))]),
            "list" | "tuple" | "set" | "frozenset" => {
                let count = self.length(length, 4, depth);
                let is_hashed = kind.ends_with("set");
                let item = |maker: &mut Self| if is_hashed { maker.key() } else { maker.value(depth + 1) };
                collection(kind, (0..count).map(|_| item(self)).collect())
            }
            "dict" | "attributes" if !class.is_empty() => self.attributes(class, depth),
            "slots" => self.slots(class, depth),
            "persistent" => self.storage_id().0,
            _ => {
                let count = self.random.below(4);
                Node::Dict((0..count).map(|_| (self.key(), self.value(depth + 1))).collect())
            }
        }
    }

    /// A dict of attributes that the class may have.
    fn attributes(&mut self, class: &str, depth: usize) -> Node {
        let (listed, classes) = (self.listed, self.classes);
        let Some(entry) = listed.entry(class) else { return Node::Dict(Vec::new()) };
        let nothing = Known::default();
        let known = entry.known.get(class).unwrap_or(&nothing);
        let keys = match &entry.keys {
            Keys::These(keys) => keys.as_slice(),
            Keys::Open if known.keys.is_empty() => classes.get(class).map_or(&[][..], |class| &class.keys),
            Keys::Open | Keys::Known => &known.keys,
        };
        let mut pairs: Vec<(Node, Node)> = Vec::new();
        for _ in 0..self.random.below(5) {
            let key = match &entry.keys {
                Keys::Open if keys.is_empty() || self.random.chance(50) => {
                    (*self.random.choose(&KEYS)).to_owned()
                }
                Keys::Known if !known.data_keys.is_empty() && self.random.chance(15) => {
                    let key = self.random.choose(&known.data_keys).clone();
                    pairs.push((Node::Str(key), self.data(depth + 1)));
                    continue;
                }
                _ if keys.is_empty() => break,
                _ => self.random.choose(keys).clone(),
            };
            let value = self.field(entry, &key, depth);
            pairs.push((Node::Str(key), value));
        }
        Node::Dict(pairs)
    }

    /// A dict of slots of the class.
    fn slots(&mut self, class: &str, depth: usize) -> Node {
        let listed = self.listed;
        let mut pairs = Vec::new();
        if let Some(entry) = listed.entry(class)
            && let Some(known) = entry.known.get(class).filter(|known| !known.slots.is_empty())
        {
            for _ in 0..self.random.below(4) {
                let slot = self.random.choose(&known.slots).clone();
                let value = self.field(entry, &slot, depth);
                pairs.push((Node::Str(slot), value));
            }
        }
        Node::Dict(pairs)
    }

    fn field(&mut self, entry: &Entry, key: &str, depth: usize) -> Node {
        match entry.fields.get(key) {
            Some(pattern) => self.fitting(pattern, "", depth + 1),
            None => self.value(depth + 1),
        }
    }

    /// Whatever may be stored: data, objects, and names as values.
    pub fn value(&mut self, depth: usize) -> Node {
        if depth >= DEEPEST || self.random.chance(70) {
            return self.data(depth);
        }
        let name = self.name();
        let listed = self.listed;
        let is_value = listed.entry(&name).is_some_and(|entry| entry.may("value"));
        if is_value && self.random.chance(30) {
            return Node::Global(name);
        }
        self.instance(&name, depth + 1)
    }

    /// One of the listed names.
    pub fn name(&mut self) -> String {
        let listed = self.listed;
        self.random.choose(&listed.names).clone()
    }

    /// Data without a name in it.
    pub fn data(&mut self, depth: usize) -> Node {
        match self.random.below(if depth < DEEPEST { 14 } else { 9 }) {
            0 => Node::None,
            1 => Node::Bool(self.random.chance(50)),
            2..=4 => self.int(true),
            5 => self.float(),
            6 | 7 => self.kind("str", None, "", depth),
            8 => self.kind("bytes", None, "", depth),
            9 => Node::Tuple(self.items(depth)),
            10 | 11 => Node::List(self.items(depth)),
            12 => Node::Set((0..self.random.below(4)).map(|_| self.key()).collect()),
            _ => Node::Dict((0..self.random.below(4)).map(|_| (self.key(), self.data(depth + 1))).collect()),
        }
    }

    fn items(&mut self, depth: usize) -> Vec<Node> {
        (0..self.random.below(4)).map(|_| self.data(depth + 1)).collect()
    }

    /// What can be the key of a dict.
    fn key(&mut self) -> Node {
        match self.random.below(4) {
            0 => self.int(true),
            1 => Node::Tuple(vec![Node::Int(1), self.float()]),
            _ => Node::str(self.random.choose(&KEYS)),
        }
    }

    /// An int, seldom a long one.
    pub fn int(&mut self, may_be_long: bool) -> Node {
        match self.random.below(40) {
            0 => Node::Int(self.random.between(i64::MIN, i64::MAX)),
            1 => Node::Long(self.random.bytes(20)),
            2 if may_be_long => Node::Long(self.random.bytes(600)),
            3..12 => Node::Int(self.random.between(-70_000, 70_000)),
            _ => Node::Int(self.random.between(0, 3)),
        }
    }

    fn float(&mut self) -> Node {
        Node::Float(*self.random.choose(&[0.0, -1.5, 1e300, f64::NAN, f64::INFINITY, 2.0]))
    }

    fn length(&mut self, length: Option<(i64, i64)>, usual: usize, depth: usize) -> usize {
        let (low, high) = length.unwrap_or((0, 0));
        let low = usize::try_from(low).unwrap_or(0);
        let high = usize::try_from(high).unwrap_or(usize::MAX);
        let usual = if depth < DEEPEST { usual } else { 0 };
        let most = if length.is_some() { high.min(low.saturating_add(usual)) } else { usual };
        low + self.random.below(most - low + 1)
    }

    /// What fits together only as a whole: dtypes and arrays, storages and tensors.
    fn special(&mut self, name: &str, acts: Option<&str>) -> Option<Node> {
        let width: usize = *self.random.choose(&[1, 4, 8]);
        match acts {
            Some("dtype") => Some(self.dtype(width)),
            Some("array") if name.ends_with(":_reconstruct") => {
                let count = self.random.below(4);
                let is_object = self.random.chance(20);
                let class = Node::global("numpy:ndarray");
                let made =
                    Node::call(name, vec![class, Node::Tuple(vec![Node::Int(0)]), Node::Bytes(b"b".into())]);
                let (dtype, items) = if is_object {
                    let items = (0..count).map(|_| self.value(DEEPEST - 1)).collect();
                    (object_dtype(), Node::List(items))
                } else {
                    (self.dtype(width), Node::Bytes(self.random.bytes(count * width)))
                };
                let shape = Node::Tuple(vec![Node::size(count)]);
                Some(made.build(Node::Tuple(vec![Node::Int(1), shape, dtype, Node::Bool(false), items])))
            }
            Some("scalar") => {
                let bytes = self.random.bytes(width);
                Some(Node::call(name, vec![self.dtype(width), Node::Bytes(bytes)]))
            }
            None if name.ends_with(":_frombuffer") => {
                let count = self.random.below(4);
                let bytes = Node::Bytes(self.random.bytes(count * width));
                let shape = Node::Tuple(vec![Node::size(count)]);
                Some(Node::call(name, vec![bytes, self.dtype(width), shape, Node::str("C")]))
            }
            Some("loads") => Some(self.storage(name).0),
            Some("tensor" | "qtensor") if !name.ends_with("_v3") => Some(self.tensor(name)),
            _ => None,
        }
    }

    /// The id of a storage, its key, and how many items and bytes it has.
    fn storage_id(&mut self) -> (Node, &'static str, usize, usize) {
        const STORAGES: [(&str, usize); 8] = [
            ("ByteStorage", 1),
            ("BoolStorage", 1),
            ("HalfStorage", 2),
            ("FloatStorage", 4),
            ("IntStorage", 4),
            ("DoubleStorage", 8),
            ("LongStorage", 8),
            ("ComplexFloatStorage", 8),
        ];
        let (class, width) = *self.random.choose(&STORAGES);
        let key = *self.random.choose(&["0", "1", "94021"]);
        let count = self.random.below(13);
        let mut id = vec![Node::str("storage"), Node::Global(format!("torch:{class}")), Node::str(key)];
        id.extend([Node::str("cpu"), Node::size(count), Node::None]);
        (Node::Persistent(Box::new(Node::Tuple(id))), key, count, count * width)
    }

    /// A storage in a file of old torch, and how many items it has.
    fn storage(&mut self, name: &str) -> (Node, usize) {
        let (id, key, count, size) = self.storage_id();
        let magic = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
        let sizes =
            [("short", 2), ("int", 4), ("long", 4)].map(|(name, size)| (Node::str(name), Node::Int(size)));
        let system = [
            (Node::str("protocol_version"), Node::Int(1001)),
            (Node::str("little_endian"), Node::Bool(true)),
            (Node::str("type_sizes"), Node::Dict(sizes.to_vec())),
        ];
        let (magic, system) = (Node::Long(magic.to_vec()), Node::Dict(system.to_vec()));
        let keys = Node::List(vec![Node::str(key)]);
        let mut rest = (count as u64).to_le_bytes().to_vec();
        rest.extend(self.random.bytes(size));
        let file = Node::File(vec![magic, Node::Int(1001), system, id, keys], rest);
        (Node::call(name, vec![file]), count)
    }

    /// A tensor that lies in its storage.
    fn tensor(&mut self, name: &str) -> Node {
        let (storage, count) = self.storage("torch.storage:_load_from_bytes");
        let rows = self.random.below(3);
        let (shape, strides) = match count {
            _ if rows == 0 => (vec![count], vec![1]),
            _ => (vec![rows, count / rows], vec![count / rows, 1]),
        };
        let sizes = |all: Vec<usize>| Node::Tuple(all.into_iter().map(Node::size).collect());
        let mut args = vec![storage, Node::Int(0), sizes(shape), sizes(strides)];
        if name.ends_with("_qtensor") {
            let scheme = [Node::global("torch:per_tensor_affine"), self.float(), Node::Int(0)];
            args.push(Node::Tuple(scheme.to_vec()));
        }
        if name.ends_with("tensor_v2") || name.ends_with("_qtensor") {
            args.extend([
                Node::Bool(self.random.chance(30)),
                Node::call("collections:OrderedDict", Vec::new()),
            ]);
        }
        Node::call(name, args)
    }

    fn dtype(&mut self, width: usize) -> Node {
        let kind = *self.random.choose(if width == 1 { &["b1", "i1", "u1"] } else { &["i", "u", "f"] });
        let name = if width == 1 { kind.to_owned() } else { format!("{kind}{width}") };
        let order = if width == 1 { "|" } else { "<" };
        finished_dtype(&name, order, 0)
    }
}

fn object_dtype() -> Node {
    finished_dtype("O8", "|", 63)
}

fn finished_dtype(name: &str, order: &str, flags: i64) -> Node {
    let made = Node::call("numpy:dtype", vec![Node::str(name), Node::Bool(false), Node::Bool(true)]);
    let state = [Node::None, Node::None, Node::None, Node::Int(-1), Node::Int(-1), Node::Int(flags)];
    made.build(Node::Tuple([Node::Int(3), Node::str(order)].into_iter().chain(state).collect()))
}

fn collection(kind: &str, items: Vec<Node>) -> Node {
    match kind {
        "tuple" => Node::Tuple(items),
        "set" => Node::Set(items),
        "frozenset" => Node::FrozenSet(items),
        _ => Node::List(items),
    }
}

/// Characters of texts.
const TEXT: [char; 16] =
    ['a', 'b', 'z', '_', '0', '7', ' ', '.', '-', '/', '(', '|', '*', '\u{e9}', '\u{20ac}', '\u{10348}'];

/// Keys that are likely to be no method.
pub const KEYS: [&str; 10] =
    ["a", "b_", "data", "value", "name", "_x", "n_features_in_", "x1", "shape", "args"];
