//! Output that nobody reads to its end.

use std::process::{Command, Stdio};

/// The status of an audit is its verdict, also where the reader of the report has gone, as `grep -q` does.
#[test]
fn an_audit_keeps_its_verdict_without_a_reader() {
    for format in ["text", "json", "sarif"] {
        for (file, status) in [("evil.pkl", 4), ("stream.pkl", 0), ("cut.pkl.gz", 3)] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_halfsour"))
                .args(["audit", "--format", format, file])
                .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files"))
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            assert_eq!(child.wait().unwrap().code(), Some(status), "{format} {file}");
        }
    }
}
