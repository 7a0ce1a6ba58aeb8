//! The memo: slots that hold objects.

use std::collections::HashMap;

use halfsour_value::Id;
use halfsour_value::machine::VACANT;

/// A map of slots. Slots near those that are set already are in a vector; the others, which no pickler writes, in a
/// table, so that a huge index costs nothing.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    near: Vec<Id>,
    far: HashMap<u64, Id>,
    set: usize,
}

impl Memo {
    /// The objects by slot; those in slots far from the others are left out.
    pub fn record(&self) -> Vec<Id> {
        self.near.clone()
    }

    pub fn clear(&mut self) {
        self.near.clear();
        self.far.clear();
        self.set = 0;
    }

    /// How many slots are set. `MEMOIZE` sets the slot with this number.
    pub fn set(&self) -> usize {
        self.set
    }

    #[inline]
    pub fn get(&self, slot: u64) -> Option<Id> {
        match usize::try_from(slot).ok().and_then(|slot| self.near.get(slot)) {
            Some(&id) if id != VACANT => Some(id),
            _ => self.get_far(slot),
        }
    }

    #[cold]
    fn get_far(&self, slot: u64) -> Option<Id> {
        self.far.get(&slot).copied()
    }

    #[inline]
    pub fn put(&mut self, slot: u64, id: Id) {
        if slot == self.near.len() as u64 && self.far.is_empty() {
            self.near.push(id);
            self.set += 1;
        } else {
            self.put_anywhere(slot, id);
        }
    }

    #[inline(never)]
    fn put_anywhere(&mut self, slot: u64, id: Id) {
        if self.get(slot).is_none() {
            self.set += 1;
        }
        // What a vacant place costs is paid for by the slots that are set.
        let near = self.set * 4 + 256;
        match usize::try_from(slot) {
            Ok(slot) if slot < near => {
                if slot >= self.near.len() {
                    self.near.resize(slot + 1, VACANT);
                }
                self.near[slot] = id;
            }
            _ => {
                self.far.insert(slot, id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_map_wherever_the_slots_are() {
        let mut memo = Memo::default();
        let mut map = HashMap::new();
        let mut slot = 1_u64;
        for step in 0_u32..2000 {
            slot = slot.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(step.into());
            let at = match step % 3 {
                0 => step.into(),
                1 => slot % 5000,
                _ => slot,
            };
            let id = Id::small_int(step.into()).unwrap();
            memo.put(at, id);
            map.insert(at, id);
            assert_eq!(memo.set(), map.len());
        }
        assert!(map.iter().all(|(&slot, &id)| memo.get(slot) == Some(id)));
        assert!((0..6000).filter(|slot| !map.contains_key(slot)).all(|slot| memo.get(slot).is_none()));
    }

    #[test]
    fn a_huge_slot_takes_no_memory() {
        let mut memo = Memo::default();
        memo.put(u64::MAX, Id::NONE);
        memo.put(4_294_967_295, Id::TRUE);
        assert!(memo.near.capacity() < 1024);
    }
}
