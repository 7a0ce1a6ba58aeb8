//! Converts with the command, and has the packages of Python read what it wrote.

use std::env::consts::EXE_SUFFIX;
use std::fs;

use crate::packages::{self, Environment};
use crate::pythons::Python;
use crate::{Result, shell};

/// What reads, beside the environment of torch.
const READER: Environment =
    Environment { name: "convert", python: "3.13", scripts: &[], packages: &["safetensors==0.8.0"] };

/// The environments of the fixtures that have torch, and pandas with pyarrow.
const TORCH: &str = "3.13-torch";
const TABLES: &str = "3.13-arrow";

/// The one that has polars, and packages of models.
const OTHERS: &str = "3.13-others";

/// Compares what is read with what the packages read from the fixtures themselves. pip puts the packages under the target
/// directory; what `cargo test` compares is committed, and needs none of them.
pub fn run() -> Result {
    let Some(python) = Python::find(READER.python) else {
        println!("no Python {} is here: nothing is compared", READER.python);
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
