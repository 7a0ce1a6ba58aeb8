//! [`Pattern`]: what is looked for.

use std::fmt;

use halfsour_text::repr;
use regex_lite::{Regex, RegexBuilder};

/// A text that is looked for, or a regular expression.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Option<Regex>,
    plain: Vec<u8>,
    number: Option<f64>,
}

/// Why a regular expression cannot be read.
#[derive(Clone, Debug)]
pub struct PatternError(regex_lite::Error);

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for PatternError {}

impl Pattern {
    /// A text, which may stand anywhere in what is found. A number is found if it is equal: 1 finds 1.0 and True, too, and 0.1 a float of 32
    /// bits that is written so.
    pub fn plain(text: &str) -> Self {
        let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
        Self { regex: None, plain: text.as_bytes().to_vec(), number }
    }

    /// The same, whether letters are large or small.
    ///
    /// # Errors
    ///
    /// If the text is too long.
    pub fn ignoring_case(text: &str) -> Result<Self, PatternError> {
        let pattern = Self::regex(&regex_lite::escape(text), true)?;
        Ok(Self { number: Self::plain(text).number, ..pattern })
    }

    /// A regular expression of the crate `regex-lite`, which is searched in time that is linear in the text. Of numbers, it finds what
    /// Python shows.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn regex(pattern: &str, ignore_case: bool) -> Result<Self, PatternError> {
        let regex = RegexBuilder::new(pattern).case_insensitive(ignore_case).build().map_err(PatternError)?;
        Ok(Self { regex: Some(regex), plain: Vec::new(), number: None })
    }

    /// Whether it is in text or bytes.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        match &self.regex {
            Some(regex) => regex.is_match(&String::from_utf8_lossy(bytes)),
            None => contains(bytes, &self.plain),
        }
    }

    pub(super) fn is_int(&self, int: i64) -> bool {
        match (&self.regex, self.number) {
            #[expect(
                clippy::float_cmp,
                clippy::cast_precision_loss,
                reason = "the digits tell those apart that are so large"
            )]
            (_, Some(number)) => {
                int as f64 == number && (int.unsigned_abs() < 1 << 53 || self.is_text(&int.to_string()))
            }
            (Some(regex), None) => regex.is_match(&int.to_string()),
            (None, None) => false,
        }
    }

    /// Whether it is in a text, or in that text with a blank in place of the `T` between a day and the time of day.
    pub(super) fn is_time(&self, text: &str) -> bool {
        self.is_in(text.as_bytes()) || text.contains('T') && self.is_in(text.replacen('T', " ", 1).as_bytes())
    }

    fn is_text(&self, digits: &str) -> bool {
        self.plain.trim_ascii() == digits.as_bytes()
    }

    pub(super) fn is_float(&self, float: f64) -> bool {
        match (&self.regex, self.number) {
            #[expect(clippy::float_cmp, reason = "a number is found if it is equal")]
            (_, Some(number)) => float == number || shortest(float) == Some(number),
            (Some(regex), None) => regex.is_match(&repr::Float(float).to_string()),
            (None, None) => self.is_text(&repr::Float(float).to_string()),
        }
    }
}

/// The number that a float of 32 bits is written as, `0.1`, where it is not the same as with 64 bits, `0.10000000149011612`.
fn shortest(float: f64) -> Option<f64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::float_cmp,
        reason = "it is a float of 32 bits only if it is the same"
    )]
    let narrow = (f64::from(float as f32) == float).then_some(float as f32);
    narrow?.to_string().parse().ok()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let Some((first, rest)) = wanted.split_first() else { return true };
    let mut bytes = bytes;
    while let Some(at) = bytes.iter().position(|byte| byte == first) {
        bytes = &bytes[at + 1..];
        if bytes.starts_with(rest) {
            return true;
        }
    }
    false
}
