//! [`Sarif`]: what an audit found, as SARIF 2.1.0.

use std::fmt::Write;

use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Completeness, FileReport, Finding, Incompleteness, Part, Policy, Rule, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The page that describes the rules.
const HELP: &str = "https://docs.rs/halfsour-audit/latest/halfsour_audit/#the-rules";
/// The name and version of the fingerprints: they are another name where they are computed in another way.
const FINGERPRINT: &str = "halfsour/v1";

/// What an audit found in some files, as a document of SARIF 2.1.0, which code scanners exchange.
///
/// Findings of one rule, action and name in a pickle are one result, with the number of its occurrences and a fingerprint of these three, which
/// stays the same when a file is moved or written anew. What could not be read is a result of R5, and a notification of the invocation.
///
/// ```
/// use halfsour_audit::{Auditor, FileReport, Policy, Sarif};
/// use halfsour_files::{Limits, Source};
///
/// let source = Source::from_bytes("evil.pkl", b"cos\nsystem\n(Vid\ntR."[..].into(), Limits::UNTRUSTED)?;
/// let auditor = Auditor::new(Policy::default());
/// let file = FileReport { name: "evil.pkl".to_owned(), parts: auditor.audit_source(&source) };
/// let sarif = Sarif { files: &[file], policy: auditor.policy(), exit_code: 4 };
/// let document = serde_json::to_value(sarif)?;
/// assert_eq!(document["runs"][0]["results"][0]["level"], "error");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sarif<'a> {
    /// The files that were audited.
    pub files: &'a [FileReport],
    /// The policy by which they were judged.
    pub policy: &'a Policy,
    /// The exit status of the program that audited them.
    pub exit_code: u8,
}

impl Serialize for Sarif<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let files = || self.files.iter().enumerate();
        let rules: Vec<Value> = Rule::ALL.iter().copied().map(rule).collect();
        let driver = json!({"name": "halfsour", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
        let notifications: Vec<Value> = files()
            .flat_map(|(index, file)| {
                file.parts.iter().filter_map(move |part| notification(file, index, part))
            })
            .collect();
        let invocation = json!({
            "executionSuccessful": notifications.iter().all(|it| it["level"] != "error"),
            "exitCode": self.exit_code,
            "toolExecutionNotifications": notifications,
        });
        let artifact =
            |file: &FileReport| json!({"location": {"uri": uri(&file.name)}, "roles": ["analysisTarget"]});
        let run = json!({
            "tool": {"driver": driver},
            "invocations": [invocation],
            "artifacts": self.files.iter().map(artifact).collect::<Vec<Value>>(),
            "columnKind": "unicodeCodePoints",
            "results": files().flat_map(|(index, file)| results(file, index)).collect::<Vec<Value>>(),
            "properties": {"policy": self.policy.hash()},
        });
        json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).serialize(serializer)
    }
}

fn rule(rule: Rule) -> Value {
    json!({
        "id": rule.id(),
        "shortDescription": {"text": rule.title()},
        "fullDescription": {"text": rule.explanation()},
        "help": {"text": rule.advice()},
        "helpUri": HELP,
    })
}

/// What could not be read.
fn notification(file: &FileReport, index: usize, part: &Part) -> Option<Value> {
    let Completeness::Incomplete { kind, offset, reason } = &part.report.completeness else { return None };
    let level = if *kind == Incompleteness::Unreadable { "error" } else { "warning" };
    Some(json!({
        "descriptor": {"id": kind.to_string()},
        "level": level,
        "message": {"text": reason},
        "locations": [location(file, index, part, Some(*offset))],
    }))
}

fn results(file: &FileReport, index: usize) -> Vec<Value> {
    let mut results = Vec::new();
    for part in &file.parts {
        let mut kinds: IndexMap<_, (&Finding, u64)> = IndexMap::new();
        for finding in &part.report.findings {
            let kind = (finding.rule, finding.action, finding.severity, finding.subject());
            kinds.entry(kind).or_insert((finding, 0)).1 += finding.times;
        }
        for ((rule, action, severity, subject), (finding, times)) in kinds {
            let fingerprint = fingerprint(rule, &action.to_string(), subject);
            let level = if severity == Severity::Dangerous { "error" } else { "warning" };
            // Within bytes, an offset is none in the file.
            let place = finding.within.is_empty().then_some(finding.offset);
            let mut result = result(rule, level, &format!("{finding}: {}", finding.reason), &fingerprint);
            result["locations"] = json!([location(file, index, part, place)]);
            result["occurrenceCount"] = json!(times);
            if finding.accepted {
                result["suppressions"] = json!([{"kind": "external", "status": "accepted"}]);
            }
            results.push(result);
        }
        if let Completeness::Incomplete { kind, offset, reason } = &part.report.completeness {
            let fingerprint = fingerprint(Rule::R5, &kind.to_string(), &part.name);
            let mut result = result(Rule::R5, "warning", &format!("{kind}: {reason}"), &fingerprint);
            result["locations"] = json!([location(file, index, part, Some(*offset))]);
            results.push(result);
        }
    }
    results
}

fn result(rule: Rule, level: &str, text: &str, fingerprint: &str) -> Value {
    json!({
        "ruleId": rule.id(),
        "ruleIndex": Rule::ALL.iter().position(|each| *each == rule),
        "level": level,
        "message": {"text": text},
        "partialFingerprints": {FINGERPRINT: fingerprint},
    })
}

fn fingerprint(rule: Rule, action: &str, subject: &str) -> String {
    let mut hash = Sha256::new();
    for part in [rule.id(), action, subject] {
        hash.update(part);
        hash.update([0]);
    }
    let hash = hash.finalize();
    hash.iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A place in a part of a file; an offset in an archive's member is none in the file. Some readers want a line, which a pickle has not.
fn location(file: &FileReport, index: usize, part: &Part, offset: Option<usize>) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(&file.name), "index": index}});
    if let Some(offset) = offset.filter(|_| part.name == file.name) {
        physical["region"] = json!({"startLine": 1, "byteOffset": offset, "byteLength": 1});
    }
    let mut location = json!({"physicalLocation": physical});
    if part.name != file.name {
        location["logicalLocations"] = json!([{"fullyQualifiedName": part.name, "kind": "member"}]);
    }
    location
}

/// A path as a reference: what is not allowed there is escaped. A colon would end a scheme.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for &byte in path.as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into());
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}
