//! The walk through all that is in a file.

use std::collections::HashSet;

use halfsour_files::{
    Archive, Doubt, Error, Format, Layer, Member, Npy, Source, Torch, is_pickle, is_safetensors,
};

use super::{Part, is_of_arrays, kind_of, readings};
use crate::Auditor;
use crate::auditor::has_effect;
use crate::report::{Completeness, Finding, Incompleteness};

/// Collects the parts of a file.
pub(super) struct Walk<'a> {
    pub auditor: &'a Auditor,
    pub parts: Vec<Part>,
    /// Whether somebody says that the file has pickles.
    is_asked: bool,
}

impl<'a> Walk<'a> {
    pub fn new(auditor: &'a Auditor, is_asked: bool) -> Self {
        Self { auditor, parts: Vec::new(), is_asked }
    }

    /// All that is in a source, which may be what was asked for, as whatever a reader could take it for.
    pub fn source(&mut self, source: &Source, is_asked: bool) {
        let first = self.parts.len();
        if let Some(layer) = source.layers().iter().find(|layer| layer.rest > 0) {
            let reason =
                format!("{} bytes follow the {} data and belong to nothing", layer.rest, layer.format);
            self.broken(source.name(), Incompleteness::Doubt, layer.length - layer.rest, reason);
        }
        // Text, or what a cache writes before a pickle, may be one to a reader that takes nothing off.
        for coat in source.coats() {
            self.pickles(source, coat, 0, false);
        }
        match source.other_readings() {
            Ok(others) => others.iter().for_each(|other| self.other_reading(other)),
            Err(error) => self.failed(source.name(), &error),
        }
        self.whole(source, is_asked);
        match source.other_archives() {
            Ok(archives) => archives.iter().for_each(|archive| self.archive(archive, Kind::Files)),
            Err(error) => self.failed(source.name(), &error),
        }
        self.net(source, first);
        // joblib's reader asks the decompressor for more until there is more, and it keeps what it was given so far, twice.
        if let [Layer { format: Format::Gzip, length, behind: behind @ 1.., rest: 0, .. }, ..] =
            source.layers()
            && self.parts.len() > first
        {
            let reason = format!(
                "{behind} bytes follow the first stream of gzip, for which joblib.load takes all memory"
            );
            self.broken(source.name(), Incompleteness::Doubt, length - behind, reason);
        }
    }

    /// What a source may be decoded to as well. That it is nothing in this reading says nothing.
    fn other_reading(&mut self, source: &Source) {
        let first = self.parts.len();
        self.source(source, false);
        let read = self.parts.split_off(first).into_iter();
        let is_something = |part: &Part| {
            let report = &part.report;
            report.is_clean() || !report.findings.is_empty() || !report.imports.is_empty()
        };
        self.parts.extend(read.filter(is_something));
    }

    /// A source as what it is taken for.
    fn whole(&mut self, source: &Source, is_asked: bool) {
        let before = self.parts.len();
        match source.archive() {
            Ok(Some(archive)) => {
                // The name of tar's first member may be a pickle.
                self.pickles(source, source.bytes(), 0, false);
                let torch = Torch::of(source).unwrap_or_else(|error| {
                    self.failed(source.name(), &error);
                    None
                });
                self.archive(&archive, Kind::of(source.format(), torch.as_ref()));
                self.doubts(source.doubts(), before);
                if is_asked && source.format() == Format::Text {
                    let reason =
                        "text may have pickles in forms that are not looked for, such as protocols 0 and 1";
                    self.broken(source.name(), Incompleteness::Doubt, 0, reason.to_owned());
                }
                if let Some(torch) = torch {
                    self.storages(source, &torch);
                }
            }
            Ok(None) => {
                self.leaf(source, is_asked);
                self.doubts(source.doubts(), before);
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
            part.report = crate::Report { findings, ..part.report.clone() }.decide();
        }
    }

    fn archive(&mut self, archive: &Archive, kind: Kind<'_>) {
        let orphans = archive.orphans();
        let first = self.parts.len();
        let mut doubts = Vec::new();
        for member in archive.members().iter().chain(&orphans) {
            match archive.open(member) {
                Ok(source) => self.member(archive, member, &source, kind, &mut doubts),
                Err(error) => self.failed(&member.name, &error),
            }
        }
        if let Some(error) = archive.damage() {
            self.failed("the archive", &error);
        }
        self.doubts(doubts, first);
    }

    fn member(
        &mut self,
        archive: &Archive,
        member: &Member,
        source: &Source,
        kind: Kind<'_>,
        doubts: &mut Vec<(String, Doubt)>,
    ) {
        let before = self.parts.len();
        if member.is_other_value(source) {
            match source.other_archives() {
                Ok(archives) => archives.iter().for_each(|archive| self.archive(archive, Kind::Files)),
                Err(error) => self.failed(source.name(), &error),
            }
        } else {
            self.source(source, false);
        }
        let is_value = matches!(kind, Kind::Values { .. });
        // The keys of such a database are any bytes.
        if let Kind::Values { keyed: true } = kind
            && let Some(doubt) = Doubt::of(member.name.as_bytes())
        {
            doubts.push((source.name().to_owned(), doubt));
        }
        if self.parts.len() > before {
            if is_value && source.format() == Format::Text {
                doubts.push((source.name().to_owned(), Doubt::AMONG_TEXT));
            }
            // Only of what matters: not all readers look at checksums.
            if let Err(error) = archive.check(member) {
                self.failed(source.name(), &error);
            }
            return;
        }
        match kind {
            Kind::Values { .. } => doubts.extend(doubt(source)),
            Kind::Torch(torch) if torch.is_storage(member) => {}
            // There is nothing in a folder, or in a file without contents.
            _ if source.raw().is_empty() => {}
            _ => self.unknown(source),
        }
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

    /// Tells what a file may be in which no pickle was found, if it is not known that there is none.
    pub fn unknown(&mut self, source: &Source) {
        if let Some(doubt) = Doubt::of_file(source) {
            self.broken(source.name(), Incompleteness::Doubt, 0, doubt.to_string());
        }
    }

    fn leaf(&mut self, source: &Source, is_asked: bool) {
        let pickles = source.pickles();
        let bytes = source.bytes();
        let mut end = bytes.len();
        match Torch::of(source) {
            Ok(Some(torch)) => end = self.storages_behind(source, &torch),
            Ok(None) => {}
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
            Format::Npy => self.array(source),
            _ => {
                let is_meant = is_asked && !is_safetensors(bytes) || is_pickle(bytes);
                self.pickles(source, &bytes[..end.min(pickles.end())], 0, is_meant);
            }
        }
    }

    /// An array of numbers, behind which there may be more; or of objects, which are a pickle.
    fn array(&mut self, source: &Source) {
        let bytes = source.bytes();
        let Some(end) = Npy::end_of_numbers(bytes) else {
            let is_known = Npy::parse(bytes).is_ok_and(|npy| npy.pickle().is_some() && npy.is_written(bytes));
            match Npy::start(bytes) {
                Some(start) => self.pickles(source, bytes, start, is_known),
                None => {
                    let reason = "the header of .npy is cut off".to_owned();
                    return self.broken(source.name(), Incompleteness::CutOff, 0, reason);
                }
            }
            if !is_known {
                let reason = "the header of .npy is not as numpy writes it, or of an unknown type: numpy may read objects, which it unpickles";
                self.broken(source.name(), Incompleteness::Doubt, 0, reason.to_owned());
            }
            return;
        };
        match bytes.len().checked_sub(end) {
            Some(0) => {}
            Some(rest) => {
                self.pickles(source, bytes, end, false);
                self.broken(
                    source.name(),
                    Incompleteness::Doubt,
                    end,
                    format!("{rest} bytes follow the array"),
                );
            }
            None => {
                let reason = "the data of the array ends early".to_owned();
                self.broken(source.name(), Incompleteness::CutOff, bytes.len(), reason);
            }
        }
    }

    /// Pickles, or what may be some.
    pub fn pickles(&mut self, source: &Source, bytes: &[u8], start: usize, is_meant: bool) {
        let mut report = readings::report(self.auditor, bytes, start);
        if is_meant && let Some(what) = readings::look_alike(&report, bytes, start) {
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

    pub fn failed(&mut self, name: &str, error: &Error) {
        self.broken(name, error.into(), 0, error.to_string());
    }

    pub fn broken(&mut self, name: &str, kind: Incompleteness, offset: usize, reason: String) {
        let report = self.auditor.report(Completeness::Incomplete { kind, offset, reason });
        self.parts.push(Part { name: name.to_owned(), report });
    }
}

/// What the members of an archive are.
#[derive(Clone, Copy)]
enum Kind<'t> {
    /// Files, of which those may be passed over that are known to have no pickles.
    Files,
    /// Values that a program keeps for itself, each of which it may unpickle; perhaps with keys that are any bytes, too.
    Values { keyed: bool },
    /// Files, and the storages of torch, which are numbers.
    Torch(&'t Torch),
}

impl<'t> Kind<'t> {
    fn of(format: Format, torch: Option<&'t Torch>) -> Self {
        match torch {
            Some(torch) => Self::Torch(torch),
            None if format.has_values() => Self::Values { keyed: format.has_keys() },
            None => Self::Files,
        }
    }
}

/// The doubt in a value in which there is no pickle.
fn doubt(source: &Source) -> Option<(String, Doubt)> {
    let doubt = Doubt::of(source.raw()).filter(|_| !is_of_arrays(source))?;
    Some((source.name().to_owned(), doubt))
}
