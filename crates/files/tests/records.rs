//! Records of databases that are damaged: each is an error that names it, and the others are there.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use halfsour_files::{ErrorKind, Input, Limits, Source};

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/databases")).join(name)
}

fn tempfile(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The names of the records that are there, and the errors.
fn read(input: &Input) -> (Vec<String>, Vec<halfsour_files::Error>) {
    let (mut names, mut errors) = (Vec::new(), Vec::new());
    let start = input.source().name().len() + 1;
    for part in input.parts().unwrap() {
        match part {
            Ok(part) => names.push(part.name()[start..].to_owned()),
            Err(error) => errors.push(error),
        }
    }
    (names, errors)
}

/// Whatever is in the place of a pickle, where other records are pickles.
#[track_caller]
fn is_told(name: &str) {
    let whole = fs::read(path(name)).unwrap();
    let source = Source::from_bytes(name, whole.clone().into(), Limits::UNTRUSTED).unwrap();
    let archive = source.archive().unwrap().unwrap();
    let (all, none) = read(&Input::from(source));
    assert_eq!(none.len(), 0, "{name}");
    for member in archive.members() {
        let pickle = archive.bytes(member).unwrap();
        let start = &pickle[..pickle.len().min(16)];
        let mut places = whole.windows(start.len()).enumerate().filter(|(_, window)| *window == start);
        let (Some((at, _)), None) = (places.next(), places.next()) else { continue };
        for byte in [0, 1, b'{', 0xff] {
            let mut damaged = whole.clone();
            damaged[at] = byte;
            let input = Input::from_bytes(name, damaged.into(), Limits::UNTRUSTED).unwrap();
            let (names, errors) = read(&input);
            let others: Vec<_> = all.iter().filter(|name| **name != member.name).cloned().collect();
            assert_eq!(names, others, "{name}: {}", member.name);
            let [error] = errors.as_slice() else { panic!("{name}: {}: {errors:?}", member.name) };
            assert_eq!(error.kind(), ErrorKind::NoPickle);
            assert_eq!(error.name(), format!("{name}:{}", member.name));
        }
    }
}

#[test]
fn a_record_that_is_no_pickle_is_an_error() {
    for name in ["ndbm.db", "shelf.gdbm", "Data.fs"] {
        is_told(name);
    }
    #[cfg(feature = "sqlite")]
    is_told("shelf.sqlite3");
}

/// diskcache says which values it pickled: one that is no pickle is an error, whatever the others are.
#[cfg(feature = "sqlite")]
#[test]
fn a_value_that_diskcache_pickled_is_a_pickle() {
    let name = "diskcache/cache.db";
    let whole = fs::read(path(name)).unwrap();
    let source = Source::from_bytes(name, whole.clone().into(), Limits::UNTRUSTED).unwrap();
    let archive = source.archive().unwrap().unwrap();
    let mut count = 0;
    for member in archive.members().iter().filter(|member| member.name.starts_with("Cache.value[")) {
        let pickle = archive.bytes(member).unwrap();
        let mut places = whole.windows(pickle.len()).enumerate().filter(|(_, window)| *window == &pickle[..]);
        let (Some((at, _)), None) = (places.next(), places.next()) else { continue };
        let mut damaged = whole.clone();
        damaged[at] = b'{';
        let (names, errors) = read(&Input::from_bytes(name, damaged.into(), Limits::UNTRUSTED).unwrap());
        assert!(!names.contains(&member.name), "{}", member.name);
        let full = format!("{name}:{}", member.name);
        assert!(errors.iter().any(|error| error.kind() == ErrorKind::NoPickle && error.name() == full));
        count += 1;
    }
    assert!(count > 1, "{count}");
}

/// Values of a `dbm` may be anything, if none is a pickle.
#[test]
fn without_pickles_nothing_is_damaged() {
    let shelf = |values: [&[u8]; 2]| {
        let place = tempfile("values.dat");
        fs::write(&place, values.concat()).unwrap();
        let index =
            format!("'a', (0, {})\n'b', ({}, {})\n", values[0].len(), values[0].len(), values[1].len());
        fs::write(place.with_extension("dir"), index).unwrap();
        let input = Input::open(&place, Limits::UNTRUSTED).unwrap();
        fs::remove_file(place).unwrap();
        input
    };
    let error = shelf([b"one", b"two"]).parts().map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoPickles);
    let (names, errors) = read(&shelf([b"\x80\x04K\x01.", b""]));
    assert_eq!((names, errors[0].kind(), errors.len()), (vec!["a".to_owned()], ErrorKind::NoPickle, 1));
    let (names, errors) = read(&shelf([b"hello, pickle", b"\x80\x04K\x01."]));
    assert_eq!((names, errors.len()), (vec!["b".to_owned()], 1));
    // Nor is a pickle passed over that has something before it.
    let (names, errors) = read(&shelf([b"\x01\x80\x04K\x01.", b"hello"]));
    assert_eq!((names.len(), errors.len()), (0, 1));
    assert!(
        errors[0].name().ends_with(":a") && errors[0].to_string().contains("begins at byte 1"),
        "{}",
        errors[0]
    );
    // A value that is asked for is read as a pickle.
    assert!(shelf([b"one", b"\x80\x04K\x01."]).with_member("a").parts().unwrap().next().unwrap().is_ok());
}

/// Where the data of a record should be, there is none.
#[test]
fn a_record_beyond_the_end_is_an_error() {
    let place = tempfile("short.dat");
    fs::write(&place, b"\x80\x04K\x01.").unwrap();
    fs::write(place.with_extension("dir"), "'a', (0, 5)\n'b', (512, 5)\n").unwrap();
    let (names, errors) = read(&Input::open(&place, Limits::UNTRUSTED).unwrap());
    assert_eq!(names, ["a"]);
    assert_eq!(errors[0].to_string(), format!("{}:b: dbm.dumb: the data ends early", place.display()));
    let script = fs::read(path("script.rpyc")).unwrap();
    let mut short = script.clone();
    let archive =
        Source::from_bytes("s", script.into(), Limits::UNTRUSTED).unwrap().archive().unwrap().unwrap();
    short.truncate(archive.members()[1].data.end - 1);
    let (names, errors) = read(&Input::from_bytes("s", short.into(), Limits::UNTRUSTED).unwrap());
    assert_eq!((names, errors[0].name(), errors.len()), (vec!["slot 1".to_owned()], "s:slot 2", 1));
}

/// Records that are all one place are read a few times only.
#[test]
fn records_do_not_lie_in_each_other() {
    let place = tempfile("overlap.dat");
    let pickle = [&b"\x80\x04B\0\0\x10\0"[..], &vec![0; 1 << 20], b"."].concat();
    fs::write(&place, &pickle).unwrap();
    let index: Vec<_> = (0..1000).map(|key| format!("'{key}', (0, {})\n", pickle.len())).collect();
    let index = index.concat();
    fs::write(place.with_extension("dir"), index).unwrap();
    let source = Source::open(&place, Limits::UNTRUSTED).unwrap();
    let archive = source.archive().unwrap().unwrap();
    assert!((2..40).contains(&archive.members().len()), "{}", archive.members().len());
    assert!(archive.damage().is_some());
}

/// Of a folder that Spark wrote, a part that is empty or of another program is an error.
#[test]
fn parts_of_spark_that_are_foreign_are_errors() {
    let folder = tempfile("spark-foreign");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(path("spark.plain"), folder.join("part-00000")).unwrap();
    fs::write(folder.join("_SUCCESS"), b"").unwrap();
    let other = folder.join("part-00001");
    for foreign in [Some(&b""[..]), Some(b"text"), None] {
        match foreign {
            Some(bytes) => fs::write(&other, bytes).unwrap(),
            None => fs::remove_file(&other).and_then(|()| fs::create_dir(&other)).unwrap(),
        }
        let (names, errors) = read(&Input::open(&folder, Limits::UNTRUSTED).unwrap());
        assert_eq!((names.len(), errors.len()), (1, 1), "{names:?} {errors:?}");
        assert!(errors[0].name().ends_with("spark-foreign:part-00001"), "{}", errors[0]);
    }
    fs::remove_dir_all(folder).unwrap();
}

/// An array beside an old file of joblib that is damaged is named.
#[test]
fn the_file_beside_is_named() {
    let folder = tempfile("joblib-beside");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(path("")).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_owned();
        if name.to_string_lossy().starts_with("joblib36.pkl") {
            fs::copy(&file, folder.join(name)).unwrap();
        }
    }
    let array = folder.join("joblib36.pkl_01.npy");
    let whole = Bytes::from(fs::read(&array).unwrap());
    fs::write(&array, &whole[..whole.len() / 2]).unwrap();
    let error = Input::open(folder.join("joblib36.pkl"), Limits::UNTRUSTED).map(drop).unwrap_err();
    assert_eq!(error.name(), array.to_string_lossy());
    fs::remove_dir_all(folder).unwrap();
}
