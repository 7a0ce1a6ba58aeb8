//! Python 2 strings in the encodings that Python names.

use halfsour_files::{TextErrors, codec_names, string_encoding};
use halfsour_vm::{ErrorKind, Loader, Options, StringEncoding};
use serde_json::Value;

fn read(codec: &str, bytes: &[u8]) -> Result<String, ErrorKind> {
    let length = u8::try_from(bytes.len()).unwrap();
    let pickle = [b"U", &[length][..], bytes, b"."].concat();
    let options = Options::default().with_encoding(string_encoding(codec).unwrap());
    let graph = Loader::with_options(options).load(&pickle[..]).map_err(|error| error.kind())?;
    assert_eq!(graph.root().python2_string(), Some(bytes), "{codec}");
    Ok(graph.root().as_str().unwrap().to_owned())
}

/// The texts are Python's: `bytes.decode(codec)`.
#[test]
fn text_is_pythons() {
    for (codec, bytes, text) in [
        ("cp437", &b"\x80\x9b\xe1\xff"[..], "Ç¢ß\u{a0}"),
        ("Windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("windows 1252", b"\x80\x99", "€™"),
        ("koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        ("mac-roman", b"\x8e\xa5", "é•"),
        ("cp037", b"\xc8\x85\x93\x93\x96\x40\x5b", "Hello $"),
        ("iso-8859-15", b"\xa4", "€"),
        ("hebrew", b"\xf9", "ש"),
        ("latin1", b"\xe9", "é"),
        ("utf-16", b"\xff\xfea\0\x3d\xd8\x00\xde", "a😀"),
        ("utf-16be", b"\0a", "a"),
        ("utf_32", b"\0\0\xfe\xff\0\0\0a", "a"),
        ("UTF-8-SIG", b"\xef\xbb\xbf\xc3\xa9", "é"),
        ("raw-unicode-escape", b"\\u20ac\xe9", "€é"),
    ] {
        assert_eq!(read(codec, bytes).as_deref(), Ok(text), "{codec}");
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for (codec, bytes, at) in [
        ("cp1252", &b"ab\x81"[..], 2),
        ("utf-16-le", b"a\0b", 2),
        ("utf-16-le", b"a\0\0\xd8a\0", 2),
        ("utf-32-le", b"\0\xd8\0\0", 0),
        ("utf-8-sig", b"\xef\xbb\xbfa\xff", 4),
        ("raw_unicode_escape", b"a\\u12", 1),
    ] {
        assert_eq!(read(codec, bytes), Err(ErrorKind::NotEncoded { at }), "{codec}");
    }
}

/// What Python's codecs make of texts that are cut and changed, with each way to treat errors.
#[test]
fn all_is_as_python_decodes_it() {
    let lines =
        include_str!("decoded.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut counts = (0, 0);
    for line in lines {
        let codec = line[0].as_str().unwrap();
        if let Some(crc) = line[1].as_u64() {
            assert_eq!(u64::from(all_pairs(codec)), crc, "{codec}");
            counts.0 += 1;
            continue;
        }
        let bytes = unhex(&line[2]);
        for errors in line[1].as_array().unwrap() {
            let errors = errors.as_str().unwrap();
            let decoded = decode(codec, errors, &bytes);
            let expected =
                line[3].as_u64().map_or_else(|| Ok(unhex(&line[3])), |at| Err(usize::try_from(at).unwrap()));
            // Python counts from behind the mark.
            let expected = expected.map_err(|at| {
                at + if codec == "utf_8_sig" && bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
            });
            // Names of characters are not known.
            let is_named = codec == "unicode_escape" && bytes.starts_with(b"\\N") && decoded == Err(0);
            assert!(decoded == expected || is_named, "{line} with {errors}: {decoded:02x?}");
            counts.1 += 1;
        }
    }
    assert!(counts.0 == 16 && counts.1 > 5000, "{counts:?}");
}

fn unhex(digits: &Value) -> Vec<u8> {
    let (digits, _) = digits.as_str().unwrap().as_bytes().as_chunks::<2>();
    digits.iter().map(|digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap()).collect()
}

fn decode(codec: &str, errors: &str, bytes: &[u8]) -> Result<Vec<u8>, usize> {
    // The options for these two do not say where the error is.
    let encoding = if errors == "strict" && ["ascii", "utf_8"].contains(&codec) {
        TextErrors::SurrogatePass.applied_to(string_encoding(codec).unwrap())
    } else {
        errors.parse::<TextErrors>().unwrap().applied_to(string_encoding(codec).unwrap())
    };
    let pickle = [b"T", &u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes, b"."].concat();
    match Loader::with_options(Options::default().with_encoding(encoding)).load(&pickle[..]) {
        Ok(graph) => Ok(graph.root().text_bytes().unwrap().to_vec()),
        Err(error) => match error.kind() {
            ErrorKind::NotEncoded { at } => Err(at),
            kind => panic!("{kind:?}"),
        },
    }
}

/// A checksum of what all pairs of bytes become, as `xtask/python/codecs_tables.py` has it.
fn all_pairs(codec: &str) -> u32 {
    let StringEncoding::Codec(codec) = TextErrors::Replace.applied_to(string_encoding(codec).unwrap()) else {
        unreachable!("it is a codec")
    };
    let mut crc = crc32fast::Hasher::new();
    for lead in 0x80..=255 {
        for byte in 0..=255 {
            for text in [&[b'A', lead, byte, b'A'][..], &[b'A', lead, byte]] {
                let mut decoded = Vec::new();
                codec.decode(text, &mut decoded).unwrap();
                crc.update(&decoded);
            }
        }
    }
    crc.finalize()
}

#[test]
fn names_are_known_or_refused() {
    let names: Vec<_> = codec_names().collect();
    assert!(names.len() > 300, "{}", names.len());
    for name in names {
        string_encoding(name).unwrap();
    }
    let refusal = |name: &str| string_encoding(name).unwrap_err().to_string();
    assert!(refusal("cp1521").starts_with("cp1521: there is no such codec; near it: cp1"));
    assert!(refusal("cp1521").contains("cp1251"));
    assert_eq!(refusal("zlib-of-nothing"), "zlib-of-nothing: there is no such codec");
    assert_eq!(refusal("ISO-2022-JP"), "ISO-2022-JP: a codec of Python's that cannot be read with");
}
