//! [`FileReport`]: what was found in all parts of a file; [`Document`]: in all files.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::{Part, Policy, Report, Verdict};

/// What was found in all parts of a file.
///
/// It serialises as a member of `files` in a [`Document`].
#[derive(Clone, Debug, PartialEq)]
pub struct FileReport {
    /// The name of the file.
    pub name: String,
    /// The parts: see [`Auditor::audit_source`](crate::Auditor::audit_source).
    pub parts: Vec<Part>,
}

impl FileReport {
    /// The worst verdict of the parts.
    pub fn verdict(&self) -> Verdict {
        self.parts.iter().map(|part| part.report.verdict).max().unwrap_or(Verdict::Clean)
    }

    /// The worst verdict on what no baseline accepts: see [`Report::unaccepted`].
    pub fn unaccepted(&self) -> Verdict {
        self.parts.iter().map(|part| part.report.unaccepted()).max().unwrap_or(Verdict::Clean)
    }
}

#[derive(Serialize)]
struct Flat<'a> {
    name: &'a str,
    #[serde(flatten)]
    report: &'a Report,
}

impl Serialize for FileReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = self.parts.iter().map(|part| Flat { name: &part.name, report: &part.report });
        let mut file = serializer.serialize_struct("FileReport", 3)?;
        file.serialize_field("name", &self.name)?;
        file.serialize_field("verdict", &self.verdict())?;
        file.serialize_field("parts", &parts.collect::<Vec<_>>())?;
        file.end()
    }
}

/// What was found in some files: it serialises as the JSON that `halfsour audit --format json` prints, and that the README describes.
///
/// ```
/// use halfsour_audit::{Auditor, Document, FileReport, Policy};
/// use halfsour_files::{Limits, Source};
///
/// let source = Source::from_bytes("none.pkl", b"N."[..].into(), Limits::UNTRUSTED)?;
/// let auditor = Auditor::new(Policy::default());
/// let file = FileReport { name: "none.pkl".to_owned(), parts: auditor.audit_source(&source) };
/// let document = serde_json::to_value(Document { files: &[file], policy: auditor.policy() })?;
/// assert_eq!((&document["version"], &document["verdict"]), (&1.into(), &"clean".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The files that were audited.
    pub files: &'a [FileReport],
    /// The policy by which they were judged.
    pub policy: &'a Policy,
}

impl Document<'_> {
    /// The version of the JSON. It is raised when a member is dropped or means something else, and not when one is added.
    pub const VERSION: u32 = 1;
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let verdict = self.files.iter().map(FileReport::verdict).max().unwrap_or(Verdict::Clean);
        let mut document = serializer.serialize_struct("Document", 4)?;
        document.serialize_field("version", &Self::VERSION)?;
        document.serialize_field("verdict", &verdict)?;
        document.serialize_field("policy", self.policy.hash())?;
        document.serialize_field("files", self.files)?;
        document.end()
    }
}
