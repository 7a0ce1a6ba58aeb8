//! The command `halfsour`, which is that of the crate `halfsour-cli`.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command with these arguments, of which the first is its name, and returns its exit status. It writes to the standard
/// output and the standard error of the process.
#[pyfunction]
pub fn command(py: Python<'_>, args: Vec<OsString>) -> u8 {
    py.detach(|| halfsour_cli::run(args))
}
