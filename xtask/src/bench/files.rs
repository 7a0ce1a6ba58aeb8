//! The workloads: large ones that are made, and small ones that are committed.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::lines::{BASE, FILES, PREPARED, SIZED};
use crate::pythons::Python;
use crate::{Result, shell};

/// The size of the committed workloads, where 1 is about 15 MB.
const SMALL: &str = "0.001";

/// Returns the directory of the workloads. They are made if they are missing, or older than the script that makes them.
/// Without the Python that makes them, the committed ones are used.
pub fn find(quick: bool) -> Result<PathBuf> {
    let factor = if quick { "0.2" } else { "1" };
    let target = shell::target().join("bench");
    let Some(python) = Python::find(BASE) else {
        println!("bench: Python {BASE} is not installed, so jobs without it are measured, on small files");
        let directory = target.join("committed");
        copy(&committed(), &directory)?;
        return Ok(directory);
    };
    let directory = target.join(factor);
    let made = |file: PathBuf| fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
    let scripts = shell::root().join("xtask/python");
    let newest =
        ["bench_data.py", "bench_classes.py"].map(|script| made(scripts.join(script))).into_iter().max();
    if made(directory.join("tallies.txt")) < newest.flatten() {
        eprintln!("making the workloads");
        let names = FILES.map(|file| file.split('.').next().unwrap_or(file));
        let names: BTreeSet<_> = names.into_iter().chain(SIZED).collect();
        generate(&python, &directory, factor, &names)?;
    }
    Ok(directory)
}

/// Writes the same data in the formats of the peers.
pub fn prepare(contender: &Path, files: &Path) -> Result {
    let pickles = PREPARED.map(|file| files.join(format!("{file}.pkl")));
    let missing: Vec<_> =
        pickles.iter().filter(|pickle| !pickle.with_extension("msgpack").exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    shell::run(Command::new(contender).arg("prepare").args(missing))
}

/// Makes the committed workloads anew.
pub fn make() -> Result {
    let python = Python::find(BASE).ok_or_else(|| format!("Python {BASE} is not installed"))?;
    generate(&python, &committed(), SMALL, &BTreeSet::new())
}

/// Compares the committed workloads with new ones.
///
/// # Errors
///
/// If they differ.
pub fn check() -> Result {
    let Some(python) = Python::find(BASE) else {
        println!("workloads: skipped, because Python {BASE} is not installed");
        return Ok(());
    };
    let new = shell::target().join("bench/new");
    generate(&python, &new, SMALL, &BTreeSet::new())?;
    let names: BTreeSet<_> =
        [&new, &committed()].into_iter().flat_map(|directory| names(directory)).collect();
    let read = |directory: &Path, name: &str| fs::read(directory.join(name)).ok();
    let drifted: Vec<_> =
        names.into_iter().filter(|name| read(&new, name) != read(&committed(), name)).collect();
    if drifted.is_empty() {
        return Ok(());
    }
    Err(format!(
        "workloads drifted: {}; run `cargo xtask bench --files` to make them anew",
        drifted.join(", ")
    )
    .into())
}

fn committed() -> PathBuf {
    shell::root().join("benches/files")
}

/// Makes the named workloads, or all if none is named, in a directory that is emptied before.
fn generate(python: &Python, directory: &Path, factor: &str, names: &BTreeSet<&str>) -> Result {
    fs::remove_dir_all(directory).or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    fs::create_dir_all(directory)?;
    shell::run(python.script("bench_data.py").arg(directory).arg(factor).args(names))
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn copy(from: &Path, to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for name in names(from) {
        fs::copy(from.join(&name), to.join(&name))?;
    }
    Ok(())
}
