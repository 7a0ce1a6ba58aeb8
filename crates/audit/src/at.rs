//! [`At`]: the place of an event, and what can be seen there.

use halfsour_vm::value::{Id, View};

use crate::text::Short;

/// The objects that there are at an event, and where the opcode is that did it.
#[derive(Clone, Copy)]
pub(crate) struct At<'e> {
    pub view: View<'e>,
    pub offset: usize,
}

impl<'e> At<'e> {
    /// The bytes of a name or key; none of what has no bytes.
    pub fn text(self, id: Id) -> &'e [u8] {
        self.view.payload(id).unwrap_or_default()
    }

    pub fn short(self) -> Short<'e> {
        Short::new(self.view)
    }
}
