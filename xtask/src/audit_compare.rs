//! Judges the same files with `halfsour audit` and with the scanners of pickles on `PyPI`.

use std::process::Command;

use crate::pythons::Python;
use crate::{Result, shell};

/// The newest Python that all scanners run on.
const PYTHON: &str = "3.12";
const SCANNERS: [&str; 4] =
    ["fickling==0.1.12", "modelaudit-picklescan==0.1.12", "modelscan==0.8.8", "picklescan==1.0.5"];

/// Prints a table of the verdicts.
pub fn run() -> Result {
    let environment = shell::target().join("audit-compare-scanners");
    if !environment.exists() {
        let python = Python::find(PYTHON).ok_or_else(|| format!("Python {PYTHON} is not installed"))?;
        shell::run(python.module("venv").arg(&environment))?;
        shell::run(Command::new(environment.join("bin/pip")).args(["install", "--quiet"]).args(SCANNERS))?;
    }
    shell::run(&mut shell::cargo(&["build", "--quiet", "--release", "--package", "halfsour-cli"]))?;
    let script = shell::root().join("xtask/python/audit_compare.py");
    let fixtures = shell::root().join("crates/fixtures");
    let work = shell::target().join("audit-compare");
    let command = shell::target().join("release/halfsour");
    shell::run(Command::new(environment.join("bin/python")).arg(script).args([&fixtures, &work, &command]))
}
