//! [`Known`]: what a known object is.

use crate::stdlib;

/// What an object of a known class is, as [`recognise`](crate::recognise) finds it.
#[derive(Clone)]
#[non_exhaustive]
pub enum Known<'g, S> {
    // ---- The standard library ----
    /// `datetime.date`
    Date(stdlib::Date),
    /// `datetime.datetime`
    DateTime(stdlib::DateTime<'g, S>),
    /// `datetime.time`
    Time(stdlib::Time<'g, S>),
    /// `datetime.timedelta`
    TimeDelta(stdlib::TimeDelta),
    /// Those of the standard library, pytz and dateutil.
    TimeZone(stdlib::TimeZone<'g>),
    /// Those that are built in.
    Exception(stdlib::Exception<'g, S>),
    // ---- numpy ----

    // ---- scipy ----

    // ---- pandas ----

    // ---- torch ----

    // ---- others ----
}
