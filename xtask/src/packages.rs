//! Makes the fixtures of well-known packages: pickles of their objects, and the packages' own description of them.
//!
//! pip installs the packages of each environment into a directory under the target directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::pythons::Python;
use crate::{Result, shell};

/// A Python with packages.
pub struct Environment {
    pub name: &'static str,
    pub python: &'static str,
    /// The scripts of `xtask/python/packages` that run in it.
    pub scripts: &'static [&'static str],
    pub packages: &'static [&'static str],
}

/// The script that prints what `to_csv` prints, and no description of values: its rows lie in a directory of their own.
const TEXTS: &str = "texts";
/// The script that prints pickles that harm whoever loads them, likewise.
const INDICES: &str = "indices";
/// The script that makes what the audit knows of libraries that nothing else here reads.
const LIBRARIES: &str = "libraries";

static ENVIRONMENTS: [Environment; 15] = [
    Environment {
        name: "2.7",
        python: "2.7",
        scripts: &["standard", "records", "arrays", "frames", "dumps", "models", TEXTS],
        packages: &[
            "joblib==0.14.1",
            "numpy==1.16.6",
            "pandas==0.24.2",
            "python-dateutil==3.0.0",
            "pytz==2026.6",
            "scikit-learn==0.20.4",
            "scipy==1.2.3",
        ],
    },
    Environment {
        name: "3.6",
        python: "3.6",
        scripts: &["standard", "records", "arrays", "frames"],
        packages: &["numpy==1.19.5", "pandas==0.25.3", "python-dateutil==3.0.0", "pytz==2026.6"],
    },
    Environment {
        name: "3.8",
        python: "3.8",
        scripts: &["standard", "records", "frames", "dumps", "models", TEXTS],
        packages: &[
            "joblib==1.3.2",
            "lz4==4.3.3",
            "numpy==1.24.4",
            "pandas==1.5.3",
            "python-dateutil==3.0.0",
            "pytz==2026.6",
            "scikit-learn==1.3.2",
            "scipy==1.10.1",
        ],
    },
    Environment {
        name: "3.11",
        python: "3.11",
        scripts: &["standard", "records", "arrays", "frames", TEXTS],
        packages: &[
            "numpy==1.26.4",
            "pandas==2.2.3",
            "python-dateutil==4.0.0",
            "pytz==2026.6",
            "zstandard==0.25.0",
        ],
    },
    Environment {
        name: "3.13",
        python: "3.13",
        scripts: &["standard", "records", "arrays", "frames", "dumps", "models", "saved", INDICES],
        packages: &[
            "joblib==1.6.0",
            "lz4==4.4.5",
            "ml_dtypes==0.6.0",
            "numpy==2.5.5",
            "pandas==3.1.1",
            "python-dateutil==4.0.0",
            "pytz==2026.6",
            "scikit-learn==1.9.1",
            "scipy==1.18.1",
        ],
    },
    Environment {
        name: "3.13-arrow",
        python: "3.13",
        scripts: &["frames", "tables", TEXTS],
        packages: &["numpy==2.5.5", "pandas==3.1.1", "pyarrow==26.0.1", "python-dateutil==4.0.0"],
    },
    Environment {
        name: "3.13-containers",
        python: "3.13",
        scripts: &["containers"],
        packages: &[
            "django==6.1.3",
            "frozendict==2.5.1",
            "immutabledict==4.3.1",
            "markupsafe==3.0.4",
            "sortedcontainers==2.4.0",
        ],
    },
    Environment {
        name: "2.7-subclasses",
        python: "2.7",
        scripts: &["subclasses", "functions"],
        packages: &["cloudpickle==1.3.0", "dill==0.2.9", "numpy==1.16.6"],
    },
    Environment {
        name: "3.8-subclasses",
        python: "3.8",
        scripts: &["subclasses", "functions", "objects"],
        packages: &[
            "attrs==25.3.0",
            "cloudpickle==1.6.0",
            "dill==0.3.4",
            "numpy==1.24.4",
            "pydantic==1.10.27",
        ],
    },
    Environment {
        name: "3.13-subclasses",
        python: "3.13",
        scripts: &["subclasses", "functions", "objects", "parts"],
        packages: &[
            "astropy==8.0.2",
            "attrs==26.1.0",
            "cloudpickle==3.1.3",
            "dill==0.4.1",
            "jax==0.12.0.1",
            "ml_dtypes==0.6.0",
            "numpy==2.5.5",
            "pydantic==2.14.4",
            "unyt==3.2.0",
        ],
    },
    Environment {
        name: "3.13-others",
        python: "3.13",
        scripts: &["others"],
        packages: &[
            "catboost==1.2.10",
            "lightgbm==4.7.0",
            "numpy==2.5.5",
            "polars==2.1.0",
            "pyarrow==26.0.1",
            "scipy==1.18.1",
            "xgboost-cpu==3.4.1",
        ],
    },
    Environment {
        name: "3.8-libraries",
        python: "3.8",
        scripts: &[LIBRARIES],
        packages: &[
            "astropy==5.2.2",
            "gensim==4.3.3",
            "networkx==3.1",
            "nltk==3.9.1",
            "numpy==1.24.4",
            "scipy==1.10.1",
            "sympy==1.13.3",
        ],
    },
    Environment {
        name: "3.13-libraries",
        python: "3.13",
        scripts: &[LIBRARIES],
        packages: &[
            "astropy==8.0.2",
            "gensim==4.4.0",
            "networkx==3.7",
            "nltk==3.10.4",
            "numpy==2.5.5",
            "sympy==1.14.0",
        ],
    },
    Environment {
        name: "3.8-torch",
        python: "3.8",
        scripts: &["tensors"],
        packages: &["numpy==1.24.4", "torch==1.12.1"],
    },
    Environment {
        name: "3.13-torch",
        python: "3.13",
        scripts: &["tensors"],
        packages: &["numpy==2.5.5", "torch==2.15.0"],
    },
];

/// The file with the releases of each environment.
const RELEASES: &str = "environments.json";

/// Makes the fixtures of the named environments, or of all.
pub fn make(names: &[&str]) -> Result {
    for name in names {
        find(name)?;
    }
    let committed = shell::root().join("crates/fixtures/packages");
    fs::create_dir_all(&committed)?;
    fs::create_dir_all(committed.with_file_name("csv"))?;
    let releases = committed.join(RELEASES);
    let mut all: Map<String, Value> =
        if releases.exists() { serde_json::from_slice(&fs::read(&releases)?)? } else { Map::new() };
    for environment in &ENVIRONMENTS {
        let name = environment.name;
        if !names.is_empty() && !names.contains(&name) {
            continue;
        }
        let Some(python) = Python::find(environment.python) else {
            println!("packages: {name} is kept, because Python {} is not installed", environment.python);
            continue;
        };
        println!("packages: {name}");
        let installed = install(environment, &python)?;
        all.insert(name.into(), versions(environment, &python));
        if environment.scripts != [LIBRARIES] {
            fs::create_dir_all(committed.join(name))?;
        }
        for script in environment.scripts {
            let rows = shell::output(&mut self::script(&python, script, &installed), &[])?;
            let file = match *script {
                TEXTS => committed.with_file_name("csv").join(format!("{name}.jsonl")),
                INDICES => committed.with_file_name("data").join("indices.jsonl"),
                LIBRARIES => committed.with_file_name("data").join(format!("{name}.jsonl")),
                script => committed.join(name).join(format!("{script}.jsonl")),
            };
            fs::write(file, rows)?;
        }
    }
    fs::write(releases, serde_json::to_string_pretty(&all)? + "\n")?;
    Ok(())
}

/// Finds an environment by its name.
pub fn find(name: &str) -> Result<&'static Environment> {
    let found = ENVIRONMENTS.iter().find(|environment| environment.name == name);
    let names = || ENVIRONMENTS.iter().map(|environment| environment.name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("{name} is not an environment; environments are {}", names()).into())
}

/// Returns the directory of the environment's packages, after pip has installed them if they are missing.
pub fn install(environment: &Environment, python: &Python) -> Result<PathBuf> {
    let packages: Vec<_> = environment.packages.iter().map(|package| (*package).to_owned()).collect();
    install_these(environment, &packages, python)
}

/// Packages of Python only that have no wheel, and that others need.
const WITHOUT_WHEELS: &str = "autograd-gamma";

/// Returns the directory of these packages for the environment, after pip has installed them if they are missing.
pub fn install_these(environment: &Environment, packages: &[String], python: &Python) -> Result<PathBuf> {
    let directory = shell::target().join("packages").join(environment.name);
    let requirements = directory.join("requirements.txt");
    let wanted = packages.join("\n") + "\n";
    if !fs::read_to_string(&requirements).is_ok_and(|installed| installed == wanted) {
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        let mut pip = python.module("pip");
        pip.args(["install", "--quiet", "--only-binary", ":all:", "--no-binary", WITHOUT_WHEELS, "--target"]);
        pip.arg(&directory).args(packages);
        shell::output(&mut pip, &[])?;
        fs::write(requirements, wanted)?;
    }
    Ok(directory)
}

fn versions(environment: &Environment, python: &Python) -> Value {
    let packages = environment.packages.iter().filter_map(|package| package.split_once("=="));
    let mut versions: Map<_, _> = packages.map(|(name, version)| (name.into(), version.into())).collect();
    versions.insert("python".into(), python.release.clone().into());
    json!(versions)
}

/// Returns a command that runs a script of `xtask/python/packages` with the installed packages, and with one thread, because sums of
/// floats depend on the number of threads.
pub fn script(python: &Python, name: &str, installed: &Path) -> Command {
    let mut command = python.script(&format!("packages/{name}.py"));
    command.env("OMP_NUM_THREADS", "1").env("OPENBLAS_NUM_THREADS", "1").env("PYTHONPATH", installed);
    command
}
