//! The properties of listing and converting.

use bytes::Bytes;
use halfsour_convert::{Error, FORMATS, Options, Tensors, convert as write, each_tensors, tables, tensors};
use halfsour_files::{Archive, Input, Limits, Npy, Part, Source};
use halfsour_vm::Loader;
use safetensors::SafeTensors;
use serde::Deserialize;
use serde::de::IgnoredAny;

const LIMITS: Limits = Limits::UNTRUSTED.with_total(4 << 20).with_depth(4).with_window(1 << 20);
/// The number of parts of a file that are converted.
const MOST: usize = 4;
/// The bytes that may be written beyond eight for each that is read, and what headers may take on top.
const ROOM: usize = 1 << 20;
/// A depth of JSON that `serde_json` reads.
const DEEPEST: usize = 100;

/// Checks conversions: whatever is written can be read back by another reader, and has what was listed.
pub fn convert(input: &[u8]) {
    let Ok(input) = Input::from_bytes("input", Bytes::copy_from_slice(input), LIMITS) else { return };
    let options = options();
    for part in input.parts_with_tensors().into_iter().flatten().take(MOST).flatten() {
        let lists = tensors(&part, &options);
        for list in lists.iter().flatten() {
            let rows = serde_json::to_value(list).expect("a list is JSON");
            assert_eq!(rows.as_array().map(Vec::len), Some(list.tensors.len()));
            assert_eq!(list.to_string().lines().count(), list.lines().len());
        }
        for table in tables(&part, &options).into_iter().flatten() {
            assert_eq!(table.to_string().lines().count(), table.columns.len() + 1);
        }
        for format in FORMATS {
            let mut out = Vec::new();
            if write(&part, *format, &options, &mut out).is_ok() {
                check(format.name(), &part, &options, &out);
            }
        }
    }
}

fn options() -> Options {
    let mut options = Options::default().with_reading(crate::options()).with_first(true);
    options.limits.json.depth = DEEPEST;
    options.limits.json.bytes = ROOM;
    options.limits.written.bytes = ROOM;
    options
}

/// Reads what was written in a format.
fn check(format: &str, part: &Part, options: &Options, out: &[u8]) {
    match format {
        "safetensors" => {
            let has_pickle = !is_whole(part.bytes()) && SafeTensors::deserialize(part.bytes()).is_err();
            with_tensors(part, options, |tensors| safetensors_hold(tensors, has_pickle, out));
        }
        "npz" => with_tensors(part, options, |tensors| {
            let source = Source::from_bytes("npz", Bytes::copy_from_slice(out), Limits::TRUSTED);
            let archive = source.expect("it is small").archive();
            npz_holds(tensors, &archive.expect("it is well-formed").expect("it is an archive"));
        }),
        "npy" => assert!(is_whole(out)),
        "parquet" => assert!(out.starts_with(b"PAR1") && out.ends_with(b"PAR1")),
        "arrow" => assert!(out.starts_with(b"ARROW1") && out.ends_with(b"ARROW1")),
        "csv" => {
            let between_quotes = out.split(|byte| *byte == b'"').count();
            assert!(!between_quotes.is_multiple_of(2) && out.ends_with(b"\n"));
        }
        "pickle" => drop(Loader::with_options(crate::options()).load(out).expect("it was just written")),
        "json" | "ndjson" => {
            assert!(out.is_empty() || out.ends_with(b"\n"));
            for line in out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let mut line = serde_json::Deserializer::from_slice(line);
                IgnoredAny::deserialize(&mut line).expect("each line is a document");
                line.end().expect("there is one in each");
            }
        }
        // The packages have formats of their own.
        "payload" => assert!(!out.is_empty()),
        other => panic!("{other} is not checked"),
    }
}

fn with_tensors(part: &Part, options: &Options, check: impl Fn(&Tensors<'_>)) {
    let checked: Result<(), Error> = each_tensors(part, options, |tensors| {
        check(tensors);
        Ok(())
    });
    checked.expect("they were just written");
}

fn safetensors_hold(tensors: &Tensors<'_>, has_pickle: bool, out: &[u8]) {
    let written = SafeTensors::deserialize(out).expect("it is well-formed");
    assert_eq!(written.len(), tensors.all.len());
    for tensor in &tensors.all {
        let found = written.tensor(&tensor.name).expect("it was written");
        assert!(found.shape().iter().map(|length| *length as u64).eq(tensor.shape.iter().copied()));
        // The arrays of files without pickles are listed, and have no elements there.
        match tensors.contiguous(tensor) {
            Ok(elements) => assert_eq!(found.data(), &*elements),
            Err(_) => assert!(!has_pickle),
        }
    }
}

fn npz_holds(tensors: &Tensors<'_>, archive: &Archive) {
    assert!(archive.damage().is_none() && archive.orphans().is_empty());
    assert_eq!(archive.members().len(), tensors.all.len());
    for (member, tensor) in archive.members().iter().zip(&tensors.all) {
        assert_eq!(member.name.strip_suffix(".npy"), Some(&*tensor.name));
        archive.check(member).expect("the checksum is right");
        let file = archive.bytes(member).expect("it is stored");
        let npy = Npy::parse(&file).expect("it is well-formed");
        assert_eq!(npy.shape, tensor.shape);
        assert_eq!(Some((file.len() - npy.data) as u64), tensor.bytes);
    }
}

/// Whether numpy's file has a header, and nothing but elements after it.
fn is_whole(file: &[u8]) -> bool {
    Npy::parse(file).is_ok_and(|npy| {
        let count: u64 = npy.shape.iter().product();
        let length = (file.len() - npy.data) as u64;
        if count == 0 { length == 0 } else { length.is_multiple_of(count) }
    })
}
