//! Databases and archives that real packages wrote: `xtask/python/databases.py`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use halfsour_classes::numpy;
use halfsour_files::{ErrorKind, Format, Input, Limits, Source};
use halfsour_value::Key;
use halfsour_vm::{ErrorKind as PickleErrorKind, Loader, Options};
use serde_json::Value;

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/databases")).join(name)
}

fn open(name: &str) -> Input {
    Input::open(path(name), Limits::UNTRUSTED).unwrap()
}

/// What Python read.
fn expected(name: &str) -> BTreeMap<String, String> {
    let all: Value = serde_json::from_slice(&fs::read(path("expected.json")).unwrap()).unwrap();
    let values = all[name].as_object().unwrap();
    values.iter().map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect()
}

/// The pickles of each part, by the part's name in the file.
fn parts(input: &Input) -> Vec<(String, Vec<String>)> {
    let mut loader = Loader::new();
    let file = input.source().name().len();
    let mut parts = Vec::new();
    for part in input.parts().unwrap() {
        let part = part.unwrap();
        let mut shown = Vec::new();
        part.each_pickle(false, |bytes, start| {
            let graph = loader.load_at(bytes, start)?;
            shown.push(graph.root().to_string());
            Ok::<_, halfsour_vm::Error>(graph.end())
        })
        .unwrap();
        parts.push((part.name()[file..].trim_start_matches(':').to_owned(), shown));
    }
    parts
}

/// The one pickle of each part.
fn values(input: &Input) -> BTreeMap<String, String> {
    let one = |(name, mut shown): (String, Vec<String>)| {
        assert_eq!(shown.len(), 1, "{name}");
        (name, shown.remove(0))
    };
    parts(input).into_iter().map(one).collect()
}

fn member(name: &str, member: &str) -> Vec<String> {
    parts(&open(name).with_member(member)).remove(0).1
}

#[test]
fn shelves_have_their_keys() {
    for name in ["dumb.dat", "ndbm.db", "large.db", "shelf.gdbm"] {
        assert_eq!(values(&open(name)), expected(name), "{name}");
    }
    // Python 2's strings are shown as such.
    let old = values(&open("dumb27.dat"));
    assert_eq!(old.keys().collect::<Vec<_>>(), expected("dumb27.dat").keys().collect::<Vec<_>>());
    assert_eq!(member("dumb.dat", "user:7"), ["{'name': 'Gus', 'n': [1, 2]}"]);
    let formats = ["dumb.dat", "ndbm.db", "shelf.gdbm"].map(|name| open(name).source().format());
    assert_eq!(formats, [Format::DumbDbm, Format::BerkeleyDb, Format::Gdbm]);
}

#[test]
fn either_file_of_a_shelf_is_the_shelf() {
    for name in ["dumb", "dumb.dir"] {
        assert_eq!(values(&open(name)), expected("dumb.dat"), "{name}");
    }
}

#[test]
fn a_shelf_without_its_index_says_so() {
    let alone = tempfile("alone.dat");
    fs::copy(path("dumb.dat"), &alone).unwrap();
    let input = Input::open(&alone, Limits::UNTRUSTED).unwrap();
    let parts: Vec<_> = input.parts().unwrap().collect();
    let (last, values) = parts.split_last().unwrap();
    // The one that was deleted, and the one that was replaced, are there still.
    assert_eq!(values.len(), 4);
    let error = last.as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoIndex);
    assert!(error.to_string().contains("ends in `.dir`"), "{error}");
    fs::remove_file(alone).unwrap();
}

/// A path in the build's own directory.
fn tempfile(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use bytes::Bytes;
    use halfsour_files::{Input, Limits, Source};

    use super::{expected, open, parts, path, values};

    #[test]
    fn blobs_are_members() {
        for name in ["shelf.sqlite3", "celery.sqlite", "odd.sqlite", "log.sqlite", "journal.sqlite"] {
            assert_eq!(values(&open(name)), expected(name), "{name}");
        }
    }

    /// Text in base64, where a column may hold no bytes.
    #[test]
    fn text_is_a_member_if_a_pickle_is_in_it() {
        let shown = parts(&open("django.sqlite"));
        assert_eq!(shown, [("cache_table.value[1]".to_owned(), vec!["{'sold': 3}".to_owned()])]);
    }

    /// diskcache has keys that are no text as pickles, and large values in files of their own.
    #[test]
    fn diskcache_names_files() {
        let cache = values(&open("diskcache/cache.db"));
        assert_eq!(cache["Cache.value['small']"], "{'n': 1}");
        assert_eq!(cache["Cache.key[2]"], "('a', 1)");
        assert_eq!(cache["Cache.value[2]"], "[1, 2]");
        assert!(cache["Cache.filename['large']"].starts_with("[0, 1, 2, "));
        assert_eq!(cache.len(), 4);
    }

    #[test]
    fn responses_are_there() {
        let responses = values(&open("http.sqlite"));
        assert!(responses["responses.value[1]"].contains("b'half-sour'"), "{responses:?}");
    }

    /// A log that is not there, or was changed, adds nothing.
    #[test]
    fn without_the_log_the_database_is_as_it_was() {
        let bytes = std::fs::read(path("log.sqlite")).unwrap();
        let input = Input::from_bytes("log.sqlite", bytes.into(), Limits::UNTRUSTED).unwrap();
        assert_eq!(values(&input).into_values().collect::<Vec<_>>(), ["'old'"]);
    }

    /// Whatever is wrong with it, there is an answer or an error, and no more than the file has.
    #[test]
    fn broken_databases_are_damaged() {
        let whole = std::fs::read(path("odd.sqlite")).unwrap();
        let archive = |bytes: Vec<u8>| {
            let source = Source::from_bytes("broken", Bytes::from(bytes), Limits::UNTRUSTED).unwrap();
            source.archive().unwrap()
        };
        for length in [16, 99, 100, 512, 600, 1024, whole.len() - 1] {
            let cut = archive(whole[..length].to_vec());
            assert!(cut.is_some_and(|cut| cut.damage().is_some()), "{length}");
        }
        for at in (16..whole.len()).step_by(7) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            let archive = archive(bytes).unwrap();
            let total: u64 = archive.members().iter().map(|member| member.size).sum();
            assert!(total < 1 << 20);
        }
    }
}

/// A database says so where it cannot be read.
#[cfg(not(feature = "sqlite"))]
#[test]
fn sqlite_needs_its_feature() {
    let input = open("celery.sqlite");
    let error = input.parts().unwrap().next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported("SQLite, without the feature `sqlite`"));
}

#[test]
fn records_of_zodb_are_pairs_by_their_oid() {
    let data = parts(&open("Data.fs"));
    let names: Vec<_> = data.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["0x00", "0x01", "0x02"]);
    let state = |name: &str| member("Data.fs", name).remove(0);
    let jar =
        |count: i64| format!("(persistent.mapping.PersistentMapping, {{'data': {{'cucumbers': {count}}}}})");
    // The undo has brought back the 4.
    assert_eq!(state("0x01"), jar(4));
    let root = state("0x00");
    assert!(root.contains("'jar': ") && root.contains("persistent.mapping.PersistentMapping"), "{root}");

    let source = Source::open(path("Data.fs"), Limits::UNTRUSTED).unwrap();
    let archive = source.archive().unwrap().unwrap();
    let earlier: Vec<_> = archive.orphans().into_iter().map(|member| member.name).collect();
    let of_jar: Vec<_> = earlier.iter().filter(|name| name.starts_with("0x01@")).collect();
    assert_eq!(of_jar.len(), 3);
    let states = of_jar.iter().map(|name| state(name)).collect::<Vec<_>>();
    assert_eq!(states, [5, 4, 3].map(jar));
    let extension = earlier.iter().find(|name| name.starts_with("extension@")).unwrap();
    assert_eq!(member("Data.fs", extension), ["{'by': 'gus'}"]);
}

#[test]
fn exports_of_zodb_are_records() {
    let records = parts(&open("jar.zexp"));
    assert_eq!(records[0].1[0], "(persistent.mapping.PersistentMapping, {'data': {'cucumbers': 4}})");
    assert_eq!(records.len(), 1);
}

#[test]
fn renpy_scripts_have_slots_and_archives_members() {
    assert_eq!(
        values(&open("script.rpyc")),
        BTreeMap::from([1, 2].map(|n| (format!("slot {n}"), format!("({{'version': 1}}, ['say', {n}])"))))
    );
    for name in ["two.rpa", "three.rpa", "three2.rpa"] {
        let shown = values(&open(name));
        let pages =
            [("a/one.pkl", 1), ("two.pkl", 2)].map(|(name, n)| (name.into(), format!("{{'page': {n}}}")));
        assert_eq!(shown, BTreeMap::from(pages), "{name}");
        assert!(member(name, "the index")[0].contains("a/one.pkl"), "{name}");
    }
}

/// Python's `read` gives what there is of a length beyond the end, and all of a negative one; so do the readers of such archives.
#[test]
fn renpy_members_end_with_the_archive() {
    use std::io::Write;

    for (length, prefix) in [("I99\n", ""), ("I-1\n", ""), ("I1\n", "gARL"), ("I4\n", "")] {
        let member = b"\x80\x04N.";
        let prefix = if prefix.is_empty() { "" } else { "S'  '\n" };
        let index = format!("(dS'a.pkl'\n((I26\n{length}{prefix}tls.");
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(index.as_bytes()).unwrap();
        let head = format!("RPA-2.0 {:016x} \n", 26 + member.len());
        let file = [head.as_bytes(), member, &zlib.finish().unwrap()].concat();
        let source = Source::from_bytes("archive", file.into(), Limits::UNTRUSTED).unwrap();
        let archive = source.archive().unwrap().unwrap();
        let found = archive.bytes(&archive.members()[0]).unwrap();
        let found = found.strip_prefix(b"  ").unwrap_or(&found);
        assert!(found.starts_with(member), "{length}: {found:?}");
        assert_eq!(archive.damage().is_some(), found.len() != member.len(), "{length}");
    }
}

/// The package zlibstorage compresses records.
#[test]
fn records_of_zodb_may_be_compressed() {
    use std::io::Write;

    let mut record = b".z".to_vec();
    let mut zlib = flate2::write::ZlibEncoder::new(&mut record, flate2::Compression::fast());
    zlib.write_all(b"cdeli\nJar\n.}Vn\nI1\ns.").unwrap();
    zlib.finish().unwrap();
    let length = (record.len() as u64).to_be_bytes();
    let export = [b"ZEXP", &[0; 8][..], &length, &record, &[0xff; 16]].concat();
    let input = Input::from_bytes("jar.zexp", export.into(), Limits::UNTRUSTED).unwrap();
    assert_eq!(values(&input)["0x00"], "(deli.Jar, {'n': 1})");
}

#[test]
fn old_files_of_joblib() {
    for name in ["joblib27", "joblib36"] {
        let compressed = open(&format!("{name}.z"));
        assert_eq!(compressed.source().layers()[0].format, Format::JoblibZ);
        let pair = open(&format!("{name}.pkl"));
        assert_eq!(pair.source().layers()[0].format, Format::JoblibPair);
        let shown = values(&pair).remove("").unwrap();
        assert_eq!(shown.matches(".npy").count(), 0, "{shown}");
        assert!(shown.contains("numpy.matrix") && shown.contains("numpy.ndarray"), "{shown}");
    }
}

/// Arrays with fields, times and objects, and those of which the data is compressed, are what numpy has.
#[test]
fn old_files_of_joblib_have_arrays_of_all_kinds() {
    let all: Value = serde_json::from_slice(&fs::read(path("expected.json")).unwrap()).unwrap();
    for name in ["kinds09.pkl", "kinds09.z", "kinds08.pkl"] {
        let input = open(name);
        let part = input.one_part().unwrap();
        let graph = Loader::new().load(&part.bytes()[..]).unwrap();
        let value = |key: &str| graph.root().get(Key::from(key)).unwrap();
        for (key, array) in all["kinds"].as_object().unwrap() {
            let read = numpy::array(value(key)).unwrap_or_else(|| panic!("{name}: {key}"));
            let hex = array[1].as_str().unwrap().as_bytes().chunks(2);
            let bytes = hex.map(|digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap());
            assert!(bytes.eq(read.bytes().unwrap().iter().copied()), "{name}: {key}");
            // Releases of numpy put blanks in different places.
            let shown = read.dtype.to_string().replace(' ', "");
            assert_eq!(shown, array[0].as_str().unwrap().replace(' ', ""), "{name}: {key}");
        }
        let objects = numpy::array(value("objects")).unwrap();
        let shown: Vec<_> = objects.elements().unwrap().map(|element| element.to_string()).collect();
        assert_eq!(shown, ["['dill']", "None", "'salt'", "['dill']"], "{name}");
        assert_eq!(value("shared").to_string(), "['dill']", "{name}");
    }
}

#[test]
fn pickles_with_one_memo() {
    for name in ["memo.p2.pkl", "memo.p4.pkl"] {
        let input = open(name);
        let part = input.one_part().unwrap();
        let mut loader = Loader::new();
        let read = |loader: &mut Loader| {
            let mut shown = Vec::new();
            let result = part.each_pickle(false, |bytes, start| {
                let graph = loader.load_at(bytes, start)?;
                shown.push(graph.root().to_string());
                Ok::<_, halfsour_vm::Error>(graph.end())
            });
            (shown, result)
        };
        let (first, error) = read(&mut loader);
        assert_eq!(first.len(), 1);
        assert!(matches!(error.unwrap_err().error.kind(), PickleErrorKind::MemoUnset(_)));
        loader = Loader::with_options(Options::default().with_keep_memo(true));
        let (both, result) = read(&mut loader);
        result.unwrap();
        let brine = "['salt', 'dill']";
        assert_eq!(both, [format!("{{'brine': {brine}}}"), format!("[{brine}, {brine}, 'more']")], "{name}");
    }
}

/// What is cut off is damage, and never just less; nor do wrong numbers do more than harm the answer.
#[test]
fn what_is_cut_off_is_damaged() {
    for name in ["Data.fs", "jar.zexp", "script.rpyc", "three.rpa", "large.db", "shelf.gdbm"] {
        let whole = fs::read(path(name)).unwrap();
        let open = |bytes: &[u8]| {
            Source::from_bytes(name, bytes.to_vec().into(), Limits::UNTRUSTED).unwrap().archive().unwrap()
        };
        let names = |bytes: &[u8]| {
            let archive = open(bytes)?;
            let names: Vec<_> = archive.members().iter().map(|member| member.name.clone()).collect();
            archive.damage().is_none().then_some(names)
        };
        let all = names(&whole).unwrap();
        let step = 1 + whole.len() / 500;
        for length in (60..whole.len()).step_by(step) {
            // A transaction may end here.
            let are_fewer =
                name == "Data.fs" && names(&whole[..length]).is_some_and(|some| some.len() <= all.len());
            assert!(
                are_fewer || names(&whole[..length]).is_none_or(|names| names == all),
                "{name}: {length}"
            );
        }
        for at in (0..whole.len()).step_by(step) {
            let mut wrong = whole.clone();
            wrong[at] = !wrong[at];
            if let Some(archive) = open(&wrong) {
                for member in archive.members() {
                    let _ = archive.bytes(member);
                }
            }
        }
    }
}

#[test]
fn spark_writes_batches() {
    for name in ["spark.plain", "spark.record", "spark.block"] {
        let input = open(name);
        assert_eq!(input.source().layers()[0].format, Format::SequenceFile);
        let shown = parts(&input).remove(0).1;
        assert_eq!(shown.len(), 3, "{name}");
        let people: Vec<_> = (0..25).map(|n| format!("{{'n': {n}, 'name': 'p{n}'}}")).collect();
        let batches: Vec<_> = people.chunks(10).map(|batch| format!("[{}]", batch.join(", "))).collect();
        assert_eq!(shown, batches, "{name}");
        let whole = fs::read(path(name)).unwrap();
        let cut = whole[..whole.len() - 1].to_vec();
        let error = Source::from_bytes(name, cut.into(), Limits::UNTRUSTED).unwrap_err();
        assert_eq!(error.format(), Some(Format::SequenceFile));
    }
}

/// The folder that Spark writes is one file to people. A part that is not there is said.
#[test]
fn a_folder_of_spark_has_parts() {
    let folder = tempfile("spark");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    for (part, file) in [("part-00000", "spark.plain"), ("part-00001", "spark.block"), ("_SUCCESS", "")] {
        let bytes = if file.is_empty() { Vec::new() } else { fs::read(path(file)).unwrap() };
        fs::write(folder.join(part), bytes).unwrap();
    }
    let read = || Input::open(&folder, Limits::UNTRUSTED);
    let whole = read().unwrap();
    assert_eq!(whole.source().format(), Format::SparkFolder);
    let shown = parts(&whole);
    let names: Vec<_> = shown.iter().map(|(name, pickles)| (name.as_str(), pickles.len())).collect();
    assert_eq!(names, [("part-00000", 3), ("part-00001", 3)]);
    assert_eq!(parts(&read().unwrap().with_member("part-00001")), shown[1..]);

    // The limit is one for all parts together.
    let length = |name: &str| fs::metadata(folder.join(name)).unwrap().len();
    let most = usize::try_from(length("part-00000") + length("part-00001")).unwrap();
    assert!(Source::open_at_most(&folder, most, Limits::UNTRUSTED).is_ok());
    let error = Source::open_at_most(&folder, most - 1, Limits::UNTRUSTED).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io(std::io::ErrorKind::FileTooLarge));

    let damage = || read().unwrap().parts().unwrap().find_map(Result::err).unwrap().to_string();
    fs::remove_file(folder.join("_SUCCESS")).unwrap();
    assert!(damage().contains("_SUCCESS"), "{}", damage());
    fs::write(folder.join("_SUCCESS"), "").unwrap();
    fs::remove_file(folder.join("part-00000")).unwrap();
    assert!(damage().contains("missing"), "{}", damage());
    // Any other folder is none.
    fs::write(folder.join("part-00001"), "text").unwrap();
    assert!(matches!(read().unwrap_err().kind(), ErrorKind::Io(_)));
    fs::remove_dir_all(&folder).unwrap();
}

/// Files beside that were cut off or changed give an answer or an error.
#[test]
fn files_beside_may_be_broken() {
    let folder = tempfile("broken");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    let kinds = [
        "kinds08.pkl_01.npy",
        "kinds08.pkl_02.npy",
        "kinds08.pkl_03.npy",
        "kinds08.pkl_04.npy",
        "kinds08.pkl_05.npy",
    ];
    for (file, beside) in [
        ("journal.sqlite", &["journal.sqlite-journal"][..]),
        ("log.sqlite", &["log.sqlite-wal"]),
        ("kinds08.pkl", &kinds),
    ] {
        fs::copy(path(file), folder.join(file)).unwrap();
        for name in beside {
            fs::copy(path(name), folder.join(name)).unwrap();
        }
        let read = || {
            if let Ok(source) = Source::open(folder.join(file), Limits::UNTRUSTED) {
                let _ = Loader::new().load(&source.bytes()[..]);
                let _ = source.archive();
            }
        };
        for name in beside {
            let whole = fs::read(path(name)).unwrap();
            for at in (0..whole.len()).step_by(1 + whole.len() / 100) {
                fs::write(folder.join(name), &whole[..at]).unwrap();
                read();
                let mut wrong = whole.clone();
                wrong[at] = !wrong[at];
                fs::write(folder.join(name), wrong).unwrap();
                read();
            }
            fs::write(folder.join(name), whole).unwrap();
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}
