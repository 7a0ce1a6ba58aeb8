//! Files that belong to another, logs of transactions, and records that were undone.

use std::fs;
use std::path::PathBuf;

use halfsour_files::{ErrorKind, Limits, Source};

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/databases")).join(name)
}

/// A path in the build's own directory.
fn tempfile(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A file beside counts for the limit, as the file does; and a pipe is none, which would be waited for.
#[test]
fn files_beside_have_the_limit_of_the_file() {
    let folder = tempfile("beside");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    for name in ["log.sqlite", "log.sqlite-wal", "joblib36.pkl", "joblib36.pkl_01.npy"] {
        fs::copy(path(name), folder.join(name)).unwrap();
    }
    for (name, beside) in [("log.sqlite", "log.sqlite-wal"), ("joblib36.pkl", "joblib36.pkl_01.npy")] {
        let length = |name: &str| usize::try_from(fs::metadata(folder.join(name)).unwrap().len()).unwrap();
        let most = length(name) + length(beside);
        let open = |most| Source::open_at_most(folder.join(name), most, Limits::UNTRUSTED);
        assert!(open(most).is_ok(), "{name}");
        let error = open(most - 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io(std::io::ErrorKind::FileTooLarge), "{name}");
    }
    #[cfg(unix)]
    {
        let pipe = folder.join("joblib36.pkl_01.npy");
        fs::remove_file(&pipe).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(Source::open(folder.join("joblib36.pkl"), Limits::UNTRUSTED).is_ok());
    }
    fs::remove_dir_all(&folder).unwrap();
}

/// joblib checks the length that the header states.
#[test]
fn old_compressed_files_have_their_length() {
    let whole = fs::read(path("joblib36.z")).unwrap();
    let wrong = [b"ZF0x2e5", &whole[7..]].concat();
    let error = Source::from_bytes("wrong", wrong.into(), Limits::UNTRUSTED).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed("the data is not as long as the header says"));
}

/// A log of transactions that make a database of SQLite shorter and longer again in turn.
#[test]
fn the_log_is_taken_in_one_go() {
    const PAGE: usize = 512;
    let checksum = |sum: (u32, u32), bytes: &[u8]| {
        bytes.chunks(8).fold(sum, |(first, second), pair| {
            let [one, two] = [0, 4].map(|at| u32::from_be_bytes(pair[at..at + 4].try_into().unwrap()));
            let first = first.wrapping_add(one).wrapping_add(second);
            (first, second.wrapping_add(two).wrapping_add(first))
        })
    };
    let mut base = vec![7; 4 * PAGE];
    base[..16].copy_from_slice(b"SQLite format 3\0");
    let mut log = [0x377f_0683u32, 3_007_000, 512, 0, 1, 2].map(u32::to_be_bytes).concat();
    let mut sum = checksum((0, 0), &log);
    log.extend([sum.0, sum.1].map(u32::to_be_bytes).concat());
    // The page, the size of the database, and the byte that fills the page.
    let mut frame = |page: u32, size: u32, byte: u8| {
        let head = [page, size].map(u32::to_be_bytes).concat();
        let data = [byte; PAGE];
        sum = checksum(checksum(sum, &head), &data);
        log.extend(head);
        log.extend([1u32, 2, sum.0, sum.1].map(u32::to_be_bytes).concat());
        log.extend(data);
    };
    frame(3, 4, 3);
    frame(2, 2, 2);
    // Pages that were cut off are empty when there is room again.
    frame(4, 4, 4);
    let folder = tempfile("settled");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    let file = folder.join("short.sqlite");
    fs::write(&file, &base).unwrap();
    fs::write(folder.join("short.sqlite-wal"), &log).unwrap();
    let source = Source::open(&file, Limits::UNTRUSTED).unwrap();
    let pages: Vec<u8> = source.bytes().chunks(PAGE).map(|page| page[PAGE - 1]).collect();
    assert_eq!(pages, [7, 2, 0, 4]);
    // Each of many transactions clears a large database: that takes no time.
    let mut frame = |page: u32, size: u32| {
        let head = [page, size].map(u32::to_be_bytes).concat();
        let data = [1; PAGE];
        sum = checksum(checksum(sum, &head), &data);
        log.extend(head);
        log.extend([1u32, 2, sum.0, sum.1].map(u32::to_be_bytes).concat());
        log.extend(data);
    };
    for _ in 0..5_000 {
        frame(1, 5_000);
        frame(1, 1);
    }
    fs::write(folder.join("short.sqlite-wal"), &log).unwrap();
    let time = std::time::Instant::now();
    assert!(Source::open(&file, Limits::UNTRUSTED).is_ok());
    assert!(time.elapsed().as_secs() < 10, "{:?}", time.elapsed());
    fs::remove_dir_all(&folder).unwrap();
}

/// Records of a transaction that was undone are beside the members, so that who looks for all that was stored finds them.
#[test]
fn records_that_were_undone_are_aside() {
    let whole = fs::read(path("Data.fs")).unwrap();
    let names = |bytes: &[u8], aside: bool| {
        let source = Source::from_bytes("Data.fs", bytes.to_vec().into(), Limits::UNTRUSTED).unwrap();
        let archive = source.archive().unwrap().unwrap();
        let all = if aside { archive.orphans() } else { archive.members().to_vec() };
        all.into_iter().map(|member| member.name).collect::<Vec<_>>()
    };
    // The last transaction brought back the jar.
    let mut last = 4;
    let mut at = 4;
    while at < whole.len() {
        last = at;
        at += usize::try_from(u64::from_be_bytes(whole[at + 8..at + 16].try_into().unwrap())).unwrap() + 8;
    }
    let mut undone = whole.clone();
    undone[last + 16] = b'u';
    let mut all = [names(&whole, false), names(&whole, true)].concat();
    let mut after = [names(&undone, false), names(&undone, true)].concat();
    assert!(names(&undone, true).len() >= names(&whole, true).len());
    for names in [&mut all, &mut after] {
        for name in names.iter_mut() {
            *name = name.split('@').next().unwrap().to_owned();
        }
        names.sort();
    }
    assert_eq!(all, after);
}
