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
                let is_known = || known.contains(name().as_str()) || is_between(&known, module, qualified);
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

/// Whether the first line is the end of a known name, behind an opcode's letter, and the second the opcode that imports the next:
/// `int` and `cbuiltins` are no `INST` of `nt:cbuiltins`.
fn is_between(known: &HashSet<&str>, module: &[u8], qualified: &[u8]) -> bool {
    let parts = || known.iter().filter_map(|name| name.split_once(':'));
    let ends = |name: &[u8]| {
        name.strip_suffix(module).is_some_and(|rest| rest.ends_with(b"i") || rest.ends_with(b"c"))
    };
    let next = qualified.strip_prefix(b"c");
    next.is_some_and(|next| parts().any(|(module, _)| module.as_bytes() == next))
        && parts().any(|(_, name)| ends(name.as_bytes()))
}

/// The names that a report has.
fn names(report: &crate::Report) -> impl Iterator<Item = &str> {
    let findings = report.findings.iter().map(|finding| finding.name.as_str());
    findings.chain(report.imports.iter().map(|import| import.name.as_str()))
}
