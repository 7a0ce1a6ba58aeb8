//! Tests that every job gives the right result: on each committed workload, the counts that CPython gives.

use halfsour_benches::workload::{Workload, all, committed};
use halfsour_benches::{jobs, scan};

fn workloads() -> Vec<Workload> {
    let workloads = all(&committed()).unwrap();
    assert_eq!(workloads.len(), 18);
    workloads
}

#[test]
fn every_job_gives_what_is_there() {
    const TYPED: [&str; 5] = ["records", "ints", "floats", "strings", "bigdict"];
    let mut counted = 0;
    for workload in workloads() {
        let expected = workload.expected_tally();
        for job in jobs::NAMES {
            // Text of protocol 0 may be escaped, and cannot be borrowed then.
            if job == "typed-borrowed" && workload.name() == "strings.p0" {
                continue;
            }
            let report = jobs::named(job, &workload, 3).expect("it is named");
            let typed = TYPED.contains(&workload.kind.as_str());
            assert_eq!(report.is_ok(), typed || !job.contains("typed"), "{job} {}", workload.name());
            let Ok(report) = report else { continue };
            assert_eq!(report.warm.len(), 2);
            let counts = ["graph", "value", "typed-owned", "typed-borrowed", "encode-typed"].contains(&job);
            if let (true, Some(expected)) = (counts, &expected) {
                assert_eq!(report.check, *expected, "{job} {}", workload.name());
                counted += 1;
            }
        }
    }
    assert_eq!(counted, 2 * 14 + 3 * 10 - 1);
}

#[test]
fn the_scan_loop_does_what_the_lexer_does() {
    for workload in workloads() {
        let input = workload.bytes;
        let sum = scan::scan(input);
        assert!(sum.is_some(), "{}", workload.name());
        assert_eq!(sum, scan::lex(input), "{}", workload.name());
        for end in (0..input.len()).rev().take(200) {
            assert_eq!((scan::scan(&input[..end]), scan::lex(&input[..end])), (None, None), "{end}");
        }
    }
    for opcode in halfsour_lexer::Opcode::ALL {
        // The stream is long enough for any argument; a length in it is 1, or at least 257, which is too long.
        for argument in [&b"\x01\0\0\0\0\0\0\0.\n\n."[..], b"\x01\x01\x01\x01\x01\x01\x01\x01\n\n.", b"\n\n."]
        {
            let pickle = [&[opcode.byte()], argument].concat();
            assert_eq!(scan::scan(&pickle), scan::lex(&pickle), "{opcode}");
        }
    }
    assert_eq!((scan::scan(b"\xff."), scan::lex(b"\xff.")), (None, None));
}
