//! Files: every pickle in them, as each of their readers would read it.

use std::collections::HashSet;

use halfsour_files::{
    Archive, Doubt, Error, ErrorKind, Format, JoblibArrays, Leaf, LookAlike, Npy, Source, Torch, is_pickle,
    is_safetensors,
};
use halfsour_vm::{Graph, Loader};

use crate::auditor::{has_effect, load_plain, second_reading};
use crate::found::Found;
use crate::judge::Judge;
use crate::report::{Action, Completeness, Finding, Incompleteness, Severity, Stats};
use crate::{Auditor, Report, Rule, Verdict};

/// A pickle in a file, and the report on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The name of the part: `model.tar:weights.pt:data.pkl`.
    pub name: String,
    /// The report on the part.
    pub report: Report,
}

/// Archives that cannot be looked into.
const CLOSED: [(&[u8], &str); 1] = [(b"Rar!\x1a\x07", "rar")];
/// The class after whose objects joblib writes arrays.
const WRAPPER: &str = "NumpyArrayWrapper";

impl Auditor {
    /// Judges all that is in a file: all layers of compression are taken off, every member of an archive is read, as the
    /// directory and as the headers describe it, and those that no directory names. Pickles are judged as `pickle.load`
    /// reads them and, where there are arrays between the opcodes, as joblib does.
    ///
    /// What has no pickle in it is no part of the answer; if nothing has, that is one part, which is incomplete, save of arrays of
    /// numbers (`.npy`, `.npz`) and of safetensors, which are clean if they end where they say.
    ///
    /// ```
    /// use halfsour_audit::{Auditor, Policy, Verdict};
    /// use halfsour_files::{Limits, Source};
    ///
    /// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/attacks/zip_in_zip.zip");
    /// let parts = Auditor::new(Policy::default()).audit_source(&Source::open(file, Limits::UNTRUSTED)?);
    /// assert_eq!(parts[0].report.verdict, Verdict::Dangerous);
    /// # Ok::<(), halfsour_files::Error>(())
    /// ```
    pub fn audit_source(&self, source: &Source) -> Vec<Part> {
        let mut walk = Walk { auditor: self, parts: Vec::new(), is_asked: true };
        walk.source(source, true);
        if walk.parts.is_empty() && is_of_numbers(source) {
            let report = self.report(Completeness::Complete);
            walk.parts.push(Part { name: source.name().to_owned(), report });
        }
        if walk.parts.is_empty() {
            let archive = source.archive().ok().flatten();
            let look_alike = archive.and_then(|archive| archive.look_alike());
            let look_alike = look_alike.map(|what| format!("; {what}")).unwrap_or_default();
            let reason = format!("there is no pickle in it{look_alike}");
            walk.broken(source.name(), Incompleteness::NoPickle, 0, reason);
        }
        walk.parts
    }

    /// As [`audit_source`](Self::audit_source), for a file of which nobody says that it has pickles: nothing if it looks as if
    /// it had none, in no form that is known. Values of which nothing is known count only where there are pickles beside them.
    pub fn audit_if_pickle(&self, source: &Source) -> Vec<Part> {
        let mut walk = Walk { auditor: self, parts: Vec::new(), is_asked: false };
        walk.source(source, false);
        if walk.parts.is_empty() {
            walk.trace(source);
        }
        walk.parts
    }

    /// A report on what has no pickle, or could not be read.
    pub fn incomplete(&self, kind: Incompleteness, reason: impl Into<String>) -> Report {
        self.report(Completeness::incomplete(kind, 0, reason))
    }

    /// A report on what no pickle was read of.
    fn report(&self, completeness: Completeness) -> Report {
        Report {
            verdict: Verdict::Clean,
            completeness,
            findings: Vec::new(),
            imports: Vec::new(),
            uncovered: Vec::new(),
            stats: Stats::default(),
            policy: self.policy().hash().to_owned(),
        }
        .decide()
    }
}

struct Walk<'a> {
    auditor: &'a Auditor,
    parts: Vec<Part>,
    /// Whether somebody says that the file has pickles.
    is_asked: bool,
}

impl Walk<'_> {
    /// All that is in a source, which may be what was asked for.
    fn source(&mut self, source: &Source, is_asked: bool) {
        if let Some((_, format)) = CLOSED.iter().find(|(magic, _)| source.bytes().starts_with(magic)) {
            let reason = format!("{format} archives cannot be read");
            return self.broken(source.name(), Incompleteness::Unreadable, 0, reason);
        }
        if let Some(layer) = source.layers().iter().find(|layer| layer.rest > 0) {
            let reason =
                format!("{} bytes follow the {} data and belong to nothing", layer.rest, layer.format);
            self.broken(source.name(), Incompleteness::Doubt, layer.length - layer.rest, reason);
        }
        if !source.layers().is_empty() {
            // Text, or what a cache writes before a pickle, may be one to a reader that takes nothing off.
            self.pickles(source, source.raw(), 0, false);
        }
        if let Some(archive) = source.hidden_raw_zip() {
            self.archive(&archive, Kind::Files);
        }
        let before = self.parts.len();
        match source.archive() {
            Ok(Some(archive)) => {
                // The name of tar's first member may be a pickle.
                self.pickles(source, source.bytes(), 0, false);
                let torch = Torch::of(source);
                self.archive(&archive, Kind::of(source, &torch));
                self.doubts(source.doubts(), before);
                if is_asked && source.format() == Format::Text {
                    let reason =
                        "text may have pickles in forms that are not looked for, such as protocols 0 and 1";
                    self.broken(source.name(), Incompleteness::Doubt, 0, reason.to_owned());
                }
                match torch {
                    Ok(Some(torch)) => self.storages(source, &torch),
                    Ok(None) => {}
                    Err(error) => self.failed(source.name(), &error),
                }
                if let Some(archive) = source.hidden_zip_behind(&archive) {
                    self.archive(&archive, Kind::Files);
                }
            }
            Ok(None) => {
                self.leaf(source, is_asked);
                self.doubts(source.doubts(), before);
                if let Some(archive) = source.hidden_zip() {
                    self.archive(&archive, Kind::Files);
                }
            }
            Err(error) => self.failed(source.name(), &error),
        }
        if source.layers().iter().any(|layer| layer.format == Format::JoblibPair) {
            self.drop_repeated(before);
        }
    }

    /// Drops findings of the parts from `first` on that the part before has: the pickle is there twice, without the arrays that are
    /// beside it and with them, which moves what comes after.
    fn drop_repeated(&mut self, first: usize) {
        let (before, parts) = self.parts.split_at_mut(first);
        let Some(alone) = before.last() else { return };
        let key =
            |finding: &Finding| (finding.rule, finding.action, finding.name.clone(), finding.code.clone());
        let known: HashSet<_> = alone.report.findings.iter().map(key).collect();
        let name = alone.name.clone();
        for part in parts.iter_mut().filter(|part| part.name == name) {
            let mut findings = std::mem::take(&mut part.report.findings);
            findings.retain(|finding| !known.contains(&key(finding)));
            part.report = Report { findings, ..part.report.clone() }.decide();
        }
    }

    fn archive(&mut self, archive: &Archive, kind: Kind) {
        let orphans = archive.orphans();
        let first = self.parts.len();
        let mut doubts = Vec::new();
        for member in archive.members().iter().chain(&orphans) {
            match archive.open(member) {
                Ok(source) => {
                    let before = self.parts.len();
                    if !member.is_other_value(&source) {
                        self.source(&source, false);
                    } else if let Some(archive) = source.hidden_zip() {
                        self.archive(&archive, Kind::Files);
                    }
                    // The keys of such a database are any bytes.
                    if kind == Kind::Keyed
                        && let Some(doubt) = Doubt::of(member.name.as_bytes())
                    {
                        doubts.push((source.name().to_owned(), doubt));
                    }
                    if self.parts.len() == before {
                        match kind {
                            Kind::Values | Kind::Keyed => doubts.extend(doubt(&source)),
                            Kind::Files => self.trace(&source),
                            Kind::Storages => {}
                        }
                    } else if matches!(kind, Kind::Values | Kind::Keyed) && source.format() == Format::Text {
                        doubts.push((source.name().to_owned(), Doubt::AMONG_TEXT));
                    }
                    // Only of what matters: not all readers look at checksums.
                    if self.parts.len() > before
                        && let Err(error) = archive.check(member)
                    {
                        self.failed(source.name(), &error);
                    }
                }
                Err(error) => self.failed(&member.name, &error),
            }
        }
        if let Some(error) = archive.damage() {
            self.failed("the archive", &error);
        }
        self.doubts(doubts, first);
    }

    /// Tells doubts in the values of an archive, of which the parts are those from `first` on. Where there is none, and nobody said that
    /// there are some, only what looks like a pickle counts.
    fn doubts(&mut self, mut doubts: Vec<(String, Doubt)>, first: usize) {
        const MOST: usize = 5;
        if !self.is_asked && self.parts.len() == first {
            doubts.retain(|(_, doubt)| doubt.is_trace());
        }
        doubts.sort_by_key(|(_, doubt)| !doubt.is_trace());
        for (name, doubt) in doubts.iter().take(MOST) {
            self.broken(name, Incompleteness::Doubt, 0, doubt.to_string());
        }
        if let Some(more) = doubts.len().checked_sub(MOST).filter(|&more| more > 0) {
            self.broken(
                &doubts[MOST].0,
                Incompleteness::Doubt,
                0,
                format!("{}, and so {more} values are in all beside those above", doubts[MOST].1),
            );
        }
    }

    /// Tells what looks like a pickle in a file that is taken for none.
    fn trace(&mut self, source: &Source) {
        if let Some(doubt) = Doubt::trace(source.bytes()).filter(|_| !is_of_arrays(source)) {
            self.broken(source.name(), Incompleteness::Doubt, 0, doubt.to_string());
        }
    }

    fn leaf(&mut self, source: &Source, is_asked: bool) {
        let pickles = source.pickles();
        let bytes = source.bytes();
        let mut end = bytes.len();
        match Torch::of(source) {
            // Behind the pickles of old files are storages, each after its length.
            Ok(Some(torch)) if source.format() == Format::Pickle => {
                let places = torch.keys().into_iter().filter_map(|key| torch.place(key));
                end = places.map(|place| place.start.saturating_sub(8)).min().unwrap_or(end);
                self.storages(source, &torch);
            }
            Ok(_) => {}
            Err(error) => self.failed(source.name(), &error),
        }
        match source.format() {
            _ if pickles.has_lengths() => {
                // A length may itself be a pickle.
                self.pickles(source, bytes, 0, false);
                let mut pickles = pickles;
                while let Some(part) = pickles.part() {
                    self.pickles(source, &bytes[..part.end], part.start, true);
                    pickles.pass(part.end);
                }
            }
            // An array of numbers has no pickle.
            Format::Npy => {
                if let Some(part) = pickles.part() {
                    self.pickles(source, &bytes[..part.end], part.start, true);
                } else {
                    self.numbers(source);
                }
            }
            _ => {
                let is_meant = is_asked && !is_safetensors(bytes) || is_pickle(bytes);
                self.pickles(source, &bytes[..end.min(pickles.end())], 0, is_meant);
            }
        }
    }

    /// An array of numbers, behind which there may be more.
    fn numbers(&mut self, source: &Source) {
        let bytes = source.bytes();
        let Some(end) = Npy::parse(bytes).ok().and_then(|npy| npy.end()) else {
            return self.broken(
                source.name(),
                Incompleteness::Unreadable,
                0,
                "the header of .npy is invalid, or of an unknown type".to_owned(),
            );
        };
        match bytes.len().checked_sub(end) {
            Some(0) => {}
            Some(rest) => {
                self.pickles(source, bytes, end, false);
                let reason = format!("{rest} bytes follow the array");
                self.broken(source.name(), Incompleteness::Doubt, end, reason);
            }
            None => {
                let reason = "the data of the array ends early".to_owned();
                self.broken(source.name(), Incompleteness::CutOff, bytes.len(), reason);
            }
        }
    }

    /// Pickles, or what may be some.
    fn pickles(&mut self, source: &Source, bytes: &[u8], start: usize, is_meant: bool) {
        let (mut report, _) = self.auditor.run(bytes, start, load_plain);
        if report.imports.iter().any(|import| import.name.ends_with(WRAPPER)) {
            let (mut arrays, _) = self.auditor.run(bytes, start, load_arrays);
            // Where an array stands, plain Python stops: that says nothing if joblib goes on.
            if arrays.completeness == Completeness::Complete {
                let mut plain = report.findings;
                let doubt = second_reading(&arrays.findings, &mut plain, "if plain Python reads it");
                arrays.findings.extend(plain);
                arrays.completeness = doubt.unwrap_or(Completeness::Complete);
                report = arrays.decide();
            }
        }
        if is_meant && let Some(what) = look_alike(&report, bytes, start) {
            let (kind, offset, reason) = match &report.completeness {
                Completeness::Incomplete { offset, reason, .. } => {
                    (kind_of(&what), *offset, format!("{reason}; {what}"))
                }
                Completeness::Complete => (Incompleteness::Doubt, start, what.to_string()),
            };
            report.completeness = Completeness::Incomplete { kind, offset, reason };
            report = report.decide();
        }
        let is_sure = report.stats.pickles > 0 && !report.imports.is_empty() || has_effect(&report.findings);
        if is_meant || is_sure {
            self.parts.push(Part { name: source.name().to_owned(), report });
        }
    }

    /// Storages of which the pickle says more than there is; an error of the pickle is told where it is judged.
    fn storages(&mut self, source: &Source, torch: &Torch) {
        let overdrawn = torch.short_storages(&mut Loader::new()).unwrap_or_default();
        if overdrawn.is_empty() {
            return;
        }
        let limits = self.auditor.policy().limits();
        let mut found = Found::default();
        for storage in overdrawn {
            found.add(
                limits,
                Finding {
                    rule: Rule::R9,
                    severity: Severity::Dangerous,
                    offset: storage.offset,
                    opcode: None,
                    action: Action::Data,
                    name: String::new(),
                    code: format!("a storage of {} bytes, of which there are {}", storage.says, storage.has),
                    reason:
                        "torch writes no such file, and refuses it; other readers may go beyond what there is"
                            .to_owned(),
                    times: 1,
                    accepted: false,
                    within: Vec::new(),
                    context: Vec::new(),
                },
            );
        }
        let mut report = self.auditor.report(Completeness::Complete);
        report.findings = found.findings;
        report.stats = found.stats;
        self.parts.push(Part { name: source.name().to_owned(), report: report.decide() });
    }

    fn failed(&mut self, name: &str, error: &Error) {
        self.broken(name, error.into(), 0, error.to_string());
    }

    fn broken(&mut self, name: &str, kind: Incompleteness, offset: usize, reason: String) {
        let report = self.auditor.report(Completeness::Incomplete { kind, offset, reason });
        self.parts.push(Part { name: name.to_owned(), report });
    }
}

/// What the members of an archive are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Files, of which those may be passed over that do not look as if they had pickles.
    Files,
    /// Values that a program keeps for itself, each of which it may unpickle.
    Values,
    /// Values, with keys that are any bytes, too.
    Keyed,
    /// Files, and the storages of torch, which are numbers.
    Storages,
}

impl Kind {
    fn of(source: &Source, torch: &Result<Option<Torch>, Error>) -> Self {
        match torch {
            Ok(Some(_)) => Self::Storages,
            _ => match source.format() {
                Format::DumbDbm | Format::BerkeleyDb | Format::Gdbm => Self::Keyed,
                format if format.has_values() => Self::Values,
                _ => Self::Files,
            },
        }
    }
}

/// The doubt in a value in which there is no pickle.
fn doubt(source: &Source) -> Option<(String, Doubt)> {
    let doubt = Doubt::of(source.raw()).filter(|_| !is_of_arrays(source))?;
    Some((source.name().to_owned(), doubt))
}

/// Whether it is a file of arrays, which is judged by its format.
fn is_of_arrays(source: &Source) -> bool {
    source.format() == Format::Npy || is_safetensors(source.bytes())
}

/// Whether it is an array of numbers in numpy's format, tensors in safetensors, or an archive of such alone: no reader reads
/// pickles from them.
fn is_of_numbers(source: &Source) -> bool {
    let is_number = |leaf: Result<Leaf, Error>| {
        leaf.is_ok_and(|leaf| {
            let bytes = leaf.source.bytes();
            let is_array = || Npy::parse(bytes).is_ok_and(|npy| npy.end() == Some(bytes.len()));
            leaf.source.format() == Format::Npy && is_array() || is_safetensors(bytes)
        })
    };
    let mut leaves = source.leaves().peekable();
    leaves.peek().is_some() && leaves.all(is_number)
}

/// What bytes are that do not begin with a pickle, or with one whose lines end as Windows' do.
fn look_alike(report: &Report, bytes: &[u8], start: usize) -> Option<LookAlike> {
    let is_none = report.stats.pickles == 0 && report.completeness != Completeness::Complete;
    let what = LookAlike::at(bytes, start)?;
    (is_none || what == LookAlike::Crlf).then_some(what)
}

/// The kind of a file that cannot be opened.
impl From<&Error> for Incompleteness {
    fn from(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Truncated => Self::CutOff,
            ErrorKind::NoPickles | ErrorKind::NoPickle => Self::NoPickle,
            _ => Self::Unreadable,
        }
    }
}

/// The kind of what is no pickle, and looks like something else.
fn kind_of(what: &LookAlike) -> Incompleteness {
    match what {
        LookAlike::Truncated { .. } | LookAlike::ZeroTail(_) => Incompleteness::CutOff,
        // There was a pickle once, or there is one somewhere.
        LookAlike::ZeroRun(_)
        | LookAlike::Crlf
        | LookAlike::Recoded
        | LookAlike::Replaced
        | LookAlike::Prefix { .. } => Incompleteness::Unreadable,
        _ => Incompleteness::NoPickle,
    }
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
