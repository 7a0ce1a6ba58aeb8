//! Base64, of either alphabet, with or without padding, on one line or many; and with characters that are no digits, which Python's
//! `b64decode` leaves out.

use ::base64::Engine;
use ::base64::alphabet::URL_SAFE;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::ErrorKind;
use crate::limits::Budget;
use crate::sure::{self, is_sure};

/// Both alphabets are read as this one.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The first bytes of what it would be, if all of it is base64.
pub(crate) fn head(bytes: &[u8]) -> Option<Vec<u8>> {
    const SHORTEST: usize = 8;
    let is_text = |&byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(&byte);
    if bytes.len() < SHORTEST || !bytes.iter().all(is_text) {
        return None;
    }
    let digits: Vec<u8> = bytes.iter().copied().filter_map(digit).take(1024).collect();
    ENGINE.decode(&digits[..digits.len() / 4 * 4]).ok()
}

/// All that it is, if all of it is base64.
pub(crate) fn whole(bytes: &[u8]) -> Option<Vec<u8>> {
    head(bytes)?;
    let digits: Vec<u8> = bytes.iter().copied().filter_map(digit).collect();
    ENGINE.decode(&digits).ok()
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'+' => Some(b'-'),
        b'/' => Some(b'_'),
        b'\r' | b'\n' => None,
        byte => Some(byte),
    }
}

/// What a digit stands for.
pub(crate) fn value(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

/// All that it is; where it is no base64, the first of [`readings`] that is something known for sure.
pub(crate) fn decode(bytes: &[u8], budget: &Budget) -> Result<Vec<u8>, ErrorKind> {
    // What it is made of, and what it becomes.
    budget.spend(bytes.len() as u64 * 2)?;
    let digits: Vec<u8> = bytes.iter().copied().filter_map(digit).collect();
    let decoded = ENGINE.decode(&digits).ok();
    let decoded = decoded.or_else(|| lenient(bytes, sure::DEPTH));
    decoded.ok_or(ErrorKind::Malformed("the base64 digits are invalid"))
}

/// What Python's decoders make of text with other characters between the digits, if something that is known for sure is inside.
pub(crate) fn lenient(text: &[u8], depth: usize) -> Option<Vec<u8>> {
    const FEWEST: usize = 8;
    const HEAD: usize = 256;
    // Other bytes than text are seldom so meant.
    let is_text = text.first().is_some_and(u8::is_ascii_graphic) && text.len() <= sure::LONGEST;
    let is_likely = |bytes: &Vec<u8>| {
        // Most characters are digits.
        let is_full = bytes.len() >= FEWEST && bytes.len() * 8 / 3 >= text.len();
        is_full && sure::may_begin(bytes) && is_sure(bytes, depth)
    };
    let may_begin = |head: &[u8]| readings(head).iter().any(|bytes| sure::may_begin(bytes));
    if !is_text || !may_begin(&text[..text.len().min(HEAD)]) {
        return None;
    }
    let mut likely: Vec<_> = readings(text).into_iter().filter(is_likely).collect();
    // One that ends is likelier than one that only begins.
    likely.sort_by_key(|bytes| !sure::goes_on_as_pickle(bytes));
    likely.into_iter().next()
}

/// What `urlsafe_b64decode` makes of a text, and `b64decode`, to which `-` and `_` are no digits. They leave out what is no digit, and end
/// at padding.
pub(crate) fn readings(text: &[u8]) -> [Vec<u8>; 2] {
    [true, false].map(|is_of_urls| {
        let (mut digits, mut pads) = (Vec::new(), 0);
        for &byte in text {
            let place = digits.len() % 4;
            match byte {
                b'=' if place >= 2 => {
                    pads += 1;
                    if place + pads >= 4 {
                        break;
                    }
                }
                b'-' | b'_' if !is_of_urls => {}
                b'+' | b'/' | b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                    pads = 0;
                    digits.extend(digit(byte));
                }
                _ => {}
            }
        }
        if digits.len() % 4 == 1 {
            digits.pop();
        }
        ENGINE.decode(&digits).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::{lenient, readings};

    /// As Python's `b64decode` and `urlsafe_b64decode` read them.
    #[test]
    fn what_is_no_digit_is_left_out() {
        let whole: &[u8] = b"\x80\x04\x8c\x05brine\x94.";
        let texts = [
            "gASMBWJy!aW5llC4=",
            "gASM BWJyaW5llC4=",
            "!gASMBWJyaW5llC4=",
            "gASMBWJy.aW5llC4=!!",
            "gASMBWJy-aW5llC4=",
            "gASM=BWJyaW5llC4=====",
            "gASMBWJyaW5llC4=\u{e9}AAAA",
        ];
        for text in texts {
            assert_eq!(lenient(text.as_bytes(), 1).as_deref(), Some(whole), "{text}");
        }
        assert_eq!(readings(b"-_8="), [vec![0xfb, 0xff], vec![]]);
        for text in ["", "the brine is too salty", "g ASM"] {
            assert_eq!(lenient(text.as_bytes(), 1), None, "{text}");
        }
    }
}
