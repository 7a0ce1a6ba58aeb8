//! Files in which pickles are: attacks in containers, and what real programs wrote.

use halfsour_audit::{Auditor, Policy, Verdict};
use halfsour_files::{Limits, Source};
use halfsour_fixtures::attacks;

#[test]
fn no_attack_in_a_container_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let (mut judged, mut right, mut wrong) = (0, 0, Vec::new());
    for attack in attacks() {
        let source = Source::from_bytes(attack.file.clone(), attack.bytes.clone().into(), Limits::UNTRUSTED);
        let parts = source.map(|source| auditor.audit_source(&source)).unwrap_or_default();
        // What cannot be opened is not clean.
        assert!(
            parts.is_empty() || parts.iter().any(|it| it.report.verdict != Verdict::Clean),
            "{}",
            attack.file
        );
        judged += 1;
        let mut findings = parts.iter().flat_map(|part| &part.report.findings);
        if findings.any(|finding| finding.code.contains(attack.names())) {
            right += 1;
        } else {
            wrong.push(attack.file.clone());
        }
    }
    println!("{judged} judged, {right} found for the right reason");
    assert!(judged == 59, "only {judged}");
    assert!(right * 100 >= judged * 97, "{right} of {judged}; not {wrong:?}");
}

#[test]
fn what_torch_numpy_and_joblib_wrote_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files");
    let mut judged = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !["torch", "array", "joblib", "npz", "npy"].iter().any(|what| name.contains(what)) {
            continue;
        }
        let Ok(source) = Source::open(&path, Limits::UNTRUSTED) else { continue };
        for part in auditor.audit_source(&source) {
            judged += 1;
            assert!(part.report.is_clean() || part.report.stats.pickles == 0, "{name}: {:#?}", part.report);
        }
    }
    assert!(judged > 2, "only {judged}");
}
