//! Writes the pickles of real Pythons again, at every protocol. `cargo xtask oracle` lets Pythons load them.
//!
//! Each line is one pickle: `name, protocol, original, ours`, separated by tabs, with the pickles in base64.

use std::fmt::Write;
use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_fixtures::{Expect, all, packages};
use halfsour_serde::python;
use halfsour_vm::Loader;
use halfsour_writer::{MemoPolicy, Options, to_vec};
use jiff::{SignedDuration, ZonedDateTime, civil};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
                let options = Options::default().with_protocol(protocol).with_memo(memo);
                let Ok(ours) = to_vec(graph.root(), &options) else { continue };
                line(&mut lines, &fixture.name, protocol, &fixture.pickle, &ours);
            }
        }
    }
    typed(&mut lines);
    let file = std::env::args().nth(1).expect("the argument is the file to write");
    fs::write(file, lines).expect("the file can be written");
}

fn line(lines: &mut String, name: &str, protocol: u8, original: &[u8], ours: &[u8]) {
    let [original, ours] = [original, ours].map(|pickle| STANDARD.encode(pickle));
    let _ = writeln!(lines, "{name}\t{protocol}\t{original}\t{ours}");
}

/// Reads objects of Python's classes as Rust's types, and writes them as such objects again.
fn typed(lines: &mut String) {
    #[derive(Serialize, Deserialize)]
    struct Written {
        #[serde(with = "python::date")]
        day: civil::Date,
        #[serde(with = "python::datetime")]
        moment: civil::DateTime,
        #[serde(with = "python::datetime")]
        first: ZonedDateTime,
        #[serde(with = "python::datetime")]
        second: ZonedDateTime,
        #[serde(with = "python::datetime")]
        fixed: ZonedDateTime,
        #[serde(with = "python::timedelta")]
        wait: SignedDuration,
        #[serde(with = "python::timedelta")]
        ago: SignedDuration,
        #[serde(with = "python::decimal")]
        price: Decimal,
        #[serde(with = "python::uuid")]
        id: Uuid,
    }
    for package in packages().iter().filter(|package| package.name == "written") {
        let written: Written = halfsour_serde::from_slice(&package.bytes).expect("the tests read it");
        for protocol in 0..=5 {
            let ours = halfsour_serde::to_vec_with(&written, &Options::default().with_protocol(protocol));
            line(lines, "written", protocol, &package.bytes, &ours.expect("the tests write it"));
        }
    }
}
