//! Runs one job of one contender in a process of its own.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::pythons::Python;
use crate::{Result, shell};

/// The program that does a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contender {
    /// Halfsour, or a peer in Rust.
    Rust,
    /// Python of this version.
    Python(&'static str),
}

/// A job on a file, by a contender.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    pub contender: Contender,
    pub job: &'static str,
    pub file: String,
}

/// The time and memory that a run took.
#[derive(Clone, Debug)]
pub struct Took {
    /// The nanoseconds of the first time in the process, and the median of the later ones.
    pub time: [f64; 2],
    /// The bytes by which memory grew the first time.
    pub memory: f64,
    /// The bytes of input.
    pub input: f64,
    /// The version of numpy that Python used, or `None` for stand-ins.
    pub numpy: Option<String>,
}

/// The contenders and files that are there.
pub struct Stage<'a> {
    pub contender: &'a Path,
    pub files: &'a Path,
    pub pythons: &'a [Python],
}

impl Run {
    /// Returns whether the Python and the file are there.
    pub fn possible(&self, stage: &Stage<'_>) -> bool {
        self.command(stage).is_some() && stage.files.join(&self.file).exists()
    }

    /// Does the run.
    pub fn take(&self, stage: &Stage<'_>) -> Result<Took> {
        let mut command = self.command(stage).ok_or("the Python of this run is not installed")?;
        took(command.arg(self.job).arg(stage.files.join(&self.file)).arg(self.repeats().to_string()))
    }

    fn command(&self, stage: &Stage<'_>) -> Option<Command> {
        match self.contender {
            Contender::Rust => Some(Command::new(stage.contender)),
            Contender::Python(version) => {
                let python = stage.pythons.iter().find(|python| python.version == version)?;
                Some(python.script("bench_contender.py"))
            }
        }
    }

    /// Returns the number of times that the job is done: the shorter it is, the more often.
    fn repeats(&self) -> usize {
        match (self.contender, self.job) {
            (_, "lex" | "scan") => 8,
            (Contender::Rust, "value" | "serde-pickle-value" | "serde-pickle-owned" | "pickled-value") => 2,
            (Contender::Rust, _) => 4,
            (Contender::Python(_), "loads") => 3,
            (Contender::Python(_), _) => 2,
        }
    }
}

/// Runs a contender, and reads the line that it prints.
pub fn took(command: &mut Command) -> Result<Took> {
    let line: Value = serde_json::from_str(&shell::output(command, &[])?)?;
    let number = |name: &str| {
        line[name]
            .as_f64()
            .ok_or_else(|| format!("expected a number {name} in the contender's line, found {line}"))
    };
    let mut warm: Vec<_> = line["warm"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let cold = number("cold")?;
    let time = [cold, if warm.is_empty() { cold } else { median(&mut warm) }];
    let numpy = line["numpy"].as_str().map(str::to_owned);
    Ok(Took { time, memory: number("peak")?, input: number("input")?, numpy })
}

/// Returns the value in the middle, or the mean of the two in the middle.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        f64::midpoint(values[middle - 1], values[middle])
    } else {
        values[middle]
    }
}
