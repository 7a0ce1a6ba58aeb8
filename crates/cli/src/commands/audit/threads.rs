//! Many jobs at once.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};

/// Does a job for each item, on all processors, and hands on the results in the order of the items, from this thread.
/// If standard error is a terminal, and there are several items, a bar shows how many are done.
///
/// The first error that `each` gives ends it.
pub fn run<I: Sync, R: Send, E>(
    items: &[I],
    job: impl Fn(&I) -> R + Sync,
    mut each: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let bar = if items.len() > 1 { ProgressBar::new(items.len() as u64) } else { ProgressBar::hidden() };
    // The template is tested by every run.
    bar.set_style(ProgressStyle::with_template("{wide_bar} {pos}/{len} files").expect("it is well-formed"));
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for _ in 0..workers {
            let sender = sender.clone();
            let (next, job) = (&next, &job);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(number) else { break };
                    if sender.send((number, job(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        // Results that wait for those before them.
        let mut waiting = BTreeMap::new();
        let mut handed = 0;
        for (number, result) in results {
            waiting.insert(number, result);
            bar.inc(1);
            while let Some(result) = waiting.remove(&handed) {
                handed += 1;
                bar.suspend(|| each(result))?;
            }
        }
        bar.finish_and_clear();
        Ok(())
    })
}
