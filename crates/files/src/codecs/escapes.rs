//! The codecs that write characters as ASCII: `utf_7` and `unicode_escape`.

use halfsour_vm::Undecodable;

use super::{push, push_point};
use crate::base64;

/// UTF-7, with CPython's errors.
pub fn utf7(bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
    let mut at = 0;
    // Where a `+` stands, behind which are digits; the bits that are left of these; and a surrogate that waits for another.
    let mut shift: Option<(usize, u32, u32, Option<u32>)> = None;
    while let Some(&byte) = bytes.get(at) {
        let error = |at: usize, end: usize| Err(Undecodable { at, length: end - at });
        if let Some((start, bits, buffer, high)) = &mut shift {
            if let Some(digit) = base64::value(byte) {
                at += 1;
                *buffer = *buffer << 6 | digit;
                *bits += 6;
                if *bits >= 16 {
                    *bits -= 16;
                    let unit = *buffer >> *bits;
                    *buffer &= (1 << *bits) - 1;
                    match (high.take(), unit) {
                        (Some(high), 0xdc00..=0xdfff) => {
                            push_point(text, 0x1_0000 + (high - 0xd800) * 0x400 + (unit - 0xdc00));
                            continue;
                        }
                        (Some(high), _) => push_point(text, high),
                        (None, _) => {}
                    }
                    match unit {
                        0xd800..=0xdbff => *high = Some(unit),
                        unit => push_point(text, unit),
                    }
                }
                continue;
            }
            let (start, bits, buffer, high) = (*start, *bits, *buffer, *high);
            shift = None;
            if bits >= 6 || bits > 0 && buffer != 0 {
                return error(start, at + 1);
            }
            if let Some(high) = high.filter(|_| is_direct(byte)) {
                push_point(text, high);
            }
            if byte == b'-' {
                at += 1;
            }
        } else if byte == b'+' {
            match bytes.get(at + 1) {
                Some(b'-') => {
                    text.push(b'+');
                    at += 2;
                }
                Some(&next) if base64::value(next).is_none() => return error(at, at + 2),
                _ => {
                    shift = Some((at, 0, 0, None));
                    at += 1;
                }
            }
        } else if is_direct(byte) {
            text.push(byte);
            at += 1;
        } else {
            return error(at, at + 1);
        }
    }
    match shift {
        Some((start, bits, buffer, high)) if high.is_some() || bits >= 6 || bits > 0 && buffer != 0 => {
            Err(Undecodable { at: start, length: bytes.len() - start })
        }
        _ => Ok(()),
    }
}

fn is_direct(byte: u8) -> bool {
    byte.is_ascii() && byte != b'+'
}

/// Escapes as in Python's source. The names of characters, in `\N{…}`, are not known: they end it, whatever is done with errors.
pub fn unicode_escape(bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            push(text, char::from(byte));
            at += 1;
            continue;
        }
        let Some(&kind) = bytes.get(at + 1) else { return Err(Undecodable { at, length: 1 }) };
        let rest = &bytes[at + 2..];
        let digits = match kind {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let there = rest.iter().take(digits).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let error = Undecodable { at, length: 2 + there };
            if there < digits {
                return Err(error);
            }
            let point =
                str::from_utf8(&rest[..digits]).ok().and_then(|hex| u32::from_str_radix(hex, 16).ok());
            let point = point.filter(|&point| point <= 0x10_ffff).ok_or(error)?;
            push_point(text, point);
            at += 2 + digits;
            continue;
        }
        at += 2;
        match kind {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => text.push(kind),
            b'a' => text.push(7),
            b'b' => text.push(8),
            b't' => text.push(b'\t'),
            b'n' => text.push(b'\n'),
            b'v' => text.push(11),
            b'f' => text.push(12),
            b'r' => text.push(b'\r'),
            b'0'..=b'7' => {
                let more = rest.iter().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                let digits = &bytes[at - 1..at + more];
                let point = digits.iter().fold(0, |point, digit| point * 8 + u32::from(digit - b'0'));
                push_point(text, point);
                at += more;
            }
            b'N' => return Err(Undecodable { at: at - 2, length: 0 }),
            _ => {
                text.push(b'\\');
                push(text, char::from(kind));
            }
        }
    }
    Ok(())
}
