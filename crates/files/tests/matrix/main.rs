//! What each release of numpy, pandas, scipy, scikit-learn and joblib wrote, compared with what that release printed.
//!
//! The committed part holds each shape of pickle once. `cargo xtask packages --all` makes the whole, and runs this test over it.

mod arrays;
mod loading;
mod models;
mod plain;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, panic};

use halfsour_files::{JoblibArrays, Limits, Source};
use halfsour_fixtures::Package;
use halfsour_value::Node;
use halfsour_vm::{Buffer, Loader, Options};
use serde_json::{Value, json};

type N<'g> = Node<'g, &'g [u8]>;

/// The word for what has no reader, in what is told of an object.
const UNKNOWN: &str = "not known";

/// The word for what its reader refuses, with the reason.
const REFUSED: &str = "refused";

fn unknown(what: &(impl ToString + ?Sized)) -> Value {
    json!({ UNKNOWN: what.to_string() })
}

#[derive(Clone, Copy, Default)]
struct Count {
    equal: usize,
    /// Those that are equal to what was pickled, which that release changes while it loads it.
    loaded: usize,
    refused: usize,
    unknown: usize,
    wrong: usize,
}

/// How an object that was read compares with what was printed.
enum Outcome {
    Equal,
    Loaded,
    Differs(String),
}

fn outcome(package: &Package) -> Outcome {
    let buffers = package.buffers.iter().flatten();
    let buffer = |buffer: &halfsour_fixtures::Buffer| Buffer {
        contents: buffer.bytes.clone().into(),
        read_only: buffer.readonly,
    };
    let options = Options::default().with_buffers(Some(buffers.map(buffer).collect()));
    let mut loader = Loader::with_options(options);
    let limits = Limits::default();
    let source;
    let graph = match &package.file {
        None => loader.load(&package.bytes[..]),
        Some(file) => match Source::from_bytes(file, package.bytes.clone().into(), limits) {
            Ok(read) => {
                source = read;
                loader.load_observed(&source.bytes()[..], 0, JoblibArrays::new(()))
            }
            Err(error) => return Outcome::Differs(error.to_string()),
        },
    };
    let graph = match graph {
        Ok(graph) => graph,
        Err(error) => return Outcome::Differs(error.to_string()),
    };
    let (mut told, mut said) = plain::tell(graph.root(), &package.value);
    if package.file.is_some() || package.script == "every_model" {
        forget_order(&mut told);
        forget_order(&mut said);
    }
    let Some(difference) = first_difference(&told, &said, "") else { return Outcome::Equal };
    loading::load(&mut told, &said, package.file.as_ref().is_some_and(|file| file.ends_with(".joblib")));
    match first_difference(&told, &said, "") {
        Some(_) => Outcome::Differs(difference),
        None => Outcome::Loaded,
    }
}

/// `joblib.load` makes the order of bytes that of the machine, as loading a scalar does.
fn forget_order(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(forget_order),
        Value::Object(items) => items.iter_mut().for_each(|(key, value)| match value {
            Value::String(dtype) if key == "str" => *dtype = dtype.trim_start_matches(['<', '>']).to_owned(),
            value => forget_order(value),
        }),
        _ => {}
    }
}

/// The first part in which two differ, with its path.
fn first_difference(told: &Value, said: &Value, path: &str) -> Option<String> {
    match (told, said) {
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.into_iter().find_map(|(index, (a, b))| first_difference(a, b, &format!("{path}[{index}]")))
        }
        (Value::Object(a), Value::Object(b))
            if a.len() == b.len() && a.keys().all(|key| b.contains_key(key)) =>
        {
            a.iter().find_map(|(key, a)| first_difference(a, &b[key], &format!("{path}.{key}")))
        }
        _ if told == said => None,
        _ => Some(format!("{path}: {told}, not {said}")),
    }
}

fn group(package: &Package) -> &'static str {
    match (&*package.script, package.value["kind"].as_str()) {
        ("every_array" | "dumps", _) => "arrays",
        ("every_frame", Some("Index")) => "indexes",
        ("every_frame", _) => "frames",
        ("every_sparse", _) => "matrices",
        _ => "estimators",
    }
}

const GROUPS: [&str; 5] = ["arrays", "frames", "indexes", "matrices", "estimators"];

#[test]
fn every_release_is_read() {
    let whole = env::var_os("HALFSOUR_MATRIX").map(PathBuf::from);
    let directory = whole.as_deref().unwrap_or(halfsour_fixtures::matrix());
    let entries =
        fs::read_dir(directory).expect("it is there").map(|entry| entry.expect("it can be read").path());
    let mut environments: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    environments.sort();
    let expected: BTreeSet<String> = fs::read_to_string(directory.join("differ.txt"))
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    panic::set_hook(Box::new(|_| {}));
    let (mut table, mut differ, mut report) = (String::new(), BTreeSet::new(), String::new());
    let mut reasons = BTreeMap::<_, BTreeSet<_>>::new();
    for path in environments {
        let environment = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut counts = BTreeMap::<_, Count>::new();
        for package in halfsour_fixtures::packages_of(directory, &environment) {
            let count = counts.entry(group(&package)).or_default();
            let found = panic::catch_unwind(|| outcome(&package))
                .unwrap_or_else(|_| Outcome::Differs("it panics".into()));
            match found {
                Outcome::Equal => count.equal += 1,
                Outcome::Loaded => count.loaded += 1,
                Outcome::Differs(difference) => {
                    let (count, reason) = if difference.contains(REFUSED) {
                        (&mut count.refused, "These are refused, with the reason.")
                    } else if difference.contains(UNKNOWN) {
                        (&mut count.unknown, "These are not known.")
                    } else {
                        (&mut count.wrong, "These are read otherwise than they were printed.")
                    };
                    *count += 1;
                    writeln!(report, "{package}: {difference:.600}").unwrap();
                    differ.insert(package.to_string());
                    reasons.entry(reason).or_default().insert(package.to_string());
                }
            }
        }
        writeln!(table, "{}", row(&path, &environment, &counts)).unwrap();
    }
    drop(panic::take_hook());
    if whole.is_some() {
        fs::write(directory.join("table.md"), &table).unwrap();
        fs::write(directory.join("report.txt"), &report).unwrap();
        let mut text = String::new();
        for (reason, names) in reasons {
            writeln!(text, "# {reason}").unwrap();
            for name in names {
                writeln!(text, "{name}").unwrap();
            }
        }
        fs::write(directory.join("differ.txt"), text).unwrap();
        println!("{table}");
        return;
    }
    let changed: Vec<_> = differ.symmetric_difference(&expected).collect();
    assert!(changed.is_empty(), "{changed:#?}\n{report}");
}

/// A row of the table in `crates/classes/README.md`: releases, and in each group how many are equal, of how many.
fn row(path: &Path, environment: &str, counts: &BTreeMap<&str, Count>) -> String {
    let releases = fs::read_to_string(path.join("releases.txt")).unwrap_or_default();
    let cell = |group: &&str| {
        let Count { equal, loaded, refused, unknown, wrong } =
            counts.get(*group).copied().unwrap_or_default();
        let mut told = equal.to_string();
        let others =
            [(loaded, "as pickled"), (refused, "refused"), (unknown, "not known"), (wrong, "otherwise")];
        for (count, word) in others {
            if count > 0 {
                write!(told, ", {count} {word}").unwrap();
            }
        }
        told
    };
    let cells: Vec<_> = GROUPS.iter().map(cell).collect();
    format!("| {environment} | {} | {} |", releases.trim(), cells.join(" | "))
}
