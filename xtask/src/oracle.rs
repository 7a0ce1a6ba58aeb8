//! Loads with real Pythons what halfsour wrote and what it changed, and receives what they send.

use crate::packages::{self, Environment};
use crate::pythons::Python;
use crate::{Result, receive, renamed, shell};

/// The versions of Python that load and send.
const VERSIONS: [&str; 5] = ["2.7", "3.6", "3.11", "3.13", "3.14"];

/// Writes the fixtures at every protocol, lets each Python load and compare them, then lets each send.
pub fn run() -> Result {
    let pythons: Vec<_> = VERSIONS.into_iter().filter_map(Python::find).collect();
    if pythons.is_empty() {
        println!("oracle: skipped, because none of Python {} is installed", VERSIONS.join(", "));
        return Ok(());
    }
    let file = shell::target().join("oracle.tsv");
    let rewrite = ["run", "--quiet", "--package", "xtask", "--example", "rewrite", "--"];
    shell::run(shell::cargo(&rewrite).arg(&file))?;
    for python in &pythons {
        let said = shell::output(python.script("oracle.py").arg(&file), &[])?;
        print!("oracle, Python {}: {said}", python.release);
    }
    edits(&pythons)?;
    classes(&pythons)?;
    renamed::run()?;
    receive::run(&pythons)
}

/// Lets each Python make objects that are shared and in cycles, and look at them after they were changed.
fn edits(pythons: &[Python]) -> Result {
    let (made, edited) = (shell::target().join("made.b64"), shell::target().join("edited.b64"));
    for python in pythons {
        shell::run(python.script("edit.py").arg("make").arg(&made))?;
        let edit = ["run", "--quiet", "--package", "xtask", "--example", "edit", "--"];
        shell::run(shell::cargo(&edit).arg(&made).arg(&edited))?;
        let said = shell::output(python.script("edit.py").arg("check").arg(&edited), &[])?;
        print!("oracle, Python {}: {said}", python.release);
    }
    Ok(())
}

/// The packages whose classes Rust types are written as.
static ENVIRONMENTS: [Environment; 2] = [
    Environment {
        name: "3.11-classes",
        python: "3.11",
        scripts: &[],
        packages: &["attrs==23.2.0", "numpy==1.26.4", "pydantic==1.10.26"],
    },
    Environment {
        name: "3.13-classes",
        python: "3.13",
        scripts: &[],
        packages: &["attrs==26.1.0", "numpy==2.5.5", "pydantic==2.13.4", "tzdata"],
    },
];

/// Writes Rust types as objects of Python's classes, lets each Python load them as such, and reads what it makes of them.
fn classes(pythons: &[Python]) -> Result {
    let file = shell::target().join("oracle-classes.tsv");
    let example = ["run", "--quiet", "--package", "xtask", "--example", "classes", "--"];
    shell::run(shell::cargo(&example).arg("write").arg(&file))?;
    for python in pythons {
        let mut load = python.script("oracle_classes.py");
        load.arg(&file);
        if let Some(environment) =
            ENVIRONMENTS.iter().find(|environment| environment.python == python.version)
        {
            match packages::install(environment, python) {
                Ok(directory) => {
                    load.env("PYTHONPATH", directory);
                }
                Err(error) => {
                    println!("classes: {} is skipped, because pip fails: {error}", environment.name);
                }
            }
        }
        let output = shell::output(&mut load, &[])?;
        let (counts, pickles): (Vec<_>, Vec<_>) = output.lines().partition(|line| line.starts_with('#'));
        let read = shell::output(shell::cargo(&example).arg("read"), pickles.join("\n").as_bytes())?;
        println!(
            "classes, Python {}: {}; {}",
            python.release,
            counts.join("").trim_start_matches("# "),
            read.trim()
        );
    }
    Ok(())
}
