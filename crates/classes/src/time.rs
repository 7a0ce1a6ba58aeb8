//! Time, as the families count and write it.

use std::fmt;

/// The unit of a count of time in pandas and Arrow. Its `Display` is the name: `ns`. numpy counts in a
/// [`numpy::Resolution`](crate::numpy::Resolution).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeUnit {
    /// `s`
    Seconds,
    /// `ms`
    Milliseconds,
    /// `us`
    Microseconds,
    /// `ns`
    Nanoseconds,
}

/// The count that means no time, in numpy and in pandas: `NaT`.
pub const NAT: i64 = i64::MIN;

impl TimeUnit {
    const ALL: [Self; 4] = [Self::Seconds, Self::Milliseconds, Self::Microseconds, Self::Nanoseconds];

    /// The unit with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// The name that pandas, numpy and Arrow have for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Microseconds => "us",
            Self::Nanoseconds => "ns",
        }
    }

    /// The nanoseconds in one.
    pub fn nanoseconds(self) -> i64 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::Milliseconds => 1_000_000,
            Self::Microseconds => 1_000,
            Self::Nanoseconds => 1,
        }
    }

    /// The nanoseconds in a count of it.
    pub(crate) fn nanoseconds_of(self, count: i64) -> i128 {
        i128::from(count) * i128::from(self.nanoseconds())
    }

    /// The time of day that is so many after midnight, as Python prints a `datetime.time`: `12:30:00.500000`.
    pub fn time_of_day(self, count: i64) -> impl fmt::Display {
        day_and_clock(self.nanoseconds_of(count)).1
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A day, as a number of days since 1970-01-01. Its `Display` is that of a date: `2024-02-29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Civil(self.0.into()).fmt(f)
    }
}

/// A day of the same kind, of any year.
pub(crate) struct Civil(pub(crate) i128);

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A time of day. Its `Display` has as many digits after the second as are needed: none, six or nine.
pub(crate) struct Clock {
    pub(crate) seconds: u32,
    pub(crate) nanoseconds: u32,
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.seconds / 60;
        write!(f, "{:02}:{:02}:{:02}", minutes / 60, minutes % 60, self.seconds % 60)?;
        match self.nanoseconds {
            0 => Ok(()),
            nanoseconds if nanoseconds % 1_000 == 0 => write!(f, ".{:06}", nanoseconds / 1_000),
            nanoseconds => write!(f, ".{nanoseconds:09}"),
        }
    }
}

/// Splits nanoseconds since 1970 into the day and the time of day.
pub(crate) fn day_and_clock(nanoseconds: i128) -> (i128, Clock) {
    let (seconds, rest) = (nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000));
    let small = |number: i128| u32::try_from(number).unwrap_or_default();
    (
        seconds.div_euclid(86_400),
        Clock { seconds: small(seconds.rem_euclid(86_400)), nanoseconds: small(rest) },
    )
}

/// A day of the calendar, so many after 1970 began: year, month and day.
pub(crate) fn civil(days: i128) -> (i128, u8, u8) {
    // Years from March on, in eras of 400: the day that some Februaries have is the last one of a year.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i128::from(month <= 2);
    let small = |number| u8::try_from(number).unwrap_or_default();
    (year, small(month), small(day))
}
