//! Units of `datetime64` and `timedelta64`.

use std::fmt;

use crate::time::{Civil, NAT};

/// The resolution of a `datetime64` or a `timedelta64`: the step in which it counts. Its `Display` is `[ns]`, `[25s]`, or nothing if
/// there is no unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resolution {
    /// The unit.
    pub unit: Unit,
    /// The number of units in a step: 25 in `datetime64[25s]`, and mostly 1.
    pub count: u32,
}

macro_rules! units {
    ($($unit:ident $name:literal;)*) => {
        /// Units by which numpy counts time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Unit { $($unit,)* }

        impl Unit {
            /// The name that numpy has for it: `ns`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$unit => $name,)* }
            }

            /// The unit with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$unit),)* _ => None }
            }
        }
    };
}

units! {
    Generic "generic";
    Year "Y";
    Month "M";
    Week "W";
    Day "D";
    Hour "h";
    Minute "m";
    Second "s";
    Millisecond "ms";
    Microsecond "us";
    Nanosecond "ns";
    Picosecond "ps";
    Femtosecond "fs";
    Attosecond "as";
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.unit, self.count) {
            (Unit::Generic, _) => Ok(()),
            (unit, 1) => write!(f, "[{}]", unit.name()),
            (unit, count) => write!(f, "[{count}{}]", unit.name()),
        }
    }
}

impl Resolution {
    /// Reads a resolution from the text of its `Display`.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self { unit: Unit::Generic, count: 1 });
        }
        let text = text.strip_prefix('[')?.strip_suffix(']')?;
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let count = if digits == 0 { 1 } else { text[..digits].parse().ok()? };
        Some(Self { unit: Unit::from_name(&text[digits..])?, count })
    }
}

/// A time, or a length of time, in steps of a resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticks {
    /// The number of steps; of times, since the beginning of 1970, in UTC if they have a zone at all.
    pub count: i64,
    /// The steps.
    pub unit: Resolution,
}

impl Ticks {
    /// Whether it is `NaT`.
    pub const fn is_nat(self) -> bool {
        self.count == NAT
    }

    /// A `datetime64` as numpy prints it: `2024-02-29`, `2024-02-29T12:30:00.000`, `2024-02`; where there is no unit, the count.
    pub fn to_datetime(self) -> String {
        Shown(|f: &mut fmt::Formatter<'_>| self.write_datetime(f)).to_string()
    }

    /// A `timedelta64` as ISO 8601 writes durations: `P1DT2H`, `PT0.000000005S`; where there is no unit, the count.
    pub fn to_duration(self) -> String {
        Shown(|f: &mut fmt::Formatter<'_>| self.write_duration(f)).to_string()
    }

    /// A `timedelta64` in nanoseconds; `None` if it is `NaT`, or of a unit that is no number of them: finer ones, months and years.
    pub fn nanoseconds(self) -> Option<i128> {
        let unit = self.unit.unit;
        let places = 9_u32.checked_sub(u32::try_from(unit.places()).ok()?)?;
        if self.is_nat() || matches!(unit, Unit::Generic | Unit::Year | Unit::Month) {
            return None;
        }
        let (seconds, fraction) = unit.seconds(self.units());
        Some(seconds * 1_000_000_000 + fraction * 10_i128.pow(places))
    }

    /// The count in units.
    fn units(self) -> i128 {
        i128::from(self.count) * i128::from(self.unit.count)
    }

    pub(crate) fn write_datetime(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nat() {
            return f.write_str("NaT");
        }
        let units = self.units();
        let unit = match self.unit.unit {
            Unit::Generic => return write!(f, "{units}"),
            Unit::Year => return write!(f, "{:04}", units + 1970),
            Unit::Month => {
                return write!(f, "{:04}-{:02}", units.div_euclid(12) + 1970, units.rem_euclid(12) + 1);
            }
            unit => unit,
        };
        let (seconds, fraction) = unit.seconds(units);
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        write!(f, "{}", Civil(days))?;
        let (hour, minute) = (second / 3600, second / 60 % 60);
        match self.unit.unit {
            Unit::Week | Unit::Day => Ok(()),
            Unit::Hour => write!(f, "T{hour:02}"),
            Unit::Minute => write!(f, "T{hour:02}:{minute:02}"),
            unit => {
                write!(f, "T{hour:02}:{minute:02}:{:02}", second % 60)?;
                match unit.places() {
                    0 => Ok(()),
                    places => write!(f, ".{fraction:0places$}"),
                }
            }
        }
    }

    pub(crate) fn write_duration(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nat() {
            return f.write_str("NaT");
        }
        let units = self.units();
        if self.unit.unit == Unit::Generic {
            return write!(f, "{units}");
        }
        f.write_str(if units < 0 { "-P" } else { "P" })?;
        let all = units.abs();
        let (seconds, fraction) = match self.unit.unit {
            Unit::Year => return write!(f, "{all}Y"),
            Unit::Month => return write!(f, "{all}M"),
            unit => unit.seconds(all),
        };
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        if days > 0 {
            write!(f, "{days}D")?;
        }
        let fraction = match self.unit.unit.places() {
            0 => String::new(),
            places => format!(".{fraction:0places$}").trim_end_matches(['0', '.']).to_owned(),
        };
        let has_seconds = seconds % 60 > 0 || !fraction.is_empty() || seconds == 0;
        if hours > 0 || minutes > 0 || has_seconds {
            f.write_str("T")?;
        }
        for (number, letter) in [(hours, "H"), (minutes, "M")] {
            if number > 0 {
                write!(f, "{number}{letter}")?;
            }
        }
        if has_seconds { write!(f, "{}{fraction}S", seconds % 60) } else { Ok(()) }
    }
}

/// A function that writes, as a `Display`.
struct Shown<F>(F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Shown<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

impl Unit {
    /// The number of decimal places of a second.
    const fn places(self) -> usize {
        match self {
            Self::Millisecond => 3,
            Self::Microsecond => 6,
            Self::Nanosecond => 9,
            Self::Picosecond => 12,
            Self::Femtosecond => 15,
            Self::Attosecond => 18,
            _ => 0,
        }
    }

    /// Whole seconds, rounded down, and so many units more; of units that all have one length.
    fn seconds(self, units: i128) -> (i128, i128) {
        let length = match self {
            Self::Week => 7 * 86_400,
            Self::Day => 86_400,
            Self::Hour => 3600,
            Self::Minute => 60,
            _ => 1,
        };
        let parts = 10_i128.pow(u32::try_from(self.places()).unwrap_or_default());
        (units.div_euclid(parts) * length, units.rem_euclid(parts))
    }
}
