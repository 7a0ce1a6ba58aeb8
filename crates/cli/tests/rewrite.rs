//! `halfsour rewrite`: what is in the files that it writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use halfsour::Loader;
use halfsour::vm::from_slice;

fn fixture(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(file)
}

/// What the command prints, or its complaint.
fn halfsour(args: &[&str], file: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_halfsour")).args(args).arg(file).output().unwrap();
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8(output.stderr).unwrap()) }
}

/// The file that is written with these options, and what `command` prints of it.
fn of_new(file: &Path, options: &[&str], command: &[&str]) -> (Vec<u8>, String) {
    let folder = tempfile::tempdir().unwrap();
    let new = folder.path().join("new");
    let written = halfsour(&[&["rewrite"], options].concat(), file).unwrap();
    fs::write(&new, &written).unwrap();
    (written, String::from_utf8(halfsour(command, &new).unwrap()).unwrap())
}

const WAYS: [&[&str]; 5] = [
    &[],
    &["--optimize"],
    &["--protocol", "2"],
    &["--protocol", "5"],
    &["--for", "numpy1", "--protocol", "4"],
];

#[test]
fn arrays_of_joblib_stay() {
    for name in ["files/array.joblib", "files/array.p2.joblib"] {
        let expected = String::from_utf8(halfsour(&["json"], &fixture(name)).unwrap()).unwrap();
        for way in WAYS {
            let (written, json) = of_new(&fixture(name), way, &["json"]);
            assert_eq!(json, expected, "{name}: {way:?}");
            assert!(from_slice(&written).is_ok(), "{name}: {way:?}");
        }
    }
}

/// What is not a pickle is as it was.
#[test]
fn storages_of_torch_and_heads_of_numpy_stay() {
    let files = [("files/legacy.pt", "tensors"), ("files/objects.npy", "json"), ("files/frames.bin", "json")];
    for (name, command) in files {
        let file = fs::read(fixture(name)).unwrap();
        let shown = |text: &str| text.replace(&*fixture(name).to_string_lossy(), "");
        let expected = shown(&String::from_utf8(halfsour(&[command], &fixture(name)).unwrap()).unwrap());
        for way in WAYS {
            let (_, again) = of_new(&fixture(name), way, &[command]);
            assert_eq!(shown(&again).lines().count(), expected.lines().count(), "{name}: {way:?}");
            if command == "json" {
                assert_eq!(again, expected, "{name}: {way:?}");
            }
        }
        let (same, _) = of_new(&fixture(name), &["--rename", "no.such=name"], &[command]);
        assert!(same == file, "{name}");
    }
    let (renamed, _) =
        of_new(&fixture("files/legacy.pt"), &["--rename", "collections=kollections"], &["info"]);
    let file = fs::read(fixture("files/legacy.pt")).unwrap();
    let at = file.windows(11).position(|part| part == b"collections").unwrap();
    assert!(renamed[..at] == file[..at] && renamed[at..].starts_with(b"kollections"));
    assert!(renamed[at + 11..] == file[at + 11..]);
}

/// Numbered slots are the same to a reader with one memo for all, and to one with a memo for each.
#[test]
fn pickles_with_one_memo_become_pickles_of_their_own() {
    // `x = ['x']` and `y = ['y']`; then `[x]`, `[y, x]`.
    let file = b"\x80\x04]\x94]\x94\x8c\x01x\x94aa.\x80\x04]\x94(]\x94\x8c\x01y\x94ah\x01e.";
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    fs::write(&old, file).unwrap();
    for way in [&[][..], &["--optimize"], &["--protocol", "4"], &["--protocol", "2"], &["--protocol", "0"]] {
        let args = [&["rewrite", "--keep-memo"], way].concat();
        check_memo(&halfsour(&args, &old).unwrap(), &args);
    }
    let args = ["convert", "--keep-memo", "--to", "pickle", "--protocol", "4"];
    check_memo(&halfsour(&args, &old).unwrap(), &args);
}

fn check_memo(written: &[u8], way: &[&str]) {
    for keeps_memo in [false, true] {
        let mut loader = Loader::new();
        loader.options_mut().keep_memo = keeps_memo;
        let first = loader.load_at(written, 0).unwrap();
        let second = loader.load_at(written, first.end()).unwrap();
        let shown = [first.root().to_string(), second.root().to_string()];
        assert_eq!(shown, ["[['x']]", "[['y'], ['x']]"], "{way:?}: {written:?}");
    }
}

#[test]
fn lossless_json_does_not_lose_storages() {
    for name in ["files/legacy.pt", "files/torch.pt"] {
        let why = halfsour(&["json", "--lossless"], &fixture(name)).unwrap_err();
        assert!(why.contains("storages of its tensors"), "{why}");
    }
    let args = ["json", "--lossless", "--member", "data.pkl"];
    assert!(halfsour(&args, &fixture("files/torch.pt")).is_ok());
    assert!(halfsour(&["json"], &fixture("files/legacy.pt")).is_ok());
}

/// As deep as Python's own limit lets a pickle be, and no deeper than the stack.
#[test]
fn deep_documents_become_pickles() {
    let folder = tempfile::tempdir().unwrap();
    let (old, json) = (folder.path().join("old"), folder.path().join("json"));
    let (many, tuples) = (1000, b"\x80\x02K\x01".to_vec());
    let tuples = [tuples, vec![b'\x85'; many], b".".to_vec()].concat();
    let lists = [b"\x80\x02".to_vec(), vec![b']'; many], vec![b'a'; many - 1], b".".to_vec()].concat();
    for pickle in [tuples, lists] {
        fs::write(&old, &pickle).unwrap();
        fs::write(&json, halfsour(&["json", "--lossless"], &old).unwrap()).unwrap();
        let made = halfsour(&["make"], &json).unwrap();
        let shown = |pickle: &[u8]| from_slice(pickle).unwrap().root().to_string();
        assert!(shown(&made) == shown(&pickle));
    }
    for tag in ["[", "{\"@persid\":", "{\"@datetime\":\"2024-01-01T00:00:00\",\"tz\":", "{\"@call\":"] {
        for count in [4900, 100_000] {
            fs::write(&json, format!("{{\"@pickle\":4,\"value\":{}", tag.repeat(count))).unwrap();
            assert!(halfsour(&["make"], &json).unwrap_err().contains(" at line 1 "), "{tag}");
        }
    }
}
