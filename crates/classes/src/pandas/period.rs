//! `Period`, and the frequencies that pandas counts in.

use std::fmt;

use halfsour_value::Node;

use crate::args::short;
use crate::call::Call;
use crate::names::Class;
use crate::time::{Civil, NAT};

/// `pandas.Period`: a span of time. Its `Display` is `str()`: `2024-02`, `2024Q1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Period {
    /// The number of spans between its beginning and that of 1970; of a frequency like `2M`, the spans are those of `M`.
    pub ordinal: i64,
    /// The length.
    pub freq: Freq,
}

/// A number of spans of time. Its `Display` is the name in pandas 3: `D`, `2h`, `Q-DEC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Freq {
    /// The number of spans.
    pub count: i64,
    /// The span.
    pub span: Span,
}

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// A year, which ends with a month, 1 to 12.
    Year(u8),
    /// A quarter of a year that ends with a month, 1 to 12.
    Quarter(u8),
    /// A month.
    Month,
    /// A week, which ends with a day, 0 (Monday) to 6.
    Week(u8),
    /// A day from Monday to Friday.
    BusinessDay,
    /// A day.
    Day,
    /// An hour.
    Hour,
    /// A minute.
    Minute,
    /// A second.
    Second,
    /// 10⁻³ seconds.
    Millisecond,
    /// 10⁻⁶ seconds.
    Microsecond,
    /// 10⁻⁹ seconds.
    Nanosecond,
}

pub(super) const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
pub(super) const WEEKDAYS: [&str; 7] = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

impl Freq {
    /// Reads a name that any version of pandas has for a frequency of periods.
    ///
    /// ```
    /// use halfsour_classes::pandas::Freq;
    ///
    /// assert_eq!(Freq::parse("A-JUN").unwrap().to_string(), "Y-JUN");
    /// assert_eq!(Freq::parse("15T").unwrap().to_string(), "15min");
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        let digits = name.find(|c: char| !c.is_ascii_digit())?;
        let (count, name) = name.split_at(digits);
        let count = if count.is_empty() { 1 } else { count.parse().ok()? };
        let (name, anchor) = name.split_once('-').map_or((name, None), |(name, anchor)| (name, Some(anchor)));
        let position = |names: &[&str], default: u8| match anchor {
            None => Some(default),
            Some(anchor) => u8::try_from(names.iter().position(|name| *name == anchor)?).ok(),
        };
        let span = match name {
            "A" | "Y" => Span::Year(position(&MONTHS, 11)? + 1),
            "Q" => Span::Quarter(position(&MONTHS, 11)? + 1),
            "W" => Span::Week(position(&WEEKDAYS, 6)?),
            _ if anchor.is_some() => return None,
            "M" => Span::Month,
            "B" => Span::BusinessDay,
            "D" => Span::Day,
            "H" | "h" => Span::Hour,
            "T" | "min" => Span::Minute,
            "S" | "s" => Span::Second,
            "L" | "ms" => Span::Millisecond,
            "U" | "us" => Span::Microsecond,
            "N" | "ns" => Span::Nanosecond,
            _ => return None,
        };
        Some(Self { count, span })
    }

    /// Reads a name, or an offset that periods can have: `QuarterEnd(1, False, 12)`; before 1.1 its attributes were in
    /// its state.
    pub fn of<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Self> {
        if let Some(name) = short(node) {
            return Self::parse(name);
        }
        let call = Call::of_class(node, Class::PandasOffset)?;
        let (_, [count, _, anchor]) = call.up_to()?;
        let count = call.instance.attr("n").unwrap_or(count).as_i64()?;
        let anchored = |name: &str, from: i64, to: i64| {
            let anchor = call.instance.attr(name).unwrap_or(anchor).as_i64()?;
            (from..=to).contains(&anchor).then(|| u8::try_from(anchor).ok())?
        };
        let span = match call.name.1 {
            "YearEnd" => Span::Year(anchored("month", 1, 12)?),
            "QuarterEnd" => Span::Quarter(anchored("startingMonth", 1, 12)?),
            "MonthEnd" => Span::Month,
            "Week" => Span::Week(anchored("weekday", 0, 6)?),
            "BusinessDay" => Span::BusinessDay,
            "Day" => Span::Day,
            "Hour" => Span::Hour,
            "Minute" => Span::Minute,
            "Second" => Span::Second,
            "Milli" => Span::Millisecond,
            "Micro" => Span::Microsecond,
            "Nano" => Span::Nanosecond,
            _ => return None,
        };
        Some(Self { count, span })
    }
}

/// `Period(None, freq, ordinal)`
pub(crate) fn period<S: AsRef<[u8]>>(call: &Call<'_, S>) -> Option<Period> {
    let [value, freq, ordinal] = call.bare()?.exactly()?;
    let ordinal = ordinal.as_i64().filter(|ordinal| value.is_none() && *ordinal != NAT)?;
    Some(Period { ordinal, freq: Freq::of(freq)? })
}

impl fmt::Display for Freq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count != 1 {
            write!(f, "{}", self.count)?;
        }
        let month = |month: u8| MONTHS[usize::from(month.clamp(1, 12)) - 1];
        match self.span {
            Span::Year(last) => write!(f, "Y-{}", month(last)),
            Span::Quarter(last) => write!(f, "Q-{}", month(last)),
            Span::Week(last) => write!(f, "W-{}", WEEKDAYS[usize::from(last.min(6))]),
            Span::Month => f.write_str("M"),
            Span::BusinessDay => f.write_str("B"),
            Span::Day => f.write_str("D"),
            Span::Hour => f.write_str("h"),
            Span::Minute => f.write_str("min"),
            Span::Second => f.write_str("s"),
            Span::Millisecond => f.write_str("ms"),
            Span::Microsecond => f.write_str("us"),
            Span::Nanosecond => f.write_str("ns"),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ordinal = i128::from(self.ordinal);
        let in_a_day = |count: i128| (Civil(ordinal.div_euclid(count)), ordinal.rem_euclid(count));
        // Of what is shorter than a minute: the digits after the seconds.
        let time = |f: &mut fmt::Formatter<'_>, digits: u32| {
            let (day, rest) = in_a_day(86_400 * 10_i128.pow(digits));
            let (seconds, fraction) = (rest / 10_i128.pow(digits), rest % 10_i128.pow(digits));
            let minutes = seconds / 60;
            write!(f, "{day} {:02}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60)?;
            if digits == 0 { Ok(()) } else { write!(f, ".{fraction:0width$}", width = digits as usize) }
        };
        match self.freq.span {
            Span::Year(_) => write!(f, "{:04}", ordinal + 1970),
            Span::Quarter(_) => {
                write!(f, "{:04}Q{}", ordinal.div_euclid(4) + 1970, ordinal.rem_euclid(4) + 1)
            }
            Span::Month => {
                write!(f, "{:04}-{:02}", ordinal.div_euclid(12) + 1970, ordinal.rem_euclid(12) + 1)
            }
            Span::Week(last) => {
                // pandas counts the weeks up to each day from a Sunday on, the fourth day before 1970.
                let last = ordinal * 7 - 4 + i128::from((last + 1) % 7);
                write!(f, "{}/{}", Civil(last - 6), Civil(last))
            }
            Span::BusinessDay => {
                let from_monday = ordinal + 3;
                write!(f, "{}", Civil(from_monday.div_euclid(5) * 7 + from_monday.rem_euclid(5) - 3))
            }
            Span::Day => write!(f, "{}", Civil(ordinal)),
            Span::Hour => {
                let (day, hour) = in_a_day(24);
                write!(f, "{day} {hour:02}:00")
            }
            Span::Minute => {
                let (day, minute) = in_a_day(1440);
                write!(f, "{day} {:02}:{:02}", minute / 60, minute % 60)
            }
            Span::Second => time(f, 0),
            Span::Millisecond => time(f, 3),
            Span::Microsecond => time(f, 6),
            Span::Nanosecond => time(f, 9),
        }
    }
}
