//! 7z archives that py7zr wrote; `7z/make.py` makes them anew.

use std::fs;

use halfsour_files::{ErrorKind, Limits, Source};
use halfsour_vm::Loader;

fn archives() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/7z");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let archives = paths.filter(|path| path.extension().is_some_and(|it| it == "7z"));
    archives.map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

#[test]
fn all_ways_to_pack_are_read() {
    let archives = archives();
    assert_eq!(archives.len(), 9);
    for (name, bytes) in archives {
        let source = Source::from_bytes(&name, bytes.into(), Limits::UNTRUSTED).unwrap();
        let archive = source.archive().unwrap().unwrap();
        assert!(archive.damage().is_none(), "{:?}", archive.damage());
        let mut shown = Vec::new();
        for member in archive.members().iter().filter(|member| member.size > 0) {
            assert!(member.crc.is_some() && archive.check(member).is_ok(), "{name}: {member:?}");
            let graph = Loader::new().load(archive.bytes(member).unwrap()).unwrap();
            shown.push((member.name.clone(), graph.root().to_string()));
        }
        let numbers = format!("{:?}", (0..100).collect::<Vec<_>>());
        let expected = [("a/one.pkl", "[1, 2, 3]"), ("zwei – 二.pkl", &numbers)];
        assert_eq!(shown, expected.map(|(name, value)| (name.to_owned(), value.to_owned())), "{name}");
    }
}

#[test]
fn what_is_broken_is_an_error() {
    for (name, bytes) in archives() {
        for at in 6..bytes.len() {
            for broken in
                [bytes[..at].to_vec(), [&bytes[..at], &[bytes[at] ^ 0xff], &bytes[at + 1..]].concat()]
            {
                let is_cut = broken.len() < bytes.len();
                let source = Source::from_bytes(&name, broken.into(), Limits::UNTRUSTED).unwrap();
                let archive = source.archive().unwrap().unwrap();
                assert!(!is_cut || archive.damage().is_some(), "{name}: cut at {at}");
                for member in archive.members() {
                    let _ = archive.check(member);
                }
            }
        }
    }
}

#[test]
fn bombs_stay_within_the_limits() {
    // A header of many files, of which there are none: 2^63 names.
    let mut header = vec![1, 5, 0xff];
    header.extend((1_u64 << 63).to_le_bytes());
    header.push(0);
    let mut bytes = b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0".to_vec();
    bytes.extend(0_u64.to_le_bytes());
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(header);
    let source = Source::from_bytes("bomb", bytes.into(), Limits::UNTRUSTED).unwrap();
    let archive = source.archive().unwrap().unwrap();
    assert!(matches!(archive.damage().unwrap().kind(), ErrorKind::Malformed(_)));
}
