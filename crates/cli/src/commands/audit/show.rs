//! What an audit found, as text.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style;
use halfsour_audit::{
    Action, Completeness, FileReport, Finding, Import, Part, Policy, Report, Severity, Subject, Verdict,
};

use super::Audit;
use crate::print::{CLEAN, DIM, ERROR, WARNING};
use halfsour::lexer::text::name::visible;
use halfsour::lexer::text::phrase::{count, plural};

/// How wide the column of names may get; longer names stand out of it.
const WIDEST: usize = 60;
/// How many characters of a name are shown.
const LONGEST: usize = 100;
/// How many classes are named whose later use is not covered.
const MOST_UNCOVERED: usize = 5;
/// From how many names on those that are only imported share a line.
const FEW: usize = 4;
/// How many reasons are given for a name.
const MOST_REASONS: usize = 2;

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Clean => CLEAN,
        Verdict::Unknown | Verdict::Incomplete => WARNING,
        Verdict::Dangerous => ERROR,
    }
}

pub fn file(out: &mut dyn Write, audited: &FileReport, how: &Audit) -> io::Result<()> {
    let verdict = audited.verdict();
    if how.quiet && audited.unaccepted() == Verdict::Clean {
        return Ok(());
    }
    let style = style(verdict);
    let is_accepted = verdict != Verdict::Clean && audited.unaccepted() == Verdict::Clean;
    let accepted = if is_accepted { ", accepted by the baseline" } else { "" };
    writeln!(out, "{}: {style}{verdict}{style:#}{accepted}", visible(&audited.name))?;
    for part in &audited.parts {
        self::part(out, &audited.name, part, how)?;
    }
    Ok(())
}

fn part(out: &mut dyn Write, file: &str, part: &Part, how: &Audit) -> io::Result<()> {
    let report = &part.report;
    let inner = part.name.strip_prefix(file).unwrap_or(&part.name).trim_start_matches(':');
    let within =
        if inner.is_empty() || inner == "<stdin>" { String::new() } else { format!("{}: ", visible(inner)) };
    subjects(out, &within, report, how)?;
    if let Completeness::Incomplete { kind, reason, .. } = &report.completeness {
        writeln!(out, "  {within}{WARNING}{kind}{WARNING:#}: {}", visible(reason))?;
    }
    uncovered(out, &within, report)?;
    for import in report.imports.iter().filter(|_| how.globals || how.verbose) {
        self::import(out, &within, import)?;
    }
    if how.verbose {
        let stats = &report.stats;
        writeln!(
            out,
            "  {within}{DIM}{}, {}, {}; {} within bytes{DIM:#}",
            plural(stats.bytes, "byte"),
            plural(stats.pickles, "pickle"),
            plural(stats.opcodes, "opcode"),
            plural(stats.nested, "pickle"),
        )?;
    }
    Ok(())
}

/// A line for each name, with what is done with it.
fn subjects(out: &mut dyn Write, within: &str, report: &Report, how: &Audit) -> io::Result<()> {
    let (accepted, findings): (Vec<_>, Vec<_>) =
        report.findings.iter().partition(|finding| finding.accepted && !how.verbose);
    let mut subjects = Subject::of(findings);
    let imported = imported_only(&mut subjects, how);
    let widths = subjects.iter().map(|subject| subject.name.chars().count());
    let width = widths.filter(|&width| width <= WIDEST).max().unwrap_or(0);
    for subject in &subjects {
        self::subject(out, within, report, subject, width, how)?;
        for finding in subject.findings.iter().filter(|_| how.verbose) {
            let accepted = if finding.accepted { ", accepted by the baseline" } else { "" };
            writeln!(
                out,
                "    {DIM}{finding}{DIM:#}\n      {DIM}{}: {}{accepted}{DIM:#}",
                finding.rule, finding.reason
            )?;
            for before in &finding.context {
                writeln!(out, "        {DIM}0x{:x} | {}{DIM:#}", before.offset, before.text)?;
            }
        }
    }
    if !imported.is_empty() {
        let (count, names) = (count(imported.len()), imported.join(", "));
        writeln!(out, "  {within}{count} names  {WARNING}unknown{WARNING:#}    only imported: {names}")?;
    }
    if report.stats.unlisted > 0 {
        let more = count(report.stats.unlisted);
        writeln!(out, "  {within}{WARNING}and {more} findings more, which are not listed{WARNING:#}")?;
    }
    if !accepted.is_empty() {
        let accepted: u64 = accepted.iter().map(|finding| finding.times).sum();
        writeln!(out, "  {within}{DIM}and {} that the baseline accepts{DIM:#}", plural(accepted, "finding"))?;
    }
    Ok(())
}

/// Takes out the names that nobody reviewed and that are only imported, where there are several: a line is enough for them.
fn imported_only<'r>(subjects: &mut Vec<Subject<'r>>, how: &Audit) -> Vec<&'r str> {
    let is_imported = |subject: &Subject<'_>| {
        subject.severity == Severity::Unknown
            && subject.uses.iter().all(|(action, _)| *action == Action::Import)
    };
    if how.verbose || subjects.iter().filter(|subject| is_imported(subject)).count() < FEW {
        return Vec::new();
    }
    subjects.extract_if(.., |subject| is_imported(subject)).map(|subject| subject.name).collect()
}

fn subject(
    out: &mut dyn Write,
    within: &str,
    report: &Report,
    subject: &Subject<'_>,
    width: usize,
    how: &Audit,
) -> io::Result<()> {
    let style = if subject.severity == Severity::Dangerous { ERROR } else { WARNING };
    let uses = subject.uses.iter().map(|(action, times)| format!("{} {}×", action.done(), times));
    write!(
        out,
        "  {within}{:<width$}  {style}{:<9}{style:#}  {}",
        cut(subject.name),
        subject.severity,
        uses.collect::<Vec<_>>().join(", ")
    )?;
    // About a name that nobody reviewed there is no more to be said.
    let is_unlisted = report.imports.iter().any(|import| import.name == subject.name && !import.listed);
    if subject.severity == Severity::Dangerous || !is_unlisted {
        let reasons = &subject.reasons[..subject.reasons.len().min(MOST_REASONS)];
        write!(out, ": {}", reasons.join("; "))?;
    }
    writeln!(out)?;
    // What it is called with says most.
    let dangerous = || subject.findings.iter().filter(|finding| finding.severity == Severity::Dangerous);
    let is_use = |finding: &&&Finding| finding.action != Action::Import;
    match dangerous().find(is_use).filter(|_| !how.verbose) {
        Some(finding) => writeln!(out, "    {DIM}{finding}{DIM:#}"),
        None => Ok(()),
    }
}

/// The beginning of a long name: of what is computed, it is code.
fn cut(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]).into(),
        None => name.into(),
    }
}

/// One line for the classes of whose objects only the loading was reviewed.
fn uncovered(out: &mut dyn Write, within: &str, report: &Report) -> io::Result<()> {
    if report.uncovered.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> = report.uncovered[..report.uncovered.len().min(MOST_UNCOVERED)]
        .iter()
        .map(|uncovered| format!("{} ({})", uncovered.name, uncovered.reason))
        .collect();
    if let Some(more) = report.uncovered.len().checked_sub(MOST_UNCOVERED).filter(|&more| more > 0) {
        names.push(format!("and {more} more"));
    }
    writeln!(out, "  {within}{WARNING}later use is not covered{WARNING:#}: {}", names.join(", "))
}

fn import(out: &mut dyn Write, within: &str, import: &Import) -> io::Result<()> {
    let style = if import.listed { DIM } else { WARNING };
    let mut uses = Vec::new();
    for (count, what) in [
        (import.imports, "import"),
        (import.calls, "call"),
        (import.instances, "object"),
        (import.changes, "change"),
    ] {
        if count > 0 {
            uses.push(plural(count, what));
        }
    }
    writeln!(out, "  {within}{style}{}{style:#}: {}", import.name, uses.join(", "))
}

/// Prints how many files have which verdict, and what that means.
pub fn summary(out: &mut dyn Write, files: &[FileReport], skipped: usize, policy: &Policy) -> io::Result<()> {
    let number = |verdict| files.iter().filter(|file| file.verdict() == verdict).count();
    write!(out, "{DIM}{}: ", plural(files.len(), "file"))?;
    for (place, verdict) in
        [Verdict::Clean, Verdict::Unknown, Verdict::Incomplete, Verdict::Dangerous].into_iter().enumerate()
    {
        let number = number(verdict);
        let style = if number > 0 { style(verdict) } else { DIM };
        let comma = if place > 0 { ", " } else { "" };
        write!(out, "{comma}{DIM:#}{style}{} {verdict}{style:#}{DIM}", count(number))?;
    }
    if skipped > 0 {
        write!(out, "; {} without pickles", count(skipped))?;
    }
    writeln!(out, "; policy {}{DIM:#}", &policy.hash()[..12])?;
    if number(Verdict::Clean) > 0 {
        writeln!(out, "{DIM}{CLEAN_MEANS}{DIM:#}")?;
    }
    for (verdict, means) in [
        (Verdict::Unknown, UNKNOWN_MEANS),
        (Verdict::Incomplete, INCOMPLETE_MEANS),
        (Verdict::Dangerous, DANGEROUS_MEANS),
    ] {
        if files.iter().any(|file| file.unaccepted() == verdict) {
            writeln!(out, "{DIM}{means}{DIM:#}")?;
        }
    }
    Ok(())
}

const CLEAN_MEANS: &str =
    "clean: loading runs nothing but what was reviewed, in time and memory that the size of the file bounds";
const UNKNOWN_MEANS: &str = "unknown: nobody reviewed it, or this use of it; --explain NAME says what to do, --suggest-policy writes entries to review";
const INCOMPLETE_MEANS: &str = "incomplete: what was not read may be dangerous; --explain with the word before the reason says what to do";
const DANGEROUS_MEANS: &str = "dangerous: do not load it; `halfsour trace FILE` shows what Python would run, and `halfsour show FILE` the data";
