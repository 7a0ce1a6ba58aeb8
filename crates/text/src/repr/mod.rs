//! Python 3's `repr()` of str, bytes, bytearray, int and float.

mod long;
mod printable;

use crate::scan::none_of;
use crate::wtf8;
use alloc::string::ToString;
use core::fmt::{self, Write};
pub use long::Long;
use printable::NOT_PRINTABLE;

/// Prints the `repr()` of a str, given in WTF-8.
///
/// Characters are escaped unless `str.isprintable` of CPython 3.13 (Unicode 15.1) is true. A byte that is not valid WTF-8
/// is printed as the surrogate that the error handler `surrogateescape` makes of it.
///
/// ```
/// use halfsour_text::repr::Str;
///
/// assert_eq!(Str("it's\tä\u{200b}".as_bytes()).to_string(), r#""it's\tä\u200b""#);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Str<'a>(pub &'a [u8]);

impl Str<'_> {
    /// Writes the `repr()` to any writer, which is faster than going through a formatter.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn write_to<W: Write + ?Sized>(self, out: &mut W) -> fmt::Result {
        let quote = quote(self.0);
        out.write_char(quote.into())?;
        let mut rest = self.0;
        loop {
            match str::from_utf8(rest) {
                Ok(text) => {
                    write_text(out, text, quote)?;
                    break;
                }
                Err(error) => {
                    let (valid, invalid) = rest.split_at(error.valid_up_to());
                    write_text(out, str::from_utf8(valid).unwrap_or_default(), quote)?;
                    let (surrogate, len) = match wtf8::surrogate(invalid) {
                        Some(surrogate) => (surrogate, 3),
                        None => (0xDC00 | u32::from(invalid[0]), 1),
                    };
                    write!(out, "\\u{surrogate:04x}")?;
                    rest = &invalid[len..];
                }
            }
        }
        out.write_char(quote.into())
    }
}

/// Prints the `repr()` of bytes.
///
/// ```
/// assert_eq!(halfsour_text::repr::Bytes(b"a'\n\xff").to_string(), r#"b"a'\n\xff""#);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    /// Writes the `repr()` to any writer, which is faster than going through a formatter.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn write_to<W: Write + ?Sized>(self, out: &mut W) -> fmt::Result {
        let quote = quote(self.0);
        out.write_char('b')?;
        out.write_char(quote.into())?;
        write_bytes(out, self.0, quote)?;
        out.write_char(quote.into())
    }
}

/// Prints the `repr()` of a bytearray, which escapes single quotes even where that of bytes does not.
///
/// ```
/// assert_eq!(halfsour_text::repr::ByteArray(b"it's").to_string(), r#"bytearray(b"it\'s")"#);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ByteArray<'a>(pub &'a [u8]);

impl ByteArray<'_> {
    /// Writes the `repr()` to any writer, which is faster than going through a formatter.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn write_to<W: Write + ?Sized>(self, out: &mut W) -> fmt::Result {
        let quote = quote(self.0);
        out.write_str("bytearray(b")?;
        out.write_char(quote.into())?;
        write_bytes(out, self.0, b'\'')?;
        out.write_char(quote.into())?;
        out.write_char(')')
    }
}

/// Returns the quote that Python takes: double quotes only if they save escapes.
fn quote(bytes: &[u8]) -> u8 {
    let holds = |quote| memchr::memchr(quote, bytes).is_some();
    if holds(b'\'') && !holds(b'"') { b'"' } else { b'\'' }
}

/// Returns whether the bytes need no escapes in any literal: they are printable ASCII without quotes and backslashes.
///
/// ```
/// use halfsour_text::repr::is_plain;
///
/// assert!(is_plain(b"plain"));
/// assert!(!is_plain(b"it's"));
/// ```
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn is_plain(bytes: &[u8]) -> bool {
    none_of(bytes, special)
}

/// Returns the number of bytes at the front that need no escapes.
fn plain_len(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return number * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    words.len() * 8 + rest.iter().take_while(|&&byte| is_plain_byte(byte)).count()
}

/// Sets the highest bit of each byte that needs an escape. After the first such byte, some bits may be wrong.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn special(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    /// The highest bit of each byte that is less than `limit`, if no byte has it set.
    const fn less(word: u64, limit: u8) -> u64 {
        word.wrapping_sub(ONES * limit as u64)
    }
    let quote = less(word ^ (ONES * b'\'' as u64), 1) | less(word ^ (ONES * b'"' as u64), 1);
    let backslash_or_delete = less(word ^ (ONES * b'\\' as u64), 1) | less(word ^ (ONES * 0x7F), 1);
    (word | less(word, b' ') | quote | backslash_or_delete) & (ONES * 0x80)
}

const fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'"' | b'\\')
}

fn write_text<W: Write + ?Sized>(out: &mut W, text: &str, escaped: u8) -> fmt::Result {
    let mut written = 0;
    let mut at = 0;
    loop {
        // Plain bytes are ASCII, so a character starts after them.
        at += plain_len(&text.as_bytes()[at..]);
        let Some(c) = text[at..].chars().next() else {
            return out.write_str(&text[written..]);
        };
        let after = at + c.len_utf8();
        if c.is_ascii() || !is_printable(c) {
            out.write_str(&text[written..at])?;
            let (escape, len) = escape(c, escaped);
            out.write_str(str::from_utf8(&escape[..len]).unwrap_or_default())?;
            written = after;
        }
        at = after;
    }
}

fn write_bytes<W: Write + ?Sized>(out: &mut W, bytes: &[u8], escaped: u8) -> fmt::Result {
    const PIECE: usize = 64;
    for piece in bytes.chunks(PIECE) {
        let mut text = [0; 4 * PIECE];
        let mut end = 0;
        for &byte in piece {
            let (escape, len) = escape(char::from(byte), escaped);
            text[end..end + len].copy_from_slice(&escape[..len]);
            end += len;
        }
        out.write_str(str::from_utf8(&text[..end]).unwrap_or_default())?;
    }
    Ok(())
}

/// Returns a character as it stands in a literal, and its length in bytes, if it is ASCII or needs an escape. Of the two
/// quotes, only `escaped` needs one.
#[inline]
fn escape(c: char, escaped: u8) -> ([u8; 10], usize) {
    let mut text = [b'\\', 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let point = u32::from(c);
    let (letter, digits) = match point {
        0x09 => (b't', 0),
        0x0A => (b'n', 0),
        0x0D => (b'r', 0),
        0x5C => (b'\\', 0),
        0x22 | 0x27 if point == u32::from(escaped) => (escaped, 0),
        0x20..=0x7E => {
            text[0] = point.to_le_bytes()[0];
            return (text, 1);
        }
        0..=0xFF => (b'x', 2),
        0x100..=0xFFFF => (b'u', 4),
        _ => (b'U', 8),
    };
    text[1] = letter;
    for place in 0..digits {
        text[1 + digits - place] = b"0123456789abcdef"[(point >> (4 * place) & 0xF) as usize];
    }
    (text, 2 + digits)
}

/// Returns whether Python's `str.isprintable` is true.
fn is_printable(c: char) -> bool {
    // These are most characters in practice.
    matches!(c, ' '..='~' | '\u{A1}'..='\u{AC}' | '\u{AE}'..='\u{377}' | '\u{4E00}'..='\u{9FFF}')
        || !is_in(&NOT_PRINTABLE, u32::from(c))
}

/// Returns whether a code point is in one of the ranges, which are sorted.
fn is_in(ranges: &[(u32, u32)], point: u32) -> bool {
    let after = ranges.partition_point(|&(first, _)| first <= point);
    after > 0 && point <= ranges[after - 1].1
}

/// Prints the `repr()` of a float: the fewest digits that are read as the same float again.
///
/// ```
/// use halfsour_text::repr::Float;
///
/// assert_eq!(Float(100.0).to_string(), "100.0");
/// assert_eq!(Float(0.00001).to_string(), "1e-05");
/// assert_eq!(Float(f64::NAN).to_string(), "nan");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Float(pub f64);

impl Float {
    /// Writes the `repr()` to any writer, which is faster than going through a formatter.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn write_to<W: Write + ?Sized>(self, out: &mut W) -> fmt::Result {
        if self.0.is_nan() {
            return out.write_str("nan");
        }
        if self.0.is_infinite() {
            return out.write_str(if self.0 > 0.0 { "inf" } else { "-inf" });
        }
        // Not `{:e}` of the standard library: of two equally near candidates, it takes another than Python.
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(self.0);
        // Usually neither Python nor this crate writes an exponent.
        if (1e-4..1e16).contains(&self.0.abs()) {
            return out.write_str(text);
        }
        let (sign, unsigned) = text.split_at(text.starts_with('-').into());
        if let Some((mantissa, exponent)) = unsigned.split_once('e') {
            let exponent: i32 = exponent.parse().map_err(|_| fmt::Error)?;
            write!(out, "{sign}{mantissa}e{exponent:+03}")
        } else if let Some(digits) = unsigned.strip_prefix("0.0000") {
            // Python's exponents start one place earlier.
            let (first, others) = digits.split_at(1);
            let point = if others.is_empty() { "" } else { "." };
            write!(out, "{sign}{first}{point}{others}e-05")
        } else {
            out.write_str(text)
        }
    }
}

/// Returns the `float64` whose `repr()` has the digits that numpy prints of a `float32`, which `value` is: the fewest that tell it from
/// its neighbours, and of two that are equally near the even one.
///
/// ```
/// use halfsour_text::repr::shortest_of_32_bits;
///
/// assert_eq!(shortest_of_32_bits(0.1_f32.into()), 0.1);
/// assert_eq!(shortest_of_32_bits(203_696.125), 203_696.12);
/// ```
pub fn shortest_of_32_bits(value: f64) -> f64 {
    if !value.is_finite() {
        return value;
    }
    #[allow(clippy::cast_possible_truncation)] // it is one of 32 bits
    let narrow = value as f32;
    zmij::Buffer::new().format_finite(narrow).parse().unwrap_or(value)
}

/// Returns the `float64` whose `repr()` has the digits that numpy prints of a `float16`, which `value` is.
///
/// ```
/// assert_eq!(halfsour_text::repr::shortest_of_16_bits(4112.0), 4110.0);
/// ```
pub fn shortest_of_16_bits(value: f64) -> f64 {
    long::of_16_bits(value).and_then(|long| long.to_string().parse().ok()).unwrap_or(value)
}

/// Writes a complex number as Python does, whose parts have these texts: `(1+2j)`, `2j`.
///
/// # Errors
///
/// If the writer fails.
pub fn write_complex<W: Write + ?Sized>(out: &mut W, re: &str, im: &str) -> fmt::Result {
    let short = |part: &str| part.strip_suffix(".0").unwrap_or(part).len();
    let (re_short, im_short) = (&re[..short(re)], &im[..short(im)]);
    if re == "0.0" {
        return write!(out, "{im_short}j");
    }
    // A part that cannot be read is told by its bytes.
    let sign = if im.starts_with(['-', 'b']) { "" } else { "+" };
    write!(out, "({re_short}{sign}{im_short}j)")
}

/// Prints the `repr()` of an int that fits 64 bits.
#[derive(Clone, Copy, Debug)]
pub struct Int(pub i64);

impl Int {
    /// Writes the `repr()` to any writer, which is faster than going through a formatter.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn write_to<W: Write + ?Sized>(self, out: &mut W) -> fmt::Result {
        out.write_str(itoa::Buffer::new().format(self.0))
    }
}

macro_rules! display {
    ($($type:ty)*) => {
        $(impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.write_to(f)
            }
        })*
    };
}

display! { Str<'_> Bytes<'_> ByteArray<'_> Float Int }

#[cfg(test)]
mod tests {
    use super::{NOT_PRINTABLE, is_in, is_printable};

    #[test]
    #[cfg_attr(miri, ignore = "all characters take too long")]
    fn short_cuts_agree_with_the_table() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_printable(c), !is_in(&NOT_PRINTABLE, c.into()), "{c:?}");
        }
    }
}
