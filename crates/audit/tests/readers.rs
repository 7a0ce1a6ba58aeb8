//! Files of which one reader runs a command where others read nothing bad: `crates/fixtures/readers`, and what looks like them and is harmless.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use halfsour_audit::{Auditor, Completeness, Part, Policy, Verdict};
use halfsour_files::{Limits, Source};
use halfsour_fixtures::{all, attacks, hostile};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/readers")
}

fn worst(parts: &[Part]) -> Verdict {
    let is_any = |verdict| parts.iter().any(|part| part.report.verdict == verdict);
    [Verdict::Dangerous, Verdict::Unknown, Verdict::Incomplete]
        .into_iter()
        .find(|&verdict| is_any(verdict))
        .unwrap_or(Verdict::Clean)
}

fn source(bytes: &[u8]) -> Source {
    Source::from_bytes("file", bytes.to_vec().into(), Limits::UNTRUSTED).unwrap()
}

fn reasons(parts: &[Part]) -> String {
    let reason = |part: &Part| match &part.report.completeness {
        Completeness::Incomplete { reason, .. } => Some(reason.clone()),
        Completeness::Complete => None,
    };
    parts.iter().filter_map(reason).collect::<Vec<_>>().join("\n")
}

/// Gives no more than a few bytes at a time.
struct Dripping<'b>(&'b [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const DROP: usize = 1000;
        let most = buffer.len().min(DROP);
        self.0.read(&mut buffer[..most])
    }
}

/// A stream is judged as bytes are, and a source is never judged to be better than these.
#[test]
fn streams_are_judged_as_bytes_are() {
    let auditor = Auditor::new(Policy::default());
    let plain = all().into_iter().map(|fixture| fixture.pickle);
    let others =
        attacks().into_iter().map(|attack| attack.bytes).chain(hostile().into_iter().map(|it| it.bytes));
    for bytes in plain.chain(others) {
        let report = auditor.audit(&bytes);
        assert_eq!(auditor.audit_reader(Dripping(&bytes)).unwrap(), report);
        if matches!(report.verdict, Verdict::Dangerous | Verdict::Unknown) {
            let parts = auditor.audit_source(&source(&bytes));
            assert!(worst(&parts) != Verdict::Clean, "{report:?}");
        }
    }
}

/// Whoever reads a file, none is clean, asked for or found in a folder.
#[test]
fn no_reader_runs_what_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let mut judged = 0;
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|it| it == "json") {
            continue;
        }
        judged += 1;
        let source = match Source::open(&path, Limits::UNTRUSTED) {
            Ok(source) => source,
            // Its dictionary is larger than the limits allow, which is said, and so it is incomplete.
            Err(error) => {
                assert!(path.ends_with("lzma_largest_dictionary.pkl.xz"), "{error}");
                continue;
            }
        };
        for parts in [auditor.audit_source(&source), auditor.audit_if_pickle(&source)] {
            assert_ne!(worst(&parts), Verdict::Clean, "{}: {parts:#?}", path.display());
            assert_ne!(parts, [], "{}", path.display());
        }
    }
    assert!(judged >= 55, "only {judged}");
}

/// Where another reader's bytes can be read, what it runs is found.
#[test]
fn what_another_reader_runs_is_found() {
    let auditor = Auditor::new(Policy::default());
    for name in [
        "gzip_tar_in_extra.pkl.gz",
        "joblib_no_padding.joblib",
        "joblib_objects_by_name.joblib",
        "joblib_size_in_state.joblib",
        "lzma_odd_dictionary.pkl.xz",
        "npz_comment.npz",
        "npz_escape.npz",
        "npz_list_of_types.npz",
        "npz_prefix.npz",
        "tar_sum_base_256.tar",
        "tar_sum_underscores.tar",
        "tar_unknown_kind.tar",
        "torch_behind_storages.pt",
        "torch_in_storage.pt",
        "zip64_two_records.zip",
        "zip_odd_lzma.zip",
        "zip_small_window.zip",
        "zstd_skipped_frames.pkl.zst",
    ] {
        let source = Source::open(folder().join(name), Limits::UNTRUSTED).unwrap();
        let parts = auditor.audit_source(&source);
        let mut findings = parts.iter().flat_map(|part| &part.report.findings);
        assert!(findings.any(|finding| finding.name == "os:system"), "{name}: {parts:#?}");
    }
}

#[test]
fn dangerous_names_in_other_bytes_are_doubts() {
    let auditor = Auditor::new(Policy::default());
    for name in [
        "bytes_build.pkl",
        "bytes_global.pkl",
        "bytes_memo.pkl",
        "bytes_memo_of_lines.pkl",
        "bytes_pop.pkl",
        "bytes_short.pkl",
        "bytes_wide.pkl",
        "zip_gap.zip",
        "zip_picture.zip",
    ] {
        let source = Source::open(folder().join(name), Limits::UNTRUSTED).unwrap();
        let parts = auditor.audit_source(&source);
        assert!(
            reasons(&parts).contains("names os:system") || worst(&parts) == Verdict::Dangerous,
            "{name}: {parts:#?}"
        );
    }
    // Words in lines are no opcodes, and harmless names are no doubt.
    for text in [
        &b"unicode\nstring\nbytes\n"[..],
        b"cos\nsin\ntan\n",
        b"braggadocio\nbrown\nbread",
        b"\xffccollections\nOrderedDict\n(t\xff",
        // Texts in lines, which are put into the memo.
        b"(lp0\nVint\np1\naVmac os\np2\na.",
    ] {
        let length = u8::try_from(text.len()).unwrap();
        let pickle = [b"\x80\x04C", &[length][..], text, b"."].concat();
        assert_eq!(worst(&auditor.audit_source(&source(&pickle))), Verdict::Clean, "{}", text.escape_ascii());
    }
}

#[test]
fn what_is_passed_over_is_known() {
    let auditor = Auditor::new(Policy::default());
    let alone = |bytes: &[u8]| auditor.audit_if_pickle(&source(bytes));
    for known in [
        &b"salt, 3.50\n"[..],
        b"{\"salt\": 1}",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xfea\0b\0c\0d\0",
        b"%PDF-1.7\n\x01\xff",
        b"\xff\xfe\0\0s\0\0\0a\0\0\0l\0\0\0t\0\0\0",
        b"RIFF\x04\0\0\0WAVE",
        b"\xa7\r\r\n\0\0\0\0\0\0\0\0\0\0\0\0\xe3\0\0\0\0",
    ] {
        assert_eq!(alone(known), [], "{}", known.escape_ascii());
    }
    for (unknown, what) in [
        (&b"Rar!\x1a\x07\x01\0"[..], "RAR"),
        (b"\x89HDF\r\n\x1a\n\0\0\0\0", "HDF5"),
        (b"\x1f\x9d\x90\x01\x02\x03", "compress"),
        (b"", "empty"),
        (b"*2\r\n$6\r\nSELECT\r\n\xff", "no format that is known"),
        (b"ORC\x01\x02\x03\x04\x05\xff", "no format that is known"),
        (b"\xff\xff\xff\xff\x01\x02\x03\x04\x05", "no format that is known"),
        (b"\xfe\xed\xfa\xce\x01\x02\x03\x04", "no format that is known"),
        (b"\x93NUMPY\x01\0\x06\0{'a'}\n\x01\x02", "numpy"),
    ] {
        let parts = alone(unknown);
        assert_eq!(worst(&parts), Verdict::Incomplete, "{}", unknown.escape_ascii());
        assert!(reasons(&parts).contains(what), "{}: {}", unknown.escape_ascii(), reasons(&parts));
    }
}

/// What is looked through for forms of pickles is looked through to its end.
#[test]
fn long_text_is_looked_through() {
    let auditor = Auditor::new(Policy::default());
    let lines = "some words of a text\n".repeat(850_000);
    assert!(lines.len() > 16 << 20);
    let digits = "Y29zCnN5c3RlbQooUydpZCcKdFIu";
    let parts = auditor.audit_if_pickle(&source(format!("{lines}{digits}\n").as_bytes()));
    assert!(reasons(&parts).contains("in base64"), "{}", reasons(&parts));
}
