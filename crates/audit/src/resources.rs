//! Data that costs the program that loads it more than it should.

use std::collections::HashMap;

use halfsour_vm::Graph;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Data, Id, Node};

use crate::Limits;
use crate::Rule;
use crate::report::{Action, Finding, Severity};

/// Findings about the data as a whole.
pub(crate) fn findings(graph: &Graph<&[u8]>, limits: &Limits, within: &[String]) -> Vec<Finding> {
    let finding = |id: Id, code: String, reason: &str| Finding {
        rule: Rule::R9,
        severity: Severity::Unknown,
        offset: graph.node(id).offset().unwrap_or(graph.start()),
        opcode: None,
        action: Action::Data,
        name: String::new(),
        code,
        reason: reason.to_owned(),
        times: 1,
        accepted: false,
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
fn container(graph: &Graph<&[u8]>, id: Id) -> Option<usize> {
    let index = id.index()?;
    let view = graph.view();
    let holds = match view.peek(id) {
        Peek::List(_)
        | Peek::Tuple(_)
        | Peek::Dict(_)
        | Peek::Set(_)
        | Peek::FrozenSet(_)
        | Peek::Instance(_) => true,
        _ => view.foreign_steps(id).is_some(),
    };
    holds.then_some(index)
}

/// Whether any container is held twice, or is the root and held. What is done to something other than an instance counts
/// twice, for the store keeps it in a node of its own.
fn is_shared(graph: &Graph<&[u8]>) -> bool {
    let mut held = vec![false; graph.node_count()];
    if let Some(root) = graph.root().id().index() {
        held[root] = true;
    }
    let mut shared = false;
    for id in graph.store().ids() {
        graph.view().children(id).for_each(|child| {
            if let Some(index) = container(graph, child) {
                shared |= std::mem::replace(&mut held[index], true);
            }
        });
    }
    shared
}

/// An object of a bad shape.
enum Shape {
    /// It unfolds into too many items, and into how many.
    Large(Id, u64),
    /// Too many containers lie in each other.
    Deep(Id),
}

/// The first object of a bad shape; those that hold themselves are counted once.
fn shape(graph: &Graph<&[u8]>, limits: &Limits) -> Option<Shape> {
    const OPEN: u64 = 0;
    const NEW: u64 = u64::MAX;
    let most = limits.expansion.max(graph.node_count() as u64 * 100);
    if !is_shared(graph) {
        let root = graph.root().id();
        return is_deep(graph, root, limits).then_some(Shape::Deep(root));
    }
    let mut sizes = vec![NEW; graph.node_count()];
    let mut depths = vec![0_u32; graph.node_count()];
    let mut open = Vec::new();
    for id in graph.store().ids() {
        open.push((id, false));
        while let Some((id, done)) = open.pop() {
            let Some(index) = container(graph, id) else { continue };
            if done {
                let (mut size, mut depth) = (1_u64, 0);
                graph.view().children(id).for_each(|child| {
                    let child = container(graph, child);
                    size = size.saturating_add(child.map_or(1, |child| sizes[child]).max(1));
                    depth = depth.max(child.map_or(0, |child| depths[child]));
                });
                depths[index] = depth.saturating_add(1);
                // The greatest number is taken.
                sizes[index] = size.min(NEW - 1);
                if size > most {
                    return Some(Shape::Large(id, size));
                }
                if depth as usize >= limits.nesting {
                    return Some(Shape::Deep(id));
                }
            } else if sizes[index] == NEW {
                sizes[index] = OPEN;
                open.push((id, true));
                graph.view().children(id).for_each(|child| {
                    if container(graph, child).is_some_and(|child| sizes[child] == NEW) {
                        open.push((child, false));
                    }
                });
            }
        }
    }
    None
}

/// Whether too many containers lie in each other, where none is held twice.
fn is_deep(graph: &Graph<&[u8]>, root: Id, limits: &Limits) -> bool {
    let mut open = vec![(root, 0)];
    while let Some((id, depth)) = open.pop() {
        if container(graph, id).is_none() {
            continue;
        }
        if depth >= limits.nesting {
            return true;
        }
        graph.view().children(id).for_each(|child| {
            if container(graph, child).is_some() {
                open.push((child, depth + 1));
            }
        });
    }
    false
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
