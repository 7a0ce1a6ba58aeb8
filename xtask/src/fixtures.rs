//! Makes the committed fixtures, with real Pythons.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::pythons::{ORACLE, Python, VERSIONS};
use crate::{Result, jobs, shell};

/// Makes the fixtures anew, with the latest installed release of each version.
pub fn make() -> Result {
    let pythons: Vec<_> = VERSIONS.into_iter().filter_map(Python::find).collect();
    match made(&pythons)? {
        Some(new) => {
            copy(&new, &committed())?;
            pythons.iter().find(|python| python.version == ORACLE).map_or(Ok(()), jobs::make)
        }
        None => Err(format!("Python {ORACLE}, the authority on pickles, is not installed").into()),
    }
}

/// Compares the committed fixtures with those that the same releases of Python make now. (Other releases may write other
/// bytes: enums, for one, changed with 3.11.4.)
///
/// # Errors
///
/// If they differ.
pub fn check() -> Result {
    let releases = releases(&committed())?;
    let same = |version| Python::find_release(version, releases.get(version)?.as_str()?);
    let pythons: Vec<_> = VERSIONS.into_iter().filter_map(same).collect();
    let Some(new) = made(&pythons)? else {
        println!("fixtures: skipped, because the release of Python {ORACLE} that made them is not installed");
        return Ok(());
    };
    let mut drifted = Vec::new();
    for file in files(&new)? {
        drifted.extend(difference(&committed().join(&file), &new.join(&file), &file)?);
    }
    if drifted.is_empty() {
        return Ok(());
    }
    Err(format!("fixtures drifted; run `cargo xtask fixtures` to make them anew:\n{}", drifted.join("\n"))
        .into())
}

/// The file with the releases that made the fixtures.
const RELEASES: &str = "data/pythons.json";

fn committed() -> PathBuf {
    shell::root().join("crates/fixtures")
}

/// The folders of what is made here.
const PARTS: [&str; 3] = ["data", "files", "objects"];

/// Pythons that compute hashes in other ways.
const HASHING: [&str; 3] = ["2.7", "3.6", "3.13"];

/// Makes the fixtures in a new directory, and returns that; `None` if the oracle is not installed.
fn made(pythons: &[Python]) -> Result<Option<PathBuf>> {
    let Some(oracle) = pythons.iter().find(|python| python.version == ORACLE) else { return Ok(None) };
    let missing: Vec<_> = VERSIONS
        .into_iter()
        .filter(|version| pythons.iter().all(|python| python.version != *version))
        .collect();
    if !missing.is_empty() {
        println!("fixtures: those of Python {} are kept, because it is not installed", missing.join(", "));
    }
    let new = shell::target().join("fixtures");
    for part in PARTS {
        fs::create_dir_all(new.join(part))?;
    }
    copy(&committed(), &new)?;
    let mut releases = releases(&new)?;
    let mut rows = String::new();
    for python in pythons {
        println!("fixtures: Python {}", python.release);
        releases.insert(python.version.into(), python.release.clone().into());
        shell::output(python.script("files.py").arg(new.join("files")), &[])?;
        for line in shell::output(&mut python.script("make.py"), &[])?.lines() {
            let mut row: Value = serde_json::from_str(line)?;
            row["python"] = python.version.into();
            rows.push_str(&row.to_string());
            rows.push('\n');
        }
        if HASHING.contains(&python.version) {
            let name = format!("data/hashes-{}.jsonl", python.version);
            fs::write(new.join(name), shell::output(&mut python.script("hashes.py"), &[])?)?;
            let name = format!("data/holders-{}.jsonl", python.version);
            fs::write(new.join(name), shell::output(&mut python.script("holders.py"), &[])?)?;
        }
    }
    shell::output(oracle.script("finish.py").arg(new.join("data")).args(missing), rows.as_bytes())?;
    fs::write(new.join("data/pairs.json"), shell::output(&mut oracle.script("pairs.py"), &[])?)?;
    fs::write(new.join("data/hostile.jsonl"), shell::output(&mut oracle.script("hostile.py"), &[])?)?;
    shell::output(oracle.script("objects.py").arg(new.join("objects")), &[])?;
    fs::write(new.join(RELEASES), serde_json::to_string_pretty(&releases)? + "\n")?;
    Ok(Some(new))
}

fn releases(directory: &Path) -> Result<Map<String, Value>> {
    let file = directory.join(RELEASES);
    if file.exists() { Ok(serde_json::from_slice(&fs::read(file)?)?) } else { Ok(Map::new()) }
}

/// Returns the paths of the files in the parts, relative to the directory.
fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for part in PARTS {
        for entry in fs::read_dir(directory.join(part)).into_iter().flatten() {
            files.push(Path::new(part).join(entry?.file_name()));
        }
    }
    files.sort();
    Ok(files)
}

fn copy(from: &Path, to: &Path) -> Result {
    for file in files(from)? {
        fs::write(to.join(&file), fs::read(from.join(&file))?)?;
    }
    Ok(())
}

/// Returns the first lines that differ, if any do.
fn difference(old: &Path, new: &Path, name: &Path) -> Result<Vec<String>> {
    let (old, new) = (fs::read(old).unwrap_or_default(), fs::read(new)?);
    if old == new {
        return Ok(Vec::new());
    }
    let mut shown = vec![format!("{}:", name.display())];
    let (old, new) = (String::from_utf8_lossy(&old), String::from_utf8_lossy(&new));
    let only_in = |mine: &str, other: &str, sign: char| {
        let other: std::collections::HashSet<_> = other.lines().collect();
        let lines: Vec<_> = mine.lines().filter(|line| !other.contains(line)).collect();
        let cut = lines.iter().take(5).map(|line| format!("{sign} {line:.200}"));
        let rest = lines.len().saturating_sub(5);
        cut.chain((rest > 0).then(|| format!("{sign} and {rest} more"))).collect::<Vec<_>>()
    };
    shown.extend(only_in(&old, &new, '-'));
    shown.extend(only_in(&new, &old, '+'));
    Ok(shown)
}
