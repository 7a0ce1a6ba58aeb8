//! [`IdSet`]: some of the objects of a graph.

use halfsour_vm::value::Id;

/// Some of the objects of a graph: a bit for each node, up to the last of them. Values so small that they need no node are never in it.
#[derive(Debug, Default)]
pub(crate) struct IdSet {
    bits: Vec<u64>,
}

impl IdSet {
    /// Whether nothing was ever added.
    pub fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    /// Adds an object; whether it was not in it.
    #[inline]
    pub fn insert(&mut self, id: Id) -> bool {
        let Some(index) = id.index() else { return true };
        let (word, bit) = (index / 64, 1 << (index % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let is_new = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        is_new
    }

    #[inline]
    pub fn contains(&self, id: Id) -> bool {
        let word = |index: usize| self.bits.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 != 0);
        id.index().is_some_and(word)
    }

    /// Takes an object out; whether it was in it.
    #[inline]
    pub fn remove(&mut self, id: Id) -> bool {
        let was_in = self.contains(id);
        if let Some(index) = id.index().filter(|_| was_in) {
            self.bits[index / 64] &= !(1 << (index % 64));
        }
        was_in
    }
}
