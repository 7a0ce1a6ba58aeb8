//! Has real Pythons load what halfsour wrote, and send what it receives.

use crate::pythons::Python;
use crate::{Result, receive, shell};

/// The versions that are asked.
const VERSIONS: [&str; 4] = ["2.7", "3.6", "3.11", "3.13"];

/// Writes the fixtures at every protocol, and has each Python load and compare them; then has each send.
pub fn run() -> Result {
    let pythons: Vec<_> = VERSIONS.into_iter().filter_map(Python::find).collect();
    if pythons.is_empty() {
        println!("no Python is here: nothing is compared");
        return Ok(());
    }
    let file = shell::target().join("oracle.tsv");
    let rewrite = ["run", "--quiet", "--package", "xtask", "--example", "rewrite", "--"];
    shell::run(shell::cargo(&rewrite).arg(&file))?;
    for python in &pythons {
        let said = shell::output(python.script("oracle.py").arg(&file), &[])?;
        print!("oracle, Python {}: {said}", python.release);
    }
    receive::run(&pythons)
}
