//! [`ZoneOffsets`]: the offsets of a time zone.

use super::{TimeDelta, TimeZone};

/// The offsets from UTC of a time zone at all times.
#[derive(Debug)]
pub struct ZoneOffsets(Kind);

#[derive(Debug)]
enum Kind {
    Fixed(TimeDelta),
    #[cfg(feature = "jiff")]
    Named(jiff::tz::TimeZone),
}

impl ZoneOffsets {
    /// Returns the offsets of a zone, from the IANA database if the zone is named. `None` if the database has no such zone, or if the
    /// feature `jiff` is off, which has the database.
    pub fn of(zone: TimeZone<'_>) -> Option<Self> {
        match zone {
            TimeZone::Fixed { offset, .. } => Some(Self(Kind::Fixed(offset))),
            TimeZone::Iana { key: "UTC" } | TimeZone::Pytz { key: "UTC", .. } => {
                Some(Self(Kind::Fixed(TimeDelta::default())))
            }
            TimeZone::Iana { key } | TimeZone::Pytz { key, .. } => Self::named(key),
        }
    }

    #[cfg(feature = "jiff")]
    fn named(key: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(key).ok().map(|zone| Self(Kind::Named(zone)))
    }

    #[cfg(not(feature = "jiff"))]
    fn named(_: &str) -> Option<Self> {
        None
    }

    /// Returns local time less UTC at a time, in nanoseconds since 1970 in UTC; `None` for times that no calendar has.
    pub fn at(&self, nanoseconds: i128) -> Option<TimeDelta> {
        let _ = nanoseconds;
        match &self.0 {
            Kind::Fixed(offset) => Some(*offset),
            #[cfg(feature = "jiff")]
            Kind::Named(zone) => {
                let offset = zone.to_offset(jiff::Timestamp::from_nanosecond(nanoseconds).ok()?);
                jiff::SignedDuration::from_secs(offset.seconds().into()).try_into().ok()
            }
        }
    }
}
