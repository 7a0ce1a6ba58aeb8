//! Units of `datetime64` and `timedelta64`.

use std::fmt;

/// In what a `datetime64` or a `timedelta64` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimeUnit {
    /// The unit.
    pub unit: Unit,
    /// How many of them make one step; 1 but for odd types: 25 in `datetime64[25s]`.
    pub count: u32,
}

macro_rules! units {
    ($($unit:ident $name:literal;)*) => {
        /// Units by which numpy counts time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the names say it")]
        pub enum Unit { $($unit,)* }

        impl Unit {
            /// As numpy writes it: `ns`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$unit => $name,)* }
            }

            /// By the name that numpy has for it.
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

/// `[ns]`, `[25s]`; nothing if there is no unit.
impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.unit, self.count) {
            (Unit::Generic, _) => Ok(()),
            (unit, 1) => write!(f, "[{}]", unit.name()),
            (unit, count) => write!(f, "[{count}{}]", unit.name()),
        }
    }
}

impl TimeUnit {
    /// From what its `Display` shows.
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

/// A time, or how long something takes, in steps of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ticks {
    /// How many steps; of times, since the beginning of 1970, in UTC if that says anything.
    pub count: i64,
    /// The steps.
    pub unit: TimeUnit,
}

impl Ticks {
    /// The count that is none: `NaT`, not a time.
    pub const NAT: i64 = i64::MIN;

    /// Whether it is `NaT`.
    pub const fn is_nat(self) -> bool {
        self.count == Self::NAT
    }
}
