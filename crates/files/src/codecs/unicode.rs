//! The codecs of Unicode.

use std::borrow::Cow;

use halfsour_text::escape::{self, EscapeError};
use halfsour_vm::Codec;

/// A codec of Unicode, with Python's names for it.
pub struct Unicode {
    pub names: &'static [&'static str],
    decode: fn(&[u8]) -> Result<Vec<u8>, usize>,
}

/// All of them but UTF-8.
pub const UNICODE: &[Unicode] = &[
    Unicode { names: &["utf_8_sig"], decode: utf8_sig },
    Unicode { names: &["utf_16", "u16", "utf16"], decode: utf16 },
    Unicode {
        names: &["utf_16_le", "unicodelittleunmarked", "utf_16le"],
        decode: |bytes| units(bytes, 0, false),
    },
    Unicode {
        names: &["utf_16_be", "unicodebigunmarked", "utf_16be"],
        decode: |bytes| units(bytes, 0, true),
    },
    Unicode { names: &["utf_32", "u32", "utf32"], decode: utf32 },
    Unicode { names: &["utf_32_le", "utf_32le"], decode: |bytes| points(bytes, 0, false) },
    Unicode { names: &["utf_32_be", "utf_32be"], decode: |bytes| points(bytes, 0, true) },
    Unicode { names: &["raw_unicode_escape"], decode: raw_unicode_escape },
];

impl Codec for Unicode {
    fn name(&self) -> &str {
        self.names[0]
    }

    fn decode(&self, bytes: &[u8]) -> Result<Vec<u8>, usize> {
        (self.decode)(bytes)
    }
}

fn utf8_sig(bytes: &[u8]) -> Result<Vec<u8>, usize> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match str::from_utf8(text) {
        Ok(text) => Ok(text.as_bytes().to_vec()),
        Err(error) => Err(bytes.len() - text.len() + error.valid_up_to()),
    }
}

/// Without a mark, the order of bytes is that of most machines.
fn utf16(bytes: &[u8]) -> Result<Vec<u8>, usize> {
    match bytes {
        [0xff, 0xfe, ..] => units(bytes, 2, false),
        [0xfe, 0xff, ..] => units(bytes, 2, true),
        _ => units(bytes, 0, false),
    }
}

fn utf32(bytes: &[u8]) -> Result<Vec<u8>, usize> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => points(bytes, 4, false),
        [0, 0, 0xfe, 0xff, ..] => points(bytes, 4, true),
        _ => points(bytes, 0, false),
    }
}

/// Reads UTF-16 from an offset on.
fn units(bytes: &[u8], from: usize, is_big: bool) -> Result<Vec<u8>, usize> {
    let (units, rest) = bytes[from..].as_chunks::<2>();
    let read = |&unit: &[u8; 2]| if is_big { u16::from_be_bytes(unit) } else { u16::from_le_bytes(unit) };
    let mut text = String::with_capacity(bytes.len());
    let mut at = from;
    for char in char::decode_utf16(units.iter().map(read)) {
        let char = char.map_err(|_| at)?;
        at += 2 * char.len_utf16();
        text.push(char);
    }
    if rest.is_empty() { Ok(text.into_bytes()) } else { Err(at) }
}

/// Reads UTF-32 from an offset on.
fn points(bytes: &[u8], from: usize, is_big: bool) -> Result<Vec<u8>, usize> {
    let (points, rest) = bytes[from..].as_chunks::<4>();
    let read = |point: [u8; 4]| if is_big { u32::from_be_bytes(point) } else { u32::from_le_bytes(point) };
    let mut text = String::with_capacity(bytes.len());
    for (at, &point) in points.iter().enumerate() {
        text.push(char::from_u32(read(point)).ok_or(from + 4 * at)?);
    }
    if rest.is_empty() { Ok(text.into_bytes()) } else { Err(bytes.len() - rest.len()) }
}

fn raw_unicode_escape(bytes: &[u8]) -> Result<Vec<u8>, usize> {
    escape::unicode_line(bytes).map(Cow::into_owned).map_err(|error| match error {
        EscapeError::MissingDigits { position } | EscapeError::OutOfRange { position } => position,
        _ => 0,
    })
}
