//! Runs tests under miri, which finds undefined behaviour. Our own code is safe, so this checks the dependencies.

use std::process::Command;

use crate::{Result, shell};

/// The unit tests of the layers, and the regressions of fuzzing, which run all layers. Other tests would take hours.
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

/// Runs the tests on the nightly compiler, and installs miri there if it is missing.
pub fn run() -> Result {
    if !shell::succeeds(&mut shell::nightly(&["miri", "--version"])) {
        let mut install = Command::new("rustup");
        install.args(["component", "add", "miri", "--toolchain", "nightly"]);
        shell::run(&mut install)
            .map_err(|error| format!("miri needs a nightly toolchain that has it as a component: {error}"))?;
    }
    // Regressions are files.
    let flags = "-Zmiri-disable-isolation";
    TESTS.into_iter().try_for_each(|tests| {
        shell::run(shell::nightly(&["miri", "test"]).args(tests).env("MIRIFLAGS", flags))
    })
}
