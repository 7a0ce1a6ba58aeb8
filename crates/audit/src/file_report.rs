//! [`FileReport`]: what was found in all parts of a file.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::{Part, Report, Verdict};

/// What was found in all parts of a file.
///
/// It serialises as the JSON that `halfsour audit --format json` prints for each file.
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
