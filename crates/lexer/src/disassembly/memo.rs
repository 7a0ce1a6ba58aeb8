//! The memo.

use alloc::{collections::BTreeMap, vec::Vec};

use halfsour_opcode::StackItem;
use halfsour_text::number::i64_to_le;

/// Which indices of the memo are set, and to what kind of object.
///
/// It takes no more room than the opcodes that filled it, whatever the indices are.
#[derive(Clone, Debug, Default)]
pub struct DisassemblyMemo {
    /// By index. There are at most twice as many places as indices are set, and [`GAP`] more.
    dense: Vec<Option<StackItem>>,
    /// All others, in little-endian two's complement: `pickletools` takes negative and very large ones.
    sparse: BTreeMap<Vec<u8>, StackItem>,
    len: usize,
}

const GAP: usize = 64;

/// An index of the memo.
#[derive(Clone, Copy)]
pub(super) enum Index<'a> {
    Small(i64),
    /// In little-endian two's complement, as short as possible.
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
    /// How many indices are set.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether no index is set.
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

    /// Sets an index, and says whether it was not set before.
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
                // Where there was no room when it was set first, it may be in the other part.
                let other = || index.with_bytes(|bytes| self.sparse.remove(bytes));
                self.dense[place].replace(item).or_else(other)
            }
            _ => index.with_bytes(|bytes| self.sparse.insert(bytes.to_vec(), item)),
        };
        self.len += usize::from(before.is_none());
        before.is_none()
    }
}
