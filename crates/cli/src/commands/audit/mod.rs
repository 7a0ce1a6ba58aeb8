//! `halfsour audit`

mod show;
mod threads;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use halfsour_audit::{Auditor, FileReport, Part, Policy, Rule, Sarif, Verdict};

use crate::args::Reading;
use crate::failure::Failure;
use crate::input::source;
use crate::print;

/// The status if the command line is wrong, or a policy cannot be read, as that of all commands.
const USAGE: u8 = 2;

/// The status for a verdict. 2 is left to wrong command lines.
fn status(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Clean => 0,
        Verdict::Unknown => 1,
        Verdict::Incomplete => 3,
        Verdict::Dangerous => 4,
    }
}

#[derive(clap::Args)]
pub struct Audit {
    #[arg(
        required_unless_present = "explain",
        value_name = "PATH",
        help = "Files, or folders, with all files in them; - is standard input"
    )]
    paths: Vec<String>,
    #[arg(long, value_enum, default_value = "text", help = "The format of the report")]
    format: Form,
    /// List all classes and functions that the pickles name, and how they use each.
    #[arg(long)]
    globals: bool,
    /// Add a file of policy, which allows more; see POLICY.md of halfsour-audit.
    #[arg(long, value_name = "TOML")]
    policy: Vec<PathBuf>,
    /// Allow only what these packs of the policy allow: data, stdlib, numpy, pandas, scipy, joblib, sklearn,
    /// lightgbm, torch, all.
    #[arg(long, value_name = "PACKS", value_delimiter = ',', default_value = "all")]
    profile: Vec<String>,
    /// Explain a rule (R4) or the policy's entry for a name (collections:OrderedDict), and do nothing else.
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// Leave out files that are clean, the opcodes around findings, and the summary.
    #[arg(short, long)]
    quiet: bool,
    /// Also print how much was read, and what the pickles name, as --globals does.
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    /// One document: a list of files.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

impl Audit {
    /// Judges all that was asked for.
    pub fn run(&self, reading: &Reading) -> ExitCode {
        match self.try_run(reading, &mut io::BufWriter::new(anstream::stdout().lock())) {
            Ok(code) => ExitCode::from(code),
            Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(failure) => {
                failure.report();
                ExitCode::from(USAGE)
            }
        }
    }

    fn try_run(&self, reading: &Reading, out: &mut dyn Write) -> Result<u8, Failure> {
        let policy = self.policy()?;
        if let Some(id) = &self.explain {
            let text = explain(&policy, id);
            let text =
                text.ok_or_else(|| Failure::message(format!("{id}: no rule, and not in the policy")))?;
            write!(out, "{text}")?;
            out.flush()?;
            return Ok(0);
        }
        let auditor = Auditor::new(policy);
        let mut found = Vec::new();
        for path in &self.paths {
            found.extend(all_in(path)?);
        }
        let mut files = Vec::new();
        let mut skipped = 0;
        // The status is the verdict on all files, also if nobody reads more of what is written.
        let mut is_read = true;
        let job = |(name, is_asked): &(String, bool)| audit(&auditor, name, *is_asked, reading);
        threads::run(&found, job, |audited| {
            match audited {
                Some(audited) => {
                    if self.format == Form::Text && is_read {
                        is_read = reads_on(show::file(out, &audited, self).and_then(|()| out.flush()))?;
                    }
                    files.push(audited);
                }
                None => skipped += 1,
            }
            Ok::<(), Failure>(())
        })?;
        if is_read {
            let written = match self.format {
                Form::Text if self.quiet => Ok(()),
                Form::Text => show::summary(out, &files, skipped, auditor.policy()),
                Form::Json => print::json_pretty(out, &files),
                Form::Sarif => print::json_pretty(out, &Sarif { files: &files, policy: auditor.policy() }),
            };
            reads_on(written.and_then(|()| out.flush()))?;
        }
        let verdict = files.iter().map(FileReport::verdict).max().unwrap_or(Verdict::Clean);
        Ok(status(verdict))
    }

    fn policy(&self) -> Result<Policy, Failure> {
        let mut policy = Policy::default();
        for path in &self.policy {
            let name = path.display().to_string();
            let text =
                fs::read_to_string(path).map_err(|error| Failure::File { name: name.clone(), error })?;
            Policy::parse(&text)
                .and_then(|more| policy.add(&more))
                .map_err(|error| Failure::message(format!("{name}: {error}")))?;
        }
        policy.select(&self.profile).map_err(|error| Failure::message(error.to_string()))?;
        Ok(policy)
    }
}

/// Whether somebody still reads what is written.
fn reads_on(written: io::Result<()>) -> io::Result<bool> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

fn explain(policy: &Policy, id: &str) -> Option<String> {
    match id.parse::<Rule>() {
        Ok(rule) => Some(format!("{rule}: {}\n{}\n", rule.title(), rule.explanation())),
        Err(_) => policy.explain(id).or_else(|| {
            // A name as findings show it: the colon may stand at each of its dots.
            let dots = id.match_indices('.').map(|(at, _)| format!("{}:{}", &id[..at], &id[at + 1..]));
            dots.rev().find_map(|name| policy.explain(&name))
        }),
    }
}

/// The files below a path, and whether they were named. Links to folders are not followed.
fn all_in(path: &str) -> Result<Vec<(String, bool)>, Failure> {
    if path == "-" || !Path::new(path).is_dir() {
        return Ok(vec![(path.to_owned(), true)]);
    }
    let (mut files, mut open) = (Vec::new(), vec![PathBuf::from(path)]);
    while let Some(folder) = open.pop() {
        let failed = |error| Failure::File { name: folder.display().to_string(), error };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            match entry.file_type().map_err(failed)? {
                kind if kind.is_dir() => open.push(entry.path()),
                _ if entry.path().is_file() => {
                    files.push((entry.path().to_string_lossy().into_owned(), false));
                }
                _ => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

/// What is in a file; `None` if nobody named it and it has no pickles.
fn audit(auditor: &Auditor, name: &str, is_asked: bool, reading: &Reading) -> Option<FileReport> {
    let parts = match source(name, reading) {
        Ok(source) if is_asked => auditor.audit_source(&source),
        Ok(source) => auditor.audit_if_pickle(&source),
        Err(failure) => {
            let report = auditor.unreadable(failure.line());
            vec![Part { name: name.to_owned(), report }]
        }
    };
    (!parts.is_empty()).then(|| FileReport { name: name.to_owned(), parts })
}
