//! [`At`]: the place of an event, and what can be seen there.

use halfsour_vm::value::{Id, Peek, Store};

use crate::text::Short;

/// Where the store and the source of an event are, and which opcode did it.
#[derive(Clone, Copy)]
pub(crate) struct At<'e> {
    pub store: &'e Store,
    pub source: &'e [u8],
    pub offset: usize,
}

impl<'e> At<'e> {
    pub fn peek(self, id: Id) -> Peek<'e> {
        self.store.peek(self.source, id)
    }

    pub fn text(self, id: Id) -> &'e [u8] {
        self.store.payload(self.source, id).unwrap_or_default()
    }

    pub fn short(self) -> Short<'e> {
        Short::new(self.store, self.source)
    }
}

/// Whether the state of an array has a shape for which its list has too few items. Of bytes, numpy checks the length before
/// it takes memory.
pub(crate) fn is_larger_than_it_is(at: At<'_>, state: Id) -> bool {
    const MOST_DIMENSIONS: usize = 64;
    const MOST_PARTS: usize = 8;
    let parts = at.store.sequence(state).unwrap_or_default();
    let parts = &parts[..parts.len().min(MOST_PARTS)];
    let shape = parts.iter().find_map(|&part| match at.peek(part) {
        Peek::Tuple(shape) => Some(shape),
        _ => None,
    });
    let items = parts.iter().find_map(|&part| match at.peek(part) {
        Peek::List(items) => Some(items.len() as u64),
        _ => None,
    });
    let (Some(shape), Some(items)) = (shape, items) else { return false };
    if shape.len() > MOST_DIMENSIONS {
        return true;
    }
    let size = shape.iter().fold(1_u64, |size, &length| match at.peek(length) {
        Peek::Int(length) => size.saturating_mul(u64::try_from(length).unwrap_or(0)),
        _ => u64::MAX,
    });
    size > items
}
