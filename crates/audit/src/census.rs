//! The census.

#[derive(Clone, Copy)]
pub(crate) struct Class;

pub(crate) fn class(_: &str) -> Option<Class> {
    None
}

impl Class {
    pub fn has_key(self, _: &[u8]) -> bool {
        true
    }
    pub fn has_data_key(self, _: &[u8]) -> bool {
        false
    }
    pub fn has_slot(self, _: &[u8]) -> bool {
        true
    }
    pub fn has_attribute(self, _: &[u8]) -> bool {
        false
    }
}
