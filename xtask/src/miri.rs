//! Runs tests under miri, which finds undefined behaviour. Our code is safe: it is what we depend on that is looked at.

use std::process::Command;

use crate::{Result, shell};

/// The unit tests of the layers, and what fuzzing found once, which goes through all of them. Other tests would take hours.
const TESTS: [&[&str]; 2] = [
    &[
        "--lib",
        "-phalfsour-text",
        "-phalfsour-lexer",
        "-phalfsour-value",
        "-phalfsour-vm",
        "-phalfsour-writer",
        "-phalfsour-json",
        "-phalfsour-serde",
    ],
    &["-phalfsour-fuzz", "--test", "smoke", "regressions"],
];

/// Runs them on the nightly compiler, and installs miri there if need be.
pub fn run() -> Result {
    if !shell::succeeds(&mut shell::nightly(&["miri", "--version"])) {
        let mut install = Command::new("rustup");
        install.args(["component", "add", "miri", "--toolchain", "nightly"]);
        shell::run(&mut install)
            .map_err(|error| format!("miri needs a nightly compiler that has it: {error}"))?;
    }
    // Regressions are files.
    let flags = "-Zmiri-disable-isolation";
    TESTS.into_iter().try_for_each(|tests| {
        shell::run(shell::nightly(&["miri", "test"]).args(tests).env("MIRIFLAGS", flags))
    })
}
