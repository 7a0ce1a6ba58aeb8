//! Python's text as bytes: UTF-8 that may also hold surrogates.
//!
//! Python calls this encoding UTF-8 with the error handler `surrogatepass`; other names are generalized UTF-8 and WTF-8.
//! WTF-8 proper forbids a pair of surrogates; here it may stand as two code points of three bytes each, because a
//! Python `str` can hold such a pair, and does not equal the one character that the pair means in UTF-16.

use alloc::vec::Vec;
use core::fmt;

use crate::scan::{LONG, is_ascii};

/// The narrowest encoding that text is valid in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// ASCII.
    Ascii,
    /// UTF-8: some characters are not ASCII.
    Utf8,
    /// UTF-8 with surrogates, which is not valid UTF-8.
    Wtf8,
}

/// The error for bytes that are not UTF-8, even with surrogates allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUtf8 {
    /// The number of valid bytes before the first invalid one.
    pub valid_up_to: usize,
}

impl fmt::Display for InvalidUtf8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text is not UTF-8 after its first {} bytes", self.valid_up_to)
    }
}

impl core::error::Error for InvalidUtf8 {}

/// Checks that bytes are text, and returns the narrowest encoding that they are valid in.
///
/// ```
/// use halfsour_text::wtf8::{check, Encoding};
///
/// assert_eq!(check(b"a"), Ok(Encoding::Ascii));
/// assert_eq!(check("ä".as_bytes()), Ok(Encoding::Utf8));
/// assert_eq!(check(b"\xed\xa0\x80"), Ok(Encoding::Wtf8));
/// assert_eq!(check(b"a\xff").unwrap_err().valid_up_to, 1);
/// ```
///
/// # Errors
///
/// If the bytes are not UTF-8, even with surrogates allowed.
#[inline]
pub fn check(bytes: &[u8]) -> Result<Encoding, InvalidUtf8> {
    if is_ascii(bytes) { Ok(Encoding::Ascii) } else { check_non_ascii(bytes) }
}

fn check_non_ascii(bytes: &[u8]) -> Result<Encoding, InvalidUtf8> {
    let valid = if bytes.len() >= LONG {
        simdutf8::basic::from_utf8(bytes).is_ok()
    } else {
        core::str::from_utf8(bytes).is_ok()
    };
    if valid { Ok(Encoding::Utf8) } else { check_surrogates(bytes) }
}

#[cold]
fn check_surrogates(bytes: &[u8]) -> Result<Encoding, InvalidUtf8> {
    let mut at = 0;
    while let Err(error) = core::str::from_utf8(&bytes[at..]) {
        at += error.valid_up_to();
        if surrogate(&bytes[at..]).is_none() {
            return Err(InvalidUtf8 { valid_up_to: at });
        }
        at += 3;
    }
    Ok(Encoding::Wtf8)
}

/// Returns the surrogate that the bytes begin with, if they begin with one.
pub(crate) fn surrogate(bytes: &[u8]) -> Option<u32> {
    match *bytes {
        [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, ..] => {
            Some(0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F))
        }
        _ => None,
    }
}

/// Iterates over the code points of text, surrogates included.
///
/// A byte that is not part of a valid sequence yields U+FFFD.
///
/// ```
/// let points: Vec<u32> = halfsour_text::wtf8::chars(b"a\xc3\xa4\xed\xa0\x80").collect();
/// assert_eq!(points, [0x61, 0xE4, 0xD800]);
/// ```
pub fn chars(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let mut rest = bytes;
    core::iter::from_fn(move || {
        let (point, len) = first(rest)?;
        rest = &rest[len..];
        Some(point)
    })
}

/// Returns the first code point and its length in bytes.
fn first(bytes: &[u8]) -> Option<(u32, usize)> {
    let lead = *bytes.first()?;
    let (len, bits) = match lead {
        0..=0x7F => return Some((u32::from(lead), 1)),
        0xC2..=0xDF => (2, lead & 0x1F),
        0xE0..=0xEF => (3, lead & 0x0F),
        0xF0..=0xF4 => (4, lead & 0x07),
        _ => return Some((0xFFFD, 1)),
    };
    let point = bytes.get(1..len).and_then(|tail| {
        tail.iter().try_fold(u32::from(bits), |point, &byte| {
            (byte & 0xC0 == 0x80).then(|| point << 6 | u32::from(byte & 0x3F))
        })
    });
    Some(point.map_or((0xFFFD, 1), |point| (point, len)))
}

/// Appends one code point, which may be a surrogate.
///
/// A number beyond U+10FFFF appends U+FFFD.
pub fn push(out: &mut Vec<u8>, code_point: u32) {
    if let Some(c) = char::from_u32(code_point) {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else if let 0xD800..=0xDFFF = code_point {
        let [.., high, low] = code_point.to_be_bytes();
        out.extend_from_slice(&[0xED, 0x80 | (high & 0x0F) << 2 | low >> 6, 0x80 | low & 0x3F]);
    } else {
        push(out, 0xFFFD);
    }
}
