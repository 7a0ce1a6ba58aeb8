//! Reads every fixture whole, cut at every byte, and with every byte changed: `cargo xtask soak` runs it.

use halfsour_fuzz::Soak;

/// The number of bytes at which a longer stream is cut and changed.
const PLACES: usize = 1024;

fn main() {
    let mut soak = Soak::default();
    for fixture in halfsour_fixtures::all() {
        soak.stream(&fixture.pickle, PLACES);
    }
    let Soak { streams, read, written } = soak;
    println!(
        "soak: {streams} streams, {read} read, {written} written as JSON and as pickles; none held too much"
    );
}
