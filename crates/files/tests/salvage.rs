//! Compressed files that are cut off, and what Python gets out of them.

use std::fs;

use halfsour_files::{Error, ErrorKind, Input, Limits, Options, Source};
use serde_json::{Map, Value};

fn read(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../fixtures/files/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn salvage(name: &str, bytes: Vec<u8>) -> Result<Source, Error> {
    Source::from_bytes(name, bytes.into(), Options::default().with_salvage(true))
}

#[test]
fn what_python_decompresses_is_there() {
    let whole = read("rows.pkl");
    let lengths: Map<String, Value> = serde_json::from_slice(&read("cut.json")).unwrap();
    assert_eq!(lengths.len(), 5);
    for (name, length) in lengths {
        let length = usize::try_from(length.as_u64().unwrap()).unwrap();
        let options = Options::default().with_salvage(true);
        let input = Input::from_bytes(&*name, read(&name).into(), options).unwrap();
        let part = input.parts().unwrap().next().unwrap().unwrap();
        let made = part.bytes();
        // The decoder of xz and LZMA looks some bytes ahead.
        let length = if name.ends_with("xz") || name.ends_with("lzma") { length - 64 } else { length };
        assert!(made.len() >= length && whole.starts_with(made), "{name}: {} of {length}", made.len());
        let damage = part.damage().unwrap();
        assert_eq!(damage.kind(), ErrorKind::Truncated, "{name}");
        assert!(part.name().starts_with(&name) && damage.to_string().starts_with(part.name()));
    }
}

#[test]
fn without_the_option_it_is_an_error() {
    for name in ["cut.pkl.gz", "cut.pkl.z", "cut.pkl.xz", "cut.pkl.lzma"] {
        let error = Source::from_bytes(name, read(name).into(), Limits::UNTRUSTED).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{name}");
    }
    let input = Input::from_bytes("cut.zip", read("cut.zip").into(), Limits::UNTRUSTED).unwrap();
    assert!(input.parts().unwrap().all(|part| part.is_err()));
}

/// A checksum that is missing or wrong is said, and costs nothing.
#[test]
fn checksums() {
    let whole = read("stream.pkl.z");
    let source = salvage("z", whole[..whole.len() - 2].to_vec()).unwrap();
    assert_eq!(source.bytes()[..], read("stream.pkl"));
    assert_eq!(source.damage().unwrap().to_string(), "z: zlib: the data ends early");
    // Where data is wrong, nobody knows where it begins to be.
    let mut whole = read("stream.pkl.z");
    *whole.last_mut().unwrap() ^= 1;
    assert_eq!(
        salvage("z", whole).unwrap_err().kind(),
        ErrorKind::Malformed("the compressed data is invalid")
    );
    assert!(salvage("whole", read("stream.pkl.gz")).unwrap().damage().is_none());
}

/// Zeros at the end, which were never written, are no compressed data.
#[test]
fn zeros_at_the_end() {
    let whole = read("rows.pkl");
    for name in ["cut.pkl.gz", "cut.pkl.z", "cut.pkl.xz"] {
        let source = salvage(name, [read(name), vec![0; 500]].concat()).unwrap();
        assert!(source.bytes().len() > 2500 && whole.starts_with(source.bytes()), "{name}");
        assert_eq!(source.damage().unwrap().kind(), ErrorKind::Truncated, "{name}");
    }
}

/// Whatever comes out of a file that is cut anywhere is the beginning of the whole.
#[test]
fn every_beginning() {
    let whole = read("stream.pkl");
    for name in [
        "stream.pkl.gz",
        "stream.pkl.z",
        "stream.pkl.bz2",
        "stream.pkl.xz",
        "stream.pkl.lzma",
        "stream.pkl.zst",
        "stream.pkl.lz4",
    ] {
        let bytes = read(name);
        let mut longest = 0;
        for cut in 0..bytes.len() {
            let Ok(source) = salvage(name, bytes[..cut].to_vec()) else { continue };
            if source.layers().is_empty() {
                continue;
            }
            assert!(whole.starts_with(source.bytes()), "{name} up to {cut}");
            assert!(source.damage().is_some() || source.bytes().len() >= longest, "{name} up to {cut}");
            longest = source.bytes().len().max(longest);
        }
        assert!(longest > 0, "{name}");
    }
}
