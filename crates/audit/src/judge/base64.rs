//! Base64, of either alphabet, as Python's decoders read it: they leave out what is no digit.

/// What a text stands for, if that may begin as a pickle does: as `urlsafe_b64decode` reads it and, where the digits of that are in it, as `b64decode`
/// does, to which they are none. Almost every text is told by its first two characters to be nothing of the kind.
pub(super) fn readings(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    const SHORTEST: usize = 8;
    // More is not held in memory; a pickle that is cut off tells what is in it as far as it goes.
    const LONGEST: usize = 64 << 20;
    let text = &text[..text.len().min(LONGEST)];
    let may_be = text.len() >= SHORTEST && begins(text);
    let is_of_urls = |byte: &u8| matches!(byte, b'-' | b'_');
    let both = may_be && text.iter().any(is_of_urls);
    [may_be, both].into_iter().enumerate().filter(|reading| reading.1).filter_map(move |(reading, _)| {
        let digits = text.iter().filter(move |byte| reading == 0 || !is_of_urls(byte));
        decode(digits, text.len())
    })
}

/// The bytes that digits stand for, up to the padding; `None` if there is too much between them.
fn decode<'t>(text: impl Iterator<Item = &'t u8>, length: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length / 4 * 3);
    let (mut bits, mut place, mut pads, mut others) = (0_u32, 0, 0, 0);
    for &byte in text {
        let Some(value) = digit(byte) else {
            pads += usize::from(byte == b'=' && place >= 2);
            if place + pads >= 4 {
                break;
            }
            // Text that is meant so has few other characters, but may have blanks.
            others += usize::from(byte != b'=' && !byte.is_ascii_whitespace());
            if others * 8 > length {
                return None;
            }
            continue;
        };
        (bits, place, pads) = (bits << 6 | value, place + 1, 0);
        if place > 1 {
            bytes.push((bits >> (6 - 2 * (place - 1))).to_le_bytes()[0]);
        }
        if place == 4 {
            (bits, place) = (0, 0);
        }
    }
    Some(bytes)
}

/// Whether the first two digits are those of a pickle: of the opcodes `PROTO`, `c`, `(`, `]`, `}`, `i` and `P`, and of what may follow each.
pub(super) fn begins(text: &[u8]) -> bool {
    let first = match text {
        [first, ..] if digit(*first).is_some() => text,
        [b' ' | b'\n' | b'\r' | b'\t' | b'"' | b'\'', ..] => {
            const MOST: usize = 64;
            let blanks = text.iter().take(MOST).take_while(|&&byte| digit(byte).is_none()).count();
            &text[blanks..]
        }
        _ => return false,
    };
    matches!(
        first,
        [b'g', b'A', ..]
            | [b'Y', b'w'..=b'z' | b'0'..=b'3', ..]
            | [b'K', b'A'..=b'P', ..]
            | [b'X' | b'f', b'Q'..=b'Z', ..]
            | [b'a', b'Q'..=b'X', ..]
            | [b'U', b'A'..=b'H', ..]
    )
}

fn digit(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::readings;

    /// As Python's `urlsafe_b64decode` and `b64decode` read them.
    #[test]
    fn what_is_no_digit_is_left_out() {
        let whole: &[u8] = b"\x80\x04\x8c\x05brine\x94.";
        for text in [
            "gASMBWJyaW5llC4=",
            "gASMBWJyaW5llC4",
            " \ngASM\nBWJy\r\naW5llC4=\n",
            "gASMBWJy!aW5llC4=",
            "gASM=BWJyaW5llC4=====",
            "gASMBWJyaW5llC4=AAAA",
        ] {
            assert_eq!(readings(text.as_bytes()).collect::<Vec<_>>(), [whole], "{text}");
        }
        let both: Vec<_> = readings(b"gASM-BWJyaW5llC4=").collect();
        assert!(both.len() == 2 && both[1] == whole, "{both:?}");
        for text in ["", "gASMBWI", "The brine is too salty", "gallons of brine", "gA!!S!!M!!B!!W!!J!!"] {
            assert_eq!(readings(text.as_bytes()).count(), 0, "{text}");
        }
    }
}
