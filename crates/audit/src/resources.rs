//! Data that costs the program that loads it more than it should.

use hashbrown::HashMap;

use halfsour_vm::Graph;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Data, Id, Kind, Node, View};

use crate::Limits;
use crate::Rule;
use crate::report::{Action, Finding, Severity};

/// Findings about the data as a whole.
pub(crate) fn findings(graph: &Graph<&[u8]>, limits: &Limits, within: &[String]) -> Vec<Finding> {
    let finding = |id: Id, code: String, reason: &str| Finding {
        rule: Rule::R9,
        severity: Severity::Warning,
        offset: graph.node(id).offset().unwrap_or(graph.start()),
        opcode: None,
        action: Action::Data,
        name: String::new(),
        code,
        reason: reason.to_owned(),
        within: within.to_vec(),
        context: Vec::new(),
    };
    let mut found = Vec::new();
    match shape(graph, limits) {
        Some(Shape::Large(id, size)) => {
            let code = format!("an object that unfolds into {size} items");
            found.push(finding(
                id,
                code,
                "repr, hash, copy and comparison visit shared parts again and again",
            ));
        }
        Some(Shape::Deep(id)) => {
            let code =
                format!("an object in which more than {} containers lie in each other", limits.nesting);
            found.push(finding(id, code, "repr, hash, copy and comparison recurse, beyond Python's stack"));
        }
        None => {}
    }
    if let Some((id, same)) = equal_hashes(graph, limits) {
        let code = format!("a dict or set with {same} keys of one hash");
        found.push(finding(id, code, "each further key of the same hash takes longer than the one before"));
    }
    found
}

/// The index of an object that holds others.
#[inline]
fn container(view: View<'_>, id: Id) -> Option<usize> {
    let index = id.index()?;
    let holds = match view.kind(id) {
        Kind::List | Kind::Tuple | Kind::Dict | Kind::Set | Kind::FrozenSet | Kind::Instance => true,
        Kind::Global | Kind::PersistentId | Kind::Extension | Kind::Buffer => {
            view.foreign_steps(id).is_some()
        }
        _ => false,
    };
    holds.then_some(index)
}

/// An object of a bad shape.
enum Shape {
    /// It unfolds into too many items, and into how many.
    Large(Id, u64),
    /// Too many containers lie in each other.
    Deep(Id),
}

/// The number of items into which a container unfolds, and how deep containers lie in it: in one word, as there is one for each node.
#[derive(Clone, Copy, PartialEq)]
struct Unfolded(u64);

impl Unfolded {
    /// Nobody has looked at it.
    const NEW: Self = Self(0);
    /// It is being looked at: it holds itself, and counts as one item.
    const OPEN: Self = Self(1 << Self::DEPTH_BITS);
    const DEPTH_BITS: u32 = 24;
    const MOST: u64 = u64::MAX >> Self::DEPTH_BITS;
    const DEEPEST: u64 = (1 << Self::DEPTH_BITS) - 1;

    fn new(size: u64, depth: u64) -> Self {
        Self(size.min(Self::MOST) << Self::DEPTH_BITS | depth.min(Self::DEEPEST))
    }

    fn size(self) -> u64 {
        self.0 >> Self::DEPTH_BITS
    }

    fn depth(self) -> u64 {
        self.0 & Self::DEEPEST
    }
}

/// The first object of a bad shape; those that hold themselves are counted once.
fn shape(graph: &Graph<&[u8]>, limits: &Limits) -> Option<Shape> {
    let most = limits.expansion.max(graph.node_count() as u64 * 100).min(Unfolded::MOST - 1);
    let deepest = (limits.nesting as u64).min(Unfolded::DEEPEST);
    let view = graph.view();
    let mut unfolded = vec![0; graph.node_count()];
    let mut open = Vec::new();
    // Members of lists and dicts were made after these, mostly.
    for first in graph.store().ids().rev() {
        open.push(first);
        while let Some(&id) = open.last() {
            let Some(index) = container(view, id)
                .filter(|&index| matches!(Unfolded(unfolded[index]), Unfolded::NEW | Unfolded::OPEN))
            else {
                open.pop();
                continue;
            };
            let (mut size, mut depth, before) = (1_u64, 0, open.len());
            view.children(id).for_each(|child| {
                let of_child =
                    container(view, child).map_or(Unfolded::OPEN, |child| Unfolded(unfolded[child]));
                if of_child == Unfolded::NEW {
                    open.push(child);
                }
                size = size.saturating_add(of_child.size());
                depth = depth.max(of_child.depth());
            });
            // Those that it holds are looked at before it.
            if open.len() > before {
                unfolded[index] = Unfolded::OPEN.0;
                continue;
            }
            if size > most {
                return Some(Shape::Large(id, size));
            }
            if depth >= deepest {
                return Some(Shape::Deep(id));
            }
            unfolded[index] = Unfolded::new(size, depth + 1).0;
        }
    }
    None
}

/// A dict or set in which too many ints, or tuples of them, have the same hash, and how many have.
fn equal_hashes(graph: &Graph<&[u8]>, limits: &Limits) -> Option<(Id, usize)> {
    for id in graph.store().ids() {
        let (ids, width) = match graph.view().peek(id) {
            Peek::Dict(ids) => (ids, 2),
            Peek::Set(ids) | Peek::FrozenSet(ids) => (ids, 1),
            _ => continue,
        };
        if ids.len() / width <= limits.equal_hashes {
            continue;
        }
        let mut same: HashMap<u64, usize> = HashMap::new();
        let mut most = 0;
        // Keys that are equal are one key.
        let keys: Vec<Id> = match graph.node(id).data() {
            Data::Dict(items) => items.map(|(key, _)| key.id()).collect(),
            Data::Set(items) | Data::FrozenSet(items) => items.map(Node::id).collect(),
            _ => continue,
        };
        for key in keys {
            let Some(hash) = hash(graph, key, 0) else { continue };
            let count = same.entry(hash).or_default();
            *count += 1;
            most = most.max(*count);
        }
        if most > limits.equal_hashes {
            return Some((id, most));
        }
    }
    None
}

/// What Python's hash of an int, or of a tuple of such, depends on.
fn hash(graph: &Graph<&[u8]>, id: Id, depth: usize) -> Option<u64> {
    const DEEPEST: usize = 2;
    const LONGEST: usize = 8;
    // Odd, and otherwise of no meaning.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    match graph.view().peek(id) {
        Peek::Int(value) => Some(value.unsigned_abs() % MODULUS),
        Peek::BigInt(bytes) => Some(remainder(bytes)),
        Peek::Tuple(items) if depth < DEEPEST && items.len() <= LONGEST => {
            items.iter().try_fold(items.len() as u64, |sum, &item| {
                Some(sum.wrapping_add(hash(graph, item, depth + 1)?).wrapping_mul(FACTOR))
            })
        }
        _ => None,
    }
}

/// Python's hash of an int is its remainder by this, with its sign; here the sign is left out.
const MODULUS: u64 = (1 << 61) - 1;

/// The remainder of the absolute value of an int in two's complement.
fn remainder(bytes: &[u8]) -> u64 {
    let is_negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let digit = |byte: u8| u64::from(if is_negative { !byte } else { byte });
    let rest = bytes.iter().rev().fold(0, |rest, &byte| {
        u64::try_from((u128::from(rest) << 8 | u128::from(digit(byte))) % u128::from(MODULUS)).unwrap_or(0)
    });
    if is_negative { (rest + 1) % MODULUS } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remainders_are_those_of_python() {
        // (2**61 - 1) * 5 + 7, and its negative; -1
        assert_eq!(remainder(&[2, 0, 0, 0, 0, 0, 0, 0xa0, 0]), 7);
        assert_eq!(remainder(&[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5f, 0xff]), 7);
        assert_eq!(remainder(&[0xff]), 1);
    }
}
