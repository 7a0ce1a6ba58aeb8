//! Runs the command as the files in `tests/cmd` say, and compares.
//!
//! A line that begins with `$` is a command. `halfsour` runs in the folder of the fixtures' files; words are quoted
//! as in a shell, and what follows `<<<` is its standard input: the inside of a Python bytes literal. After it stands
//! what it prints: standard output, then standard error with `! ` before each line, then `[exit N]` unless it is 0.
//! Lines that begin with `#` before the first command are comments.
//!
//! With `BLESS=1` in the environment, the files are written anew.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use halfsour::lexer::text::escape;

#[test]
fn commands_print_what_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let mut files: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut differing = String::new();
    for file in files {
        let expected = std::fs::read_to_string(&file).unwrap();
        let actual = run_all(&expected);
        if actual != expected {
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&file, actual).unwrap();
            } else {
                let _ = writeln!(differing, "{}: expected\n{expected}\nbut got\n{actual}", file.display());
            }
        }
    }
    assert!(differing.is_empty(), "{differing}\nBLESS=1 writes the files anew");
}

/// The file as it would be with what the commands print now.
fn run_all(script: &str) -> String {
    let mut actual = String::new();
    let commands =
        script.lines().skip_while(|line| !line.starts_with('$')).filter(|line| line.starts_with('$'));
    for comment in script.lines().take_while(|line| !line.starts_with('$')) {
        let _ = writeln!(actual, "{comment}");
    }
    for command in commands {
        let _ = writeln!(actual, "{command}");
        run(&command[1..], &mut actual);
    }
    actual
}

fn run(line: &str, actual: &mut String) {
    let (command, input) = line.split_once(" <<<").unwrap_or((line, ""));
    let words = words(command);
    assert_eq!(words[0], "halfsour", "{line}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_halfsour"))
        .args(&words[1..])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/files"))
        .env_clear()
        .env("COLUMNS", "100")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input =
        escape::decode(input.trim_start().as_bytes()).expect("the input is the inside of a bytes literal");
    // It may end without having read its input.
    let _ = child.stdin.take().unwrap().write_all(&input);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the output is UTF-8");
    let out = without_memory(&text(output.stdout));
    actual.push_str(&out);
    if !out.is_empty() && !out.ends_with('\n') {
        actual.push_str("[no newline]\n");
    }
    for line in text(output.stderr).lines() {
        let _ = writeln!(actual, "{}", format!("! {line}").trim_end());
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => {
            let _ = writeln!(actual, "[exit {code}]");
        }
        None => {
            let _ = writeln!(actual, "[{}]", output.status);
        }
    }
}

/// How much memory data takes may change at any time.
fn without_memory(text: &str) -> String {
    let line = |line: &str| match line.split_once("    memory ") {
        Some(("", _)) => "    memory         …\n".to_owned(),
        _ => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

/// Words, as a shell splits them: single quotes keep blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
