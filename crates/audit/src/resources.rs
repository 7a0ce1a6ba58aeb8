//! Data that costs the program that loads it more than it should.

use std::collections::HashMap;

use halfsour_vm::Graph;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Data, Id, Node};

use crate::Limits;
use crate::Rule;
use crate::hashes::{Family, Hashes};
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

/// A dict or set in which too many keys have one hash, or one that nobody knows, and how many have.
fn equal_hashes(graph: &Graph<&[u8]>, limits: &Limits) -> Option<(Id, usize)> {
    let mut all = [Family::New, Family::Old, Family::Python2].map(|family| Hashes::new(graph, family));
    for id in graph.store().ids() {
        let (ids, width) = match graph.view().peek(id) {
            Peek::Dict(ids) => (ids, 2),
            Peek::Set(ids) | Peek::FrozenSet(ids) => (ids, 1),
            _ => continue,
        };
        if ids.len() / width <= limits.equal_hashes {
            continue;
        }
        // Keys that are equal are one key.
        let keys: Vec<Id> = match graph.node(id).data() {
            Data::Dict(items) => items.map(|(key, _)| key.id()).collect(),
            Data::Set(items) | Data::FrozenSet(items) => items.map(Node::id).collect(),
            _ => continue,
        };
        for hashes in &mut all {
            let mut same: HashMap<Option<u64>, usize> = HashMap::new();
            for &key in &keys {
                if !hashes.is_secret(key) {
                    *same.entry(hashes.of(key)).or_default() += 1;
                }
            }
            let most = same.values().copied().max().unwrap_or(0);
            if most > limits.equal_hashes {
                return Some((id, most));
            }
        }
    }
    None
}
