//! What is copied again and again.
//!
//! All that calls and states are given is added up, in bytes that a copy of it takes. What the stream spells once, and fetches for each of
//! many calls, takes the memory, and the time, of all of them.

use halfsour_vm::Event;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind, View};
use hashbrown::HashMap;

use super::{Judge, Named};
use crate::Rule;
use crate::at::At;
use crate::ids::IdSet;
use crate::pattern::{MOST_ITEMS, holds};
use crate::policy::{Acts, PROGRAM};
use crate::report::{Action, Incompleteness, Severity};

/// What an item of a container counts: about as many bytes as it takes in a dict.
const ITEM: u64 = 64;
/// Objects that weigh less are counted by their number alone.
const LIGHT: u64 = 4 * ITEM;
/// How deep containers in an argument may lie in each other. Of deeper ones, it is not known what they weigh.
const DEEPEST: usize = 64;
/// How many parts of an argument, or of a part of a state, are looked at where a class only keeps them.
const MOST: usize = 8;

/// What a copy of things takes.
#[derive(Default)]
pub(super) struct Weights {
    /// Of objects, all that they were made of.
    objects: HashMap<Id, u64>,
    /// Of containers, how many items they had then, and what they weigh.
    containers: HashMap<Id, (usize, u64)>,
    /// The containers, and the objects that are in one of these, perhaps.
    read: IdSet,
}

impl Judge<'_, '_> {
    /// Spends what a call or state may copy, if it copies all that it is given.
    pub(super) fn spend_copies(&mut self, at: At<'_>, event: Event) {
        // There is a finding already.
        if self.is_spent() {
            return;
        }
        let (object, weight, is_copied) = match event {
            Event::Call { callable, args, result } => (result, self.call_weight(at, callable, args), true),
            Event::New { class, args, result, .. } => {
                // Mostly, there are none.
                let of_builtin = || at.view.global(class).is_some_and(|[module, _]| is_builtin(module));
                let item = if args != Id::EMPTY_TUPLE && of_builtin() { ITEM } else { 1 };
                (result, kept(at, args, item), true)
            }
            Event::Build { object, state } => (object, self.state_weight(at, object, state), true),
            Event::Append { object, count }
            | Event::SetItem { object, count }
            | Event::Add { object, count } => {
                let is_object = !holds(at.view.kind(object));
                let items = if is_object { at.view.last_items(object, count) } else { &[] };
                (object, items.iter().map(|&item| ITEM + self.weights.of(at.view, item, 1)).sum(), false)
            }
            _ => return,
        };
        self.weights.changed(object, weight);
        self.copied += if is_copied { weight } else { 0 };
        if self.is_spent() {
            let code = format!("calls that are given {} bytes", self.copied);
            let why = "each may copy what the others are given, too".to_owned();
            self.add(at.offset, Rule::R9, Action::Data, "", code, (Severity::Unknown, why));
        }
    }

    /// Whether calls and states were given more than may be. It would take too long to look at what else they are given.
    pub(super) fn is_spent(&self) -> bool {
        self.copied > self.most_copied()
    }

    /// Says that what follows is not looked at, but for names.
    pub(super) fn give_up(&mut self, offset: usize) {
        let reason =
            || "calls and states are given so much that those after it were not looked at".to_owned();
        self.found.doubt.get_or_insert_with(|| (Incompleteness::Unreadable, offset, reason()));
    }

    /// Spends that many bytes; whether there are more than may be since then.
    pub(super) fn spend(&mut self, size: u64) -> bool {
        let was_spent = self.is_spent();
        self.copied = self.copied.saturating_add(size);
        !was_spent && self.is_spent()
    }

    /// Spends what it takes to hash the types that a type is made of, which are not kept; whether there are more than may be since then.
    pub(super) fn spend_depth(&mut self, at: At<'_>, args: &[Id], result: Id) -> bool {
        /// What hashing one type takes, beside copying a byte.
        const HASH: u64 = 100;
        let parts = args.iter().flat_map(|&arg| at.view.sequence(arg).unwrap_or_default()).chain(args);
        let deepest = parts.take(MOST_ITEMS).filter_map(|part| self.depths.get(part)).max();
        let depth = deepest.map_or(1, |depth| depth + 1);
        self.depths.insert(result, depth);
        self.spend(depth * HASH)
    }

    /// How many bytes may be copied: 80 MB, and 200 for each byte of the pickle.
    pub(super) fn most_copied(&self) -> u64 {
        let (expansion, length) = (self.policy.limits().expansion, self.source.len() as u64);
        expansion.saturating_mul(8).saturating_add(length.saturating_mul(200))
    }

    fn call_weight(&mut self, at: At<'_>, callable: Id, args: Id) -> u64 {
        let ids = at.view.sequence(args).unwrap_or_default();
        if let Some(bytes) = plain(at.view, ids) {
            return ITEM * ids.len() as u64 + bytes;
        }
        let named = self.partials.get(&callable).cloned().or_else(|| self.named(at, callable));
        let makes = matches!(
            named.as_ref().and_then(|named| named.entry?.allow.acts),
            Some(Acts::NewObj | Acts::NewObjEx | Acts::Reconstructor)
        );
        if makes || named.is_none_or(|named| is_kept(&named)) {
            return kept(at, args, 1);
        }
        self.weights.of_parts(at.view, args)
    }

    /// What a state weighs: all that is in it if the class does more than to keep it.
    fn state_weight(&mut self, at: At<'_>, object: Id, state: Id) -> u64 {
        const FEW: u64 = 1000;
        if let Peek::Dict(items) = at.view.peek(state)
            && plain(at.view, items).is_some_and(|bytes| bytes < FEW)
        {
            return items.len() as u64;
        }
        let Some(named) = self.maker(at, object) else { return 0 };
        let keeps = is_kept(&named) || named.class().is_some_and(|class| !class.has_setstate());
        match at.view.peek(state) {
            Peek::Tuple(_) | Peek::List(_) if keeps => kept(at, state, 1),
            Peek::Dict(items) if keeps => {
                let objects = items.iter().skip(1).step_by(2).take(MOST_ITEMS);
                size(at, state) + objects.filter_map(|it| self.weights.objects.get(it)).sum::<u64>()
            }
            _ => self.weights.of_parts(at.view, state),
        }
    }
}

/// Whether nobody has read what its class does with what it is given, or the policy does not list it.
fn is_kept(named: &Named<'_>) -> bool {
    named.entry.is_none_or(|entry| entry.allow.pack == PROGRAM)
}

fn is_builtin(module: &[u8]) -> bool {
    matches!(module, b"builtins" | b"__builtin__")
}

impl Weights {
    /// What arguments or a state weigh: texts and bytes that lie in there directly, and all containers and objects.
    fn of_parts(&mut self, view: View<'_>, parts: Id) -> u64 {
        let (Peek::Tuple(ids) | Peek::List(ids) | Peek::Dict(ids)) = view.peek(parts) else {
            return bytes(view, parts);
        };
        let weight = |part: Id| if is_heavy(view, part) { self.of(view, part, 1) } else { bytes(view, part) };
        ids.iter().copied().map(weight).fold(ITEM * ids.len() as u64, u64::saturating_add)
    }

    /// What a container or an object weighs.
    fn of(&mut self, view: View<'_>, id: Id, depth: usize) -> u64 {
        let ids = match view.peek(id) {
            // To look at few items again is less than to keep in mind what they weigh.
            Peek::Tuple(ids) if ids.len() <= MOST && !ids.iter().any(|&id| is_heavy(view, id)) => {
                return ITEM * ids.len() as u64;
            }
            Peek::List(ids) | Peek::Tuple(ids) | Peek::Dict(ids) | Peek::Set(ids) | Peek::FrozenSet(ids) => {
                ids
            }
            Peek::Instance(_) => {
                self.read.insert(id);
                return self.objects.get(&id).copied().unwrap_or(0);
            }
            _ => return 0,
        };
        if depth > DEEPEST {
            return u64::from(u32::MAX);
        }
        match self.containers.get(&id) {
            Some(&(length, weight)) if length == ids.len() => return weight,
            _ => {}
        }
        // One that holds itself is counted once.
        self.read.insert(id);
        self.containers.insert(id, (ids.len(), 0));
        let weight =
            ids.iter().map(|&item| ITEM + self.of(view, item, depth + 1)).fold(0, u64::saturating_add);
        self.containers.insert(id, (ids.len(), weight));
        weight
    }

    /// An object, or a container, has become heavier.
    fn changed(&mut self, object: Id, weight: u64) {
        if weight > LIGHT {
            let known = self.objects.entry(object).or_insert(0);
            *known = known.saturating_add(weight);
        }
        if self.read.remove(object) {
            self.containers.clear();
        }
    }
}

/// Whether it is a container or an object.
fn is_heavy(view: View<'_>, id: Id) -> bool {
    let kind = view.kind(id);
    holds(kind) || kind == Kind::Instance
}

/// How many bytes are in these, if they are no containers and no objects.
fn plain(view: View<'_>, ids: &[Id]) -> Option<u64> {
    ids.iter().try_fold(0, |sum, &id| match view.kind(id) {
        Kind::Bytes | Kind::ByteArray | Kind::ByteString | Kind::Str => Some(sum + bytes(view, id)),
        Kind::None | Kind::Bool | Kind::Int | Kind::Float => Some(sum),
        _ => (!is_heavy(view, id)).then_some(sum),
    })
}

/// How many bytes a text or bytes have.
#[inline]
fn bytes(view: View<'_>, id: Id) -> u64 {
    if !matches!(view.kind(id), Kind::Bytes | Kind::ByteArray | Kind::ByteString | Kind::Str) {
        return 0;
    }
    view.payload(id).map_or(0, |bytes| bytes.len() as u64)
}

/// What arguments or a state weigh that are only kept: their number, and how many bytes or items they have, and their parts.
fn kept(at: At<'_>, parts: Id, item: u64) -> u64 {
    let parts = at.view.sequence(parts).unwrap_or_default();
    parts.iter().take(MOST_ITEMS).map(|&part| ITEM + item * size_with_parts(at, part)).sum()
}

/// How many bytes or items copies of it and of its first parts have.
fn size_with_parts(at: At<'_>, id: Id) -> u64 {
    if at.view.kind(id) != Kind::Tuple {
        return size(at, id);
    }
    let parts = at.view.sequence(id).unwrap_or_default();
    parts.len() as u64 + parts.iter().take(MOST).map(|&part| size(at, part)).sum::<u64>()
}

/// How many bytes or items a copy has.
#[inline]
fn size(at: At<'_>, id: Id) -> u64 {
    if matches!(
        at.view.kind(id),
        Kind::None | Kind::Bool | Kind::Int | Kind::Float | Kind::Global | Kind::Instance
    ) {
        return 0;
    }
    match at.view.peek(id) {
        Peek::List(ids) | Peek::Tuple(ids) | Peek::Dict(ids) | Peek::Set(ids) | Peek::FrozenSet(ids) => {
            ids.len() as u64
        }
        _ => bytes(at.view, id),
    }
}
