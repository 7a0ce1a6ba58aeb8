//! The points of the machine's semantics at which it is easy to be wrong. What CPython makes of whole streams is
//! compared in `fixtures.rs`; here stand the properties that have no print.

use halfsour_vm::{
    Error, ErrorKind, Graph, Limit, Limits, Loader, Observer, Options, from_reader, from_slice,
};

fn shown(stream: &[u8]) -> String {
    from_slice(stream).unwrap().root().to_string()
}

fn refused(stream: &[u8]) -> ErrorKind {
    from_slice(stream).unwrap_err().kind()
}

#[test]
fn memoize_counts_slots_and_not_the_highest() {
    assert_eq!(shown(b"(]q\x05K\x07\x94h\x05h\x01t."), "([], 7, [], 7)");
    assert_eq!(shown(b"]q\x00K\x01a0h\x00K\x02a."), "[1, 2]");
}

#[test]
fn every_holder_of_a_list_sees_it_grow() {
    // t = ([],); t[0].append(t)
    let graph = from_slice(b"]q\x05h\x05\x85q\x060h\x05h\x06ah\x06.").unwrap();
    let tuple = graph.root();
    assert_eq!(tuple.at(0).unwrap().at(0), Some(tuple));
    assert_eq!(tuple.to_string(), "([(...)],)");
}

#[test]
fn equal_keys_are_one_and_the_last_value_wins() {
    assert_eq!(shown(b"}(K\x01K\x0aG\x3f\xf0\0\0\0\0\0\0K\x14\x88K\x1eK\x02Nu."), "{1: 30, 2: None}");
    // Large enough to be indexed.
    let mut stream = b"}(".to_vec();
    for round in 0..2_u8 {
        for key in 0..100_u8 {
            stream.extend([b'K', key, b'K', key + round]);
        }
    }
    stream.extend(b"u.");
    let graph = from_slice(&stream).unwrap();
    assert_eq!(graph.root().len(), Some(100));
    assert_eq!(graph.root().get(41).unwrap().as_i64(), Some(42));
    assert_eq!(graph.root().get(100), None);
}

#[test]
fn many_ints_are_those_that_an_observer_sees_made() {
    struct Watching;
    impl Observer for Watching {}

    // Of all sizes, in an order that does not repeat; the longs need nodes, and one is longer than a word.
    let mut stream = b"](".to_vec();
    let mut state = 1_u64;
    for _ in 0..3000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let bytes = state.to_le_bytes();
        match state >> 61 {
            0 | 1 => stream.extend([b'K', bytes[7]]),
            2 => stream.extend([b'M', bytes[6], bytes[7]]),
            3 | 4 => stream.extend([b"J", &bytes[4..]].concat()),
            5 => stream.extend([b"\x8a\x05", &bytes[3..]].concat()),
            6 => stream.extend([b"\x8a\x08", &bytes[..]].concat()),
            _ => stream.extend([b"\x8a\x09", &bytes[..], b"\x01"].concat()),
        }
    }
    stream.extend(b"e.");
    let plain = from_slice(&stream).unwrap();
    let seen = Loader::new().load_observed(&stream, 0, &mut Watching).unwrap();
    assert_eq!(plain.root().to_string(), seen.root().to_string());
    assert_eq!(plain.node_count(), seen.node_count());
    let limits = Limits::default().with_opcodes(3003);
    let load =
        |limits| Loader::with_options(Options::default().with_limits(limits)).load(&stream[..]).is_ok();
    assert!(!load(limits) && load(limits.with_opcodes(3004)));
    let limits = Limits::default().with_stack(3000);
    assert!(!load(limits) && load(limits.with_stack(3001)));
}

#[test]
fn nan_is_equal_to_itself_by_identity_only() {
    let nan = b"G\x7f\xf8\0\0\0\0\0\0";
    let twice = [b"}(", &nan[..], b"K\x01", nan, b"K\x02u."].concat();
    assert_eq!(from_slice(&twice).unwrap().root().len(), Some(2));
    let same = [b"}(", &nan[..], b"\x94K\x01h\x00K\x02u."].concat();
    assert_eq!(from_slice(&same).unwrap().root().len(), Some(1));
}

#[test]
fn tuples_are_equal_by_what_they_hold() {
    // {(1, 'a'): 1, (1.0, 'a'): 2}
    let stream = b"}(K\x01X\x01\0\0\0a\x86K\x01G\x3f\xf0\0\0\0\0\0\0X\x01\0\0\0a\x86K\x02u.";
    assert_eq!(shown(stream), "{(1, 'a'): 2}");
    // Sixty levels of (t, t), twice, as keys: linear although each has 2^60 leaves.
    let mut stream = b"}(".to_vec();
    for value in 0..2 {
        stream.extend(b"K\x01\x85");
        for _ in 0..60 {
            stream.extend(b"2\x86");
        }
        stream.extend([b'K', value]);
    }
    stream.extend(b"u.");
    let graph = from_slice(&stream).unwrap();
    assert_eq!(graph.root().len(), Some(1));
}

#[test]
fn unhashable_keys_are_refused_through_tuples() {
    assert_eq!(refused(b"}]Ns."), ErrorKind::Unhashable);
    assert_eq!(refused(b"}]\x85\x85Ns."), ErrorKind::Unhashable);
    assert_eq!(refused(b"\x8f(}\x90."), ErrorKind::Unhashable);
    assert_eq!(shown(b"}K\x01\x85\x85Ns."), "{((1,),): None}");
}

#[test]
fn nothing_is_taken_from_below_a_mark() {
    assert_eq!(refused(b"K\x01(\x85."), ErrorKind::UnexpectedMark);
    assert_eq!(refused(b"K\x01(."), ErrorKind::UnexpectedMark);
    assert_eq!(refused(b"](a."), ErrorKind::UnexpectedMark);
    assert_eq!(refused(b"K\x01t."), ErrorKind::NoMark);
    assert_eq!(shown(b"K\x01(0."), "1");
    assert_eq!(refused(b"\x85."), ErrorKind::StackUnderflow { holds: 0, needs: 1 });
}

#[test]
fn declared_lengths_and_slots_cost_nothing() {
    let limits = Limits::default().with_memory(1 << 20);
    let mut loader = Loader::with_options(Options::default().with_limits(limits));
    for stream in [
        &b"\x8d\0\0\0\0\0\0\0\x40abc."[..],
        b"\x8b\xff\xff\xff\x7fabc.",
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
    ] {
        assert!(loader.load(stream).is_err());
    }
    let graph = loader.load(&b"Np4294967295\n0g4294967295\n."[..]).unwrap();
    assert!(graph.root().is_none());
    let digits = [b"L", vec![b'9'; 10_000_000].as_slice(), b"L\n."].concat();
    assert!(matches!(loader.load(&digits[..]).unwrap_err().kind(), ErrorKind::Number(_)));
}

#[test]
fn a_list_copied_into_sets_over_and_over_meets_the_budget() {
    // l = list(range(1000)); then set(l) ten thousand times
    let mut stream = b"cbuiltins\nset\nq\x00](".to_vec();
    for value in 0..1000_u16 {
        stream.push(b'M');
        stream.extend(value.to_le_bytes());
    }
    stream.extend(b"eq\x010(");
    for _ in 0..100_000 {
        stream.extend(b"h\x00h\x01\x85R");
    }
    stream.extend(b"l.");
    assert_eq!(refused(&stream), ErrorKind::Limit(Limit::Memory));
}

#[test]
fn a_hundred_thousand_levels_load_and_drop_on_a_small_stack() {
    let deep = |inner: &[u8]| {
        let mut stream = b"N".to_vec();
        for _ in 0..100_000 {
            stream.extend(inner);
        }
        stream.push(b'.');
        stream
    };
    let nested_lists = [vec![b']'; 100_000], vec![b'a'; 99_999], b".".to_vec()].concat();
    let dicts = {
        let open: Vec<u8> = b"}K\x01".repeat(100_000);
        [open, b"N".to_vec(), vec![b's'; 100_000], b".".to_vec()].concat()
    };
    std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(move || {
            for stream in [nested_lists, dicts, deep(b"\x85")] {
                let graph = from_slice(&stream).unwrap();
                let shown = graph.root().to_string();
                assert!(shown.len() >= 200_000);
                assert!(graph.to_value(halfsour_vm::value::TreeLimits::default()).is_err());
            }
        })
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn sharing_is_kept_and_trees_are_bounded() {
    let mut stream = b"]K\x01a".to_vec();
    for _ in 0..60 {
        // b = [a, a], by way of the memo
        stream.extend(b"q\x000](h\x00h\x00e");
    }
    stream.push(b'.');
    let graph = from_slice(&stream).unwrap();
    assert!(graph.node_count() < 100);
    let mut node = graph.root();
    while let (Some(left), Some(right)) = (node.at(0), node.at(1)) {
        assert_eq!(left, right);
        node = left;
    }
    let error = graph.to_value(halfsour_vm::value::TreeLimits::default()).unwrap_err();
    assert_eq!(error, halfsour_vm::value::TreeError::TooLarge);
}

#[test]
fn limits_are_limits() {
    let with = |limits: Limits, stream: &'static [u8]| -> Result<Graph<&'static [u8]>, Error> {
        Loader::with_options(Options::default().with_limits(limits)).load(stream)
    };
    let kind = |limits, stream| with(limits, stream).unwrap_err().kind();
    let limits = Limits::default();
    assert_eq!(kind(limits.with_opcodes(2), b"NN."), ErrorKind::Limit(Limit::Opcodes));
    assert_eq!(kind(limits.with_stack(2), b"NNN."), ErrorKind::Limit(Limit::Stack));
    assert_eq!(kind(limits.with_memo(1), b"N\x94\x94."), ErrorKind::Limit(Limit::Memo));
    assert_eq!(kind(limits.with_memory(15), b"]."), ErrorKind::Limit(Limit::Memory));
    assert!(with(limits.with_opcodes(3).with_stack(2), b"NN.").is_ok());
}

#[test]
fn a_reader_is_not_read_beyond_stop() {
    let stream = b"\x80\x04\x95\x04\0\0\0\0\0\0\0\x8c\x01a.X\x02\0\0\0bc.tail";
    let mut rest = &stream[..];
    assert_eq!(from_reader(&mut rest).unwrap().root().as_str(), Some("a"));
    assert_eq!(from_reader(&mut rest).unwrap().root().as_str(), Some("bc"));
    assert_eq!(rest, b"tail");
    let error = from_reader(&mut &b"X\x05\0\0\0ab"[..]).unwrap_err();
    assert_eq!(error.to_string(), "byte 0x0: BINUNICODE: the input ends inside the argument");
}

#[test]
fn a_kept_memo_joins_pickles() {
    let graph = Loader::new().load_all(&b"]q\x00.h\x00K\x01a."[..]).unwrap();
    let roots: Vec<_> = graph.roots().collect();
    assert_eq!(roots.len(), 2);
    assert_eq!(roots[0], roots[1]);
    assert_eq!(graph.root().to_string(), "[1]");
}

#[test]
fn a_pickle_is_read_with_the_memo_of_those_before() {
    let input = &b"]q\x00.h\x00K\x01a."[..];
    let mut loader = Loader::new();
    let error = loader.load_at(input, 4).unwrap_err();
    assert_eq!(error.to_string(), "byte 0x4: BINGET: slot 0 of the memo is not set");
    loader.options_mut().keep_memo = true;
    let graph = loader.load_at(input, 4).unwrap();
    assert_eq!((graph.root().to_string(), graph.start(), graph.end()), ("[1]".to_owned(), 4, input.len()));
}

#[test]
fn text_is_lent_for_as_long_as_the_input_lives() {
    let input = b"\x8c\x05hello.".to_vec();
    let lent: &str = {
        let graph = from_slice(&input).unwrap();
        graph.root().borrowed_str().unwrap()
    };
    assert!(input.as_ptr_range().contains(&lent.as_ptr()));
}

#[test]
fn errors_name_place_and_opcode_but_no_operand() {
    let error = from_slice(b"\x80\x04\x8c\x06secretR.").unwrap_err();
    assert_eq!(error.to_string(), "byte 0xa: REDUCE: the stack holds 1 item, needs 2");
    let error = from_slice(b"X\x06\0\0\0secretX\x02\0\0\0\xff\xfe.").unwrap_err();
    assert_eq!(error.to_string(), "byte 0xb: BINUNICODE: the text is not UTF-8");
}

#[test]
fn attributes_that_a_dropped_call_sets_are_kept() {
    // dill 0.4: getattr(dill._dill, '_setattr', setattr)(cell, 'cell_contents', 7)
    let stream = b"\x80\x04cdill._dill\n_create_cell\nN\x85R\x940\x8c\x01f\
        cbuiltins\ngetattr\n(cdill\n_dill\n\x8c\x08_setattrcbuiltins\nsetattr\ntR\
        (h\0\x8c\rcell_contentsK\x07tR0h\0\x86.";
    assert_eq!(
        shown(stream),
        "('f', dill._dill._create_cell(None).__setstate__((None, {'cell_contents': 7})))"
    );
    assert_eq!(
        shown(b"capp\nC\n)Rp0\ncbuiltins\nsetattr\n(g0\nVx\nI1\ntR0."),
        "app.C().__setstate__((None, {'x': 1}))"
    );
    // Another function of three arguments may do anything.
    assert_eq!(shown(b"capp\nC\n)Rp0\ncapp\nsetattr\n(g0\nVx\nI1\ntR0."), "app.C()");
}

#[test]
fn dill_finds_a_builtin_by_calls() {
    let stream = b"\x80\x02cdill._dill\n_get_attr\ncdill._dill\n_import_module\n\
        X\x07\0\0\0_codecs\x85RX\x06\0\0\0encode\x86RX\x02\0\0\0\xc3\xbfX\x06\0\0\0latin1\x86R.";
    assert_eq!(shown(stream), r"b'\xff'");
}
