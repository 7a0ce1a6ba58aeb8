//! Makes the census of classes: what the packages say of themselves, in every release, for the policy of audits to be held against.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use crate::packages::{self, Environment};
use crate::pythons::{ORACLE, Python, VERSIONS};
use crate::{Result, matrix, shell};

/// The modules of the environments that `matrix` has.
const OF_MATRIX: [&str; 8] = ["numpy", "scipy", "pandas", "sklearn", "joblib", "dateutil", "pytz", "pyarrow"];

/// The parts of torch whose objects are pickled.
const OF_TORCH: [&str; 11] = [
    "torch.nn",
    "torch.optim",
    "torch.distributions",
    "torch.storage",
    "torch._utils",
    "torch._tensor",
    "torch.utils.data",
    "torch.amp",
    "torch.serialization",
    "torch.ao.nn",
    "torch.types",
];

/// The packages that have packs: what is committed of them is a part of the crate.
const COMMITTED: [&str; 17] = [
    "astropy",
    "dateutil",
    "gensim",
    "joblib",
    "lightgbm",
    "networkx",
    "nltk",
    "numpy",
    "pandas",
    "pyarrow",
    "pytz",
    "scipy",
    "sklearn",
    "sortedcontainers",
    "stdlib",
    "sympy",
    "torch",
];

/// The packages that stand beside each other in an environment of `MORE`.
const OF_MORE: [&str; 16] = [
    "PIL",
    "astropy",
    "attr",
    "attrs",
    "catboost",
    "gensim",
    "geopandas",
    "networkx",
    "nltk",
    "polars",
    "pydantic",
    "shapely",
    "statsmodels",
    "sympy",
    "xarray",
    "xgboost",
];

/// A name, a Python, the packages that pip installs, and the modules that are looked at.
type More = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// Packages besides those of `matrix`.
#[rustfmt::skip]
static MORE: [More; 8] = [
    ("3.8-torch", "3.8", &["numpy==1.24.4", "torch==1.12.1"], &OF_TORCH),
    ("3.13-torch", "3.13", &["numpy==2.5.5", "torch==2.15.0"], &OF_TORCH),
    ("3.8-lightgbm", "3.8", &["lightgbm==3.3.5", "scikit-learn==1.2.2"], &["lightgbm"]),
    (
        "3.13-lightgbm", "3.13",
        &["lightgbm==4.7.0", "numpy==2.5.5", "scikit-learn==1.9.1", "scipy==1.18.1"], &["lightgbm"],
    ),
    ("3.13-sortedcontainers", "3.13", &["sortedcontainers==2.4.0"], &["sortedcontainers"]),
    (
        "3.8-more", "3.8",
        &[
            "astropy==5.2.2", "attrs==21.4.0", "networkx==2.8.8", "nltk==3.6.7", "numpy==1.23.5", "pandas==1.5.3",
            "pillow==9.5.0", "polars==0.16.18", "pydantic==1.8.2", "scipy==1.9.3", "shapely==1.8.5.post1",
            "statsmodels==0.13.5", "sympy==1.9", "xarray==0.20.2", "xgboost==1.5.2", "catboost==1.1.1", "gensim==4.1.2",
        ],
        &OF_MORE,
    ),
    (
        "3.9-more", "3.9",
        &[
            "astropy==6.0.1", "attrs==23.2.0", "geopandas==0.14.4", "networkx==3.2.1", "nltk==3.8.1", "numpy==1.26.4",
            "pandas==2.2.3", "pillow==10.4.0", "polars==0.20.31", "pydantic==1.10.17", "scipy==1.12.0",
            "shapely==2.0.6", "statsmodels==0.14.1", "sympy==1.12", "xarray==2024.7.0", "catboost==1.2.5", "gensim==4.3.2",
        ],
        &OF_MORE,
    ),
    (
        "3.13-more", "3.13",
        &[
            "astropy==8.0.2", "attrs==26.1.0", "geopandas==1.2.0", "networkx==3.7", "nltk==3.10.4", "numpy==2.5.5",
            "pandas==3.1.1", "pillow==13.0.0", "polars==2.1.0", "pydantic==2.14.4", "scipy==1.18.1", "shapely==2.2.0",
            "statsmodels==0.15.0", "sympy==1.14.0", "xarray==2026.9.0", "xgboost-cpu==3.4.1", "catboost==1.2.10",
        ],
        &OF_MORE,
    ),
];

/// Looks at the packages of the named environments, or of all that were not looked at yet, and writes the committed census.
pub fn make(names: &[&str]) -> Result {
    let collected = shell::target().join("census");
    fs::create_dir_all(&collected)?;
    let python =
        Python::find(ORACLE).ok_or("the census is written by Python 3.13, which is not installed")?;
    let listed = shell::output(python.script("census/listed.py").arg(policies()), &[])?;
    let scripts = hash_of_scripts()?;
    let standard = VERSIONS.iter().map(|version| (*version, *version, Vec::new(), &["stdlib"][..]));
    let matrix =
        matrix::environments().map(|(name, version, wanted)| (name, version, wanted, &OF_MATRIX[..]));
    let more = MORE.iter().map(|(name, version, packages, modules)| {
        (*name, *version, packages.iter().map(|package| (*package).to_owned()).collect(), *modules)
    });
    let mut failed = Vec::new();
    for (name, version, wanted, modules) in standard.chain(matrix).chain(more) {
        let made = collected.join(format!("{name}.json"));
        let stamped = made.with_extension("stamp");
        let stamp = format!("{}\n{scripts:x}\n", wanted.join(" "));
        let is_made = fs::read_to_string(&stamped).is_ok_and(|made| made == stamp);
        if !names.contains(&name) && (is_made || !names.is_empty()) {
            continue;
        }
        let Some(python) = Python::find(version) else {
            println!("census: {name} is left out, because Python {version} is not installed");
            continue;
        };
        println!("census: {name}");
        match collect(name, &python, &wanted, modules, &listed) {
            Ok(census) => {
                fs::write(&made, census)?;
                fs::write(stamped, stamp)?;
            }
            Err(error) => failed.push(format!("{name}: {error}")),
        }
    }
    if !failed.is_empty() {
        return Err(failed.join("\n").into());
    }
    let committed = shell::root().join("crates/audit/census");
    for (directory, packages) in [(collected.join("all"), "all".to_owned()), (committed, COMMITTED.join(","))]
    {
        let mut merge = python.script("census/merge.py");
        merge.arg(&collected).arg(directory).arg(packages).args(pickles());
        print!("{}", shell::output(&mut merge, listed.as_bytes())?);
    }
    Ok(())
}

/// Prints a draft of a class's entry.
pub fn entry(name: &str) -> Result {
    let python = Python::find(ORACLE).ok_or("entries are drafted by Python 3.13, which is not installed")?;
    let mut script = python.script("census/entry.py");
    let all = shell::target().join("census/all");
    script.arg(name).arg(if all.is_dir() { all } else { shell::root().join("crates/audit/census") });
    shell::run(script.arg(shell::target().join("census/uses.json")).args(pickles()))
}

/// The directories of what the packages really pickled; the last is there after `packages --all`.
fn pickles() -> [PathBuf; 3] {
    let fixtures = shell::root().join("crates/fixtures");
    [fixtures.join("packages"), fixtures.join("matrix"), shell::target().join("packages/matrix")]
}

/// Installs the packages where they are missing, prints what their classes have, and deletes what was installed.
fn collect(
    name: &'static str,
    python: &Python,
    wanted: &[String],
    modules: &[&str],
    listed: &str,
) -> Result<String> {
    if wanted.is_empty() {
        return shell::output(python.script("census/collect.py").args(modules), listed.as_bytes());
    }
    let environment = Environment { name, python: python.version, scripts: &[], packages: &[] };
    let directory = shell::target().join("packages").join(name);
    let was_there = directory.exists();
    let installed = packages::install_these(&environment, wanted, python)?;
    let ask = |options: &[&str]| {
        let mut script = python.script("census/collect.py");
        script.env("OMP_NUM_THREADS", "1").env("PYTHONPATH", &installed);
        shell::output(script.args(options).args(modules), listed.as_bytes())
    };
    // Some releases break the process when objects of some classes are made.
    let made = ask(&[]).or_else(|_| ask(&["--no-objects"]));
    if !was_there {
        fs::remove_dir_all(&installed)?;
    }
    made
}

/// Where the policy is.
fn policies() -> PathBuf {
    shell::root().join("crates/audit/policy")
}

fn hash_of_scripts() -> Result<u64> {
    let directory = shell::root().join("xtask/python/census");
    let mut hasher = DefaultHasher::new();
    for name in ["collect.py", "source.py"] {
        fs::read(directory.join(name))?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}
