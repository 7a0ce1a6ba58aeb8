//! Dates and times.

use std::fmt;

use halfsour_value::{Data, Node};

use super::zone::TimeZone;
use crate::args::bytes;
use crate::call::Call;
use crate::debug::debug_fields;
use crate::time::Clock;

/// `datetime.date`. Its `Display` is `isoformat()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// 1 to 9999.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// The time of day. Its `Display` is that of `isoformat()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub microsecond: u32,
    /// Whether this is the second of two times that read the same, when clocks are set back. Protocols up to 3 do not
    /// write it.
    pub fold: bool,
}

/// `datetime.datetime`. Its `Display` is `isoformat()` as far as the pickle tells the offset from UTC; a zone
/// that has only a name stands in brackets: `2024-02-29T12:00:00[Europe/Vilnius]`. The second of two times that read the same
/// ends in `[fold=1]`.
#[derive(Clone)]
#[non_exhaustive]
pub struct DateTime<'g, S> {
    /// The day.
    pub date: Date,
    /// The time of day.
    pub clock: TimeOfDay,
    /// `tzinfo`, which may be of a class that is not known.
    pub tz: Option<Node<'g, S>>,
}

/// The parts of a `datetime.datetime`, for [`ClassBuilder::datetime_of`](crate::ClassBuilder::datetime_of).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTimeParts<'a> {
    /// The day.
    pub date: Date,
    /// The time of day.
    pub clock: TimeOfDay,
    /// The time zone, if it has one.
    pub zone: Option<TimeZone<'a>>,
}

/// `datetime.time`. Its `Display` is as that of [`DateTime`].
#[derive(Clone)]
#[non_exhaustive]
pub struct Time<'g, S> {
    /// The time of day.
    pub clock: TimeOfDay,
    /// `tzinfo`, which may be of a class that is not known.
    pub tz: Option<Node<'g, S>>,
}

/// `datetime.timedelta`. Its `Display` is `str()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeDelta {
    /// −999,999,999 to 999,999,999.
    pub days: i32,
    /// 0 to 86,399, also where the whole is negative.
    pub seconds: u32,
    /// 0 to 999,999.
    pub microseconds: u32,
}

impl TimeDelta {
    /// Makes a span of time of so many microseconds; `None` if it is out of Python's range.
    pub fn from_microseconds(microseconds: i128) -> Option<Self> {
        let (seconds, micro) = (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
        Self::new(
            i64::try_from(seconds.div_euclid(86_400)).ok()?,
            i64::try_from(seconds.rem_euclid(86_400)).ok()?,
            i64::try_from(micro).ok()?,
        )
    }

    /// The whole span in microseconds.
    pub fn as_microseconds(self) -> i128 {
        (i128::from(self.days) * 86_400 + i128::from(self.seconds)) * 1_000_000
            + i128::from(self.microseconds)
    }

    /// The whole span in seconds, rounded down, and the microseconds above that.
    pub fn as_seconds(self) -> (i64, u32) {
        (i64::from(self.days) * 86_400 + i64::from(self.seconds), self.microseconds)
    }

    /// Returns the span as a duration of ISO 8601: `P1DT2H3M4.5S`, `-PT1S`, `PT0S`.
    ///
    /// ```
    /// use halfsour_classes::stdlib::TimeDelta;
    ///
    /// let delta = TimeDelta::from_microseconds(-90_000_000).unwrap();
    /// assert_eq!(delta.to_string(), "-1 day, 23:58:30");
    /// assert_eq!(delta.to_iso(), "-PT1M30S");
    /// ```
    pub fn to_iso(self) -> String {
        let all = self.as_microseconds();
        let (seconds, micro) = (all.unsigned_abs() / 1_000_000, all.unsigned_abs() % 1_000_000);
        let unit =
            |number: u128, unit: &str| if number == 0 { String::new() } else { format!("{number}{unit}") };
        let (hours, minutes) = (unit(seconds / 3600 % 24, "H"), unit(seconds / 60 % 60, "M"));
        let seconds_of_minute = match seconds % 60 {
            0 if micro == 0 && all != 0 => String::new(),
            second if micro == 0 => format!("{second}S"),
            second => format!("{}S", format!("{second}.{micro:06}").trim_end_matches('0')),
        };
        let time = hours + &minutes + &seconds_of_minute;
        let (sign, separator) = (if all < 0 { "-" } else { "" }, if time.is_empty() { "" } else { "T" });
        format!("{sign}P{}{separator}{time}", unit(seconds / 86_400, "D"))
    }

    fn new(days: i64, seconds: i64, microseconds: i64) -> Option<Self> {
        let in_range = days.abs() < 1_000_000_000
            && (0..86_400).contains(&seconds)
            && (0..1_000_000).contains(&microseconds);
        in_range.then_some(Self {
            days: i32::try_from(days).ok()?,
            seconds: u32::try_from(seconds).ok()?,
            microseconds: u32::try_from(microseconds).ok()?,
        })
    }
}

impl Date {
    /// Makes a date; `None` if there is no such day in Python's calendar.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let days = days_of_month(year, month);
        let there = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days).contains(&day);
        there.then_some(Self { year, month, day })
    }

    /// The day of the year, 1 to 366.
    pub fn ordinal(self) -> u16 {
        let before: u16 = (1..self.month).map(|month| u16::from(days_of_month(self.year, month))).sum();
        before + u16::from(self.day)
    }

    /// The days since 1970-01-01; negative before.
    pub fn since_1970(self) -> i32 {
        const OF_1970: i32 = 719_163;
        let before = i32::from(self.year) - 1;
        before * 365 + before / 4 - before / 100 + before / 400 + i32::from(self.ordinal()) - OF_1970
    }

    /// The bytes that Python packs a date into.
    pub fn stamp(self) -> [u8; 4] {
        let [high, low] = self.year.to_be_bytes();
        [high, low, self.month, self.day]
    }

    fn read([high, low, month, day]: [u8; 4]) -> Option<Self> {
        Self::new(u16::from_be_bytes([high, low]), month, day)
    }
}

fn days_of_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(leap),
        _ => 31,
    }
}

impl TimeOfDay {
    /// Makes a time of day; `None` if there is no such time.
    pub fn new(hour: u8, minute: u8, second: u8, microsecond: u32, fold: bool) -> Option<Self> {
        let there = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
        there.then_some(Self { hour, minute, second, microsecond, fold })
    }

    /// The microseconds since midnight.
    pub fn as_microseconds(self) -> i64 {
        let seconds = (i64::from(self.hour) * 60 + i64::from(self.minute)) * 60 + i64::from(self.second);
        seconds * 1_000_000 + i64::from(self.microsecond)
    }

    /// The bytes that Python packs it into, without `fold`.
    pub(crate) fn stamp(self) -> [u8; 6] {
        let [_, high, middle, low] = self.microsecond.to_be_bytes();
        [self.hour, self.minute, self.second, high, middle, low]
    }

    fn read([hour, minute, second, high, middle, low]: [u8; 6], fold: bool) -> Option<Self> {
        Self::new(hour, minute, second, u32::from_be_bytes([0, high, middle, low]), fold)
    }
}

impl DateTimeParts<'_> {
    /// The bytes that Python packs all but the time zone into; `fold` is in them.
    pub fn stamp(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..4].copy_from_slice(&self.date.stamp());
        bytes[4..].copy_from_slice(&self.clock.stamp());
        bytes[2] |= u8::from(self.clock.fold) << 7;
        bytes
    }
}

impl<'g, S: AsRef<[u8]>> DateTime<'g, S> {
    /// The time zone, if it has one of a class that is known.
    pub fn zone(&self) -> Option<TimeZone<'g>> {
        TimeZone::of(self.tz?)
    }

    /// Returns local time less UTC, if it has a time zone, and the pickle tells, or with the feature `jiff` the IANA database.
    pub fn offset(&self) -> Option<TimeDelta> {
        #[cfg(feature = "jiff")]
        return self.utcoffset().ok();
        #[cfg(not(feature = "jiff"))]
        return self.zone()?.offset();
    }

    /// Returns whether the offset from UTC would be another one if `fold` were: in its zone, clocks show this time twice, or never.
    pub fn depends_on_fold(&self) -> bool {
        let clock = TimeOfDay { fold: !self.clock.fold, ..self.clock };
        Self { date: self.date, clock, tz: self.tz }.offset() != self.offset()
    }
}

impl<'g, S: AsRef<[u8]>> Time<'g, S> {
    /// The time zone, if it has one of a class that is known.
    pub fn zone(&self) -> Option<TimeZone<'g>> {
        TimeZone::of(self.tz?)
    }
}

pub(crate) fn date<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<Date> {
    let [stamp] = call.bare()?.exactly()?;
    date_of(stamp)
}

/// A date that is packed into this.
pub(super) fn date_of<S: AsRef<[u8]>>(stamp: Node<'_, S>) -> Option<Date> {
    Date::read(packed(stamp)?)
}

pub(crate) fn datetime<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<DateTime<'g, S>> {
    let (stamp, tz) = stamp_and_zone(call)?;
    datetime_of(stamp, tz)
}

/// A time that is packed into this.
pub(super) fn datetime_of<'g, S: AsRef<[u8]>>(
    stamp: Node<'g, S>,
    tz: Option<Node<'g, S>>,
) -> Option<DateTime<'g, S>> {
    let [y0, y1, month, day, clock @ ..]: [u8; 10] = packed(stamp)?;
    let date = Date::read([y0, y1, month & 0x7F, day])?;
    Some(DateTime { date, clock: TimeOfDay::read(clock, month & 0x80 != 0)?, tz })
}

pub(crate) fn time<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Time<'g, S>> {
    let (stamp, tz) = stamp_and_zone(call)?;
    time_of(stamp, tz)
}

/// A time of day that is packed into this.
pub(super) fn time_of<'g, S: AsRef<[u8]>>(
    stamp: Node<'g, S>,
    tz: Option<Node<'g, S>>,
) -> Option<Time<'g, S>> {
    let [hour, rest @ ..]: [u8; 6] = packed(stamp)?;
    let [m, s, u0, u1, u2] = rest;
    Some(Time { clock: TimeOfDay::read([hour & 0x7F, m, s, u0, u1, u2], hour & 0x80 != 0)?, tz })
}

/// `timedelta(days, seconds, microseconds)`
pub(crate) fn timedelta<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<TimeDelta> {
    timedelta_of(call.bare()?.exactly()?)
}

/// A span of time of these days, seconds and microseconds.
pub(super) fn timedelta_of<S: AsRef<[u8]>>(parts: [Node<'_, S>; 3]) -> Option<TimeDelta> {
    let [days, seconds, microseconds] = parts.map(Node::as_i64);
    TimeDelta::new(days?, seconds?, microseconds?)
}

fn stamp_and_zone<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<(Node<'g, S>, Option<Node<'g, S>>)> {
    let (count, [stamp, tz]) = call.bare()?.up_to()?;
    Some((stamp, (count == 2 && !tz.is_none()).then_some(tz)))
}

/// The bytes that a date or time is packed into. Python takes text of Latin-1 for them, too.
fn packed<S: AsRef<[u8]>, const N: usize>(node: Node<'_, S>) -> Option<[u8; N]> {
    if let Some(bytes) = bytes(node) {
        return bytes.try_into().ok();
    }
    match node.data() {
        Data::Str(text) => {
            let mut chars = text.chars();
            let mut bytes = [0; N];
            for byte in &mut bytes {
                *byte = u8::try_from(chars.next()?).ok()?;
            }
            chars.next().is_none().then_some(bytes)
        }
        _ => None,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = (u32::from(self.hour) * 60 + u32::from(self.minute)) * 60 + u32::from(self.second);
        Clock { seconds, nanoseconds: self.microsecond.saturating_mul(1000) }.fmt(f)
    }
}

impl<S: AsRef<[u8]>> DateTime<'_, S> {
    /// Returns `isoformat()`, or the `Display` if the offset is not known.
    pub fn isoformat(&self) -> String {
        match self.offset() {
            Some(offset) => format!("{}T{}{}", self.date, self.clock, super::Offset(offset)),
            None => self.to_string(),
        }
    }
}

impl<S: AsRef<[u8]>> fmt::Display for DateTime<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.clock)?;
        write_zone(f, self.zone(), self.clock)
    }
}

impl<S: AsRef<[u8]>> fmt::Display for Time<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.clock)?;
        write_zone(f, self.zone(), self.clock)
    }
}

/// Writes what comes after a time. The fold has the form that RFC 9557 gives to what is said of a time.
fn write_zone(f: &mut fmt::Formatter<'_>, zone: Option<TimeZone<'_>>, clock: TimeOfDay) -> fmt::Result {
    zone.map_or(Ok(()), |zone| zone.write_suffix(f))?;
    f.write_str(if clock.fold { "[fold=1]" } else { "" })
}

impl fmt::Display for TimeDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days != 0 {
            write!(f, "{} day{}, ", self.days, if self.days.abs() == 1 { "" } else { "s" })?;
        }
        let minutes = self.seconds / 60;
        write!(f, "{}:{:02}:{:02}", minutes / 60, minutes % 60, self.seconds % 60)?;
        if self.microseconds == 0 { Ok(()) } else { write!(f, ".{:06}", self.microseconds) }
    }
}

debug_fields!(DateTime, this { date: this.date, clock: this.clock, tz: this.tz });
debug_fields!(Time, this { clock: this.clock, tz: this.tz });
