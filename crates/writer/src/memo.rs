//! The memo: objects and their slots.

use std::collections::{HashMap, HashSet};

use halfsour_value::Id;

use crate::{Emitter, MemoPolicy};

/// The objects that are written by name although they are not in the graph. Each is one object to Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Constant {
    Latin1,
    CodecsEncode,
    Bytes,
    ByteArray,
    Set,
    FrozenSet,
    Complex,
    NewObj,
    NewObjEx,
    GetAttr,
    MemoryView,
}

/// The memo of the pickle that is being written.
///
/// An *outside object* comes from outside the pickle: a persistent id, a buffer. Python does not memoise those.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// The slot of each node, by its index.
    slots: Vec<u32>,
    constants: HashMap<Constant, u64>,
    plan: Plan,
    policy: MemoPolicy,
    /// The indices of outside objects that were not memoised.
    outside: HashSet<usize>,
    /// One of those was met again.
    outside_again: bool,
    /// The number of objects so far that could have been memoised. A plan names them by this count.
    candidates: usize,
}

/// The choice of candidates that get a slot.
#[derive(Debug, Default)]
enum Plan {
    /// All but outside objects.
    #[default]
    All,
    /// All, and of outside objects those with these indices.
    AllAnd(HashSet<usize>),
    /// All, in the first of two passes, which notes the slots that are fetched.
    Noted(Vec<bool>),
    /// The candidates whose flag is set.
    Some(Vec<bool>),
    /// The nodes with these indices, in these slots.
    Slots(HashMap<usize, u64>),
}

const NO_SLOT: u32 = u32::MAX;

impl Memo {
    /// Creates the memo of the first or only pass. `slots` lends its memory.
    pub fn new(policy: MemoPolicy, nodes: usize, slots: Vec<u32>) -> Self {
        let plan = if policy == MemoPolicy::All { Plan::All } else { Plan::Noted(Vec::new()) };
        Self::with_plan(policy, nodes, slots, plan)
    }

    fn with_plan(policy: MemoPolicy, nodes: usize, mut slots: Vec<u32>, plan: Plan) -> Self {
        slots.clear();
        slots.resize(nodes, NO_SLOT);
        Self { slots, plan, policy, ..Self::default() }
    }

    /// Returns whether this is the memo of the first of two passes.
    pub fn needs_second_pass(&self) -> bool {
        matches!(self.plan, Plan::Noted(_))
    }

    /// Creates the memo of the second pass: objects that were fetched in the first get a slot, and, if the stream is to be
    /// as it was read, objects that had one there.
    pub fn second_pass(self, recorded: &[(u64, Id)]) -> Self {
        let Plan::Noted(noted) = self.plan else { return self };
        let fetched = |slot: u32| slot != NO_SLOT && noted.get(slot as usize) == Some(&true);
        let shared =
            self.slots.iter().enumerate().filter(|&(_, &slot)| fetched(slot)).map(|(index, _)| index);
        let plan = match self.policy {
            MemoPolicy::All => Plan::AllAnd(shared.collect()),
            MemoPolicy::Shared => Plan::Some(noted),
            MemoPolicy::AsRead => {
                let mut slots: HashMap<_, _> =
                    recorded.iter().filter_map(|&(slot, id)| Some((id.index()?, slot))).collect();
                // Objects that were shared without the memo, for example by DUP, had no slot.
                let free = recorded.last().map_or(0, |(slot, _)| slot + 1);
                for (free, index) in (free..).zip(shared) {
                    slots.entry(index).or_insert(free);
                }
                Plan::Slots(slots)
            }
        };
        Self::with_plan(self.policy, self.slots.len(), self.slots, plan)
    }

    /// Returns whether an outside object was met again and so has to be memoised. Then the pickle must be written anew.
    pub fn is_void(&self) -> bool {
        self.outside_again
    }

    /// Creates the memo of the first of two passes, after a single pass that was void.
    pub fn start_over(self) -> Self {
        Self::with_plan(self.policy, self.slots.len(), self.slots, Plan::Noted(Vec::new()))
    }

    /// Returns whether to memoise an outside object. Python does not, but in a graph it may occur again.
    pub fn keeps_outside(&self, index: usize) -> bool {
        match &self.plan {
            Plan::All => false,
            Plan::AllAnd(shared) => shared.contains(&index),
            Plan::Noted(_) | Plan::Some(_) | Plan::Slots(_) => true,
        }
    }

    /// Records that an outside object was met that is not memoised. Returns whether it was met before.
    pub fn meet_outside(&mut self, index: usize) -> bool {
        let again = matches!(self.plan, Plan::All) && !self.outside.insert(index);
        self.outside_again |= again;
        again
    }

    /// Returns the memory, for the next memo.
    pub fn into_slots(self) -> Vec<u32> {
        self.slots
    }

    pub fn is_as_read(&self) -> bool {
        self.policy == MemoPolicy::AsRead
    }

    /// Returns the slot of an object, which is about to be fetched.
    #[inline]
    pub fn find(&mut self, index: usize) -> Option<u64> {
        match self.slots[index] {
            NO_SLOT => None,
            slot => Some(self.fetch(slot.into())),
        }
    }

    pub fn find_constant(&mut self, constant: Constant) -> Option<u64> {
        self.constants.get(&constant).copied().map(|slot| self.fetch(slot))
    }

    #[inline]
    fn fetch(&mut self, slot: u64) -> u64 {
        if let (Plan::Noted(fetched), Ok(slot)) = (&mut self.plan, usize::try_from(slot)) {
            if slot >= fetched.len() {
                fetched.resize(slot + 1, false);
            }
            fetched[slot] = true;
        }
        slot
    }

    /// Memoises the object on top of the stack, if the plan says so.
    #[inline]
    fn candidate(&mut self, emitter: &mut Emitter, index: Option<usize>) -> Option<u64> {
        let number = self.candidates;
        self.candidates += 1;
        match &self.plan {
            Plan::All | Plan::AllAnd(_) | Plan::Noted(_) => Some(emitter.memoize()),
            Plan::Some(wanted) => wanted.get(number).is_some_and(|&wanted| wanted).then(|| emitter.memoize()),
            Plan::Slots(slots) => {
                let slot = *slots.get(&index?)?;
                emitter.put(slot);
                Some(slot)
            }
        }
    }

    /// Memoises the node on top of the stack.
    #[inline]
    pub fn object(&mut self, emitter: &mut Emitter, index: usize) {
        if let Some(slot) = self.candidate(emitter, Some(index)) {
            self.slots[index] = u32::try_from(slot).unwrap_or(NO_SLOT);
        }
    }

    pub fn constant(&mut self, emitter: &mut Emitter, constant: Constant) {
        if let Some(slot) = self.candidate(emitter, None) {
            self.constants.insert(constant, slot);
        }
    }

    /// Memoises an object that cannot occur again.
    pub fn passing(&mut self, emitter: &mut Emitter) {
        self.candidate(emitter, None);
    }
}
