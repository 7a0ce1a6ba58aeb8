//! What real picklers wrote of the standard library is clean.

use std::collections::BTreeMap;

use halfsour_audit::{Auditor, Policy};
use halfsour_fixtures::{Expect, all};

/// The module whose classes are the fixtures' own: that they are found is right.
const OWN: &str = "deli:";
/// What only the program that loads it can know: that it is found is right.
const OUTSIDE: [&str; 2] = ["extension/", "persistent/"];
/// What the policy refuses for good, since it calls what it is given, whatever it is used for here.
const REFUSED: [&str; 4] =
    ["names/moved between Python 2 and 3", "python 2/names", "stdlib/itertools", "stdlib/operators"];

#[test]
fn the_standard_library_is_clean() {
    let mut policy = Policy::default();
    policy.select(&["stdlib"]).unwrap();
    let auditor = Auditor::new(policy);
    let (mut judged, mut own, mut refused, mut flagged) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for fixture in all() {
        let written = !fixture.python.is_empty() && matches!(fixture.expect, Expect::Loads(_));
        if !written {
            continue;
        }
        let report = auditor.audit(&fixture.pickle);
        let is_own = report.imports.iter().any(|import| import.name.starts_with(OWN));
        if is_own || OUTSIDE.iter().any(|group| fixture.name.starts_with(group)) {
            own += 1;
            assert!(!report.findings.is_empty(), "{fixture}");
            continue;
        }
        if REFUSED.contains(&&*fixture.name) {
            refused += 1;
            assert!(!report.findings.is_empty(), "{fixture}");
            continue;
        }
        judged += 1;
        if !report.is_clean() {
            flagged += 1;
            let why = match report.findings.first() {
                Some(finding) => format!("{finding}: {}", finding.reason),
                None => format!("{:?}", report.completeness),
            };
            names.entry(fixture.name.clone()).or_insert(why);
        }
    }
    println!("{judged} judged, {flagged} flagged; apart: {own} of their own, {refused} refused");
    assert!(judged > 2000 && own > 1000 && refused < 60, "{judged} judged, {own} own, {refused} refused");
    assert!(flagged * 100 < judged, "{flagged} of {judged}: {names:#?}");
}
