//! Searches in short byte strings, eight bytes at a time. Up to about 64 bytes, they finish before a vectorised search has
//! begun; longer ones are passed on to one.

// Compiled into the lexer's arms, where the time goes.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;
/// Letters, to fill a word that holds one byte.
const REST_OF_A: u64 = (ONES * b'a' as u64) << 8;

/// From this length on, in bytes, a vectorised search is faster.
pub(crate) const LONG: usize = 64;

/// The high bit of each byte that is `byte`, and perhaps of bytes after the first of them.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn matches(word: u64, byte: u8) -> u64 {
    let zeros = word ^ (ONES * byte as u64);
    zeros.wrapping_sub(ONES) & !zeros & HIGH
}

/// Returns the index of the first newline.
///
/// ```
/// assert_eq!(halfsour_text::scan::newline(b"12345678901\n\n"), Some(11));
/// assert_eq!(halfsour_text::scan::newline(b""), None);
/// ```
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn newline(bytes: &[u8]) -> Option<usize> {
    const WORDS: usize = 3;
    let (words, _) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().take(WORDS).enumerate() {
        let found = matches(u64::from_le_bytes(*word), b'\n');
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let searched = words.len().min(WORDS) * 8;
    far_newline(bytes, searched)
}

#[inline(never)]
fn far_newline(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr(b'\n', &bytes[from..]).map(|at| at + from)
}

/// Returns whether `seen` sets no high bit in any word of a text, which should be shorter than [`LONG`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn none_of(bytes: &[u8], seen: impl Fn(u64) -> u64) -> bool {
    // The last word overlaps the one before it, so that no byte is looked at alone.
    if let Some(last) = bytes.last_chunk::<8>() {
        let (words, _) = bytes.as_chunks::<8>();
        let all = words
            .iter()
            .fold(seen(u64::from_le_bytes(*last)), |all, word| all | seen(u64::from_le_bytes(*word)));
        return all & HIGH == 0;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let both = u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
        return seen(both) & HIGH == 0;
    }
    bytes.iter().all(|&byte| seen(u64::from(byte) | REST_OF_A) & HIGH == 0)
}

/// Returns whether all bytes are ASCII.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    if bytes.len() >= LONG { bytes.is_ascii() } else { none_of(bytes, |word| word) }
}

/// Returns whether all bytes are ASCII, and none is a backslash.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn is_plain_ascii(bytes: &[u8]) -> bool {
    if bytes.len() >= LONG {
        bytes.is_ascii() && memchr::memchr(b'\\', bytes).is_none()
    } else {
        none_of(bytes, |word| word | matches(word, b'\\'))
    }
}

/// Returns whether a JSON string can hold the bytes without escapes: there are no control characters, quotes or
/// backslashes among them.
///
/// ```
/// assert!(halfsour_text::scan::is_plain_json("é€".as_bytes()));
/// assert!(!halfsour_text::scan::is_plain_json(b"\n"));
/// ```
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn is_plain_json(bytes: &[u8]) -> bool {
    let odd = |word: u64| {
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        control | matches(word, b'"') | matches(word, b'\\')
    };
    bytes.len() < LONG && none_of(bytes, odd)
        || bytes.iter().all(|byte| !matches!(byte, 0..0x20 | b'"' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repr::is_plain;
    use alloc::{vec, vec::Vec};

    /// Texts of every length around a word and around `LONG`, with one other byte at every place.
    fn texts() -> impl Iterator<Item = Vec<u8>> {
        (0..80).flat_map(|length| {
            (0..=length).flat_map(move |at| {
                [b'a', b'\n', b'\\', b'"', b'\'', b'\x0b', b'\x1f', b' ', b'\x7f', b'\x8a', b'\xdc', b'\xa2']
                    .map(move |byte| {
                        let mut text = vec![b'z'; length];
                        if let Some(place) = text.get_mut(at) {
                            *place = byte;
                        }
                        text
                    })
            })
        })
    }

    #[test]
    #[cfg_attr(miri, ignore = "all texts take too long")]
    fn words_find_what_single_bytes_find() {
        for text in texts() {
            assert_eq!(newline(&text), text.iter().position(|&byte| byte == b'\n'), "{text:?}");
            assert_eq!(is_ascii(&text), text.iter().all(u8::is_ascii), "{text:?}");
            let plain = text.iter().all(|&byte| byte.is_ascii() && byte != b'\\');
            assert_eq!(is_plain_ascii(&text), plain, "{text:?}");
            let plain = text.iter().all(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\');
            assert_eq!(is_plain_json(&text), plain, "{text:?}");
            let plain = text.iter().all(|byte| matches!(byte, b' '..=b'~') && !b"'\"\\".contains(byte));
            assert_eq!(is_plain(&text), plain, "{text:?}");
        }
    }
}
