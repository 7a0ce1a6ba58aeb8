//! Judges the same files with `halfsour audit` and with the scanners of pickles on `PyPI`.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::pythons::Python;
use crate::{Result, shell};

/// The newest Python that all scanners run on.
const PYTHON: &str = "3.12";
const SCANNERS: [&str; 5] =
    ["fickling==0.1.12", "hayward==1.4.1", "modelaudit==0.2.54", "modelscan==0.8.8", "picklescan[7z]==1.0.5"];

/// Prints a table of the verdicts on the fixtures, and one for each of these folders, of which all files are judged.
pub fn run(folders: &[&str]) -> Result {
    if let Some(folder) = folders.iter().find(|folder| !Path::new(folder).is_dir()) {
        return Err(format!("audit-compare: {folder} is no folder").into());
    }
    let environment = shell::target().join("audit-compare-scanners");
    let marker = environment.join("scanners.txt");
    let scanners = SCANNERS.join("\n");
    if fs::read_to_string(&marker).ok().as_ref() != Some(&scanners) {
        let python = Python::find(PYTHON).ok_or_else(|| format!("Python {PYTHON} is not installed"))?;
        shell::run(python.module("venv").args(["--clear"]).arg(&environment))?;
        shell::run(Command::new(environment.join("bin/pip")).args(["install", "--quiet"]).args(SCANNERS))?;
        fs::write(&marker, scanners)?;
    }
    shell::run(&mut shell::cargo(&["build", "--quiet", "--release", "--package", "halfsour-cli"]))?;
    let script = shell::root().join("xtask/python/audit_compare.py");
    let fixtures = shell::root().join("crates/fixtures");
    let work = shell::target().join("audit-compare");
    let command = shell::target().join("release/halfsour");
    let mut compare = Command::new(environment.join("bin/python"));
    shell::run(compare.arg(script).args([&fixtures, &work, &command]).args(folders))
}
