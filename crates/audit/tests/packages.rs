//! What real packages pickled, over their versions, is clean with the profile that is about them.

use halfsour_audit::{Auditor, Completeness, Part, Policy, Verdict};
use halfsour_files::{Limits, Source};
use halfsour_fixtures::{package_files, packages};

/// Packages that no pack is about, and the fixtures' own modules: what names them is counted apart.
const APART: [&str; 9] = [
    "__main__.",
    "__torch__.",
    "deli.",
    "django.",
    "frozendict.",
    "immutabledict.",
    "markupsafe.",
    "ml_dtypes.",
    "shop.",
];

/// Files of `packages/*/`, their profile, how many in a hundred may be found, and more than how many there are to judge.
const SCRIPTS: [(&str, &str, usize, usize); 7] = [
    ("standard", "pandas", 3, 50),
    ("arrays", "numpy", 1, 50),
    ("frames", "pandas", 3, 50),
    ("dumps", "joblib", 1, 50),
    ("models", "sklearn", 1, 50),
    ("tensors", "torch", 1, 50),
    ("containers", "stdlib", 1, 40),
];

/// Why the answer is incomplete.
fn reason(parts: &[Part]) -> String {
    let reason = |part: &Part| match &part.report.completeness {
        Completeness::Incomplete { reason, .. } => Some(reason.clone()),
        Completeness::Complete => None,
    };
    parts.iter().find_map(reason).unwrap_or_default()
}

#[test]
fn what_packages_pickle_is_clean() {
    let all = [packages(), package_files()].concat();
    for (script, profile, most, least) in SCRIPTS {
        let mut policy = Policy::default();
        policy.select(&[profile]).unwrap();
        let auditor = Auditor::new(policy);
        let (mut judged, mut apart, mut flagged, mut incomplete) = (0, 0, Vec::new(), Vec::new());
        for package in all.iter().filter(|package| package.script == script) {
            let name = format!("{}: {}", package.environment, package.name);
            let bytes = package.bytes.clone().into();
            let source = Source::from_bytes(name.clone(), bytes, Limits::UNTRUSTED).unwrap();
            let parts = auditor.audit_source(&source);
            let verdict = parts.iter().map(|part| part.report.verdict).max();
            let mut imports = parts.iter().flat_map(|part| &part.report.imports);
            if imports.any(|import| APART.iter().any(|name| import.name.replace(':', ".").starts_with(name)))
            {
                apart += 1;
                assert!(parts.iter().any(|part| !part.report.findings.is_empty()), "{name}");
                continue;
            }
            judged += 1;
            match parts.iter().find_map(|part| part.report.findings.first()) {
                Some(finding) => flagged.push(format!("{name}: {finding}")),
                None if verdict == Some(Verdict::Clean) => {}
                None => incomplete.push(format!("{name}: {}", reason(&parts))),
            }
        }
        println!(
            "{script}: {judged} judged, {apart} apart, {} found, incomplete: {incomplete:#?}",
            flagged.len()
        );
        assert!(judged > least, "{script}: {judged}");
        assert!(
            flagged.len() * 100 <= judged * most,
            "{script}, {} of {judged}: {flagged:#?}",
            flagged.len()
        );
    }
}
