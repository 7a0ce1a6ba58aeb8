//! Writes what real Pythons wrote, again and at every protocol: `cargo xtask oracle` has Pythons load it.
//!
//! A line a pickle, each `name, protocol, original, ours` with tabs between and the pickles in base64.

use std::fmt::Write;
use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_fixtures::{Expect, all};
use halfsour_vm::Loader;
use halfsour_writer::{MemoPolicy, Options, to_vec};

fn main() {
    let mut lines = String::new();
    for fixture in all() {
        let plain = fixture.pickles == 1 && !fixture.keep_memo && fixture.buffers.is_none();
        if !plain || fixture.producer != "C pickler" || !matches!(fixture.expect, Expect::Loads(_)) {
            continue;
        }
        let graph = Loader::new().load(&fixture.pickle[..]).expect("the tests load it");
        for protocol in 0..=5 {
            for memo in [MemoPolicy::All, MemoPolicy::Shared] {
                let options = Options { memo, ..Options::with_protocol(protocol) };
                let Ok(ours) = to_vec(graph.root(), &options) else { continue };
                let [original, ours] = [&fixture.pickle, &ours].map(|pickle| STANDARD.encode(pickle));
                let _ = writeln!(lines, "{}\t{protocol}\t{original}\t{ours}", fixture.name);
            }
        }
    }
    let file = std::env::args().nth(1).expect("the argument is the file to write");
    fs::write(file, lines).expect("the file can be written");
}
