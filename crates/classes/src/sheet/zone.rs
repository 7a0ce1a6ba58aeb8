//! [`ZoneOffsets`]: the offsets of a time zone.

use crate::stdlib::{TimeDelta, TimeZone};

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
    /// Returns the offsets of a zone, from the IANA database if the zone is named.
    ///
    /// # Errors
    ///
    /// If the database has no such zone, or if the feature `jiff` is off, which has the database.
    pub fn of(zone: TimeZone<'_>) -> Result<Self, String> {
        let key = match zone {
            TimeZone::Fixed { offset, .. } => return Ok(Self(Kind::Fixed(offset))),
            TimeZone::Iana { key } | TimeZone::Pytz { key, .. } => key,
        };
        if key == "UTC" {
            return Ok(Self(Kind::Fixed(TimeDelta::default())));
        }
        #[cfg(feature = "jiff")]
        if let Ok(zone) = jiff::tz::TimeZone::get(key) {
            return Ok(Self(Kind::Named(zone)));
        }
        Err(format!("times in the zone {key:?}, whose offsets are not known"))
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
