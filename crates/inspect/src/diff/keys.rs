//! Which keys of two graphs are equal.

use std::collections::HashMap;
use std::hash::Hash;

use halfsour_classes::{Known, class_name, recognise};
use halfsour_value::{Data, Graph, Id, Items, Node};

use super::leaf::{PLACES, decimal, whole};
use super::shape;

/// Numbers for keys and members, the same for those that are equal. Each is looked at once, however many dicts have it.
#[derive(Default)]
pub struct Keys<'g> {
    numbers: HashMap<Key<'g>, usize>,
    /// Which numbers are of keys that contain themselves, so that nothing can be said to be equal to them.
    alone: Vec<bool>,
    /// The numbers of the nodes of either graph.
    known: [Vec<usize>; 2],
}

/// Equal for what Python finds equal.
#[derive(PartialEq, Eq, Hash)]
enum Key<'g> {
    None,
    Int(i64),
    BigInt(&'g [u8]),
    /// The bits of one that is no int.
    Float(u64),
    Complex(u64, u64),
    Text(&'g [u8]),
    Bytes(&'g [u8]),
    Tuple(Vec<usize>),
    List(Vec<usize>),
    /// Sorted.
    Set(Vec<usize>),
    /// Keys and values, sorted.
    Dict(Vec<(usize, usize)>),
    Name(String),
    /// The class and the text of a known object.
    Known(String, String),
    /// The class of an object, its arguments, and what was done to it.
    Object(Vec<usize>),
    /// Equal to nothing else.
    Alone(usize, Id),
}

const UNKNOWN: usize = usize::MAX;
/// It contains itself.
const OPEN: usize = usize::MAX - 1;

impl<'g> Keys<'g> {
    pub fn begin<S: AsRef<[u8]>>(&mut self, a: &Graph<S>, b: &Graph<S>) {
        self.known = [a, b].map(|graph| vec![UNKNOWN; graph.node_count()]);
    }

    /// The number of a key of this side.
    pub fn number<S: AsRef<[u8]>>(&mut self, side: usize, key: Node<'g, S>) -> usize {
        let mut open = vec![key];
        while let Some(&node) = open.last() {
            if self.get(side, node).is_some() {
                open.pop();
                continue;
            }
            let parts = parts(node);
            self.set(side, node, OPEN);
            let before = open.len();
            open.extend(parts.iter().copied().filter(|part| self.is_unknown(side, *part)));
            if open.len() > before {
                continue;
            }
            let key = self.key(side, node, &parts);
            let number = self.number_of(key);
            self.set(side, node, number);
            if node.id().index().is_none() {
                open.pop();
                if open.is_empty() {
                    return number;
                }
            }
        }
        self.get(side, key).unwrap_or(UNKNOWN)
    }

    /// Whether a key contains itself.
    pub fn is_alone<S: AsRef<[u8]>>(&mut self, side: usize, key: Node<'g, S>) -> bool {
        let number = self.number(side, key);
        self.alone.get(number).copied().unwrap_or_default()
    }

    fn number_of(&mut self, key: Key<'g>) -> usize {
        let next = self.numbers.len();
        let is_alone = match &key {
            Key::Alone(..) => true,
            Key::Tuple(parts) | Key::List(parts) | Key::Set(parts) | Key::Object(parts) => {
                parts.iter().any(|&part| self.alone[part])
            }
            Key::Dict(items) => items.iter().any(|&(key, value)| self.alone[key] || self.alone[value]),
            _ => false,
        };
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.alone.push(is_alone);
        }
        number
    }

    fn is_unknown<S: AsRef<[u8]>>(&self, side: usize, node: Node<'g, S>) -> bool {
        node.id().index().is_some_and(|index| self.known[side][index] == UNKNOWN)
    }

    fn get<S: AsRef<[u8]>>(&self, side: usize, node: Node<'g, S>) -> Option<usize> {
        let number = self.known[side][node.id().index()?];
        (number < OPEN).then_some(number)
    }

    fn set<S: AsRef<[u8]>>(&mut self, side: usize, node: Node<'g, S>, number: usize) {
        if let Some(index) = node.id().index() {
            self.known[side][index] = number;
        }
    }

    /// What it is, when the numbers of its parts are known.
    fn key<S: AsRef<[u8]>>(&mut self, side: usize, node: Node<'g, S>, parts: &[Node<'g, S>]) -> Key<'g> {
        if let Some(key) = scalar(node) {
            return key;
        }
        let mut numbers = Vec::with_capacity(parts.len());
        for &part in parts {
            match (part.id().index(), self.get(side, part)) {
                (_, Some(number)) => numbers.push(number),
                // A value without a node.
                (None, None) => {
                    let key = scalar(part).unwrap_or(Key::Alone(side, part.id()));
                    numbers.push(self.number_of(key));
                }
                (Some(_), None) => return Key::Alone(side, node.id()),
            }
        }
        match node.data() {
            Data::Tuple(_) => Key::Tuple(numbers),
            Data::List(_) => Key::List(numbers),
            Data::FrozenSet(_) | Data::Set(_) => {
                numbers.sort_unstable();
                Key::Set(numbers)
            }
            Data::Dict(_) => {
                let mut items: Vec<_> = numbers.chunks_exact(2).map(|item| (item[0], item[1])).collect();
                items.sort_unstable();
                Key::Dict(items)
            }
            Data::Instance(_) => Key::Object(numbers),
            _ => Key::Alone(side, node.id()),
        }
    }
}

/// The parts on which equality depends.
fn parts<S: AsRef<[u8]>>(node: Node<'_, S>) -> Vec<Node<'_, S>> {
    match node.data() {
        Data::Tuple(_) | Data::List(_) | Data::FrozenSet(_) | Data::Set(_) | Data::Dict(_) => {
            node.children().collect()
        }
        Data::Instance(instance) if scalar(node).is_none() => {
            let mut parts = vec![instance.class()];
            match instance.arguments() {
                // As the class gets them, however the stream spells that.
                Some((args, keywords)) => {
                    parts.extend(args);
                    parts.extend(keywords.iter().flat_map(Items::children));
                }
                None => parts.extend(std::iter::once(instance.args()).chain(instance.kwargs())),
            }
            parts.extend(instance.steps().flat_map(|step| step.children()));
            parts
        }
        _ => Vec::new(),
    }
}

/// A number, or something as short: there is no need to look it up.
pub fn short<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<impl Hash> {
    matches!(node.data(), Data::None | Data::Bool(_) | Data::Int(_) | Data::Float(_)).then(|| scalar(node))?
}

fn scalar<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Key<'_>> {
    Some(match node.data() {
        Data::None => Key::None,
        Data::Bool(value) => Key::Int(value.into()),
        Data::Int(value) => Key::Int(value),
        Data::BigInt(bytes) => Key::BigInt(bytes),
        Data::Float(value) => whole(value).map_or(Key::Float(value.to_bits()), Key::Int),
        Data::Complex(re, 0.0) => whole(re).map_or(Key::Float(re.to_bits()), Key::Int),
        Data::Complex(re, im) => Key::Complex(re.to_bits(), im.to_bits()),
        Data::Str(text) => Key::Text(text.as_wtf8()),
        Data::ByteString(bytes) if bytes.is_ascii() => Key::Text(bytes),
        Data::Bytes(bytes) | Data::ByteString(bytes) | Data::ByteArray(bytes) => Key::Bytes(bytes),
        Data::Tuple(elements) if elements.is_empty() => Key::Tuple(Vec::new()),
        Data::Global(global) => Key::Name(shape::name(&global)),
        Data::Instance(_) => {
            let known = recognise(node)?;
            if let Known::Decimal(digits) = &known
                && let Some(key) = number(digits.as_str())
            {
                return Some(key);
            }
            let (module, name) = class_name(node)?;
            let digits = match &known {
                Known::Decimal(number) => decimal(number.as_str()),
                _ => None,
            };
            let text = match digits {
                Some(digits) => format!("{digits:?}"),
                None => known.as_text()?.to_string(),
            };
            Key::Known(format!("{module}.{name}"), text)
        }
        _ => return None,
    })
}

/// Returns the key of an int of 64 bits, or of a float, that a `Decimal` is exactly.
fn number(text: &str) -> Option<Key<'static>> {
    // No number of 64 bits has more.
    const LONGEST: usize = 19;
    let (is_negative, digits, exponent) = decimal(text)?;
    if let Ok(zeros @ 0..=LONGEST) = usize::try_from(exponent)
        && let Ok(int) =
            format!("{}{digits}{}", if is_negative { "-" } else { "" }, "0".repeat(zeros)).parse()
    {
        return Some(Key::Int(int));
    }
    let float: f64 = text.parse().ok().filter(|float: &f64| float.is_finite())?;
    let exact = decimal(&format!("{float:.PLACES$}"))?;
    (exact == (is_negative, digits, exponent))
        .then(|| whole(float).map_or(Key::Float(float.to_bits()), Key::Int))
}
