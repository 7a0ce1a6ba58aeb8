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
const COMMITTED: [&str; 31] = [
    "PIL",
    "astropy",
    "attr",
    "cloudpickle",
    "dateutil",
    "dill",
    "gensim",
    "geopandas",
    "hmmlearn",
    "imblearn",
    "joblib",
    "lifelines",
    "lightgbm",
    "networkx",
    "nltk",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "pydantic",
    "pytz",
    "scipy",
    "shapely",
    "sklearn",
    "sortedcontainers",
    "statsmodels",
    "stdlib",
    "sympy",
    "torch",
    "xarray",
    "xgboost",
];

/// The modules of the packages that stand beside each other in an environment of `MORE`: the small ones.
const SMALL: [&str; 4] = ["dateutil", "lightgbm", "pyarrow", "sortedcontainers"];
/// The same: the large ones.
const LARGE: [&str; 20] = [
    "PIL",
    "astropy",
    "attr",
    "cloudpickle",
    "dill",
    "gensim",
    "geopandas",
    "hmmlearn",
    "imblearn",
    "lifelines",
    "networkx",
    "nltk",
    "polars",
    "pydantic",
    "pydantic_core",
    "shapely",
    "statsmodels",
    "sympy",
    "xarray",
    "xgboost",
];

/// Of the newest packages, all is looked at, for drafts.
fn of_newest() -> Vec<&'static str> {
    [&SMALL[..], &LARGE].concat()
}

/// Of the large ones among others, only the classes that the policy lists.
fn of_more() -> Vec<&'static str> {
    [&SMALL[..], &["--listed"], &LARGE].concat()
}

fn of_torch() -> Vec<&'static str> {
    OF_TORCH.to_vec()
}

/// A name, a Python, the packages that pip installs, and the modules that are looked at.
type More = (&'static str, &'static str, &'static str, fn() -> Vec<&'static str>);

/// Packages besides those of `matrix`. Each row has the minor releases that can stand beside each other, in the order of time.
#[rustfmt::skip]
static MORE: [More; 14] = [
    (
        "3.6-more-a", "3.6",
        "numpy==1.17.5 pandas==0.25.3 scipy==1.3.3 scikit-learn==0.23.2 pillow==7.2.0 astropy==4.0.6 attrs==19.3.0 \
         cloudpickle==1.3.0 dill==0.3.4 gensim==3.8.3 hmmlearn==0.2.5 imbalanced-learn==0.7.0 lifelines==0.24.16 \
         lightgbm==2.3.1 networkx==2.4 pyarrow==1.0.1 pydantic==1.7.4 python-dateutil==2.7.5 shapely==1.7.1 \
         sortedcontainers==2.1.0 statsmodels==0.10.2 sympy==1.4 xarray==0.15.1 xgboost==1.0.2",
        of_more,
    ),
    (
        "3.7-more", "3.7",
        "numpy==1.19.5 pandas==1.1.5 scipy==1.5.4 scikit-learn==0.24.2 pillow==8.4.0 astropy==4.1 attrs==20.3.0 \
         cloudpickle==1.6.0 hmmlearn==0.2.7 imbalanced-learn==0.8.1 lifelines==0.25.11 lightgbm==3.0.0 \
         networkx==2.5.1 nltk==3.6.7 pyarrow==6.0.1 pydantic==1.9.2 python-dateutil==2.8.2 shapely==1.8.5.post1 \
         sortedcontainers==2.2.2 statsmodels==0.12.2 sympy==1.6.2 xarray==0.16.2 xgboost==1.5.2",
        of_more,
    ),
    (
        "3.8-more-a", "3.8",
        "numpy==1.20.3 pandas==1.2.5 scipy==1.6.1 scikit-learn==1.0.2 pillow==9.5.0 astropy==4.3.1 attrs==21.4.0 \
         cloudpickle==2.2.1 dill==0.3.5.1 gensim==4.0.1 hmmlearn==0.2.8 imbalanced-learn==0.9.0 lifelines==0.26.4 \
         lightgbm==3.2.1 networkx==2.6.3 nltk==3.7 polars==0.16.18 pyarrow==8.0.0 pydantic==1.10.27 \
         python-dateutil==2.9.0.post0 sortedcontainers==2.3.0 statsmodels==0.13.5 sympy==1.8 xarray==0.18.2",
        of_more,
    ),
    (
        "3.8-more-b", "3.8",
        "numpy==1.22.4 pandas==1.4.4 scipy==1.8.1 scikit-learn==1.2.2 pillow==9.5.0 astropy==5.0.8 attrs==22.2.0 \
         dill==0.3.6 gensim==4.1.2 hmmlearn==0.3.0 imbalanced-learn==0.10.1 lifelines==0.27.8 lightgbm==3.3.5 \
         networkx==2.8.8 nltk==3.8.1 polars==0.18.15 pyarrow==9.0.0 pydantic==2.3.0 sympy==1.10.1 xarray==0.20.2 \
         xgboost==1.7.6",
        of_more,
    ),
    (
        "3.8-more-c", "3.8",
        "numpy==1.24.4 pandas==2.0.3 scipy==1.10.1 scikit-learn==1.3.2 pillow==10.4.0 astropy==5.2.2 attrs==23.2.0 \
         cloudpickle==3.0.0 dill==0.3.7 gensim==4.2.0 imbalanced-learn==0.11.0 lightgbm==4.0.0 networkx==3.0 \
         polars==0.19.19 pyarrow==11.0.0 pydantic==2.5.3 shapely==2.0.6 sympy==1.11.1 xarray==2022.12.0",
        of_more,
    ),
    (
        "3.9-more-a", "3.9",
        "numpy==1.26.4 pandas==2.1.4 scipy==1.12.0 scikit-learn==1.4.2 pillow==10.4.0 astropy==5.3.4 attrs==24.3.0 \
         dill==0.3.8 gensim==4.3.3 geopandas==0.14.4 hmmlearn==0.3.2 imbalanced-learn==0.12.4 lifelines==0.28.0 \
         lightgbm==4.2.0 networkx==3.1 polars==0.20.31 pyarrow==13.0.0 pydantic==2.7.4 shapely==2.0.7 \
         statsmodels==0.14.2 sympy==1.12.1 xarray==2023.12.0",
        of_more,
    ),
    (
        "3.9-more-b", "3.9",
        "numpy==1.26.4 pandas==2.2.3 scipy==1.12.0 scikit-learn==1.5.2 pillow==11.3.0 astropy==6.0.1 attrs==25.4.0 \
         cloudpickle==3.1.1 dill==0.3.9 geopandas==1.0.1 lifelines==0.29.0 lightgbm==4.4.0 networkx==3.2.1 \
         nltk==3.9.2 polars==1.6.0 pyarrow==15.0.2 pydantic==2.8.2 sympy==1.13.3 xarray==2024.7.0",
        of_more,
    ),
    (
        "3.11-more-a", "3.11",
        "numpy==2.1.3 pandas==2.2.3 scipy==1.14.1 scikit-learn==1.6.1 pillow==11.3.0 astropy==6.1.7 dill==0.4.0 \
         hmmlearn==0.3.3 imbalanced-learn==0.13.0 lifelines==0.30.0 lightgbm==4.5.0 networkx==3.3 polars==1.17.1 \
         pyarrow==18.1.0 pydantic==2.10.6 shapely==2.1.2 statsmodels==0.14.4 xarray==2024.11.0 xgboost-cpu==2.1.4",
        of_more,
    ),
    (
        "3.11-more-b", "3.11",
        "numpy==2.2.6 pandas==2.3.3 scipy==1.15.3 scikit-learn==1.7.2 pillow==12.3.0 astropy==7.0.2 geopandas==1.1.4 \
         imbalanced-learn==0.14.0 lifelines==0.30.3 lightgbm==4.6.0 networkx==3.4.2 polars==1.30.0 pyarrow==19.0.1 \
         pydantic==2.11.10 python-dateutil==3.0.0 statsmodels==0.14.6 xarray==2025.6.1 xgboost-cpu==3.0.5",
        of_more,
    ),
    (
        "3.11-more-c", "3.11",
        "numpy==2.3.5 pandas==2.3.3 pillow==12.3.0 astropy==7.1.1 networkx==3.5 polars==1.36.1 pyarrow==21.0.0 \
         pydantic==2.12.5 xarray==2025.12.0 xgboost-cpu==3.1.3",
        of_more,
    ),
    (
        "3.12-more", "3.12",
        "numpy==2.4.6 pandas==3.0.6 pillow==12.3.0 astropy==7.2.3 networkx==3.6.1 polars==1.44.2 pyarrow==23.0.1 \
         pydantic==2.13.5 xarray==2026.4.0 xgboost-cpu==3.3.0",
        of_more,
    ),
    (
        "3.13-more", "3.13",
        "numpy==2.5.5 pandas==3.1.1 scipy==1.18.1 scikit-learn==1.9.1 pillow==13.0.0 astropy==8.0.2 attrs==26.1.0 \
         cloudpickle==3.1.3 dill==0.4.1 gensim==4.4.0 geopandas==1.2.0 hmmlearn==0.3.3 imbalanced-learn==0.14.2 \
         lightgbm==4.7.0 networkx==3.7 nltk==3.10.4 polars==2.1.0 pyarrow==26.0.1 pydantic==2.14.4 \
         python-dateutil==4.0.0 shapely==2.2.0 sortedcontainers==2.4.0 statsmodels==0.15.0 sympy==1.14.0 \
         xarray==2026.9.0 xgboost-cpu==3.4.1",
        of_newest,
    ),
    ("3.8-torch", "3.8", "numpy==1.24.4 torch==1.12.1", of_torch),
    ("3.13-torch", "3.13", "numpy==2.5.5 torch==2.15.0", of_torch),
];

/// Looks at the packages of the named environments, or of all that were not looked at yet, and writes the committed census.
pub fn make(names: &[&str]) -> Result {
    let collected = shell::target().join("census");
    fs::create_dir_all(&collected)?;
    let python =
        Python::find(ORACLE).ok_or("the census is written by Python 3.13, which is not installed")?;
    let listed = shell::output(python.script("census/listed.py").arg(policies()), &[])?;
    let scripts = hash_of_scripts()?;
    let standard = VERSIONS.iter().map(|version| (*version, *version, Vec::new(), vec!["stdlib"]));
    let matrix =
        matrix::environments().map(|(name, version, wanted)| (name, version, wanted, OF_MATRIX.to_vec()));
    let more = MORE.iter().map(|(name, version, packages, modules)| {
        (*name, *version, packages.split_whitespace().map(str::to_owned).collect(), modules())
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
        match collect(name, &python, &wanted, &modules, &listed) {
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

/// Where the packages' pickles are: directories, and files of rows. The last is there after `packages --all`.
fn pickles() -> Vec<PathBuf> {
    let fixtures = shell::root().join("crates/fixtures");
    let committed =
        ["packages", "matrix", "data/3.8-libraries.jsonl", "data/3.13-libraries.jsonl", "data/shapely.jsonl"];
    let committed = committed.iter().map(|name| fixtures.join(name));
    committed.chain([shell::target().join("packages/matrix")]).collect()
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
