//! Objects that CPython's pickler repeats do not fill the memory.

use halfsour_fixtures::Expect;
use halfsour_value::Builder;
use halfsour_vm::from_slice;
use halfsour_writer::{Error, ErrorKind, Limits, MemoPolicy, Options, to_vec};

/// Writes the pickle within 8 bytes for each that its graph and source have, and so many more.
fn write(pickle: &[u8], protocol: u8, memo: MemoPolicy, bytes: usize) -> Result<Vec<u8>, Error> {
    let limits = Limits::default().with_bytes(bytes);
    to_vec(
        from_slice(pickle).unwrap().root(),
        &Options::default().with_protocol(protocol).with_memo(memo).with_limits(limits),
    )
}

#[track_caller]
fn grows(pickle: &[u8], protocol: u8, to: usize) {
    for memo in [MemoPolicy::All, MemoPolicy::Shared] {
        let error = write(pickle, protocol, memo, 0).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }
    assert!(write(pickle, protocol, MemoPolicy::All, to).unwrap().len() > to);
    write(pickle, protocol, MemoPolicy::All, to / 2).unwrap_err();
}

#[test]
fn ints_are_written_each_time() {
    let int = [&b"\x8b\x00\x00\x01\x00"[..], &vec![7; 1 << 16], b"\x940"].concat();
    let pickle = [&int[..], b"(", &b"h\0".repeat(1000), b"l."].concat();
    grows(&pickle, 4, 1000 << 16);
}

#[test]
fn modules_of_names_are_written_each_time_below_protocol_4() {
    let module = [&b"X\x00\x00\x01\x00"[..], &vec![b'm'; 1 << 16], b"\x940"].concat();
    let name = |name| [format!("h\0X\x04\0\0\0{name:04}").as_bytes(), b"\x93"].concat();
    let names: Vec<u8> = (0..1000).flat_map(name).collect();
    let pickle = [&module[..], b"(", &names, b"l."].concat();
    grows(&pickle, 2, 1000 << 16);
    write(&pickle, 4, MemoPolicy::All, 0).unwrap();
}

#[test]
fn what_leads_back_to_its_tuple_is_fetched_each_time() {
    // t = ([t], [t], …)
    let mut b = Builder::new();
    let lists: Vec<_> = (0..4000).map(|_| b.list(&[])).collect();
    let tuple = b.tuple(&lists);
    for list in lists {
        b.append(list, tuple).unwrap();
    }
    let graph = b.build(tuple);
    let options = |bytes| Options::default().with_limits(Limits::default().with_bytes(bytes));
    assert_eq!(to_vec(graph.root(), &options(0)).unwrap_err().kind(), ErrorKind::TooLarge);
    assert!(to_vec(graph.root(), &options(usize::MAX)).unwrap().len() > 4000 * 4000);
}

#[test]
fn what_is_not_repeated_is_within_the_limit() {
    let mut written = 0;
    for fixture in halfsour_fixtures::all() {
        if !matches!(fixture.expect, Expect::Loads(_)) || from_slice(&fixture.pickle).is_err() {
            continue;
        }
        for protocol in 0..=5 {
            match write(&fixture.pickle, protocol, MemoPolicy::All, 0) {
                Ok(_) => written += 1,
                Err(error) => assert_ne!(error.kind(), ErrorKind::TooLarge, "{fixture}, protocol {protocol}"),
            }
        }
    }
    assert!(written > 10_000, "{written}");
}
