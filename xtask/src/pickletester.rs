//! Loads the streams that CPython's own tests of pickle load, and compares.

use std::path::PathBuf;

use crate::pythons::{ORACLE, Python};
use crate::{Result, shell};

/// The versions of CPython whose tests are run.
const VERSIONS: [&str; 2] = ["3.11", "3.13"];

/// Runs the tests of each version, then halfsour on each stream that they loaded.
pub fn run() -> Result {
    let oracle = oracle()?;
    let mut differing = Vec::new();
    for python in VERSIONS.into_iter().filter_map(Python::find) {
        let streams = shell::target().join(format!("pickletester-{}.jsonl", python.version));
        let said = shell::output(oracle.script("judge.py").arg(&streams).arg(record(&python)?), &[])?;
        print!("pickletester of Python {}: {said}", python.release);
        let compare = ["run", "--quiet", "--release", "--package", "xtask", "--example", "compare", "--"];
        differing.extend(shell::run(shell::cargo(&compare).arg(oracle.int_base()).arg(streams)).err());
    }
    differing.into_iter().next().map_or(Ok(()), Err)
}

/// Makes the fixtures that are a sample of those streams. Needs all versions.
pub fn sample() -> Result {
    let file = shell::root().join("crates/fixtures/data/pickletester.jsonl");
    let mut judge = oracle()?.script("judge.py");
    judge.arg("--sample").arg(file);
    for version in VERSIONS {
        let python = Python::find(version).ok_or_else(|| format!("Python {version} is not installed"))?;
        judge.arg(record(&python)?);
    }
    print!("sample: {}", shell::output(&mut judge, &[])?);
    Ok(())
}

fn oracle() -> Result<Python> {
    Python::find(ORACLE).ok_or_else(|| format!("Python {ORACLE} is not installed").into())
}

/// Runs the tests of a Python, and returns the file with the streams that they loaded.
fn record(python: &Python) -> Result<PathBuf> {
    let recorded = shell::target().join(format!("recorded-{}.jsonl", python.version));
    shell::output(python.script("record.py").arg(&recorded), &[])?;
    Ok(recorded)
}
