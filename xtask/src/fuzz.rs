//! Fuzzes the assertions of `fuzz/src` with libFuzzer.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Result, shell};

const SECONDS: u64 = 60;

/// The seconds for which CI fuzzes each target, and the share of the seeds that it takes: one in 64, since to read all of them
/// takes longer.
const QUICK: (u64, usize) = (12, 64);

/// Fuzzes the targets that the arguments name, or all.
pub fn run(args: &[&str]) -> Result {
    let targets = targets()?;
    let mut wanted = Vec::new();
    let mut seconds = SECONDS;
    let mut args = args.iter();
    while let Some(&arg) = args.next() {
        if arg == "--seconds" {
            let value = args.next().ok_or("--seconds needs a number")?;
            seconds = value.parse().map_err(|_| format!("--seconds: expected a number, found {value}"))?;
        } else if targets.iter().any(|target| target == arg) {
            wanted.push(arg.to_owned());
        } else {
            return Err(format!("{arg} is not a target; targets are {}", targets.join(", ")).into());
        }
    }
    if !has_nightly() {
        return Err("fuzzing needs a nightly compiler; run `rustup toolchain install nightly`".into());
    }
    if !has_cargo_fuzz() {
        shell::run(&mut shell::cargo(&["install", "cargo-fuzz", "--locked"]))?;
    }
    fuzz(if wanted.is_empty() { &targets } else { &wanted }, seconds, 1)
}

/// Fuzzes every target for some seconds, if everything for that is installed.
pub fn quick() -> Result {
    if !has_nightly() || !has_cargo_fuzz() {
        println!("fuzz: skipped, because cargo-fuzz or a nightly compiler is not installed");
        return Ok(());
    }
    let (seconds, one_in) = QUICK;
    fuzz(&targets()?, seconds, one_in)
}

/// Reads every fixture, cut and changed.
pub fn soak() -> Result {
    shell::run(&mut shell::cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        "halfsour-fuzz",
        "--example",
        "soak",
    ]))
}

fn has_nightly() -> bool {
    shell::succeeds(&mut shell::nightly(&["--version"]))
}

fn has_cargo_fuzz() -> bool {
    shell::succeeds(&mut shell::nightly(&["fuzz", "--version"]))
}

/// Returns the names of the targets. Each is a file.
fn targets() -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for file in fs::read_dir(shell::root().join("fuzz/targets"))? {
        targets.extend(file?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}

fn fuzz(targets: &[String], seconds: u64, one_in: usize) -> Result {
    let seeds = shell::target().join(format!("fuzz/seeds-{one_in}"));
    let write = ["run", "--quiet", "--package", "halfsour-fuzz", "--example", "seeds", "--"];
    shell::run(shell::cargo(&write).arg(&seeds).arg(one_in.to_string()))?;
    targets.iter().try_for_each(|target| one(target, seconds, &seeds))
}

fn one(target: &str, seconds: u64, seeds: &Path) -> Result {
    let corpus = shell::target().join("fuzz/corpus").join(target);
    let findings = shell::target().join("fuzz/findings").join(target);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&findings)?;
    let log = shell::target().join(format!("fuzz/{target}.log"));
    let mut command = cargo_fuzz("run", target);
    let kinds: &[&str] = match target {
        "json" => &["documents"],
        "databases" | "files" => &["files"],
        "arrow" | "audit" | "classes" | "inspect" | "serde" => &["pickles", "objects"],
        "convert" => &["objects", "files"],
        _ => &["pickles"],
    };
    command.arg(&corpus).args(kinds.iter().map(|kind| seeds.join(kind)));
    command.arg("--").args(["-timeout=20", "-rss_limit_mb=2048", "-max_len=65536", "-print_final_stats=1"]);
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-artifact_prefix={}/", findings.display()));
    let output = fs::File::create(&log)?;
    let status = command.stdout(output.try_clone()?).stderr(output).status()?;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let stat = |name: &str| {
        let line = text.lines().rev().find_map(|line| line.split_once(name));
        line.and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or("?").to_owned()
    };
    println!(
        "fuzz, {target}: {} runs, {} edges and {} features reached",
        stat("stat::number_of_executed_units:"),
        stat(" cov: "),
        stat(" ft: ")
    );
    if status.success() {
        return Ok(());
    }
    let tail: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let tail = &tail[tail.len().saturating_sub(30)..];
    for finding in fs::read_dir(&findings)? {
        // The smaller one is written beside it; that it cannot be made smaller is no error of its own.
        let _ = cargo_fuzz("tmin", target).arg(finding?.path()).arg("--runs=10000").output();
    }
    Err(format!(
        "{}\n\nfuzz, {target}: it found something; see {} and {}. Keep the smallest one under fuzz/regressions/{target}",
        tail.join("\n"),
        log.display(),
        findings.display()
    )
    .into())
}

/// `cargo fuzz` on a target, before its own arguments.
fn cargo_fuzz(verb: &str, target: &str) -> Command {
    shell::nightly(&["fuzz", verb, "--fuzz-dir", "fuzz", "--features", "libfuzzer", target])
}
