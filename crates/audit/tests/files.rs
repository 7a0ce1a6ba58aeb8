//! Files in which pickles are: attacks in containers, and what real programs wrote.

use std::path::{Path, PathBuf};

use halfsour_audit::{Auditor, Completeness, Part, Policy, Verdict};
use halfsour_files::{Limits, Source};
use halfsour_fixtures::attacks;

#[test]
fn no_attack_in_a_container_is_clean() {
    let auditor = Auditor::new(Policy::default());
    let (mut judged, mut wrong) = (0, Vec::new());
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
        if !findings.any(|finding| finding.code.contains(attack.names())) {
            wrong.push(attack.file.clone());
        }
    }
    println!("{judged} judged");
    assert!(judged == 59, "only {judged}");
    assert!(wrong.is_empty(), "not found for the right reason: {wrong:?}");
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
    let hex = MARKED.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let files: [(&str, Vec<u8>); 21] = [
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
        ("program", format!("import pickle\npickle.loads(b'{}')\n", MARKED.escape_ascii()).into()),
        ("redis", format!("1) \"a\"\n2) \"{}\"\n", MARKED.escape_ascii()).into()),
        ("sql", format!("INSERT INTO cache VALUES (0x{hex}, '{BASE64}=');\n").into()),
    ];
    let auditor = Auditor::new(Policy::default());
    for (name, bytes) in files {
        let source = Source::from_bytes(name, bytes.into(), Limits::UNTRUSTED).unwrap();
        let parts = auditor.audit_source(&source);
        let mut findings = parts.iter().flat_map(|part| &part.report.findings);
        assert!(findings.any(|finding| finding.code.contains("system")), "{name}: {parts:#?}");
        assert!(parts.iter().any(|part| part.report.verdict == Verdict::Dangerous), "{name}: {parts:#?}");
    }
}

#[test]
fn text_is_not_clean_because_a_pickle_in_it_is() {
    let text = r"good = b'\x80\x04K\x07.'; evil = b'cos\nsystem\n(S\'id\'\ntR.'";
    let source = Source::from_bytes("text", text.into(), Limits::UNTRUSTED).unwrap();
    let parts = Auditor::new(Policy::default()).audit_source(&source);
    assert!(parts.iter().any(|part| part.report.verdict == Verdict::Clean), "{parts:#?}");
    let whole = &parts.last().unwrap().report;
    assert!(
        matches!(&whole.completeness, Completeness::Incomplete { reason, .. } if reason.contains("protocols 0"))
    );
    assert_eq!(whole.verdict, Verdict::Incomplete);
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
        let mut out =
            b"SEQ\x06\x21org.apache.hadoop.io.NullWritable\x22org.apache.hadoop.io.BytesWritable\0\0\0\0\0\0"
                .to_vec();
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

/// A pickle of this length that runs a command.
fn evil(length: usize) -> Vec<u8> {
    let blanks = " ".repeat(length - EVIL.len());
    format!("cos\nsystem\n(S'id{blanks}'\ntR.").into_bytes()
}

fn database(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/databases")).join(name)
}

/// The names of the parts in which a command is found.
fn evil_parts(source: &Source) -> Vec<String> {
    let parts = Auditor::new(Policy::default()).audit_source(source);
    let is_evil = |part: &Part| part.report.findings.iter().any(|finding| finding.code.contains("system"));
    let name = |part: &Part| part.name[source.name().len()..].trim_start_matches(':').to_owned();
    parts.iter().filter(|part| is_evil(part)).map(name).collect()
}

/// In databases of real programs, each value that is long enough for an attack gets one in turn; it is found, and under its name.
#[test]
fn no_attack_in_a_value_of_a_database_is_clean() {
    for file in
        ["shelf.sqlite3", "celery.sqlite", "http.sqlite", "diskcache/cache.db", "ndbm.db", "shelf.gdbm"]
    {
        let whole = std::fs::read(database(file)).unwrap();
        let open = |bytes: Vec<u8>| Source::from_bytes("", bytes.into(), Limits::UNTRUSTED).unwrap();
        let archive = open(whole.clone()).archive().unwrap().unwrap();
        let mut attacks = 0;
        for member in archive.members() {
            let value = archive.bytes(member).unwrap();
            let place = whole.windows(value.len()).position(|bytes| bytes == &value[..]);
            // What lies in pieces, or is shown otherwise than it is stored, has no place.
            let Some(place) = place.filter(|_| value.len() >= EVIL.len()) else { continue };
            let mut changed = whole.clone();
            changed[place..place + value.len()].copy_from_slice(&evil(value.len()));
            assert_eq!(evil_parts(&open(changed)), [member.name.as_str()], "{file}");
            attacks += 1;
        }
        assert!(attacks > 0, "{file}");
    }
}

/// What is computed, and what is not known, is told by its name; what is plainly data is not.
#[test]
fn doubts_in_a_database_are_told() {
    let source = Source::open(database("doubts.sqlite"), Limits::UNTRUSTED).unwrap();
    for is_asked in [true, false] {
        let auditor = Auditor::new(Policy::default());
        let parts = if is_asked { auditor.audit_source(&source) } else { auditor.audit_if_pickle(&source) };
        let name = |part: &Part| part.name[source.name().len()..].trim_start_matches(':').to_owned();
        let of = |verdict| {
            parts.iter().filter(|part| part.report.verdict == verdict).map(name).collect::<Vec<_>>()
        };
        assert_eq!(of(Verdict::Clean), ["plain.v[1]"]);
        assert_eq!(
            of(Verdict::Incomplete),
            ["doubtful.v[1]", "doubtful.v[2]", "doubtful.v[3]", "doubtful.v[4]", "made", "joined"]
        );
        // Compressed data without a header is opened.
        assert_eq!(of(Verdict::Dangerous), ["doubtful.v[5]"]);
    }
}

/// Nor is one in a value of `dbm.dumb`, or in a file that a database names.
#[test]
fn no_attack_in_a_file_beside_is_clean() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("beside");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    let open = |name: &str| Source::open(folder.join(name), Limits::UNTRUSTED).unwrap();

    let values = [b"N.", &[0; 510][..], EVIL].concat();
    std::fs::write(folder.join("shelf.dat"), values).unwrap();
    let index = format!("'one', (0, 2)\n'two', (512, {})\n", EVIL.len());
    std::fs::write(folder.join("shelf.dir"), index).unwrap();
    // The blocks are read one after the other, too, as if there were no index.
    assert_eq!(evil_parts(&open("shelf.dir")), ["", "two"]);
    // Without the index, it is there still.
    std::fs::remove_file(folder.join("shelf.dir")).unwrap();
    assert_eq!(evil_parts(&open("shelf.dat")), ["", "[512]"]);

    let cache = Source::open(database("diskcache/cache.db"), Limits::UNTRUSTED).unwrap();
    let archive = cache.archive().unwrap().unwrap();
    let named = archive.members().iter().find(|member| member.name.starts_with("Cache.filename")).unwrap();
    let value = archive.bytes(named).unwrap();
    copy(&database("diskcache"), &folder.join("diskcache"), &value);
    assert_eq!(evil_parts(&open("diskcache/cache.db")), [named.name.as_str()]);
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Copies a folder, with an attack in the place of files that have these contents.
fn copy(from: &Path, to: &Path, victim: &[u8]) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to, victim);
        } else {
            let bytes = std::fs::read(entry.path()).unwrap();
            std::fs::write(to, if bytes == victim { EVIL } else { &bytes }).unwrap();
        }
    }
}

/// The pickle is read alone, and with the arrays in the files beside it: what both do is said once.
#[test]
fn findings_of_a_pickle_with_files_beside_come_once() {
    let auditor = Auditor::new(Policy::default());
    for name in ["joblib27.pkl", "kinds09.pkl"] {
        let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/databases")).join(name);
        let parts = auditor.audit_source(&Source::open(&file, Limits::UNTRUSTED).unwrap());
        let mut codes: Vec<_> =
            parts.iter().flat_map(|part| &part.report.findings).map(|it| &it.code).collect();
        let alone = auditor.audit(&std::fs::read(&file).unwrap());
        assert!(codes.len() >= alone.findings.len() && !codes.is_empty());
        let count = codes.len();
        codes.sort();
        codes.dedup();
        let mut once: Vec<_> = alone.findings.iter().map(|it| &it.code).collect();
        once.sort();
        once.dedup();
        assert!(codes.len() == once.len() && count == alone.findings.len(), "{name}: {codes:?}");
    }
}

#[test]
fn arrays_of_numbers_are_clean() {
    let auditor = Auditor::new(Policy::default());
    let matrix = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/matrix.npy")).unwrap();
    let mut zip = halfsour_files::ZipWriter::new(Vec::new());
    zip.member("a.npy", &[&matrix]).unwrap();
    let archive = zip.finish().unwrap();
    let verdict = |bytes: &[u8]| {
        let source = Source::from_bytes("arrays", bytes.to_vec().into(), Limits::UNTRUSTED).unwrap();
        auditor.audit_source(&source)[0].report.verdict
    };
    assert_eq!([verdict(&matrix), verdict(&archive)], [Verdict::Clean; 2]);
    // A header that is none, and what is no array.
    assert_eq!(verdict(&matrix[..40]), Verdict::Incomplete);
    assert_eq!(verdict(b"text"), Verdict::Incomplete);
}

/// An archive of zip with a pickle that runs a command.
fn evil_zip() -> Vec<u8> {
    let mut zip = halfsour_files::ZipWriter::new(Vec::new());
    zip.member("data.pkl", &[EVIL]).unwrap();
    zip.finish().unwrap()
}

fn verdict(bytes: &[u8]) -> Verdict {
    let Ok(source) = Source::from_bytes("file", bytes.to_vec().into(), Limits::UNTRUSTED) else {
        return Verdict::Incomplete;
    };
    let parts = Auditor::new(Policy::default()).audit_source(&source);
    parts.iter().map(|part| part.report.verdict).max().unwrap_or(Verdict::Clean)
}

/// Python's `zipfile` looks for a directory from the end, whatever a file is else. So a zip archive behind any other file is looked into.
#[test]
fn no_attack_in_a_zip_behind_a_container_is_clean() {
    let fixture = |name: &str| {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures")).join(name);
        std::fs::read(folder).unwrap()
    };
    let names = [
        "databases/shelf.gdbm",
        "databases/ndbm.db",
        "databases/large.db",
        "databases/shelf.sqlite3",
        "databases/three.rpa",
        "databases/script.rpyc",
        "databases/jar.zexp",
        "files/nested.tar",
        "files/django.djcache",
        "files/celery.json",
        "files/session.txt",
        "files/cachelib",
        "files/stream.pkl",
        "files/stream.pkl.gz",
        "files/matrix.npy",
        "files/queue.lifo",
    ];
    for name in names {
        let whole = fixture(name);
        let page = whole.len().next_multiple_of(4096);
        for padding in [0, page - whole.len()] {
            let file = [&whole[..], &vec![0; padding], &evil_zip()].concat();
            let source = Source::from_bytes(name, file.into(), Limits::UNTRUSTED);
            // A file that cannot be opened is not clean.
            let Ok(source) = source else { continue };
            assert!(
                evil_parts(&source).iter().any(|part| part.ends_with("data.pkl")),
                "{name}: {:#?}",
                Auditor::new(Policy::default()).audit_source(&source)
            );
        }
    }
    // Where the text is decoded, or its order turned, the archive is in the bytes as they lie in the file.
    assert_eq!(verdict(&gzip(&evil_zip(), b"\x80\x02N.")), Verdict::Dangerous);
}

/// A member of gzip with an extra field, whose data is stored.
fn gzip(extra: &[u8], data: &[u8]) -> Vec<u8> {
    let length = |part: &[u8]| u16::try_from(part.len()).unwrap();
    let mut gzip = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff".to_vec();
    gzip.extend(length(extra).to_le_bytes());
    gzip.extend(extra);
    gzip.push(1);
    gzip.extend(length(data).to_le_bytes());
    gzip.extend((!length(data)).to_le_bytes());
    gzip.extend(data);
    gzip.extend(crc32fast_of(data).to_le_bytes());
    gzip.extend(u32::from(length(data)).to_le_bytes());
    gzip
}

/// joblib's reader takes all memory for what follows the first member, be it zeros.
#[test]
fn pickles_in_gzip_are_one_member() {
    let [pickle, log] = [b"\x80\x02N.", &b"salt and brine\n"[..]].map(|data| gzip(b"", data));
    assert_eq!(verdict(&pickle), Verdict::Clean);
    for behind in [&pickle, &gzip(b"", b""), &b"\0\0"[..]] {
        assert_eq!(verdict(&[&pickle, behind].concat()), Verdict::Incomplete, "{}", behind.escape_ascii());
        assert_eq!(verdict(&[&log, behind].concat()), verdict(&log));
    }
}

/// CRC-32, a bit at a time.
fn crc32fast_of(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// The members of an archive that is a member are told once.
#[test]
fn a_zip_in_a_tar_is_judged_once() {
    let zip = evil_zip();
    let mut header = vec![0; 512];
    header[..5].copy_from_slice(b"a.zip");
    header[124..135].copy_from_slice(format!("{:011o}", zip.len()).as_bytes());
    header[156] = b'0';
    header[148..156].fill(b' ');
    let sum = header.iter().map(|&byte| u32::from(byte)).sum::<u32>();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut tar = [header, zip].concat();
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    let source = Source::from_bytes("x.tar", tar.into(), Limits::UNTRUSTED).unwrap();
    assert_eq!(evil_parts(&source), ["a.zip:data.pkl"]);
}

#[test]
fn arrays_of_numbers_end_where_they_say() {
    let matrix = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/matrix.npy")).unwrap();
    assert_eq!(verdict(&matrix), Verdict::Clean);
    assert_eq!(verdict(&[&matrix[..], EVIL].concat()), Verdict::Dangerous);
    assert_eq!(verdict(&[&matrix[..], b"N."].concat()), Verdict::Incomplete);
    assert_eq!(verdict(&matrix[..matrix.len() - 1]), Verdict::Incomplete);
    let mut zip = halfsour_files::ZipWriter::new(Vec::new());
    zip.member("a.npy", &[&matrix, EVIL]).unwrap();
    assert_eq!(verdict(&zip.finish().unwrap()), Verdict::Dangerous);
    // Fields, with room between them, and fields of arrays.
    let fields = "[('a', '<i4'), ('', '|V4'), ('b', '<f8', (2,)), ('c', [('d', '|S3')])]";
    let header = halfsour_files::Npy::header(fields, false, &[2, 5]);
    let file = |length: usize| [&header[..], &vec![0; length]].concat();
    assert_eq!(verdict(&file(10 * 27)), Verdict::Clean);
    assert_eq!(verdict(&file(10 * 27 + 1)), Verdict::Incomplete);
}

/// Hadoop gives keys to its readers, too.
#[test]
fn no_attack_in_a_key_of_hadoop_is_clean() {
    let file = |key_class: &str, key: &[u8]| {
        let value = b"N.";
        let mut out = b"SEQ\x06".to_vec();
        out.push(u8::try_from(key_class.len()).unwrap());
        out.extend(key_class.as_bytes());
        out.extend(b"\x22org.apache.hadoop.io.BytesWritable\0\0\0\0\0\0");
        out.extend([7; 16]);
        out.extend(u32::try_from(key.len() + 4 + value.len()).unwrap().to_be_bytes());
        out.extend(u32::try_from(key.len()).unwrap().to_be_bytes());
        out.extend(key);
        out.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        out.extend(value);
        out
    };
    let bytes = [&u32::try_from(EVIL.len()).unwrap().to_be_bytes(), EVIL].concat();
    assert_eq!(verdict(&file("org.apache.hadoop.io.NullWritable", b"")), Verdict::Clean);
    assert_eq!(verdict(&file("org.apache.hadoop.io.NullWritable", EVIL)), Verdict::Incomplete);
    assert_eq!(verdict(&file("org.apache.hadoop.io.BytesWritable", &bytes)), Verdict::Incomplete);
}
