//! What caches, queues and messengers write around pickles, and pickles that were pasted as text.

use std::fs;

use halfsour_files::{Error, ErrorKind, Format, Input, Limits, Source, is_pickle};
use halfsour_vm::Loader;

const VALUE: &str = "{'user': 12, 'cart': ['half', 'full'], 'seen': 1.5}";

fn file(name: &str) -> Source {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/");
    Source::open(format!("{folder}{name}"), Limits::UNTRUSTED).unwrap()
}

fn source(bytes: &[u8]) -> Source {
    Source::from_bytes("input", bytes.to_vec().into(), Limits::UNTRUSTED).unwrap()
}

fn formats(source: &Source) -> Vec<Format> {
    source.layers().iter().map(|layer| layer.format).collect()
}

/// What the pickles of a source print.
fn shown(source: &Source) -> Vec<String> {
    let (mut loader, mut pickles) = (Loader::new(), source.pickles());
    let mut shown = Vec::new();
    while let Some(graph) = pickles.load_next(&mut loader) {
        shown.push(graph.unwrap().root().to_string());
    }
    shown
}

/// The names of the members, behind the file's, and what their pickles print.
fn members(source: &Source) -> Vec<(String, Vec<String>)> {
    let leaf = |leaf: Result<halfsour_files::Leaf, Error>| {
        let leaf = leaf.unwrap().source;
        (leaf.name()[source.name().len() + 1..].to_owned(), shown(&leaf))
    };
    source.leaves().map(leaf).collect()
}

#[test]
fn heads_of_caches_are_taken_off() {
    let cases: [(&str, &[Format]); 6] = [
        ("cachelib", &[Format::Cachelib]),
        ("cachelib.redis", &[Format::Cachelib]),
        ("dogpile", &[Format::Dogpile]),
        ("session.txt", &[Format::DjangoSession, Format::Base64]),
        ("session_hashed.txt", &[Format::Base64, Format::DjangoSession]),
        ("session_compressed.txt", &[Format::DjangoSession, Format::Base64, Format::Zlib]),
    ];
    for (name, layers) in cases {
        assert_eq!(formats(&file(name)), layers, "{name}");
        let shown = shown(&file(name));
        assert!(
            shown == [VALUE] || name == "session_compressed.txt" && shown[0].starts_with("{'cart': "),
            "{name}"
        );
    }
    // Of a file that is cut off, there is an error, or nothing is taken off.
    for (name, _) in cases {
        let whole = file(name);
        for length in 0..whole.raw().len().saturating_sub(1) {
            let cut = Source::from_bytes("cut", whole.raw().slice(..length), Limits::UNTRUSTED);
            let loaded = cut
                .ok()
                .filter(|cut| cut.format() == Format::Pickle)
                .map(|cut| Loader::new().load(cut.bytes().clone()).map(|graph| graph.root().to_string()));
            if let Some(Ok(loaded)) = loaded {
                assert_eq!(loaded, shown(&whole)[0], "{name} up to {length}");
            }
        }
    }
}

#[test]
fn a_length_is_no_time_of_expiry() {
    let framed = source(b"\0\0\0\x04\x80\x04N.");
    assert!(formats(&framed).is_empty() && framed.pickles().has_lengths());
    let framed = source(b"\x04\0\0\0\x80\x04N.");
    assert!(formats(&framed).is_empty() && framed.pickles().has_lengths());
    assert_eq!(formats(&source(b"\x00\0\0\0\x80\x04N.")), [Format::Cachelib]);
    // Four bytes that are opcodes belong to the pickle.
    assert!(formats(&source(b"NNNN\x80\x04N.")).is_empty());
}

#[test]
fn entries_of_djangos_cache_are_two_pickles() {
    let entry = members(&file("django.djcache"));
    assert_eq!(entry[0].0, "expiry");
    assert_eq!(entry[1], ("value".to_owned(), vec![VALUE.to_owned()]));
    let forever = members(&file("forever.djcache"));
    assert_eq!(forever[0], ("expiry".to_owned(), vec!["None".to_owned()]));
    assert_eq!(forever[1].1, [VALUE]);
    let bytes = file("django.djcache").raw().clone();
    let cut = source(&bytes[..bytes.len() - 1]);
    let errors: Vec<_> = cut.leaves().filter_map(|leaf| leaf.err().map(|error| error.kind())).collect();
    assert_eq!(errors, [ErrorKind::Truncated]);
}

#[test]
fn stacks_of_queuelib_have_lengths_behind() {
    let stack = file("queue.lifo");
    assert!(stack.pickles().has_lengths());
    let expected = [1, 2, 3].map(|day| format!("{{'day': {day}, 'sold': {}}}", day * 3));
    assert_eq!(shown(&stack), expected);
}

#[test]
fn messages_of_celery_are_json_with_pickles() {
    let message = file("celery.json");
    assert_eq!(message.format(), Format::Json);
    let [(name, shown)] = &members(&message)[..] else { panic!("one member") };
    assert_eq!(name, "body");
    assert!(shown[0].starts_with("(('order-17', 3), {'when': "), "{shown:?}");
}

#[test]
fn texts_in_json_have_their_path_as_name() {
    let json =
        br#"{"a": [0, {"b/c": "gARLAS4="}, "no", "8004 4b 02 2e"], "d": "\u0080\u0004N.", "e": "c2FsdHk="}"#;
    let names: Vec<_> = members(&source(json));
    let expected = [("a/1/b/c", "1"), ("a/3", "2"), ("d", "None")];
    assert_eq!(names, expected.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])));
    for json in [r#"{"a": "salt"}"#, "["] {
        assert_eq!(source(json.as_bytes()).format(), Format::Pickle, "{json}");
    }
    // What is no JSON, or too deep, is text.
    let deep = [&b"[".repeat(100_000)[..], br#""gARLAS4=""#, &b"]".repeat(100_000)].concat();
    for json in [br#"{"a": "gARLAS4="} x"#, &br#"["gARLAS4=""#[..], &deep] {
        let text = source(json);
        assert_eq!(text.format(), Format::Text);
        assert_eq!(members(&text), [("line 1".to_owned(), vec!["1".to_owned()])]);
    }
}

#[test]
fn parameters_of_stable_baselines_are_members() {
    let data = br#"{"n": 1, "policy": {":type:": "<class 'dict'>", ":serialized:": "gAV9lC4="}}"#;
    let mut zip = halfsour_files::ZipWriter::new(Vec::new());
    for (name, contents) in [("data", &data[..]), ("_stable_baselines3_version", b"2.3.0")] {
        zip.member(name, &[contents]).unwrap();
    }
    let input = Input::from(source(&zip.finish().unwrap()));
    let names: Vec<_> = input.parts().unwrap().map(|part| part.unwrap().name().to_owned()).collect();
    assert_eq!(names, ["input:data:policy/:serialized:"]);
    assert!(!is_pickle(b"2.3.0"));
}

#[test]
fn fonts_have_pickles_in_fields() {
    let font = b"SplineFontDB: 3.2\nFontName: Deli\nPickledData: \"(dp0\nVa\np1\nV\\\"\\\\\np2\ns.\"\n\
        BeginChars: 256 1\nStartChar: A\nWidth: 500\nPickledDataWithLists: \"(lp0\n.\"\nEndChar\n";
    let members = members(&source(font));
    let expected = [("PickledData", r#"{'a': '"\\'}"#), ("A/PickledDataWithLists", "[]")];
    assert_eq!(members, expected.map(|(name, value)| (name.to_owned(), vec![value.to_owned()])));
}

#[test]
fn data_from_its_end_to_its_beginning() {
    let mut bytes = file("stream.pkl.z").raw().to_vec();
    bytes.reverse();
    let reversed = source(&bytes);
    assert_eq!(formats(&reversed), [Format::Reversed, Format::Zlib]);
    assert_eq!(reversed.bytes(), file("stream.pkl.z").bytes());
}

/// A pickle as Python's `pickle.dumps([1, 'é\n"'], 4)`, and `pickle.dumps([1], 0)`.
#[test]
fn pasted_text_is_read() {
    let escaped = r#"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01\x8c\x04\xc3\xa9\n\"\x94e."#;
    let new = [
        format!("b'{}'", escaped.replace("\\\"", "\"")),
        format!("\"{escaped}\"\r\n"),
        format!("  {escaped}\n\n"),
        format!("u\"{escaped}\""),
        "8004950e0000000000000 05d9428 4b018c04c3a90a229465 2e\n".to_owned(),
        "\\x8004950e000000000000005d94284b018c04c3a90a2294652e".to_owned(),
        "0x8004950e000000000000005D94284B018C04C3A90A2294652E".to_owned(),
        "X'8004950e000000000000005d94284b018c04c3a90a2294652e'".to_owned(),
        "\u{feff}gASVDgAAAAAAAABdlChLAYwEw6kKIpRlLg==\n".to_owned(),
        "b'gASVDgAAAAAAAABdlChLAYwEw6kKIpRlLg=='".to_owned(),
    ];
    for text in new {
        assert_eq!(shown(&source(text.as_bytes())), [r#"[1, 'é\n"']"#], "{text}");
    }
    for text in ["b'(lp0\\nI1\\na.'", "(lp0\\nI1\\na.", "286c70300a49310a612e", "KGxwMApJMQphLg=="] {
        // Escapes without quotes begin with one, for a pickle may have them.
        let is_escaped = !text.starts_with('(');
        assert_eq!(!formats(&source(text.as_bytes())).is_empty(), is_escaped, "{text}");
        assert!(!is_escaped || shown(&source(text.as_bytes())) == ["[1]"], "{text}");
    }
    assert_eq!(shown(&source(b"\x80\x04N.\r\n")), ["None"]);
}

#[test]
fn what_is_no_pickle_inside_is_no_layer() {
    for text in [
        "b'brine'",
        "\"salt\"",
        "deadbeef",
        "0x10",
        "'",
        "b'",
        "\\x80",
        "X''",
        "8004",
        "78dabad0",
        "c2FsdA==",
        "!!",
        "9406fdb9c9b0e9ec8a7f8d3a6cf3d1d4bf0a0a5b",
    ] {
        let source = source(text.as_bytes());
        assert!(formats(&source).is_empty() && source.format() == Format::Pickle, "{text}");
    }
}

#[test]
fn nesting_of_texts_has_a_limit() {
    let mut text = b"\x80\x04N.".to_vec();
    for _ in 0..100 {
        text = [&b"b'"[..], &text, b"'"].concat();
    }
    // It ends, which is all.
    let _ = Source::from_bytes("input", text.into(), Limits::UNTRUSTED);
    let quotes = [b"'".repeat(100_000), b"\"".repeat(100_000)].concat();
    assert_eq!(source(&quotes).format(), Format::Pickle);
}

#[test]
fn what_was_taken_from_a_queue_is_no_part_of_it() {
    let folder = std::env::temp_dir().join(format!("halfsour-queue-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    // queuelib: four entries of which two were popped.
    let entry = |number: u8| [&b"\0\0\0\x05\x80\x04K"[..], &[number], b"."].concat();
    fs::write(folder.join("q00000"), [0, 1, 2, 3].map(entry).concat()).unwrap();
    let open = |tail: &str| {
        fs::write(
            folder.join("info.json"),
            format!(r#"{{"chunksize": 9, "size": 2, "tail": {tail}, "head": [0, 4]}}"#),
        )
        .unwrap();
        Source::open(folder.join("q00000"), Limits::UNTRUSTED)
    };
    let queue = open("[0, 2, 18]").unwrap();
    assert_eq!(formats(&queue), [Format::Queuelib]);
    assert_eq!(shown(&queue), ["2", "3"]);
    // Nothing was taken, or another chunk is meant, or what is said is no place between entries.
    for tail in ["[0, 0, 0]", "[1, 2, 18]", "[0, 2, 17]", "[0, 2, 180]", "[0, 2, -9]", "[0]"] {
        assert_eq!(shown(&open(tail).unwrap()), ["0", "1", "2", "3"], "{tail}");
    }
    assert_eq!(open("[0, 4, 36]").unwrap_err().kind(), ErrorKind::NoPickles);
    fs::remove_dir_all(folder).unwrap();
}

/// Python's `b64decode` leaves out what is no digit.
#[test]
fn base64_may_have_other_characters_between() {
    for text in
        ["gASVCQAA!AAAAAABdlChLAUsCZS4=", "gASV CQAAAAAAAABdlChLAUsCZS4=", "-gASVCQAAAAAAAABdlChLAUsCZS4=.."]
    {
        let base64 = source(text.as_bytes());
        assert_eq!(
            (formats(&base64), shown(&base64)),
            (vec![Format::Base64], vec!["[1, 2]".to_owned()]),
            "{text}"
        );
        let json = source(format!(r#"{{"body": "{text}"}}"#).as_bytes());
        assert_eq!(members(&json), [("body".to_owned(), vec!["[1, 2]".to_owned()])], "{text}");
    }
    let prose = "The brine is salt and water; a pickle needs nothing else, save time.";
    assert_eq!(source(prose.as_bytes()).layers(), []);
}

#[test]
fn compressed_data_may_have_no_header() {
    use std::io::Write;

    for pickle in [&b"\x80\x04\x8c\x09half-sour."[..], b"(lp0\nI1\naI2\na."] {
        for level in [flate2::Compression::none(), flate2::Compression::best()] {
            let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), level);
            deflate.write_all(pickle).unwrap();
            let deflate = source(&deflate.finish().unwrap());
            assert_eq!(formats(&deflate), [Format::Deflate], "{level:?}");
            assert_eq!(deflate.bytes()[..], *pickle);
        }
    }
}

#[test]
fn the_rest_of_json_is_a_member() {
    let text = br#"{"body": "gAROLg==", "headers": {"task": "shop.order", "retries": 0, "eta": null, "w": [1.5, true]}}"#;
    // `None`, too short to be told by itself.
    let text = [&text[..9], b" \"gASVCQAAAAAAAABdlChLAUsCZS4=\"", &text[19..]].concat();
    let input = Input::from(source(&text));
    let part = input.one_part().unwrap();
    assert_eq!(part.name(), "input:body");
    assert_eq!(part.rest(), Some("input:document"));
    let document = input.with_member("document").one_part().unwrap();
    assert_eq!(document.rest(), None);
    let shown = halfsour_vm::from_slice(document.bytes()).unwrap().root().to_string();
    assert!(
        shown.ends_with("'headers': {'task': 'shop.order', 'retries': 0, 'eta': None, 'w': [1.5, True]}}"),
        "{shown}"
    );
}

#[test]
fn dumps_and_urls_are_text_layers() {
    let xxd = "00000000: 8004 9509 0000 0000 0000 005d 9428 4b01  ...........].(K.\n00000010: 4b02 652e                                K.e.\n";
    let url = "data:application/octet-stream;base64,gASVCQAAAAAAAABdlChLAUsCZS4=";
    for (text, format) in [(xxd, Format::Hex), (url, Format::Base64)] {
        let source = source(text.as_bytes());
        assert_eq!(formats(&source), [format]);
        assert_eq!(shown(&source), ["[1, 2]"]);
    }
}
