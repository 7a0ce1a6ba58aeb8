//! Loads with real Pythons what halfsour wrote and what it changed, and receives what they send.

use crate::pythons::Python;
use crate::{Result, receive, shell};

/// The versions of Python that load and send.
const VERSIONS: [&str; 4] = ["2.7", "3.6", "3.11", "3.13"];

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
