//! Each rule, on the least stream that breaks it; and what it lets pass.

use halfsour_audit::{Auditor, Completeness, Finding, Limits, Policy, Report, Rule, Verdict};

fn audit(pickle: &[u8]) -> Report {
    Auditor::new(Policy::default()).audit(pickle)
}

/// Each finding as its rule and text.
fn found(pickle: &[u8]) -> Vec<String> {
    audit(pickle).findings.iter().map(|finding| format!("{} {finding}", finding.rule)).collect()
}

#[test]
fn findings_read_as_sentences() {
    assert_eq!(
        found(b"cos\nsystem\n(S'id'\ntR0N."),
        ["R1 byte 0x0: GLOBAL imports os.system", "R4 byte 0x13: REDUCE calls os.system('id')"]
    );
    assert_eq!(
        found(b"(S'id'\nios\nsystem\n0N."),
        ["R1 byte 0x7: INST imports os.system", "R4 byte 0x7: INST calls os.system('id')"]
    );
    assert_eq!(found(b"cos\nenviron\nS'a'\nS'b'\ns.")[1], "R7 byte 0x16: SETITEM runs os.environ['a'] = 'b'");
    assert_eq!(
        found(b"cos\nenviron\n(I1\nI2\ne0N.")[1],
        "R7 byte 0x13: APPENDS runs os.environ.extend([1, 2])"
    );
    // os.system(app.C(1, **{'w': 'rm'}))
    let inner = b"\x80\x04cos\nsystem\n(capp\nC\nK\x01\x85}Vw\nVrm\ns\x92tR.";
    assert_eq!(found(inner).last().unwrap(), "R4 byte 0x23: REDUCE calls os.system(app.C(1, **{'w': 'rm'}))");
    assert_eq!(found(b"\x80\x02c\x1b[31m\nx\n.")[0], r"R1 byte 0x2: GLOBAL imports \u{1b}[31m.x");
}

#[test]
fn names_must_match_exactly() {
    for pickle in [
        &b"ccollections\nOrderedDict.fromkeys\n."[..],
        b"ccollections.OrderedDict\nfromkeys\n.",
        b"ccollections \nOrderedDict\n.",
        b"ccollections\nordereddict\n.",
        b"cnumpy\nos.system\n.",
    ] {
        assert_eq!(audit(pickle).findings[0].rule, Rule::R1);
    }
    assert!(audit(b"ccollections\nOrderedDict\n.").is_clean());
}

#[test]
fn calls_are_judged_by_what_is_called_with_what() {
    // bytes(1 << 40), bytearray(5), defaultdict(os.system), getattr(dict, 'pop'), Fraction('1e999999999')
    for pickle in [
        &b"cbuiltins\nbytes\n(L1099511627776L\ntR."[..],
        b"cbuiltins\nbytearray\n(I5\ntR.",
        b"ccollections\ndefaultdict\n(cbuiltins\nlen\ntR.",
        b"cbuiltins\ngetattr\n(cbuiltins\ndict\nVpop\ntR.",
        b"cfractions\nFraction\n(V1e999999999\ntR.",
        b"c_codecs\nencode\n(Va\nVrot13\ntR.",
        b"ccopyreg\n_reconstructor\n(cos\nPathLike\ncbuiltins\nobject\nNtR.",
        // A base that is asked to make the object, of a class that is not allowed so.
        b"ccopyreg\n_reconstructor\n(ctypes\nSimpleNamespace\ncbuiltins\nint\nNtR.",
        b"ccopyreg\n_reconstructor\n(ctypes\nSimpleNamespace\ncbuiltins\nlist\n(ltR.",
        // A base whose `__init__` would be called.
        b"ccopyreg\n_reconstructor\n(cbuiltins\nException\ncnumpy\npoly1d\n(ltR.",
        b"ccopyreg\n__newobj__\n(cfunctools\npartial\ncos\nsystem\ntR.",
        b"cfunctools\npartial\n(cbuiltins\ngetattr\ntR.",
    ] {
        let last = audit(pickle).findings.pop().expect("it is found");
        assert_eq!(last.rule, Rule::R4, "{last}");
    }
    // What a call gave is called.
    let computed = b"cbuiltins\niter\n(]tR)R.";
    assert_eq!(found(computed), ["R3 byte 0x14: REDUCE calls builtins.iter([])()"]);
    assert!(audit(b"cbuiltins\ngetattr\n(czoneinfo\nZoneInfo\nV_unpickle\ntR(VUTC\nI01\ntR.").is_clean());
}

#[test]
fn what_nobody_knows_gives_nothing_that_is_known_to_be_dangerous() {
    assert_eq!(audit(b"capp\nmake\n)R)R.").verdict, Verdict::Unknown);
    assert_eq!(audit(b"\x80\x02capp\nmake\n)R)\x81.").verdict, Verdict::Unknown);
    // Of what is known to be, or may be so.
    for made in ["cos\ngetcwd\n)R", "cbuiltins\ngetattr\n(capp\nmake\nVa\ntR", "cbuiltins\nlen\n)R"] {
        assert_eq!(audit(format!("{made})R.").as_bytes()).verdict, Verdict::Dangerous, "{made}");
    }
}

#[test]
fn a_state_may_not_set_what_python_looks_at() {
    let state = b"ctypes\nSimpleNamespace\n)\x81}V__class__\ncbuiltins\ndict\nsb.";
    assert_eq!(audit(state).findings[0].rule, Rule::R7);
    assert!(audit(b"ctypes\nSimpleNamespace\n)\x81}Vx\nI1\nsb.").is_clean());
    // BytesIO.__setstate__((b'', 0, {'__setstate__': iter})), which the next BUILD would call.
    let third = b"c_io\nBytesIO\n)R(C\0K\0}V__setstate__\ncbuiltins\niter\nstb.";
    assert_eq!(audit(third).findings[0].rule, Rule::R7);
    // A state that is changed after it was given.
    let later = b"ctypes\nSimpleNamespace\n)\x81}q\0b0h\0V__class__\ncbuiltins\ndict\ns.";
    assert_eq!(audit(later).findings[0].rule, Rule::R7);
    // random.Random().setstate((2, range(0, 10000000, 1), None)), of which Python makes a tuple.
    let range = b"cbuiltins\nrange\n(I0\nI10000000\nI1\ntR";
    let random = [&b"crandom\nRandom\n)R(I2\n"[..], range, b"Ntb."].concat();
    assert_eq!(audit(&random).findings[0].rule, Rule::R7);
}

#[test]
fn numbers_that_not_all_pythons_read_alike_are_a_doubt() {
    for disputed in [&b"I010\n."[..], b"I0x10\n.", b"L010L\n.", b"](I1\nI09\ne."] {
        let report = audit(disputed);
        let Completeness::Incomplete { reason, .. } = &report.completeness else { panic!("{disputed:?}") };
        assert!(reason.starts_with("Python 3.14 reads the line of "), "{reason}");
    }
    for same in [&b"I10\n."[..], b"I01\n.", b"L10L\n.", b"L-0\n.", b"I +1\n."] {
        assert_eq!(audit(same).completeness, Completeness::Complete, "{same:?}");
    }
}

#[test]
fn what_cannot_be_read_is_incomplete_and_keeps_what_was_seen() {
    for pickle in [&b"I1\n"[..], b"", b"I1\n\xff", b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7f", b"I1\n.rubbish"] {
        let report = audit(pickle);
        assert!(report.findings.is_empty() && !report.is_clean(), "{report:?}");
        assert!(matches!(report.completeness, Completeness::Incomplete { .. }));
    }
    assert_eq!(found(b"cos\nsystem\n(S'id'\ntR\xff").len(), 2);
    // A name that is no text.
    assert_eq!(audit(b"K\x01K\x02\x93.").findings[0].rule, Rule::R2);
}

#[test]
fn pickles_in_bytes_are_judged() {
    let evil = b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R.";
    let mut outer = b"C".to_vec();
    outer.push(u8::try_from(evil.len()).unwrap());
    outer.extend_from_slice(evil);
    outer.push(b'.');
    let report = audit(&outer);
    assert_eq!(
        report.findings[1].to_string(),
        "a pickle in the bytes of 0x0: byte 0x15: REDUCE calls os.system('id')"
    );
    assert_eq!(report.stats.nested, 1);
    let mut deep = b"\x80\x04N.".to_vec();
    for level in 0..9 {
        assert!(audit(&deep).is_clean(), "{level}");
        deep = [&b"\x80\x04B"[..], &u32::try_from(deep.len()).unwrap().to_le_bytes(), &deep, b"."].concat();
    }
    assert!(matches!(audit(&deep).completeness, Completeness::Incomplete { .. }));
    // Protocols below 3 write bytes as text.
    assert!(!found(b"c_codecs\nencode\n(Vcos\\u000asystem\\u000a.\nVlatin1\ntR.").is_empty());
    assert!(audit(b"C\x06cobalt.").is_clean());
}

#[test]
fn what_loads_bytes_may_load_what_is_clean() {
    let load = |inner: &[u8]| {
        let mut outer = b"\x80\x03ctorch.storage\n_load_from_bytes\nC".to_vec();
        outer.push(u8::try_from(inner.len()).unwrap());
        outer.extend_from_slice(inner);
        outer.extend_from_slice(b"\x85R.");
        audit(&outer)
    };
    assert!(load(b"\x80\x02K\x01.\x80\x02K\x02.").is_clean());
    // In the second pickle; a zip; a number; what breaks off.
    let second = b"\x80\x02K\x01.\x80\x02cos\nsystem\n.";
    for inner in [&second[..], b"PK\x03\x04", b"\x00", b"\x80\x02K\x01", b"\x80\x02K\x01.\x80\x02"] {
        assert!(!load(inner).is_clean(), "{inner:?}");
    }
}

#[test]
fn bombs_are_found() {
    let mut tuples = b")".to_vec();
    tuples.extend(b"2\x86".repeat(40));
    tuples.push(b'.');
    assert!(found(&tuples)[0].contains("unfolds"));
    // 2**61 - 1, twice that …: all of hash 0.
    let mut keys = b"}(".to_vec();
    for number in 1_u128..2000 {
        let key = number * ((1 << 61) - 1);
        keys.extend([0x8a, 16]);
        keys.extend(key.to_le_bytes());
        keys.push(b'N');
    }
    keys.extend(b"u.");
    assert!(found(&keys)[0].contains("keys of one hash"));
    // Lists in lists, and one of them held twice.
    let (lists, tuples) = ([b"]".repeat(1001), b"a".repeat(1000)].concat(), b"\x85".repeat(1001));
    let shared = [b"]q\x00h\x00\x86", &tuples[..]].concat();
    for deep in [lists, [b")", &tuples[..]].concat(), shared] {
        assert!(found(&[&deep, &b"."[..]].concat())[0].contains("lie in each other"));
    }
    assert!(audit(&[&b"]".repeat(1000)[..], &b"a".repeat(999), b"."].concat()).is_clean());
    // The same in tuples.
    let mut tuples = b"\x8f(".to_vec();
    for number in 1_u128..2000 {
        tuples.extend([0x8a, 16]);
        tuples.extend((number * ((1 << 61) - 1)).to_le_bytes());
        tuples.extend(b"K\x01\x86");
    }
    tuples.extend(b"\x90.");
    assert!(found(&tuples)[0].contains("keys of one hash"));
    // A memo of two thousand million slots; and one that a pickler could have filled.
    assert!(found(b"Nr\xff\xff\xff\x7f.")[0].contains("memo slot 2147483647"));
    assert!(found(b"Np2147483647\n.")[0].contains("memo slot 2147483647"));
    assert!(audit(b"Nr\x10\x00\x00\x00.").is_clean());
    // An array of objects of which there are none.
    let array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntVb\ntR(I1\n(L1099511627776L\ntNI00\n(ltb.";
    assert_eq!(audit(array).findings[0].rule, Rule::R9);
}

/// The findings of R9: the reason why data costs too much.
fn costs(pickle: &[u8]) -> Vec<String> {
    let report = audit(pickle);
    let findings = report.findings.iter().filter(|finding| finding.rule == Rule::R9);
    findings.map(|finding| finding.code.clone()).collect()
}

/// `[]` in the first memo slot; then, so many times, what `level` makes of the last slot, in the next.
fn shared(levels: u8, level: impl Fn(u8) -> Vec<u8>) -> Vec<u8> {
    let mut pickle = b"\x80\x04]q\x000".to_vec();
    for slot in 0..levels {
        pickle.extend(level(slot));
        pickle.extend([b'q', slot + 1, b'0']);
    }
    pickle.extend([b'h', levels, b'.']);
    pickle
}

#[test]
fn what_unfolds_is_found_in_all_parts_of_an_object() {
    let twice = |slot| [b'(', b'h', slot, b'h', slot, b't'];
    let within = |before: &[u8], slot, after: &[u8]| [before, &twice(slot)[..], after].concat();
    // C((p, p)), C(**{'x': (p, p)}), and f.__setstate__((p, p))
    for pickle in [
        shared(40, |slot| within(b"cm\nC\n", slot, b"\x85\x81")),
        shared(40, |slot| within(b"cm\nC\n)}\x8c\x01x", slot, b"s\x92")),
        shared(40, |slot| within(b"cm\nf\n", slot, b"b")),
    ] {
        let found = costs(&pickle);
        assert!(found.len() == 1 && found[0].contains("unfolds into"), "{found:?}");
    }
}

#[test]
fn what_is_deep_is_found_in_all_parts_of_an_object() {
    let nested = |before: &[u8], after: &[u8]| {
        [b"\x80\x04", &*before.repeat(3000), b"N", &*after.repeat(3000), b"."].concat()
    };
    // C(x), C(**{'x': x}), and f.__setstate__((x,))
    for pickle in [
        nested(b"cm\nC\n", b"\x85\x81"),
        nested(b"cm\nC\n)}\x8c\x01x", b"s\x92"),
        nested(b"cm\nf\n", b"\x85b"),
    ] {
        let found = costs(&pickle);
        assert!(found.len() == 1 && found[0].contains("lie in each other"), "{found:?}");
    }
}

#[test]
fn later_pickles_are_judged_under_both_memos() {
    // The second pickle fetches names of the first.
    let kept = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940.\x80\x04h\x00h\x01\x93.";
    assert_eq!(found(kept), ["R11 byte 0x18: STACK_GLOBAL imports os.system"]);
    let fresh = b"\x80\x04N.\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93.";
    assert_eq!(found(fresh), ["R1 byte 0x14: STACK_GLOBAL imports os.system"]);
    // One Pickler that dumps twice.
    assert!(audit(b"\x80\x04]\x94.\x80\x04h\x00.").is_clean());
    // A key that unfolds without end, behind a fetch.
    let bomb = [b"]\x94.h\x000}N", &*b"2\x86".repeat(64), b"Ns."].concat();
    assert!(matches!(audit(&bomb).verdict, Verdict::Unknown | Verdict::Incomplete));
}

#[test]
fn every_name_is_in_the_report() {
    let report = audit(b"ccollections\nOrderedDict\n)R(lcos\nsystem\na0.");
    let imports: Vec<_> =
        report.imports.iter().map(|it| (&*it.name, it.listed, it.imports, it.calls)).collect();
    assert_eq!(imports, [("collections:OrderedDict", true, 1, 1), ("os:system", false, 1, 0)]);
}

#[test]
fn files_that_are_no_pickles_are_told_from_broken_ones() {
    let auditor = Auditor::new(Policy::default());
    let reason = |bytes: &[u8]| match auditor.audit(bytes).completeness {
        Completeness::Incomplete { reason, .. } => reason,
        Completeness::Complete => panic!("{bytes:?}"),
    };
    for (bytes, start) in [
        (&b"hello there\n"[..], "it does not look like a pickle, but like text: byte 0x0: BINGET: slot 101 "),
        (
            b"The eggs\n",
            "it does not look like a pickle, but like text: byte 0x0: BINSTRING: the input ends ",
        ),
        ("Über Eier\n".as_bytes(), "it does not look like a pickle, but like text: byte 0x0: "),
        (b"\n{\"a\": 1}", "it does not look like a pickle, but like JSON: "),
        (b"\x89HDF\r\n\x1a\n", "it does not look like a pickle, but like HDF5: "),
        (b"\x10\0\0\0\0\0\0\0{\"a\"", "it does not look like a pickle, but like safetensors: "),
        (b"\xfe\xfe\0\0", "it does not look like a pickle: byte 0x0: "),
        // Pickles that end early, or have an error.
        (b"", "byte 0x0: the input ends before STOP"),
        (b"(lp0\nI1\na", "byte 0x9: the input ends before STOP"),
        (b"X\x10\0\0\0abc", "byte 0x0: BINUNICODE: the input ends inside the argument"),
        (b"\x80\x04h\x05.", "byte 0x2: BINGET: slot 5 of the memo is not set"),
        (b"(lp0\nI1\naI2\naI3\nag5\n.", "byte 0x11: GET: slot 5 of the memo is not set"),
    ] {
        let reason = reason(bytes);
        assert!(reason.starts_with(start), "{reason:?}, {start:?}");
    }
}

/// `pyarrow.lib._restore_array` with these buffers, of which the first may be missing.
fn arrow(dtype: &str, numbers: [i32; 3], buffers: [Option<&[u8]>; 3]) -> Vec<u8> {
    let mut out = b"\x80\x05cpyarrow.lib\n_restore_array\n(cpyarrow.lib\ntype_for_alias\nX".to_vec();
    out.extend(u32::try_from(dtype.len()).unwrap().to_le_bytes());
    out.extend(dtype.as_bytes());
    out.extend(b"\x85R");
    for number in numbers {
        out.push(b'J');
        out.extend(number.to_le_bytes());
    }
    out.extend(b"](");
    for buffer in buffers {
        match buffer {
            Some(bytes) => {
                out.extend(b"cpyarrow.lib\npy_buffer\n\x96");
                out.extend((bytes.len() as u64).to_le_bytes());
                out.extend(bytes);
                out.extend(b"\x94\x85R");
            }
            None => out.push(b'N'),
        }
    }
    out.extend(b"e]Nt\x85R");
    out
}

/// Arrow believes the buffers that it is given, so that they are checked: offsets rise up to the end of the text, between its characters.
#[test]
fn arrays_of_arrow_are_of_text_and_lie_within_their_buffers() {
    let text = "aé!".as_bytes();
    let right = offsets_of(&[0, 1, 3, 4]);
    let is_clean = |pickle: Vec<u8>| audit(&[&pickle[..], b"."].concat()).is_clean();
    let string = |numbers, offsets: &[u8]| arrow("string", numbers, [None, Some(offsets), Some(text)]);
    assert!(
        is_clean(string([3, 0, 0], &right)),
        "{:?}",
        found(&[&string([3, 0, 0], &right)[..], b"."].concat())
    );
    assert!(is_clean(string([1, 0, 2], &right)));
    assert!(is_clean(arrow("string", [3, 1, 0], [Some(b"\x05"), Some(&right), Some(text)])));
    assert!(is_clean(arrow("string", [0, 0, 0], [None, None, None])));
    let wide = [0u64, 1, 4].map(u64::to_le_bytes).concat();
    assert!(is_clean(arrow("large_string", [2, 0, 0], [None, Some(&wide), Some(text)])));

    for (numbers, offsets) in [
        // More values than offsets, also because of where it begins.
        ([4, 0, 0], &right),
        ([3, 0, 1], &right),
        ([-1, 0, 0], &right),
        ([1, 0, -1], &right),
        // More nulls than values, and nulls that nothing tells.
        ([3, 4, 0], &right),
        ([3, 1, 0], &right),
        // Offsets that fall, lie within a character, behind the text, or before it.
        ([2, 0, 0], &offsets_of(&[3, 1, 4])),
        ([1, 0, 0], &offsets_of(&[0, 2])),
        ([1, 0, 0], &offsets_of(&[0, 5])),
        ([1, 0, 0], &offsets_of(&[-1, 1])),
        ([1, 0, 0], &Vec::new()),
    ] {
        assert!(!is_clean(string(numbers, offsets)), "{numbers:?} {offsets:?}");
    }
    // Too few bits, another type, and text that is none.
    assert!(!is_clean(arrow("string", [9, 1, 0], [Some(b"\x05"), Some(&offsets_of(&[0; 10])), Some(text)])));
    assert!(!is_clean(arrow("int64", [1, 0, 0], [None, Some(&wide), None])));
    assert!(!is_clean(arrow("string", [1, 0, 0], [None, Some(&offsets_of(&[0, 1])), Some(b"\xff")])));
    // Bytes that are changed below an array, or were changed before: `h\0` is the first buffer.
    let array = string([3, 0, 0], &right);
    assert!(!is_clean([&array[..], b"0h\0K\x04K\xffs"].concat()));
    // A state with anything else in it.
    let state = |key: &str| {
        let head = b"cpandas.arrays\nArrowStringArray\n)\x81}X";
        [&head[..], &u32::try_from(key.len()).unwrap().to_le_bytes(), key.as_bytes(), &array[2..], b"sb"]
            .concat()
    };
    assert!(is_clean([b"\x80\x05", &state("_pa_array")[..]].concat()));
    assert!(!is_clean([b"\x80\x05", &state("copy")[..]].concat()));
}

fn offsets_of(offsets: &[i32]) -> Vec<u8> {
    offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect()
}

#[test]
fn verdicts_and_kinds_of_incompleteness() {
    let of = |bytes: &[u8]| {
        let report = audit(bytes);
        let kind = match report.completeness {
            Completeness::Incomplete { kind, .. } => kind.to_string(),
            Completeness::Complete => String::new(),
        };
        (report.verdict, kind)
    };
    for (bytes, verdict, kind) in [
        (&b"N."[..], Verdict::Clean, ""),
        (b"capp\nUser\n.", Verdict::Unknown, ""),
        (b"cos\nsystem\n.", Verdict::Dangerous, ""),
        // What is known to be dangerous stays so, and what is unknown is not all that there may be.
        (b"cos\nsystem\n)R", Verdict::Dangerous, "cut off"),
        (b"capp\nUser\n)R", Verdict::Incomplete, "cut off"),
        (b"\x80\x04\x95\xff\0\0\0\0\0\0\0N.", Verdict::Incomplete, "cut off"),
        (b"\x80\x04N\xff.", Verdict::Incomplete, "unreadable"),
        (b"hello there\n", Verdict::Incomplete, "no pickle"),
        (b"N.junk", Verdict::Incomplete, "doubt"),
        (b"I010\n.", Verdict::Incomplete, "doubt"),
    ] {
        assert_eq!(of(bytes), (verdict, kind.to_owned()), "{bytes:?}");
    }
}

/// Data of which nobody knows the name has one kind of finding, of either severity, and limits list only some.
#[test]
fn a_dangerous_finding_is_listed_whatever_the_limits_are() {
    let unknown = b"capp\nUser\n0".repeat(10);
    for limits in [Limits::default().with_total(3), Limits::default().with_total(0).with_per_kind(0)] {
        let mut policy = Policy::default();
        policy.set_limits(limits);
        let auditor = Auditor::new(policy);
        assert_eq!(auditor.audit(&[&unknown[..], b"N."].concat()).findings.len(), limits.total.max(1));
        let report = auditor.audit(&[&unknown[..], b"cos\nsystem\n."].concat());
        assert_eq!(report.verdict, Verdict::Dangerous, "{report:?}");
    }
}

/// A name that may only be called is found wherever it is kept.
#[test]
fn names_that_may_only_be_called_are_not_kept() {
    let auditor = Auditor::new(Policy::default());
    for (what, pickle) in [
        ("the result", &b"\x80\x02cbuiltins\ngetattr\n."[..]),
        ("an item", b"\x80\x02]cbuiltins\ngetattr\na."),
        ("a key", b"\x80\x02}cbuiltins\ngetattr\nNs."),
        ("an argument", b"\x80\x02cbuiltins\nValueError\ncbuiltins\ngetattr\n\x85R."),
        ("in an argument", b"\x80\x02cbuiltins\nValueError\n]cbuiltins\ngetattr\na\x85R."),
        (
            "added to an argument later",
            b"\x80\x02cbuiltins\nValueError\n]q\x00\x85Rh\x00cbuiltins\ngetattr\na0.",
        ),
        ("a value of a state", b"\x80\x02cbuiltins\nValueError\n)R}X\x01\0\0\0acbuiltins\ngetattr\nsb."),
        ("an item of an object", b"\x80\x02ccollections\nOrderedDict\n)RNcbuiltins\ngetattr\ns."),
    ] {
        let report = auditor.audit(pickle);
        // A call that is given one is not allowed at all.
        let is_told = |finding: &Finding| matches!(finding.rule, Rule::R4 | Rule::R7 | Rule::R12);
        assert!(report.findings.iter().any(is_told), "{what}: {report:#?}");
    }
    // Of pickles that one Unpickler reads, each has a result.
    let among_others = auditor.audit(b"\x80\x02cbuiltins\ngetattr\nq\x000N.\x80\x02h\x00.\x80\x02N.");
    assert_eq!(among_others.verdict, Verdict::Incomplete, "{among_others:#?}");
    // Where it is called, and nowhere else, it may be.
    assert!(
        auditor
            .audit(b"\x80\x02ccopyreg\n_reconstructor\nccollections\nUserDict\ncbuiltins\nobject\nN\x87R.")
            .is_clean()
    );
}
