//! Integers of any size.

use super::{DEFAULT_MAX_DIGITS, NumberError};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use num_bigint::{BigInt, BigUint, Sign};

/// A Python int.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Int {
    /// An integer that fits 64 bits.
    Small(i64),
    /// An integer that does not fit: its shortest little-endian two's complement.
    Big(Vec<u8>),
}

impl Int {
    /// Converts from little-endian two's complement of any length.
    ///
    /// ```
    /// use halfsour_text::number::Int;
    ///
    /// assert_eq!(Int::from_le(&[0xff; 20]), Int::Small(-1));
    /// assert_eq!(Int::from_le(&[0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0]), Int::Big(vec![0, 0, 0, 0, 0, 0, 0, 0x80, 0]));
    /// ```
    pub fn from_le(bytes: &[u8]) -> Self {
        le_to_i64(bytes).map_or_else(|| Self::Big(minimal(bytes).to_vec()), Self::Small)
    }

    /// Returns the value if it fits 128 bits.
    pub fn as_i128(&self) -> Option<i128> {
        match self {
            Self::Small(int) => Some((*int).into()),
            Self::Big(bytes) => le_to_i128(bytes),
        }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small(int) => int.fmt(f),
            Self::Big(bytes) => BigDisplay(bytes).fmt(f),
        }
    }
}

#[cfg(feature = "num-bigint")]
impl From<&Int> for BigInt {
    fn from(int: &Int) -> Self {
        match int {
            Int::Small(int) => (*int).into(),
            Int::Big(bytes) => Self::from_signed_bytes_le(bytes),
        }
    }
}

#[cfg(feature = "num-bigint")]
impl From<&BigInt> for Int {
    fn from(int: &BigInt) -> Self {
        Self::from_le(&int.to_signed_bytes_le())
    }
}

/// Returns the shortest form of an integer, given as little-endian two's complement: without the bytes at the end that only
/// repeat the sign. No bytes at all are 0.
///
/// ```
/// use halfsour_text::number::minimal;
///
/// assert_eq!(minimal(&[0x80, 0, 0]), [0x80, 0]);
/// assert_eq!(minimal(&[0x80, 0xff, 0xff]), [0x80]);
/// ```
pub fn minimal(bytes: &[u8]) -> &[u8] {
    let mut bytes = bytes;
    while let [rest @ .., last] = bytes {
        let sign_before = rest.last().map_or(0, |byte| byte >> 7);
        if *last != sign_before * 0xFF {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// Converts little-endian two's complement of any length, or returns `None` if the value does not fit. No bytes at all
/// are 0.
///
/// ```
/// use halfsour_text::number::le_to_i64;
///
/// assert_eq!(le_to_i64(&[]), Some(0));
/// assert_eq!(le_to_i64(&[0xff]), Some(-1));
/// assert_eq!(le_to_i64(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), Some(256));
/// ```
#[inline]
pub fn le_to_i64(bytes: &[u8]) -> Option<i64> {
    let negative = bytes.last().is_some_and(|&last| last >= 0x80);
    let sign = if negative { 0xFF } else { 0 };
    let mut low = [sign; 8];
    let (head, tail) = bytes.split_at(bytes.len().min(8));
    low[..head.len()].copy_from_slice(head);
    let value = i64::from_le_bytes(low);
    ((value < 0) == negative && tail.iter().all(|&byte| byte == sign)).then_some(value)
}

/// Converts as [`le_to_i64`] does, to 128 bits.
///
/// ```
/// use halfsour_text::number::le_to_i128;
///
/// assert_eq!(le_to_i128(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 0]), Some(1 << 64));
/// assert_eq!(le_to_i128(&[0xff; 20]), Some(-1));
/// assert_eq!(le_to_i128(&[[0xff; 16], [0; 16]].concat()), None);
/// ```
pub fn le_to_i128(bytes: &[u8]) -> Option<i128> {
    let bytes = minimal(bytes);
    let sign = if bytes.last().is_some_and(|&last| last >= 0x80) { 0xFF } else { 0 };
    let mut all = [sign; 16];
    all.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(i128::from_le_bytes(all))
}

/// Returns the shortest little-endian two's complement at the front of the array, and its length in bytes, as
/// `pickle.encode_long` makes it. The length of 0 is 0.
///
/// ```
/// let (bytes, len) = halfsour_text::number::i64_to_le(-129);
/// assert_eq!(bytes[..len], [0x7f, 0xff]);
/// ```
pub fn i64_to_le(value: i64) -> ([u8; 8], usize) {
    let bytes = value.to_le_bytes();
    (bytes, minimal(&bytes).len())
}

/// Prints an integer, given as little-endian two's complement, in decimal.
///
/// An integer of more than 4,300 decimal digits, the most that Python converts, is printed in hexadecimal, as `-0x1f`:
/// finding decimal digits takes time that grows with the square of their number. [`parse_big`] reads both.
///
/// ```
/// use halfsour_text::number::BigDisplay;
///
/// assert_eq!(BigDisplay(&[0, 0, 0, 0, 0, 0, 0, 0, 1]).to_string(), "18446744073709551616");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BigDisplay<'a>(pub &'a [u8]);

impl fmt::Display for BigDisplay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(small) = le_to_i64(self.0) {
            return small.fmt(f);
        }
        match to_decimal(self.0, DEFAULT_MAX_DIGITS) {
            Some(digits) => f.write_str(&digits),
            None => write!(f, "{:#x}", BigInt::from_signed_bytes_le(self.0)),
        }
    }
}

/// Returns Python's `str()` of an integer, given as little-endian two's complement, or `None` if it has more than
/// `max_digits` decimal digits.
///
/// ```
/// use halfsour_text::number::to_decimal;
///
/// assert_eq!(to_decimal(&[0, 0, 0, 0, 0, 0, 0, 0, 1], 20).as_deref(), Some("18446744073709551616"));
/// assert_eq!(to_decimal(&[0, 0, 0, 0, 0, 0, 0, 0, 1], 19), None);
/// ```
pub fn to_decimal(bytes: &[u8], max_digits: usize) -> Option<String> {
    // A digit takes less than 3.322 bits: what is longer than this needs no conversion to be refused.
    if minimal(bytes).len() > max_digits.saturating_mul(3322) / 8000 + 1 {
        return None;
    }
    let text = BigInt::from_signed_bytes_le(bytes).to_string();
    (text.trim_start_matches('-').len() <= max_digits).then_some(text)
}

/// Parses an integer in decimal (`-123`) or hexadecimal (`-0x1f`), without blanks or underscores.
///
/// Returns `None` for any other text, and for more than [`DEFAULT_MAX_DIGITS`] decimal digits.
///
/// ```
/// use halfsour_text::number::{parse_big, Int};
///
/// assert_eq!(parse_big("-0x1f"), Some(Int::Small(-31)));
/// assert_eq!(parse_big("1_0"), None);
/// ```
pub fn parse_big(text: &str) -> Option<Int> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (radix, digits) = digits.strip_prefix("0x").map_or((10, digits), |digits| (16, digits));
    if digits.contains('_') {
        return None;
    }
    from_digits(negative, digits.as_bytes(), radix, DEFAULT_MAX_DIGITS).ok()
}

/// Parses digits, which single underscores may separate.
pub(super) fn from_digits(
    negative: bool,
    text: &[u8],
    radix: u32,
    max_digits: usize,
) -> Result<Int, NumberError> {
    let mut small = Some(0u64);
    let mut count = 0;
    let mut after_digit = false;
    for &byte in text {
        if byte == b'_' && after_digit {
            after_digit = false;
            continue;
        }
        let digit = char::from(byte).to_digit(radix).ok_or(NumberError::Invalid)?;
        small = small.and_then(|small| small.checked_mul(radix.into())?.checked_add(digit.into()));
        count += 1;
        after_digit = true;
    }
    if !after_digit {
        return Err(NumberError::Invalid);
    }
    // Only decimal digits take more than linear time.
    if radix == 10 && count > max_digits {
        return Err(NumberError::TooManyDigits);
    }
    let small = small.and_then(|magnitude| signed(negative, magnitude));
    Ok(small.map_or_else(|| Int::Big(big_from_digits(negative, text, radix)), Int::Small))
}

pub(super) fn signed(negative: bool, magnitude: u64) -> Option<i64> {
    if negative { 0i64.checked_sub_unsigned(magnitude) } else { magnitude.try_into().ok() }
}

#[cold]
fn big_from_digits(negative: bool, text: &[u8], radix: u32) -> Vec<u8> {
    let digits: Vec<u8> = text
        .iter()
        .filter_map(|&byte| char::from(byte).to_digit(radix))
        .map(|digit| digit.to_le_bytes()[0])
        .collect();
    let magnitude = magnitude(&digits, radix);
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, magnitude).to_signed_bytes_le()
}

/// Converts digits to a number. Many digits are converted in halves, because multiplying takes less time than the square of
/// their number, which `from_radix_be` takes.
fn magnitude(digits: &[u8], radix: u32) -> BigUint {
    const FEW: usize = 5000;
    if digits.len() <= FEW || radix.is_power_of_two() {
        return BigUint::from_radix_be(digits, radix).unwrap_or_default();
    }
    let lower = u32::try_from(digits.len() / 2).unwrap_or(u32::MAX);
    let (high, low) = digits.split_at(digits.len() - lower as usize);
    magnitude(high, radix) * BigUint::from(radix).pow(lower) + magnitude(low, radix)
}
