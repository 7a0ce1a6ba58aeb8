//! Forms in which bytes are written as text, and pickles among other bytes.

use halfsour_lexer::{ErrorKind, Lexer, Op, Opcode};

use crate::base64;

/// Whether a pickle that names something begins anywhere, and goes on to its `STOP`. `left` is the number of opcodes that may be read.
pub(super) fn has_pickle(bytes: &[u8], left: &mut usize) -> bool {
    let mut places = 0..bytes.len();
    places.any(|at| may_begin(&bytes[at..]) && names(&bytes[at..], left))
}

/// Whether a pickle may begin here: its mark, or a name.
fn may_begin(bytes: &[u8]) -> bool {
    match bytes {
        [0x80, 2..=5, ..] => true,
        [b'c' | b'i', rest @ ..] => after_name(rest).and_then(after_name).is_some(),
        [0x8c, length, rest @ ..] | [b'X', length, 0, 0, 0, rest @ ..] => {
            rest.get(..usize::from(*length)).is_some_and(is_name)
        }
        _ => false,
    }
}

/// Whether it is a name of Python's, with dots or not.
fn is_name(text: &[u8]) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '<' | '>');
    let begins = |name: &str| name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '<'));
    str::from_utf8(text).is_ok_and(|name| begins(name) && name.chars().all(is_part))
}

pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.<>".contains(&byte) || byte >= 0x80
}

/// What comes behind a line that is a name.
pub(super) fn after_name(text: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 128;
    let length = text.iter().take(LONGEST).take_while(|&&byte| is_of_name(byte)).count();
    let rest = &text[length..];
    (length > 0).then(|| rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\r\n")))?
}

/// Whether the opcodes go as far as `STOP`, or with a mark to the end, and name something on the way.
pub(super) fn names(bytes: &[u8], left: &mut usize) -> bool {
    let mut lexer = Lexer::new(bytes);
    let is_marked = bytes[0] == Opcode::Proto.byte();
    let mut has_name = false;
    loop {
        *left = left.saturating_sub(1);
        if *left == 0 {
            return true;
        }
        match lexer.next_op() {
            Ok(Op::Stop) => return has_name,
            Ok(Op::Global((module, name)) | Op::Inst((module, name))) => {
                has_name |= is_name(module.trim_ascii_end()) && is_name(name.trim_ascii_end());
            }
            // Codes stand for names, but many other bytes read as codes.
            Ok(Op::Ext1(_) | Op::Ext2(_) | Op::Ext4(_)) => has_name |= is_marked,
            Ok(Op::StackGlobal) => has_name = true,
            Ok(_) => {}
            Err(error) => {
                return has_name && is_marked && error.kind() == ErrorKind::UnexpectedEnd;
            }
        }
    }
}

/// The bytes that characters of Latin-1 stand for, if some are beyond ASCII.
pub(super) fn latin1(text: &str) -> Option<Vec<u8>> {
    if text.is_ascii() {
        return None;
    }
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

/// The text without escapes of Python, C or JSON; what is none stays. `None` if there are none.
pub(super) fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    memchr::memchr(b'\\', text)?;
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let digits = |digits: &[u8], base| {
            u32::from_str_radix(str::from_utf8(digits).ok()?, base).ok().filter(|_| digits[0] != b'+')
        };
        let (value, length) = match after {
            [b'x', high, low, ..] => (digits(&[*high, *low], 16), 3),
            [b'u', a, b, c, d, ..] => (digits(&[*a, *b, *c, *d], 16), 5),
            [b'0'..=b'7', ..] => {
                let length = after.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                (digits(&after[..length], 8), length)
            }
            [letter, ..] => {
                let value = match letter {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'v' => 11,
                    other => *other,
                };
                (Some(value.into()), 1)
            }
            [] => (None, 0),
        };
        match value.and_then(|value| u8::try_from(value).ok()) {
            Some(value) => {
                out.push(value);
                rest = &after[length..];
            }
            None => out.push(b'\\'),
        }
    }
    Some(out)
}

/// What lines of uuencode stand for: the first character of each says how many bytes there are in it.
pub(super) fn uudecode(text: &[u8]) -> Vec<Vec<u8>> {
    const LONGEST: usize = 45;
    let value = |byte: u8| byte.wrapping_sub(b' ') & 0x3f;
    let (mut all, mut bytes) = (Vec::new(), Vec::new());
    for line in text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end).chain([&b""[..]]) {
        let length: usize = line.first().map_or(0, |&byte| value(byte).into());
        let digits = line.get(1..).unwrap_or_default();
        // Blanks at the end may be left out, and some write one character more.
        let fits = (length * 4).div_ceil(3)..=length.div_ceil(3) * 4 + 1;
        let is_line = (1..=LONGEST).contains(&length)
            && digits.len() <= *fits.end()
            && digits.len() * 2 >= *fits.start()
            && digits.iter().all(|byte| (b' '..=b'`').contains(byte));
        if !is_line {
            all.push(std::mem::take(&mut bytes));
            continue;
        }
        let end = bytes.len() + length;
        for group in digits.chunks(4) {
            let at = |place: usize| u32::from(group.get(place).map_or(0, |&byte| value(byte)));
            let number = at(0) << 18 | at(1) << 12 | at(2) << 6 | at(3);
            bytes.extend(&number.to_be_bytes()[1..]);
        }
        bytes.resize(end, 0);
    }
    all.retain(|bytes| bytes.len() >= super::SHORTEST);
    all
}

/// The text with each letter for the one that is thirteen places from it.
pub(super) fn rot13(text: &[u8]) -> Vec<u8> {
    let turn = |&byte: &u8| match byte {
        b'a'..=b'm' | b'A'..=b'M' => byte + 13,
        b'n'..=b'z' | b'N'..=b'Z' => byte - 13,
        _ => byte,
    };
    text.iter().map(turn).collect()
}

/// The text without the escapes of URLs, or of quoted-printable mail. `None` if there are none.
pub(super) fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut rest, mut is_changed) = (text, false);
    while let [byte, after @ ..] = rest {
        rest = after;
        let value = match after {
            [high, low, ..] if matches!(byte, b'%' | b'=') => pair(*high, *low),
            _ => None,
        };
        match (byte, after, value) {
            (_, [_, _, after @ ..], Some(value)) => {
                out.push(value);
                (rest, is_changed) = (after, true);
            }
            // The end of a line that is none.
            (b'=', [b'\n', after @ ..] | [b'\r', b'\n', after @ ..], _) => rest = after,
            _ => out.push(*byte),
        }
    }
    is_changed.then_some(out)
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

/// The bytes that lists of numbers stand for, in base 10 or with `0x`; in base 8 or 2, if all have as many digits as a byte may have; and every other
/// one, as where each has its number before it.
pub(super) fn numbers(text: &[u8]) -> Vec<Vec<u8>> {
    let decimal = numbers_in(text, |digits| match digits.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    });
    let octal = numbers_in(text, |digits| {
        let digits = digits.strip_prefix("0o").unwrap_or(digits);
        u8::from_str_radix(digits, 8).ok().filter(|_| digits.len() <= 4)
    });
    let binary = numbers_in(text, |digits| {
        let digits = digits.strip_prefix("0b").unwrap_or(digits);
        u8::from_str_radix(digits, 2).ok().filter(|_| (6..=8).contains(&digits.len()))
    });
    let every_other = |list: &Vec<u8>| list.iter().skip(1).step_by(2).copied().collect();
    let others: Vec<Vec<u8>> = decimal.iter().map(every_other).collect();
    let mut lists = [decimal, octal, binary, others].concat();
    lists.dedup();
    lists
}

fn numbers_in(text: &[u8], read: impl Fn(&str) -> Option<u8>) -> Vec<Vec<u8>> {
    const FEWEST: usize = super::SHORTEST;
    const WIDEST: usize = 4;
    let (mut lists, mut list, mut at, mut end) = (Vec::new(), Vec::new(), 0, 0);
    while let Some(found) = text[at..].iter().position(u8::is_ascii_digit) {
        let start = at + found;
        let length = text[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        at = start + length;
        let number = str::from_utf8(&text[start..at]).ok().and_then(&read);
        let gap = &text[end..start];
        let goes_on = gap.len() <= WIDEST && !gap.iter().any(u8::is_ascii_alphanumeric);
        let value = match (number, gap.last()) {
            // A signed byte.
            (Some(value), Some(b'-')) => Some(value.wrapping_neg()),
            (value, _) => value,
        };
        if value.is_none() || !goes_on {
            lists.push(std::mem::take(&mut list));
        }
        list.extend(value);
        end = at;
    }
    lists.push(list);
    lists.retain(|list| list.len() >= FEWEST);
    lists
}

/// The bytes that runs of hexadecimal digits stand for, which blanks, colons and `\x` may part.
pub(super) fn hex(text: &[u8]) -> Vec<Vec<u8>> {
    const FEWEST: usize = 2 * super::SHORTEST;
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace() || b":-,".contains(byte);
    let mut all = Vec::new();
    for run in text.split(|byte| !is_part(byte)) {
        // Words that end in such letters may stand before them.
        let joined: Vec<u8> = run.iter().copied().filter(u8::is_ascii_hexdigit).collect();
        let alone = run.split(|byte| !byte.is_ascii_hexdigit()).map(<[u8]>::to_vec);
        for digits in alone.chain([joined]).filter(|digits| digits.len() >= FEWEST) {
            for start in 0..2 {
                let pairs = digits[start..].chunks_exact(2);
                all.push(pairs.filter_map(|digits| pair(digits[0], digits[1])).collect());
            }
        }
    }
    all
}

/// The runs of digits of base64: those without blanks, and those that go on in the next line.
pub(super) fn runs_of_base64(text: &[u8]) -> Vec<Vec<u8>> {
    const FEWEST: usize = 10;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let is_end = |byte: &u8| b"\r\n".contains(byte);
    let alone = text.split(|byte| !is_digit(byte)).filter(|run| run.len() >= FEWEST);
    let mut runs: Vec<_> = alone.map(<[u8]>::to_vec).collect();
    if text.iter().any(is_end) {
        let folded = text.split(|byte| !is_digit(byte) && !is_end(byte)).map(<[u8]>::trim_ascii);
        let folded = folded.filter(|run| run.len() >= FEWEST && run.iter().any(is_end));
        runs.extend(folded.map(|run| run.iter().copied().filter(is_digit).collect()));
    }
    runs
}

/// What a run is in either alphabet.
pub(super) fn both(run: &[u8]) -> Vec<Vec<u8>> {
    let mut readings = base64::readings(run).to_vec();
    readings.dedup();
    readings
}

/// What runs of digits of base32 stand for, in capitals or not.
pub(super) fn base32(text: &[u8]) -> Vec<Vec<u8>> {
    const FEWEST: usize = 16;
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    };
    let runs = text.split(|&byte| digit(byte).is_none()).filter(|run| run.len() >= FEWEST);
    let decode = |run: &[u8]| {
        let (mut bits, mut count, mut out) = (0u16, 0, Vec::new());
        for value in run.iter().copied().filter_map(digit) {
            bits = bits << 5 | u16::from(value);
            count += 5;
            if count >= 8 {
                count -= 8;
                out.extend(u8::try_from(bits >> count));
                bits &= (1 << count) - 1;
            }
        }
        out
    };
    runs.map(decode).collect()
}

/// What runs without blanks and quotes stand for in base85, as `b85encode`, `a85encode` and `z85encode` of Python write it.
pub(super) fn base85(text: &[u8]) -> Vec<Vec<u8>> {
    const FEWEST: usize = 10;
    const ALPHABET: &[u8] =
        b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
    const ALPHABET_Z: &[u8] =
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    let of_z = |byte: u8| ALPHABET_Z.iter().position(|&digit| digit == byte);
    let of_python = |byte: u8| ALPHABET.iter().position(|&digit| digit == byte);
    let of_adobe = |byte: u8| (b'!'..=b'u').contains(&byte).then(|| usize::from(byte - b'!'));
    let mut all = Vec::new();
    for run in text.split(|byte| !byte.is_ascii_graphic()).filter(|run| run.len() >= FEWEST) {
        let bare = run.strip_prefix(b"<~").unwrap_or(run);
        let bare = bare.split(|&byte| byte == b'~').next().unwrap_or_default();
        all.push(base85_of(bare, of_adobe));
        // Quotes are no digits of the other one, and may stand around it.
        for part in run.split(|&byte| of_python(byte).is_none()).filter(|part| part.len() >= FEWEST) {
            all.push(base85_of(part, of_python));
        }
        for part in run.split(|&byte| of_z(byte).is_none()).filter(|part| part.len() >= FEWEST) {
            all.push(base85_of(part, of_z));
        }
    }
    // Adobe's may be on several lines, and have blanks in it.
    let joined: Vec<u8> = text.iter().copied().filter(u8::is_ascii_graphic).collect();
    if joined.len() < text.len() {
        let bare = joined.strip_prefix(b"<~").unwrap_or(&joined);
        all.push(base85_of(bare, of_adobe));
    }
    all
}

/// Five digits are four bytes, `z` alone is four zeros; of the last, fewer digits are a byte less than they are.
fn base85_of(text: &[u8], digit: impl Fn(u8) -> Option<usize>) -> Vec<u8> {
    let (mut out, mut group) = (Vec::new(), Vec::new());
    let mut push = |group: &mut Vec<usize>| {
        let length = group.len();
        group.resize(5, 84);
        let value = group.iter().fold(0u64, |value, &digit| value * 85 + digit as u64);
        group.clear();
        let is_valid = u32::try_from(value).map(|value| out.extend(&value.to_be_bytes()[..length - 1]));
        is_valid.is_ok()
    };
    for &byte in text {
        match digit(byte) {
            Some(value) => group.push(value),
            None if byte == b'z' && group.is_empty() => {
                group.extend([0; 5]);
            }
            None => break,
        }
        if group.len() == 5 && !push(&mut group) {
            return out;
        }
    }
    if group.len() > 1 {
        push(&mut group);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{base32, base85, has_pickle, hex, numbers, rot13, unescape, unquote, uudecode};

    const PICKLE: &[u8] = b"cos\nsystem\n(S'id'\ntR.";

    #[test]
    fn pickles_that_name_something_are_found_anywhere() {
        let found = |bytes: &[u8]| has_pickle(bytes, &mut 1000);
        for before in [&b""[..], b"!", b"\0\x01\x02", b"signature:"] {
            assert!(found(&[before, PICKLE, b" and more"].concat()));
            assert!(found(&[before, b"\x80\x04\x8c\x02os\x8c\x06system\x93."].concat()));
            assert!(found(&[before, b"\x8c\x02os\x94\x8c\x06system\x94\x93."].concat()));
        }
        for other in
            [&b"\x80\x04K\x07."[..], b"nice\nday\n", b"nice\nday\ntoday\nand so on.", b"cos\nsystem\n"]
        {
            assert!(!found(other), "{other:?}");
        }
        // Whatever takes too long may be one.
        assert!(found("ca\nb\n".repeat(1000).as_bytes()));
    }

    #[test]
    fn forms_are_read() {
        let has = |all: Vec<Vec<u8>>| all.iter().any(|bytes| bytes == PICKLE);
        assert_eq!(unescape(br"cos\nsystem\n(S\x27id'\012tR."), Some(PICKLE.to_vec()));
        assert_eq!(unescape(br"c\u006fs\nsystem\n(S'id'\ntR."), Some(PICKLE.to_vec()));
        assert_eq!(unescape(br"\x8 \").as_deref(), Some(&br"\x8 \"[..]));
        assert_eq!(unescape(b"salt"), None);
        assert_eq!(unquote(b"cos%0Asystem=0A(S=\n'id'=0AtR."), Some(PICKLE.to_vec()));
        let decimal: Vec<_> = PICKLE.iter().map(u8::to_string).collect();
        assert!(has(numbers(format!("7 apples, {PICKLE:?}").as_bytes())));
        assert!(has(numbers(decimal.join("\n").as_bytes())));
        let digits: Vec<_> = PICKLE.iter().map(|byte| format!("{byte:02x}")).collect();
        for text in [digits.concat(), digits.join(" "), format!("x '{}'", digits.join(":"))] {
            assert!(has(hex(text.as_bytes())), "{text}");
        }
        let decimal: Vec<_> = PICKLE.iter().map(|byte| format!("0x{byte:02x}")).collect();
        assert!(has(numbers(decimal.join(", ").as_bytes())));
        for text in ["x = MNXXGCTTPFZXIZLNBIUFGJ3JMQTQU5CSFY======", "mnxxgcttpfzxizlnbiufgj3jmqtqu5csfy"] {
            assert!(has(base32(text.as_bytes())), "{text}");
        }
        for text in [
            "V{dZ`b9r-gWo-&5QzvO;Ckk{@E&",
            "x = 'V{dZ`b9r-gWo-&5QzvO;Ckk{@E&'",
            "@rHDqF*VhKAShc&;^Z9i-OOrn/c",
            "<~@rHDqF*VhKAS\nhc&;^Z9i-OOrn/c~>",
            "v@Dz}B9R?GwO?=5qZVo&cKK@[e=",
        ] {
            assert!(has(base85(text.as_bytes())), "{text}");
        }
        // As `codecs.encode(…, 'uu')` of Python writes it.
        let lines = b"begin 666 <data>\n58V]S\"G-Y<W1E;0HH4R=I9\"<*=%(N\n \nend\n";
        assert!(has(uudecode(lines)));
        let octal: Vec<_> = PICKLE.iter().map(|byte| format!("{byte:03o}")).collect();
        let binary: Vec<_> = PICKLE.iter().map(|byte| format!("{byte:08b}")).collect();
        let numbered: Vec<_> =
            PICKLE.iter().enumerate().map(|(at, byte)| format!("\"{at}\": {byte}")).collect();
        for text in [octal.join(" "), binary.join("\n"), numbered.join(", ")] {
            assert!(has(numbers(text.as_bytes())), "{text}");
        }
        assert_eq!(rot13(b"pbf\nflfgrz\n(F'vq'\ngE."), PICKLE);
    }
}
