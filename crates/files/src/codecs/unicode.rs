//! The codecs of Unicode, and of ASCII.

use halfsour_vm::{Codec, Undecodable};

use super::escapes::{unicode_escape, utf7};
use super::{push, push_point};

/// A codec of Unicode, with Python's names for it.
pub struct Unicode {
    pub names: &'static [&'static str],
    decode: fn(&[u8], &mut Vec<u8>) -> Result<(), Undecodable>,
}

/// All of them. The first two are those for which readers have an option of their own.
pub const UNICODE: &[Unicode] = &[
    Unicode { names: &["ascii"], decode: ascii },
    Unicode { names: &["utf_8"], decode: |bytes, text| utf8(bytes, 0, text) },
    Unicode { names: &["utf_8_sig"], decode: utf8_sig },
    Unicode { names: &["utf_16", "u16", "utf16"], decode: utf16 },
    Unicode {
        names: &["utf_16_le", "unicodelittleunmarked", "utf_16le"],
        decode: |bytes, text| units(bytes, 0, false, text),
    },
    Unicode {
        names: &["utf_16_be", "unicodebigunmarked", "utf_16be"],
        decode: |bytes, text| units(bytes, 0, true, text),
    },
    Unicode { names: &["utf_32", "u32", "utf32"], decode: utf32 },
    Unicode { names: &["utf_32_le", "utf_32le"], decode: |bytes, text| points(bytes, 0, false, text) },
    Unicode { names: &["utf_32_be", "utf_32be"], decode: |bytes, text| points(bytes, 0, true, text) },
    Unicode { names: &["utf_7", "u7", "unicode_1_1_utf_7", "utf7"], decode: utf7 },
    Unicode { names: &["raw_unicode_escape"], decode: raw_unicode_escape },
    Unicode { names: &["unicode_escape"], decode: unicode_escape },
];

/// One of them by its first name, which is there.
pub fn named(name: &str) -> &'static Unicode {
    UNICODE.iter().find(|codec| codec.names[0] == name).unwrap_or(&UNICODE[0])
}

impl Codec for Unicode {
    fn name(&self) -> &str {
        self.names[0]
    }

    fn decode(&self, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
        (self.decode)(bytes, text)
    }
}

fn ascii(bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
    let at = bytes.iter().position(|byte| !byte.is_ascii());
    text.extend_from_slice(&bytes[..at.unwrap_or(bytes.len())]);
    at.map_or(Ok(()), |at| Err(Undecodable { at, length: 1 }))
}

/// Reads UTF-8 from an offset on.
fn utf8(bytes: &[u8], from: usize, text: &mut Vec<u8>) -> Result<(), Undecodable> {
    match str::from_utf8(&bytes[from..]) {
        Ok(all) => {
            text.extend_from_slice(all.as_bytes());
            Ok(())
        }
        Err(error) => {
            let at = from + error.valid_up_to();
            text.extend_from_slice(&bytes[from..at]);
            Err(Undecodable { at, length: error.error_len().unwrap_or(bytes.len() - at) })
        }
    }
}

fn utf8_sig(bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
    utf8(bytes, if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }, text)
}

/// Without a mark, the order of bytes is that of most machines.
fn utf16(bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
    match bytes {
        [0xff, 0xfe, ..] => units(bytes, 2, false, text),
        [0xfe, 0xff, ..] => units(bytes, 2, true, text),
        _ => units(bytes, 0, false, text),
    }
}

fn utf32(bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => points(bytes, 4, false, text),
        [0, 0, 0xfe, 0xff, ..] => points(bytes, 4, true, text),
        _ => points(bytes, 0, false, text),
    }
}

/// Reads UTF-16 from an offset on.
fn units(bytes: &[u8], from: usize, is_big: bool, text: &mut Vec<u8>) -> Result<(), Undecodable> {
    let (units, rest) = bytes[from..].as_chunks::<2>();
    let read = |&unit: &[u8; 2]| if is_big { u16::from_be_bytes(unit) } else { u16::from_le_bytes(unit) };
    let mut at = from;
    for char in char::decode_utf16(units.iter().map(read)) {
        let Ok(char) = char else {
            // Of a surrogate at the end, the other half may be missing.
            let is_high = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(&read(unit)));
            let is_last = at + 2 + rest.len() == bytes.len();
            return Err(Undecodable { at, length: if is_last && is_high { bytes.len() - at } else { 2 } });
        };
        at += 2 * char.len_utf16();
        push(text, char);
    }
    if rest.is_empty() { Ok(()) } else { Err(Undecodable { at, length: rest.len() }) }
}

/// Reads UTF-32 from an offset on.
fn points(bytes: &[u8], from: usize, is_big: bool, text: &mut Vec<u8>) -> Result<(), Undecodable> {
    let (points, rest) = bytes[from..].as_chunks::<4>();
    let read = |point: [u8; 4]| if is_big { u32::from_be_bytes(point) } else { u32::from_le_bytes(point) };
    for (at, &point) in points.iter().enumerate() {
        let char = char::from_u32(read(point)).ok_or(Undecodable { at: from + 4 * at, length: 4 })?;
        push(text, char);
    }
    let (at, length) = (bytes.len() - rest.len(), rest.len());
    if rest.is_empty() { Ok(()) } else { Err(Undecodable { at, length }) }
}

fn raw_unicode_escape(bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = match (byte, bytes.get(at + 1)) {
            (b'\\', Some(b'u')) => 4,
            (b'\\', Some(b'U')) => 8,
            (b'\\', Some(&next)) => {
                text.push(byte);
                push(text, char::from(next));
                at += 2;
                continue;
            }
            _ => {
                push(text, char::from(byte));
                at += 1;
                continue;
            }
        };
        let rest = &bytes[at + 2..];
        let there = rest.iter().take(digits).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let hex = str::from_utf8(&rest[..there]).ok().filter(|hex| hex.len() == digits);
        let point = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok()).filter(|&point| point <= 0x10_ffff);
        push_point(text, point.ok_or(Undecodable { at, length: 2 + there })?);
        at += 2 + digits;
    }
    Ok(())
}
