//! The lines of the text opcodes, without their newlines.
//!
//! CPython passes them to C functions, for which a NUL ends the line, so a NUL ends it here, too.

use alloc::borrow::Cow;

use super::big::{Int, from_digits, signed};
use super::{DEFAULT_MAX_DIGITS, NumberError};

/// The value of the argument of `INT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntLine {
    /// A bool: two characters with the value 0 or 1, usually `00` or `01`.
    Bool(bool),
    /// An integer.
    Int(Int),
}

/// The base of the numbers in the lines of `INT` and `LONG`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IntBase {
    /// Base 10, or what a prefix tells if the line is no number in base 10.
    #[default]
    Either,
    /// Base 10, as Python has read them since 3.14: `010` is 10, and `0x10` is no number.
    Ten,
    /// What a prefix tells, as Python read them up to 3.13: `010` is 8 in `INT` and no number in `LONG`, `0x10` is 16.
    Prefix,
}

/// Parses the argument of `INT` as `load_int` of CPython does.
///
/// C's `strtol` reads it, or else Python's `int`, which takes more. With a base of 0, so that `010` is 8, up to 3.13; with
/// a base of 10 since then. `max_digits` limits the decimal digits of numbers that only Python's `int` can read.
///
/// ```
/// use halfsour_text::number::{int_line, Int, IntBase, IntLine, NumberError};
///
/// let int = |line| int_line(line, IntBase::Either, 4300);
/// assert_eq!(int(b"-5"), Ok(IntLine::Int(Int::Small(-5))));
/// assert_eq!(int(b"01"), Ok(IntLine::Bool(true)));
/// assert_eq!(int(b"1"), Ok(IntLine::Int(Int::Small(1))));
/// assert_eq!(int(b"010"), Ok(IntLine::Int(Int::Small(10))));
/// assert_eq!(int_line(b"010", IntBase::Prefix, 4300), Ok(IntLine::Int(Int::Small(8))));
/// assert_eq!(int(b"0x10"), Ok(IntLine::Int(Int::Small(16))));
/// assert_eq!(int(b"1a"), Err(NumberError::Invalid));
/// ```
///
/// # Errors
///
/// If the line is empty, is not an integer, or has too many digits.
pub fn int_line(line: &[u8], base: IntBase, max_digits: usize) -> Result<IntLine, NumberError> {
    if let Some(int) = plain_decimal(line) {
        return Ok(IntLine::Int(Int::Small(int)));
    }
    let text = c_string(line)?;
    let of = |base, read: fn(&[u8], usize) -> Result<Int, NumberError>| match strtol(text, base) {
        Some(int @ (0 | 1)) if line.len() == 2 => Ok(IntLine::Bool(int == 1)),
        Some(int) => Ok(IntLine::Int(Int::Small(int))),
        None => read(text, max_digits).map(IntLine::Int),
    };
    match base {
        IntBase::Either => {
            of(IntBase::Ten, int).or_else(|error| either(error, || of(IntBase::Prefix, literal)))
        }
        IntBase::Ten => of(IntBase::Ten, int),
        IntBase::Prefix => of(IntBase::Prefix, literal),
    }
}

/// The reading by prefix of what is no number in base 10.
fn either<T>(error: NumberError, prefix: impl FnOnce() -> Result<T, NumberError>) -> Result<T, NumberError> {
    if error == NumberError::Invalid { prefix() } else { Err(error) }
}

/// Parses the argument of `LONG` as Python's `int` does, without an `L` at its end: as `int(…, 0)` up to Python 3.13, as
/// `int(…, 10)` since then.
///
/// ```
/// use halfsour_text::number::{long_line, Int, IntBase};
///
/// assert_eq!(long_line(b"10L", IntBase::Either, 4300), Ok(Int::Small(10)));
/// assert_eq!(long_line(b"0b11", IntBase::Either, 4300), Ok(Int::Small(3)));
/// assert_eq!(long_line(b"010L", IntBase::Ten, 4300), Ok(Int::Small(10)));
/// assert!(long_line(b"010L", IntBase::Prefix, 4300).is_err());
/// ```
///
/// # Errors
///
/// If the line is empty, is not an integer, or has more than `max_digits` decimal digits.
pub fn long_line(line: &[u8], base: IntBase, max_digits: usize) -> Result<Int, NumberError> {
    let text = c_string(line)?;
    // The L is looked for at the end of the line, even if a NUL cuts it shorter.
    let text = if text.len() == line.len() { text.strip_suffix(b"L").unwrap_or(text) } else { text };
    match base {
        IntBase::Either => int(text, max_digits).or_else(|error| either(error, || literal(text, max_digits))),
        IntBase::Ten => int(text, max_digits),
        IntBase::Prefix => literal(text, max_digits),
    }
}

/// Parses the argument of `GET` or `PUT` as Python's `int(…, 10)` does.
///
/// ```
/// use halfsour_text::number::index_line;
///
/// assert_eq!(index_line(b"12"), Ok(12));
/// assert_eq!(index_line(b"007"), Ok(7));
/// assert!(index_line(b"-1").is_err());
/// ```
///
/// # Errors
///
/// [`NumberError::Invalid`] for a negative number, [`NumberError::Overflow`] for one beyond `i64::MAX`, and those of [`int`].
#[inline]
pub fn index_line(line: &[u8]) -> Result<u64, NumberError> {
    if let Some(value) = plain_digits(line)
        && value >> 63 == 0
    {
        return Ok(value);
    }
    any_index_line(line)
}

fn any_index_line(line: &[u8]) -> Result<u64, NumberError> {
    match int(c_string(line)?, DEFAULT_MAX_DIGITS)? {
        Int::Small(int) => int.try_into().map_err(|_| NumberError::Invalid),
        Int::Big(_) => Err(NumberError::Overflow),
    }
}

/// Parses the argument of `FLOAT` as `PyOS_string_to_double` of CPython does: without blanks, underscores and hexadecimal
/// digits.
///
/// ```
/// use halfsour_text::number::{float_line, NumberError};
///
/// assert_eq!(float_line(b"-1.5e3"), Ok(-1500.0));
/// assert_eq!(float_line(b"Infinity"), Ok(f64::INFINITY));
/// assert_eq!(float_line(b"1e400"), Err(NumberError::Overflow));
/// ```
///
/// # Errors
///
/// If the line is empty, is not a float, or is too large for one.
#[inline]
pub fn float_line(line: &[u8]) -> Result<f64, NumberError> {
    match double(line) {
        Ok(value) if value.is_finite() => Ok(value),
        _ => any_float_line(line),
    }
}

#[cold]
fn any_float_line(line: &[u8]) -> Result<f64, NumberError> {
    let text = c_string(line)?;
    let value = double(text)?;
    if value.is_infinite() && text.iter().any(u8::is_ascii_digit) {
        return Err(NumberError::Overflow);
    }
    Ok(value)
}

/// Parses text as Python's `int(text)` does. `max_digits` limits the decimal digits.
///
/// ```
/// use halfsour_text::number::{int, Int};
///
/// assert_eq!(int(b" -01_0 ", 4300), Ok(Int::Small(-10)));
/// ```
///
/// # Errors
///
/// If the text is not an integer, or has too many digits.
pub fn int(text: &[u8], max_digits: usize) -> Result<Int, NumberError> {
    if let Some(int) = plain_decimal(text) {
        return Ok(Int::Small(int));
    }
    let (negative, digits) = split_sign(trim(text));
    from_digits(negative, digits, 10, max_digits)
}

/// Parses text as Python's `float(text)` does. Unlike [`float_line`], it allows blanks and underscores, and returns infinity
/// for a number that is too large.
///
/// ```
/// use halfsour_text::number::float;
///
/// assert_eq!(float(b" 1_0.5 "), Ok(10.5));
/// assert_eq!(float(b"1e400"), Ok(f64::INFINITY));
/// ```
///
/// # Errors
///
/// If the text is not a float.
pub fn float(text: &[u8]) -> Result<f64, NumberError> {
    let text = trim(text);
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let mut digits = Cow::Borrowed(text);
    if text.contains(&b'_') {
        let separates = |at: usize| at > 0 && is_digit(at - 1) && is_digit(at + 1);
        if !(0..text.len()).all(|at| text[at] != b'_' || separates(at)) {
            return Err(NumberError::Invalid);
        }
        digits.to_mut().retain(|&byte| byte != b'_');
    }
    double(&digits)
}

#[inline]
fn double(text: &[u8]) -> Result<f64, NumberError> {
    let (negative, unsigned) = split_sign(text);
    // fast-float takes signs and names, too, some of which Python does not take.
    let value = if let [b'0'..=b'9' | b'.', ..] = unsigned {
        fast_float2::parse(unsigned).map_err(|_| NumberError::Invalid)?
    } else if [&b"inf"[..], b"infinity"].iter().any(|name| unsigned.eq_ignore_ascii_case(name)) {
        f64::INFINITY
    } else if unsigned.eq_ignore_ascii_case(b"nan") {
        f64::NAN
    } else {
        return Err(NumberError::Invalid);
    };
    Ok(if negative { -value } else { value })
}

/// Parses a decimal integer that all parsers of integers in this module read alike: an optional `-`, then digits, the first
/// of which is not 0. Returns `None` for any other text, and for a number beyond 64 bits.
///
/// This is the fast path of those parsers.
///
/// ```
/// use halfsour_text::number::plain_decimal;
///
/// assert_eq!(plain_decimal(b"-42"), Some(-42));
/// assert_eq!(plain_decimal(b"042"), None);
/// ```
#[inline]
pub fn plain_decimal(line: &[u8]) -> Option<i64> {
    let (negative, digits) = match line {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [b'1'..=b'9', ..] => signed(negative, plain_digits(digits)?),
        _ => None,
    }
}

/// Parses 1 to 19 digits, whose value is below 2⁶⁴.
#[inline]
fn plain_digits(digits: &[u8]) -> Option<u64> {
    if !matches!(digits.len(), 1..=19) {
        return None;
    }
    let (words, rest) = digits.as_chunks::<8>();
    let value = words.iter().try_fold(0, |value: u64, word| {
        Some(value * 100_000_000 + eight_digits(u64::from_le_bytes(*word))?)
    })?;
    rest.iter().try_fold(value, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then_some(value * 10 + u64::from(digit))
    })
}

/// Returns the value of eight digits, the first of them in the lowest byte. Neighbours are joined: digits to pairs, pairs to
/// fours, fours to eight.
#[inline]
const fn eight_digits(word: u64) -> Option<u64> {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    if (word & HIGH) != ZEROS || (word.wrapping_add(0x0606_0606_0606_0606) & HIGH) != ZEROS {
        return None;
    }
    let word = (word & 0x0f0f_0f0f_0f0f_0f0f).wrapping_mul(10 << 8 | 1) >> 8;
    let word = (word & 0x00ff_00ff_00ff_00ff).wrapping_mul(100 << 16 | 1) >> 16;
    Some((word & 0x0000_ffff_0000_ffff).wrapping_mul(10_000 << 32 | 1) >> 32)
}

/// Cuts a line at its first NUL, where C takes it to end. CPython calls a pickle with an empty line truncated.
fn c_string(line: &[u8]) -> Result<&[u8], NumberError> {
    match memchr::memchr(0, line) {
        _ if line.is_empty() => Err(NumberError::Truncated),
        Some(nul) => Ok(&line[..nul]),
        None => Ok(line),
    }
}

/// Parses as C's `strtol` does with a base of 10 or of 0, or returns `None` if that would not read the whole text or the number does
/// not fit.
fn strtol(text: &[u8], base: IntBase) -> Option<i64> {
    // Nothing at all is read as 0, and wholly.
    if text.is_empty() {
        return Some(0);
    }
    let (negative, digits) = split_sign(trim_start(text));
    let (radix, digits) = match (base, digits) {
        (IntBase::Prefix, [b'0', b'x' | b'X', digits @ ..]) => (16, digits),
        (IntBase::Prefix, [b'0', ..]) => (8, digits),
        _ => (10, digits),
    };
    let value = digits.iter().try_fold(0u64, |value, &byte| {
        value.checked_mul(radix.into())?.checked_add(char::from(byte).to_digit(radix)?.into())
    })?;
    if digits.is_empty() { None } else { signed(negative, value) }
}

/// Parses as Python's `int(text, 0)` does, by `PyLong_FromString` of CPython.
fn literal(text: &[u8], max_digits: usize) -> Result<Int, NumberError> {
    let (negative, digits) = split_sign(trim(text));
    let (radix, digits) = match digits {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits.strip_prefix(b"_").unwrap_or(digits)),
        [b'0', b'o' | b'O', digits @ ..] => (8, digits.strip_prefix(b"_").unwrap_or(digits)),
        [b'0', b'b' | b'B', digits @ ..] => (2, digits.strip_prefix(b"_").unwrap_or(digits)),
        // C's octal numbers are not Python's, but zeros are zero.
        [b'0', ..] if digits.iter().any(|digit| matches!(digit, b'1'..=b'9')) => {
            return Err(NumberError::Invalid);
        }
        _ => (10, digits),
    };
    from_digits(negative, digits, radix, max_digits)
}

#[inline]
fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    }
}

/// Strips the blanks that C skips. (Rust's trimming of ASCII does not strip the vertical tab.)
fn trim(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
    trim_start(&text[..end])
}

fn trim_start(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !is_blank(*byte)).unwrap_or(text.len());
    &text[start..]
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
