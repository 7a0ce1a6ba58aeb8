//! Parts of tables and lists, and tables as arrays.

use halfsour_convert::{Options, convert, convert_archive};
use halfsour_files::{Input, Limits, Npy, Part, ZipWriter};
use halfsour_fixtures::packages;

fn part(pickle: &[u8]) -> Part {
    let input = Input::from_bytes("a file", pickle.to_vec().into(), Limits::UNTRUSTED).unwrap();
    input.parts().unwrap().next().unwrap().unwrap()
}

/// A frame that pandas pickled.
fn frame(name: &str) -> Vec<u8> {
    let is_it = |package: &halfsour_fixtures::Package| package.script == "tables" && package.name == name;
    packages().into_iter().find(is_it).unwrap().bytes
}

/// Converts what a path leads to; or what there is to complain of.
fn converted(pickle: &[u8], path: &str, format: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let options = Options::default().with_path(path.parse().unwrap());
    let result = convert(&part(pickle), format.parse().unwrap(), &options, &mut out);
    result.map(|_| out).map_err(|error| error.to_string())
}

fn text(pickle: &[u8], path: &str, format: &str) -> String {
    String::from_utf8(converted(pickle, path, format).unwrap()).unwrap()
}

#[test]
fn rows_and_columns_of_a_frame_are_json() {
    let frame = frame("two levels");
    let [x, y] = [r#"{"key":"x","level_1":1,"a":1}"#, r#"{"key":"y","level_1":2,"a":2}"#];
    assert_eq!(text(&frame, "[1:2]", "json"), format!("[{y}]\n"));
    assert_eq!(text(&frame, "[0:2]", "ndjson"), format!("{x}\n{y}\n"));
    assert_eq!(text(&frame, "a", "json"), format!("[{x},{y}]\n"));
    assert_eq!(text(&frame, "a[1:]", "ndjson"), format!("{y}\n"));
    assert_eq!(text(&frame, "a[1]", "ndjson"), "2\n");
    assert_eq!(text(&frame, "a", "csv"), "key,,a\nx,1,1\ny,2,2\n");
    let why = converted(&frame, "[1:2]", "pickle").unwrap_err();
    assert!(why.contains("a part of an array or of a table, which is no object of its own"), "{why}");
}

#[test]
fn some_members_of_a_list_are_a_list() {
    // [{'a': 1}, d, d], where d = {'a': 2}
    let list = b"](}X\x01\0\0\0aK\x01s}X\x01\0\0\0aK\x02sq\0h\0e.";
    assert_eq!(text(list, "[1:]", "csv"), "a\n2\n2\n");
    assert_eq!(text(list, "[:2]", "ndjson"), "{\"a\":1}\n{\"a\":2}\n");
    assert_eq!(text(list, "[:2]", "json"), "[{\"a\":1},{\"a\":2}]\n");
    let pickle = converted(list, "[1:]", "pickle").unwrap();
    let graph = halfsour_vm::from_slice(&pickle).unwrap();
    assert_eq!(graph.root().to_string(), "[{'a': 2}, {'a': 2}]");
    assert_eq!(graph.root().at(0), graph.root().at(1));
    let why = converted(list, "[1:]", "npz").unwrap_err();
    assert!(why.ends_with("there are no arrays in it"), "{why}");
}

/// Labels are left out with a note, and refused where they are asked for.
#[test]
fn labels_of_rows_are_not_lost_in_silence() {
    for (format, name, has_labels) in
        [("npz", "two levels", true), ("safetensors", "two levels", true), ("npz", "numbers", false)]
    {
        let (frame, options) = (part(&frame(name)), Options::default());
        let notes = |options: &Options| {
            convert(&frame, format.parse().unwrap(), options, Vec::new()).map(|report| report.notes)
        };
        let told = notes(&options).unwrap();
        assert_eq!(told.iter().any(|note| note.starts_with("the labels of rows are left out")), has_labels);
        assert!(notes(&options.clone().with_index(false)).unwrap().is_empty());
        let why = notes(&options.with_index(true)).unwrap_err().to_string();
        assert!(why.contains("do not hold the labels of rows"), "{why}");
    }
}

/// Returns the type, the order, the shape and the bytes of numpy's file.
fn read(file: &[u8]) -> (String, bool, Vec<u64>, Vec<u8>) {
    let npy = Npy::parse(file).unwrap();
    (format!("{:?}", npy.descr), npy.fortran_order, npy.shape, file[npy.data..].to_vec())
}

#[test]
fn columns_are_arrays() {
    let frame = frame("two levels");
    let (descr, is_fortran, shape, data) = read(&converted(&frame, "", "npy").unwrap());
    assert!(descr.contains("i8") && is_fortran, "{descr}");
    // As to_numpy() has it: two rows of one column.
    assert_eq!((shape, data), (vec![2, 1], [1_i64, 2].map(i64::to_le_bytes).concat()));
    let (_, _, shape, data) = read(&converted(&frame, "a", "npy").unwrap());
    assert_eq!((shape, data), (vec![2], [1_i64, 2].map(i64::to_le_bytes).concat()));
    let (_, _, shape, data) = read(&converted(&frame, "[1:]", "npy").unwrap());
    assert_eq!((shape, data), (vec![1, 1], 2_i64.to_le_bytes().to_vec()));
    let safe = converted(&frame, "", "safetensors").unwrap();
    let safe = safetensors::SafeTensors::deserialize(&safe).unwrap();
    assert_eq!(safe.names(), ["a"]);
    for format in ["npy", "npz", "safetensors"] {
        let why = converted(&self::frame("text"), "", format).unwrap_err();
        assert!(why.starts_with("a file: a: ") && why.contains("; b: "), "{format}: {why}");
    }
}

/// An array of objects is a pickle of its own, and nevertheless in the dict.
#[test]
fn an_archive_is_a_dict_of_all_arrays() {
    let numbers = [Npy::header("'|u1'", false, &[2]), vec![7, 8]].concat();
    let objects = |pickle: &[u8]| [Npy::header("'|O'", false, &[1]), pickle.to_vec()].concat();
    let archive = |pickle: &[u8]| {
        let mut zip = ZipWriter::new(Vec::new());
        zip.member("x.npy", &[&numbers]).unwrap();
        zip.member("o.npy", &[&objects(pickle)]).unwrap();
        Input::from_bytes("a.npz", zip.finish().unwrap().into(), Limits::UNTRUSTED).unwrap()
    };
    let json = |pickle: &[u8], path: &str| {
        let mut out = Vec::new();
        let options = Options::default().with_path(path.parse().unwrap());
        let result = convert_archive(&archive(pickle), "json".parse().unwrap(), &options, &mut out, |_| ());
        result.map(|_| String::from_utf8(out).unwrap()).map_err(|error| error.to_string())
    };
    assert_eq!(json(b"]}X\x01\0\0\0kK\x01sa.", "").unwrap(), "{\"x\":[7,8],\"o\":[{\"k\":1}]}\n");
    // One that contains itself is an error, unless it is not meant.
    let cycle = b"]q\0h\0a.";
    assert!(json(cycle, "").unwrap_err().contains("o: an array of objects"));
    assert!(json(cycle, "o").is_err());
    assert_eq!(json(cycle, "x").unwrap(), "[7,8]\n");
}

/// A path into the first pickle does not fail since the second is cut off.
#[test]
fn damage_beside_the_path_is_told_and_no_more() {
    let cut = b"](K\x01K\x02e.}(X\x01\0\0\0yK\x01X\x01\0\0\0z](K\x02";
    let options = Options::default().with_salvage(true).with_path("#1[0:1]".parse().unwrap());
    let mut out = Vec::new();
    let report = convert(&part(cut), "csv".parse().unwrap(), &options, &mut out).unwrap();
    assert_eq!((out.as_slice(), report.damage.len()), (&b"0\n1\n"[..], 1));
}
