//! The readings of one stream: readers differ in what they make of it.

use halfsour_files::{JoblibArrays, LookAlike};
use halfsour_vm::{Graph, Loader};

use crate::auditor::{Load, load_plain, second_reading};
use crate::judge::Judge;
use crate::report::Completeness;
use crate::{Auditor, Report};

/// The class after whose objects joblib writes arrays.
const WRAPPER: &str = "NumpyArrayWrapper";

/// The report on the pickles from `start` on, in all readings: as plain Python has them and, where joblib may have written arrays between the opcodes,
/// as its releases have them, with padding before the arrays and without.
pub(super) fn report(auditor: &Auditor, bytes: &[u8], start: usize) -> Report {
    const OTHERS: [(Load, &str); 2] = [
        (load_plain, "if plain Python reads it"),
        (load_without_padding, "if a release of joblib reads it that knows of no padding"),
    ];
    let (plain, _) = auditor.run(bytes, start, load_plain);
    if !plain.imports.iter().any(|import| import.name.ends_with(WRAPPER)) {
        return plain;
    }
    // Where an array stands, the other readings stop: that says nothing if joblib goes on. What they find counts.
    let (mut report, _) = auditor.run(bytes, start, load_arrays);
    for (load, when) in OTHERS {
        let (other, _) = auditor.run(bytes, start, load);
        let mut findings = other.findings;
        let doubt = second_reading(&report.findings, &mut findings, when);
        report.findings.extend(findings);
        if report.completeness == Completeness::Complete {
            report.completeness = doubt.unwrap_or(Completeness::Complete);
        }
        let known = |name: &str| report.imports.iter().any(|import| import.name == name);
        let imports: Vec<_> = other.imports.into_iter().filter(|import| !known(&import.name)).collect();
        report.imports.extend(imports);
    }
    report.decide()
}

/// What bytes are that do not begin with a pickle, or with one whose lines end as Windows' do.
pub(super) fn look_alike(report: &Report, bytes: &[u8], start: usize) -> Option<LookAlike> {
    let is_none = report.stats.pickles == 0 && report.completeness != Completeness::Complete;
    let what = LookAlike::at(bytes, start)?;
    (is_none || what == LookAlike::Crlf).then_some(what)
}

/// As joblib reads it.
fn load_arrays<'a>(
    loader: &mut Loader,
    input: &'a [u8],
    start: usize,
    judge: &mut Judge<'_, '_>,
) -> Result<Graph<&'a [u8]>, halfsour_vm::Error> {
    loader.load_observed(input, start, JoblibArrays::new(judge))
}

/// As releases of joblib read it that align nothing.
fn load_without_padding<'a>(
    loader: &mut Loader,
    input: &'a [u8],
    start: usize,
    judge: &mut Judge<'_, '_>,
) -> Result<Graph<&'a [u8]>, halfsour_vm::Error> {
    loader.load_observed(input, start, JoblibArrays::new(judge).without_padding())
}
