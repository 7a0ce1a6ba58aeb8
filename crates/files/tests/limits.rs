//! Input that is meant to cost more than it should.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use halfsour_files::{ErrorKind, Format, Limit, Limits, Npy, Source};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn open(bytes: Vec<u8>, limits: Limits) -> Result<Source, ErrorKind> {
    Source::from_bytes("input", bytes.into(), limits).map_err(|error| error.kind())
}

/// What it says, and how many bytes were held at most while it was found out.
fn refused(bytes: Vec<u8>, limits: Limits) -> (ErrorKind, u64) {
    let mut kind = None;
    let spent = allocation_counter::measure(|| kind = open(bytes, limits).err());
    (kind.expect("it is refused"), spent.bytes_max)
}

const MIB: usize = 1 << 20;

#[test]
fn bombs() {
    let zeros = vec![0; 64 * MIB];
    let (kind, held) = refused(gzip(&zeros), Limits::UNTRUSTED);
    assert_eq!(kind, ErrorKind::Limit(Limit::Ratio));
    assert!(held < 100 * MIB as u64, "{held}"); // growing, it is there twice
    assert_eq!(open(gzip(&zeros), Limits::TRUSTED).unwrap().bytes().len(), zeros.len());
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    encoder.write_all(&zeros).unwrap();
    assert_eq!(refused(encoder.finish().unwrap(), Limits::UNTRUSTED).0, ErrorKind::Limit(Limit::Ratio));
    // What is spent is spent for all layers and members together.
    let limits = Limits::UNTRUSTED.with_total(3 * MIB as u64);
    assert!(open(gzip(&zeros[..MIB]), limits).is_ok());
    assert_eq!(refused(gzip(&zeros[..4 * MIB]), limits).0, ErrorKind::Limit(Limit::Total));
}

#[test]
fn depth() {
    let mut bytes = b"\x80\x04N.".to_vec();
    for layers in 1..=20 {
        bytes = gzip(&bytes);
        match open(bytes.clone(), Limits::UNTRUSTED) {
            Ok(source) => assert_eq!((source.layers().len(), layers <= 8), (layers, true)),
            Err(kind) => assert_eq!((kind, layers > 8), (ErrorKind::Limit(Limit::Depth), true)),
        }
    }
    // A zip that holds a zip that holds …
    let mut bytes = zip(&[(0, b"\x80\x04N.".to_vec())], 1);
    for _ in 0..20 {
        bytes = zip(&[(0, bytes)], 1);
    }
    let last = open(bytes, Limits::UNTRUSTED).unwrap().leaves().last().unwrap();
    assert_eq!(last.unwrap_err().kind(), ErrorKind::Limit(Limit::Depth));
}

/// A zip of members by method and data, each of which the directory lists several times.
fn zip(members: &[(u16, Vec<u8>)], times: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (method, data) in members {
        let header = u32::try_from(bytes.len()).unwrap();
        let length = u32::try_from(data.len()).unwrap();
        // Of a compressed member, the size is not known here, and the sizes are believed nowhere.
        let size = if *method == 0 { length } else { u32::try_from(MIB).unwrap() };
        let fields =
            [&method.to_le_bytes()[..], &[0; 8], &length.to_le_bytes(), &size.to_le_bytes(), &[1, 0, 0, 0]]
                .concat();
        bytes.extend([b"PK\x03\x04\x14\0\0\0", &fields[..], b"m", data].concat());
        let entry =
            [b"PK\x01\x02\x14\0\x14\0\0\0", &fields[..], &[0; 10], &header.to_le_bytes(), b"m"].concat();
        directory.extend(entry.repeat(times.into()));
    }
    let count = (u16::try_from(members.len()).unwrap() * times).to_le_bytes();
    let place = [directory.len(), bytes.len()].map(|place| u32::try_from(place).unwrap().to_le_bytes());
    let end = [b"PK\x05\x06\0\0\0\0", &count[..], &count, &place[0], &place[1], &[0, 0]].concat();
    [bytes, directory, end].concat()
}

#[test]
fn members_that_lie_in_each_other() {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; MIB]).unwrap();
    let bytes = zip(&[(8, encoder.finish().unwrap())], 1000);
    let source = open(bytes, Limits::UNTRUSTED.with_total(10 * MIB as u64)).unwrap();
    let archive = source.archive().unwrap().unwrap();
    assert_eq!((archive.members().len(), archive.damage().is_none()), (1000, true));
    let results: Vec<_> = source.leaves().collect();
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 10);
    let last = results.last().unwrap().as_ref().unwrap_err();
    assert_eq!(last.kind(), ErrorKind::Limit(Limit::Total));
    assert_eq!(last.to_string(), "input:m: zip: the data decompresses to more than the limit");
}

#[test]
fn what_is_declared_is_not_believed() {
    // Dictionaries and windows of gigabytes.
    let lzma = [&b"\x5d\0\0\xff\xff"[..], &[0xff; 8], &[0; 100]].concat();
    let zstd = [&b"\x28\xb5\x2f\xfd\0\xa0"[..], &[0; 100]].concat();
    for bytes in [lzma, zstd] {
        let (kind, held) = refused(bytes, Limits::UNTRUSTED);
        assert!(matches!(kind, ErrorKind::Unsupported(_)), "{kind}");
        assert!(held < MIB as u64, "{held}");
    }
    // A length of gigabytes.
    let lzma = [&b"\x5d\0\0\x80\0"[..], &0xff_ffff_ffff_u64.to_le_bytes(), &[0; 100]].concat();
    assert!(refused(lzma, Limits::UNTRUSTED).1 < 20 * MIB as u64);
    assert_eq!(Npy::parse(b"\x93NUMPY\x02\0\xff\xff\xff\xff{}"), Err(ErrorKind::Truncated));
    // More members than there can be, and a directory beyond the end.
    for end in [
        *b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0",
        *b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\x7f\0\0",
    ] {
        let source = open(end.to_vec(), Limits::UNTRUSTED).unwrap();
        let archive = source.archive().unwrap().unwrap();
        assert_eq!((archive.members().len(), archive.damage().is_some()), (0, true));
    }
    // A header of a literal that nests.
    let mut npy = b"\x93NUMPY\x02\0\0\0\x10\0".to_vec();
    npy.resize(12 + MIB, b'(');
    assert!(Npy::parse(&npy).is_err());
}

/// Of a long text, only the beginning is decoded before it is known what it is.
#[test]
fn long_texts_are_not_decoded_in_vain() {
    const LONG: usize = 17 * MIB;
    let long = |head: &str, piece: &str, end: &str| {
        [head.as_bytes(), &piece.as_bytes().repeat(LONG / piece.len()), end.as_bytes()].concat()
    };
    let vain = [
        long("", "81", ""),
        long("0x28", "0a", ""),
        long("", "\\x41", ""),
        long("b'", "\\'", "'"),
        long("(", "'a'\n", ")"),
        long("\"", "\\\\", ""),
        long("", "A", ""),
        long("!(", "I", "."),
        long("b'\\x80\\x04", "\\", "'"),
    ];
    for text in vain {
        let head = text[..8].escape_ascii().to_string();
        let text = bytes::Bytes::from(text);
        let spent = allocation_counter::measure(|| assert_eq!(Format::of(&text), Format::Pickle, "{head}"));
        assert!(spent.bytes_max < MIB as u64, "{head}: {}", spent.bytes_max);
    }
    // A pickle of many bytes, as text.
    let texts = [
        (Format::Hex, long("80044200001001", "41", "2e")),
        (Format::Escaped, long("b'\\x80\\x04B\\x00\\x00\\x10\\x01", "A", ".'")),
        (Format::Escaped, long("\\x80\\x04B\\x00\\x00\\x10\\x01", "\\x41", ".")),
    ];
    for (format, text) in texts {
        assert_eq!(Format::of(&text), format);
    }
}

#[cfg(all(feature = "map", target_pointer_width = "64"))]
#[test]
fn large_files_are_mapped() {
    let path = std::env::temp_dir().join(format!("halfsour-map-{}", std::process::id()));
    let file = std::fs::File::create(&path).unwrap();
    // Sparse: a `bytes` of four GiB, of which nothing is on the disk.
    let length = 4 << 30_u64;
    (&file).write_all(&[&b"\x80\x04\x8e"[..], &u64::to_le_bytes(length)].concat()).unwrap();
    file.set_len(11 + length).unwrap();
    let mut end = &file;
    std::io::Seek::seek(&mut end, std::io::SeekFrom::End(0)).unwrap();
    end.write_all(b".").unwrap();
    let spent = allocation_counter::measure(|| {
        let source = Source::open(&path, Limits::UNTRUSTED).unwrap();
        let graph = source.pickles().load_next(&mut halfsour_vm::Loader::new()).unwrap().unwrap();
        assert_eq!(graph.root().len().map(|length| length as u64), Some(length));
    });
    std::fs::remove_file(&path).unwrap();
    assert!(spent.bytes_max < 10_000, "{}", spent.bytes_max);
}

/// Returns what is wrong with an archive, and how many bytes were held at most while it was listed.
fn listed(bytes: Vec<u8>) -> (Option<ErrorKind>, usize, u64) {
    let source = open(bytes, Limits::UNTRUSTED).unwrap();
    let mut result = (None, 0);
    let spent = allocation_counter::measure(|| {
        let archive = source.archive().unwrap().unwrap();
        result = (archive.damage().map(|error| error.kind()), archive.members().len());
    });
    (result.0, result.1, spent.bytes_max)
}

/// A database of gdbm with these slots in one bucket, whose directory names it once, and then what is said.
fn gdbm(bucket_size: u32, slots: u32, buckets: &[u32], slot: &[u32; 5], length: usize) -> Vec<u8> {
    let mut words =
        vec![0x1357_9ace, 4096, 36, 4 * u32::try_from(buckets.len()).unwrap(), 0, bucket_size, slots, 0, 0];
    words.extend(buckets);
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.resize(length, 0);
    for bucket in buckets {
        for number in 0..slots as usize {
            let at = *bucket as usize + 60 + 20 * number;
            for (field, word) in slot.iter().enumerate() {
                let at = at + 4 * field;
                if let Some(place) = bytes.get_mut(at..at + 4) {
                    place.copy_from_slice(&word.to_le_bytes());
                }
            }
        }
    }
    bytes
}

/// Entries of a database may all name one place, with a long key.
#[test]
fn keys_that_lie_in_each_other() {
    const LENGTH: usize = 1 << 18;
    const PAGE: usize = 1 << 16;
    const PAGES: usize = 3;
    // A hash, the beginning of the key, its place, and the lengths of the key and of the value.
    let slot = |key: u32, value: u32| [1, 0, 0, key, value];
    // 2,000 keys of 200 KB.
    let whole = gdbm(40_060, 2_000, &[1024], &slot(200_000, 1), LENGTH);
    let (damage, members, held) = listed(whole);
    assert_eq!(damage, Some(ErrorKind::Limit(Limit::Total)));
    assert!(members < 2_000 && held < 300 * MIB as u64, "{members} {held}");
    // Slots beyond the bucket, and buckets in each other.
    let invalid = ErrorKind::Malformed("the directory of the database is invalid");
    assert_eq!(listed(gdbm(4096, 2_000, &[1024], &slot(1, 1), LENGTH)).0, Some(invalid));
    assert_eq!(listed(gdbm(4096, 100, &[1024, 1044], &slot(1, 1), LENGTH)).0, Some(invalid));
    let (damage, members, _) = listed(gdbm(4096, 100, &[1024, 5120], &slot(1, 1), LENGTH));
    assert_eq!((damage, members), (None, 200));

    // A B-tree of Berkeley DB, on each page of which all items are one.
    let mut bytes = vec![0; PAGE];
    for (at, word) in [(12, 0x0005_3162_u32), (16, 9), (20, 1 << 16), (32, 2)] {
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    for _ in 1..PAGES {
        let (count, item) = (12_000_u16, 40_000_u16);
        let mut page = vec![0; PAGE];
        page[20..22].copy_from_slice(&count.to_le_bytes());
        page[25] = 5;
        for index in 0..usize::from(count) {
            page[26 + 2 * index..28 + 2 * index].copy_from_slice(&item.to_le_bytes());
        }
        let item = usize::from(item);
        page[item..item + 2].copy_from_slice(&25_000_u16.to_le_bytes());
        page[item + 2] = 1;
        bytes.extend(page);
    }
    let (damage, members, held) = listed(bytes);
    assert_eq!(damage, Some(ErrorKind::Limit(Limit::Total)));
    assert!(members < 12_000 && held < 300 * MIB as u64, "{members} {held}");
}

/// An index of Ren'Py may name one list for many members, and one name for many pieces.
#[test]
fn pieces_of_one_name_are_limited() {
    let name = MIB / 2;
    // {name: [(0, 1)] * 2 ** 11}, of which the list is made of lists that are shared.
    let mut pickle = b"\x80\x02}(X".to_vec();
    pickle.extend(u32::try_from(name).unwrap().to_le_bytes());
    pickle.extend(vec![b'a'; name]);
    pickle.extend(b"](K\0K\x01\x86q\0");
    pickle.extend(b"h\0".repeat(2047));
    pickle.extend(b"eu.");
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&pickle).unwrap();
    let file = [&b"RPA-2.0 0000000000000019\n"[..], &zlib.finish().unwrap()].concat();
    let (damage, members, held) = listed(file);
    assert_eq!(damage, Some(ErrorKind::Limit(Limit::Total)));
    assert!(members < 2048 && held < 200 * MIB as u64, "{members} {held}");
}

/// Members that are slices cost nothing, but all that read them: an archive whose members are all the whole of it is limited.
#[test]
fn slices_that_lie_in_each_other() {
    let pickle = [b"\x80\x04B", &u32::try_from(MIB).unwrap().to_le_bytes()[..], &vec![0; MIB], b"."].concat();
    let whole = zip(&[(0, pickle.clone())], 1000);
    let source = open(whole, Limits::UNTRUSTED).unwrap();
    let archive = source.archive().unwrap().unwrap();
    assert!(archive.members().len() < 400, "{}", archive.members().len());
    assert_eq!(archive.damage().unwrap().kind(), ErrorKind::Limit(Limit::Total));
    // A few are nothing.
    let source = open(zip(&[(0, pickle)], 20), Limits::UNTRUSTED).unwrap();
    let archive = source.archive().unwrap().unwrap();
    assert_eq!((archive.members().len(), archive.damage().is_none()), (20, true));
}

/// Looking for the place of the next pickle takes no time, however many there are.
#[test]
fn many_pickles_with_their_lengths() {
    let bytes = b"\x04\0\0\0\x80\x02N.".repeat(50_000);
    let source = open(bytes, Limits::UNTRUSTED).unwrap();
    let time = std::time::Instant::now();
    let mut pickles = source.pickles();
    let mut count = 0;
    while let Some(part) = pickles.part() {
        count += 1;
        pickles.pass(part.end);
    }
    assert_eq!(count, 50_000);
    assert!(time.elapsed().as_secs() < 5, "{:?}", time.elapsed());
}
