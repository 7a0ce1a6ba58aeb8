//! Audits files, and programs made from the policy itself, and writes a row for each that is clean: `cargo xtask audit-oracle`
//! loads those with real Pythons.
//!
//! Usage: `audit_programs SEED CASES EVERY CLASSES ROWS [PATH…]`. Of the fixtures, one of EVERY is taken. CLASSES is what
//! `audit_classes.py` says of the listed classes; without such a file, `audit_programs names` prints the listed names. The same seed gives
//! the same programs.

mod census;
mod encode;
mod files;
mod hostile;
mod listed;
mod make;
mod node;
mod pattern;
mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::{env, thread};

use base64::{Engine, engine::general_purpose::STANDARD};
use halfsour_audit::{Auditor, Import, Policy};
use serde_json::{Value, json};

use listed::Listed;
use make::{Classes, Maker};
use node::Node;
use random::Random;

type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How many programs of a hundred are made hostile.
const HOSTILE: usize = 60;
/// The packs whose classes are there without any package.
const PLAIN: [&str; 2] = ["data", "stdlib"];
/// The size of the stack in bytes: programs are trees.
const STACK: usize = 1 << 28;

fn main() -> Result {
    let args: Vec<String> = env::args().skip(1).collect();
    let run = move || run(&args);
    thread::Builder::new().stack_size(STACK).spawn(run)?.join().expect("it does not panic")
}

fn run(args: &[String]) -> Result {
    let auditor = Auditor::new(Policy::default());
    let listed = Listed::parse(&auditor.policy().to_toml())?;
    let [seed, cases, every, classes, rows, paths @ ..] = args else {
        listed.names.iter().for_each(|name| println!("{name}"));
        return Ok(());
    };
    let (seed, cases): (u64, u64) = (seed.parse()?, cases.parse()?);
    let classes: Classes = serde_json::from_slice(&fs::read(classes)?)?;
    let mut out = BufWriter::new(File::create(rows)?);
    let (count, clean) =
        files::audit(&auditor, &listed, paths, every.parse()?, &mut |row| Ok(writeln!(out, "{row}")?))?;
    println!("{count} files, {clean} of them clean");
    let mut counts: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    for case in 0..cases {
        let random = Random::new(seed, case);
        let mut maker = Maker { listed: &listed, classes: &classes, random };
        let name = &listed.names[usize::try_from(case)? % listed.names.len()];
        let (kind, program) = program(&mut maker, name);
        let pickle = encode::encode(&program, &mut maker.random);
        let report = auditor.audit(&pickle);
        let count = counts.entry(kind).or_default();
        count[0] += 1;
        if report.is_clean() {
            count[1] += 1;
            let row = row(&listed, &format!("{seed}:{case}"), kind, &pickle, &report.imports);
            writeln!(out, "{row}")?;
        }
    }
    out.flush()?;
    let sum = |column: usize| counts.values().map(|count| count[column]).sum::<u64>();
    println!("{} programs, {} of them clean", sum(0), sum(1));
    for (kind, [made, clean]) in &counts {
        println!("  {kind}: {made}, {clean} clean");
    }
    Ok(())
}

/// A program that makes an object of this name, and its kind: `fitting`, or how it was made hostile.
fn program(maker: &mut Maker<'_>, name: &str) -> (&'static str, Node) {
    let mut made = maker.instance(name, 0);
    if maker.random.chance(20) {
        let more = maker.value(1);
        made = Node::Tuple(vec![made, more]);
    }
    if maker.random.chance(10) {
        made = Node::Twice(Box::new(made));
    }
    let kind = if maker.random.chance(HOSTILE) { hostile::change(maker, &mut made) } else { "fitting" };
    (kind, made)
}

/// What a Python is to load, and which names the report has; those that are not called apart. And the keys of their states whose values
/// the policy describes, and whether all is of Python itself.
fn row(listed: &Listed, name: &str, kind: &str, pickle: &[u8], imports: &[Import]) -> Value {
    let names: Vec<&str> = imports.iter().map(|import| import.name.as_str()).collect();
    let is_value = |import: &&Import| import.calls + import.instances + import.changes == 0;
    let values: Vec<&str> = imports.iter().filter(is_value).map(|import| import.name.as_str()).collect();
    let entries: Vec<_> = names.iter().filter_map(|name| listed.entry(name)).collect();
    let reviewed: BTreeSet<&String> = entries.iter().flat_map(|entry| &entry.reviewed).collect();
    let plain = entries.iter().all(|entry| PLAIN.contains(&entry.pack.as_str()));
    let pickle = STANDARD.encode(pickle);
    json!({"name": name, "kind": kind, "pickle": pickle, "imports": names, "values": values, "reviewed": reviewed, "plain": plain})
}
