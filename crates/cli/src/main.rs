//! The command `halfsour`.

use std::process::ExitCode;

fn main() -> ExitCode {
    halfsour_cli::run(std::env::args_os()).into()
}
