//! Runs the examples of the crate halfsour, which are jobs that people have with pickles, and lets Python check what they write.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::pythons::{ORACLE, Python};
use crate::{Result, ci, shell};

/// The examples, without `receive`, which waits for senders: the oracle runs it.
const JOBS: [&str; 9] =
    ["session", "unknown", "shared", "pipeline", "frame", "messages", "gatekeeper", "large", "members"];

/// Runs each example in the directory of outputs, where it writes its pickle, if it writes one.
pub fn run() -> Result {
    let build = ["build", "--quiet", "--workspace", "--examples", "--features"];
    shell::run(shell::cargo(&build).arg(ci::features()?))?;
    let outputs = shell::target().join("jobs");
    fs::create_dir_all(&outputs)?;
    for job in JOBS {
        let program = shell::target().join("debug/examples").join(format!("{job}{EXE_SUFFIX}"));
        let output = outputs.join(format!("{job}.pkl"));
        shell::output(Command::new(program).arg(&output), &[])?;
    }
    println!("jobs: {} examples", JOBS.len());
    match Python::find(ORACLE) {
        Some(python) => {
            check_inputs(&python)?;
            let said = shell::output(python.script("jobs.py").arg("check").arg(&outputs), &[])?;
            print!("jobs, Python {}: {said}", python.release);
        }
        None => println!("jobs: not checked, because Python {ORACLE} is not installed"),
    }
    Ok(())
}

/// Makes the inputs of the examples anew. Those of pandas and scikit-learn are kept where these are not installed.
pub fn make(python: &Python) -> Result {
    make_in(python, &inputs())
}

fn inputs() -> PathBuf {
    shell::root().join("crates/halfsour/examples/data")
}

fn make_in(python: &Python, directory: &Path) -> Result {
    fs::create_dir_all(directory)?;
    shell::output(python.script("jobs.py").arg("make").arg(directory), &[]).map(drop)
}

/// Compares the committed inputs with those that Python makes now.
fn check_inputs(python: &Python) -> Result {
    let new = shell::target().join("jobs/inputs");
    make_in(python, &new)?;
    for entry in fs::read_dir(new)? {
        let entry = entry?;
        if fs::read(entry.path())? != fs::read(inputs().join(entry.file_name()))? {
            let name = entry.path();
            return Err(
                format!("{} drifted; run `cargo xtask fixtures` to make it anew", name.display()).into()
            );
        }
    }
    Ok(())
}
