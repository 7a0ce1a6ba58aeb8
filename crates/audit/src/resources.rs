//! Data that costs the program that loads it more than it should.

use halfsour_vm::Graph;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Data, Id, Kind, Node, View};
use hashbrown::HashMap;

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
