//! Data that costs the program that loads it more than it should.

use halfsour_vm::Graph;
use halfsour_vm::value::machine::{Peek, StepKind};
use halfsour_vm::value::{Data, Id, Kind, Node, View};
use hashbrown::{HashMap, HashSet};

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
    let mut hashing = Vec::new();
    let sizes = unfold(graph, limits, &mut hashing);
    match &sizes {
        Err(Shape::Large(id, size)) => {
            let code = format!("an object that unfolds into {size} items");
            found.push(finding(
                *id,
                code,
                "repr, hash, copy and comparison visit shared parts again and again",
            ));
        }
        Err(Shape::Deep(id)) => {
            let code =
                format!("an object in which more than {} containers lie in each other", limits.nesting);
            found.push(finding(*id, code, "repr, hash, copy and comparison recurse, beyond Python's stack"));
        }
        Ok(sizes) => {
            if let Some((id, size)) = hashed(graph, limits, sizes, &hashing) {
                let code = format!("keys that unfold into {size} items");
                let why = "a hash visits all of them, wherever the same key is taken again";
                found.push(finding(id, code, why));
            }
        }
    }
    if let Some((id, same)) = equal_hashes(graph, limits, sizes.as_deref().unwrap_or_default(), &hashing) {
        let code = format!("a dict or set with {same} keys of one hash");
        found.push(finding(id, code, "each further key of the same hash takes longer than the one before"));
    }
    found
}

/// Whether an object holds others.
#[inline]
fn is_container(view: View<'_>, id: Id) -> bool {
    match view.kind(id) {
        Kind::List | Kind::Tuple | Kind::Dict | Kind::Set | Kind::FrozenSet | Kind::Instance => true,
        Kind::Global | Kind::PersistentId | Kind::Extension | Kind::Buffer => {
            view.foreign_steps(id).is_some()
        }
        _ => false,
    }
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
    /// One item: what holds nothing, and what is being looked at, since it holds itself.
    const ONE: Self = Self(1 << Self::DEPTH_BITS);
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

/// How many items may be visited.
fn most(graph: &Graph<&[u8]>, limits: &Limits) -> u64 {
    limits.expansion.max(graph.node_count() as u64 * 100).min(Unfolded::MOST - 1)
}

/// How far the containers of a graph unfold.
struct Shapes<'g> {
    view: View<'g>,
    /// By node.
    unfolded: Vec<u64>,
    most: u64,
    deepest: u64,
}

impl Shapes<'_> {
    fn of(&self, id: Id) -> Unfolded {
        id.index().map_or(Unfolded::ONE, |index| Unfolded(self.unfolded[index]))
    }

    /// Looks at a container whose members are known. The others are put on `open`, and it is not known either.
    fn look(&mut self, id: Id, index: usize, open: &mut Vec<Id>) -> Option<Shape> {
        let (mut size, mut depth, before) = (1_u64, 0, open.len());
        let mut add = |child: Id| {
            let of_child = self.of(child);
            if of_child == Unfolded::NEW {
                open.push(child);
            }
            size = size.saturating_add(of_child.size());
            depth = depth.max(of_child.depth());
        };
        match self.view.peek(id) {
            Peek::List(ids) | Peek::Tuple(ids) | Peek::Dict(ids) | Peek::Set(ids) | Peek::FrozenSet(ids) => {
                ids.iter().copied().for_each(add);
            }
            _ => self.view.children(id).for_each(&mut add),
        }
        if open.len() > before {
            return None;
        }
        if size > self.most {
            return Some(Shape::Large(id, size));
        }
        if depth >= self.deepest {
            return Some(Shape::Deep(id));
        }
        self.unfolded[index] = Unfolded::new(size, depth + 1).0;
        None
    }
}

/// What each object unfolds into, or the first of a bad shape; those that hold themselves are counted once. `hashing` collects the
/// containers that hash many keys, or large ones.
fn unfold(graph: &Graph<&[u8]>, limits: &Limits, hashing: &mut Vec<Id>) -> Result<Vec<u64>, Shape> {
    let mut shapes = Shapes {
        view: graph.view(),
        unfolded: vec![0; graph.node_count()],
        most: most(graph, limits),
        deepest: (limits.nesting as u64).min(Unfolded::DEEPEST),
    };
    let mut keyed = Keyed { view: shapes.view, most: limits.equal_hashes, last: (Id::NONE, Made::Other) };
    let mut open = Vec::new();
    let mut bad = None;
    // Tuples were made after their members, mostly.
    for (index, id) in graph.store().ids().enumerate() {
        match shapes.view.kind(id) {
            Kind::Tuple if bad.is_none() => {
                bad = shapes.look(id, index, &mut open);
                open.clear();
            }
            Kind::Dict | Kind::Set | Kind::FrozenSet | Kind::Instance => {
                hashing.extend(Some(id).filter(|&id| keyed.hashes_much(id)));
            }
            _ if !is_container(shapes.view, id) => shapes.unfolded[index] = Unfolded::ONE.0,
            _ => {}
        }
    }
    if let Some(bad) = bad {
        return Err(bad);
    }
    // Members of others were made after these.
    for first in graph.store().ids().rev() {
        if shapes.of(first) == Unfolded::NEW {
            open.push(first);
        }
        while let Some(&id) = open.last() {
            let Some(index) = id.index().filter(|_| matches!(shapes.of(id), Unfolded::NEW | Unfolded::ONE))
            else {
                open.pop();
                continue;
            };
            let before = open.len();
            if let Some(bad) = shapes.look(id, index, &mut open) {
                return Err(bad);
            }
            // Those that it holds are looked at before it.
            if open.len() > before {
                shapes.unfolded[index] = Unfolded::ONE.0;
            }
        }
    }
    Ok(shapes.unfolded)
}

/// The container with which all keys unfold into too many items, and into how many.
fn hashed(graph: &Graph<&[u8]>, limits: &Limits, sizes: &[u64], hashing: &[Id]) -> Option<(Id, u64)> {
    let (view, most) = (graph.view(), most(graph, limits));
    let mut hashed = 0;
    hashing.iter().find_map(|&id| {
        hashed += keys(view, id).map(|key| size(sizes, key) - 1).sum::<u64>();
        (hashed > most).then_some((id, hashed))
    })
}

/// How many items a key unfolds into, itself among them.
fn size(sizes: &[u64], key: Id) -> u64 {
    let unfolded = key.index().and_then(|index| sizes.get(index));
    unfolded.map_or(1, |&unfolded| Unfolded(unfolded).size().max(1))
}

/// What a container hashes: the keys of a dict, or of what is given items as a dict is, and the members of a set.
fn keys(view: View<'_>, id: Id) -> impl Iterator<Item = Id> {
    let (ids, width): (&[Id], usize) = match view.peek(id) {
        Peek::Dict(ids) => (ids, 2),
        Peek::Set(ids) | Peek::FrozenSet(ids) => (ids, 1),
        _ => (&[], 1),
    };
    let set = match view.peek(id) {
        Peek::Instance(instance) => Some(instance.steps()),
        _ => None,
    };
    let set = set.into_iter().flatten().filter(|(kind, _)| *kind == StepKind::SetItem);
    ids.iter()
        .step_by(width)
        .copied()
        .chain(set.flat_map(|(_, items)| items.iter().step_by(2).copied()))
        .chain(given(view, id))
}

/// The keys that a class of containers makes of a list.
fn given(view: View<'_>, id: Id) -> impl Iterator<Item = Id> {
    let made = view.class(id).map_or(Made::Other, |class| made(view, class));
    let list = view.arguments(id).and_then(|(args, _)| view.sequence(*args.first()?));
    let list = list.filter(|_| matches!(made, Made::Set | Made::Dict)).unwrap_or_default();
    list.iter().filter_map(
        move |&item| {
            if made == Made::Set { Some(item) } else { view.sequence(item)?.first().copied() }
        },
    )
}

/// What a class makes of a list that it is given.
#[derive(Clone, Copy, PartialEq)]
enum Made {
    /// A set of its items.
    Set,
    /// A dict of the pairs in it.
    Dict,
    /// An array, if it is in its state.
    Array,
    Other,
}

fn made(view: View<'_>, class: Id) -> Made {
    match view.global(class) {
        Some(
            [b"builtins" | b"__builtin__", b"set" | b"frozenset"]
            | [b"cloudpickle.cloudpickle", b"_make_dict_keys"],
        ) => Made::Set,
        Some([b"collections", b"OrderedDict"]) => Made::Dict,
        Some([_, b"_reconstruct"]) => Made::Array,
        _ => Made::Other,
    }
}

/// Finds the containers that are worth a look at what they hash.
struct Keyed<'g> {
    view: View<'g>,
    /// How many keys may have one hash.
    most: usize,
    /// The class of the last instance, and what it makes.
    last: (Id, Made),
}

impl Keyed<'_> {
    /// Whether it hashes many keys, or may hash such as unfold.
    fn hashes_much(&mut self, id: Id) -> bool {
        let holds = |&key: &Id| is_container(self.view, key);
        match self.view.peek(id) {
            Peek::Dict(ids) => ids.len() / 2 > self.most || ids.iter().step_by(2).any(holds),
            Peek::Set(ids) | Peek::FrozenSet(ids) => ids.len() > self.most || ids.iter().any(holds),
            Peek::Instance(instance) => {
                let class = self.view.class(id).unwrap_or(Id::NONE);
                if class != self.last.0 {
                    self.last = (class, made(self.view, class));
                }
                let is_made_of_keys = match self.last.1 {
                    Made::Set | Made::Dict => true,
                    Made::Array => objects(self.view, id).is_some_and(|all| all.len() > self.most),
                    Made::Other => false,
                };
                is_made_of_keys || instance.steps().any(|(kind, _)| kind == StepKind::SetItem)
            }
            _ => false,
        }
    }
}

/// The first of these containers in which too many keys have one hash, or one that nobody knows, and how many have: as each is
/// compared with the others, of large keys there may be fewer.
fn equal_hashes(graph: &Graph<&[u8]>, limits: &Limits, sizes: &[u64], hashing: &[Id]) -> Option<(Id, usize)> {
    let (view, visits) = (graph.view(), most(graph, limits));
    let mut all = [Family::New, Family::Old, Family::Python2].map(|family| Hashes::new(graph, family));
    for &id in hashing {
        let array = objects(view, id);
        let count = array.map_or_else(|| keys(view, id).count(), <[Id]>::len);
        let are_many = |count: usize, keys: u64| {
            count > limits.equal_hashes || keys > count as u64 && keys.saturating_mul(count as u64) > visits
        };
        if !are_many(count, keys(view, id).map(|key| size(sizes, key)).sum()) {
            continue;
        }
        // Keys that are equal are one key.
        let keys: Vec<Id> = match graph.node(id).data() {
            Data::Dict(items) => items.map(|(key, _)| key.id()).collect(),
            Data::Set(items) | Data::FrozenSet(items) => items.map(Node::id).collect(),
            _ => array.map_or_else(|| keys(view, id).collect(), <[Id]>::to_vec),
        };
        for hashes in &mut all {
            let mut same: HashMap<Option<u64>, Vec<Id>> = HashMap::new();
            for &key in &keys {
                let hash = hashes.of(key);
                if !hashes.is_secret(key) && (array.is_none() || hash.is_some()) {
                    same.entry(hash).or_default().push(key);
                }
            }
            let many = same.into_values().map(|same| distinct(graph, limits, sizes, same));
            let many =
                many.filter(|same| are_many(same.len(), same.iter().map(|&key| size(sizes, key)).sum()));
            if let Some(most) = many.map(|same| same.len()).max() {
                return Some((id, most));
            }
        }
    }
    None
}

/// The objects of an array, which pandas hashes where it looks whether one is there twice.
pub(crate) fn objects(view: View<'_>, id: Id) -> Option<&[Id]> {
    let Peek::Instance(instance) = view.peek(id) else { return None };
    if made(view, view.class(id)?) != Made::Array {
        return None;
    }
    let (_, state) = instance.steps().find(|(kind, _)| *kind == StepKind::State)?;
    match view.peek(*view.sequence(*state.first()?)?.last()?) {
        Peek::List(ids) => Some(ids),
        _ => None,
    }
}

/// Those of them that differ, if there are so many that it matters: small ones as they are written.
fn distinct(graph: &Graph<&[u8]>, limits: &Limits, sizes: &[u64], mut ids: Vec<Id>) -> Vec<Id> {
    const SMALL: u64 = 100;
    let mut known = HashSet::new();
    ids.retain(|&id| known.insert(id));
    if ids.len() > limits.equal_hashes {
        let mut written = HashSet::new();
        let is_small = |id| size(sizes, id) <= SMALL;
        ids.retain(|&id| !is_small(id) || written.insert(graph.node(id).to_string()));
    }
    ids
}
