//! `halfsour audit`

mod explain;
mod files;
mod show;
mod suggest;
mod threads;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use halfsour_audit::{Auditor, Baseline, Document, FileReport, Policy, Report, Sarif, Verdict};

use self::files::File;
use crate::args::Reading;
use crate::failure::Failure;
use crate::{USAGE, print};

// Each is an option of its own.
#[allow(clippy::struct_excessive_bools)]
#[derive(clap::Args)]
pub struct Audit {
    #[arg(
        required_unless_present = "explain",
        value_name = "PATH",
        help = "Files; folders stand for all files in them; - is standard input"
    )]
    paths: Vec<String>,
    #[arg(long, value_enum, default_value = "text", help = "The format of the report")]
    format: Form,
    #[arg(
        long,
        value_enum,
        default_value = "unknown",
        value_name = "VERDICT",
        help = "The least verdict for which the exit status is not 0; incomplete is never 0"
    )]
    fail_on: FailOn,
    /// Allow the objects of a class of your own, given as `module:Name`. Python then runs what the class defines, with
    /// whatever the pickle has. May be given several times.
    #[arg(long, value_name = "NAME")]
    allow: Vec<String>,
    /// Add a file of policy, which allows more; see POLICY.md of halfsour-audit.
    #[arg(long, value_name = "TOML")]
    policy: Vec<PathBuf>,
    /// Allow only what these packs of the policy allow, with those that they include, and what --policy and --allow add.
    #[arg(long, value_name = "PACKS", value_delimiter = ',', default_value = ALL)]
    profile: Vec<String>,
    /// Write a file of policy with an entry for each name that no pack lists, to be reviewed, instead of a report. The exit status is
    /// that of the audit, but 0 where names are unknown.
    #[arg(long, conflicts_with_all = ["format", "globals", "verbose", "baseline", "write_baseline"])]
    suggest_policy: bool,
    /// Accept the findings that a file lists which --write-baseline wrote, whatever the arguments are.
    #[arg(long, value_name = "TOML")]
    baseline: Option<PathBuf>,
    /// Write all findings to a file that --baseline reads, instead of those that it has. What is dangerous is accepted only where the
    /// file says so. Nothing is written if something is incomplete.
    #[arg(long, value_name = "TOML")]
    write_baseline: Option<PathBuf>,
    /// Explain anything that a report says: a rule (R4), a name (collections:OrderedDict), a verdict, a word, an exit
    /// status. Nothing else is done.
    #[arg(long, value_name = "WORD")]
    explain: Option<String>,
    /// List all classes and functions that the pickles name, and how they use each.
    #[arg(long)]
    globals: bool,
    /// Leave out files that are clean or accepted, and the summary.
    #[arg(short, long)]
    quiet: bool,
    /// Also print each finding with the opcodes before it, how much was read, and what the pickles name, as --globals
    /// does.
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,
}

/// The profile of all packs.
const ALL: &str = "all";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A line for each name that is found.
    Text,
    /// One document, with its version.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Fail unless all is clean.
    Unknown,
    /// Let pass what nobody reviewed, which may run anything, too.
    Dangerous,
}

impl FailOn {
    /// The status for a verdict. 2 is left to wrong command lines.
    fn status(self, verdict: Verdict) -> u8 {
        match verdict {
            Verdict::Clean => 0,
            Verdict::Unknown => u8::from(self == Self::Unknown),
            Verdict::Incomplete => 3,
            Verdict::Dangerous => 4,
        }
    }
}

impl Audit {
    /// Judges all that was asked for.
    pub fn run(&self, reading: &Reading) -> u8 {
        match self.try_run(reading, &mut io::BufWriter::new(anstream::stdout().lock())) {
            Ok(code) => code,
            Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Err(failure) => {
                failure.report();
                USAGE
            }
        }
    }

    fn try_run(&self, reading: &Reading, out: &mut dyn Write) -> Result<u8, Failure> {
        if let Some(option) = reading.part() {
            let why = format!(
                "{option} does not go with audit, which judges whole files: all that a reader may find in them"
            );
            return Err(Failure::message(why));
        }
        if let Some(option) = reading.manner() {
            let why = format!(
                "{option} does not go with audit, which judges what every Python does with a pickle, however it reads it"
            );
            return Err(Failure::message(why));
        }
        if reading.limits_pickles() {
            let why = "audit has limits of its own for pickles: of --limits, it takes those of files, which are input, decompressed, ratio, \
                layers and window, trusted and untrusted";
            return Err(Failure::message(why.to_owned()));
        }
        let policy = self.policy()?;
        if let Some(word) = &self.explain {
            write!(out, "{}", explain::explain(&policy, word)?)?;
            out.flush()?;
            return Ok(0);
        }
        let known = self.baseline.as_deref().map(read_baseline).transpose()?;
        if self.suggest_policy && self.paths.iter().any(|path| path == "-") {
            let why = "--suggest-policy reads files twice, which standard input cannot be";
            return Err(Failure::message(why.to_owned()));
        }
        let auditor = Auditor::new(policy);
        let mut audited = self.audit(&auditor, known.as_ref(), reading, out)?;
        if self.suggest_policy {
            suggest::write(out, auditor.policy(), &audited.files, reading)?;
            out.flush()?;
            return Ok(FailOn::Dangerous.status(verdict(&audited.files)));
        }
        if let Some(path) = &self.write_baseline {
            write_baseline(path, known, &mut audited.files)?;
        }
        let status = self.fail_on.status(verdict(&audited.files));
        // The status is the verdict on all files, also if nobody reads more of what is written.
        if audited.is_read {
            let policy = auditor.policy();
            let files = &audited.files;
            let written = match self.format {
                Form::Text if self.quiet => Ok(()),
                Form::Text => show::summary(out, files, audited.skipped, policy),
                Form::Json => print::json_pretty(out, &Document { files, policy }),
                Form::Sarif => print::json_pretty(out, &Sarif { files, policy, exit_code: status }),
            };
            reads_on(written.and_then(|()| out.flush()))?;
        }
        Ok(status)
    }

    fn audit(
        &self,
        auditor: &Auditor,
        known: Option<&Baseline>,
        reading: &Reading,
        out: &mut dyn Write,
    ) -> Result<Audited, Failure> {
        let mut files = Vec::new();
        for path in &self.paths {
            files.extend(files::below(path));
        }
        let mut audited = Audited { files: Vec::new(), skipped: 0, is_read: true };
        let shows = self.format == Form::Text && !self.suggest_policy;
        let job = |file: &File| file.audit(auditor, reading);
        threads::run(&files, job, |report| {
            let Some(mut report) = report else {
                audited.skipped += 1;
                return Ok(());
            };
            if let Some(known) = known {
                reports(&mut report).for_each(|report| known.apply(report));
            }
            if shows && audited.is_read {
                audited.is_read = reads_on(show::file(out, &report, self).and_then(|()| out.flush()))?;
            }
            audited.files.push(report);
            Ok::<(), Failure>(())
        })?;
        for path in self.paths.iter().filter(|path| Path::new(path).is_dir()) {
            if audited.files.iter().all(|file| !Path::new(&file.name).starts_with(path)) {
                let report = files::without_pickles(auditor, path);
                if shows && audited.is_read {
                    audited.is_read = reads_on(show::file(out, &report, self))?;
                }
                audited.files.push(report);
            }
        }
        Ok(audited)
    }

    fn policy(&self) -> Result<Policy, Failure> {
        let mut policy = Policy::default();
        let mut profile: Vec<String> = self.profile.iter().map(|name| name.trim().to_owned()).collect();
        for path in &self.policy {
            let in_file = |error| Failure::message(format!("{}: {error}", path.display()));
            let more = Policy::parse(&read(path)?).map_err(in_file)?;
            profile.extend(more.profiles().into_iter().map(str::to_owned));
            policy.add(&more).map_err(in_file)?;
        }
        // What all packs allow, it allows as it is.
        if self.profile != [ALL] {
            policy.select(&profile).map_err(|error| Failure::message(error.to_string()))?;
        }
        for name in &self.allow {
            policy.allow(name).map_err(|error| Failure::message(format!("--allow: {error}")))?;
        }
        Ok(policy)
    }
}

/// The worst verdict on what the baseline does not accept.
fn verdict(files: &[FileReport]) -> Verdict {
    files.iter().map(FileReport::unaccepted).max().unwrap_or(Verdict::Clean)
}

/// What was audited.
struct Audited {
    files: Vec<FileReport>,
    /// The number of files without pickles.
    skipped: usize,
    /// Whether somebody still reads what is written.
    is_read: bool,
}

fn reports(file: &mut FileReport) -> impl Iterator<Item = &mut Report> {
    file.parts.iter_mut().map(|part| &mut part.report)
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::File { name: path.display().to_string(), error })
}

fn read_baseline(path: &Path) -> Result<Baseline, Failure> {
    Baseline::parse(&read(path)?).map_err(|error| Failure::message(format!("{}: {error}", path.display())))
}

/// Writes a baseline of all findings, and marks those that it accepts. What an older one at its place, or the one that was read, accepts
/// although it is dangerous stays so.
fn write_baseline(path: &Path, known: Option<Baseline>, files: &mut [FileReport]) -> Result<(), Failure> {
    if path == Path::new("-") {
        return Err(Failure::message("--write-baseline needs a file, which it reads and writes".to_owned()));
    }
    let known = match known {
        Some(known) => known,
        None if path.exists() => read_baseline(path)?,
        None => Baseline::default(),
    };
    if let Some(file) = files.iter().find(|file| file.verdict() == Verdict::Incomplete) {
        let why =
            format!("{} is not written, because {} could not be read to its end", path.display(), file.name);
        return Err(Failure::message(why));
    }
    let baseline = Baseline::of(files.iter().flat_map(|file| &file.parts).map(|part| &part.report), &known);
    fs::write(path, baseline.to_toml())
        .map_err(|error| Failure::File { name: path.display().to_string(), error })?;
    files.iter_mut().flat_map(reports).for_each(|report| baseline.apply(report));
    Ok(())
}

/// Whether somebody still reads what is written.
fn reads_on(written: io::Result<()>) -> io::Result<bool> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}
