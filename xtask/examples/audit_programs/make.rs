//! Programs that fit the policy: for each name and use, arguments and states that its patterns take.

use std::collections::HashMap;

use serde::Deserialize;

use crate::listed::{Keys, Listed};
use crate::node::Node;
use crate::pattern::Pattern;
use crate::random::Random;

/// How deep objects lie in each other.
const DEEPEST: usize = 4;

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
        let Some(entry) = listed.entry(name) else { return Node::global(name) };
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
        if entry.may("setitem") && self.random.chance(40) {
            let pairs = vec![(self.key(), self.data(depth + 1))];
            object = Node::SetItem(Box::new(object), pairs);
        }
        if entry.may("append") && self.random.chance(40) {
            let items = vec![self.data(depth + 1)];
            object = Node::Append(Box::new(object), items);
        }
        if entry.may("build") && self.random.chance(75) {
            let any = Pattern::Kind("attributes".to_owned(), None);
            let state = self.fitting(entry.state.as_ref().unwrap_or(&any), name, depth + 1);
            object = object.build(state);
        }
        object
    }

    fn args(&mut self, patterns: &[Pattern], depth: usize) -> Vec<Node> {
        let mut args = Vec::new();
        for pattern in patterns {
            match pattern {
                Pattern::Optional(_) if self.random.chance(40) => break,
                Pattern::Optional(pattern) => args.push(self.fitting(pattern, "", depth + 1)),
                Pattern::Repeated(pattern) => {
                    for _ in 0..self.random.below(4) {
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
            Pattern::Of(name) => {
                let names = self.listed.members(name);
                let name = self.random.choose(&names).clone();
                self.instance(&name, depth + 1)
            }
            Pattern::OneOf(all) => {
                let pattern = self.random.choose(all);
                self.fitting(pattern, class, depth)
            }
            Pattern::Optional(pattern) | Pattern::Repeated(pattern) => self.fitting(pattern, class, depth),
            Pattern::Items(kind, length, pattern) => {
                let count = self.length(*length, 4);
                let items = (0..count).map(|_| self.fitting(pattern, "", depth + 1)).collect();
                collection(kind, items)
            }
            Pattern::Pairs(pair) => {
                let [key, value] = &**pair;
                let count = self.random.below(4);
                let pairs = (0..count)
                    .map(|_| (self.fitting(key, "", depth + 1), self.fitting(value, "", depth + 1)))
                    .collect();
                Node::Dict(pairs)
            }
            Pattern::Fields(fields) => {
                let mut pairs = Vec::new();
                for (key, is_optional, pattern) in fields {
                    if !is_optional || self.random.chance(60) {
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
                Pattern::Optional(_) if self.random.chance(40) => break,
                Pattern::Repeated(pattern) => {
                    for _ in 0..self.random.below(4) {
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
                let length = self.length(length, 8);
                Node::Long(self.random.bytes(length))
            }
            "int" | "shortint" => self.int(kind == "int"),
            "float" => self.float(),
            "complex" => Node::call("builtins:complex", vec![self.float(), self.float()]),
            "numeral" => Node::Str(format!("{}/{}", self.random.below(1000), self.random.below(100))),
            "str" => {
                let length = self.length(length, 8);
                Node::Str((0..length).map(|_| *self.random.choose(&TEXT)).collect())
            }
            "bytes" | "buffer" => {
                let length = self.length(length, 8);
                Node::Bytes(self.random.bytes(length))
            }
            "bytearray" => Node::call("builtins:bytearray", vec![Node::Bytes(self.random.bytes(4))]),
            "list" | "tuple" | "set" | "frozenset" => {
                let count = self.length(length, 4);
                let is_hashed = kind.ends_with("set");
                let item = |maker: &mut Self| if is_hashed { maker.key() } else { maker.value(depth + 1) };
                collection(kind, (0..count).map(|_| item(self)).collect())
            }
            "dict" | "attributes" if !class.is_empty() => self.attributes(class, depth),
            "slots" => Node::Dict(Vec::new()),
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
        let known = match &entry.keys {
            Keys::These(keys) => keys.as_slice(),
            Keys::Open | Keys::Known => classes.get(class).map_or(&[][..], |class| &class.keys),
        };
        let mut pairs: Vec<(Node, Node)> = Vec::new();
        for _ in 0..self.random.below(4) {
            let key = match &entry.keys {
                Keys::Open if known.is_empty() || self.random.chance(50) => {
                    (*self.random.choose(&KEYS)).to_owned()
                }
                _ if known.is_empty() => break,
                _ => self.random.choose(known).clone(),
            };
            let value = match entry.fields.get(&key) {
                Some(pattern) => self.fitting(pattern, "", depth + 1),
                None => self.value(depth + 1),
            };
            pairs.push((Node::Str(key), value));
        }
        Node::Dict(pairs)
    }

    /// Whatever may be stored: data, objects, and names as values.
    pub fn value(&mut self, depth: usize) -> Node {
        if depth >= DEEPEST || self.random.chance(70) {
            return self.data(depth);
        }
        let name = self.name();
        let listed = self.listed;
        let is_value = listed.entry(&name).is_some_and(|entry| entry.may("value") || entry.may("ref"));
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

    fn length(&mut self, length: Option<(i64, i64)>, usual: usize) -> usize {
        let (low, high) = length.unwrap_or((0, 0));
        let low = usize::try_from(low).unwrap_or(0);
        let high = usize::try_from(high).unwrap_or(usize::MAX);
        let most = if length.is_some() { high.min(low.saturating_add(usual)) } else { usual };
        low + self.random.below(most - low + 1)
    }

    /// What fits together only as a whole: dtypes and arrays.
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
            None if name.ends_with(":scalar") => {
                let bytes = self.random.bytes(width);
                Some(Node::call(name, vec![self.dtype(width), Node::Bytes(bytes)]))
            }
            None if name.ends_with(":_frombuffer") => {
                let count = self.random.below(4);
                let bytes = Node::Bytes(self.random.bytes(count * width));
                let shape = Node::Tuple(vec![Node::size(count)]);
                Some(Node::call(name, vec![bytes, self.dtype(width), shape, Node::str("C")]))
            }
            _ => None,
        }
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
