//! The net below: dangerous names in bytes that no reading ran.

use std::collections::HashSet;

use halfsour_files::{Doubt, Source};

use super::walk::Walk;
use crate::report::Incompleteness;
use crate::text;

impl Walk<'_> {
    /// Doubts a source, or one of its layers, that names what is known to be dangerous, in the form of opcodes, where none of the parts from `first`
    /// on does.
    pub(super) fn net(&mut self, source: &Source, first: usize) {
        for coat in source.coats().iter().chain([source.bytes()]) {
            let known: HashSet<&str> =
                self.parts[first..].iter().flat_map(|part| names(&part.report)).collect();
            let policy = self.auditor.policy();
            let mut found = None;
            let mut tell = |at, module: &[u8], qualified: &[u8]| {
                let name = || text::name(module, qualified);
                let is_known = || known.contains(name().as_str()) || is_import(&known, qualified);
                if policy.sink(module, qualified).is_some() && !is_known() {
                    found = Some((at, name()));
                }
                found.is_none()
            };
            let is_all = Doubt::each_name(coat, &mut tell)
                && Doubt::each_far_name(coat, |module| policy.has_sinks(module), &mut tell);
            if !is_all {
                let reason = "it has more places where opcodes may import something than can be looked at";
                self.broken(source.name(), Incompleteness::Doubt, 0, reason.to_owned());
            }
            if let Some((at, name)) = found {
                let reason = format!(
                    "there seems to be a pickle in it that names {name}, where none is opened: audit the bytes that the program gives to pickle"
                );
                self.broken(source.name(), Incompleteness::Doubt, at, reason);
            }
        }
    }
}

/// Whether the line is the opcode that imports what follows, from a known module: `getint` and `cfunctools` are no `INST` of `nt:cfunctools`.
fn is_import(known: &HashSet<&str>, line: &[u8]) -> bool {
    let mut modules =
        known.iter().filter_map(|name| name.split_once(':')).map(|(module, _)| module.as_bytes());
    line.strip_prefix(b"c").is_some_and(|module| modules.any(|known| known == module))
}

/// The names that a report has.
fn names(report: &crate::Report) -> impl Iterator<Item = &str> {
    let findings = report.findings.iter().map(|finding| finding.name.as_str());
    findings.chain(report.imports.iter().map(|import| import.name.as_str()))
}
