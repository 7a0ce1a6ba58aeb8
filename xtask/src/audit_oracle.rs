//! Loads with real Pythons what the audit calls clean: all fixtures, files that are named, and programs made from the policy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use serde_json::{Map, Value};

use crate::packages::{self, Environment};
use crate::pythons::{ORACLE, Python};
use crate::{Result, shell};

const CASES: &str = "100000";
const SEED: &str = "1";
/// What CI loads: how many programs, and one of how many fixtures.
const FEW: [&str; 2] = ["1000", "50"];
/// All fixtures.
const ALL: &str = "1";

/// A Python with sets of packages, one beside the other.
type Set = (&'static str, &'static str, &'static [&'static str]);

/// Old and new packages for each Python; the sets of `ENVIRONMENTS` and of those of `cargo xtask packages`.
const SETS: [Set; 6] = [
    ("3.8, old", "3.8", &["3.8-audit-old"]),
    ("3.8, new", "3.8", &["3.8"]),
    ("3.11, old", "3.11", &["3.11-audit-old"]),
    ("3.11, new", "3.11", &["3.11-audit"]),
    ("3.13, old", "3.13", &["3.13-audit-old"]),
    ("3.13, new", "3.13", &["3.13", "3.13-others", "3.13-torch"]),
];

static ENVIRONMENTS: [Environment; 4] = [
    Environment {
        name: "3.8-audit-old",
        python: "3.8",
        scripts: &[],
        packages: &[
            "numpy==1.17.5",
            "pandas==1.0.5",
            "scipy==1.4.1",
            "scikit-learn==0.22.2.post1",
            "joblib==0.14.1",
        ],
    },
    Environment {
        name: "3.11-audit-old",
        python: "3.11",
        scripts: &[],
        packages: &["numpy==1.23.5", "pandas==1.5.3", "scipy==1.9.3", "scikit-learn==1.1.3", "joblib==1.2.0"],
    },
    Environment {
        name: "3.11-audit",
        python: "3.11",
        scripts: &[],
        packages: &[
            "astropy==8.0.2",
            "attrs==26.1.0",
            "dill==0.4.1",
            "gensim==4.4.0",
            "geopandas==1.2.0",
            "joblib==1.6.0",
            "lightgbm==4.7.0",
            "networkx==3.6.1",
            "nltk==3.10.4",
            "numpy==2.4.6",
            "pandas==3.1.1",
            "pillow==13.0.0",
            "polars==2.1.0",
            "pyarrow==26.0.1",
            "pydantic==2.14.4",
            "pytz==2026.6",
            "scikit-learn==1.9.1",
            "scipy==1.17.1",
            "shapely==2.2.0",
            "statsmodels==0.15.0",
            "sympy==1.14.0",
            "xarray==2026.9.0",
            "xgboost-cpu==3.2.0",
        ],
    },
    Environment {
        name: "3.13-audit-old",
        python: "3.13",
        scripts: &[],
        packages: &["numpy==2.1.3", "pandas==2.2.3", "scipy==1.14.1", "scikit-learn==1.5.2", "joblib==1.4.2"],
    },
];

/// A Python, and the folders of its packages.
struct Installed {
    name: &'static str,
    python: Python,
    folders: Vec<PathBuf>,
}

impl Installed {
    fn script(&self, name: &str) -> Result<Command> {
        let mut command = self.python.script(name);
        command.env("PYTHONPATH", std::env::join_paths(&self.folders)?);
        // Threads would take address space, which is limited, and are lost in a fork.
        for variable in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"] {
            command.env(variable, "1");
        }
        Ok(command)
    }
}

/// A Python that loads all rows.
struct Load {
    name: String,
    command: Command,
    /// The folder of what fails.
    failures: PathBuf,
}

/// Audits, and has each Python load what is clean.
///
/// # Errors
///
/// If a load does something that the report does not have, or nothing could be loaded.
pub fn run(args: &[&str]) -> Result {
    let (mut cases, mut seed, mut paths) = (CASES, SEED, Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a number"));
        match *arg {
            "--cases" => cases = value()?,
            "--seed" => seed = value()?,
            option if option.starts_with('-') => {
                return Err("usage: cargo xtask audit-oracle [--cases N] [--seed S] [PATH…]".into());
            }
            path => paths.push(path),
        }
    }
    let made = [seed, cases, ALL];
    load(made, &paths, &installed(&SETS))
}

/// A small part, for CI: few programs, with the packages that are installed already.
///
/// # Errors
///
/// As [`run`].
pub fn quick() -> Result {
    let is_there = |set: &&Set| set.2.iter().all(|name| packages_of(name).join("requirements.txt").exists());
    let sets: Vec<Set> = SETS.iter().filter(is_there).filter(|set| set.1 != "3.8").take(1).copied().collect();
    let plain = ["3.13", "3.11"].into_iter().find_map(Python::find);
    let installed = match (sets.as_slice(), plain) {
        ([], Some(python)) => vec![Installed { name: "without packages", python, folders: Vec::new() }],
        ([], None) => {
            println!("audit-oracle: skipped, because neither Python 3.13 nor 3.11 is installed");
            return Ok(());
        }
        (sets, _) => installed(sets),
    };
    load([SEED, FEW[0], FEW[1]], &[], &installed)
}

fn packages_of(name: &str) -> PathBuf {
    shell::target().join("packages").join(name)
}

/// The sets whose Python is installed, with their packages.
fn installed(sets: &[Set]) -> Vec<Installed> {
    let mut found = Vec::new();
    for &(name, version, environments) in sets {
        let Some(python) = Python::find(version) else {
            println!("audit-oracle: {name} is left out, because Python {version} is not installed");
            continue;
        };
        let mut folders = Vec::new();
        for environment in environments {
            let own = ENVIRONMENTS.iter().find(|own| own.name == *environment).map(Ok);
            let folder = own
                .unwrap_or_else(|| packages::find(environment))
                .and_then(|environment| packages::install(environment, &python));
            match folder {
                Ok(folder) => folders.push(folder),
                Err(error) => {
                    println!("audit-oracle: {name} is without {environment}, because pip fails: {error}");
                }
            }
        }
        found.push(Installed { name, python, folders });
    }
    found
}

/// Has each Python load programs of a seed, so many, and one of so many fixtures.
fn load(made: [&str; 3], paths: &[&str], all: &[Installed]) -> Result {
    let folder = shell::target().join("audit-oracle");
    fs::create_dir_all(&folder)?;
    let at = |name: &str| folder.join(name);
    let (names, classes, rows) = (at("names.txt"), at("classes.json"), at("rows.jsonl"));
    // Pythons take so much longer that an optimised build would not pay.
    let example = ["run", "--quiet", "--package", "xtask", "--example", "audit_programs", "--"];
    fs::write(&names, shell::output(&mut shell::cargo(&example), &[])?)?;
    fs::write(&classes, serde_json::to_vec(&known_classes(all, &names)?)?)?;
    shell::run(shell::cargo(&example).args(made).arg(&classes).arg(&rows).args(paths))?;
    let mut loads = Vec::new();
    for set in all {
        let failures = at(&set.name.replace(", ", "-"));
        let mut command = set.script("audit_oracle.py")?;
        command.arg(&rows).arg(&failures).arg(&names);
        loads.push(Load { name: format!("{} (Python {})", set.name, set.python.release), command, failures });
    }
    loads.extend(compiled(&rows, at("3.14"), &names));
    let mut failed = Vec::new();
    for part in loads.chunks_mut(thread::available_parallelism()?.get()) {
        failed.extend(together(part)?);
    }
    match failed.first() {
        None => Ok(()),
        Some(failures) => Err(format!("what failed is in {}", failures.display()).into()),
    }
}

/// Runs loads at the same time, and shows what each prints; returns the folders of those that failed.
fn together(loads: &mut [Load]) -> Result<Vec<PathBuf>> {
    let done: Vec<_> = thread::scope(|scope| {
        let run = |load: &mut Load| (load.name.clone(), load.failures.clone(), load.command.output());
        let running: Vec<_> = loads.iter_mut().map(|load| scope.spawn(move || run(load))).collect();
        running.into_iter().map(|load| load.join().expect("it does not panic")).collect()
    });
    let mut failed = Vec::new();
    for (name, failures, output) in done {
        let output = output?;
        let [said, complaint] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        println!("audit-oracle, {name}: {said}{complaint}");
        if !output.status.success() {
            failed.push(failures);
        }
    }
    Ok(failed)
}

/// What all Pythons together say of the listed classes.
fn known_classes(all: &[Installed], names: &Path) -> Result<Map<String, Value>> {
    let names = fs::read(names)?;
    let mut classes = Map::new();
    for set in all {
        let said = shell::output(&mut set.script("audit_classes.py")?, &names)?;
        let said: Map<String, Value> = serde_json::from_str(&said)?;
        classes.extend(said);
    }
    Ok(classes)
}

/// Has Python 3.14, compiled to WebAssembly, load what is of Python itself.
fn compiled(rows: &Path, failures: PathBuf, names: &Path) -> Option<Load> {
    let (Some(python), Some(parent)) = (Python::find("3.14"), Python::find(ORACLE)) else {
        println!("audit-oracle: 3.14 is left out, because it or Python {ORACLE} is not there");
        return None;
    };
    let child = python.script("audit_oracle.py");
    let mut command = parent.script("audit_oracle.py");
    command.arg(rows).arg(&failures).arg(names).arg(child.get_program()).args(child.get_args());
    Some(Load { name: format!("without packages (Python {})", python.release), command, failures })
}
