//! The files that are audited.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use halfsour_audit::{Auditor, FileReport, Incompleteness, Part};

use crate::args::Reading;
use crate::failure::Failure;
use crate::input::source_at;

/// A file to audit, or the reason that there is none.
pub struct File {
    pub name: String,
    /// Where it is: two names may print alike.
    path: PathBuf,
    /// Whether somebody named it, and so says that it has pickles.
    is_asked: bool,
    /// Why it cannot be read.
    failure: Option<(Incompleteness, String)>,
}

impl File {
    /// What is in the file; `None` if nobody named it and it has no pickles.
    pub fn audit(&self, auditor: &Auditor, reading: &Reading) -> Option<FileReport> {
        let incomplete =
            |kind, reason| vec![Part { name: self.name.clone(), report: auditor.incomplete(kind, reason) }];
        let parts = match &self.failure {
            Some((kind, reason)) => incomplete(*kind, reason.clone()),
            None => match source_at(&self.name, &self.path, reading) {
                Ok(source) if self.is_asked => auditor.audit_source(&source),
                Ok(source) => auditor.audit_if_pickle(&source),
                Err(error) => incomplete((&error).into(), Failure::from(error).line()),
            },
        };
        (!parts.is_empty()).then(|| FileReport { name: self.name.clone(), parts })
    }

    fn failed(path: &Path, error: io::Error) -> Self {
        let name = path.to_string_lossy().into_owned();
        let reason = Failure::File { name, error }.line();
        Self::unread(path, reason)
    }

    /// What is not read, for this reason.
    fn unread(path: &Path, reason: String) -> Self {
        Self { failure: Some((Incompleteness::Unreadable, reason)), ..Self::found(path) }
    }

    /// What was found in a folder.
    fn found(path: &Path) -> Self {
        let name = path.to_string_lossy().into_owned();
        Self { name, path: path.to_owned(), is_asked: false, failure: None }
    }
}

/// The files below a path. Links to folders are not followed: those to a folder that is not below the path are told of.
pub fn below(path: &str) -> Vec<File> {
    if path == "-" || !Path::new(path).is_dir() {
        return vec![File { is_asked: true, ..File::found(Path::new(path)) }];
    }
    let (mut files, mut open) = (Vec::new(), vec![PathBuf::from(path)]);
    let top = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    while let Some(folder) = open.pop() {
        if let Err(error) = entries(&folder, &top, &mut files, &mut open) {
            files.push(File::failed(&folder, error));
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files
}

/// The report on a folder in which no file has pickles.
pub fn without_pickles(auditor: &Auditor, path: &str) -> FileReport {
    let report = auditor.incomplete(Incompleteness::NoPickle, "no file in the folder has pickles");
    FileReport { name: path.to_owned(), parts: vec![Part { name: path.to_owned(), report }] }
}

/// Adds the files and folders in a folder below `top`.
fn entries(folder: &Path, top: &Path, files: &mut Vec<File>, open: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            open.push(path);
            continue;
        }
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => files.push(File::found(&path)),
            // What lies below the path is seen where it is.
            Ok(metadata) if metadata.is_dir() => {
                if !fs::canonicalize(&path)?.starts_with(top) {
                    let reason =
                        "it is a link to a folder elsewhere, which was not looked into: audit that folder";
                    files.push(File::unread(&path, reason.to_owned()));
                }
            }
            Ok(_) => {
                let reason = "it is a pipe, a socket or a device, and was not read";
                files.push(File::unread(&path, reason.to_owned()));
            }
            Err(error) => files.push(File::failed(&path, error)),
        }
    }
    Ok(())
}
