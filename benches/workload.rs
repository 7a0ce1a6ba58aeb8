//! The files of the workloads.

use std::fs;
use std::path::{Path, PathBuf};

/// A file with a pickle, or with the same data for a peer: `records.p4.pkl`, `records.p4.json`.
#[derive(Clone, Debug)]
pub struct Workload {
    /// The name of the data, such as `records`.
    pub kind: String,
    /// The protocol of the pickle.
    pub protocol: u8,
    /// The path of the file.
    pub path: PathBuf,
    /// The contents of the file. A process reads one file, and keeps it until its end.
    pub bytes: &'static [u8],
}

impl Workload {
    /// Reads a file.
    pub fn read(path: &Path) -> std::io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut parts = name.split('.');
        let kind = parts.next().unwrap_or_default().split('@').next().unwrap_or_default().to_owned();
        let protocol = parts.next().and_then(|part| part.strip_prefix('p')?.parse().ok()).unwrap_or_default();
        Ok(Self { kind, protocol, path: path.into(), bytes: fs::read(path)?.leak() })
    }

    /// Returns the name with the protocol, such as `records.p4`.
    pub fn name(&self) -> String {
        format!("{}.p{}", self.kind, self.protocol)
    }

    /// Returns the counts that the generator gives for the data, or `None` for data with instances.
    pub fn expected_tally(&self) -> Option<String> {
        let tallies = fs::read_to_string(self.path.with_file_name("tallies.txt")).ok()?;
        let name = self.path.file_name()?.to_str()?;
        let all = tallies.lines().filter_map(|line| line.split_once(' '));
        let mut of_this = all.filter(|(kind, _)| name.split('.').next() == Some(*kind));
        of_this.next().map(|(_, tally)| tally.to_owned()).filter(|tally| tally != "-")
    }
}

/// Returns the directory of the small workloads, which need no Python.
pub fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("files")
}

/// Reads the pickles of a directory, sorted by name.
pub fn all(directory: &Path) -> std::io::Result<Vec<Workload>> {
    let mut paths: Vec<_> = fs::read_dir(directory)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "pkl"))
        .collect();
    paths.sort();
    paths.iter().map(|path| Workload::read(path)).collect()
}
