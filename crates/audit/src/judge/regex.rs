//! What a regular expression costs to compile.

use halfsour_vm::value::Id;
use halfsour_vm::value::machine::Peek;

use super::Judge;
use crate::at::At;

/// What all of a pickle's regular expressions may cost: this, and so much for each of its bytes.
const MOST: u64 = 20_000_000;
const MOST_PER_BYTE: u64 = 16;

/// The last character of Unicode.
const LAST: u32 = 0x0010_ffff;

impl Judge<'_, '_> {
    /// Spends what compiling costs, in characters and in members of sets; whether it is more than a pickle of this size may cost.
    pub(super) fn is_costly_regex(&mut self, at: At<'_>, args: &[Id]) -> bool {
        let Some(Peek::Str(text) | Peek::ByteString(text) | Peek::Bytes(text)) =
            args.first().map(|&text| at.view.peek(text))
        else {
            return true;
        };
        self.compiled += cost(text);
        self.compiled > MOST + self.source.len() as u64 * MOST_PER_BYTE
    }
}

/// Python goes over each member of a range where case is ignored (up to 3.6 in all of Unicode), and where it is not, up to 2.7; over 65,536
/// for each set that goes beyond ASCII; and over what alternatives begin with again and again.
fn cost(text: &[u8]) -> u64 {
    const PER_BYTE: u64 = 16;
    const SET: u64 = 0x1_0000;
    let length = text.len() as u64;
    let mut cost = length * PER_BYTE;
    if text.contains(&b'|') {
        cost += (length / 64).pow(2);
    }
    if !text.is_ascii() || text.contains(&b'\\') {
        let sets = text.split(|&byte| byte == b'[').count() as u64 - 1;
        cost += sets * if is_wide(text) { SET } else { 0 };
    }
    let ends = text.iter().enumerate().filter(|&(_, &byte)| byte == b'-');
    cost += ends.map(|(at, _)| u64::from(end(&text[at + 1..]))).sum::<u64>();
    // A number of many digits takes the square of them.
    let digits = text.split(|byte| !byte.is_ascii_digit()).map(|run| run.len() as u64);
    cost + digits.filter(|&run| run > 20).map(|run| run.pow(2)).sum::<u64>()
}

/// Whether it may have characters beyond ASCII.
fn is_wide(text: &[u8]) -> bool {
    !text.is_ascii() || text.windows(2).any(|pair| pair[0] == b'\\' && b"uUN".contains(&pair[1]))
}

/// The character that a range ends with, or one beyond it; 0 in ASCII.
fn end(text: &[u8]) -> u32 {
    let hex = |digits: usize| {
        let digits = text.get(2..2 + digits).and_then(|digits| str::from_utf8(digits).ok());
        digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(LAST).min(LAST)
    };
    match text {
        [b'\\', b'x', ..] => hex(2),
        [b'\\', b'u', ..] => hex(4),
        [b'\\', b'U', ..] => hex(8),
        [b'\\', b'N', ..] => LAST,
        [b'\\', b'0'..=b'7', ..] => 0o777,
        [first, ..] if !first.is_ascii() => {
            let text = &text[..text.len().min(4)];
            let text = match str::from_utf8(text) {
                Ok(text) => text,
                Err(error) => str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default(),
            };
            text.chars().next().map_or(LAST, u32::from)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_end_where_they_end() {
        for (text, last) in [
            ("z]", 0),
            ("\\]", 0),
            ("\\xff]", 0xff),
            ("\\u9fff]", 0x9fff),
            ("\\U0010ffff]", LAST),
            ("\\U99999999]", LAST),
            ("\\u12", LAST),
            ("\\377]", 0o777),
            ("é]", 0xe9),
            ("\u{10ffff}", LAST),
            ("", 0),
        ] {
            assert_eq!(end(text.as_bytes()), last, "{text}");
        }
        assert_eq!(end(b"\xff"), LAST);
    }

    #[test]
    fn what_is_written_costs_little() {
        for text in ["(?u)\\b\\w\\w+\\b", "[a-zA-Z_][a-zA-Z0-9_]*|\\d+", "[\\u4e00-\\u9fff]+"] {
            assert!(cost(text.as_bytes()) < 200_000, "{text}");
        }
        assert!(cost("[\\x00-\\U0010ffff]".repeat(20).as_bytes()) > MOST);
        assert!(cost(format!("{0}|{0}", "A".repeat(200_000)).as_bytes()) > MOST);
        assert!(cost(format!("a{{{}}}", "9".repeat(100_000)).as_bytes()) > MOST);
    }
}
