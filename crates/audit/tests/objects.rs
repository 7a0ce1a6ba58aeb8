//! Files that harm by what lies above the opcodes, or by a second reader or format: `crates/fixtures/objects`. Its index says what each does
//! where Python loads it, which rule closes it (1: a value is no callee, 2: a state is literal, 3: keys by class, 4: typed patterns, 5 to 7:
//! readers, formats, and what is skipped), and which kind of finding tells.

use std::path::{Path, PathBuf};

use halfsour_audit::{Auditor, Policy, Verdict};
use halfsour_files::{Limits, Source};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/objects")
}

#[test]
fn what_harms_is_found_by_its_rule() {
    let auditor = Auditor::new(Policy::default());
    let index: Vec<Value> =
        serde_json::from_slice(&std::fs::read(folder().join("index.json")).unwrap()).unwrap();
    let (mut judged, mut wrong) = ([0; 8], Vec::new());
    for it in &index {
        let file = it["file"].as_str().unwrap();
        let parts = auditor.audit_source(&Source::open(folder().join(file), Limits::UNTRUSTED).unwrap());
        let is_clean = parts.iter().all(|part| part.report.verdict == Verdict::Clean);
        let mut findings = parts.iter().flat_map(|part| &part.report.findings);
        let is_found = it["by"].as_str().is_none_or(|by| findings.any(|finding| finding.rule.id() == by));
        if is_clean || !is_found {
            wrong.push(format!("{file}: {parts:#?}"));
        }
        judged[usize::try_from(it["rule"].as_u64().unwrap()).unwrap()] += 1;
    }
    assert!(wrong.is_empty(), "{} of {}: {}", wrong.len(), index.len(), wrong.join("\n"));
    assert!(judged[1..5].iter().all(|&count| count >= 4), "{judged:?}");
    assert!(judged[5..].iter().all(|&count| count >= 3), "{judged:?}");
}
