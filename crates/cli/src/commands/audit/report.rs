//! What an audit found, as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::Audited;

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    verdict: halfsour_audit::Verdict,
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    name: &'a str,
    #[serde(flatten)]
    report: &'a halfsour_audit::Report,
}

impl<'a> From<&'a Audited> for File<'a> {
    fn from(audited: &'a Audited) -> Self {
        let parts = audited.parts.iter().map(|part| Part { name: &part.name, report: &part.report });
        Self { name: &audited.name, verdict: audited.verdict(), parts: parts.collect() }
    }
}

pub fn write(out: &mut dyn Write, files: &[Audited]) -> io::Result<()> {
    let files: Vec<File<'_>> = files.iter().map(File::from).collect();
    serde_json::to_writer_pretty(&mut *out, &files)?;
    writeln!(out)
}
