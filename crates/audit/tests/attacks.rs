//! One attack for each technique: none is clean, and the import or call that it is about is found.

use halfsour_audit::{Auditor, Policy, Verdict};
use halfsour_fixtures::attacks;

#[test]
fn no_attack_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let (mut judged, mut right, mut wrong) = (0, 0, Vec::new());
    for attack in attacks().iter().filter(|attack| attack.container.starts_with("raw")) {
        let report = auditor.audit(&attack.bytes);
        assert_ne!(report.verdict, Verdict::Clean, "{}", attack.file);
        judged += 1;
        let name = attack.names();
        if report.findings.iter().any(|finding| finding.code.contains(name)) {
            right += 1;
        } else {
            wrong.push(format!("{}: {name} is not in {:#?}", attack.file, report.findings));
        }
    }
    println!("{judged} judged, {right} found for the right reason");
    assert!(judged >= 38, "only {judged} attacks");
    assert!(right * 100 >= judged * 97, "{right} of {judged}: {}", wrong.join("\n"));
}

#[test]
fn an_attack_that_is_cut_is_never_clean() {
    let auditor = Auditor::new(Policy::default());
    for attack in attacks().iter().filter(|attack| attack.container == "raw" && attack.bytes.len() < 1000) {
        for end in 1..attack.bytes.len() {
            let cut = &attack.bytes[..end];
            let report = auditor.audit(cut);
            // Some attacks begin with a pickle that is harmless by itself.
            let is_harmless = report.findings.is_empty() && report.imports.is_empty();
            assert!(!report.is_clean() || is_harmless, "{} to {end}", attack.file);
        }
    }
}
