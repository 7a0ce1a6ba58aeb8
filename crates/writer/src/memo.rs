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
    /// The stream is to be as it was read.
    as_read: bool,
    /// Of all that could have been memoised so far, how many: the names of slots in a plan.
    candidates: usize,
}

/// Which candidates get a slot.
#[derive(Debug, Default)]
enum Plan {
    #[default]
    All,
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
    pub fn new(policy: MemoPolicy, nodes: usize, is_recorded: bool, mut slots: Vec<u32>) -> Self {
        slots.clear();
        slots.resize(nodes, NO_SLOT);
        let as_read = policy == MemoPolicy::AsRead && is_recorded;
        let plan = if as_read || policy == MemoPolicy::Shared { Plan::Noted(Vec::new()) } else { Plan::All };
        Self { slots, plan, as_read, ..Self::default() }
    }

    /// Whether this is the first of two passes.
    pub fn needs_second_pass(&self) -> bool {
        matches!(self.plan, Plan::Noted(_))
    }

    /// For the second pass: what was fetched in the first gets a slot, and, if the stream is to be as
    /// it was read, what had one there.
    pub fn second_pass(mut self, recorded: &[Id]) -> Self {
        let Plan::Noted(fetched) = self.plan else { return self };
        let plan = if self.as_read {
            let had = recorded.iter().enumerate();
            let mut slots: HashMap<_, _> =
                had.filter_map(|(slot, id)| Some((id.index()?, slot as u64))).collect();
            // What was shared by other ways, as DUP is one, is in none.
            let mut free = recorded.len() as u64;
            for (index, &slot) in self.slots.iter().enumerate() {
                if slot != NO_SLOT && fetched.get(slot as usize) == Some(&true) {
                    slots.entry(index).or_insert_with(|| {
                        free += 1;
                        free - 1
                    });
                }
            }
            Plan::Slots(slots)
        } else {
            Plan::Some(fetched)
        };
        self.slots.fill(NO_SLOT);
        Self { slots: self.slots, plan, as_read: self.as_read, ..Self::default() }
    }

    /// Its memory, for the next.
    pub fn into_slots(self) -> Vec<u32> {
        self.slots
    }

    pub fn is_as_read(&self) -> bool {
        self.as_read
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
            Plan::All | Plan::Noted(_) => Some(emitter.memoize()),
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
