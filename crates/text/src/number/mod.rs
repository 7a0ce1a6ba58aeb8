//! The lines of `INT`, `LONG`, `FLOAT`, `GET` and `PUT`; integers as little-endian two's complement.

mod big;
mod lines;

pub use big::{BigDisplay, Int, i64_to_le, le_to_i64, parse_big, to_decimal};
pub use lines::{IntLine, float, float_line, index_line, int, int_line, long_line, plain_decimal};

use core::fmt;

/// How many decimal digits Python converts to an integer unless told otherwise:
/// `sys.int_info.default_max_str_digits`.
pub const DEFAULT_MAX_DIGITS: usize = 4300;

/// Why a line is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberError {
    /// It is not spelled as a number of this kind.
    Invalid,
    /// The line is empty. CPython says: pickle data was truncated.
    Truncated,
    /// It has more decimal digits than allowed.
    TooManyDigits,
    /// It is too large for a double or an index.
    Overflow,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "not a number",
            Self::Truncated => "empty line",
            Self::TooManyDigits => "too many digits",
            Self::Overflow => "number too large",
        })
    }
}

impl core::error::Error for NumberError {}
