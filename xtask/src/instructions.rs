//! Counts the instructions that jobs take. Counts show on any machine whether a job became slower.

use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::{Result, bench, shell};

/// The jobs, each with its workload.
const JOBS: [(&str, &str); 22] = [
    ("dis", "records.p4"),
    ("encode-graph", "memo.p4"),
    ("encode-graph", "records.p4"),
    ("encode-typed", "records.p4"),
    ("encode-typed", "strings.p4"),
    ("graph", "bigdict.p4"),
    ("graph", "floats.p0"),
    ("graph", "ints.p4"),
    ("graph", "memo.p4"),
    ("graph", "nested.p4"),
    ("graph", "objects.p4"),
    ("graph", "records.p0"),
    ("graph", "records.p4"),
    ("graph", "state_dict.p2"),
    ("graph", "strings.p4"),
    ("json", "records.p4"),
    ("lex", "records.p0"),
    ("lex", "records.p4"),
    ("typed-borrowed", "records.p4"),
    ("typed-owned", "ints.p4"),
    ("typed-owned", "records.p4"),
    ("value", "records.p4"),
];

const COMMITTED: &str = "benches/instructions.txt";
/// The share by which a count may change before it is reported.
const TOLERANCE: f64 = 0.05;
/// The number of runs in a process. The difference to one run is free of the cost before the first.
const RUNS: u64 = 11;

type Counts = BTreeMap<String, u64>;

/// Counts, and compares with the committed counts, or replaces them if `bless` is set.
pub fn run(bless: bool) -> Result {
    let valgrind = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    if !valgrind.is_ok_and(|status| status.success()) {
        println!("instructions: skipped, because valgrind is not installed");
        return Ok(());
    }
    let contender = bench::build(&[])?;
    let compiler =
        format!("{} on {ARCH}", shell::output(Command::new("rustc").arg("--version"), &[])?.trim());
    let counted = count_all(&contender)?;
    let file = shell::root().join(COMMITTED);
    if bless {
        return Ok(fs::write(file, written(&compiler, &counted))?);
    }
    let committed = fs::read_to_string(file)?;
    let (committed_compiler, committed) = read(&committed)?;
    let (told, slower) = compare(&committed, &counted);
    print!("{told}");
    println!("instructions: {} jobs were counted, {slower} became slower", counted.len());
    if slower == 0 {
        return Ok(());
    }
    if committed_compiler != compiler {
        println!(
            "instructions: not a failure, because the committed counts are of {committed_compiler}, not of {compiler}"
        );
        return Ok(());
    }
    Err(format!("{slower} jobs became slower; if that is intended, run `cargo xtask instructions --bless`")
        .into())
}

/// Counts all jobs, on all cores.
fn count_all(contender: &Path) -> Result<Counts> {
    let cores = std::thread::available_parallelism()?.get();
    let parts: Vec<_> = JOBS.chunks(JOBS.len().div_ceil(cores)).collect();
    let count_part = |part: &[(&str, &str)]| -> std::result::Result<Counts, String> {
        let count = |(job, workload): &(&str, &str)| {
            let count = count(contender, job, workload).map_err(|error| error.to_string())?;
            Ok((format!("{job} {workload}"), count))
        };
        part.iter().map(count).collect()
    };
    let counted = std::thread::scope(|scope| {
        let threads: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || count_part(part))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect::<Vec<_>>()
    });
    let mut all = Counts::new();
    for counts in counted {
        all.extend(counts?);
    }
    Ok(all)
}

/// Returns the number of instructions that one warm run takes.
fn count(contender: &Path, job: &str, workload: &str) -> Result<u64> {
    let file = shell::root().join(format!("benches/files/{workload}.pkl"));
    let count = |runs: u64| -> Result<u64> {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(contender);
        valgrind.arg(job).arg(&file).arg(runs.to_string());
        let output = valgrind.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("`{}` failed:\n{said}", shell::shown(&valgrind)).into());
        }
        let collected = said.lines().find_map(|line| line.split_once("Collected : "));
        Ok(collected.ok_or("callgrind printed no count")?.1.trim().parse()?)
    };
    Ok(count(RUNS)?.saturating_sub(count(1)?) / (RUNS - 1))
}

fn written(compiler: &str, counts: &Counts) -> String {
    let mut text = format!("{compiler}\n");
    for (job, count) in counts {
        writeln!(text, "{job} {count}").expect("a String takes all");
    }
    text
}

fn read(text: &str) -> Result<(&str, Counts)> {
    let (compiler, rest) =
        text.split_once('\n').ok_or_else(|| format!("{COMMITTED}: expected a compiler on the first line"))?;
    let count = |line: &str| -> Result<(String, u64)> {
        let (job, count) = line
            .rsplit_once(' ')
            .ok_or_else(|| format!("{COMMITTED}: expected a job and a count, found {line}"))?;
        Ok((job.into(), count.parse()?))
    };
    Ok((compiler, rest.lines().map(count).collect::<Result<_>>()?))
}

/// Returns a report of the changes, and the number of jobs that became slower.
fn compare(committed: &Counts, counted: &Counts) -> (String, usize) {
    let (mut told, mut slower) = (String::new(), 0);
    for (job, now) in counted {
        let Some(before) = committed.get(job) else {
            writeln!(told, "{job}: {now} instructions; new, bless to keep").expect("a String takes all");
            continue;
        };
        // Far below 2^52.
        #[allow(clippy::cast_precision_loss)]
        let change = *now as f64 / *before as f64 - 1.0;
        if change.abs() <= TOLERANCE {
            continue;
        }
        let verdict = if change > 0.0 { "slower" } else { "faster, bless to keep" };
        slower += usize::from(change > 0.0);
        writeln!(told, "{job}: {before} → {now} instructions ({:+.1} %): {verdict}", change * 100.0)
            .expect("a String takes all");
    }
    (told, slower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_more_instructions_are_a_failure() {
        let counts = |counts: &[(&str, u64)]| -> Counts {
            counts.iter().map(|(job, count)| ((*job).to_owned(), *count)).collect()
        };
        let committed = counts(&[("a", 1000), ("b", 1000), ("c", 1000)]);
        let (told, slower) = compare(&committed, &counts(&[("a", 1051), ("b", 1049), ("c", 900), ("d", 5)]));
        assert_eq!(
            told,
            "a: 1000 → 1051 instructions (+5.1 %): slower\n\
             c: 1000 → 900 instructions (-10.0 %): faster, bless to keep\n\
             d: 5 instructions; new, bless to keep\n"
        );
        assert_eq!(slower, 1);
        assert_eq!(read(&written("rustc 1 on x", &committed)).unwrap(), ("rustc 1 on x", committed));
    }
}
