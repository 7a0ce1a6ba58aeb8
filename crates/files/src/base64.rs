//! Base64, of either alphabet, with or without padding, on one line or many.

use ::base64::Engine;
use ::base64::alphabet::URL_SAFE;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::ErrorKind;
use crate::limits::Budget;

/// Both alphabets are read as this one.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
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

pub(crate) fn decode(bytes: &[u8], budget: &Budget) -> Result<Vec<u8>, ErrorKind> {
    // What it is made of, and what it becomes.
    budget.spend(bytes.len() as u64 * 2)?;
    let digits: Vec<u8> = bytes.iter().copied().filter_map(digit).collect();
    ENGINE.decode(&digits).map_err(|_| ErrorKind::Malformed("the base64 digits are invalid"))
}
