//! What an audit found, as text.

use std::io::{self, Write};

use halfsour_audit::{Completeness, FileReport, Part, Policy, Severity, Verdict};

use super::Audit;
use crate::print::{CLEAN, DIM, ERROR, WARNING};
use halfsour::lexer::text::name::visible;
use halfsour::lexer::text::phrase::{count, plural};

pub fn file(out: &mut dyn Write, audited: &FileReport, how: &Audit) -> io::Result<()> {
    let verdict = audited.verdict();
    if how.quiet && verdict == Verdict::Clean {
        return Ok(());
    }
    let style = match verdict {
        Verdict::Clean => CLEAN,
        Verdict::Unknown | Verdict::Incomplete => WARNING,
        Verdict::Dangerous => ERROR,
    };
    writeln!(out, "{}: {style}{verdict}{style:#}", visible(&audited.name))?;
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
    for finding in &report.findings {
        let style = if finding.severity == Severity::Dangerous { ERROR } else { WARNING };
        writeln!(out, "  {within}{style}{}: {finding}{style:#}", finding.severity)?;
        writeln!(out, "    {DIM}{}: {}{DIM:#}", finding.rule, finding.reason)?;
        for before in finding.context.iter().filter(|_| !how.quiet) {
            writeln!(out, "      {DIM}0x{:x} | {}{DIM:#}", before.offset, before.text)?;
        }
    }
    if report.stats.repeated > 0 {
        let repeated = usize::try_from(report.stats.repeated).unwrap_or(usize::MAX);
        writeln!(out, "  {within}{DIM}and {} more of the same{DIM:#}", count(repeated))?;
    }
    if let Completeness::Incomplete { kind, reason, .. } = &report.completeness {
        writeln!(out, "  {within}{WARNING}{kind}{WARNING:#}: {}", visible(reason))?;
    }
    for import in report.imports.iter().filter(|_| how.globals || how.verbose) {
        let style = if import.listed { DIM } else { WARNING };
        let mut uses = Vec::new();
        for (count, what) in [
            (import.imports, "import"),
            (import.calls, "call"),
            (import.instances, "object"),
            (import.changes, "change"),
        ] {
            if count > 0 {
                uses.push(plural(usize::try_from(count).unwrap_or(usize::MAX), what));
            }
        }
        writeln!(out, "  {within}{style}{}{style:#}: {}", import.name, uses.join(", "))?;
    }
    if how.verbose {
        let stats = &report.stats;
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        writeln!(
            out,
            "  {within}{DIM}{}, {}, {}; {} within bytes{DIM:#}",
            plural(count(stats.bytes), "byte"),
            plural(count(stats.pickles), "pickle"),
            plural(count(stats.opcodes), "opcode"),
            plural(count(stats.nested), "pickle"),
        )?;
    }
    Ok(())
}

pub fn summary(out: &mut dyn Write, files: &[FileReport], skipped: usize, policy: &Policy) -> io::Result<()> {
    let number = |verdict| files.iter().filter(|file| file.verdict() == verdict).count();
    write!(
        out,
        "{DIM}{}: {} clean, {} unknown, {} incomplete, {} dangerous",
        plural(files.len(), "file"),
        number(Verdict::Clean),
        number(Verdict::Unknown),
        number(Verdict::Incomplete),
        number(Verdict::Dangerous)
    )?;
    if skipped > 0 {
        write!(out, "; {} without pickles", count(skipped))?;
    }
    writeln!(out, "; policy {}{DIM:#}", &policy.hash()[..12])
}
