//! uuid: `Uuid`.

use crate::stdlib::Uuid;

impl From<Uuid> for uuid::Uuid {
    fn from(uuid: Uuid) -> Self {
        Self::from_u128(uuid.int)
    }
}

impl From<uuid::Uuid> for Uuid {
    fn from(uuid: uuid::Uuid) -> Self {
        Self { int: uuid.as_u128(), is_safe: None }
    }
}
