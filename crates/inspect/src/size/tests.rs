//! Compared with the offsets of opcodes that Python's disassembler shows.

use halfsour_fixtures::{Expect, all};
use halfsour_vm::{Limits, Loader, Options};

use super::*;

/// The bytes of opcodes with these names, and of the ones after them that only remember, as `pickletools.dis` shows
/// their offsets.
fn disassembled(dis: &str, end: usize, names: &[&str]) -> u64 {
    let line = |line: &str| {
        let (offset, rest) = line.split_once(':')?;
        Some((offset.trim().parse().ok()?, rest.split_whitespace().nth(1)?.to_owned()))
    };
    let ops: Vec<(usize, String)> = dis.lines().filter_map(line).collect();
    let is_memo = |name: &str| ["MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"].contains(&name);
    let mut bytes = 0;
    let mut counts = false;
    for (number, (offset, name)) in ops.iter().enumerate() {
        counts = names.contains(&&**name) || counts && is_memo(name);
        if counts {
            bytes += ops.get(number + 1).map_or(end, |(next, _)| *next) - offset;
        }
    }
    bytes as u64
}

#[test]
fn the_bytes_are_those_of_the_opcodes() {
    let types: [(&str, &[&str]); 5] = [
        ("str", &["UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"]),
        // In text, bools are ints.
        (
            "int bool",
            &["INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "NEWTRUE", "NEWFALSE"],
        ),
        ("float", &["FLOAT", "BINFLOAT"]),
        ("None", &["NONE"]),
        ("tuple", &["EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"]),
    ];
    let (mut compared, mut all_of_them) = (0, 0);
    let options = Options { limits: Limits::TRUSTED, require_buffers: false, ..Options::default() };
    for fixture in all() {
        let Expect::Loads(_) = &fixture.expect else { continue };
        let Ok(graph) = Loader::with_options(options.clone()).load_at(&fixture.pickle[..], 0) else {
            continue;
        };
        let mut sizes = Sizes::new();
        sizes.add(&graph);
        all_of_them += 1;
        let sum: u64 = sizes.types.iter().map(|of| of.bytes).sum();
        assert_eq!((sum, sizes.bytes()), (graph.end() as u64, graph.end() as u64), "{fixture}");
        let Some(dis) = fixture.dis.as_ref().filter(|dis| dis.error.is_none() && fixture.pickles == 1) else {
            continue;
        };
        // Names, ids, and what old protocols spell as calls, are parts of other objects; what was dropped is in none.
        let is_plain = !["GLOBAL", "PERSID", " POP", "EXT"].iter().any(|name| dis.text.contains(name));
        if fixture.producer != "C pickler" || !is_plain {
            continue;
        }
        for (name, opcodes) in types {
            let found = sizes.types.iter().filter(|of| name.split(' ').any(|name| of.name == name));
            let found: u64 = found.map(|of| of.bytes).sum();
            assert_eq!(
                found,
                disassembled(&dis.text, graph.end(), opcodes),
                "{fixture}: {name}\n{}",
                dis.text
            );
        }
        compared += 1;
    }
    assert!(compared > 500 && all_of_them > 10_000, "{compared} of {all_of_them}");
}
