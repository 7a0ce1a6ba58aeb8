//! Text layers beside base64: hexadecimal digits, and the escapes of Python and of redis-cli.

use std::borrow::Cow;

use halfsour_lexer::text::escape;

use crate::sure::{self, is_sure};
use crate::{Format, base64};

mod dump;

/// The text layer that all of it is, if something that is known for sure is inside.
pub(crate) fn format(bytes: &[u8], depth: usize) -> Option<Format> {
    let text = bare(bytes);
    if base64::head(text).is_some_and(|head| sure::is_base64_of(&head)) {
        return Some(Format::Base64);
    }
    if text.len() > sure::LONGEST {
        let is_known =
            |head: &Option<Vec<u8>>| head.as_ref().is_some_and(|head| sure::is_known_by_head(head));
        return match digits(text) {
            Some(digits) => Some(from_digits(&digits[..HEAD])).filter(is_known).map(|_| Format::Hex),
            None if dump::begins(text) => Some(dump::bytes(text, HEAD)).filter(is_known).map(|_| Format::Hex),
            None => Some(escapes_head(text)).filter(is_known).map(|_| Format::Escaped),
        };
    }
    if digits(text).is_some() || dump::begins(text) {
        return unhex(text).filter(|inside| is_sure(inside, depth)).map(|_| Format::Hex);
    }
    if unescape(text).is_some_and(|inside| is_sure(&inside, depth)) {
        return Some(Format::Escaped);
    }
    base64::whole(text).is_some_and(|inside| is_sure(&inside, depth)).then_some(Format::Base64)
}

/// Whether it is base64 with other characters between the digits, of something that is known for sure.
pub(crate) fn is_lenient_base64(bytes: &[u8], depth: usize) -> bool {
    base64::lenient(bare(bytes), depth).is_some()
}

/// The number of bytes by which it is told what a text holds that is too long to be decoded before it is known to be one.
const HEAD: usize = 4096;

/// The first bytes that a long text of escapes stands for.
fn escapes_head(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_prefix(b"bytearray").unwrap_or(text);
    let text = text.strip_prefix(b"(").unwrap_or(text).trim_ascii_start();
    let head = match text {
        [b'b' | b'B' | b'u' | b'U', quote @ (b'\'' | b'"'), rest @ ..]
        | [quote @ (b'\'' | b'"'), rest @ ..] => {
            let head = &rest[..rest.len().min(HEAD)];
            &head[..closing(head, *quote).unwrap_or(head.len())]
        }
        [b'\\', ..] => &text[..text.len().min(HEAD)],
        _ => return None,
    };
    // The last escape, or character, may be cut.
    (0..4).find_map(|less| {
        let head = latin1(head.get(..head.len().checked_sub(less)?)?)?;
        Some(escape::decode(&head).ok()?.into_owned())
    })
}

/// The text without white space around it, and without a byte order mark or the head of a URL with the data in it.
pub(crate) fn bare(bytes: &[u8]) -> &[u8] {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let text = bytes.strip_prefix(MARK).unwrap_or(bytes).trim_ascii();
    without_url(text).unwrap_or(text)
}

/// What comes behind `data:application/octet-stream;base64,`.
fn without_url(text: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 128;
    const MARK: &[u8] = b";base64,";
    let head = text.strip_prefix(b"data:")?;
    let at = memchr::memmem::find(&head[..head.len().min(LONGEST)], MARK)?;
    Some(head[at + MARK.len()..].trim_ascii())
}

/// The hexadecimal digits of `80 04`, `\x8004` (Postgres), `0x8004` (`MySQL`) and `X'8004'` (SQL), in quotes or not.
fn digits(text: &[u8]) -> Option<&[u8]> {
    let text = match text {
        [open @ (b'\'' | b'"'), inside @ .., close] if open == close => inside,
        [b'x' | b'X', b'\'', inside @ .., b'\''] => inside,
        _ => text,
    };
    let marks: [&[u8]; 4] = [b"\\\\x", b"\\x", b"0x", b"0X"];
    let text = marks.iter().find_map(|mark| text.strip_prefix(*mark)).unwrap_or(text);
    let is_digit = |byte: &u8| byte.is_ascii_hexdigit() || is_between(*byte);
    (!text.is_empty() && text.iter().all(is_digit)).then_some(text)
}

/// What may stand between digits.
fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == b':'
}

/// The bytes that hexadecimal digits stand for.
pub(crate) fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let Some(digits) = digits(text) else { return dump::bytes(text, usize::MAX) };
    let count = digits.iter().filter(|&&byte| !is_between(byte)).count();
    count.is_multiple_of(2).then(|| from_digits(digits))?
}

/// The bytes that pairs of these digits stand for.
fn from_digits(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |&byte: &u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut digits = digits.iter().filter(|&&byte| !is_between(byte)).map(digit);
    let mut bytes = Vec::new();
    while let (Some(high), Some(low)) = (digits.next(), digits.next()) {
        bytes.push(high? << 4 | low?);
    }
    Some(bytes)
}

/// The bytes that a literal of Python, what redis-cli prints, or escapes without quotes stand for.
pub(crate) fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    match text {
        [b'\\', ..] => Some(escape::decode(text).ok()?.into_owned()),
        [b'b' | b'B' | b'u' | b'U', b'\'' | b'"', ..] | [b'\'' | b'"' | b'(', ..] => literals(text),
        _ => {
            let inside = text.strip_prefix(b"bytearray(")?.strip_suffix(b")")?;
            literals(inside)
        }
    }
}

/// Literals that stand one after the other, as they do where a long one is printed on several lines.
fn literals(text: &[u8]) -> Option<Vec<u8>> {
    let inside = text.strip_prefix(b"(").and_then(|text| text.strip_suffix(b")"));
    let mut rest = inside.unwrap_or(text).trim_ascii();
    let mut bytes = Vec::new();
    while !rest.is_empty() {
        rest = rest.strip_prefix(b"b").or(rest.strip_prefix(b"B")).unwrap_or(rest);
        rest = rest.strip_prefix(b"u").or(rest.strip_prefix(b"U")).unwrap_or(rest);
        let (&quote, after) = rest.split_first().filter(|(quote, _)| matches!(quote, b'\'' | b'"'))?;
        let end = closing(after, quote)?;
        bytes.extend_from_slice(&escape::decode(&latin1(&after[..end])?).ok()?);
        rest = after[end + 1..].trim_ascii_start();
    }
    Some(bytes)
}

/// Where the quote is that closes.
pub(crate) fn closing(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'\\' => at += 2,
            &byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
}

/// Python 2's text, and Python's text of Latin-1, are printed with characters beyond ASCII.
fn latin1(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if text.is_ascii() {
        return Some(Cow::Borrowed(text));
    }
    let chars = str::from_utf8(text).ok()?.chars();
    chars.map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<_>>().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::{unescape, unhex};

    #[test]
    fn digits_are_read_however_they_are_marked() {
        for text in
            ["8004", "80 04", "80:04", "80\n04", "\\x8004", "'\\x8004'", "0x8004", "X'8004'", "\"\\\\x8004\""]
        {
            assert_eq!(unhex(text.as_bytes()).as_deref(), Some(&b"\x80\x04"[..]), "{text}");
        }
        for text in ["800", "", "0x", "80 0g"] {
            assert_eq!(unhex(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn literals_are_read_as_python_does() {
        let cases: [(&str, &[u8]); 8] = [
            (r"b'\x80\x04N.'", b"\x80\x04N."),
            (r#""\x80\a\"\\""#, b"\x80\x07\"\\"),
            (r"u'\200é'", b"\x80\xe9"),
            ("(b'\\x80'\n b\"'\")", b"\x80'"),
            (r"bytearray(b'\n')", b"\n"),
            (r"\x80\x04", b"\x80\x04"),
            ("b'\\\n'", b""),
            ("''", b""),
        ];
        for (text, bytes) in cases {
            assert_eq!(unescape(text.as_bytes()).as_deref(), Some(bytes), "{text}");
        }
        for text in ["b'a", "'a' b", "'\u{20ac}'", "b'\\x8'", "x", "b", "bytearray(1)"] {
            assert_eq!(unescape(text.as_bytes()), None, "{text}");
        }
    }
}
