//! [`Subject`]: the findings about one name.

use std::cmp::Reverse;
use std::fmt;

use indexmap::IndexMap;

use crate::{Action, Finding, Rule, Severity};

/// All findings about one name; about what has no name, all of one rule and reason.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Subject<'r> {
    /// The name as the policy spells it, or else the first finding's code.
    pub name: &'r str,
    /// The worst of the findings' severities.
    pub severity: Severity,
    /// The uses that the policy does not allow, and how often each occurs.
    pub uses: Vec<(Action, u64)>,
    /// The reasons, each once: those of the worst severity come first.
    pub reasons: Vec<&'r str>,
    /// The findings that are listed, in the order of the stream.
    pub findings: Vec<&'r Finding>,
}

impl<'r> Subject<'r> {
    /// Groups findings: first those that are dangerous, last those of names that are only imported, otherwise in the order of the stream.
    ///
    /// ```
    /// use halfsour_audit::{Auditor, Policy, Subject};
    ///
    /// let report = Auditor::new(Policy::default()).audit(b"capp.models\nUser\n)\x81}b0cos\nsystem\n(S'id'\ntR.");
    /// let lines: Vec<String> = Subject::of(&report.findings).iter().map(ToString::to_string).collect();
    /// assert_eq!(lines, ["os:system called 1×", "app.models:User made 1×, state set 1×"]);
    /// ```
    pub fn of(findings: impl IntoIterator<Item = &'r Finding>) -> Vec<Self> {
        let mut groups: IndexMap<_, Vec<&Finding>> = IndexMap::new();
        for finding in findings {
            let nameless: Option<(Rule, &str)> =
                finding.name.is_empty().then_some((finding.rule, &finding.reason));
            groups.entry((&*finding.name, nameless)).or_default().push(finding);
        }
        let mut subjects: Vec<Self> = groups.into_values().map(Self::new).collect();
        let is_unused = |subject: &Self| subject.uses.iter().all(|(action, _)| *action == Action::Import);
        subjects.sort_by_key(|subject| (Reverse(subject.severity), is_unused(subject)));
        subjects
    }

    fn new(findings: Vec<&'r Finding>) -> Self {
        let mut uses = IndexMap::new();
        for finding in &findings {
            *uses.entry(finding.action).or_default() += finding.times;
        }
        // That a name is imported says nothing once it is used.
        if uses.len() > 1 {
            uses.shift_remove(&Action::Import);
        }
        let mut by_severity = findings.clone();
        by_severity.sort_by_key(|finding| Reverse(finding.severity));
        let mut reasons: Vec<&str> = Vec::new();
        for finding in &by_severity {
            if !reasons.contains(&&*finding.reason) {
                reasons.push(&finding.reason);
            }
        }
        let first = by_severity[0];
        Self {
            name: first.subject(),
            severity: first.severity,
            uses: uses.into_iter().collect(),
            reasons,
            findings,
        }
    }
}

/// `os:system called 1×`
impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        for (number, (action, times)) in self.uses.iter().enumerate() {
            write!(f, "{} {} {times}×", if number > 0 { "," } else { "" }, action.done())?;
        }
        Ok(())
    }
}
