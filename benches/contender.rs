//! Does one job in a process of its own: `contender JOB FILE REPEATS` prints the time and memory as a line of JSON.
//! `contender prepare FILE…` writes the data of pickles in the formats of the peers, beside them.

use std::path::Path;
use std::process::ExitCode;

use halfsour_benches::jobs;
#[cfg(feature = "peers")]
use halfsour_benches::peers;
use halfsour_benches::timing::Report;
use halfsour_benches::workload::Workload;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["prepare", files @ ..] => files.iter().try_for_each(|file| prepare(Path::new(file))),
        [job, file, repeats] => contend(job, Path::new(file), repeats),
        _ => Err(format!("usage: contender JOB FILE REPEATS, where JOB is one of: {}", names().join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn contend(job: &str, file: &Path, repeats: &str) -> Result<(), String> {
    let repeats = repeats.parse().map_err(|error| format!("{repeats}: {error}"))?;
    let workload = Workload::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let report = named(job, &workload, repeats).ok_or_else(|| format!("there is no job {job}"))??;
    if let Some(expected) = workload.expected_tally()
        && report.check.contains(' ')
        && report.check != expected
    {
        return Err(format!("{job} of {}: expected {expected}, found {}", file.display(), report.check));
    }
    println!("{}", report.to_json(workload.bytes.len()));
    Ok(())
}

#[cfg(feature = "peers")]
fn named(job: &str, workload: &Workload, repeats: usize) -> Option<Result<Report, String>> {
    jobs::named(job, workload, repeats).or_else(|| peers::named(job, workload, repeats))
}

#[cfg(not(feature = "peers"))]
fn named(job: &str, workload: &Workload, repeats: usize) -> Option<Result<Report, String>> {
    jobs::named(job, workload, repeats)
}

#[cfg(feature = "peers")]
fn names() -> Vec<&'static str> {
    jobs::NAMES.into_iter().chain(peers::NAMES).collect()
}

#[cfg(not(feature = "peers"))]
fn names() -> Vec<&'static str> {
    jobs::NAMES.into()
}

#[cfg(feature = "peers")]
fn prepare(file: &Path) -> Result<(), String> {
    let workload = Workload::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    peers::prepare(&workload)
}

#[cfg(not(feature = "peers"))]
fn prepare(_: &Path) -> Result<(), String> {
    Err("the contender was built without the peers; build it with `--features peers`".into())
}
