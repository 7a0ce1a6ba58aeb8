//! Objects whose indices C code believes: those that packages made are clean, and none is in which one number is wrong.

use halfsour_audit::{Auditor, Policy};
use halfsour_fixtures::indices;

#[test]
fn indices_that_c_code_believes_are_looked_at() {
    let auditor = Auditor::new(Policy::default());
    let all = indices();
    assert!(all.len() > 90, "only {}", all.len());
    for it in &all {
        let report = auditor.audit(&it.bytes);
        let found = report.findings.iter().any(|finding| finding.reason.contains(&it.finds));
        assert_eq!(report.is_clean(), it.finds.is_empty(), "{}: {report:#?}", it.name);
        assert!(it.finds.is_empty() || found, "{}: {report:#?}", it.name);
    }
}
