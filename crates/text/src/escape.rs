//! The escaped text in the lines of `STRING` and `UNICODE`; Latin-1 to UTF-8 and back.

use crate::scan::is_plain_ascii;
use crate::wtf8;
use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

/// The reason why an escaped line cannot be decoded. Positions are in bytes, from the first one after the opening quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EscapeError {
    /// A `STRING` line does not begin and end with the same quote.
    NotQuoted,
    /// A backslash is the last byte, with nothing to escape.
    TrailingBackslash {
        /// The index of the backslash.
        position: usize,
    },
    /// An escape has too few hexadecimal digits: `\x` takes two, `\u` four, `\U` eight.
    MissingDigits {
        /// The index of the backslash.
        position: usize,
    },
    /// A `\U` escape is beyond U+10FFFF.
    OutOfRange {
        /// The index of the backslash.
        position: usize,
    },
}

impl fmt::Display for EscapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotQuoted => f.write_str("the string does not begin and end with the same quote"),
            Self::TrailingBackslash { position } => {
                write!(f, "the backslash at position {position} is the last byte, with nothing to escape")
            }
            Self::MissingDigits { position } => write!(
                f,
                "the escape at position {position} has too few hexadecimal digits: \\x takes 2, \\u 4, \\U 8"
            ),
            Self::OutOfRange { position } => {
                write!(f, "the escape at position {position} is beyond U+10FFFF")
            }
        }
    }
}

impl core::error::Error for EscapeError {}

/// Decodes the argument of `STRING`, a bytes literal in quotes, as `load_string` of CPython does.
///
/// ```
/// use halfsour_text::escape::string_line;
///
/// assert_eq!(string_line(br"'\x41\q\400'").unwrap(), &b"A\\q\0"[..]);
/// assert!(string_line(b"'a").is_err());
/// ```
///
/// # Errors
///
/// If the quotes do not match, or an escape is incomplete.
#[inline]
pub fn string_line(line: &[u8]) -> Result<Cow<'_, [u8]>, EscapeError> {
    match line {
        [b'\'', text @ .., b'\''] if is_plain_ascii(text) => Ok(Cow::Borrowed(text)),
        [b'\'', text @ .., b'\''] | [b'"', text @ .., b'"'] => decode(text),
        _ => Err(EscapeError::NotQuoted),
    }
}

/// Decodes the escapes between the quotes of a bytes literal, as Python's `codecs.escape_decode` does.
///
/// A backslash that begins no escape stays as it is. The result is borrowed if there is no backslash.
///
/// ```
/// use halfsour_text::escape::decode;
///
/// assert_eq!(decode(br"\x41\q").unwrap(), &br"A\q"[..]);
/// assert!(decode(br"\x4").is_err());
/// ```
///
/// # Errors
///
/// If an escape is incomplete.
pub fn decode(text: &[u8]) -> Result<Cow<'_, [u8]>, EscapeError> {
    let Some(mut backslash) = memchr::memchr(b'\\', text) else {
        return Ok(Cow::Borrowed(text));
    };
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        out.extend_from_slice(&rest[..backslash]);
        rest = &rest[backslash + 1..];
        let position = text.len() - rest.len() - 1;
        let (byte, len) = match *rest {
            [] => return Err(EscapeError::TrailingBackslash { position }),
            [c @ (b'\\' | b'\'' | b'"'), ..] => (Some(c), 1),
            [b'\n', ..] => (None, 1),
            [b'a', ..] => (Some(0x07), 1),
            [b'b', ..] => (Some(0x08), 1),
            [b't', ..] => (Some(b'\t'), 1),
            [b'n', ..] => (Some(b'\n'), 1),
            [b'v', ..] => (Some(0x0B), 1),
            [b'f', ..] => (Some(0x0C), 1),
            [b'r', ..] => (Some(b'\r'), 1),
            [b'0'..=b'7', ..] => {
                let digits = rest.iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7'));
                let (value, len) =
                    digits.fold((0u8, 0), |(value, len), digit| (value << 3 | digit & 7, len + 1));
                (Some(value), len)
            }
            [b'x', ..] => {
                let value = hex(&rest[1..], 2).ok_or(EscapeError::MissingDigits { position })?;
                (Some(value.to_le_bytes()[0]), 3)
            }
            _ => (Some(b'\\'), 0),
        };
        out.extend(byte);
        rest = &rest[len..];
        match memchr::memchr(b'\\', rest) {
            Some(next) => backslash = next,
            None => break,
        }
    }
    out.extend_from_slice(rest);
    Ok(Cow::Owned(out))
}

/// Decodes the argument of `UNICODE`, which is in Python's codec `raw-unicode-escape`, to WTF-8.
///
/// `\uXXXX` and `\UXXXXXXXX` stand for a code point, unless the backslash follows another one; all other bytes are
/// Latin-1. Surrogates are kept, even in pairs.
///
/// ```
/// use halfsour_text::escape::unicode_line;
///
/// assert_eq!(unicode_line(br"\u20ac \x41").unwrap(), r"€ \x41".as_bytes());
/// assert_eq!(unicode_line(b"\xe4").unwrap(), "ä".as_bytes());
/// ```
///
/// # Errors
///
/// If an escape is incomplete, or beyond U+10FFFF.
#[inline]
pub fn unicode_line(line: &[u8]) -> Result<Cow<'_, [u8]>, EscapeError> {
    if is_plain_ascii(line) { Ok(Cow::Borrowed(line)) } else { escaped_line(line) }
}

fn escaped_line(line: &[u8]) -> Result<Cow<'_, [u8]>, EscapeError> {
    let Some(mut escape) = find_unicode_escape(line) else {
        return Ok(latin1_to_utf8(line));
    };
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    loop {
        extend_from_latin1(&mut out, &rest[..escape]);
        let position = line.len() - rest.len() + escape;
        let digits = if rest[escape + 1] == b'u' { 4 } else { 8 };
        let point = hex(&rest[escape + 2..], digits).ok_or(EscapeError::MissingDigits { position })?;
        if point > 0x10_FFFF {
            return Err(EscapeError::OutOfRange { position });
        }
        wtf8::push(&mut out, point);
        rest = &rest[escape + 2 + digits..];
        match find_unicode_escape(rest) {
            Some(next) => escape = next,
            None => break,
        }
    }
    extend_from_latin1(&mut out, rest);
    Ok(Cow::Owned(out))
}

/// Returns the index of the next `\u` or `\U` whose backslash is not itself escaped.
fn find_unicode_escape(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr(b'\\', bytes.get(at..)?)?;
        if let Some(b'u' | b'U') = bytes.get(at + 1) {
            return Some(at);
        }
        at += 2;
    }
}

/// Returns the value of the first `digits` bytes, or `None` unless all of them are hexadecimal digits.
fn hex(bytes: &[u8], digits: usize) -> Option<u32> {
    bytes
        .get(..digits)?
        .iter()
        .try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
}

/// Converts Latin-1 to UTF-8. The result is borrowed if all bytes are ASCII.
pub fn latin1_to_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    if bytes.is_ascii() {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 2);
    extend_from_latin1(&mut out, bytes);
    Cow::Owned(out)
}

fn extend_from_latin1(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        if byte < 0x80 {
            out.push(byte);
        } else {
            out.extend_from_slice(&[0xC0 | byte >> 6, 0x80 | byte & 0x3F]);
        }
    }
}

/// Converts text to Latin-1, or returns `None` if it has code points beyond U+00FF. The result is borrowed if all bytes are
/// ASCII.
pub fn utf8_to_latin1(wtf8: &[u8]) -> Option<Cow<'_, [u8]>> {
    if wtf8.is_ascii() {
        return Some(Cow::Borrowed(wtf8));
    }
    wtf8::chars(wtf8).map(|point| u8::try_from(point).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned)
}
