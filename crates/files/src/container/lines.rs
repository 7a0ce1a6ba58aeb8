//! Pickles within text of any kind: literals of Python in a program or a session, lists that redis-cli prints, base64 and hexadecimal
//! digits in SQL, CSV, XML or lines of JSON.

use std::ops::Range;

use halfsour_lexer::Lexer;

use crate::{base64, lookalike, sure, texts};

/// Whether there is a pickle in the text, which is none itself.
pub(super) fn has_any(text: &[u8]) -> bool {
    pickles(text).next().is_some()
        && str::from_utf8(text).is_ok()
        && sure::end_of_opcodes(text).is_none()
        && !is_cut(text)
}

/// Whether it is the beginning of a pickle, of which more than a part of the first opcode is there.
fn is_cut(text: &[u8]) -> bool {
    Lexer::new(text).next_op().is_ok() && lookalike::may_go_on(text)
}

/// The pickles in a text, each by its line, counted from 1.
pub(super) fn pickles(text: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> {
    places(text).map(|(name, pickle, _)| (name, pickle))
}

/// The text with blanks for the pickles in it.
pub(super) fn without_pickles(text: &[u8]) -> Vec<u8> {
    let mut rest = text.to_vec();
    places(text).for_each(|(_, _, range)| rest[range].fill(b' '));
    rest
}

/// The pickles in a text as [`pickles`], with the places where they stand.
fn places(text: &[u8]) -> impl Iterator<Item = (String, Vec<u8>, Range<usize>)> {
    // Without a quote that closes, each mark of a pickle is read as far as the end of the line, or of the text.
    const READINGS: usize = 8;
    let text = if text.len() > sure::LONGEST { &[] } else { text };
    let (mut at, mut line, mut counted, mut in_line) = (0, 1, 0, 0);
    let mut left = READINGS * text.len();
    std::iter::from_fn(move || {
        loop {
            let (range, pickle) = next(text, at)?;
            let Some(pickle) = pickle.filter(|pickle| is_pickle(pickle)) else {
                left = left.saturating_sub(range.len());
                // Another may begin in what was taken for a part of this one.
                at = if left > 0 { range.start + 1 } else { range.end };
                continue;
            };
            at = range.end;
            let lines = memchr::memchr_iter(b'\n', &text[counted..range.start]).count();
            in_line = if lines > 0 { 1 } else { in_line + 1 };
            (line, counted) = (line + lines, range.start);
            let name = if in_line > 1 { format!("line {line}, {in_line}") } else { format!("line {line}") };
            return Some((name, pickle, range));
        }
    })
}

/// Whether all of it is one pickle.
fn is_pickle(bytes: &[u8]) -> bool {
    sure::begins_as_pickle(bytes) && sure::end_of_opcodes(bytes) == Some(bytes.len())
}

/// What may be a pickle from here on: where it stands, and the bytes that it stands for.
fn next(text: &[u8], from: usize) -> Option<(Range<usize>, Option<Vec<u8>>)> {
    // What PROTO begins with: as an escape, in base64, and in hexadecimal digits.
    let found = memchr::memchr2_iter(b'8', b'g', &text[from..]).find_map(|at| place(text, from, from + at));
    let (start, end, read) = found?;
    Some((start..end, read(&text[start..end])))
}

type Read = fn(&[u8]) -> Option<Vec<u8>>;

fn place(text: &[u8], from: usize, at: usize) -> Option<(usize, usize, Read)> {
    let before = at.checked_sub(1).map(|before| text[before]);
    let run = |is_part: fn(u8) -> bool| at + text[at..].iter().take_while(|&&byte| is_part(byte)).count();
    match &text[at..] {
        [b'g', b'A', b'I'..=b'W', ..] if !before.is_some_and(is_base64) => {
            Some((at, run(is_base64), base64::whole))
        }
        [b'8', b'0', b'0', b'2'..=b'5', ..] if !before.is_some_and(is_hex) => {
            Some((at, run(is_hex), texts::unhex))
        }
        // `\x80\x04`, `\x80\u0004`
        [b'8', b'0', b'\\', ..] if text[from..at].ends_with(b"\\x") => Some(escapes(text, at - 2)),
        _ => None,
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte)
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// Escapes up to the quote that closes them, or to the end of the line where none stands before them.
fn escapes(text: &[u8], start: usize) -> (usize, usize, Read) {
    let quote = start.checked_sub(1).map(|before| text[before]).filter(|byte| matches!(byte, b'\'' | b'"'));
    let rest = &text[start..];
    let length = match quote {
        Some(quote) => texts::closing(rest, quote).unwrap_or(rest.len()),
        None => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
    };
    (start, start + length, texts::unescape)
}

#[cfg(test)]
mod tests {
    use super::{has_any, pickles};

    #[test]
    fn pickles_are_found_in_every_form() {
        let text = concat!(
            "1) \"\\x80\\x04K\\x07.\"\n",
            "data = b'\\x80\\x04\\x8c\\x03it\\'.'  # not b'\\x80\\x04'\n",
            "INSERT INTO t VALUES (1, 0x80044b07.), ('gARLBy4=');\n",
            "{\"v\": \"gARLBy4=\", \"w\": \"gARLBy4=\"}\n",
            "gA, 8004, gARLBy4 gARLBy4x \\x80\n",
        );
        let found: Vec<_> = pickles(text.replace("07.)", "072e)").as_bytes()).collect();
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["line 1", "line 2", "line 3", "line 3, 2", "line 4", "line 4, 2"]);
        assert_eq!(found[1].1, b"\x80\x04\x8c\x03it'.");
        assert!(found.iter().filter(|(_, pickle)| pickle == b"\x80\x04K\x07.").count() == 5);
        assert!(has_any(text.as_bytes()));
    }

    #[test]
    fn what_is_no_pickle_hides_none_behind_it() {
        let names = |text: &str| pickles(text.as_bytes()).map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(r"mark \x80\x04 then b'\x80\x04K\x07.', 0x80044b072e"), ["line 1", "line 1, 2"]);
        assert_eq!(names("it's '\\x80\\x04 of\n\"\\x80\\x04K\\x07.\" and\ngARLBy4="), ["line 2", "line 3"]);
        // A part of base64 or of digits is none.
        assert_eq!(names("gAJxgARLBy4= 80029980044b072e"), [""; 0]);
        // However many marks of a pickle stand on a line, it takes no longer than reading some of them.
        let long = "\\x80 ".repeat(100_000);
        let time = std::time::Instant::now();
        assert_eq!(names(&long), [""; 0]);
        assert!(time.elapsed().as_secs() < 10);
    }

    #[test]
    fn a_pickle_is_no_text_with_pickles() {
        for pickle in ["(lp0\nVgARLBy4=\np1\na.", "(lp0\nVgARLBy4=\np1\n", "S'\\x80\\x04K\\x07.'\n."] {
            assert!(!has_any(pickle.as_bytes()), "{pickle}");
        }
        assert!(!has_any(b"text"));
        // A part of an opcode is none.
        assert!(has_any(b"BinData(0,'gARLBy4=')"));
    }
}
