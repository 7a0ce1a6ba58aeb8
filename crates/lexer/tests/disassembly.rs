//! The text of the disassembler is that of `pickletools.dis`, for all fixtures.

use halfsour_fixtures::{Expect, Fixture};
use halfsour_lexer::{Complaint, ComplaintKind, Disassembly, DisassemblyMemo, ErrorKind, Opcode, Summary};

fn disassembled(disassembly: Disassembly<'_>) -> (String, Result<Summary, Complaint>) {
    let mut text = String::new();
    let result = disassembly.write_to(&mut text);
    (text, result)
}

#[test]
fn fixtures() {
    let (mut same, mut further, mut refused) = (0, 0, 0);
    for fixture in halfsour_fixtures::all() {
        let Some(expected) = &fixture.dis else { continue };
        let (text, result) = disassembled(Disassembly::new(&fixture.pickle));
        assert!(text.starts_with(&expected.text), "{fixture}: {text}");
        match (&expected.error, result) {
            (None, Ok(Summary { complaint: None, .. })) => {
                assert_eq!(text, expected.text, "{fixture}");
                same += 1;
            }
            (Some(error), Ok(Summary { complaint: Some(complaint), .. })) => {
                compare(&fixture, complaint.kind(), error);
                further += 1;
            }
            (Some(error), Err(complaint)) => {
                assert!(matches!(fixture.expect, Expect::Refused { .. }), "{fixture}: {complaint}");
                // It may have stopped at something that the unpickler reads, earlier.
                if !error.ends_with("already defined") {
                    compare(&fixture, complaint.kind(), error);
                }
                refused += 1;
            }
            (error, result) => panic!("{fixture}: {error:?}, {result:?}"),
        }
    }
    assert!(
        same > 3000 && further > 10 && refused > 100,
        "{same} the same, {further} further, {refused} refused"
    );
}

/// Complaints about the stack and the memo have the words of `pickletools`.
fn compare(fixture: &Fixture, kind: &ComplaintKind, error: &str) {
    let is_ours = matches!(kind, ComplaintKind::Bytes(_) | ComplaintKind::Argument);
    // Where a mark was taken as if it was an object, it fails in a way of its own.
    if !is_ours && !error.starts_with("IndexError") {
        assert_eq!(format!("ValueError: {kind}"), error, "{fixture}");
    }
}

#[test]
fn annotated() {
    let mut count = 0;
    for fixture in halfsour_fixtures::all() {
        let Some(expected) = &fixture.annotated else { continue };
        let (text, _) = disassembled(Disassembly::new(&fixture.pickle).annotate(30));
        assert!(text.starts_with(expected), "{fixture}");
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[test]
fn several_pickles_with_one_memo() {
    let input = b"]q\x00.h\x00.";
    let mut memo = DisassemblyMemo::default();
    let mut text = String::new();
    let summary = Disassembly::new(input).write_with_memo(&mut text, &mut memo).unwrap();
    assert_eq!((summary.end, summary.highest_protocol, memo.len()), (4, 1, 1));
    text.clear();
    Disassembly::at(input, summary.end).write_with_memo(&mut text, &mut memo).unwrap();
    assert_eq!(text, "    4: h    BINGET     0\n    6: .    STOP\nhighest protocol among opcodes = 1\n");

    let alone = disassembled(Disassembly::at(input, summary.end)).1.unwrap_err();
    assert_eq!((alone.offset(), alone.opcode()), (4, Some(Opcode::BinGet)));
    assert_eq!(alone.to_string(), "byte 0x4: BINGET: memo key 0 has never been stored into");
}

#[test]
fn the_memo_takes_any_index() {
    let input = b"Np-1\np99999999999999999999\nr\xff\xff\xff\xffp300\np301\ng-1\n0g99999999999999999999\n0g300\n0g301\n0\x940.";
    let (text, result) = disassembled(Disassembly::new(input));
    assert!(text.contains(" MEMOIZE    (as 5)\n"), "{text}");
    assert_eq!(*result.unwrap_err().kind(), ComplaintKind::TooFewItems { wanted: 1, there: 0 });
}

#[test]
fn shown_with_its_error() {
    let text = Disassembly::new(b"\x80\x02X\x05\0\0\0ab").to_string();
    assert_eq!(text, "    0: \\x80 PROTO      2\nbyte 0x2: BINUNICODE: the input ends inside the argument\n");
    let error = disassembled(Disassembly::new(b"\x80\x02?")).1.unwrap_err();
    assert_eq!(*error.kind(), ComplaintKind::Bytes(ErrorKind::UnknownOpcode(b'?')));
}

#[test]
fn marks_indent_up_to_a_limit() {
    let marks = 1000;
    let (text, _) = disassembled(Disassembly::new(&vec![b'('; marks]).indent(2).deepest(100));
    let widest = text.lines().map(str::len).max();
    assert_eq!(widest, Some("    0: (    MARK".len() + 2 * 100));
    let (text, _) = disassembled(Disassembly::new(&vec![b'('; marks]).indent(1).deepest(usize::MAX));
    assert_eq!(text.lines().last().map(str::len), Some("  999: (    MARK".len() + 999));
}

#[test]
fn long_lines() {
    let mut pickle = b"B\x00\x80\x00\x00".to_vec();
    pickle.extend(vec![b'a'; 0x8000]);
    pickle.extend(b"X\x00\x80\x00\x00");
    pickle.extend("é".repeat(0x4000).as_bytes());
    pickle.extend(b"2.");
    let (text, _) = disassembled(Disassembly::new(&pickle).annotate(20));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        format!("    0: B    BINBYTES   b'{}' Push a Python bytes object.", "a".repeat(0x8000))
    );
    assert_eq!(
        lines[1],
        format!("32773: X    BINUNICODE '{}' Push a Python Unicode string object.", "é".repeat(0x4000))
    );
    assert!(lines[2].starts_with("65546: 2    DUP             Push the top"), "{}", lines[2]);
}
