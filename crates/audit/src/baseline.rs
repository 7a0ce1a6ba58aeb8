//! [`Baseline`]: the findings that somebody has accepted.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::{Finding, Report, Severity};

/// The version of the file that is written and read.
const VERSION: u32 = 1;

const HEAD: &str = "\
# Findings of `halfsour audit` that are accepted, by rule, use and name, wherever they are and whatever their arguments are. An entry whose finding is
# dangerous accepts it only with `dangerous = \"accepted\"`, which somebody has to write who has looked at it.
";

/// The findings that somebody has accepted, so that a gate tells what is new.
///
/// A finding is known by its rule, its action and its name, or by its code if it has no name: not by its file, its offset, its arguments, or the words of its
/// reason. What is incomplete is no finding, and no baseline accepts it.
///
/// ```
/// use halfsour_audit::{Auditor, Baseline, Policy, Verdict};
///
/// let auditor = Auditor::new(Policy::default());
/// let mut report = auditor.audit(b"capp.models\nUser\n.");
/// let baseline = Baseline::of([&report], &Baseline::default());
/// assert!(baseline.to_toml().contains("name = \"app.models:User\""));
///
/// Baseline::parse(&baseline.to_toml())?.apply(&mut report);
/// assert_eq!((report.verdict, report.unaccepted()), (Verdict::Unknown, Verdict::Clean));
/// # Ok::<(), halfsour_audit::BaselineError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// Whether findings may be dangerous, by their rule, action and name; `None` of those that were not.
    entries: BTreeMap<Key, Option<Dangerous>>,
}

/// The rule, the action and the name of a finding.
type Key = (String, String, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    finding: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    r#use: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dangerous: Option<Dangerous>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Dangerous {
    Refused,
    Accepted,
}

impl Baseline {
    /// Reads the file of a baseline.
    ///
    /// # Errors
    ///
    /// If it is not what [`to_toml`](Self::to_toml) writes.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let file: File = toml::from_str(text).map_err(|error| BaselineError {
            line: error.span().map(|span| text[..span.start].matches('\n').count() + 1),
            reason: error.message().to_owned(),
        })?;
        if file.version != VERSION {
            let reason = format!("the version is {}, and only {VERSION} is known", file.version);
            return Err(BaselineError { line: None, reason });
        }
        let entry = |it: Entry| ((it.rule, it.r#use, it.name), it.dangerous);
        Ok(Self { entries: file.finding.into_iter().map(entry).collect() })
    }

    /// Returns the baseline that accepts the findings of some reports: those that are dangerous only if `before` accepts them as such.
    pub fn of<'r>(reports: impl IntoIterator<Item = &'r Report>, before: &Self) -> Self {
        let mut entries = BTreeMap::new();
        for finding in reports.into_iter().flat_map(|report| &report.findings) {
            let key = key(finding);
            if finding.severity == Severity::Dangerous {
                let accepted = before.entries.get(&key).is_some_and(|&it| it == Some(Dangerous::Accepted));
                let word = if accepted { Dangerous::Accepted } else { Dangerous::Refused };
                entries.insert(key, Some(word));
            } else {
                entries.entry(key).or_insert(None);
            }
        }
        Self { entries }
    }

    /// Returns the baseline as TOML.
    pub fn to_toml(&self) -> String {
        let mut text = format!("{HEAD}version = {VERSION}\n");
        for ((rule, r#use, name), dangerous) in self.entries.clone() {
            let entry = toml::to_string(&Entry { rule, r#use, name, dangerous });
            let _ = write!(text, "\n[[finding]]\n{}", entry.expect("it has no values that TOML lacks"));
        }
        text
    }

    /// Marks the findings of a report that the baseline accepts. The verdict stays: [`Report::unaccepted`] is that on the others.
    pub fn apply(&self, report: &mut Report) {
        for finding in &mut report.findings {
            finding.accepted = self.accepts(finding);
        }
    }

    /// Whether the baseline accepts a finding.
    pub fn accepts(&self, finding: &Finding) -> bool {
        // What has no name is known by its code, and that of those that are not listed may be another.
        let is_one = !finding.name.is_empty() || finding.times == 1;
        let accepts = self.entries.get(&key(finding));
        let is_dangerous = finding.severity == Severity::Dangerous;
        is_one && accepts.is_some_and(|&word| !is_dangerous || word == Some(Dangerous::Accepted))
    }
}

fn key(finding: &Finding) -> Key {
    (finding.rule.to_string(), finding.action.to_string(), finding.subject().to_owned())
}

/// The reason that the file of a baseline is refused, and the line at fault.
#[derive(Clone, PartialEq, Eq)]
pub struct BaselineError {
    line: Option<usize>,
    reason: String,
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl fmt::Debug for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BaselineError {}
