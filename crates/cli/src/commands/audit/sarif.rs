//! What an audit found, as SARIF 2.1.0.

use std::fmt::Write as _;
use std::io::{self, Write};

use halfsour_audit::{Completeness, Policy, Rule, Severity};
use serde_json::{Value, json};

use super::Audited;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub fn write(out: &mut dyn Write, files: &[Audited], policy: &Policy) -> io::Result<()> {
    let results: Vec<Value> = files.iter().flat_map(results).collect();
    let rules: Vec<Value> = Rule::ALL
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id(),
                "shortDescription": {"text": rule.title()},
                "fullDescription": {"text": rule.explanation()},
            })
        })
        .collect();
    let driver = json!({"name": "halfsour", "version": env!("CARGO_PKG_VERSION"), "rules": rules});
    let run = json!({
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"policy": policy.hash()},
    });
    let document = json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]});
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn results(file: &Audited) -> Vec<Value> {
    let mut results = Vec::new();
    for part in &file.parts {
        for finding in &part.report.findings {
            let level = if finding.severity == Severity::Error { "error" } else { "warning" };
            let text = format!("{finding}: {}", finding.reason);
            // Within bytes or archives, an offset is none in the file.
            let place = (part.name == file.name && finding.within.is_empty()).then_some(finding.offset);
            results.push(result(finding.rule, level, &text, file, &part.name, place));
        }
        if let Completeness::Incomplete { offset, reason } = &part.report.completeness {
            let place = (part.name == file.name).then_some(*offset);
            results.push(result(Rule::R5, "warning", reason, file, &part.name, place));
        }
    }
    results
}

fn result(rule: Rule, level: &str, text: &str, file: &Audited, part: &str, offset: Option<usize>) -> Value {
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
