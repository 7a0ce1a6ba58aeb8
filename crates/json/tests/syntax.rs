//! JSON as a text, compared with how `serde_json` reads it.

use halfsour_json::{Document, ParseError, Style, documents, documents_from_reader, to_string};
use serde_json::Value;

/// Documents, of which each part is of another kind.
const SEEDS: [&str; 6] = [
    r#"{"a": [1, -2.5e-3, null, true, false], "b": {"c": "d\u00e9\ud83e\udd52\n\"\\\/"}, "a": ""}"#,
    "[0, -1, 9223372036854775807, -9223372036854775808, 18446744073709551615, 0.1, 5e-324, 1.7976931348623157e308]",
    " \t\r\n[ [ ] , { } ] 7 \"x\" {} [] 1.0 null",
    "\"\u{0}\u{1f}é🥒\u{7f}\u{2028}\"",
    "0123 1. .5 +1 1e 1e+ - -x tru nul 00 -01 1.5.5 truefalse",
    "9007199254740993.0 0.30000000000000004 2.2250738585072011e-308 123456789.123456789e-20",
];

/// The one of them whose ints, changed a little, are larger than `serde_json` has ints for.
const LARGE: &str = SEEDS[1];

/// Replaces minus zero, which `serde_json` makes of the int -0, by zero.
fn without_minus_zero(value: &mut Value) {
    match value {
        Value::Number(number) if number.as_f64() == Some(0.0) => *value = 0.into(),
        Value::Array(items) => items.iter_mut().for_each(without_minus_zero),
        Value::Object(members) => members.values_mut().for_each(without_minus_zero),
        _ => {}
    }
}

/// Returns what each of the two readers makes of a text, up to the first error: documents, and whether there is an error.
fn both(text: &[u8]) -> [(Vec<Value>, bool); 2] {
    let mut ours = (Vec::new(), false);
    for document in documents(text) {
        let Ok(document) = document else {
            ours.1 = true;
            break;
        };
        let json = to_string(document.graph.root(), Style::plain()).unwrap();
        ours.0.push(serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}")));
    }
    let mut theirs = (Vec::new(), false);
    for value in serde_json::Deserializer::from_slice(text).into_iter() {
        let Ok(value) = value else {
            theirs.1 = true;
            break;
        };
        theirs.0.push(value);
    }
    [ours, theirs]
}

#[test]
fn texts_are_read_as_serde_json_does() {
    for seed in SEEDS {
        let [ours, theirs] = both(seed.as_bytes());
        assert_eq!(ours, theirs, "{seed}");
        for part in seed.split(' ') {
            let [ours, theirs] = both(part.as_bytes());
            assert_eq!(ours, theirs, "{part}");
        }
    }
}

/// Every document with every byte left out, doubled, and replaced by each of those that mean something.
#[test]
fn broken_texts_are_errors_where_serde_json_finds_one() {
    const BYTES: &[u8] = b"\"\\{}[]:,-+.eE0159untrlfabd/ \n\x00\x1f\x80\xc3\xff";
    let mut errors = 0;
    for seed in SEEDS.into_iter().filter(|&seed| seed != LARGE) {
        let seed = seed.as_bytes();
        for at in 0..seed.len() {
            let (before, after) = (&seed[..at], &seed[at + 1..]);
            let mut texts = vec![
                before.to_vec(),
                [before, after].concat(),
                [before, &seed[at..=at], &seed[at..]].concat(),
            ];
            texts.extend(BYTES.iter().map(|&byte| [before, &[byte], after].concat()));
            for text in texts {
                let [mut ours, mut theirs] = both(&text);
                for documents in [&mut ours, &mut theirs] {
                    documents.0.iter_mut().for_each(without_minus_zero);
                }
                errors += usize::from(theirs.1);
                assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(&text));
            }
        }
    }
    assert!(errors > 5_000, "{errors}");
}

/// Python has ints of any size, and no number that is minus zero but a float.
#[test]
fn ints_are_read_as_python_does() {
    let shown = |json: &str| documents(json.as_bytes()).next().unwrap().unwrap().graph.root().to_string();
    assert_eq!(shown("-123456789012345678901234567890"), "-123456789012345678901234567890");
    assert_eq!(shown("-0"), "0");
    assert_eq!(shown("-0.0"), "-0.0");
    let error = documents(b"[\n 1e400]").next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "1e400: out of range");
}

#[test]
fn errors_say_where() {
    for (json, reason, place) in [
        ("[1,\n 2 3]", "Array values must be followed by a comma", " at line 2 column 4"),
        ("7\n{\"a\" 1}", "Object keys must be strings", " at line 2 column 6"),
        ("nul", "", " at line 1 column 1"),
    ] {
        let error = documents(json.as_bytes()).find_map(Result::err).unwrap();
        assert_eq!(error.to_string(), format!("{error:?}"));
        assert!(error.to_string().starts_with(reason) && error.to_string().ends_with(place), "{error}");
    }
    let nested = |levels: usize| ["[".repeat(levels), "]".repeat(levels)].concat();
    assert!(documents(nested(128).as_bytes()).next().unwrap().is_ok());
    let error = documents(nested(129).as_bytes()).next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the document nests deeper than 128 levels at line 1 column 129");
    assert_eq!(documents(b"} 1").count(), 1);
}

/// A reader that gives a byte at a time.
struct Drops<'t>(&'t [u8]);

impl std::io::Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = buffer.len().min(1);
        self.0.read(&mut buffer[..room])
    }
}

#[test]
fn texts_that_arrive_in_drops_are_read_as_whole_ones() {
    for text in SEEDS.into_iter().chain(["[1,\n 2 3]", "7\n{\"a\" 1}", "1\n\n  nul", "12", ""]) {
        let shown = |result: Result<Document, ParseError>| match result {
            Ok(document) => document.graph.root().to_string(),
            Err(error) => error.to_string(),
        };
        let whole: Vec<_> = documents(text.as_bytes()).map(shown).collect();
        let drops: Vec<_> = documents_from_reader(Drops(text.as_bytes())).map(shown).collect();
        assert_eq!(whole, drops, "{text}");
    }
    // A string that is longer than a piece.
    let long = format!("[\"{}\", 1]", "é".repeat(300_000));
    let document = documents_from_reader(long.as_bytes()).next().unwrap().unwrap();
    assert_eq!(document.graph.root().elements().unwrap().len(), 2);
}

/// A pipe gives pieces: a string that is longer than many of them is not read anew for each.
#[test]
fn long_strings_come_in_pieces() {
    struct Pieces<'a>(&'a [u8], usize);
    impl std::io::Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let (now, later) = self.0.split_at(self.0.len().min(self.1).min(buffer.len()));
            buffer[..now.len()].copy_from_slice(now);
            self.0 = later;
            Ok(now.len())
        }
    }
    for (length, piece) in [(100_000, 7), (24 << 20, 64 << 10)] {
        let text = format!("\"{}\" 7", "x".repeat(length));
        let mut documents = documents_from_reader(Pieces(text.as_bytes(), piece));
        let first = documents.next().unwrap().unwrap();
        assert_eq!(first.graph.root().as_str().map(str::len), Some(length));
        assert_eq!(documents.next().unwrap().unwrap().graph.root().as_i64(), Some(7));
    }
}
