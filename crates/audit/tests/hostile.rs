//! What harms without running code: memory that numpy would take for something else, and bombs.

use halfsour_audit::{Auditor, Part, Policy, Verdict};
use halfsour_files::{Limits, Source};
use halfsour_fixtures::hostile;

/// What an audit may cost, of which the fixtures and this program are a part. What Linux says of it.
const MOST_MEMORY: u64 = 200_000_000;
const MOST_OPCODES: u64 = 2_000_000;

#[test]
fn what_harms_is_never_clean_and_costs_little() {
    let auditor = Auditor::new(Policy::default());
    let all = hostile();
    assert!(all.len() > 70, "only {}", all.len());
    let before = peak_memory();
    let mut wrong = Vec::new();
    for it in &all {
        let source = Source::from_bytes(it.name.clone(), it.bytes.clone().into(), Limits::UNTRUSTED);
        let parts = source.map(|source| auditor.audit_source(&source)).unwrap_or_default();
        let opcodes: u64 = parts.iter().map(|part| part.report.stats.opcodes).sum();
        // What cannot be opened is not clean.
        let is_clean = !parts.is_empty() && parts.iter().all(|part| part.report.verdict == Verdict::Clean);
        if is_clean || !finds(&parts, &it.finds) || opcodes > MOST_OPCODES {
            wrong.push(format!("{}, {opcodes} opcodes: {parts:#?}", it.name));
        }
        let memory = peak_memory();
        assert!(memory - before < MOST_MEMORY, "{}: {memory} bytes", it.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn finds(parts: &[Part], text: &str) -> bool {
    let mut findings = parts.iter().flat_map(|part| &part.report.findings);
    text.is_empty() || findings.any(|it| it.code.contains(text) || it.reason.contains(text))
}

/// How much memory this program has ever had, in bytes; elsewhere than on Linux, nothing.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or(0) * 1024
}
