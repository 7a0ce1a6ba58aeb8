//! The lines of `STRING` and `UNICODE`, and latin-1.

use crate::short::is_plain_ascii;
use crate::wtf8;
use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

/// What is wrong with an escaped line, and at which byte of what stands between its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EscapeError {
    /// A `STRING` line must start and end with the same quote.
    NotQuoted,
    /// A backslash has nothing to escape.
    TrailingBackslash {
        /// Where the backslash is.
        position: usize,
    },
    /// `\x` wants two hexadecimal digits, `\u` four, `\U` eight.
    MissingDigits {
        /// Where the backslash is.
        position: usize,
    },
    /// `\U` goes beyond 10FFFF.
    OutOfRange {
        /// Where the backslash is.
        position: usize,
    },
}

impl fmt::Display for EscapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotQuoted => f.write_str("not in quotes"),
            Self::TrailingBackslash { position } => write!(f, "trailing backslash at position {position}"),
            Self::MissingDigits { position } => write!(f, "truncated escape at position {position}"),
            Self::OutOfRange { position } => write!(f, "escape out of range at position {position}"),
        }
    }
}

impl core::error::Error for EscapeError {}

/// The bytes that the argument of `STRING` stands for: a bytes literal in quotes. As `load_string` of CPython.
///
/// ```
/// use halfsour_text::escape::string_line;
///
/// assert_eq!(string_line(br"'\x41\q\400'").unwrap(), &b"A\\q\0"[..]);
/// assert!(string_line(b"'a").is_err());
/// ```
#[inline]
pub fn string_line(line: &[u8]) -> Result<Cow<'_, [u8]>, EscapeError> {
    match line {
        [b'\'', text @ .., b'\''] if is_plain_ascii(text) => Ok(Cow::Borrowed(text)),
        [b'\'', text @ .., b'\''] | [b'"', text @ .., b'"'] => decode(text),
        _ => Err(EscapeError::NotQuoted),
    }
}

/// What stands between the quotes of a bytes literal, with its escapes undone: Python's `codecs.escape_decode`.
///
/// What is not an escape stays as it is, with its backslash. Borrows if there is no backslash.
///
/// ```
/// use halfsour_text::escape::decode;
///
/// assert_eq!(decode(br"\x41\q").unwrap(), &br"A\q"[..]);
/// assert!(decode(br"\x4").is_err());
/// ```
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

/// The text that the argument of `UNICODE` stands for, in WTF-8: Python's `raw-unicode-escape`.
///
/// `\uXXXX` and `\UXXXXXXXX` stand for characters unless their backslash is itself preceded by one; all else is
/// latin-1. Surrogates stay what they are, even in pairs.
///
/// ```
/// use halfsour_text::escape::unicode_line;
///
/// assert_eq!(unicode_line(br"\u20ac \x41").unwrap(), r"€ \x41".as_bytes());
/// assert_eq!(unicode_line(b"\xe4").unwrap(), "ä".as_bytes());
/// ```
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

/// Where the next `\u` or `\U` is whose backslash is not taken by one before it.
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

/// The value of the first `digits` bytes, if they are there and all are hexadecimal digits.
fn hex(bytes: &[u8], digits: usize) -> Option<u32> {
    bytes
        .get(..digits)?
        .iter()
        .try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
}

/// Latin-1 as UTF-8; borrows if it is ASCII.
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

/// Text as latin-1; `None` if there are code points beyond 255. Borrows if it is ASCII.
pub fn utf8_to_latin1(wtf8: &[u8]) -> Option<Cow<'_, [u8]>> {
    if wtf8.is_ascii() {
        return Some(Cow::Borrowed(wtf8));
    }
    wtf8::chars(wtf8).map(|point| u8::try_from(point).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned)
}
