//! Python 2 strings in the encodings that Python names.

use halfsour_files::{codec_names, string_encoding};
use halfsour_vm::{ErrorKind, Loader, Options};

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
    assert_eq!(refusal("GB2312"), "GB2312: a codec of Python's that cannot be read with");
}
