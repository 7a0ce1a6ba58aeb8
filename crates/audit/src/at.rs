//! [`At`]: the place of an event, and what can be seen there.

use halfsour_vm::value::{Id, Peek, Store, View};

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
        View::new(self.store, self.source).peek(id)
    }

    pub fn text(self, id: Id) -> &'e [u8] {
        self.store.payload(self.source, id).unwrap_or_default()
    }

    pub fn short(self) -> Short<'e> {
        Short::new(self.store, self.source)
    }
}
