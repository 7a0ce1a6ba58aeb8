//! In place of the reader of SQLite's databases, where the feature `sqlite` is not enabled.

use bytes::Bytes;

use crate::beside::Beside;
use crate::limits::Budget;
use crate::member::Listing;
use crate::{Doubt, ErrorKind};

pub(crate) fn listing(_: &Bytes, _: &Budget, _: Option<&Beside>) -> Listing {
    Listing::broken(ErrorKind::Unsupported("SQLite, without the feature `sqlite`"))
}

pub(crate) fn doubts(_: &Bytes, _: &Budget) -> Vec<(String, Doubt)> {
    Vec::new()
}
