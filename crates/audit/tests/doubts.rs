//! Values that may hold pickles in forms that are not opened: the file is not clean. Nor is it in doubt where they are plainly data.

use halfsour_audit::{Auditor, Completeness, Part, Policy, Verdict};
use halfsour_files::{Limits, Source, ZipWriter};

/// `cos\nsystem\n(S'id'\ntR.`, in forms that no reader opens.
const FORMS: [(&str, &str); 25] = [
    ("protocol 0 behind other text", "value: cos\nsystem\n(S'id'\ntR."),
    ("with CR", "cos\r\nsystem\r\n(S'id'\ntR. "),
    ("base64 behind text", "x=Y29zCnN5c3RlbQooUydpZCcKdFIu"),
    ("base64 behind digits", "abcdeY29zCnN5c3RlbQooUydpZCcKdFIu"),
    ("base64 in lines", "<data>\nY29zCnN5c3Rl\nbQooUydpZCcK\ndFIu\n</data>"),
    ("base64 with other characters", "abcdY29zCnN5 c3RlbQoo!UydpZCcKdFIu"),
    ("base64 of base64", "x=WTI5ekNuTjVjM1JsYlFvb1V5ZHBaQ2NLZEZJdQ=="),
    ("base32", "MNXXGCTTPFZXIZLNBIUFGJ3JMQTQU5CSFY======"),
    ("base85", "V{dZ`b9r-gWo-&5QzvO;Ckk{@E&"),
    ("ascii85", "<~@rHDqF*VhKAShc&;^Z9i-OOrn/c~>"),
    ("hexadecimal digits", "id 636f730a73797374656d0a285327696427 0a74522e"),
    ("digits with colons", "fingerprint 63:6f:73:0a:73:79:73:74:65:6d:0a:28:53:27:69:64:27:0a:74:52:2e"),
    ("escapes", r"say b'cos\nsystem\n(S\x27id\x27\ntR.'"),
    ("escapes of JSON", r"x = \u0063os\nsystem\n(S'id'\ntR."),
    ("URL", "https://deli.example/?q=cos%0Asystem%0A(S%27id%27%0AtR."),
    ("mail", "cos=0Asystem=0A(S=27id=27=0AtR."),
    (
        "numbers",
        "99, 111, 115, 10, 115, 121, 115, 116, 101, 109, 10, 40, 83, 39, 105, 100, 39, 10, 116, 82, 46",
    ),
    ("characters", "\u{e9}\u{1}cos\nsystem\n(U\u{2}idtR.\u{ff}"),
    ("UTF-7", "+AGMAbwBzAAoAcwB5AHMAdABlAG0ACgAoAFMAJwBpAGQAJwAKAHQAUgAu-"),
    ("UTF-7 in part", "cos+AAo-system+AAo-(S'id'+AAo-tR."),
    ("references by number", "&#99;os&#10;system&#10;(S&#39;id&#39;&#10;tR."),
    ("references by hexadecimal number", "&#x63;os&#xa;system&#xa;(S&#x27;id&#x27;&#xa;tR."),
    ("references to bytes", "&#128;&#2;cos&#10;system&#10;U&#2;id&#133;R."),
    ("references by name", "cos&NewLine;system&NewLine;&lpar;S&apos;id&apos;&NewLine;tR&period;"),
    ("JSON", r#"{"a": ["cos\nsystem\n(S'id'\ntR."]}"#),
];

/// What is plainly data.
const PLAIN: [&str; 25] = [
    // Some of its bytes read as opcodes.
    "62YwIsjzxR-Ozs3KEjQPrMygulpGIKQC273tA1WIfI8=",
    "",
    "salt",
    "3.50",
    "2026-11-30T13:52:06.123456+00:00",
    "The brine is salt and water;\na pickle needs nothing else,\nsave time. Nice.\nday\nby day.\n",
    "https://deli.example/brine/half-sour?page=2&sort=price&q=garlic%20dill",
    "/usr/local/lib/python3.11/site-packages/sqlalchemy/sql/sqltypes.py",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "9406fdb9c9b0e9ec8a7f8d3a6cf3d1d4bf0a0a5b",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "r4q7w2e9t8y1u6i3o5p0a2s4d6f8g1h3",
    "pbkdf2_sha256$600000$Zx81kQ0pLm2nVb7cXz9aSd$4fGh6jKl1qW3eR5tY7uI9oP0Zx81kQ0pLm2nVb7cXz8=",
    "+1 800 555 1234, 800-255-1234, 8004 5012",
    "1, 2, 3, 128, 4, 149, 12",
    r#"{"name": "dill", "price": [1.5, 2], "tags": ["a", "b"], "when": null}"#,
    r"C:\Users\deli\pickles\half-sour.txt",
    "caf\u{e9}, \u{fc}ber, \u{5bff}\u{53f8}, \u{1f952}",
    "a,b,c\n1,2,3\n4,5,6\n",
    "SELECT name, price FROM cucumbers WHERE price > 3 ORDER BY name",
    "<p class=\"note\">Half-sour &amp; <b>crisp</b></p>",
    "&lt;p&gt;caf&#233; &amp; &#x1f952; &copy;&nbsp;2026&#10;&lt;/p&gt;",
    "1 +1 +abc+def=0 +AGMAbwBz- c++ +- +800-555-1234",
    "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
    "<class 'stable_baselines3.common.policies.ActorCriticPolicy'>",
];

fn parts(bytes: &[u8], is_asked: bool) -> Vec<Part> {
    let source = Source::from_bytes("file", bytes.to_vec().into(), Limits::UNTRUSTED).unwrap();
    let auditor = Auditor::new(Policy::default());
    if is_asked { auditor.audit_source(&source) } else { auditor.audit_if_pickle(&source) }
}

fn worst(parts: &[Part]) -> Verdict {
    parts.iter().map(|part| part.report.verdict).max().unwrap_or(Verdict::Clean)
}

/// Text as JSON has it.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c < ' ' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// A document with one harmless pickle, and a text beside it.
fn document(text: &str) -> String {
    format!("{{\"good\": \"gASVCQAAAAAAAABdlChLAUsCZS4=\", \"kept\": {}}}", quoted(text))
}

#[test]
fn no_form_of_a_pickle_beside_another_is_clean() {
    for (form, text) in FORMS {
        for document in [document(text), format!("[{}]", quoted(&document(text)))] {
            for is_asked in [true, false] {
                let parts = parts(document.as_bytes(), is_asked);
                assert_ne!(worst(&parts), Verdict::Clean, "{form}: {document}: {parts:#?}");
            }
        }
        let parts = parts(document(text).as_bytes(), true);
        assert!(parts.iter().any(|part| part.name == "file:kept"), "{form}: {parts:#?}");
        // As a key, and in an archive.
        let key = format!("{{{}: \"gASVCQAAAAAAAABdlChLAUsCZS4=\"}}", quoted(text));
        let mut zip = ZipWriter::new(Vec::new());
        zip.member("data", &[document(text).as_bytes()]).unwrap();
        zip.member("note.txt", &[text.as_bytes()]).unwrap();
        for file in [key.into_bytes(), zip.finish().unwrap()] {
            assert_ne!(worst(&self::parts(&file, true)), Verdict::Clean, "{form}");
        }
    }
}

#[test]
fn plain_data_beside_a_pickle_is_clean() {
    for text in PLAIN {
        for is_asked in [true, false] {
            let parts = parts(document(text).as_bytes(), is_asked);
            assert_eq!(worst(&parts), Verdict::Clean, "{text}: {parts:#?}");
        }
        // Nobody asked for text alone. What is empty may have been a pickle.
        let alone = parts(text.as_bytes(), false);
        assert_eq!(
            worst(&alone),
            if text.is_empty() { Verdict::Incomplete } else { Verdict::Clean },
            "{text}"
        );
        assert_eq!(alone.is_empty(), !text.is_empty(), "{text}");
    }
}

/// What is of no known form is told where there are pickles beside it, with its name and what to do.
#[test]
fn what_is_unknown_is_not_clean() {
    let opaque = "Zx81kQ0pLm2nVb7cXz9aSd4fGh6jKl1qW3eR5tY7uI9oP0Zx81kQ0pLm2nVb7cXz9aSd4fGh6jKl1";
    for text in [opaque, "a\0b\0c\0d\0"] {
        let parts = parts(document(text).as_bytes(), true);
        let doubt = &parts.iter().find(|part| part.name == "file:kept").unwrap().report;
        let Completeness::Incomplete { reason, .. } = &doubt.completeness else { panic!("{doubt:#?}") };
        assert!(reason.contains("audit the bytes"), "{reason}");
        assert_eq!(self::parts(format!("[{}]", quoted(text)).as_bytes(), false), []);
    }
}

/// What base64 is depends on the decoder.
#[test]
fn every_reading_of_base64_counts() {
    // Text of 251 bytes to `urlsafe_b64decode`, to which `-` is a digit; `b64decode` leaves the dashes out, and the text has two bytes.
    let text = format!("gAJV----AmFiMGNvcwpzeXN0ZW0KKFMnaWQnCnRSLiAg{}Lg==", "ICAg".repeat(74));
    assert_ne!(worst(&parts(text.as_bytes(), true)), Verdict::Clean);
    assert_ne!(worst(&parts(document(&text).as_bytes(), true)), Verdict::Clean);
}

#[test]
fn json_is_said_to_have_no_pickles_only_if_it_has_none() {
    let reason = |document: &str| {
        let parts = parts(document.as_bytes(), true);
        let Completeness::Incomplete { reason, .. } = &parts[0].report.completeness else {
            panic!("{parts:#?}")
        };
        reason.clone()
    };
    let none = "JSON without pickles in it";
    assert!(reason(r#"{"salt": [1, "cup"]}"#).contains(none));
    for (form, text) in FORMS {
        let document = format!("{{\"kept\": {}}}", quoted(text));
        assert!(!reason(&document).contains(none), "{form}");
        assert_ne!(parts(document.as_bytes(), false), [], "{form}");
    }
}

/// Protocol 0 is text, which a pickle may hold as such.
#[test]
fn pickles_in_the_text_of_a_pickle_are_found() {
    let evil = b"cos\nsystem\n(S'id'\ntR.";
    for head in [&b"\x8c\x15"[..], b"X\x15\0\0\0"] {
        let report = Auditor::new(Policy::default()).audit(&[b"\x80\x04", head, evil, b"."].concat());
        assert!(report.findings.iter().any(|finding| finding.code.contains("system")), "{report:#?}");
    }
    let text = b"\x80\x04\x8c\x18(nice day\nto you\n) and .";
    assert_eq!(Auditor::new(Policy::default()).audit(&[&text[..], b"."].concat()).verdict, Verdict::Clean);
}
