//! What has been found so far.

use hashbrown::HashMap;
use indexmap::IndexMap;

use crate::Limits;
use crate::Rule;
use crate::report::{Action, Finding, Import, Incompleteness, Severity, Stats, Uncovered};

/// What has been found so far, of one reading of one pickle or of many.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub findings: Vec<Finding>,
    pub imports: IndexMap<String, Import>,
    pub stats: Stats,
    /// The reasons that the later use of listed classes is not covered, by their names.
    uncovered: IndexMap<String, String>,
    /// Whether there were more names than are listed.
    pub overflowed: bool,
    /// Whether there may be pickles so deep in bytes that nobody looked at them.
    pub is_too_deep: bool,
    /// Why what was judged may not be all, or not what every Python reads, and from which offset on.
    pub doubt: Option<(Incompleteness, usize, String)>,
    /// By kind and name, how many findings are listed.
    kinds: HashMap<(Rule, Action, Severity), HashMap<String, Kind>>,
    has_dangerous: bool,
}

/// The findings of one rule, action, severity and name.
#[derive(Debug)]
struct Kind {
    /// The number of those that are listed.
    listed: u64,
    /// The index of the last of these.
    last: usize,
}

impl Found {
    /// Adds a finding, unless there are enough of its kind; whether it is listed.
    pub fn add(&mut self, limits: &Limits, finding: Finding) -> bool {
        let kind = (finding.rule, finding.action, finding.severity);
        if self.repeats(limits, kind, &finding.name, finding.times).is_some() {
            return false;
        }
        let is_dangerous = finding.severity == Severity::Dangerous;
        // The verdict comes of what is listed: the first finding is, and so is the first that is dangerous, whatever the limits are.
        if self.findings.len() >= limits.total.max(1) && (self.has_dangerous || !is_dangerous) {
            self.count(kind, &finding.name, finding.times);
            return false;
        }
        self.has_dangerous |= is_dangerous;
        let names = self.kinds.entry(kind).or_default();
        let same = names.entry_ref(finding.name.as_str()).or_insert(Kind { listed: 0, last: 0 });
        *same = Kind { listed: same.listed + 1, last: self.findings.len() };
        self.findings.push(finding);
        true
    }

    /// If there are enough findings of a kind, counts more of them, and returns the number of the last that is listed. It is asked
    /// before the text of a finding is made, of which there may be one for each object.
    pub fn repeats(
        &mut self,
        limits: &Limits,
        kind: (Rule, Action, Severity),
        name: &str,
        times: u64,
    ) -> Option<usize> {
        let same = self.kinds.get(&kind).and_then(|names| names.get(name));
        let last = same.filter(|same| same.listed >= limits.per_kind.max(1))?.last;
        self.again(last, times);
        Some(last)
    }

    /// Counts findings of the kind of one that is listed.
    pub fn again(&mut self, last: usize, times: u64) {
        self.stats.repeated += times;
        self.findings[last].times += times;
    }

    /// Counts findings that are not listed.
    fn count(&mut self, kind: (Rule, Action, Severity), name: &str, times: u64) {
        match self.kinds.get(&kind).and_then(|names| names.get(name)) {
            Some(same) => self.again(same.last, times),
            None => self.stats.unlisted += times,
        }
    }

    /// The number of the entry for a name; `None` if there are too many.
    pub fn import(&mut self, limits: &Limits, name: &str, listed: bool, offset: usize) -> Option<usize> {
        if let Some(index) = self.imports.get_index_of(name) {
            return Some(index);
        }
        if self.imports.len() >= limits.total {
            self.overflowed = true;
            return None;
        }
        let import =
            Import { name: name.to_owned(), listed, offset, imports: 0, calls: 0, instances: 0, changes: 0 };
        Some(self.imports.insert_full(name.to_owned(), import).0)
    }

    /// Keeps the reason that the later use of a listed class is not covered by the policy.
    pub fn uncovered(&mut self, name: &str, reason: &str) {
        if !self.uncovered.contains_key(name) {
            self.uncovered.insert(name.to_owned(), reason.to_owned());
        }
    }

    /// Takes the classes whose later use is not covered.
    pub fn take_uncovered(&mut self) -> Vec<Uncovered> {
        self.uncovered.drain(..).map(|(name, reason)| Uncovered { name, reason }).collect()
    }

    /// Whether nothing was found and no name was seen.
    pub fn is_empty(&self) -> bool {
        self.imports.is_empty() && self.findings.is_empty() && !self.is_too_deep
    }

    /// Adds what another reading found.
    pub fn merge(&mut self, limits: &Limits, other: Self) {
        for finding in other.findings {
            self.add(limits, finding);
        }
        for (name, import) in other.imports {
            if let Some(index) = self.import(limits, &name, import.listed, import.offset) {
                let mine = &mut self.imports[index];
                mine.imports += import.imports;
                mine.calls += import.calls;
                mine.instances += import.instances;
                mine.changes += import.changes;
            }
        }
        for (name, reason) in &other.uncovered {
            self.uncovered(name, reason);
        }
        self.stats.opcodes += other.stats.opcodes;
        self.stats.nested += other.stats.nested;
        self.stats.repeated += other.stats.repeated;
        self.stats.unlisted += other.stats.unlisted;
        self.overflowed |= other.overflowed;
        self.is_too_deep |= other.is_too_deep;
        self.doubt = self.doubt.take().or(other.doubt);
    }
}

#[cfg(test)]
mod tests {
    use super::Found;
    use crate::Limits;

    #[test]
    fn what_is_not_covered_is_kept_once_for_a_name() {
        let mut found = Found::default();
        let mut more = Found::default();
        found.uncovered("scipy.sparse:A", "indices are believed by C");
        more.uncovered("scipy.sparse:A", "indices are believed by C");
        more.uncovered("scipy.sparse:B", "so are these");
        found.merge(&Limits::default(), more);
        let uncovered = found.take_uncovered();
        let names: Vec<&str> = uncovered.iter().map(|uncovered| &*uncovered.name).collect();
        assert_eq!(names, ["scipy.sparse:A", "scipy.sparse:B"]);
    }
}
