//! The standard library.

pub(crate) mod datetime;
pub(crate) mod objects;
pub(crate) mod zone;

pub use datetime::{Clock, Date, DateTime, Time, TimeDelta};
pub use objects::Exception;
pub use zone::TimeZone;
