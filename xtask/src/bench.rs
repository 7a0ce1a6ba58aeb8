//! Measures halfsour against CPython and against other crates, each job in a process of its own.

pub mod files;
mod lines;
mod run;
mod table;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use jiff::Timestamp;

use crate::pythons::Python;
use crate::{Result, shell};
use lines::{BASE, LATER, Line};
use run::{Run, Stage};
use table::Round;

const RESULTS: &str = "benches/RESULTS.md";
const PEERS: [&str; 5] = ["pickled", "rmp-serde", "serde-pickle", "serde_json", "sonic-rs"];

/// The options of the command line.
struct Wanted<'a> {
    quick: bool,
    save: bool,
    rounds: usize,
    filters: Vec<&'a str>,
}

impl<'a> Wanted<'a> {
    fn read(args: &[&'a str]) -> Result<Self> {
        let mut wanted = Self { quick: false, save: false, rounds: 0, filters: Vec::new() };
        let mut args = args.iter();
        while let Some(&arg) = args.next() {
            match arg {
                "--quick" => wanted.quick = true,
                "--save" => wanted.save = true,
                "--rounds" => wanted.rounds = args.next().ok_or("--rounds needs a number")?.parse()?,
                arg if arg.starts_with('-') => {
                    return Err(format!("bench: unknown option {arg}; see `cargo xtask help`").into());
                }
                filter => wanted.filters.push(filter),
            }
        }
        if wanted.rounds == 0 {
            wanted.rounds = if wanted.quick { 1 } else { 5 };
        }
        Ok(wanted)
    }

    fn wants(&self, line: &Line) -> bool {
        let title = format!("{} {}", line.what, line.on);
        self.filters.is_empty() || self.filters.iter().any(|filter| title.contains(filter))
    }

    fn command(&self) -> String {
        let mut command = format!("cargo xtask bench --rounds {}", self.rounds);
        if self.quick {
            command.push_str(" --quick");
        }
        self.filters.iter().for_each(|filter| write!(command, " '{filter}'").expect("a String takes all"));
        command
    }
}

/// Makes the workloads, builds the contender, runs the rounds, prints the table.
pub fn run(args: &[&str]) -> Result {
    let wanted = Wanted::read(args)?;
    let contender = build(&["--features", "peers"])?;
    let files = files::find(wanted.quick)?;
    files::prepare(&contender, &files)?;
    let pythons: Vec<_> = [BASE, LATER].into_iter().filter_map(|version| quickest(version, &files)).collect();
    let stage = Stage { contender: &contender, files: &files, pythons: &pythons };
    let mut lines = lines::all();
    lines.retain(|line| wanted.wants(line));
    let (rounds, failed) = rounds(&stage, &lines, wanted.rounds);
    let (table, met, targets) = table::table(&lines, &rounds);
    let report =
        format!("{}{table}\n{met} of {targets} targets are met.\n", head(&wanted, &pythons, &rounds)?);
    print!("{report}");
    if wanted.save {
        fs::write(shell::root().join(RESULTS), report)?;
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.into_iter().collect::<Vec<_>>().join("\n").into()) }
}

/// Builds the contender with the profile that is measured, and returns its path.
pub fn build(features: &[&str]) -> Result<PathBuf> {
    let args =
        ["build", "--quiet", "--profile", "bench", "--package", "halfsour-benches", "--bin", "contender"];
    shell::run(shell::cargo(&args).args(features))?;
    Ok(shell::target().join("release/contender"))
}

/// Returns the quickest Python of a version: distributions build them with more care than version managers do.
fn quickest(version: &'static str, files: &Path) -> Option<Python> {
    let mut releases = BTreeSet::new();
    let mut timed: Vec<_> = Python::all(version)
        .filter(|python| releases.insert(python.release.clone()))
        .filter_map(|python| {
            let mut command = python.script("bench_contender.py");
            command.arg("loads").arg(files.join("records.p4.pkl")).arg("3");
            let took = run::took(&mut command).ok()?;
            Some((took.time[1], python))
        })
        .collect();
    timed.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    timed.into_iter().next().map(|(_, python)| python)
}

/// Does all runs `count` times, each time in another order. Returns the rounds, and the errors of runs that failed.
fn rounds(stage: &Stage<'_>, lines: &[Line], count: usize) -> (Vec<Round>, BTreeSet<String>) {
    let runs: BTreeSet<_> = lines.iter().flat_map(|line| line.measure.runs()).collect();
    let mut runs: Vec<&Run> = runs.into_iter().filter(|run| run.possible(stage)).collect();
    let mut failed = BTreeSet::new();
    let mut seed = 1_u64;
    let mut rounds = Vec::new();
    for number in 1..=count {
        let start = Instant::now();
        shuffle(&mut runs, &mut seed);
        let mut round = Round::new();
        for run in &runs {
            match run.take(stage) {
                Ok(took) => {
                    round.insert((*run).clone(), took);
                }
                Err(error) => {
                    failed.insert(format!("{} of {}: {error}", run.job, run.file));
                }
            }
        }
        eprintln!("round {number} of {count}: {} jobs in {} s", runs.len(), start.elapsed().as_secs());
        rounds.push(round);
    }
    (rounds, failed)
}

fn shuffle<T>(items: &mut [T], seed: &mut u64) {
    for last in (1..items.len()).rev() {
        // xorshift64
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        let other = usize::try_from(*seed % (last as u64 + 1)).unwrap_or_default();
        items.swap(last, other);
    }
}

fn head(wanted: &Wanted<'_>, pythons: &[Python], rounds: &[Round]) -> Result<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism()?;
    let rustc = shell::output(Command::new("rustc").arg("--version"), &[])?;
    let lock = fs::read_to_string(shell::root().join("Cargo.lock"))?;
    let peers = PEERS.map(|peer| format!("{peer} {}", locked(&lock, peer).unwrap_or("?"))).join(", ");
    let pythons: Vec<_> = pythons.iter().map(|python| format!("CPython {}", python.release)).collect();
    let pythons = if pythons.is_empty() { "no CPython".into() } else { pythons.join(" and ") };
    let numpy = rounds.iter().flat_map(Round::values).find_map(|took| took.numpy.clone());
    let numpy = numpy.map_or("stand-ins for numpy in Python".into(), |version| format!("numpy {version}"));
    Ok(format!(
        "# Measured\n\n{date}, {model}, {cores} cores; {rustc}; {pythons}; {numpy}; {peers}.\n\n\
         `{command}`: how many times faster, by CPU time, the first is than the second: the median over \
         the rounds, and their range. Each job is done in a process of its own, the first time (cold) and again \
         (warm, in the memory of the time before, as far as the API allows). Python's cyclic collector is off, \
         unless it is said to be on. The last column is what CPython {BASE} took, cold.\n\n",
        date = Timestamp::now().strftime("%Y-%m-%d"),
        rustc = rustc.trim(),
        command = wanted.command(),
    ))
}

/// Returns the version of a crate in Cargo.lock.
fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    rest.split('"').next()
}
