//! Runs the console blocks of the READMEs, and compares what they show with what is printed.
//!
//! A line that begins with `$` is a command; the lines below it, if there are any, are what it prints. A line `…`
//! stands for any number of lines. `cargo run … -- ARGUMENTS` is run as `halfsour ARGUMENTS`; other commands of cargo
//! are left to whoever reads. The commands of a block run in a folder of their own, in which are `crates`, as in the
//! workspace, and the fixtures' files.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn the_workspaces_readme_shows_what_is_printed() {
    check(&workspace().join("README.md"), 10);
}

#[test]
fn the_commands_readme_shows_what_is_printed() {
    check(&workspace().join("crates/cli/README.md"), 10);
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Runs all blocks of a README, in which there are at least so many commands.
fn check(readme: &Path, at_least: usize) {
    let text = fs::read_to_string(readme).unwrap();
    let folder = tempfile::tempdir().unwrap();
    symlink(workspace().join("crates"), folder.path().join("crates")).unwrap();
    for file in fs::read_dir(workspace().join("crates/fixtures/files")).unwrap() {
        let file = file.unwrap();
        symlink(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let mut count = 0;
    for block in text.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for command in block.split("$ ").skip(1) {
            let (line, shown) = command.split_once('\n').unwrap_or((command, ""));
            let Some(line) = as_halfsour(line) else { continue };
            let printed = run(&line, folder.path());
            let (printed, shown): (Vec<_>, Vec<_>) =
                (printed.lines().collect(), shown.trim_end().lines().collect());
            let is_right = shown.is_empty() || is_shown(&printed, &shown);
            assert!(is_right, "{}: {line}\nprints\n{}", readme.display(), printed.join("\n"));
            count += 1;
        }
    }
    assert!(count >= at_least, "{}: only {count} commands were run", readme.display());
}

/// The command as it is run; `None` for what only cargo does.
fn as_halfsour(line: &str) -> Option<String> {
    match line.strip_prefix("cargo ") {
        Some(cargo) => cargo.split_once(" -- ").map(|(_, arguments)| format!("halfsour {arguments}")),
        None => Some(line.to_owned()),
    }
}

/// Standard output of a command, then standard error. The command has to succeed.
fn run(line: &str, folder: &Path) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_halfsour")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{line}\n")])
        .current_dir(folder)
        .env("PATH", path)
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{line}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Whether lines are those that are shown, where `…` stands for any number of them.
fn is_shown(printed: &[&str], shown: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        ["…", rest @ ..] => (0..=printed.len()).any(|at| is_shown(&printed[at..], rest)),
        [first, rest @ ..] => printed.first() == Some(first) && is_shown(&printed[1..], rest),
    }
}
