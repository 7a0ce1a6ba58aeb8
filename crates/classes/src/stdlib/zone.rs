//! Time zones: those of the standard library, pytz and dateutil.

use std::fmt;

use halfsour_value::{Form, Kind, Node};

use super::datetime::{TimeDelta, timedelta};
use crate::args::text;
use crate::call::Call;
use crate::names::Class;

/// A time zone. Its `Display` is the name, or `UTC+02:00` if there is none, as `str()` of `datetime.timezone`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeZone<'g> {
    /// The same offset from UTC at all times: `datetime.timezone`, `pytz.FixedOffset`, dateutil's `tzutc` and `tzoffset`.
    Fixed {
        /// Local time less UTC.
        offset: TimeDelta,
        /// The name, if the zone has one.
        name: Option<&'g str>,
    },
    /// A zone of the IANA database: `zoneinfo.ZoneInfo`.
    Iana {
        /// `Europe/Vilnius`
        key: &'g str,
    },
    /// A zone of the IANA database, and what is in force at the time to which it belongs: pytz.
    Pytz {
        /// `Europe/Vilnius`
        key: &'g str,
        /// Local time less UTC, daylight saving time, and what the zone is called then; a zone that never changed
        /// leaves them out, and so does one that belongs to no time.
        in_force: Option<(TimeDelta, TimeDelta, &'g str)>,
    },
}

impl<'g> TimeZone<'g> {
    /// Reads a time zone, if it is of a known class.
    pub(crate) fn of<S: AsRef<[u8]>>(node: Node<'g, S>) -> Option<Self> {
        Self::called(&Call::of(node)?)
    }

    /// Anything may stand for a time zone: nothing else is looked into.
    pub(crate) fn called<S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Self> {
        match call.class {
            Class::TimeZone => timezone(call),
            Class::ZoneInfo => zoneinfo(call),
            Class::PytzUtc => pytz_utc(call),
            Class::Pytz => pytz(call),
            Class::PytzFixed => pytz_fixed(call),
            Class::DateutilUtc => dateutil_utc(call),
            Class::DateutilOffset => dateutil_offset(call),
            _ => None,
        }
    }

    /// Local time less UTC, if the pickle has it.
    pub fn offset(&self) -> Option<TimeDelta> {
        match *self {
            Self::Fixed { offset, .. } | Self::Pytz { in_force: Some((offset, ..)), .. } => Some(offset),
            Self::Iana { .. } | Self::Pytz { in_force: None, .. } => None,
        }
    }

    /// The name in the IANA database, if the zone is in it.
    pub fn key(&self) -> Option<&'g str> {
        match *self {
            Self::Iana { key } | Self::Pytz { key, .. } => Some(key),
            Self::Fixed { .. } => None,
        }
    }

    /// Writes the suffix of a time: the offset, or the name in brackets.
    pub(super) fn write_suffix(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset() {
            Some(offset) => write!(f, "{}", Offset(offset)),
            None => write!(f, "[{self}]"),
        }
    }
}

/// Local time less UTC. Its `Display` is that of `isoformat()`: `+05:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset(pub TimeDelta);

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.as_microseconds();
        let (sign, all) = (if all < 0 { '-' } else { '+' }, all.unsigned_abs());
        let (seconds, micro) = (all / 1_000_000, all % 1_000_000);
        write!(f, "{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
        if seconds % 60 != 0 || micro != 0 {
            write!(f, ":{:02}", seconds % 60)?;
        }
        if micro == 0 { Ok(()) } else { write!(f, ".{micro:06}") }
    }
}

impl fmt::Display for TimeZone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Fixed { name: Some(name), .. } => f.pad(name),
            Self::Iana { key } | Self::Pytz { key, .. } => f.pad(key),
            Self::Fixed { offset, name: None } => {
                f.write_str("UTC")?;
                if offset == UTC { Ok(()) } else { write!(f, "{}", Offset(offset)) }
            }
        }
    }
}

const UTC: TimeDelta = TimeDelta { days: 0, seconds: 0, microseconds: 0 };

/// An offset that Python allows: of less than a day.
fn offset_of(microseconds: i128) -> Option<TimeDelta> {
    let offset = TimeDelta::from_microseconds(microseconds)?;
    (microseconds.abs() < 86_400_000_000).then_some(offset)
}

fn delta<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<TimeDelta> {
    let delta = timedelta(&Call::of_class(node, Class::TimeDelta)?)?;
    offset_of(delta.as_microseconds())
}

fn fixed(offset: TimeDelta, name: Option<&str>) -> TimeZone<'_> {
    TimeZone::Fixed { offset, name }
}

/// `timezone(offset[, name])`
fn timezone<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<TimeZone<'g>> {
    match call.bare()?.up_to()? {
        (1, [offset, _]) => Some(fixed(delta(offset)?, None)),
        (2, [offset, name]) => Some(fixed(delta(offset)?, Some(text(name)?))),
        _ => None,
    }
}

/// `ZoneInfo._unpickle(key, from_cache)`; no pickler writes `ZoneInfo(key)`, but halfsour-serde does
fn zoneinfo<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<TimeZone<'g>> {
    let (count, [key, from_cache]) = call.bare()?.up_to()?;
    let is_whole = match count {
        1 => call.name.1 == "ZoneInfo",
        // Written in C it says 0 or 1, in Python False or True.
        2 => call.name.1 != "ZoneInfo" && matches!(from_cache.kind(), Kind::Bool | Kind::Int),
        _ => false,
    };
    is_whole.then_some(())?;
    Some(TimeZone::Iana { key: text(key)? })
}

/// pytz's `_UTC()`
fn pytz_utc<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<TimeZone<'g>> {
    let [] = call.bare()?.exactly()?;
    Some(TimeZone::Pytz { key: "UTC", in_force: Some((UTC, UTC, "UTC")) })
}

/// pytz's `_p(key[, offset, dst, name])`, in seconds
fn pytz<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<TimeZone<'g>> {
    let (count, [key, offset, dst, name]) = call.bare()?.up_to()?;
    let seconds = |node: Node<'g, S>| offset_of(i128::from(node.as_i64()?) * 1_000_000);
    let in_force = match count {
        1 => None,
        4 => Some((seconds(offset)?, seconds(dst)?, text(name)?)),
        _ => return None,
    };
    Some(TimeZone::Pytz { key: text(key)?, in_force })
}

/// pytz's `FixedOffset(minutes)`
fn pytz_fixed<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<TimeZone<'g>> {
    let [minutes] = call.bare()?.exactly()?;
    Some(fixed(offset_of(i128::from(minutes.as_i64()?) * 60_000_000)?, None))
}

/// dateutil's `tzutc()`
fn dateutil_utc<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<TimeZone<'g>> {
    // Python 2 gives it an empty dict.
    let is_bare = call.is_bare() || call.state()?.items()?.is_empty();
    (is_bare && is_made_of_nothing(call)).then(|| fixed(UTC, Some("UTC")))
}

/// dateutil's `tzoffset(name, offset)`; before its version 4 `tzoffset()` with `{_name, _offset}`
fn dateutil_offset<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<TimeZone<'g>> {
    let [name, offset] = match call.bare().and_then(Call::exactly) {
        Some(args) => args,
        None => {
            let state = call.state().filter(|_| is_made_of_nothing(call))?;
            [state.get("_name")?, state.get("_offset")?]
        }
    };
    let name = if name.is_none() { None } else { Some(text(name)?) };
    Some(fixed(delta(offset)?, name))
}

/// Without arguments; protocols 0 and 1 name the base class, and give it an instance of that.
fn is_made_of_nothing<S: AsRef<[u8]>>(call: &Call<'_, S>) -> bool {
    match call.up_to() {
        Some((0, _)) => true,
        Some((1, [base])) => {
            call.instance.form() == Form::Reconstructor && Call::of_class(base, Class::TzInfo).is_some()
        }
        _ => false,
    }
}
