//! The list of tensors, compared with what torch said of the tensors in the same files.

use std::collections::{BTreeMap, HashMap};

use halfsour_convert::{Options, tensors};
use halfsour_files::{Input, Limits};
use halfsour_fixtures::{Package, package_files, packages};
use serde_json::{Value, json};

fn listed(bytes: &[u8]) -> Vec<Value> {
    let input = Input::from_bytes("a file", bytes.to_vec().into(), Limits::UNTRUSTED).unwrap();
    let part = input.parts_with_tensors().unwrap().next().unwrap().unwrap();
    let lists = tensors(&part, &Options::default()).unwrap();
    assert_eq!(lists.len(), 1);
    serde_json::from_value(serde_json::to_value(&lists[0]).unwrap()).unwrap()
}

/// The tensors of a description, by name.
fn described(prefix: &str, value: &Value, all: &mut BTreeMap<String, Value>) {
    let name = |last: &str| if prefix.is_empty() { last.to_owned() } else { format!("{prefix}.{last}") };
    match value["kind"].as_str() {
        Some("tensor") if value["layout"].is_null() => {
            let name = if prefix.is_empty() { "tensor" } else { prefix };
            all.insert(name.to_owned(), value.clone());
        }
        Some("tensor") => {
            for (part, listed) in [("crow_indices", "pointers"), ("indices", "indices"), ("values", "values")]
            {
                if value[part].is_object() {
                    all.insert(format!("tensor.{listed}"), value[part].clone());
                }
            }
            if value["col_indices"].is_object() {
                all.insert("tensor.indices".to_owned(), value["col_indices"].clone());
            }
        }
        Some("dict" | "OrderedDict" | "module") => {
            let pairs = ["items", "parameters", "buffers", "modules"].map(|part| value[part].as_array());
            for pair in pairs.into_iter().flatten().flatten() {
                let key = pair[0].as_str().map_or_else(|| pair[0].to_string(), str::to_owned);
                described(&name(&key), &pair[1], all);
            }
        }
        _ => {
            for (index, item) in
                value.as_array().or(value["items"].as_array()).into_iter().flatten().enumerate()
            {
                described(&name(&index.to_string()), item, all);
            }
        }
    }
}

#[test]
fn tensors_are_listed_as_torch_says() {
    let mut count = 0;
    for package in packages().into_iter().chain(package_files()).filter(|package| package.script == "tensors")
    {
        let name = package.to_string();
        let Package { bytes, value, .. } = package;
        if value["kind"] == "script" {
            continue;
        }
        let mut expected = BTreeMap::new();
        described("", &value, &mut expected);
        let listed = listed(&bytes);
        // The parts of quantised ones, which are described by their elements only.
        let is_part = |name: &str| name.ends_with(".scales") || name.ends_with(".zero_points");
        let listed: Vec<_> =
            listed.into_iter().filter(|row| !is_part(row["name"].as_str().unwrap())).collect();
        assert_eq!(listed.len(), expected.len(), "{name}");
        let mut storages: HashMap<String, Value> = HashMap::new();
        for row in listed {
            let told = &expected[row["name"].as_str().unwrap()];
            let whole = format!("{name}: {row} {told}");
            assert_eq!(format!("torch.{}", row["dtype"].as_str().unwrap()), told["dtype"], "{whole}");
            assert_eq!(row["shape"], told["shape"], "{whole}");
            assert_eq!(row["strides"], told["stride"], "{whole}");
            count += 1;
            if told["device"] == "meta" {
                assert_eq!(row["storage"], json!(null), "{whole}");
                continue;
            }
            assert_eq!(row["storage_bytes"], told["storage_bytes"], "{whole}");
            let elements = told["elements"].as_array().unwrap().len() as u64;
            let bytes = row["bytes"].as_u64().unwrap();
            assert_eq!(
                bytes * told["offset"].as_u64().unwrap(),
                row["offset"].as_u64().unwrap() * elements,
                "{whole}"
            );
            assert!(elements == 0 || bytes.is_multiple_of(elements), "{whole}");
            // Two are in one storage if torch says so.
            if row["storage"] != "in the pickle" {
                let storage = storages.entry(row["storage"].to_string()).or_insert(told["storage"].clone());
                assert_eq!(*storage, told["storage"], "{whole}");
            }
            let shared = expected.values().filter(|other| other["storage"] == told["storage"]).count() > 1;
            assert!(shared || row["shares_with"].is_null(), "{whole}");
        }
    }
    assert!(count > 300, "{count}");
}

/// Of a tensor of two rows of three, in a storage of six.
#[test]
fn what_the_pickle_says_and_is_not_so() {
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/torch.pt")).unwrap();
    let cases: [(&[u8], &[u8], &[&str]); 4] = [
        (b"", b"", &[]),
        (b"cpuq\x07K\x06", b"cpuq\x07K\x05", &["its storage is not as long as the pickle says"]),
        (b"QK\x00K\x02K\x03\x86", b"QK\x01K\x02K\x03\x86", &["not within its storage"]),
        (
            b"X\x01\x00\x00\x000",
            b"X\x01\x00\x00\x009",
            &["its storage cannot be read: zip: there is no such member"],
        ),
    ];
    for (said, instead, notes) in cases {
        let mut file = file.clone();
        let at = file.windows(said.len().max(1)).position(|window| window == said).unwrap_or_default();
        file[at..at + instead.len()].copy_from_slice(instead);
        assert_eq!(listed(&file)[0]["notes"], json!(notes));
    }
}

/// The pickle of an array of numpy, without its protocol and its end.
fn array() -> Vec<u8> {
    let is_array = |package: &Package| {
        package.script == "saved" && package.protocol == Some(4) && package.environment == "3.13"
    };
    let pickle = packages().into_iter().find(is_array).unwrap().bytes;
    // A frame, whose length is not needed.
    assert_eq!(pickle[..3], *b"\x80\x04\x95");
    pickle[11..pickle.len() - 1].to_vec()
}

fn names(pickle: &[u8]) -> Vec<Value> {
    listed(pickle).iter().map(|row| row["name"].clone()).collect()
}

/// Each is an object of a class of which nothing is known.
#[test]
fn tensors_among_arguments_are_listed() {
    let array = array();
    // `C(array)`, and `C(w=array)`.
    let positional = [b"capp\nC\n", &array[..], b"\x85\x81."].concat();
    assert_eq!(names(&positional), ["0"]);
    let keyword = [b"capp\nC\n)}\x8c\x01w", &array[..], b"s\x92."].concat();
    assert_eq!(names(&keyword), ["w"]);
    // `copyreg.__newobj_ex__(C, (), {'w': array})`
    let spelt = [b"ccopyreg\n__newobj_ex__\n(capp\nC\n)}\x8c\x01w", &array[..], b"stR."].concat();
    assert_eq!(names(&spelt), ["w"]);
    // `C(**OrderedDict(w=array))`, `C(*T(array))`
    let ordered = b"capp\nC\n)ccollections\nOrderedDict\n)R\x8c\x01w";
    assert_eq!(names(&[ordered, &array[..], b"s\x92."].concat()), ["w"]);
    assert_eq!(names(&[b"capp\nC\ncapp\nT\n", &array[..], b"\x85\x81}\x92."].concat()), ["0"]);
    // `f(array)()`
    assert_eq!(names(&[b"capp\nf\n", &array[..], b"\x85R)R."].concat()), ["0"]);
}

#[test]
fn tensors_that_steps_bring_are_listed() {
    let array = array();
    // `set(c, {'a': array})`, a state setter's call.
    let setter = [&array[..], b"q\xc80capp\nC\n)\x81q\xc9capp\nset\nh\xc9}\x8c\x01ah\xc8s\x86R0."].concat();
    assert_eq!(names(&setter), ["a"]);
    // BUILD on a function.
    assert_eq!(names(&[b"capp\nf\n}\x8c\x01a", &array[..], b"sb."].concat()), ["a"]);
    // An attribute of an OrderedDict.
    let ordered = [b"ccollections\nOrderedDict\n)R}\x8c\x01a", &array[..], b"sb."].concat();
    assert_eq!(names(&ordered), ["a"]);
    // A key of a dict.
    assert_eq!(names(&[b"}", &array[..], b"K\x01s."].concat()), ["0"]);
}

/// Keys that are no text are names as Python prints them; bytes are text, which they were in Python 2.
#[test]
fn every_key_is_a_name() {
    let array = array();
    let keys: [(&[u8], &str); 6] = [
        (b"C\x04data", "data"),
        (b"C\x02\xff\xfe", "b'\\xff\\xfe'"),
        (b"J\xff\xff\xff\xff", "-1"),
        (b"K\x07\x8c\x01a\x86", "(7, 'a')"),
        (b"G?\xe0\0\0\0\0\0\0", "0.5"),
        (b"N", "None"),
    ];
    for (key, name) in keys {
        assert_eq!(names(&[b"}", key, &array[..], b"s."].concat()), [name]);
    }
}
