//! Reads values from the text that their `Display` writes.

use halfsour_text::number::parse_big;

use super::datetime::{Date, TimeDelta, TimeOfDay};
use super::numbers::{Fraction, Uuid, is_positive};

/// A number in decimal digits and nothing else, of as many as the place has.
fn digits<T: std::str::FromStr>(text: &str, places: usize) -> Option<T> {
    let plain = text.len() == places && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// `.000001` or nothing, in microseconds.
fn fraction(text: &str) -> Option<u32> {
    if text.is_empty() { Some(0) } else { digits(text.strip_prefix('.')?, 6) }
}

impl Date {
    /// Reads a date from the text of its `Display`: `2024-02-29`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        Self::new(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?)
    }
}

impl TimeOfDay {
    /// Reads a time of day from the text of its `Display`, which leaves out the fold: `12:30:00`, `12:30:00.000001`.
    pub fn parse(text: &str, fold: bool) -> Option<Self> {
        let (time, micro) = text.split_at_checked(8)?;
        let mut parts = time.split(':').map(|part| digits(part, 2));
        let mut part = || parts.next().flatten();
        Self::new(part()?, part()?, part()?, fraction(micro)?, fold)
    }
}

impl TimeDelta {
    /// Reads a span from the text of [`to_iso`](Self::to_iso): a duration of days, hours, minutes and seconds.
    ///
    /// ```
    /// use halfsour_classes::stdlib::TimeDelta;
    ///
    /// let delta = TimeDelta::from_iso("-P1DT2H0.5S").unwrap();
    /// assert_eq!(delta.as_microseconds(), -93_600_500_000);
    /// ```
    pub fn from_iso(text: &str) -> Option<Self> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let rest = rest.strip_prefix('P').filter(|rest| !rest.is_empty())?;
        let (days, time) = match rest.split_once('T') {
            Some((_, "")) => return None,
            Some((days, time)) => (days, time),
            None => (rest, ""),
        };
        let mut all = if days.is_empty() { 0 } else { whole(days.strip_suffix('D')?)? * 86_400_000_000 };
        let mut time = time;
        for (unit, microseconds) in [('H', 3_600_000_000), ('M', 60_000_000)] {
            if let Some((number, rest)) = time.split_once(unit) {
                all += whole(number)? * microseconds;
                time = rest;
            }
        }
        if !time.is_empty() {
            let (seconds, fraction) =
                time.strip_suffix('S')?.split_once('.').unwrap_or((time.strip_suffix('S')?, "0"));
            (fraction.len() <= 6).then_some(())?;
            all += whole(seconds)? * 1_000_000 + whole(&format!("{fraction:0<6}"))?;
        }
        Self::from_microseconds(sign * all)
    }

    /// Reads an offset from UTC as it stands after a time: `+05:30`, `-00:00:15.000001`.
    pub fn from_offset(text: &str) -> Option<Self> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+')?),
        };
        let clock = if rest.len() == 5 {
            TimeOfDay::parse(&format!("{rest}:00"), false)
        } else {
            TimeOfDay::parse(rest, false)
        }?;
        let seconds =
            i128::from(clock.hour) * 3600 + i128::from(clock.minute) * 60 + i128::from(clock.second);
        Self::from_microseconds(sign * (seconds * 1_000_000 + i128::from(clock.microsecond)))
    }
}

/// A number that is not too large to be multiplied.
fn whole(digits: &str) -> Option<i128> {
    let plain = digits.len() <= 18 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

impl Uuid {
    /// Reads a UUID from the text of its `Display`.
    pub fn parse(text: &str, is_safe: Option<bool>) -> Option<Self> {
        let lengths = [8, 4, 4, 4, 12];
        let mut int = 0;
        let mut parts = text.split('-');
        for length in lengths {
            let part = parts.next().filter(|part| part.len() == length && !part.starts_with('+'))?;
            int = int << (4 * length) | u128::from_str_radix(part, 16).ok()?;
        }
        parts.next().is_none().then_some(Self { int, is_safe })
    }
}

impl Fraction {
    /// Reads a fraction from the text of its `Display`: `22/7`, `3`.
    pub fn parse(text: &str) -> Option<Self> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let (numerator, denominator) = (parse_big(numerator)?, parse_big(denominator)?);
        is_positive(&denominator).then_some(Self { numerator, denominator })
    }
}
