//! Which elements of two lists belong together.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use halfsour_value::{Data, Id, Node};

use super::shape::{self, Shape, Steps};
use super::{Diff, keys};

/// How much of an element is looked at.
const PARTS: usize = 64;
const DEPTH: usize = 5;

/// Dicts and objects have so many parts, text so many pieces.
const LARGE: usize = 1000;

/// What is in only one list is not here: pairs of an index in the first and one in the second, both rising.
pub type Pairs = Vec<(usize, usize)>;

impl<'g, S: AsRef<[u8]>> Diff<'g, S> {
    /// The elements that belong together, if it is not that each belongs to the one in the same place.
    pub fn align(&mut self, of: [Node<'g, S>; 2], [a, b]: [&[Id]; 2]) -> Option<Pairs> {
        let mut prints = |side: usize, ids: &[Id]| -> Vec<u64> {
            ids.iter().map(|id| self.print(side, of[side].graph().node(*id), PARTS, DEPTH)).collect()
        };
        let (a, b) = (prints(0, a), prints(1, b));
        if a == b {
            return None;
        }
        let anchors = anchors(&a, &b);
        if a.len() == b.len() {
            let in_place = a.iter().zip(&b).filter(|(a, b)| a == b).count();
            if in_place >= anchors.len() {
                return None;
            }
        }
        let mut pairs = Vec::new();
        let mut from = (0, 0);
        for anchor in anchors.into_iter().chain([(a.len(), b.len())]) {
            between(&a, &b, from, anchor, &mut pairs);
            pairs.extend((anchor < (a.len(), b.len())).then_some(anchor));
            from = (anchor.0 + 1, anchor.1 + 1);
        }
        Some(pairs)
    }

    /// The same for what is equal, and rarely for anything else. The depth of the recursion is limited.
    fn print(&mut self, side: usize, node: Node<'g, S>, parts: usize, depth: usize) -> u64 {
        if parts == 0 || depth == 0 {
            return 0;
        }
        let mut hasher = DefaultHasher::new();
        // What is large, and may be part of many, tells no more than that.
        if shape::size(node, LARGE) > LARGE {
            return 1;
        }
        let share = |length: usize| (parts - 1).checked_div(length).unwrap_or_default();
        match Shape::of(node) {
            // It may be close enough to another.
            Shape::Leaf
                if self.has_tolerance() && matches!(node.data(), Data::Float(_) | Data::Complex(..)) => {}
            Shape::Leaf => match keys::short(node) {
                Some(key) => key.hash(&mut hasher),
                None => self.keys.number(side, node).hash(&mut hasher),
            },
            Shape::Sequence(kind, ids) => {
                (kind, ids.len()).hash(&mut hasher);
                let share = share(ids.len());
                for id in ids.iter() {
                    self.print(side, node.graph().node(*id), share, depth - 1).hash(&mut hasher);
                }
            }
            Shape::Mapping(items, _) => {
                items.len().hash(&mut hasher);
                self.print_items(side, &items, share(items.len()), depth).hash(&mut hasher);
            }
            Shape::Counter(items) => {
                let items: Vec<_> = items.into_iter().filter(shape::is_counted).collect();
                items.len().hash(&mut hasher);
                self.print_items(side, &items, share(items.len()), depth).hash(&mut hasher);
            }
            Shape::Set(members) => members.len().hash(&mut hasher),
            Shape::Array(array) => array.len().hash(&mut hasher),
            Shape::Objects(array) | Shape::NdArray(array) => array.shape.hash(&mut hasher),
            Shape::Frame(frame) => (frame.len(), frame.width()).hash(&mut hasher),
            Shape::Series(series) => series.values.len().hash(&mut hasher),
            Shape::Index(index) => index.len().hash(&mut hasher),
            Shape::Values(values) => values.len().hash(&mut hasher),
            Shape::Id(id) => self.print(side, id, parts - 1, depth - 1).hash(&mut hasher),
            Shape::Object(instance) => {
                self.keys.number(side, instance.class()).hash(&mut hasher);
                let steps = Steps::of(instance);
                let share = share(1 + steps.attributes.len() + steps.items.len());
                self.print(side, instance.args(), share, depth - 1).hash(&mut hasher);
                for items in [&steps.attributes, &steps.items] {
                    self.print_items(side, items, share, depth).hash(&mut hasher);
                }
            }
        }
        hasher.finish()
    }

    /// Whatever their order.
    fn print_items(
        &mut self,
        side: usize,
        items: &[(Node<'g, S>, Node<'g, S>)],
        share: usize,
        depth: usize,
    ) -> u64 {
        if share == 0 {
            return 0;
        }
        let item = |&(key, value): &(Node<'g, S>, Node<'g, S>)| {
            let mut hasher = DefaultHasher::new();
            self.keys.number(side, key).hash(&mut hasher);
            self.print(side, value, share, depth - 1).hash(&mut hasher);
            hasher.finish()
        };
        items.iter().map(item).fold(0, u64::wrapping_add)
    }
}

/// The longest row of elements that occur once in both, and in the same order.
fn anchors(a: &[u64], b: &[u64]) -> Pairs {
    let once = |prints: &[u64]| {
        let mut places = HashMap::new();
        for (at, print) in prints.iter().enumerate() {
            places.entry(*print).and_modify(|place| *place = None).or_insert(Some(at));
        }
        places
    };
    let (mine, theirs) = (once(a), once(b));
    // The last pairs of the shortest rows of each length, and the pair before each pair.
    let (mut tails, mut pairs) = (Vec::<usize>::new(), Vec::<(usize, usize, Option<usize>)>::new());
    for (at, print) in a.iter().enumerate() {
        let (Some(Some(_)), Some(&Some(other))) = (mine.get(print), theirs.get(print)) else { continue };
        let length = tails.partition_point(|&tail| pairs[tail].1 < other);
        let before = length.checked_sub(1).map(|before| tails[before]);
        pairs.push((at, other, before));
        tails.truncate(length.max(tails.len()));
        match tails.get_mut(length) {
            Some(tail) => *tail = pairs.len() - 1,
            None => tails.push(pairs.len() - 1),
        }
    }
    let mut row = Vec::new();
    let mut next = tails.last().copied();
    while let Some(pair) = next {
        let (at, other, before) = pairs[pair];
        row.push((at, other));
        next = before;
    }
    row.reverse();
    row
}

/// Pairs what is between two anchors: what is the same at either end, and the rest one by one.
fn between(a: &[u64], b: &[u64], from: (usize, usize), to: (usize, usize), pairs: &mut Pairs) {
    let (x, y) = (&a[from.0..to.0], &b[from.1..to.1]);
    let shorter = x.len().min(y.len());
    let head = x.iter().zip(y).take_while(|(a, b)| a == b).count();
    let ends = x[head..].iter().rev().zip(y[head..].iter().rev());
    let tail = ends.take_while(|(a, b)| a == b).count();
    pairs.extend((0..shorter - tail).map(|at| (from.0 + at, from.1 + at)));
    pairs.extend((0..tail).rev().map(|at| (to.0 - 1 - at, to.1 - 1 - at)));
}
