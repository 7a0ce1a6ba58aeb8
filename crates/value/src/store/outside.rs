//! Nodes of what a stream only refers to: persistent ids, extension codes and out-of-band buffers.

use super::Store;
use crate::Id;
use crate::cell::{Cell, Tag};
use crate::parts::OutOfBudget;

impl Store {
    /// A persistent id.
    pub fn persistent_id(&mut self, origin: usize, id: Id) -> Result<Id, OutOfBudget> {
        self.push(Cell::new(Tag::PersistentId, 0, origin, id.bits().into()))
    }

    /// An extension code.
    pub fn extension(&mut self, origin: usize, code: u32) -> Result<Id, OutOfBudget> {
        self.push(Cell::new(Tag::Extension, 0, origin, code.into()))
    }

    /// The out-of-band buffer with this index.
    pub fn buffer(&mut self, origin: usize, index: usize) -> Result<Id, OutOfBudget> {
        self.push(Cell::new(Tag::Buffer, 0, origin, index as u64))
    }

    /// The index of an out-of-band buffer; `None` for other objects.
    pub fn buffer_index(&self, id: Id) -> Option<usize> {
        let cell = &self.cells[id.index()?];
        (cell.tag == Tag::Buffer).then(|| usize::try_from(cell.data()).expect("it was a usize"))
    }

    /// Records that `READONLY_BUFFER` was applied to a buffer that is read-only anyway.
    pub fn mark_read_only(&mut self, buffer: Id) {
        if let Some(index) = buffer.index().filter(|&index| self.cells[index].tag == Tag::Buffer) {
            self.cells[index].flags = 1;
        }
    }

    /// A read-only view of a bytearray, a buffer or an instance.
    pub fn read_only(&mut self, origin: usize, of: Id) -> Result<Id, OutOfBudget> {
        self.push(Cell::new(Tag::ReadOnly, 0, origin, of.bits().into()))
    }
}
