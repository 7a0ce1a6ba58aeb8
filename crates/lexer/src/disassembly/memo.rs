//! The memo of a disassembly.

use alloc::{collections::BTreeMap, vec::Vec};

use halfsour_opcode::StackItem;
use halfsour_text::number::i64_to_le;

/// The indices of the memo that are set, with the kinds of their objects.
///
/// Its memory grows with the number of opcodes that filled it, whatever the indices are.
#[derive(Clone, Debug, Default)]
pub struct DisassemblyMemo {
    /// The objects at small indices. Its length is at most twice the number of indices that are set, plus [`GAP`].
    dense: Vec<Option<StackItem>>,
    /// The objects at all other indices, which are in little-endian two's complement: `pickletools` takes negative and very
    /// large ones.
    sparse: BTreeMap<Vec<u8>, StackItem>,
    len: usize,
}

const GAP: usize = 64;

/// An index of the memo.
#[derive(Clone, Copy)]
pub(super) enum Index<'a> {
    Small(i64),
    /// An index in its shortest little-endian two's complement.
    Big(&'a [u8]),
}

impl Index<'_> {
    #[inline(always)]
    fn place(self) -> Option<usize> {
        match self {
            Self::Small(index) => index.try_into().ok(),
            Self::Big(_) => None,
        }
    }

    fn with_bytes<T>(self, then: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::Small(index) => {
                let (bytes, len) = i64_to_le(index);
                then(&bytes[..len])
            }
            Self::Big(bytes) => then(bytes),
        }
    }
}

impl DisassemblyMemo {
    /// Returns the number of indices that are set.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Returns whether no index is set.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline(always)]
    pub(super) fn get(&self, index: Index<'_>) -> Option<StackItem> {
        match index.place().and_then(|place| self.dense.get(place)) {
            Some(&Some(item)) => Some(item),
            _ => index.with_bytes(|bytes| self.sparse.get(bytes).copied()),
        }
    }

    /// Sets an index; returns true if it was not set before.
    #[inline(always)]
    pub(super) fn set(&mut self, index: Index<'_>, item: StackItem) -> bool {
        if index.place() == Some(self.dense.len()) && self.sparse.is_empty() {
            self.dense.push(Some(item));
            self.len += 1;
            return true;
        }
        self.set_anywhere(index, item)
    }

    fn set_anywhere(&mut self, index: Index<'_>, item: StackItem) -> bool {
        let before = match index.place() {
            Some(place) if place <= 2 * self.len + GAP => {
                if place >= self.dense.len() {
                    self.dense.resize(place + 1, None);
                }
                // The index may be in the sparse part, if the dense one was too short when it was set.
                let other = || index.with_bytes(|bytes| self.sparse.remove(bytes));
                self.dense[place].replace(item).or_else(other)
            }
            _ => index.with_bytes(|bytes| self.sparse.insert(bytes.to_vec(), item)),
        };
        self.len += usize::from(before.is_none());
        before.is_none()
    }
}
