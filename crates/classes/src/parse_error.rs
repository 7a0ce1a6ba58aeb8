//! [`ParseError`], and `FromStr` of what has a text of its own.

use std::fmt;
use std::str::FromStr;

use crate::memory::Number;
use crate::numpy::{DType, Resolution, Unit};
use crate::pandas::{Closed, Freq};
use crate::stdlib::{Date, Fraction, TimeDelta, TimeOfDay, Uuid};
use crate::time::TimeUnit;
use crate::torch;

/// A text does not say a value of the type that was asked for. The message is the form that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    expected: &'static str,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for ParseError {}

macro_rules! from_str {
    ($($type:ty, $read:expr, $expected:literal;)*) => {
        $(
            #[doc = concat!("Reads ", $expected, ".")]
            impl FromStr for $type {
                type Err = ParseError;

                fn from_str(text: &str) -> Result<Self, ParseError> {
                    let read: fn(&str) -> Option<Self> = $read;
                    read(text).ok_or(ParseError { expected: $expected })
                }
            }
        )*
    };
}

from_str! {
    Closed, Closed::from_name, "`left`, `right`, `both` or `neither`";
    DType, DType::parse, "the short text of a dtype, such as `<f8`";
    Date, Date::parse, "a date, such as `2024-02-29`";
    Fraction, Fraction::parse, "a fraction, such as `22/7`";
    Freq, Freq::parse, "a frequency of periods, such as `15min` or `Q-DEC`";
    Number, Number::from_name, "a type of numbers, such as `float32`";
    Resolution, Resolution::parse, "a unit of numpy's times, such as `[ns]`";
    TimeDelta, TimeDelta::from_iso, "a duration of days, hours, minutes and seconds, such as `-P1DT2H0.5S`";
    TimeOfDay, |text| TimeOfDay::parse(text, false), "a time of day, such as `12:30:00.000001`";
    TimeUnit, TimeUnit::from_name, "`s`, `ms`, `us` or `ns`";
    Unit, Unit::from_name, "a unit of numpy's times, such as `ns`";
    Uuid, |text| Uuid::parse(text, None), "a UUID, such as `00112233-4455-6677-8899-aabbccddeeff`";
    torch::DType, torch::DType::from_name, "a type of torch, such as `bfloat16`";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see<T: FromStr<Err = ParseError> + fmt::Debug>(text: &str, shown: impl Fn(T) -> String, error: &str) {
        assert_eq!(shown(text.parse().unwrap()), text);
        assert_eq!(format!("{text}?").parse::<T>().unwrap_err().to_string(), format!("expected {error}"));
    }

    #[test]
    fn texts_are_read_as_they_are_written() {
        see("right", |it: Closed| it.name().to_owned(), "`left`, `right`, `both` or `neither`");
        see(">i4", |it: DType| it.typestr(), "the short text of a dtype, such as `<f8`");
        see("2024-02-29", |it: Date| it.to_string(), "a date, such as `2024-02-29`");
        see("-22/7", |it: Fraction| it.to_string(), "a fraction, such as `22/7`");
        see("Q-DEC", |it: Freq| it.to_string(), "a frequency of periods, such as `15min` or `Q-DEC`");
        see("uint8", |it: Number| it.to_string(), "a type of numbers, such as `float32`");
        see("[25ns]", |it: Resolution| it.to_string(), "a unit of numpy's times, such as `[ns]`");
        let duration = "a duration of days, hours, minutes and seconds, such as `-P1DT2H0.5S`";
        see("-P1DT2H0.5S", |it: TimeDelta| it.to_iso(), duration);
        see("12:30:00", |it: TimeOfDay| it.to_string(), "a time of day, such as `12:30:00.000001`");
        see("us", |it: TimeUnit| it.to_string(), "`s`, `ms`, `us` or `ns`");
        see("ps", |it: Unit| it.name().to_owned(), "a unit of numpy's times, such as `ns`");
        let uuid = "00112233-4455-6677-8899-aabbccddeeff";
        see(uuid, |it: Uuid| it.to_string(), &format!("a UUID, such as `{uuid}`"));
        see("qint8", |it: torch::DType| it.to_string(), "a type of torch, such as `bfloat16`");
    }
}
