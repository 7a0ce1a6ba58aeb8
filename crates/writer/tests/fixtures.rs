//! Pickles of CPython are written as the same bytes.

use halfsour_fixtures::{Expect, Fixture};
use halfsour_vm::Loader;
use halfsour_writer::{MemoPolicy, Options, to_vec};

/// Reads all pickles of a fixture and writes them again.
fn rewritten(fixture: &Fixture, memo: MemoPolicy) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let buffers = fixture.buffers.as_ref().map(|buffers| {
        let supplied = |buffer: &halfsour_fixtures::Buffer| halfsour_vm::Buffer {
            contents: buffer.bytes.clone().into(),
            read_only: buffer.readonly,
        };
        buffers.iter().map(supplied).collect()
    });
    // Names are left alone where the memo is: the names that were mapped are not in it.
    let fix_imports = memo != MemoPolicy::AsRead;
    let mut loader = Loader::with_options(
        halfsour_vm::Options::default()
            .with_buffers(buffers)
            .with_record_memo(true)
            .with_fix_imports(fix_imports),
    );
    let mut out = Vec::new();
    let mut offset = 0;
    for _ in 0..fixture.pickles {
        let graph = loader.load_at(fixture.pickle.as_slice(), offset)?;
        offset = graph.end();
        let protocol = fixture.protocol.ok_or("no protocol")?;
        out.extend(to_vec(
            graph.root(),
            &Options::default().with_protocol(protocol).with_memo(memo).with_fix_imports(fix_imports),
        )?);
    }
    Ok(out)
}

/// Returns how many of a producer's streams come back the same, how many there are, and the names of those that do not.
fn count(producer: &str, memo: MemoPolicy) -> (usize, Vec<String>) {
    let mut same = 0;
    let mut others = Vec::new();
    for fixture in halfsour_fixtures::all() {
        if fixture.producer != producer || fixture.keep_memo || !matches!(fixture.expect, Expect::Loads(_)) {
            continue;
        }
        match rewritten(&fixture, memo) {
            Ok(bytes) if bytes == fixture.pickle => same += 1,
            Ok(_) => others.push(fixture.to_string()),
            Err(error) => others.push(format!("{fixture}: {error}")),
        }
    }
    (same, others)
}

/// Python 3.6 frames less than four bytes and escapes fewer characters in protocol 0; 3.13 and 3.14 do not memoise the parts
/// of the call by which it names a nested class. All else is the same.
#[test]
fn what_the_c_pickler_wrote_comes_back() {
    let (same, others) = count("C pickler", MemoPolicy::All);
    let known = |name: &str| {
        name.ends_with("of 3.6")
            || name.ends_with("of 2.7 to 3.6")
            || (name.ends_with("of 3.13") || name.ends_with("of 3.13 to 3.14"))
                && (name.contains("nested") || name.contains("newargs_ex"))
    };
    let unknown: Vec<_> = others.iter().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(same > 1950, "only {same}; not: {others:#?}");
}

/// What is left are sets in cycles, which below protocol 4 are calls with a list: Python makes that list anew each time
/// that it comes to the set.
#[test]
fn what_was_read_comes_back_as_it_was() {
    for (producer, most) in
        [("C pickler", 1991), ("cPickle", 665), ("fast C pickler", 84), ("fast cPickle", 10)]
    {
        let (same, others) = count(producer, MemoPolicy::AsRead);
        assert!(others.len() * 100 < most, "{producer}: {same}; not: {others:#?}");
    }
}

/// Python 2 keeps the numbers of the slots that it leaves; Python 3 counts anew, and so do we.
#[test]
fn a_memo_of_what_is_shared_is_that_of_pickletools_optimize() {
    let (same, others) = count("optimize", MemoPolicy::Shared);
    assert!(others.iter().all(|name| name.ends_with("of 2.7")), "{others:#?}");
    assert!(same > 600, "only {same}");
}
