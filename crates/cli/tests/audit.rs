//! Audits of folders, and baselines in files.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const USER: &[u8] = b"capp\nUser\n.";
const EVIL: &[u8] = b"cos\nsystem\n.";

/// The status of an audit in a folder, and what it prints.
fn audit(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_halfsour"));
    let output = command.arg("audit").args(arguments).current_dir(folder).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

#[test]
fn a_folder_has_a_line_for_each_file_and_a_summary() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for number in 0..500 {
        fs::write(at(&format!("{number:03}.pkl")), b"N.").unwrap();
    }
    fs::write(at("readme.txt"), "Nothing is in it.").unwrap();
    fs::write(at("user.pkl"), USER).unwrap();
    symlink("nowhere", at("link.pkl")).unwrap();
    let (status, text) = audit(folder.path(), &["."]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((status, lines.len()), (3, 508), "{text}");
    assert!(lines[500].starts_with("./link.pkl: incomplete"), "{text}");
    assert!(lines[501].starts_with("  unreadable: ./link.pkl: "), "{text}");
    let summary = "502 files: 500 clean, 1 unknown, 1 incomplete, 0 dangerous; 1 without pickles; policy ";
    assert!(lines[504].starts_with(summary), "{text}");
    let (status, text) = audit(folder.path(), &["--quiet", "--fail-on", "dangerous", "user.pkl", "000.pkl"]);
    assert_eq!((status, text.lines().count()), (0, 2), "{text}");
}

/// What lies elsewhere, and what is no file, is told of, and names that print alike are two files.
#[test]
fn nothing_in_a_folder_is_passed_over_that_a_program_may_open() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("models/below")).unwrap();
    fs::create_dir(at("elsewhere")).unwrap();
    fs::write(at("elsewhere/evil.pkl"), EVIL).unwrap();
    fs::write(at("models/below/clean.pkl"), b"N.").unwrap();
    symlink("below", at("models/same")).unwrap();
    assert_eq!(audit(folder.path(), &["models"]).0, 0);
    symlink("../elsewhere", at("models/link")).unwrap();
    let (status, text) = audit(folder.path(), &["models"]);
    assert!(status == 3 && text.contains("it is a link to a folder elsewhere"), "{text}");
    fs::remove_file(at("models/link")).unwrap();
    let pipe = at("models/pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (status, text) = audit(folder.path(), &["models"]);
    assert!(status == 3 && text.contains("a pipe, a socket or a device"), "{text}");
    fs::remove_file(pipe).unwrap();
    fs::write(at("models/\u{fffd}.pkl"), b"N.").unwrap();
    fs::write(at("models").join(OsStr::from_bytes(b"\xff.pkl")), EVIL).unwrap();
    let (status, text) = audit(folder.path(), &["models"]);
    assert!(status == 4 && text.contains("os:system"), "{text}");
}

#[test]
fn a_folder_without_pickles_is_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::write(folder.path().join("clean.pkl"), b"N.").unwrap();
    let (status, text) = audit(folder.path(), &["--quiet", "empty", "clean.pkl"]);
    assert_eq!((status, &*text), (3, "empty: incomplete\n  no pickle: no file in the folder has pickles\n"));
    assert_eq!(audit(folder.path(), &["."]).0, 0);
}

#[test]
fn what_a_baseline_has_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("user.pkl"), USER).unwrap();
    assert_eq!(audit(folder.path(), &["--write-baseline", "known.toml", "user.pkl"]).0, 0);
    fs::rename(at("user.pkl"), at("moved.pkl")).unwrap();
    let (status, text) = audit(folder.path(), &["--baseline", "known.toml", "moved.pkl"]);
    assert_eq!(status, 0);
    assert!(text.starts_with("moved.pkl: unknown, accepted by the baseline\n"), "{text}");

    // What is dangerous is refused until somebody writes otherwise, and that stays when it is written anew.
    fs::write(at("evil.pkl"), EVIL).unwrap();
    assert_eq!(audit(folder.path(), &["--baseline", "known.toml", "moved.pkl", "evil.pkl"]).0, 4);
    let write = ["--write-baseline", "known.toml", "moved.pkl", "evil.pkl"];
    assert_eq!(audit(folder.path(), &write).0, 4);
    let text = fs::read_to_string(at("known.toml")).unwrap();
    fs::write(at("known.toml"), text.replace("\"refused\"", "\"accepted\"")).unwrap();
    assert_eq!(audit(folder.path(), &write).0, 0);
    let (status, text) = audit(folder.path(), &["--format", "json", "--baseline", "known.toml", "evil.pkl"]);
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &document["verdict"], &document["version"]), (0, &"dangerous".into(), &1.into()));
    assert_eq!(document["files"][0]["parts"][0]["findings"][0]["accepted"], true);

    fs::write(at("known.toml"), "version = 1\n[[finding]]\nrule = 1\n").unwrap();
    let (status, text) = audit(folder.path(), &["--baseline", "known.toml", "evil.pkl"]);
    assert!(status == 2 && text.starts_with("known.toml: line 3: "), "{text}");
}

#[test]
fn options_that_would_have_no_effect_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one.pkl"), b"K\x01.").unwrap();
    for refused in [
        &["--encoding", "latin1"][..],
        &["--int-base", "10"],
        &["--no-fix-imports"],
        &["--keep-memo"],
        &["--limits", "opcodes=1"],
        &["--limits", "trusted,memory=1"],
        &["--limits", "values=1"],
    ] {
        let (status, text) = audit(folder.path(), &[refused, &["one.pkl"]].concat());
        assert!(
            status == 2 && text.starts_with(if refused[0] == "--limits" { "audit" } else { refused[0] }),
            "{text}"
        );
    }
    for (limits, status) in [("trusted", 0), ("input=3,layers=2", 0), ("input=2", 3)] {
        assert_eq!(audit(folder.path(), &["--limits", limits, "one.pkl"]).0, status, "{limits}");
    }
}
