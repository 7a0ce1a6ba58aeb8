//! Files in which pickles are: attacks in containers, and what real programs wrote.

use halfsour_audit::{Auditor, Policy, Verdict};
use halfsour_files::{Limits, Source};
use halfsour_fixtures::attacks;

#[test]
fn no_attack_in_a_container_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let (mut judged, mut right, mut wrong) = (0, 0, Vec::new());
    for attack in attacks() {
        let source = Source::from_bytes(attack.file.clone(), attack.bytes.clone().into(), Limits::UNTRUSTED);
        let parts = source.map(|source| auditor.audit_source(&source)).unwrap_or_default();
        // What cannot be opened is not clean.
        assert!(
            parts.is_empty() || parts.iter().any(|it| it.report.verdict != Verdict::Clean),
            "{}",
            attack.file
        );
        judged += 1;
        let mut findings = parts.iter().flat_map(|part| &part.report.findings);
        if findings.any(|finding| finding.code.contains(attack.names())) {
            right += 1;
        } else {
            wrong.push(attack.file.clone());
        }
    }
    println!("{judged} judged, {right} found for the right reason");
    assert!(judged == 59, "only {judged}");
    assert!(right * 100 >= judged * 97, "{right} of {judged}; not {wrong:?}");
}

#[test]
fn what_torch_numpy_and_joblib_wrote_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files");
    let mut judged = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !["torch", "array", "joblib", "npz", "npy"].iter().any(|what| name.contains(what)) {
            continue;
        }
        let Ok(source) = Source::open(&path, Limits::UNTRUSTED) else { continue };
        for part in auditor.audit_source(&source) {
            judged += 1;
            assert!(part.report.is_clean() || part.report.stats.pickles == 0, "{name}: {:#?}", part.report);
        }
    }
    assert!(judged > 2, "only {judged}");
}

const EVIL: &[u8] = b"cos\nsystem\n(S'id'\ntR.";

/// What programs write around a pickle that runs a command.
#[test]
fn no_attack_in_an_envelope_is_clean() {
    const MARKED: &[u8] = b"\x80\x02cos\nsystem\nU\x02id\x85R.";
    const BASE64: &str = "gAJjb3MKc3lzdGVtClUCaWSFUi4";
    const COMPRESSED: &str = "eJxrYErOL-YqriwuSc3lCmXKTGkN0gMAR5gGqg";
    const HASHED: &str =
        "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDqAAmNvcwpzeXN0ZW0KVQJpZIVSLg==";
    let zlib = b"\x78\x9c\x6b\x60\x4a\xce\x2f\xe6\x2a\xae\x2c\x2e\x49\xcd\xe5\x0a\x65\xca\x4c\x69\x0d\xd2\x03\0\x47\x98\x06\xaa";
    let signature = ":1abcde:0123456789012345678901234567";
    let length = u32::try_from(MARKED.len()).unwrap().to_be_bytes();
    let good = b"\x80\x02N.";
    let mut zip = halfsour_files::ZipWriter::new(Vec::new());
    let data = format!(r#"{{"policy_class": {{":serialized:": "{BASE64}="}}}}"#);
    zip.member("data", &[data.as_bytes()]).unwrap();
    zip.member("_stable_baselines3_version", &[b"2.3.0"]).unwrap();
    let hex: String = MARKED.iter().map(|byte| format!("{byte:02x}")).collect();
    let files: [(&str, Vec<u8>); 18] = [
        ("cachelib", [b"\x12\x34\x56\x78", MARKED].concat()),
        ("cachelib of redis", [b"!", MARKED].concat()),
        ("dogpile", [b"{\"ct\": 1.5, \"v\": 1}|", MARKED].concat()),
        ("session", format!("{BASE64}{signature}").into()),
        ("compressed session", format!(".{COMPRESSED}{signature}").into()),
        ("hashed session", HASHED.into()),
        ("django.djcache", [&b"\x80\x04G\0\0\0\0\0\0\0\0."[..], zlib].concat()),
        ("expiry.djcache", [MARKED, zlib].concat()),
        ("celery", format!(r#"{{"body": "{BASE64}=", "headers": {{}}}}"#).into()),
        ("characters", br#"["\u0080\u0002cos\nsystem\nU\u0002id\u0085R."]"#.to_vec()),
        ("font", [b"SplineFontDB: 3.2\nPickledData: \"", EVIL, b"\"\n"].concat()),
        ("glyph", [b"SplineFontDB: 3.2\nStartChar: A\nPickledDataWithLists: \"", EVIL, b"\"\n"].concat()),
        ("reversed", zlib.iter().rev().copied().collect()),
        ("stable baselines", zip.finish().unwrap()),
        ("stack", [&[0; 4], &good[..], &[0, 0, 0, 4], MARKED, &length].concat()),
        ("hex", format!("\\x{hex}").into()),
        ("escapes", format!("b'{}'", MARKED.escape_ascii()).into()),
        ("texts", format!("b'{BASE64}='").into()),
    ];
    let auditor = Auditor::new(Policy::default());
    for (name, bytes) in files {
        let source = Source::from_bytes(name, bytes.into(), Limits::UNTRUSTED).unwrap();
        let parts = auditor.audit_source(&source);
        let mut findings = parts.iter().flat_map(|part| &part.report.findings);
        assert!(findings.any(|finding| finding.code.contains("system")), "{name}: {parts:#?}");
        assert!(parts.iter().any(|part| part.report.verdict == Verdict::Findings), "{name}: {parts:#?}");
    }
}

/// A transaction of ZODB's `Data.fs`, with one record.
fn transaction(id: u8, extension: &[u8], data: &[u8]) -> Vec<u8> {
    let id = [0, 0, 0, 0, 0, 0, 0, id];
    let mut out = id.to_vec();
    let length = (23 + extension.len() + 42 + data.len()) as u64;
    out.extend(length.to_be_bytes());
    out.extend(b" \0\0\0\0");
    out.extend(u16::try_from(extension.len()).unwrap().to_be_bytes());
    out.extend(extension);
    out.extend([[0; 8], id, [0; 8], [0; 8]].concat());
    out.extend([0, 0]);
    out.extend((data.len() as u64).to_be_bytes());
    out.extend(data);
    out.extend(length.to_be_bytes());
    out
}

/// A pickle that runs a command is found as a record, as an earlier revision of one, as a note of a transaction, and as an index.
#[test]
fn no_attack_in_a_database_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let length = EVIL.len() as u64;
    let good = b"N.N.";
    let sequence = |value: &[u8]| {
        let mut out = b"SEQ\x06\x04Null\x22org.apache.hadoop.io.BytesWritable\0\0\0\0\0\0".to_vec();
        out.extend([7; 16]);
        out.extend(u32::try_from(value.len() + 4).unwrap().to_be_bytes());
        out.extend([0; 4]);
        out.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        out.extend(value);
        out
    };
    // A block of zlib's that is stored as it is.
    let mut stored = vec![0x78, 1, 1];
    stored.extend(u16::try_from(length).unwrap().to_le_bytes());
    stored.extend((!u16::try_from(length).unwrap()).to_le_bytes());
    stored.extend(EVIL);
    let (mut low, mut high) = (1u32, 0u32);
    for &byte in EVIL {
        low = (low + u32::from(byte)) % 65521;
        high = (high + low) % 65521;
    }
    stored.extend((high << 16 | low).to_be_bytes());
    let rpyc = {
        let (start, end) = (34u32, u32::try_from(stored.len()).unwrap());
        [b"RENPY RPC2", &[1, 0, 0, 0][..], &start.to_le_bytes(), &end.to_le_bytes(), &[0; 12], &stored]
            .concat()
    };
    let files: [(&str, Vec<u8>); 7] = [
        ("export", [b"ZEXP", &[0; 8][..], &length.to_be_bytes(), EVIL, &[0xff; 16]].concat()),
        ("record", [b"FS30".to_vec(), transaction(1, b"", EVIL)].concat()),
        ("earlier", [b"FS30".to_vec(), transaction(1, b"", EVIL), transaction(2, b"", good)].concat()),
        ("note", [b"FS30".to_vec(), transaction(1, EVIL, good)].concat()),
        ("index", [b"RPA-2.0 0000000000000019\n", &stored[..]].concat()),
        ("slot", rpyc),
        ("spark", sequence(EVIL)),
    ];
    for (name, bytes) in files {
        let source = Source::from_bytes(name, bytes.into(), Limits::UNTRUSTED).unwrap();
        let parts = auditor.audit_source(&source);
        let findings = parts.iter().flat_map(|part| &part.report.findings);
        assert!(findings.into_iter().any(|finding| finding.code.contains("system")), "{name}: {parts:#?}");
    }
}
