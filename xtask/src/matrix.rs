//! Makes what each minor release of numpy, pandas, scipy, scikit-learn and joblib pickles, and compares how halfsour reads it.
//!
//! All is written under the target directory. The committed part has each shape of pickle once.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use crate::packages::{self, Environment};
use crate::pythons::{ORACLE, Python};
use crate::{Result, shell};

const SCRIPTS: [&str; 5] = ["every_array", "every_frame", "every_sparse", "every_model", "dumps"];

/// The modules that the scripts use.
const MODULES: [&str; 7] = ["dumped", "numpys", "pandases", "placed", "scipys", "sklearns", "values"];

/// The packages whose releases the environments differ in.
const COLUMNS: [&str; 5] = ["numpy", "scipy", "pandas", "scikit-learn", "joblib"];

/// What those need in every environment.
const COMMON: [&str; 3] = ["python-dateutil==2.9.0.post0", "pytz==2026.6", "six==1.17.0"];

/// A Python, the releases of `COLUMNS`, and that of pyarrow, with which pandas has more types and another default for text.
type Row = (&'static str, &'static str, [&'static str; 5], Option<&'static str>);

/// Each minor release stands here at least once, in the last patch release that has a wheel.
#[rustfmt::skip]
static ROWS: [Row; 24] = [
    ("2.7-a", "2.7", ["1.11.3", "0.17.1", "0.19.2", "0.18.2", "0.9.4"], None),
    ("2.7-b", "2.7", ["1.12.1", "0.18.1", "0.20.3", "0.19.2", "0.10.3"], None),
    ("2.7-c", "2.7", ["1.16.6", "1.2.3", "0.24.2", "0.20.4", "0.14.1"], None),
    ("3.6-a", "3.6", ["1.12.1", "0.19.1", "0.20.3", "0.18.2", "0.10.3"], None),
    ("3.6-b", "3.6", ["1.13.3", "1.0.1", "0.21.1", "0.19.2", "0.11"], None),
    ("3.6-c", "3.6", ["1.14.6", "1.1.0", "0.22.0", "0.20.4", "0.12.5"], None),
    ("3.6-d", "3.6", ["1.15.4", "1.2.3", "0.23.4", "0.21.3", "0.13.2"], None),
    ("3.6-e", "3.6", ["1.16.6", "1.3.3", "0.24.2", "0.22.2.post1", "0.14.1"], None),
    ("3.6-f", "3.6", ["1.17.5", "1.4.1", "0.25.3", "0.23.2", "0.15.1"], None),
    ("3.6-g", "3.6", ["1.18.5", "1.5.4", "1.0.5", "0.24.2", "0.16.0"], None),
    ("3.6-h", "3.6", ["1.19.5", "1.5.4", "1.1.5", "0.24.2", "0.17.0"], None),
    ("3.8-a", "3.8", ["1.20.3", "1.6.1", "1.2.5", "1.0.2", "1.0.1"], None),
    ("3.8-b", "3.8", ["1.21.6", "1.7.3", "1.3.5", "1.1.3", "1.1.1"], Some("10.0.1")),
    ("3.8-c", "3.8", ["1.22.4", "1.8.1", "1.4.4", "1.2.2", "1.2.0"], None),
    ("3.8-d", "3.8", ["1.23.5", "1.9.3", "1.5.3", "1.3.2", "1.3.2"], Some("10.0.1")),
    ("3.8-e", "3.8", ["1.24.4", "1.10.1", "2.0.3", "1.3.2", "1.4.2"], Some("12.0.1")),
    ("3.9-a", "3.9", ["1.25.2", "1.11.4", "2.1.4", "1.4.2", "1.4.2"], Some("14.0.2")),
    ("3.9-b", "3.9", ["1.26.4", "1.12.0", "2.2.3", "1.5.2", "1.5.3"], Some("16.1.0")),
    ("3.11-a", "3.11", ["2.0.2", "1.13.1", "2.3.3", "1.6.1", "1.5.3"], None),
    ("3.11-b", "3.11", ["2.1.3", "1.14.1", "2.3.3", "1.7.2", "1.5.3"], Some("20.0.0")),
    ("3.11-c", "3.11", ["2.2.6", "1.15.3", "3.0.6", "1.7.2", "1.5.3"], None),
    ("3.11-d", "3.11", ["2.3.5", "1.16.3", "3.0.6", "1.8.0", "1.5.3"], Some("22.0.0")),
    ("3.12-a", "3.12", ["2.4.6", "1.17.1", "3.1.1", "1.9.1", "1.6.0"], None),
    ("3.13-a", "3.13", ["2.5.5", "1.18.1", "3.1.1", "1.9.1", "1.6.0"], Some("26.0.1")),
];

/// Makes what is not made yet, compares all, and chooses the committed part. Installed packages are deleted after their use, unless `keep`.
pub fn run(keep: bool) -> Result {
    let made = shell::target().join("packages/matrix");
    for (name, version, releases, arrow) in &ROWS {
        let Some(python) = Python::find(version) else {
            println!("packages: {name} is left out, because Python {version} is not installed");
            continue;
        };
        make(name, &python, &wanted(releases, *arrow), &made.join(name), keep)?;
    }
    let mut test =
        shell::cargo(&["test", "--quiet", "-p", "halfsour-files", "--test", "matrix", "--", "--nocapture"]);
    shell::run(test.env("HALFSOUR_MATRIX", &made))?;
    let python =
        Python::find(ORACLE).ok_or("the committed part is chosen by Python 3.13, which is not installed")?;
    let committed = shell::root().join("crates/fixtures/matrix");
    let mut choose = python.script("packages/choose.py");
    shell::run(choose.args([&made, &committed]).args(ROWS.map(|row| row.0)))?;
    document(&fs::read_to_string(made.join("table.md"))?)
}

/// The name, the Python and the packages of each environment.
pub fn environments() -> impl Iterator<Item = (&'static str, &'static str, Vec<String>)> {
    ROWS.iter().map(|(name, version, releases, arrow)| (*name, *version, wanted(releases, *arrow)))
}

fn wanted(releases: &[&str; 5], arrow: Option<&str>) -> Vec<String> {
    let named = COLUMNS.iter().zip(releases).map(|(package, release)| format!("{package}=={release}"));
    let arrow = arrow.map(|release| format!("pyarrow=={release}"));
    named.chain(arrow).chain(COMMON.map(str::to_owned)).collect()
}

/// Runs all scripts in an environment, unless they were run before.
fn make(name: &'static str, python: &Python, wanted: &[String], directory: &Path, keep: bool) -> Result {
    let stamp = format!("{}\n{:x}\n", wanted.join(" "), hash_of_scripts()?);
    let stamped = directory.join("stamp.txt");
    if fs::read_to_string(&stamped).is_ok_and(|made| made == stamp) {
        return Ok(());
    }
    println!("packages: {name}");
    let environment = Environment { name, python: python.version, scripts: &SCRIPTS, packages: &[] };
    let installed = packages::install_these(&environment, wanted, python)?;
    fs::create_dir_all(directory)?;
    for script in SCRIPTS {
        let output = packages::script(python, script, &installed).output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("{script}.py failed in {name}:\n{told}").into());
        }
        fs::write(directory.join(format!("{script}.jsonl")), &output.stdout)?;
        fs::write(directory.join(format!("{script}.skipped.txt")), &output.stderr)?;
        println!("  {script}: {} are not in these releases", told.lines().count());
    }
    fs::write(
        directory.join("releases.txt"),
        wanted[..wanted.len() - COMMON.len()].join(", ").replace("==", " "),
    )?;
    if !keep {
        fs::remove_dir_all(&installed)?;
    }
    Ok(fs::write(stamped, stamp)?)
}

fn hash_of_scripts() -> Result<u64> {
    let directory = shell::root().join("xtask/python/packages");
    let mut hasher = DefaultHasher::new();
    for name in SCRIPTS.iter().chain(&MODULES) {
        fs::read(directory.join(format!("{name}.py")))?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Writes the table of counts into the docs.
fn document(table: &str) -> Result {
    let path = shell::root().join("crates/classes/README.md");
    let text = fs::read_to_string(&path)?;
    let (before, rest) =
        text.split_once("<!-- matrix -->\n").ok_or("the README has no place for the table")?;
    let (_, after) =
        rest.split_once("<!-- end of the matrix -->").ok_or("the README has no end of the table")?;
    let head =
        "| | releases | arrays | frames | indexes | sparse | estimators |\n|---|---|---|---|---|---|---|\n";
    Ok(fs::write(&path, format!("{before}<!-- matrix -->\n{head}{table}<!-- end of the matrix -->{after}"))?)
}
