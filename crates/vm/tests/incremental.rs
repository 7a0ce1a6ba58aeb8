//! What arrives in pieces is loaded, and refused, as the whole is.

use bytes::BytesMut;
use halfsour_fixtures::Fixture;
use halfsour_vm::{Error, ErrorKind, Graph, Incremental, Limit, Limits, Loader, Options, from_reader};

/// What can be compared of graphs of different sources.
fn shown<S: AsRef<[u8]>>(graph: &Graph<S>) -> (String, usize, usize, u8) {
    (graph.root().to_string(), graph.node_count(), graph.end(), graph.protocol())
}

fn fixtures() -> impl Iterator<Item = Fixture> {
    // As text, a tower is too large to be compared over and over.
    halfsour_fixtures::all().into_iter().filter(|fixture| fixture.name != "sharing/tower")
}

type Shown = (Vec<(String, usize, usize, u8)>, Option<Error>);

fn of_slice(mut input: &[u8]) -> Shown {
    let mut all = Vec::new();
    while !input.is_empty() {
        match Loader::new().load(input) {
            Ok(graph) => {
                all.push(shown(&graph));
                input = &input[graph.end()..];
            }
            Err(error) => return (all, Some(error)),
        }
    }
    (all, None)
}

fn of_pieces<'p>(pieces: impl Iterator<Item = &'p [u8]>) -> Shown {
    let mut incremental = Incremental::new();
    let mut buffer = BytesMut::new();
    let mut all = Vec::new();
    let mut fed = pieces.map(Some).chain([None]);
    let error = fed.find_map(|piece| {
        buffer.extend_from_slice(piece.unwrap_or_default());
        loop {
            let read = match piece {
                Some(_) => incremental.feed(&mut buffer),
                None => incremental.finish(&mut buffer),
            };
            match read {
                Ok(Some(graph)) => all.push(shown(&graph)),
                Ok(None) => return None,
                Err(error) => return Some(error),
            }
        }
    });
    (all, error)
}

fn compare(pieces: &Shown, whole: &Shown, name: &dyn std::fmt::Display) {
    assert_eq!(pieces.0, whole.0, "{name}");
    match (&pieces.1, &whole.1) {
        // What is in the frame is found before its end is.
        (Some(early), Some(late)) if late.kind() == ErrorKind::FrameTooLong => {
            assert!(early.offset() >= late.offset(), "{name}: {early}, {late}");
        }
        (error, expected) => {
            let shown = |error: &Option<Error>| error.as_ref().map(ToString::to_string);
            assert_eq!(shown(error), shown(expected), "{name}");
        }
    }
}

#[test]
fn pieces_are_the_whole() {
    let (mut loaded, mut refused) = (0, 0);
    for fixture in fixtures() {
        let input = &fixture.pickle[..];
        let whole = of_slice(input);
        compare(&of_pieces(input.chunks(1)), &whole, &fixture);
        compare(&of_pieces([input].into_iter()), &whole, &fixture);
        if input.len() < 100 {
            for at in 1..input.len() {
                let (first, second) = input.split_at(at);
                compare(&of_pieces([first, second].into_iter()), &whole, &fixture);
            }
        }
        *(if whole.1.is_none() { &mut loaded } else { &mut refused }) += 1;
    }
    assert!(loaded > 10_000 && refused > 500, "{loaded} are loaded, {refused} refused");
}

#[test]
fn a_pickle_that_is_cut_off_is_refused_as_the_slice_is() {
    for fixture in fixtures().filter(|fixture| fixture.pickle.len() < 60).step_by(5) {
        for at in 0..fixture.pickle.len() {
            let input = &fixture.pickle[..at];
            compare(&of_pieces(input.chunks(2)), &of_slice(input), &fixture);
        }
    }
}

#[test]
fn a_reader_gives_what_a_slice_gives() {
    for fixture in fixtures() {
        let mut rest = &fixture.pickle[..];
        let whole = Loader::new().load(rest);
        match (from_reader(&mut rest), whole) {
            (Ok(graph), Ok(whole)) => {
                assert_eq!(shown(&graph), shown(&whole), "{fixture}");
                assert!(
                    fixture.pickle.len() - rest.len() == whole.end(),
                    "{fixture}: {} are left",
                    rest.len()
                );
            }
            (Err(error), Err(whole)) if whole.kind() != ErrorKind::FrameTooLong => {
                assert_eq!(error.to_string(), whole.to_string(), "{fixture}");
            }
            (Err(_), Err(_)) => {}
            (read, whole) => panic!("{fixture}: {:?}, {:?}", read.err(), whole.err()),
        }
    }
}

#[test]
fn the_first_bad_opcode_is_refused_when_it_comes() {
    let mut incremental = Incremental::new();
    // In a frame of which the rest never comes.
    let mut buffer = BytesMut::from(&b"\x80\x04\x95\0\0\0\0\0\0\0\x40K\x01"[..]);
    assert!(incremental.feed(&mut buffer).unwrap().is_none());
    buffer.extend_from_slice(b"R");
    let error = incremental.feed(&mut buffer).unwrap_err();
    assert_eq!(error.to_string(), "byte 0xd: REDUCE: the stack holds 1 item, needs 2");
    // It is begun anew: with the same bytes it is the same error.
    assert_eq!(incremental.feed(&mut buffer).unwrap_err().to_string(), error.to_string());
    buffer.clear();
    buffer.extend_from_slice(b"N.");
    assert!(incremental.feed(&mut buffer).unwrap().unwrap().root().is_none());
}

#[test]
fn a_frame_that_goes_beyond_stop_is_waited_for() {
    let mut incremental = Incremental::new();
    let mut buffer = BytesMut::from(&b"\x95\x04\0\0\0\0\0\0\0N."[..]);
    assert!(incremental.feed(&mut buffer).unwrap().is_none());
    assert_eq!(incremental.finish(&mut buffer.clone()).unwrap_err().kind(), ErrorKind::FrameTooLong);
    let mut incremental = Incremental::new();
    buffer.extend_from_slice(b"K\x02.");
    assert_eq!(incremental.feed(&mut buffer).unwrap().unwrap().end(), 11);
    assert_eq!(incremental.feed(&mut buffer).unwrap().unwrap().root().as_i64(), Some(2));
    assert!(buffer.is_empty());
}

#[test]
fn nothing_is_copied() {
    let mut buffer = BytesMut::from(&b"\x8e\x03\0\0\0\0\0\0\0abc.rest"[..]);
    let before = buffer.as_ptr_range();
    let graph = Incremental::new().feed(&mut buffer).unwrap().unwrap();
    assert!(before.contains(&graph.root().as_bytes().unwrap().as_ptr()));
    assert_eq!(&buffer[..], b"rest");
}

/// The error, and after how many bytes it came.
fn refused(limits: Limits, stream: &[u8], piece: usize) -> (String, usize) {
    let mut incremental = Incremental::with_options(Options::default().with_limits(limits));
    let mut buffer = BytesMut::new();
    for piece in stream.chunks(piece) {
        buffer.extend_from_slice(piece);
        if let Err(error) = incremental.feed(&mut buffer) {
            return (error.to_string(), buffer.len());
        }
    }
    panic!("{stream:?} is not refused");
}

#[test]
fn what_is_declared_beyond_the_limit_is_refused_before_it_comes() {
    let limits = Limits::default().with_input(20);
    let cases: [(&[u8], &str, usize); 5] = [
        (b"\x80\x04\x95\0\0\0\0\0\0\0\x40N.", "byte 0x2: FRAME", 11),
        (b"N\x8e\0\0\0\0\0\0\0\x40abc.", "byte 0x1: BINBYTES8", 10),
        (b"C\x12abcdefghijklmnopqr.", "byte 0x14", 20),
        (b"VaaaaaaaaaaaaaaaaaaaaaaaaA\n.", "byte 0x0: UNICODE", 20),
        (b"NNNNNNNNNNNNNNNNNNNNNNNN.", "byte 0x14", 20),
    ];
    for (stream, place, at) in cases {
        let (error, after) = refused(limits, stream, 1);
        assert_eq!((error, after), (format!("{place}: the limit of the input is exceeded"), at));
        let (error, _) = refused(limits, stream, 1000);
        assert_eq!(error, format!("{place}: the limit of the input is exceeded"));
    }
    let mut exact = BytesMut::from(&b"C\x11abcdefghijklmnopq.N."[..]);
    let mut incremental = Incremental::with_options(Options::default().with_limits(limits));
    assert_eq!(incremental.feed(&mut exact).unwrap().unwrap().end(), 20);
}

#[test]
fn the_other_limits_count_all_pieces() {
    let limits = Limits::default();
    for piece in [1, 2, 100] {
        let kind = |limits, stream: &[u8]| refused(limits, stream, piece).0;
        let ints = [b"](", &b"K\x01".repeat(50)[..], b"e."].concat();
        let error = "byte 0x3e: BININT1: the limit of opcodes is exceeded";
        assert_eq!(kind(limits.with_opcodes(32), &ints), error);
        assert!(kind(limits.with_stack(7), &ints).contains("limit of the stack"));
        assert!(kind(limits.with_memo(2), b"N\x94\x94\x94.").contains("limit of the memo"));
        assert!(kind(limits.with_memory(2000), &b"]".repeat(200)).contains("limit of memory"));
    }
    // A set of a thousand, over and over.
    let set =
        [b"cbuiltins\nset\nq\0](", &b"K\x01".repeat(1000)[..], b"eq\x010(", &b"h\0h\x01\x85R".repeat(1000)];
    let (error, after) = refused(limits, &set.concat(), 64);
    assert!(error.contains("limit of memory"), "{error}");
    assert!(after < 7000, "{after}");
    assert_eq!(Limits::TRUSTED.input, usize::MAX);
    assert!(matches!(from_reader(&set.concat()[..]).unwrap_err().kind(), ErrorKind::Limit(Limit::Memory)));
}

#[test]
fn the_budget_grows_with_what_arrives() {
    let lists = [b"(", &b"]".repeat(200_000)[..], b"l."].concat();
    assert_eq!(of_pieces(lists.chunks(1000)).0[0].1, 200_001);
}

#[test]
fn a_long_line_byte_by_byte_is_searched_once() {
    let mut incremental = Incremental::new();
    let mut buffer = BytesMut::from(&b"V"[..]);
    for _ in 0..200_000 {
        buffer.extend_from_slice(b"abcdefgh");
        assert!(incremental.feed(&mut buffer).unwrap().is_none());
    }
    buffer.extend_from_slice(b"\n.");
    assert_eq!(incremental.feed(&mut buffer).unwrap().unwrap().end(), 1_600_003);
}
