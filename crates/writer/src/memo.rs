//! Which objects are in the memo, and in which slots.

use std::collections::{HashMap, HashSet};

use halfsour_value::Id;

use crate::{Emitter, MemoPolicy};

/// Objects that are written by name and are not in the graph, but are one object to Python.
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
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// By number of node.
    slots: Vec<u32>,
    constants: HashMap<Constant, u64>,
    plan: Plan,
    policy: MemoPolicy,
    /// What came from outside and was not memoised, by number of node.
    outside: HashSet<usize>,
    /// Some of it was met again.
    outside_again: bool,
    /// Of all that could have been memoised so far, how many: the names of slots in a plan.
    candidates: usize,
}

/// Which candidates get a slot.
#[derive(Debug, Default)]
enum Plan {
    #[default]
    All,
    /// All, and of what comes from outside these.
    AllAnd(HashSet<usize>),
    /// All; which slots are fetched is noted, for a second pass.
    Noted(Vec<bool>),
    /// Those whose number is set.
    Some(Vec<bool>),
    /// These nodes, in these slots.
    Slots(HashMap<usize, u64>),
}

const NO_SLOT: u32 = u32::MAX;

impl Memo {
    /// For the first pass, if that is not the only one. `slots` lends its memory.
    pub fn new(policy: MemoPolicy, nodes: usize, slots: Vec<u32>) -> Self {
        let plan = if policy == MemoPolicy::All { Plan::All } else { Plan::Noted(Vec::new()) };
        Self::with_plan(policy, nodes, slots, plan)
    }

    fn with_plan(policy: MemoPolicy, nodes: usize, mut slots: Vec<u32>, plan: Plan) -> Self {
        slots.clear();
        slots.resize(nodes, NO_SLOT);
        Self { slots, plan, policy, ..Self::default() }
    }

    /// Whether this is the first of two passes.
    pub fn needs_second_pass(&self) -> bool {
        matches!(self.plan, Plan::Noted(_))
    }

    /// For the second pass: what was fetched in the first gets a slot, and, if the stream is to be as
    /// it was read, what had one there: `recorded`, in the order of the slots.
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
                // What was shared by other ways, as DUP is one, is in none.
                let free = recorded.last().map_or(0, |(slot, _)| slot + 1);
                for (free, index) in (free..).zip(shared) {
                    slots.entry(index).or_insert(free);
                }
                Plan::Slots(slots)
            }
        };
        Self::with_plan(self.policy, self.slots.len(), self.slots, plan)
    }

    /// Whether something from outside was met again, so that it has to be memoised: all has to be written once more.
    pub fn is_void(&self) -> bool {
        self.outside_again
    }

    /// For the first of two passes, after a single one that was in vain.
    pub fn start_over(self) -> Self {
        Self::with_plan(self.policy, self.slots.len(), self.slots, Plan::Noted(Vec::new()))
    }

    /// Whether to memoise something from outside, which Python does not; but here it may occur again.
    pub fn keeps_outside(&self, index: usize) -> bool {
        match &self.plan {
            Plan::All => false,
            Plan::AllAnd(shared) => shared.contains(&index),
            Plan::Noted(_) | Plan::Some(_) | Plan::Slots(_) => true,
        }
    }

    /// Meets something from outside that is not memoised; whether it was met before.
    pub fn meet_outside(&mut self, index: usize) -> bool {
        let again = matches!(self.plan, Plan::All) && !self.outside.insert(index);
        self.outside_again |= again;
        again
    }

    /// Its memory, for the next.
    pub fn into_slots(self) -> Vec<u32> {
        self.slots
    }

    pub fn is_as_read(&self) -> bool {
        self.policy == MemoPolicy::AsRead
    }

    /// The slot in which an object is.
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

    /// Memoises what is on the stack, unless the plan is against it.
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

    /// Memoises the object on the stack.
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
