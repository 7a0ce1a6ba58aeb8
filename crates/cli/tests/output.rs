//! Where output goes: a file in its place, standard output, pipes.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn fixture(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/files").join(file)
}

/// Runs the command in a folder, and writes the file, or the JSON that it is made of, to an output.
fn write(folder: &Path, command: &str, output: &str) -> Output {
    let (input, args): (_, &[&str]) = match command {
        "make" => {
            fs::write(folder.join("in.json"), "[1]").unwrap();
            (folder.join("in.json"), &[])
        }
        "convert" => (fixture("stream.pkl"), &["--to", "pickle"]),
        _ => (fixture("stream.pkl"), &[]),
    };
    let mut run = Command::new(env!("CARGO_BIN_EXE_halfsour"));
    run.arg(command).arg(input).args(args).args(["-o", output]).current_dir(folder);
    run.stdin(Stdio::null()).output().unwrap()
}

const COMMANDS: [&str; 3] = ["convert", "make", "rewrite"];

/// The pickles that a command writes.
fn pickles(folder: &Path, command: &str) -> Vec<u8> {
    let output = write(folder, command, "plain.pkl");
    assert!(output.status.success(), "{command}: {output:?}");
    fs::read(folder.join("plain.pkl")).unwrap()
}

#[test]
fn a_minus_is_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let expected = pickles(folder.path(), command);
        for name in ["-", "/dev/stdout"] {
            let output = write(folder.path(), command, name);
            assert!(output.status.success() && output.stdout == expected, "{command}: {output:?}");
        }
        assert!(!folder.path().join("-").exists());
    }
    let mut convert = Command::new(env!("CARGO_BIN_EXE_halfsour"));
    let output = convert.args(["convert", "--to", "ndjson"]).arg(fixture("stream.pkl")).output().unwrap();
    assert!(output.stdout.starts_with(b"{\"day\":1,"), "{output:?}");
}

#[test]
fn a_link_and_the_rights_of_a_file_stay() {
    for command in COMMANDS {
        let folder = tempfile::tempdir().unwrap();
        let (expected, at) = (pickles(folder.path(), command), |name: &str| folder.path().join(name));
        fs::create_dir(at("there")).unwrap();
        symlink("there/file.pkl", at("link.pkl")).unwrap();
        // The link leads nowhere yet.
        assert!(write(folder.path(), command, "link.pkl").status.success());
        fs::write(at("there/file.pkl"), "old").unwrap();
        fs::set_permissions(at("there/file.pkl"), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(write(folder.path(), command, "link.pkl").status.success());
        assert!(fs::symlink_metadata(at("link.pkl")).unwrap().is_symlink(), "{command}");
        assert_eq!(fs::read(at("there/file.pkl")).unwrap(), expected);
        assert_eq!(fs::metadata(at("there/file.pkl")).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(at("there")).unwrap().count(), 1);
    }
}

#[test]
fn a_pipe_is_written_to() {
    for command in COMMANDS {
        let folder = tempfile::tempdir().unwrap();
        let expected = pickles(folder.path(), command);
        assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
        let reader =
            Command::new("cat").arg(folder.path().join("pipe")).stdout(Stdio::piped()).spawn().unwrap();
        assert!(write(folder.path(), command, "pipe").status.success());
        assert_eq!(reader.wait_with_output().unwrap().stdout, expected, "{command}");
    }
}

/// Nothing is compressed, so that no file is to look as if it were.
#[test]
fn the_extension_of_a_compressed_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let output = write(folder.path(), command, "out.pkl.gz");
        let why = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}: {why}");
        assert!(why.contains("out.pkl.gz: output is not compressed; write out.pkl"), "{why}");
        assert!(!folder.path().join("out.pkl.gz").exists());
    }
}

#[test]
fn a_wrong_output_is_explained() {
    let run = |args: &[&str]| {
        let mut convert = Command::new(env!("CARGO_BIN_EXE_halfsour"));
        let output = convert.arg("convert").arg(fixture("stream.pkl")).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&[]).contains("use --output FILE, or --to FORMAT for standard output"));
    assert!(run(&["-o", "-"]).contains("standard output has no extension: use --to FORMAT"));
    let why = run(&["-o", "out.xlsx"]);
    assert!(
        why.contains("unknown extension; use --to FORMAT, which is one of safetensors, npy, npz"),
        "{why}"
    );
}

#[test]
fn pickles_with_one_memo_are_not_renamed() {
    let mut rewrite = Command::new(env!("CARGO_BIN_EXE_halfsour"));
    let args = ["rewrite", "--rename", "a=b", "--keep-memo", "-o", "-"];
    let output = rewrite.args(args).arg(fixture("stream.pkl")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--keep-memo: pickles that share a memo"));
}
