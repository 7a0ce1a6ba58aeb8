//! The files that Pythons are to load: the fixtures, and those of other folders.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use halfsour_audit::{Auditor, Import, Part, Verdict};
use halfsour_files::{Limits, Source};
use serde_json::Value;

use crate::listed::Listed;
use crate::{Result, row};

/// Audits one of `every` fixture, and the files and folders that are named; gives a row for each that is clean. Returns how many there are, and how many
/// of them are clean.
pub fn audit(
    auditor: &Auditor,
    listed: &Listed,
    paths: &[String],
    every: usize,
    write: &mut dyn FnMut(Value) -> Result,
) -> Result<(usize, usize)> {
    let (mut count, mut clean) = (0, 0);
    let mut all = Vec::new();
    for path in paths {
        walk(Path::new(path), &mut all)?;
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/fixtures");
    let mut own = Vec::new();
    for folder in ["files", "databases", "attacks"] {
        walk(&fixtures.join(folder).canonicalize()?, &mut own)?;
    }
    all.extend(own.into_iter().step_by(every));
    for path in all {
        count += 1;
        let Ok(source) = Source::open(&path, Limits::UNTRUSTED) else { continue };
        let parts = auditor.audit_source(&source);
        if let Some(imports) = clean_imports(&parts) {
            clean += 1;
            let mut row = row(listed, &path.display().to_string(), "file", &[], &imports);
            row["path"] = path.display().to_string().into();
            write(row)?;
        }
    }
    let mut seen = HashSet::new();
    for (name, file, bytes) in streams().step_by(every) {
        if !seen.insert(bytes.clone()) {
            continue;
        }
        count += 1;
        let source = Source::from_bytes(
            file.as_deref().unwrap_or("stream.pkl"),
            bytes.clone().into(),
            Limits::UNTRUSTED,
        );
        let Ok(source) = source else { continue };
        if let Some(imports) = clean_imports(&auditor.audit_source(&source)) {
            clean += 1;
            let mut row = row(listed, &name, "fixture", &bytes, &imports);
            row["file"] = file.into();
            write(row)?;
        }
    }
    Ok((count, clean))
}

/// The imports of a file, if it is clean.
fn clean_imports(parts: &[Part]) -> Option<Vec<Import>> {
    let is_clean = parts.iter().all(|part| part.report.verdict == Verdict::Clean);
    is_clean.then(|| parts.iter().flat_map(|part| part.report.imports.iter().cloned()).collect())
}

fn walk(path: &Path, all: &mut Vec<PathBuf>) -> Result {
    if !path.is_dir() {
        all.push(path.to_owned());
        return Ok(());
    }
    let mut paths: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    paths.iter().try_for_each(|path| walk(path, all))
}

/// What Pythons and packages wrote: its name, the name of the file if it is one, and the bytes.
fn streams() -> impl Iterator<Item = (String, Option<String>, Vec<u8>)> {
    let plain = halfsour_fixtures::all().into_iter().map(|it| (it.name, None, it.pickle));
    let indices = halfsour_fixtures::indices().into_iter().map(|it| (it.name, it.bytes));
    let of_audit = halfsour_fixtures::holders().into_iter().chain(indices);
    let plain = plain.chain(of_audit.map(|(name, bytes)| (name, None, bytes)));
    let packages = halfsour_fixtures::packages().into_iter().chain(halfsour_fixtures::package_files());
    let matrix = halfsour_fixtures::matrix();
    let mut folders: Vec<String> = fs::read_dir(matrix)
        .expect("it is committed")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| matrix.join(name).is_dir())
        .collect();
    folders.sort();
    let of_matrix = folders.into_iter().flat_map(move |name| halfsour_fixtures::packages_of(matrix, &name));
    let packages = packages.chain(of_matrix);
    plain.chain(
        packages.map(|it| (format!("{} {} {}", it.environment, it.script, it.name), it.file, it.bytes)),
    )
}
