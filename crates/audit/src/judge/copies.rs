//! What is copied again and again.

use halfsour_vm::Event;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind};

use super::Judge;
use crate::Rule;
use crate::at::At;
use crate::pattern::MOST_ITEMS;
use crate::report::{Action, Severity};

/// How many parts of an argument, or of a part of a state, are looked at: what goes over them takes few.
const MOST: usize = 8;

impl Judge<'_, '_> {
    /// Spends what a call may copy, if it copies all that it is given. What the stream spells once, and fetches for each of
    /// many calls, takes the memory of all of them.
    pub(super) fn spend_copies(&mut self, at: At<'_>, event: Event) {
        let before = self.copied;
        match event {
            Event::Call { args, .. } | Event::New { args, .. } => self.spend_parts(at, args),
            Event::Build { state, .. } if at.view.kind(state) == Kind::Tuple => self.spend_parts(at, state),
            Event::Build { state, .. } => self.copied += size(at, state),
            _ => {}
        }
        let most = self.most_copied();
        if before <= most && self.copied > most {
            let code = format!("calls that are given {} bytes and items", self.copied);
            let why = "each may copy what the others are given, too".to_owned();
            self.add(at.offset, Rule::R9, Action::Data, "", code, (Severity::Unknown, why));
        }
    }

    /// Spends that many bytes or items; whether there are more than may be since then.
    pub(super) fn spend(&mut self, size: u64) -> bool {
        let (before, most) = (self.copied, self.most_copied());
        self.copied += size;
        before <= most && self.copied > most
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

    fn most_copied(&self) -> u64 {
        self.policy.limits().expansion.max(self.source.len() as u64 * 100)
    }

    fn spend_parts(&mut self, at: At<'_>, parts: Id) {
        let parts = at.view.sequence(parts).unwrap_or_default();
        self.copied += parts.iter().take(MOST_ITEMS).map(|&part| size_with_parts(at, part)).sum::<u64>();
    }
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
        Peek::Bytes(bytes) | Peek::ByteArray(bytes) | Peek::ByteString(bytes) | Peek::Str(bytes) => {
            bytes.len() as u64
        }
        Peek::List(ids) | Peek::Tuple(ids) | Peek::Dict(ids) | Peek::Set(ids) | Peek::FrozenSet(ids) => {
            ids.len() as u64
        }
        _ => 0,
    }
}
