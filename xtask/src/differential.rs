//! Loads streams that no pickler wrote, with CPython and with halfsour, and compares.

use std::path::{Path, PathBuf};
use std::thread;

use crate::pythons::{ORACLE, Python};
use crate::{Result, shell};

/// The versions of CPython to compare with.
const VERSIONS: [&str; 3] = ["3.11", "3.13", "3.14"];

const CASES: &str = "100000";
const SEED: &str = "1";

/// Makes the streams, has each Python load all of them, and compares halfsour with it.
pub fn run(args: &[&str]) -> Result {
    let (mut cases, mut seed) = (CASES, SEED);
    for pair in args.chunks(2) {
        match *pair {
            ["--cases", number] => cases = number,
            ["--seed", number] => seed = number,
            _ => return Err("usage: cargo xtask differential [--cases N] [--seed S]".into()),
        }
    }
    let find = |version| Python::find(version).ok_or_else(|| format!("Python {version} is not installed"));
    let pythons = VERSIONS.into_iter().map(find).collect::<std::result::Result<Vec<_>, _>>()?;
    let streams = shell::target().join("differential.jsonl");
    shell::run(shell::cargo(&example("streams")).args([seed, cases]).arg(&streams))?;
    let judged: Vec<_> = thread::scope(|scope| {
        let streams = &streams;
        let judge = |python| scope.spawn(move || judge(python, streams).map_err(|error| error.to_string()));
        let threads: Vec<_> = pythons.iter().map(judge).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    let mut differing = Vec::new();
    for (python, said) in pythons.iter().zip(judged) {
        print!("differential, seed {seed}, Python {}: {}", python.release, said?);
        let compared = shell::run(shell::cargo(&example("compare")).arg(python.int_base()).arg(file(python)));
        differing.extend(compared.err());
    }
    differing.into_iter().next().map_or(Ok(()), Err)
}

fn example(name: &'static str) -> [&'static str; 8] {
    ["run", "--quiet", "--release", "--package", "xtask", "--example", name, "--"]
}

/// Returns the file for the results of a Python.
fn file(python: &Python) -> PathBuf {
    shell::target().join(format!("differential-{}.jsonl", python.version))
}

fn judge(python: &Python, streams: &Path) -> Result<String> {
    const SCRIPT: &str = "differential.py";
    if !python.is_compiled() {
        return shell::output(python.script(SCRIPT).arg(file(python)).arg(streams), &[]);
    }
    let oracle = Python::find(ORACLE).ok_or_else(|| format!("Python {ORACLE} is not installed"))?;
    let mut command = oracle.script(SCRIPT);
    let child = python.script(SCRIPT);
    command.arg(file(python)).arg(streams).arg(child.get_program()).args(child.get_args());
    shell::output(&mut command, &[])
}
