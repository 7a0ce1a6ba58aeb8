//! Databases of which a record is damaged, as each command reads them: the others are there, and the exit status is 1.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A shelf of two values, of which the second has another first byte than a pickle.
fn shelf() -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("records-shelf.dat");
    fs::write(&place, b"\x80\x04]\x94(K\x01K\x02e.\x00\x04K\x03.").unwrap();
    fs::write(place.with_extension("dir"), "'good', (0, 11)\n'bad', (11, 5)\n").unwrap();
    place
}

/// Runs the command: its status, what it prints, and what it complains about.
fn halfsour(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_halfsour")).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_damaged_record_is_told_by_every_command() {
    let shelf = shelf();
    let name = shelf.to_str().unwrap();
    let told = format!("{name}:bad: it is no pickle, though other records are");
    for (args, shown) in [
        (&["json", name][..], "[1,2]"),
        (&["show", name], "[1, 2]"),
        (&["get", name, "[1]"], "2"),
        (&["find", name, "2"], "[1]"),
        (&["info", name], "good: 11 bytes"),
        (&["size", name], "good"),
    ] {
        let (status, document, complaint) = halfsour(args);
        assert_eq!(status, 1, "{args:?}");
        assert!(document.contains(shown), "{args:?}: {document}");
        assert!(complaint.contains(&told), "{args:?}: {complaint}");
    }
    let out = shelf.with_extension("ndjson");
    let _ = fs::remove_file(&out);
    let target = out.to_str().unwrap();
    let (status, _, complaint) = halfsour(&["convert", name, "-o", target]);
    assert_eq!((status, out.exists()), (1, false), "{complaint}");
    assert!(complaint.contains(&told), "{complaint}");
    let (status, _, complaint) = halfsour(&["convert", name, "--partial", "-o", target]);
    assert_eq!((status, fs::read_to_string(&out).unwrap().as_str()), (0, "1\n2\n"));
    assert!(complaint.contains(&format!("left out: {told}")), "{complaint}");
}

/// What advises an option names one that the command has.
#[test]
fn convert_does_not_advise_what_it_has_not() {
    let file = shelf().with_extension("cycle.pkl");
    fs::write(&file, b"\x80\x02]q\x00h\x00a.").unwrap();
    let (status, _, complaint) = halfsour(&["convert", file.to_str().unwrap(), "--to", "json"]);
    assert_eq!(status, 1);
    assert!(complaint.contains("`halfsour json` can, with `--cycles ref`"), "{complaint}");
    assert!(!complaint.contains("try `--cycles"), "{complaint}");
}
