//! Which objects are in the memo, and in which slots.

use std::collections::HashMap;

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
    /// Of all that could have been memoised so far, how many: the names of slots in a plan.
    candidates: usize,
}

/// Which candidates get a slot.
#[derive(Debug, Default)]
enum Plan {
    #[default]
    All,
    /// All; which slots are fetched is noted: the first pass of [`MemoPolicy::Shared`].
    Noted(Vec<bool>),
    /// Those whose number is set.
    Some(Vec<bool>),
    /// Those that had slots, in the slots that they had.
    AsRead(HashMap<Id, u64>),
}

const NO_SLOT: u32 = u32::MAX;

impl Memo {
    /// `slots` lends its memory.
    pub fn new(policy: MemoPolicy, nodes: usize, recorded: Option<&[Id]>, mut slots: Vec<u32>) -> Self {
        let plan = match (policy, recorded) {
            (MemoPolicy::AsRead, Some(recorded)) => {
                let slots = recorded.iter().enumerate().filter(|(_, id)| **id != Id::VACANT);
                Plan::AsRead(slots.map(|(slot, &id)| (id, slot as u64)).collect())
            }
            (MemoPolicy::Shared, _) => Plan::Noted(Vec::new()),
            _ => Plan::All,
        };
        slots.clear();
        slots.resize(nodes, NO_SLOT);
        Self { slots, plan, ..Self::default() }
    }

    /// Its memory, for the next.
    pub fn into_slots(self) -> Vec<u32> {
        self.slots
    }

    pub fn is_as_read(&self) -> bool {
        matches!(self.plan, Plan::AsRead(_))
    }

    /// For the second pass: only what was fetched in the first gets a slot.
    pub fn second_pass(mut self) -> Self {
        let plan = match self.plan {
            Plan::Noted(fetched) => Plan::Some(fetched),
            plan => plan,
        };
        self.slots.fill(NO_SLOT);
        Self { slots: self.slots, plan, ..Self::default() }
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
    fn candidate(&mut self, emitter: &mut Emitter, id: Option<Id>) -> Option<u64> {
        let number = self.candidates;
        self.candidates += 1;
        match &self.plan {
            Plan::All | Plan::Noted(_) => Some(emitter.memoize()),
            Plan::Some(wanted) => wanted.get(number).is_some_and(|&wanted| wanted).then(|| emitter.memoize()),
            Plan::AsRead(slots) => {
                let slot = *slots.get(&id?)?;
                emitter.put(slot);
                Some(slot)
            }
        }
    }

    /// Memoises the object on the stack.
    #[inline]
    pub fn object(&mut self, emitter: &mut Emitter, index: usize, id: Id) {
        if let Some(slot) = self.candidate(emitter, Some(id)) {
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
