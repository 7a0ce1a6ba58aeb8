//! Converts with the command, and reads the results with packages of Python.

use std::env::consts::EXE_SUFFIX;
use std::fs;

use crate::packages::{self, Environment};
use crate::pythons::Python;
use crate::{Result, shell};

/// The environment that reads, beside that of torch.
const READER: Environment =
    Environment { name: "convert", python: "3.13", scripts: &[], packages: &["safetensors==0.8.0"] };

/// The environments of the fixtures with torch, and with pandas and pyarrow.
const TORCH: &str = "3.13-torch";
const TABLES: &str = "3.13-arrow";

/// The environment of the fixtures with polars, and packages of models.
const OTHERS: &str = "3.13-others";

/// Compares the results, as packages read them, with the fixtures, as the same packages read them.
///
/// pip installs the packages under the target directory. `cargo test` needs none of them: it compares with committed files.
pub fn run() -> Result {
    let Some(python) = Python::find(READER.python) else {
        println!("convert: skipped, because Python {} is not installed", READER.python);
        return Ok(());
    };
    shell::run(&mut shell::cargo(&["build", "--quiet", "--package", "halfsour-cli"]))?;
    let torch = packages::install(packages::find(TORCH)?, &python)?;
    let tables = packages::install(packages::find(TABLES)?, &python)?;
    let reader = packages::install(&READER, &python)?;
    let scratch = shell::target().join("convert");
    fs::create_dir_all(&scratch)?;
    let others = packages::install(packages::find(OTHERS)?, &python)?;
    for (script, packages) in [
        ("convert.py", &[reader, torch][..]),
        ("convert_tables.py", &[tables]),
        ("convert_payloads.py", &[others]),
    ] {
        let mut command = python.script(script);
        command.arg(shell::target().join("debug").join(format!("halfsour{EXE_SUFFIX}")));
        command.arg(shell::root().join("crates/fixtures")).arg(&scratch);
        command.env("PYTHONPATH", std::env::join_paths(packages)?);
        print!("{}", shell::output(&mut command, &[])?);
    }
    Ok(())
}
