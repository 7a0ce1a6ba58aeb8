//! `Timestamp` and `Timedelta`.

use std::fmt;

use halfsour_value::Node;

use crate::call::Call;
use crate::debug::debug_fields;
use crate::numpy;
use crate::stdlib::{Offset, TimeDelta, TimeZone, ZoneOffsets};
use crate::time::{Civil, NAT, TimeUnit, day_and_clock};

/// `pandas.Timestamp`. Its `Display` is `isoformat()` where the offset from UTC is known; otherwise it is the time in UTC, and the name
/// of the zone in brackets.
#[derive(Clone)]
#[non_exhaustive]
pub struct Timestamp<'g, S> {
    /// The time since 1970 began: in UTC, if it has a time zone.
    pub ticks: i64,
    /// The unit of `ticks`.
    pub unit: TimeUnit,
    /// The time zone, which may be of a class that is not known. A zone that Arrow names is no object.
    pub tz: Option<Node<'g, S>>,
    /// The time zone, if it is of a known class, or one that Arrow names.
    pub zone: Option<TimeZone<'g>>,
    /// Local time less UTC, if it has a time zone, and the pickle tells, or with the feature `jiff` the IANA database.
    pub offset: Option<TimeDelta>,
}

/// `pandas.Timedelta`. Its `Display` is `str()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timedelta {
    /// The length.
    pub ticks: i64,
    /// The unit of `ticks`.
    pub unit: TimeUnit,
}

/// Reads numpy's number of a unit, which pandas pickles.
fn unit<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<TimeUnit> {
    Some(match node.as_i64()? {
        7 => TimeUnit::Seconds,
        8 => TimeUnit::Milliseconds,
        9 => TimeUnit::Microseconds,
        10 => TimeUnit::Nanoseconds,
        _ => return None,
    })
}

impl<'g, S: AsRef<[u8]>> Timestamp<'g, S> {
    /// Makes a timestamp; `None` for `NaT`.
    fn new(ticks: Node<'g, S>, unit: TimeUnit, tz: Node<'g, S>) -> Option<Self> {
        let ticks = ticks.as_i64().filter(|ticks| *ticks != NAT)?;
        let tz = Some(tz).filter(|tz| !tz.is_none());
        let zone = tz.and_then(TimeZone::of);
        let offset = zone.and_then(|zone| zone.offset());
        let stamp = Self::in_zone(ticks, unit, tz, zone);
        Some(Self { offset: offset.or(stamp.offset), ..stamp })
    }

    /// A time in a column. What a zone of pytz says of one time does not hold for all.
    pub(super) fn in_zone(
        ticks: i64,
        unit: TimeUnit,
        tz: Option<Node<'g, S>>,
        zone: Option<TimeZone<'g>>,
    ) -> Self {
        let offset =
            zone.and_then(ZoneOffsets::of).and_then(|offsets| offsets.at(unit.nanoseconds_of(ticks)));
        Self { ticks, unit, tz, zone, offset }
    }
}

/// `_unpickle_timestamp(ticks, freq, tz[, unit])`; before 2.0 it was `Timestamp(nanoseconds, freq, tz)`
pub(crate) fn timestamp<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Timestamp<'g, S>> {
    let (count, [ticks, _, tz, number]) = call.bare()?.up_to()?;
    let unit = match count {
        3 => TimeUnit::Nanoseconds,
        4 => unit(number)?,
        _ => return None,
    };
    Timestamp::new(ticks, unit, tz)
}

/// `_timedelta_unpickle(ticks, unit)`; before 1.5 it was `Timedelta(nanoseconds)`
pub(crate) fn timedelta<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<Timedelta> {
    let (count, [ticks, number]) = call.bare()?.up_to()?;
    let unit = match count {
        1 => TimeUnit::Nanoseconds,
        2 => unit(number)?,
        _ => return None,
    };
    let ticks = ticks.as_i64().filter(|ticks| *ticks != NAT)?;
    Some(Timedelta { ticks, unit })
}

/// `_nat_unpickle(None)`
pub(crate) fn nat<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<()> {
    let [none] = call.bare()?.exactly()?;
    none.is_none().then_some(())
}

impl Timedelta {
    /// Returns the length in nanoseconds.
    pub fn nanoseconds(self) -> i128 {
        self.unit.nanoseconds_of(self.ticks)
    }

    /// Returns the length as a duration of ISO 8601, of days and smaller units: `P1DT2H3M4.5S`, `-PT1S`, `PT0S`.
    pub fn to_iso(self) -> String {
        let unit = match self.unit {
            TimeUnit::Seconds => numpy::Unit::Second,
            TimeUnit::Milliseconds => numpy::Unit::Millisecond,
            TimeUnit::Microseconds => numpy::Unit::Microsecond,
            TimeUnit::Nanoseconds => numpy::Unit::Nanosecond,
        };
        let unit = numpy::Resolution { unit, count: 1 };
        numpy::Ticks { count: self.ticks, unit }.to_duration()
    }
}

impl<S: AsRef<[u8]>> fmt::Display for Timestamp<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset.unwrap_or_default();
        let local = self.unit.nanoseconds_of(self.ticks) + offset.as_microseconds() * 1_000;
        let (day, clock) = day_and_clock(local);
        write!(f, "{}T{clock}", Civil(day))?;
        match (self.offset, self.zone) {
            (Some(offset), _) => write!(f, "{}", Offset(offset)),
            (None, Some(zone)) => write!(f, "Z[{zone}]"),
            (None, None) if self.tz.is_some() => f.write_str("Z"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Display for Timedelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, clock) = day_and_clock(self.nanoseconds());
        let sign = if days < 0 { "+" } else { "" };
        write!(f, "{days} days {sign}{clock}")
    }
}

debug_fields!(
    Timestamp,
    this { ticks: this.ticks, unit: this.unit, tz: this.tz, zone: this.zone, offset: this.offset }
);
