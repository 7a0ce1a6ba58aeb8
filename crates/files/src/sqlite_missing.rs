//! In place of the reader of SQLite's databases, where the feature `sqlite` is not enabled.

use bytes::Bytes;

use crate::ErrorKind;
use crate::beside::Beside;
use crate::limits::Budget;
use crate::member::Listing;

pub(crate) fn listing(_: &Bytes, _: &Budget, _: Option<&Beside>) -> Listing {
    Listing::broken(ErrorKind::Unsupported("SQLite, without the feature `sqlite`"))
}
