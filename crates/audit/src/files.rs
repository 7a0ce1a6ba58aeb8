//! Files: every pickle in them, as each of their readers would read it.

mod net;
mod readings;
mod torch;
mod walk;

use halfsour_files::{Error, ErrorKind, Leaf, LookAlike, Npy, Source, is_safetensors};

use self::walk::Walk;
use crate::report::{Completeness, Incompleteness, Stats};
use crate::{Auditor, Report, Verdict};

/// A pickle in a file, and the report on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The name of the part: `model.tar:weights.pt:data.pkl`.
    pub name: String,
    /// The report on the part.
    pub report: Report,
}

impl Auditor {
    /// Judges all that is in a file: all layers of compression are taken off, every member of an archive is read, as the
    /// directory and as the headers describe it, and those that no directory names. The file, each of its layers and each member count as
    /// whatever some reader could take them for. Pickles are judged as `pickle.load` reads them and, where there are arrays between the
    /// opcodes, as joblib does. Where bytes that no reading ran name what is known to be dangerous, as opcodes do, the answer is incomplete.
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
        let mut walk = Walk::new(self, true);
        walk.source(source, true);
        if walk.parts.is_empty() {
            walk.parts.extend(self.of_numbers(source));
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

    /// As [`audit_source`](Self::audit_source), for a file of which nobody says that it has pickles: nothing if it is known to have none, as
    /// text and pictures are. What is of no known format is incomplete. Values of a database of which nothing is known count
    /// only where there are pickles beside them.
    pub fn audit_if_pickle(&self, source: &Source) -> Vec<Part> {
        let mut walk = Walk::new(self, false);
        walk.source(source, false);
        if walk.parts.is_empty() {
            walk.parts.extend(self.of_numbers(source));
        }
        if walk.parts.is_empty() && !is_empty_on_purpose(source) {
            walk.unknown(source);
        }
        walk.parts
    }

    /// The clean part that a file of numbers alone is.
    fn of_numbers(&self, source: &Source) -> Option<Part> {
        is_of_numbers(source)
            .then(|| Part { name: source.name().to_owned(), report: self.report(Completeness::Complete) })
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

/// Whether it is a file of arrays, of which no reader unpickles anything.
fn is_of_arrays(source: &Source) -> bool {
    Npy::end_of_numbers(source.bytes()) == Some(source.bytes().len()) || is_safetensors(source.bytes())
}

/// Whether it is an array of numbers in numpy's format, tensors in safetensors, or an archive of such alone: no reader reads
/// pickles from them.
fn is_of_numbers(source: &Source) -> bool {
    let is_number = |leaf: Result<Leaf, Error>| leaf.is_ok_and(|leaf| is_of_arrays(&leaf.source));
    let mut leaves = source.leaves().peekable();
    leaves.peek().is_some() && leaves.all(is_number)
}

/// Whether a file without contents has a name of those that are meant to be so, as modules and files that only keep a folder are.
fn is_empty_on_purpose(source: &Source) -> bool {
    const NAMES: [&str; 3] = [".py", ".typed", ".lock"];
    let name = source.name().rsplit(['/', '\\']).next().unwrap_or_default();
    source.raw().is_empty() && (name.starts_with('.') || NAMES.iter().any(|end| name.ends_with(end)))
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
