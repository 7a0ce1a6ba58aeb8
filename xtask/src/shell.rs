//! Runs other programs from the root of the workspace.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;

/// Returns the root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is in the workspace").into()
}

/// Returns the directory for files that are not kept.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Returns a command of the cargo that runs this program.
pub fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(root());
    command
}

/// Returns a command of the nightly toolchain's cargo.
pub fn nightly(args: &[&str]) -> Command {
    toolchain("nightly", args)
}

/// Returns a command of a toolchain's cargo.
pub fn toolchain(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    // The variable would choose the toolchain of the cargo that runs this program.
    command.env_remove("RUSTUP_TOOLCHAIN").arg(format!("+{name}")).args(args).current_dir(root());
    command
}

/// Returns whether a command runs and succeeds. Its output is not shown.
pub fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// Runs a command, and shows its output.
///
/// # Errors
///
/// If the command cannot be run, or fails.
pub fn run(command: &mut Command) -> Result {
    let status = command.status().map_err(|error| format!("cannot run `{}`: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", shown(command)).into()) }
}

/// Runs a command on an input, and returns its output.
///
/// # Errors
///
/// If the command cannot be run, or fails. The error has the command's own messages.
pub fn output(command: &mut Command, input: &[u8]) -> Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("cannot run `{}`: {error}", shown(command)))?;
    let mut stdin = child.stdin.take().expect("it is piped");
    let output = std::thread::scope(|scope| {
        // If the program ends without reading all input, its own error says more.
        scope.spawn(move || stdin.write_all(input).ok());
        child.wait_with_output()
    })?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{}` failed ({}):\n{complaint}", shown(command), output.status).into())
}

/// Returns a command as one would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
