//! One job of one contender in a process of its own.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::pythons::Python;
use crate::{Result, shell};

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contender {
    /// Ours, or a peer in Rust.
    Rust,
    /// A Python of this version.
    Python(&'static str),
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    pub contender: Contender,
    pub job: &'static str,
    pub file: String,
}

/// What it took.
#[derive(Clone, Debug)]
pub struct Took {
    /// Nanoseconds: the first time in the process, and the median of the later ones.
    pub time: [f64; 2],
    /// Bytes by which memory grew the first time.
    pub memory: f64,
    /// Bytes read.
    pub input: f64,
    /// The numpy that Python used; stand-ins for it have no version.
    pub numpy: Option<String>,
}

/// Where the contenders are.
pub struct Stage<'a> {
    pub contender: &'a Path,
    pub files: &'a Path,
    pub pythons: &'a [Python],
}

impl Run {
    /// Whether that Python and that file are here.
    pub fn possible(&self, stage: &Stage<'_>) -> bool {
        self.command(stage).is_some() && stage.files.join(&self.file).exists()
    }

    /// Does it.
    pub fn take(&self, stage: &Stage<'_>) -> Result<Took> {
        let mut command = self.command(stage).ok_or("that Python is not here")?;
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

    /// How often: the shorter, the more often.
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

/// What the contender prints.
pub fn took(command: &mut Command) -> Result<Took> {
    let line: Value = serde_json::from_str(&shell::output(command, &[])?)?;
    let number = |name: &str| line[name].as_f64().ok_or_else(|| format!("{line}: no {name}"));
    let mut warm: Vec<_> = line["warm"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let cold = number("cold")?;
    let time = [cold, if warm.is_empty() { cold } else { median(&mut warm) }];
    let numpy = line["numpy"].as_str().map(str::to_owned);
    Ok(Took { time, memory: number("peak")?, input: number("input")?, numpy })
}

/// The middle one, or the mean of the two in the middle.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        f64::midpoint(values[middle - 1], values[middle])
    } else {
        values[middle]
    }
}
