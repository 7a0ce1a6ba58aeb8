//! [`Sarif`]: what an audit found, as SARIF 2.1.0.

use std::fmt::Write;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::{Completeness, FileReport, Policy, Rule, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What an audit found in some files, as a document of SARIF 2.1.0, which code scanners exchange.
///
/// ```
/// use halfsour_audit::{Auditor, FileReport, Policy, Sarif};
/// use halfsour_files::{Limits, Source};
///
/// let source = Source::from_bytes("evil.pkl", b"cos\nsystem\n(Vid\ntR."[..].into(), Limits::UNTRUSTED)?;
/// let auditor = Auditor::new(Policy::default());
/// let file = FileReport { name: "evil.pkl".to_owned(), parts: auditor.audit_source(&source) };
/// let document = serde_json::to_value(Sarif { files: &[file], policy: auditor.policy() })?;
/// assert_eq!(document["runs"][0]["results"][0]["level"], "error");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sarif<'a> {
    /// The files that were audited.
    pub files: &'a [FileReport],
    /// The policy by which they were judged.
    pub policy: &'a Policy,
}

impl Serialize for Sarif<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rule = |rule: &Rule| {
            json!({
                "id": rule.id(),
                "shortDescription": {"text": rule.title()},
                "fullDescription": {"text": rule.explanation()},
            })
        };
        let rules: Vec<Value> = Rule::ALL.iter().map(rule).collect();
        let driver = json!({"name": "halfsour", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
        let run = json!({
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "results": self.files.iter().flat_map(results).collect::<Vec<Value>>(),
            "properties": {"policy": self.policy.hash()},
        });
        json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}).serialize(serializer)
    }
}

fn results(file: &FileReport) -> Vec<Value> {
    let mut results = Vec::new();
    for part in &file.parts {
        for finding in &part.report.findings {
            let level = if finding.severity == Severity::Dangerous { "error" } else { "warning" };
            let text = format!("{finding}: {}", finding.reason);
            // Within bytes or archives, an offset is none in the file.
            let place = (part.name == file.name && finding.within.is_empty()).then_some(finding.offset);
            results.push(result(finding.rule, level, &text, file, &part.name, place));
        }
        if let Completeness::Incomplete { kind, offset, reason } = &part.report.completeness {
            let place = (part.name == file.name).then_some(*offset);
            let text = format!("{kind}: {reason}");
            results.push(result(Rule::R5, "warning", &text, file, &part.name, place));
        }
    }
    results
}

fn result(
    rule: Rule,
    level: &str,
    text: &str,
    file: &FileReport,
    part: &str,
    offset: Option<usize>,
) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(&file.name)}});
    if let Some(offset) = offset {
        physical["region"] = json!({"byteOffset": offset, "byteLength": 1});
    }
    let mut location = json!({"physicalLocation": physical});
    if part != file.name {
        location["logicalLocations"] = json!([{"fullyQualifiedName": part, "kind": "member"}]);
    }
    json!({
        "ruleId": rule.id(),
        "ruleIndex": Rule::ALL.iter().position(|each| *each == rule),
        "level": level,
        "message": {"text": text},
        "locations": [location],
    })
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
