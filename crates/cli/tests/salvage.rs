//! `--salvage`: what was complete of files that are cut off or damaged, as each command gives it, and the exit status.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn fixture(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/files").join(file)
}

/// A file for the test of this name.
fn scratch(test: &str, file: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("salvage-{test}"));
    fs::create_dir_all(&directory).unwrap();
    directory.join(file)
}

/// A file with some of the bytes of a fixture.
fn cut(test: &str, of: &str, bytes: usize) -> PathBuf {
    let file = scratch(test, of);
    fs::write(&file, &fs::read(fixture(of)).unwrap()[..bytes]).unwrap();
    file
}

/// Runs the command: its status, what it prints, and what it complains about.
fn halfsour(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_halfsour")).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_pickle_that_is_cut_off() {
    let file = cut("cut", "rows.pkl", 3000);
    let missing = "3,000 bytes are there, and at least 4,133 are wanted; unfinished: [110].name";
    let (status, document, complaint) = halfsour(&["json", "--salvage", name(&file)]);
    assert_eq!(status, 1);
    assert!(complaint.contains(missing) && !complaint.contains("3,000 of"), "{complaint}");
    let rows: Vec<Value> = serde_json::from_str(&document).unwrap();
    assert_eq!(rows.len(), 111);
    assert_eq!(rows[109], json!({"id": 109, "name": "73907f514a11605"}));
    assert_eq!(rows[110]["id"], 110);
    assert_eq!(rows[110]["name"]["@class"], "halfsour.Unfinished");
    let (status, shown, complaint) = halfsour(&["show", "--salvage", "--full", name(&file)]);
    assert_eq!(status, 1);
    assert!(
        shown.contains("{'id': 109, 'name': '73907f514a11605'}") && shown.contains("halfsour.Unfinished")
    );
    assert!(complaint.contains(missing));
    let got = halfsour(&["get", "--salvage", "--raw", name(&file), "[109].name"]);
    assert_eq!((got.0, got.1.as_str()), (1, "73907f514a11605\n"));
    assert!(got.2.contains(missing));
    // Without the option, nothing is printed; a whole file is as without it.
    for command in ["show", "json"] {
        let (status, printed, _) = halfsour(&[command, name(&file)]);
        assert_eq!((status, printed.as_str()), (1, ""));
        let whole = fixture("rows.pkl");
        assert_eq!(halfsour(&[command, "--salvage", name(&whole)]), halfsour(&[command, name(&whole)]));
    }
}

#[test]
fn tables_have_the_rows_that_were_complete() {
    let file = cut("tables", "rows.pkl", 3000);
    let convert = |extension: &str| {
        let out = scratch("tables", &format!("out.{extension}"));
        let (status, _, complaint) = halfsour(&["convert", "--salvage", name(&file), "-o", name(&out)]);
        assert_eq!(status, 1);
        assert!(complaint.contains("unfinished: [110].name"), "{complaint}");
        fs::read(out).unwrap()
    };
    for extension in ["csv", "ndjson"] {
        let text = String::from_utf8(convert(extension)).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), if extension == "csv" { 111 } else { 110 });
        assert!(lines.last().unwrap().contains("73907f514a11605"), "{text}");
    }
    // A pickle of it can be loaded.
    convert("pkl");
    let (status, rows, _) = halfsour(&["json", name(&scratch("tables", "out.pkl"))]);
    assert_eq!((status, serde_json::from_str::<Vec<Value>>(&rows).unwrap().len()), (0, 110));
    let document: Vec<Value> = serde_json::from_slice(&convert("json")).unwrap();
    assert_eq!(document.len(), 111);
    // Without the option, no file is written.
    let out = scratch("tables", "none.csv");
    assert_eq!(halfsour(&["convert", name(&file), "-o", name(&out)]).0, 1);
    assert!(!out.exists());
}

#[test]
fn a_table_within_the_data() {
    // {'rows': [{'a': 1}, {'a': 2}, {'a': …
    let file = scratch("within", "rows.pkl");
    fs::write(&file, b"\x80\x02}X\x04\0\0\0rows](}X\x01\0\0\0aK\x01s}X\x01\0\0\0aK\x02s}X\x01\0\0\0a")
        .unwrap();
    let out = scratch("within", "rows.csv");
    let (status, ..) = halfsour(&["convert", "--salvage", name(&file), "rows", "-o", name(&out)]);
    assert_eq!((status, fs::read_to_string(out).unwrap().as_str()), (1, "a\n1\n2\n"));
    // What is unfinished itself is no table.
    let out = scratch("within", "none.csv");
    let (status, _, complaint) =
        halfsour(&["convert", "--salvage", name(&file), "rows[2].a", "-o", name(&out)]);
    assert!(status == 1 && complaint.contains("it is unfinished") && !out.exists(), "{complaint}");
}

#[test]
fn arrays_that_were_complete() {
    let (whole, file) = (scratch("arrays", "whole.pkl"), scratch("arrays", "cut.pkl"));
    assert_eq!(halfsour(&["convert", "--partial", name(&fixture("arrays.npz")), "-o", name(&whole)]).0, 0);
    let names = |file: &Path, option: &str| {
        let (status, list, complaint) = halfsour(&["tensors", "--json", option, name(file)]);
        let list: Value = serde_json::from_str(&list).unwrap();
        let names: Vec<_> = list.as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
        (status, names, complaint)
    };
    let (status, all, _) = names(&whole, "--first");
    assert!(status == 0 && all.len() > 1);
    let bytes = fs::read(&whole).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 30]).unwrap();
    let (status, some, complaint) = names(&file, "--salvage");
    assert_eq!((status, &some[..]), (1, &all[..all.len() - 1]));
    assert!(complaint.contains("unfinished: "), "{complaint}");
    // The archive itself, cut off within the last array.
    let archive = fs::read(fixture("arrays.npz")).unwrap();
    let directory = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let (file, out) = (scratch("arrays", "cut.npz"), scratch("arrays", "out.npz"));
    fs::write(&file, &archive[..directory - 4]).unwrap();
    let (status, _, complaint) = halfsour(&["convert", "--salvage", name(&file), "-o", name(&out)]);
    assert!(status == 1 && complaint.contains("the data ends early"), "{complaint}");
    let (status, list, _) = halfsour(&["json", name(&out)]);
    assert_eq!(status, 0);
    // The array of objects is in the pickle only.
    assert!(complaint.contains("left out: objects: of objects"), "{complaint}");
    assert_eq!(serde_json::from_str::<serde_json::Map<_, _>>(&list).unwrap().len(), all.len() - 2);
}

#[test]
fn compressed_files_that_are_cut_off() {
    for (file, rows) in
        [("cut.pkl.gz", 101), ("cut.pkl.z", 101), ("cut.pkl.xz", 97), ("cut.pkl.lzma", 96), ("cut.zip", 104)]
    {
        let file = fixture(file);
        let (status, document, complaint) = halfsour(&["json", "--salvage", name(&file)]);
        assert_eq!(status, 1);
        assert_eq!(serde_json::from_str::<Vec<Value>>(&document).unwrap().len(), rows, "{file:?}");
        assert!(complaint.contains("the data ends early; 2,"), "{complaint}");
        assert!(complaint.contains("could be decompressed, and what follows them is missing"), "{complaint}");
        assert!(complaint.contains("are there, and at least 4,133 are wanted"), "{complaint}");
        let (status, document, _) = halfsour(&["json", name(&file)]);
        assert_eq!((status, document.as_str()), (1, ""));
    }
}

/// The zeros of a part that was never written are no data.
#[test]
fn holes_of_zeros() {
    let file = scratch("zeros", "holed.pkl");
    // [{'id': 0, 'name': …}, …], whose id 100 was in the hole.
    let mut bytes = fs::read(fixture("rows.pkl")).unwrap();
    let at = bytes.windows(4).position(|bytes| bytes == b"K\x64h\x03").unwrap();
    bytes[at + 1..at + 400].fill(0);
    fs::write(&file, &bytes).unwrap();
    let (status, got, complaint) = halfsour(&["get", "--salvage", "--json", name(&file), "[-2:]"]);
    assert_eq!(status, 1);
    let rows: Vec<Value> = serde_json::from_str(&got).unwrap();
    assert_eq!(rows[0]["id"], 99);
    assert_eq!(rows[1], json!({"id": {"@class": "halfsour.Unfinished"}}));
    let said = format!("what begins at byte 0x{:x} is not taken for data, since zeros are there", at + 1);
    assert!(complaint.contains(&said), "{complaint}");
}
