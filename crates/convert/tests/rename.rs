//! Names that become others, byte by byte.

use halfsour_convert::{PRESETS, Rename, rename};
use halfsour_vm::{Options, from_slice};

fn rules(rules: &[&str]) -> Vec<Rename> {
    rules.iter().map(|rule| rule.parse().unwrap()).collect()
}

#[track_caller]
fn becomes(pickle: &[u8], given: &[&str], expected: &[u8]) {
    let renamed = rename(pickle, 0, &rules(given), &Options::default()).unwrap();
    assert_eq!(renamed.bytes.escape_ascii().to_string(), expected.escape_ascii().to_string());
    from_slice(&renamed.bytes).unwrap_or_else(|error| panic!("{error}"));
}

const CORE: &[&str] = &["numpy._core=numpy.core"];

#[test]
fn lines_of_names() {
    becomes(b"cnumpy._core.multiarray\nscalar\n.", CORE, b"cnumpy.core.multiarray\nscalar\n.");
    becomes(b"(inumpy._core\nX\n.", CORE, b"(inumpy.core\nX\n.");
    becomes(b"cnumpy._core2\nX\n.", CORE, b"cnumpy._core2\nX\n.");
    becomes(b"cnumpy\n_core\n.", CORE, b"cnumpy\ncore\n.");
}

#[test]
fn names_from_the_stack() {
    becomes(
        b"\x80\x04\x95\x16\x00\x00\x00\x00\x00\x00\x00\x8c\x0bnumpy._core\x94\x8c\x01X\x94\x93\x94h\x00\x86.",
        &["numpy._core.X=numpy.core.X"],
        // The text is data, too.
        b"\x80\x04\x95\x27\x00\x00\x00\x00\x00\x00\x00\x8c\x0bnumpy._core\x94\x8c\x01X\x9400\x8c\x0anumpy.core\x8c\x01X\x93\x94h\x00\x86.",
    );
    becomes(
        b"\x80\x04\x8c\x0bnumpy._core\x94\x8c\x01X\x94\x93h\x00\x8c\x01Y\x93\x86.",
        CORE,
        b"\x80\x04\x8c\x0anumpy.core\x94\x8c\x01X\x94\x93h\x00\x8c\x01Y\x93\x86.",
    );
}

#[test]
fn a_text_that_becomes_two_names_stays() {
    becomes(
        b"\x80\x04\x8c\x01m\x94\x8c\x01X\x93h\x00\x8c\x01Y\x93\x86.",
        &["m.X=new.X"],
        b"\x80\x04\x8c\x01m\x94\x8c\x01X00\x8c\x03new\x8c\x01X\x93h\x00\x8c\x01Y\x93\x86.",
    );
}

#[test]
fn data_stays() {
    let pickle = b"\x80\x04\x8c\x0bnumpy._core\x94\x8c\x01X\x85\x86.";
    becomes(pickle, CORE, pickle);
    let frame = b"\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00K\x01.";
    becomes(frame, CORE, frame);
}

#[test]
fn long_names_get_a_longer_opcode_and_frames_their_length() {
    let long = "n".repeat(300);
    let rule = format!("m={long}");
    let pickle = b"\x80\x04\x95\x08\x00\x00\x00\x00\x00\x00\x00\x8c\x01m\x8c\x01X\x93.";
    let mut expected = b"\x80\x04\x95".to_vec();
    expected.extend((8_u64 + 302).to_le_bytes());
    expected.extend(b"X\x2c\x01\x00\x00");
    expected.extend(long.as_bytes());
    expected.extend(b"\x8c\x01X\x93.");
    becomes(pickle, &[&rule], &expected);
}

#[test]
fn classes_in_classes_and_colons() {
    let nested = b"\x80\x04\x8c\x03a.b\x8c\x03C.D\x93.";
    becomes(nested, &["a.b.C=x.C"], b"\x80\x04\x8c\x01x\x8c\x03C.D\x93.");
    becomes(nested, &["a.b:C.D=x:Y"], b"\x80\x04\x8c\x01x\x8c\x01Y\x93.");
    becomes(nested, &["a.b:C=x:Y.Z"], b"\x80\x04\x8c\x01x\x8c\x05Y.Z.D\x93.");
    becomes(nested, &["a:b.C=x:Y"], nested);
    becomes(nested, &["a=x", "a.b=y", "a.b=z"], b"\x80\x04\x8c\x01y\x8c\x03C.D\x93.");
}

#[test]
fn what_joblib_wrote_stays() {
    let file = include_bytes!("../../fixtures/files/array.joblib");
    let there = rules(&["joblib.numpy_pickle=elsewhere.numpy_pickles"]);
    let renamed = rename(file, 0, &there, &Options::default()).unwrap();
    assert!(renamed.count > 0);
    assert_eq!(renamed.end, file.len());
    let there = renamed.bytes.windows(9).any(|window| window == b"elsewhere");
    assert!(there && renamed.bytes[renamed.bytes.len() - 40..] == file[file.len() - 40..]);
}

#[test]
fn rules_that_are_none() {
    for rule in ["numpy", "=x", "a=", "a..b=c", "a=b:c", "a:b:c=d:e", "a b=c"] {
        assert!(rule.parse::<Rename>().is_err(), "{rule}");
    }
}

#[test]
fn presets_are_rules() {
    for preset in PRESETS {
        assert!(!preset.rules().is_empty(), "{}", preset.name);
    }
}

#[test]
fn it_is_known_which_rules_were_of_use() {
    let given = rules(&["numpy=n", "numpy._core=numpy.core", "scipy=s", "a.b:C=x:Y"]);
    let renamed = rename(b"cnumpy._core.multiarray\nscalar\n.", 0, &given, &Options::default()).unwrap();
    assert_eq!(renamed.used, [false, true, false, false]);
    let spelled: Vec<_> = given.iter().map(ToString::to_string).collect();
    assert_eq!(spelled, ["numpy=n", "numpy._core=numpy.core", "scipy=s", "a.b:C=x:Y"]);
}

/// A text of one may be a name in another, so that none can be renamed by itself.
#[test]
fn pickles_with_one_memo_are_not_renamed() {
    let pickles = b"\x80\x04\x8c\x01mq\0\x8c\x01Xq\x01\x93.\x80\x04h\0h\x01\x93.";
    let options = Options::default().with_keep_memo(true);
    let first = rename(pickles, 0, &rules(&["m=n"]), &options).unwrap();
    assert_eq!(first.bytes, b"\x80\x04\x8c\x01nq\0\x8c\x01Xq\x01\x93.");
    let error = rename(pickles, first.end, &rules(&["m=n"]), &options).unwrap_err();
    assert!(error.to_string().contains("memo"), "{error}");
}
