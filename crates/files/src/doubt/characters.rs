//! Forms of text in which characters are written as numbers: UTF-7, and references of HTML and XML.

use crate::base64;

/// The text that UTF-7 stands for: characters in UTF-16 and base64 behind a `+`. `None` if there are none, or none that make sense.
pub(super) fn utf7(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'+', text)?;
    let (mut out, mut rest, mut is_changed) = (Vec::with_capacity(text.len()), text, false);
    while let Some(at) = memchr::memchr(b'+', rest) {
        out.extend_from_slice(&rest[..at]);
        let run = &rest[at + 1..];
        let length = run.iter().take_while(|&&byte| base64::value(byte).is_some()).count();
        let (digits, after) = run.split_at(length);
        let (mut bits, mut count, mut units) = (0_u32, 0, Vec::new());
        for value in digits.iter().copied().filter_map(base64::value) {
            bits = bits << 6 | value;
            count += 6;
            if count >= 16 {
                count -= 16;
                units.extend(u16::try_from(bits >> count));
                bits &= (1 << count) - 1;
            }
        }
        if units.is_empty() {
            // A plus, which `+-` stands for.
            out.push(b'+');
            rest = run;
        } else {
            out.extend(String::from_utf16_lossy(&units).bytes());
            (rest, is_changed) = (after, true);
        }
        rest = rest.strip_prefix(b"-").unwrap_or(rest);
    }
    out.extend_from_slice(rest);
    is_changed.then_some(out)
}

/// The names of references that a pickle in text needs, and the characters.
const NAMED: [(&[u8], u8); 24] = [
    (b"amp;", b'&'),
    (b"lt;", b'<'),
    (b"gt;", b'>'),
    (b"quot;", b'"'),
    (b"apos;", b'\''),
    (b"NewLine;", b'\n'),
    (b"Tab;", b'\t'),
    (b"lpar;", b'('),
    (b"rpar;", b')'),
    (b"period;", b'.'),
    (b"lbrack;", b'['),
    (b"lsqb;", b'['),
    (b"rbrack;", b']'),
    (b"rsqb;", b']'),
    (b"lbrace;", b'{'),
    (b"lcub;", b'{'),
    (b"rbrace;", b'}'),
    (b"rcub;", b'}'),
    (b"lowbar;", b'_'),
    (b"bsol;", b'\\'),
    (b"equals;", b'='),
    (b"plus;", b'+'),
    (b"sol;", b'/'),
    (b"colon;", b':'),
];

/// The text without references to characters: `&#99;`, `&#x63;`, `&lpar;`. `None` if there are none.
pub(super) fn references(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'&', text)?;
    let (mut out, mut rest, mut is_changed) = (Vec::with_capacity(text.len()), text, false);
    while let Some(at) = memchr::memchr(b'&', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some((char, after)) = numbered(rest) {
            out.extend(char.encode_utf8(&mut [0; 4]).bytes());
            (rest, is_changed) = (after, true);
        } else if let Some((name, byte)) = NAMED.iter().find(|(name, _)| rest.starts_with(name)) {
            out.push(*byte);
            (rest, is_changed) = (&rest[name.len()..], true);
        } else {
            out.push(b'&');
        }
    }
    out.extend_from_slice(rest);
    is_changed.then_some(out)
}

/// The character of a reference by number, and what comes behind it; HTML may be without the semicolon.
fn numbered(text: &[u8]) -> Option<(char, &[u8])> {
    let number = text.strip_prefix(b"#")?;
    let (number, base) = match number {
        [b'x' | b'X', hex @ ..] => (hex, 16),
        _ => (number, 10),
    };
    // Zeros may stand before it.
    let length = number.iter().take_while(|&&byte| char::from(byte).is_digit(base)).count();
    let (digits, after) = number.split_at(length);
    let value = u32::from_str_radix(str::from_utf8(digits).ok()?, base).ok()?;
    Some((char::from_u32(value)?, after.strip_prefix(b";").unwrap_or(after)))
}

#[cfg(test)]
mod tests {
    use super::{references, utf7};

    /// As Python's `decode("utf-7")` and `html.unescape` do.
    #[test]
    fn characters_by_number_are_read() {
        let cases: [(&str, Option<&str>); 6] = [
            ("c+AG8-s+AAo-", Some("cos\n")),
            ("+AGMAbwBzAAo", Some("cos\n")),
            ("a+-b+AG8.c", Some("a+bo.c")),
            ("+2D3eUg-", Some("\u{1f652}")),
            ("1 + 2 +- 3", None),
            ("salt", None),
        ];
        for (text, expected) in cases {
            assert_eq!(utf7(text.as_bytes()), expected.map(|it| it.as_bytes().to_vec()), "{text}");
        }
        let cases: [(&str, Option<&str>); 5] = [
            ("&#99;&#x6f;&#X73;&#0010;", Some("cos\n")),
            ("&#99&#111 &#128;", Some("co \u{80}")),
            ("cos&NewLine;&lpar;&amp;#99;", Some("cos\n(&#99;")),
            ("dill & salt &foo; &#; &#x110000;", None),
            ("salt", None),
        ];
        for (text, expected) in cases {
            assert_eq!(references(text.as_bytes()), expected.map(|it| it.as_bytes().to_vec()), "{text}");
        }
    }
}
