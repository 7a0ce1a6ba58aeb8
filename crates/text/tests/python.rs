//! Compares with the answers that CPython gave to `xtask/python/text_cases.py`.

use halfsour_text::number::{self, DEFAULT_MAX_DIGITS, Int, IntBase, IntLine};
use halfsour_text::{escape, repr, wtf8};

const LINES: &str = include_str!("data/lines.tsv");
/// The lines of `INT` and `LONG` once more, as the Python answers that reads them in base 10.
const TENS: &str = include_str!("data/tens.tsv");
const TEXTS: &str = include_str!("data/texts.tsv");

#[test]
fn lines() {
    compare(LINES, |kind, line| match kind {
        "INT" | "LONG" => int(kind, line, IntBase::Prefix),
        "GET" => Some(number::index_line(line).ok()?.to_string()),
        "FLOAT" => Some(format!("{:016x}", number::float_line(line).ok()?.to_bits())),
        "int" => Some(number::int(line, DEFAULT_MAX_DIGITS).ok()?.to_string()),
        "float" => Some(format!("{:016x}", number::float(line).ok()?.to_bits())),
        "STRING" => Some(quoted(&escape::string_line(line).ok()?)),
        "UNICODE" => Some(quoted(&escape::unicode_line(line).ok()?)),
        _ => panic!("unknown kind {kind}"),
    });
}

#[test]
fn numbers_in_base_10() {
    compare(TENS, |kind, line| {
        let (ten, prefix) = (int(kind, line, IntBase::Ten), int(kind, line, IntBase::Prefix));
        assert_eq!(int(kind, line, IntBase::Either), ten.clone().or(prefix), "{kind} {line:?}");
        ten
    });
}

/// The argument of `INT` or `LONG`.
fn int(kind: &str, line: &[u8], base: IntBase) -> Option<String> {
    if kind == "LONG" {
        return Some(number::long_line(line, base, DEFAULT_MAX_DIGITS).ok()?.to_string());
    }
    Some(match number::int_line(line, base, DEFAULT_MAX_DIGITS).ok()? {
        IntLine::Bool(true) => "True".into(),
        IntLine::Bool(false) => "False".into(),
        IntLine::Int(int) => int.to_string(),
    })
}

#[test]
fn texts() {
    compare(TEXTS, |kind, bytes| {
        Some(match kind {
            "UTF-8" => match wtf8::check(bytes) {
                Ok(wtf8::Encoding::Ascii) => "ASCII".into(),
                Ok(wtf8::Encoding::Utf8) => "UTF-8".into(),
                Ok(wtf8::Encoding::Wtf8) => "surrogates".into(),
                Err(error) => format!("refused after {}", error.valid_up_to),
            },
            "code points" => {
                let points: Vec<u32> = wtf8::chars(bytes).collect();
                let mut again = Vec::new();
                for &point in &points {
                    wtf8::push(&mut again, point);
                }
                assert_eq!(again, bytes);
                points.iter().map(u32::to_string).collect::<Vec<_>>().join(" ")
            }
            "latin-1" => {
                let text = escape::latin1_to_utf8(bytes);
                assert_eq!(escape::utf8_to_latin1(&text).as_deref(), Some(bytes));
                quoted(&text)
            }
            "str" => repr::Str(bytes).to_string(),
            "bytes" => repr::Bytes(bytes).to_string(),
            "bytearray" => repr::ByteArray(bytes).to_string(),
            "repr(float)" => repr::Float(f64::from_be_bytes(bytes.try_into().unwrap())).to_string(),
            "int.from_bytes" => {
                let int = Int::from_le(bytes);
                let text = int.to_string();
                if let Int::Small(small) = int {
                    let (shortest, len) = number::i64_to_le(small);
                    assert_eq!(number::le_to_i64(&shortest[..len]), Some(small));
                }
                assert_eq!(number::parse_big(&text), Some(int));
                text
            }
            _ => panic!("unknown kind {kind}"),
        })
    });
}

/// Compares with each line of a file of cases; `None` is for what is refused.
fn compare(cases: &str, answer: impl Fn(&str, &[u8]) -> Option<String>) {
    let mut count = 0;
    for case in cases.lines().filter(|line| !line.starts_with('#')) {
        let [kind, given, expected] = case.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let answer = answer(kind, &unquoted(given)).unwrap_or_else(|| "refused".into());
        assert_eq!(answer, expected, "{kind} {given}");
        count += 1;
    }
    assert!(count > 700);
}

/// Python's `urllib.parse.quote_from_bytes(bytes, safe=" ")`.
fn quoted(bytes: &[u8]) -> String {
    let quote = |&byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' | b' ' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    bytes.iter().map(quote).collect()
}

fn unquoted(text: &str) -> Vec<u8> {
    let mut parts = text.split('%');
    let mut bytes: Vec<u8> = parts.next().unwrap_or_default().into();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    bytes
}

#[test]
fn long_integers() {
    let long = "1".repeat(DEFAULT_MAX_DIGITS + 1);
    for result in [
        number::int(long.as_bytes(), DEFAULT_MAX_DIGITS),
        number::long_line(long.as_bytes(), IntBase::Prefix, 4300),
    ] {
        assert_eq!(result, Err(number::NumberError::TooManyDigits));
    }
    assert_eq!(number::parse_big(&long), None);
    // Zeros in front are C's to skip; hexadecimal digits cost little.
    assert_eq!(
        number::int_line("0".repeat(5000).as_bytes(), IntBase::Either, 4300),
        Ok(IntLine::Int(Int::Small(0)))
    );
    assert!(number::long_line(format!("0x{long}").as_bytes(), IntBase::Either, 4300).is_ok());

    let most = "9".repeat(DEFAULT_MAX_DIGITS);
    assert_eq!(number::parse_big(&most).unwrap().to_string(), most);
    let more = number::parse_big(&format!("-0x1{}", "0".repeat(3572))).unwrap();
    assert_eq!(more.to_string(), format!("-0x1{}", "0".repeat(3572)));
    assert_eq!(Int::Big([0; 1786].into_iter().chain([0xFF]).collect()), more);
}

/// Integers of many digits are read in halves.
#[test]
fn longer_integers() {
    for digits in [5000, 5001, 10_001, 30_000] {
        let ones_and_zeros =
            (0..digits).map(|at: u32| if at.is_multiple_of(7) { '1' } else { '0' }).collect();
        for text in
            ["9".repeat(digits as usize), format!("-1{}", "0".repeat(digits as usize)), ones_and_zeros]
        {
            let Ok(Int::Big(bytes)) = number::long_line(text.as_bytes(), IntBase::Either, usize::MAX) else {
                panic!("{digits}")
            };
            assert_eq!(number::to_decimal(&bytes, usize::MAX), Some(text));
        }
    }
}

#[test]
fn text_that_is_none_shows_as_surrogateescape() {
    assert_eq!(repr::Str(b"a\xff\xed\xa0\xed\xa0\x80").to_string(), r"'a\udcff\udced\udca0\ud800'");
}

#[test]
fn long_text() {
    let ascii = vec![b'a'; 100];
    let mut utf8 = ascii.clone();
    utf8.extend_from_slice("é".as_bytes());
    let mut surrogates = utf8.clone();
    surrogates.extend_from_slice(b"\xed\xa0\x80");
    assert_eq!(wtf8::check(&ascii), Ok(wtf8::Encoding::Ascii));
    assert_eq!(wtf8::check(&utf8), Ok(wtf8::Encoding::Utf8));
    assert_eq!(wtf8::check(&surrogates), Ok(wtf8::Encoding::Wtf8));
    surrogates.push(0xFF);
    assert_eq!(wtf8::check(&surrogates), Err(wtf8::InvalidUtf8 { valid_up_to: 105 }));
}
