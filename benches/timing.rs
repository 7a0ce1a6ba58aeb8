//! Runs a job in this process, and measures its time and memory.

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::time::Duration;

use cpu_time::ProcessTime;

/// The CPU time and memory of a job.
#[derive(Clone, Debug)]
pub struct Report {
    /// The time of the first run in this process.
    pub cold: Duration,
    /// The times of further runs.
    pub warm: Vec<Duration>,
    /// The most bytes by which memory grew during the first run.
    pub peak: u64,
    /// The check of the first run's result.
    pub check: String,
}

impl Report {
    /// Returns the measurements as a line of JSON.
    pub fn to_json(&self, input: usize) -> String {
        let warm: Vec<_> = self.warm.iter().map(|time| time.as_nanos().to_string()).collect();
        let (cold, warm, peak, check) = (self.cold.as_nanos(), warm.join(","), self.peak, &self.check);
        let mut line = String::new();
        write!(line, r#"{{"cold":{cold},"warm":[{warm}],"peak":{peak},"input":{input},"check":"{check}"}}"#)
            .expect("a String takes all");
        line
    }
}

/// Runs `job` several times. Only making the result is timed, not to look at the first one with `check`, nor to pass each to
/// `done`, which may take its memory back.
pub fn run<S, R>(
    repeats: usize,
    mut state: S,
    mut job: impl FnMut(&mut S) -> R,
    check: impl FnOnce(&R) -> String,
    mut done: impl FnMut(&mut S, R),
) -> Report {
    let before = Peak::start();
    let (cold, result) = timed(|| job(&mut state));
    let peak = before.growth();
    let check = check(&result);
    done(&mut state, result);
    let mut again = || {
        let (warm, result) = timed(|| job(&mut state));
        done(&mut state, result);
        warm
    };
    let warm = (1..repeats).map(|_| again()).collect();
    Report { cold, warm, peak, check }
}

fn timed<R>(run: impl FnOnce() -> R) -> (Duration, R) {
    let start = ProcessTime::now();
    let result = black_box(run());
    (start.elapsed(), result)
}

/// The resident memory at the start.
struct Peak(u64);

impl Peak {
    fn start() -> Self {
        // Resets the peak to the resident memory. If that is not allowed, only growth beyond an earlier peak is seen.
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self(memory("VmRSS:"))
    }

    fn growth(&self) -> u64 {
        memory("VmHWM:").saturating_sub(self.0)
    }
}

/// Returns a number of bytes from /proc, or 0 on systems without it.
fn memory(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kib: u64 = line.and_then(|value| value.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or_default();
    kib * 1024
}
