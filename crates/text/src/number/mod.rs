//! The numbers in the lines of `INT`, `LONG`, `FLOAT`, `GET` and `PUT`; integers as little-endian two's complement.

mod big;
mod lines;

pub use big::{BigDisplay, Int, i64_to_le, le_to_i64, le_to_i128, minimal, parse_big, to_decimal};
pub use lines::{IntBase, IntLine, float, float_line, index_line, int, int_line, long_line, plain_decimal};

use core::fmt;

/// The number of decimal digits that Python converts to an integer by default: `sys.int_info.default_max_str_digits`.
pub const DEFAULT_MAX_DIGITS: usize = 4300;

/// The reason why a line or a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberError {
    /// The line is not spelled as a number of this kind.
    Invalid,
    /// The line is empty. CPython's message is "pickle data was truncated".
    Truncated,
    /// The number has more decimal digits than the limit allows.
    TooManyDigits,
    /// The number is too large for a double or an index.
    Overflow,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "the line is not a valid number",
            Self::Truncated => "the line is empty, where a number is expected",
            Self::TooManyDigits => "the number has more decimal digits than the limit allows",
            Self::Overflow => "the number is too large for a double or an index",
        })
    }
}

impl core::error::Error for NumberError {}
