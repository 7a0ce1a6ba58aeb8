//! Checks the licences of the dependencies, and looks for advisories about them.

use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::{Result, shell};

/// The licences that are compatible with MIT OR Apache-2.0.
const LICENCES: [&str; 11] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "NCSA",
    "bzip2-1.0.6",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Returns the faults of dependencies, of all features and platforms, that are under no such licence. Needs no network.
pub fn licences() -> Result<Vec<String>> {
    let arguments = ["metadata", "--all-features", "--locked", "--format-version", "1"];
    let metadata: Value = serde_json::from_str(&shell::output(&mut shell::cargo(&arguments), &[])?)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let broken = packages.filter(|package| !package["license"].as_str().is_some_and(is_allowed));
    Ok(broken
        .map(|package| {
            format!(
                "{}: its licence {} is not among LICENCES of xtask/src/dependencies.rs",
                package["name"], package["license"]
            )
        })
        .collect())
}

fn is_allowed(licence: &str) -> bool {
    Expression::parse_mode(licence, ParseMode::LAX).is_ok_and(|expression| {
        expression
            .evaluate(|requirement| requirement.license.id().is_some_and(|id| LICENCES.contains(&id.name)))
    })
}

/// Looks up the locked dependencies in Rust's advisory database, if cargo-audit is installed and reaches it.
pub fn advisories() -> Result {
    let audit = || shell::cargo(&["audit", "--quiet"]);
    if !shell::succeeds(audit().arg("--version")) {
        println!("advisories: skipped, because cargo-audit is not installed");
        return Ok(());
    }
    let found = audit().output()?;
    let said = String::from_utf8_lossy(&found.stderr);
    if said.contains("advisory database") && found.stdout.is_empty() {
        println!("advisories: skipped, because cargo-audit cannot reach its database: {}", said.trim());
        return Ok(());
    }
    print!("{}", String::from_utf8_lossy(&found.stdout));
    if found.status.success() { Ok(()) } else { Err(format!("cargo-audit found advisories\n{said}").into()) }
}
