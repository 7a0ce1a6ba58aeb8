//! What files are that are no pickles.

use halfsour_files::{ErrorKind, Format, Input, Limits, LookAlike, Options, Source, ZipWriter};
use halfsour_vm::{Error, Loader};

fn name(bytes: &[u8]) -> String {
    LookAlike::of(bytes).map(|what| what.to_string()).unwrap_or_default()
}

#[test]
fn files_are_named_by_their_beginning() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "the file is empty"),
        (&[0; 40], "every byte is zero"),
        (
            b"\n<!DOCTYPE html>\n<title>Not\n Found</title>",
            "this is a page of HTML with the title \"Not Found\"",
        ),
        (b"<?xml version='1.0'?><Error/>", "this is XML"),
        (b"{\"a\": [1, null]}\n", "this is JSON"),
        (b"---\na: 1\n", "this is YAML"),
        (b"train: 1\n# no\n- b\n", "this is text, which looks like YAML"),
        (b"Not Found", "this is text"),
        // Opcodes up to the end, of which the first takes what is not there.
        (b"id,value\n1,abc\n", "this is text"),
        (b"get me\nwhatever\n", "this is text"),
        (b"import pickle\nprint(1)\n", "this is a program in Python"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "this is a document of Office before 2007"),
        (b"SQLite format 3\0\x10", "this is a database of SQLite"),
        (b"\x89HDF\r\n\x1a\n\0\0", "this is data in HDF5"),
        (b"\x89HDF\r\n\x1a\n\0\0keras_version", "this is a model of Keras"),
        (b"PAR1\x15\0", "this is a table in parquet"),
        (b"ARROW1\0\0", "this is a table in Arrow"),
        (b"\x08\x07\x12\x07pytorch\x1a\x051.9.0", "this is a model in ONNX"),
        (b"GGUF\x03\0\0\0", "this is a model in GGUF"),
        (b"\x02\0\0\0\0\0\0\0{}", ""),
        (b"\x08\0\0\0\0\0\0\0{\"a\":{}}", "this is tensors in safetensors"),
        (b"\x89PNG\r\n\x1a\n", "this is a picture in PNG"),
        (b"\x7fELF\x02", "this is a program or library of Linux"),
        (b"\xc2\x80\x04N.", "this is a pickle whose bytes were taken for characters"),
        (b"\xef\xbf\xbd\x04N.", "this is a pickle that was read as UTF-8"),
        (
            b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n\x80\x04N.",
            "before the pickle stands the header of HTTP; a pickle",
        ),
        (b"HTTP/1.1 404 Not Found\r\n\r\nno", "this is a response of HTTP"),
        (b"\xef\xbb\xbf(lp0\n.", "before the pickle stands a byte order mark; a pickle"),
        (b"VERSION2\x80\x04N.", "a pickle, or compressed data, begins at byte 8: --skip 8"),
        (b"(lp0\r\nS'a'\r\na.", "this is a pickle that was written or copied as text on Windows"),
        (b"cos\r\nsystem\r\n.", "this is a pickle that was written or copied as text on Windows"),
        (b"\x80\x04\x95\x10\0\0\0\0\0\0\0]\x94(", "the pickle is cut off: there are 14 of 27 bytes at least"),
        (b"\x80\x04X\x10\0\0\0abc", "the pickle is cut off: there are 10 of 23 bytes at least"),
        (b"(lp0\nI1\na", "the pickle is cut off after 9 bytes"),
        (b"\xfe\xfa\x01\x02", ""),
        (b"\x80\x04N.", ""),
        (b"PAR1\n.", ""),
        (b"(lp0\n.", ""),
    ];
    for &(bytes, begins) in cases {
        let said = name(bytes);
        assert!(
            said.starts_with(begins) && said.is_empty() == begins.is_empty(),
            "{}: {said}",
            bytes.escape_ascii()
        );
    }
    let zeroed = [&b"\x80\x04\x95\xff\0\0\0\0\0\0\0]"[..], &[0; 100]].concat();
    assert_eq!(LookAlike::of(&zeroed), Some(LookAlike::ZeroTail(12)));
    let hole = [&b"\x80\x04]\x94(K\x01K"[..], &[0; 30], b"K\x02e."].concat();
    assert_eq!(LookAlike::of(&hole), Some(LookAlike::ZeroRun(8..38)));
    let said = name(&hole);
    assert!(said.starts_with("from byte 0x8 to 0x26 there are only zeros"), "{said}");
    assert_eq!(LookAlike::of(&hole[..20]), Some(LookAlike::ZeroTail(8)));
}

#[test]
fn archives_without_pickles_are_named_by_their_members() {
    let cases: [(&[&str], &str); 4] = [
        (&["metadata.json", "config.json", "model.weights.h5"], "this is a model of Keras"),
        (&["[Content_Types].xml", "xl/workbook.xml"], "this is a workbook of Excel"),
        (&["export/saved_model.pb"], "this is a SavedModel of TensorFlow"),
        (&["notsaved_model.pb"], "it has one member: notsaved_model.pb"),
    ];
    for (names, begins) in cases {
        let mut zip = ZipWriter::new(Vec::new());
        for name in names {
            zip.member(name, &[b"brine"]).unwrap();
        }
        let input = Input::from_bytes("input", zip.finish().unwrap().into(), Limits::UNTRUSTED).unwrap();
        let error = input.parts().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoPickles);
        let said = error.look_alike().map(ToString::to_string).unwrap_or_default();
        assert!(said.starts_with(begins) && said.is_empty() == begins.is_empty(), "{names:?}: {said}");
        assert!(error.to_string().ends_with(&said), "{error}");
    }
}

#[test]
fn pickles_are_never_taken_for_something_else() {
    for fixture in halfsour_fixtures::all() {
        // Some are refused by Python, too.
        if Loader::new().load(&fixture.pickle[..]).is_err() {
            continue;
        }
        let what = LookAlike::of(&fixture.pickle);
        let is_crlf = what == Some(LookAlike::Crlf) && fixture.pickle.contains(&b'\r');
        assert!(what.is_none() || is_crlf, "{}: {what:?}", fixture.name);
        // Its line ends in CR LF, which Python takes.
        if fixture.pickle.contains(&b'\r') {
            continue;
        }
        for length in 1..fixture.pickle.len().min(200) {
            let what = LookAlike::of(&fixture.pickle[..length]);
            let is_cut = matches!(what, None | Some(LookAlike::Truncated { .. } | LookAlike::ZeroTail(_)));
            assert!(is_cut || length < 20, "{} up to {length}: {what:?}", fixture.name);
        }
    }
}

fn error(bytes: &[u8], options: Options) -> Option<LookAlike> {
    let input = Input::from_bytes("input", bytes.to_vec().into(), options).unwrap();
    let part = input.parts().unwrap().next().unwrap().unwrap();
    let mut loader = Loader::new();
    let read = part.each_pickle(false, |bytes, start| Ok::<_, Error>(loader.load_at(bytes, start)?.end()));
    read.err()?.look_alike.map(|look_alike| *look_alike)
}

#[test]
fn errors_say_what_it_is() {
    let options = Options::from(Limits::UNTRUSTED);
    assert_eq!(error(b"\x80\x04N.", options), None);
    let prefix = |can_skip| Some(LookAlike::Prefix { at: 3, what: None, can_skip });
    assert_eq!(error(b"VER\x80\x04N.", options), prefix(true));
    assert_eq!(error(b"VER\x80\x04N.", options.with_skip(3)), None);
    // zlib.compress(b"VER\x80\x04N.")
    assert_eq!(
        error(b"\x78\x9c\x0b\x73\x0d\x6a\x60\xf1\xd3\x03\x00\x08\x6f\x01\xee", options),
        prefix(false)
    );
    assert_eq!(error(b"(lp0\r\nS'a'\r\na.", options), Some(LookAlike::Crlf));
    assert_eq!(error(b"(lp0\r\nS'a'\r\na.", options.with_crlf(true)), None);
    // Four bytes before a pickle may be cachelib's, but nothing says so for sure.
    let taken_off = error(b"\xe5\x01\x02\x03\x80\x04K\x01K\x02u.", options);
    assert_eq!(taken_off, Some(LookAlike::Envelope(Format::Cachelib)));
    let more = Source::from_bytes("input", b"abc"[..].into(), options.with_skip(4)).unwrap_err();
    assert_eq!(more.to_string(), "input: the file has fewer bytes than are to be skipped");
}

#[test]
fn an_archive_without_pickles_names_its_members() {
    let archive = |names: &[&str]| {
        let mut zip = ZipWriter::new(Vec::new());
        for name in names {
            zip.member(name, &[b"text"]).unwrap();
        }
        let input = Input::from_bytes("a.zip", zip.finish().unwrap().into(), Limits::UNTRUSTED).unwrap();
        input.parts().err().unwrap().to_string()
    };
    assert_eq!(archive(&["a.txt"]), "a.zip: contains no pickles; it has one member: a.txt");
    let names = ["a", "b", "c", "d", "e", "f"];
    assert_eq!(archive(&names), "a.zip: contains no pickles; it has members: a, b, c, d, e, …");
}
