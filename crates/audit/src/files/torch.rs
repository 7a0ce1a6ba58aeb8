//! Files of torch: what is beside the pickle.

use std::ops::Range;

use halfsour_files::{Source, Torch};
use halfsour_vm::Loader;

use super::Part;
use super::walk::Walk;
use crate::Rule;
use crate::found::Found;
use crate::report::{Action, Completeness, Finding, Incompleteness, Severity};

impl Walk<'_> {
    /// The storages behind the pickles of an old file: where the pickles end. A program that reads pickle after pickle goes on in the count
    /// before a storage, and what is a storage to torch may be anything to others.
    pub(super) fn storages_behind(&mut self, source: &Source, torch: &Torch) -> usize {
        const COUNT: usize = 8;
        let bytes = source.bytes();
        let places: Vec<Range<usize>> = torch.keys().into_iter().filter_map(|key| torch.place(key)).collect();
        for place in &places {
            for start in [place.start.saturating_sub(COUNT), place.start] {
                self.pickles(source, bytes, start, false);
            }
        }
        if let Some(end) = places.iter().map(|place| place.end).max()
            && end < bytes.len()
        {
            self.pickles(source, bytes, end, false);
            let reason = format!("{} bytes follow the storages", bytes.len() - end);
            self.broken(source.name(), Incompleteness::Doubt, end, reason);
        }
        self.storages(source, torch);
        places.iter().map(|place| place.start.saturating_sub(COUNT)).min().unwrap_or(bytes.len())
    }

    /// Storages of which the pickle says more than there is; an error of the pickle is told where it is judged.
    pub(super) fn storages(&mut self, source: &Source, torch: &Torch) {
        let overdrawn = torch.short_storages(&mut Loader::new()).unwrap_or_default();
        if overdrawn.is_empty() {
            return;
        }
        let limits = self.auditor.policy().limits();
        let mut found = Found::default();
        for storage in overdrawn {
            found.add(
                limits,
                Finding {
                    rule: Rule::R9,
                    severity: Severity::Dangerous,
                    offset: storage.offset,
                    opcode: None,
                    action: Action::Data,
                    name: String::new(),
                    code: format!("a storage of {} bytes, of which there are {}", storage.says, storage.has),
                    reason:
                        "torch writes no such file, and refuses it; other readers may go beyond what there is"
                            .to_owned(),
                    times: 1,
                    accepted: false,
                    within: Vec::new(),
                    context: Vec::new(),
                },
            );
        }
        let mut report = self.auditor.report(Completeness::Complete);
        report.findings = found.findings;
        report.stats = found.stats;
        self.parts.push(Part { name: source.name().to_owned(), report: report.decide() });
    }
}
