//! Keys that take more than one look to compare.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};
use std::mem::{Discriminant, discriminant};

use super::{Key, key_of};
use crate::Id;
use crate::cell::Tag;
use crate::id::Unpacked;
use crate::store::Store;

/// A key with more bytes than this is long. It is more than a float has as an int, so that what is long is never made here.
const LONG: usize = 256;

/// Gives equal tuples and frozensets the same number, however they nest, in time linear in their nodes; and so equal text
/// and bytes that are long, in time linear in the source, however many keys share them.
pub(crate) struct Numbers<'k> {
    store: &'k Store,
    source: &'k [u8],
    hasher: &'k RandomState,
    /// Of tuples and frozensets.
    nodes: HashMap<u32, u32>,
    /// Of long bytes, by where they are and how many: the number, and the hash.
    places: HashMap<(*const u8, usize), (u32, u64)>,
    shapes: HashMap<Shape<'k>, u32>,
}

/// What equal ones have in common.
#[derive(PartialEq, Eq, Hash)]
enum Shape<'k> {
    /// A key that is not long.
    Leaf(Key<'k>),
    /// What is in a key.
    Bytes(&'k [u8]),
    /// A long key: the numbers of what is in it.
    Long(Discriminant<Key<'k>>, [u32; 2]),
    Tuple(Vec<u32>),
    /// The members in the order of their numbers.
    FrozenSet(Vec<u32>),
}

impl<'k> Numbers<'k> {
    pub fn new(store: &'k Store, source: &'k [u8], hasher: &'k RandomState) -> Self {
        Self { store, source, hasher, nodes: HashMap::new(), places: HashMap::new(), shapes: HashMap::new() }
    }

    /// The key of an object, as a number where comparing would take long.
    pub fn key(&mut self, id: Id) -> Key<'k> {
        match key_of(self.store, self.source, id) {
            Key::Object(id) => match self.composite(id) {
                Some(node) => Key::Composite(self.number(node)),
                None => Key::Object(id),
            },
            key => match long_parts(&key) {
                Some(parts) => Key::Composite(self.long(&key, parts)),
                None => key,
            },
        }
    }

    /// The key of an object, and what [`hash`] says of it as it is in the graph.
    pub fn hashed_key(&mut self, id: Id) -> (Key<'k>, u64) {
        let key = key_of(self.store, self.source, id);
        match long_parts(&key) {
            Some(parts) => {
                let hashes = parts.map(|bytes| self.bytes(bytes).1);
                (Key::Composite(self.long(&key, parts)), hash_of_long(self.hasher, &key, hashes))
            }
            None => {
                let key = self.key(id);
                let hash = self.hasher.hash_one(&key);
                (key, hash)
            }
        }
    }

    fn long(&mut self, key: &Key<'k>, parts: [&'k [u8]; 2]) -> u32 {
        let parts = parts.map(|bytes| self.bytes(bytes).0);
        self.number_of(Shape::Long(discriminant(key), parts))
    }

    /// The number of what is in a key, and its hash.
    fn bytes(&mut self, bytes: &'k [u8]) -> (u32, u64) {
        let place = (bytes.as_ptr(), bytes.len());
        if let Some(&known) = self.places.get(&place) {
            return known;
        }
        let known = (self.number_of(Shape::Bytes(bytes)), self.hasher.hash_one(bytes));
        if bytes.len() > LONG {
            self.places.insert(place, known);
        }
        known
    }

    fn number_of(&mut self, shape: Shape<'k>) -> u32 {
        // The empty tuple, which has no node, is number 0.
        let next = u32::try_from(self.shapes.len() + 1).expect("nodes have 32 bits");
        *self.shapes.entry(shape).or_insert(next)
    }

    /// The node of a tuple or frozenset.
    fn composite(&self, id: Id) -> Option<u32> {
        match id.unpack() {
            Unpacked::Node(node) => {
                matches!(self.store.cells[node as usize].tag, Tag::Tuple | Tag::FrozenSet).then_some(node)
            }
            _ => None,
        }
    }

    fn number(&mut self, root: u32) -> u32 {
        if let Some(&number) = self.nodes.get(&root) {
            return number;
        }
        let mut open = vec![(root, false)];
        while let Some((node, asked)) = open.pop() {
            let members = self.store.region_of(node as usize);
            if !asked {
                if let Entry::Vacant(entry) = self.nodes.entry(node) {
                    // In a tuple that holds itself, which Python cannot make, it has the empty one's.
                    entry.insert(0);
                    open.push((node, true));
                    open.extend(members.iter().filter_map(|&member| Some((self.composite(member)?, false))));
                }
                continue;
            }
            let mut parts: Vec<u32> = members.iter().map(|&member| self.part(member)).collect();
            let shape = if self.store.cells[node as usize].tag == Tag::Tuple {
                Shape::Tuple(parts)
            } else {
                parts.sort_unstable();
                parts.dedup();
                Shape::FrozenSet(parts)
            };
            let number = self.number_of(shape);
            self.nodes.insert(node, number);
        }
        self.nodes[&root]
    }

    /// The number of a member. If it is a tuple or frozenset, it has one already.
    fn part(&mut self, id: Id) -> u32 {
        match self.key(id) {
            Key::Composite(number) => number,
            key => self.number_of(Shape::Leaf(key)),
        }
    }
}

/// The hash of a key that is no tuple or frozenset.
pub(super) fn hash(hasher: &RandomState, key: &Key<'_>) -> u64 {
    // In the graph, what is long is borrowed.
    let borrowed = match key {
        Key::BigInt(bytes) => &Key::BigInt(Cow::Borrowed(bytes)),
        key => key,
    };
    match long_parts(borrowed) {
        Some(parts) => hash_of_long(hasher, borrowed, parts.map(|bytes| hasher.hash_one(bytes))),
        None => hasher.hash_one(key),
    }
}

/// Made of the hashes of what is in the key, so that what many keys share is hashed once.
fn hash_of_long(hasher: &RandomState, key: &Key<'_>, parts: [u64; 2]) -> u64 {
    hasher.hash_one((discriminant(key), parts))
}

/// What is in a key, if it is long.
fn long_parts<'k>(key: &Key<'k>) -> Option<[&'k [u8]; 2]> {
    let parts = match key {
        Key::Text(bytes) | Key::Bytes(bytes) | Key::ByteString(bytes) | Key::BigInt(Cow::Borrowed(bytes)) => {
            [*bytes, &[]]
        }
        Key::Global(module, name) => [*module, *name],
        _ => return None,
    };
    parts.iter().any(|bytes| bytes.len() > LONG).then_some(parts)
}
