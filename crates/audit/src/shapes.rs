//! [`Shapes`]: how far the containers of a graph unfold, and what is in them, found in one go over all nodes.

use halfsour_vm::Graph;
use halfsour_vm::value::machine::{Peek, RawInstance, StepKind};
use halfsour_vm::value::{Id, Kind, View};

use crate::Limits;
use crate::ids::IdSet;
use crate::pattern::{holds, is_object};

/// What a graph looks like.
pub(crate) struct Shapes {
    /// By node; 0 for what holds nothing.
    unfolded: Vec<u64>,
    /// The first object of a bad shape. What holds it is not known then.
    pub bad: Option<Bad>,
    /// The containers that hash many keys, or such as unfold.
    pub hashing: Vec<Id>,
    /// Whether an object may have been given a name that may only be called, by itself or in a container.
    is_given_name: bool,
}

/// An object of a bad shape.
#[derive(Clone, Copy)]
pub(crate) enum Bad {
    /// It unfolds into too many items, and into how many.
    Large(Id, u64),
    /// Too many containers lie in each other.
    Deep(Id),
}

/// What a container unfolds into, in one word, as there is one for each node: how many items beside itself, whether names that may only be
/// called may be among them, and how deep containers lie in it.
#[derive(Clone, Copy, PartialEq)]
struct Unfolded(u64);

impl Unfolded {
    /// Nobody has looked at it.
    const NEW: Self = Self(u64::MAX);
    /// It is being looked at: it holds itself, and counts as one item. Names may be in it.
    const OPEN: Self = Self(Self::NAME);
    const NAME: u64 = 1 << Self::DEPTH_BITS;
    const DEPTH_BITS: u32 = 24;
    const DEEPEST: u64 = Self::NAME - 1;
    const MOST: u64 = (u64::MAX >> (Self::DEPTH_BITS + 1)) - 1;

    fn new(more: u64, has_name: bool, depth: u64) -> Self {
        let name = if has_name { Self::NAME } else { 0 };
        Self(more.min(Self::MOST) << (Self::DEPTH_BITS + 1) | name | depth.min(Self::DEEPEST))
    }

    fn more(self) -> u64 {
        self.0 >> (Self::DEPTH_BITS + 1)
    }

    fn depth(self) -> u64 {
        self.0 & Self::DEEPEST
    }

    fn has_name(self) -> bool {
        self.0 & Self::NAME != 0
    }
}

impl Shapes {
    /// Looks at all objects of a graph. Objects that hold themselves are counted once. `callees` are the names that may only be called.
    pub fn of(graph: &Graph<&[u8]>, limits: &Limits, callees: &IdSet) -> Self {
        let view = graph.view();
        let mut walk = Walk {
            view,
            callees,
            most: most(graph, limits),
            deepest: (limits.nesting as u64).min(Unfolded::DEEPEST),
            most_keys: limits.equal_hashes,
            open: Vec::new(),
            classes: [(Id::NONE, Made::Other); CLASSES],
            shapes: Self {
                unfolded: vec![0; graph.node_count()],
                bad: None,
                hashing: Vec::new(),
                is_given_name: false,
            },
        };
        let mut later = Vec::new();
        // Those whose last member comes later, with its index: mostly, they lie in each other.
        let mut pending: Vec<(usize, Id)> = Vec::new();
        let nodes = graph.node_count();
        for (index, id) in graph.store().ids().enumerate() {
            while let Some((_, known)) = pending.pop_if(|(last, _)| *last < index) {
                walk.look_or_leave(known, &mut later);
            }
            if !may_hold(view.kind(id)) {
                continue;
            }
            let last = match view.peek(id) {
                // Their members were made before them.
                Peek::Tuple(_) | Peek::FrozenSet(_) => 0,
                Peek::List(ids) | Peek::Dict(ids) | Peek::Set(ids) => last(ids),
                Peek::Instance(instance) => instance.steps().map(|(_, ids)| last(ids)).max().unwrap_or(0),
                Peek::Global(..) if callees.contains(id) && view.foreign_steps(id).is_none() => {
                    walk.shapes.unfolded[index] = Unfolded::NAME;
                    continue;
                }
                Peek::Global(..) | Peek::PersistentId(_) | Peek::Extension(_) | Peek::Buffer(_)
                    if view.foreign_steps(id).is_some() =>
                {
                    nodes
                }
                _ => continue,
            };
            if last < index {
                walk.look_or_leave(id, &mut later);
            } else {
                walk.shapes.unfolded[index] = Unfolded::NEW.0;
                pending.push((last, id));
            }
        }
        for (_, id) in pending.into_iter().rev() {
            walk.look_or_leave(id, &mut later);
        }
        // They hold some that were not known then, or themselves.
        for &first in &later {
            walk.look_through(first);
        }
        // Those that nobody has looked at hash as many.
        if walk.shapes.bad.is_some() {
            for id in graph.store().ids() {
                walk.look_at_keys(id);
            }
        }
        walk.shapes.hashing.sort_unstable();
        walk.shapes.hashing.dedup();
        walk.shapes
    }

    /// How many items an object unfolds into, itself among them; 1 if it is not known.
    pub fn size(&self, id: Id) -> u64 {
        if self.bad.is_some() { 1 } else { 1 + self.unfolded(id).more() }
    }

    /// Whether a name that may only be called may be kept: by an object that was given it, or by one of these.
    pub fn keeps_name(&self, keepers: &[Id]) -> bool {
        self.bad.is_some() || self.is_given_name || keepers.iter().any(|&id| self.unfolded(id).has_name())
    }

    fn unfolded(&self, id: Id) -> Unfolded {
        Unfolded(id.index().map_or(0, |index| self.unfolded[index]))
    }
}

/// How many items may be visited.
pub(crate) fn most(graph: &Graph<&[u8]>, limits: &Limits) -> u64 {
    limits.expansion.max(graph.node_count() as u64 * 100).min(Unfolded::MOST)
}

/// Whether an object of this kind may hold others.
#[inline]
fn may_hold(kind: Kind) -> bool {
    holds(kind) || is_object(kind) || kind == Kind::Buffer
}

/// The index of the last node among these; 0 if there is none.
fn last(ids: &[Id]) -> usize {
    ids.iter().filter_map(|id| id.index()).max().unwrap_or(0)
}

/// The number of classes that are kept in mind.
const CLASSES: usize = 16;

/// Looks at one object after the other.
struct Walk<'g> {
    view: View<'g>,
    callees: &'g IdSet,
    most: u64,
    deepest: u64,
    /// How many keys may have one hash.
    most_keys: usize,
    /// The objects that have to be known first.
    open: Vec<Id>,
    /// By the last bits of their ids, classes and what they make.
    classes: [(Id, Made); CLASSES],
    shapes: Shapes,
}

/// What the members of a container come to.
#[derive(Clone, Copy, Default)]
struct Sum {
    size: u64,
    depth: u64,
    has_name: bool,
    /// Whether it hashes many keys, or such as unfold.
    hashes_much: bool,
}

impl Sum {
    /// Whether a member may hold others. What is being looked at does, and its depth is not known.
    fn may_hold(self) -> bool {
        self.depth > 0 || self.has_name
    }
}

impl Walk<'_> {
    /// Looks at a container; if one of its members is not known, it is one for `later`.
    fn look_or_leave(&mut self, id: Id, later: &mut Vec<Id>) {
        let Some(index) = id.index() else { return };
        if !self.look(id, index) {
            self.open.clear();
            self.shapes.unfolded[index] = Unfolded::NEW.0;
            later.push(id);
        }
    }

    /// Looks at a container and, before it, at those in it that nobody has looked at.
    fn look_through(&mut self, first: Id) {
        self.open.push(first);
        while let Some(&id) = self.open.last().filter(|_| self.shapes.bad.is_none()) {
            let of = self.shapes.unfolded(id);
            let Some(index) = id.index().filter(|_| matches!(of, Unfolded::NEW | Unfolded::OPEN)) else {
                self.open.pop();
                continue;
            };
            if !self.look(id, index) {
                self.shapes.unfolded[index] = Unfolded::OPEN.0;
            }
        }
    }

    /// Looks at a container. Those of its members that nobody has looked at are put on `open`; if there are such, returns `false`.
    fn look(&mut self, id: Id, index: usize) -> bool {
        if self.shapes.bad.is_some() {
            return false;
        }
        let before = self.open.len();
        let mut sum = Sum { size: 1, ..Sum::default() };
        let mut is_given_name = false;
        let is_own = match self.view.peek(id) {
            Peek::Tuple(ids) | Peek::List(ids) => {
                self.add(&mut sum, ids);
                true
            }
            Peek::Set(ids) | Peek::FrozenSet(ids) => {
                self.add(&mut sum, ids);
                sum.hashes_much = ids.len() > self.most_keys || sum.may_hold();
                true
            }
            Peek::Dict(ids) => {
                self.add_pairs(&mut sum, ids);
                sum.hashes_much |= ids.len() / 2 > self.most_keys;
                true
            }
            Peek::Instance(ref instance) => {
                is_given_name = self.add_instance(&mut sum, instance);
                false
            }
            _ => {
                let ids: Vec<Id> = self.view.children(id).collect();
                self.add(&mut sum, &ids);
                is_given_name = sum.has_name;
                false
            }
        };
        if self.open.len() > before {
            return false;
        }
        if sum.size > self.most {
            self.shapes.bad = Some(Bad::Large(id, sum.size));
            return false;
        }
        if sum.depth >= self.deepest {
            self.shapes.bad = Some(Bad::Deep(id));
            return false;
        }
        let has_name = if is_own { sum.has_name } else { self.callees.contains(id) };
        self.shapes.unfolded[index] = Unfolded::new(sum.size - 1, has_name, sum.depth + 1).0;
        self.shapes.is_given_name |= is_given_name;
        if sum.hashes_much {
            self.shapes.hashing.push(id);
        }
        true
    }

    /// Adds the members of a container. Those that nobody has looked at are put on `open`.
    #[inline]
    fn add(&mut self, sum: &mut Sum, ids: &[Id]) {
        sum.size = sum.size.saturating_add(ids.len() as u64);
        let of = |id: Id| id.index().map_or(Unfolded(0), |index| Unfolded(self.shapes.unfolded[index]));
        // Most hold nothing.
        if ids.iter().all(|&id| of(id) == Unfolded(0)) {
            return;
        }
        for &child in ids {
            match of(child) {
                Unfolded(0) => {}
                Unfolded::NEW => self.open.push(child),
                of => {
                    sum.size = sum.size.saturating_add(of.more());
                    sum.depth = sum.depth.max(of.depth());
                    sum.has_name |= of.has_name();
                }
            }
        }
    }

    /// Adds keys and values in turn.
    #[inline]
    fn add_pairs(&mut self, sum: &mut Sum, ids: &[Id]) {
        self.add(sum, ids);
        if sum.may_hold() {
            sum.hashes_much |= ids.iter().step_by(2).any(|&key| self.shapes.unfolded(key) != Unfolded(0));
        }
    }

    /// Adds the parts of an instance; whether it was given a name as an item.
    #[inline]
    fn add_instance(&mut self, sum: &mut Sum, instance: &RawInstance<'_>) -> bool {
        self.add(sum, &[instance.callable(), instance.args()]);
        if let Some(kwargs) = instance.kwargs() {
            self.add(sum, &[kwargs]);
        }
        let mut is_given_name = false;
        let mut keys = 0;
        for (kind, ids) in instance.steps() {
            let before = std::mem::take(&mut sum.has_name);
            if kind == StepKind::SetItem {
                self.add_pairs(sum, ids);
                keys += ids.len() / 2;
            } else {
                self.add(sum, ids);
            }
            // A state is looked at by its pattern.
            is_given_name |= sum.has_name && kind != StepKind::State;
            sum.has_name |= before;
        }
        sum.hashes_much |= keys > self.most_keys || self.is_made_of_keys(instance);
        is_given_name
    }

    /// Notes a container if it hashes many keys, or may do so, whatever its members are.
    fn look_at_keys(&mut self, id: Id) {
        let hashes_many = match self.view.peek(id) {
            Peek::Dict(ids) => ids.len() / 2 > self.most_keys,
            Peek::Set(ids) | Peek::FrozenSet(ids) => ids.len() > self.most_keys,
            Peek::Instance(ref instance) => {
                let set = instance.steps().filter(|(kind, _)| *kind == StepKind::SetItem);
                set.map(|(_, items)| items.len() / 2).sum::<usize>() > self.most_keys
                    || self.is_made_of_keys(instance)
            }
            _ => false,
        };
        if hashes_many {
            self.shapes.hashing.push(id);
        }
    }

    /// Whether an instance may be made of keys that it hashes.
    fn is_made_of_keys(&mut self, instance: &RawInstance<'_>) -> bool {
        match self.made(instance.class(self.view)) {
            Made::Set | Made::Dict => instance.args() != Id::EMPTY_TUPLE,
            Made::Array => items(self.view, instance).is_some_and(|all| all.len() > self.most_keys),
            Made::Other => false,
        }
    }

    /// What a class makes.
    fn made(&mut self, class: Id) -> Made {
        let Some(index) = class.index() else { return Made::Other };
        let place = &mut self.classes[index % CLASSES];
        if place.0 != class {
            *place = (class, made(self.view, class));
        }
        place.1
    }
}

/// What a class makes of a list that it is given.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Made {
    /// A set of its items.
    Set,
    /// A dict of the pairs in it.
    Dict,
    /// An array, if it is in its state.
    Array,
    Other,
}

/// What a class makes of a list that it is given.
pub(crate) fn made(view: View<'_>, class: Id) -> Made {
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

/// The objects of an array, which pandas hashes where it looks whether one is there twice.
pub(crate) fn objects(view: View<'_>, id: Id) -> Option<&[Id]> {
    let Peek::Instance(instance) = view.peek(id) else { return None };
    if made(view, instance.class(view)) != Made::Array {
        return None;
    }
    items(view, &instance)
}

/// The list in the state of an array.
fn items<'g>(view: View<'g>, array: &RawInstance<'g>) -> Option<&'g [Id]> {
    let (_, state) = array.steps().find(|(kind, _)| *kind == StepKind::State)?;
    match view.peek(*view.sequence(*state.first()?)?.last()?) {
        Peek::List(ids) => Some(ids),
        _ => None,
    }
}
