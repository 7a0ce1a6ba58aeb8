//! Files that Python and its packages wrote.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use halfsour_files::{ErrorKind, Format, Framing, JoblibArrays, Limits, Npy, Source, Torch, View};
use halfsour_fixtures::package_files;
use halfsour_vm::value::{Data, Node, Step};
use halfsour_vm::{Graph, Loader};
use serde_json::Value;

fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files")).join(name)
}

fn read(name: &str) -> Vec<u8> {
    fs::read(path(name)).unwrap()
}

fn open(name: &str) -> Source {
    Source::from_bytes(name, read(name).into(), Limits::UNTRUSTED).unwrap()
}

fn facts(name: &str) -> Value {
    serde_json::from_slice(&read(name)).unwrap()
}

/// What all pickles of a source are.
fn load(source: &Source) -> Vec<Graph> {
    let (mut loader, mut pickles) = (Loader::new(), source.pickles());
    std::iter::from_fn(|| pickles.load_next(&mut loader)).collect::<Result<_, _>>().unwrap()
}

fn shown(source: &Source) -> Vec<String> {
    load(source).iter().map(|graph| graph.root().to_string()).collect()
}

/// What Python put into `stream.pkl` and all files that are made of it.
const STREAM: [&str; 3] = ["{'day': 1, 'sold': 3}", "{'day': 2, 'sold': 6}", "{'day': 3, 'sold': 9}"];

/// The files that are `stream.pkl`, encoded.
const CODED: [(&str, Format); 8] = [
    ("stream.pkl.gz", Format::Gzip),
    ("stream.pkl.z", Format::Zlib),
    ("stream.pkl.bz2", Format::Bzip2),
    ("stream.pkl.xz", Format::Xz),
    ("stream.pkl.lzma", Format::Lzma),
    ("stream.pkl.zst", Format::Zstd),
    ("stream.pkl.lz4", Format::Lz4),
    ("stream.b64", Format::Base64),
];

#[test]
fn compressed() {
    for (name, format) in CODED {
        let source = open(name);
        let layers: Vec<_> = source.layers().iter().map(|layer| (layer.format, layer.rest)).collect();
        assert_eq!(layers, [(format, 0)], "{name}");
        assert_eq!(source.bytes()[..], read("stream.pkl"), "{name}");
        assert_eq!(shown(&source), STREAM, "{name}");
    }
}

#[test]
fn what_follows_is_told() {
    for (name, format) in CODED.into_iter().filter(|(_, format)| *format != Format::Base64) {
        let longer = [&read(name)[..], b"brine"].concat();
        let source = Source::from_bytes(name, longer.into(), Limits::UNTRUSTED).unwrap();
        assert_eq!(source.layers()[0].format, format);
        assert_eq!(source.layers()[0].rest, 5, "{name}");
        assert_eq!(source.bytes()[..], read("stream.pkl"), "{name}");
    }
}

#[test]
fn cut_off_it_is_never_shorter() {
    for (name, _) in CODED {
        let whole = read(name);
        let pickles = read("stream.pkl");
        for length in 0..whole.len() {
            let part = Bytes::copy_from_slice(&whole[..length]);
            match Source::from_bytes(name, part, Limits::UNTRUSTED) {
                Err(error) => assert!(!matches!(error.kind(), ErrorKind::Limit(_)), "{name}: {error}"),
                // It is not recognised any more, or what is missing is padding or a member of its own.
                Ok(source) if source.layers().is_empty() => {}
                Ok(source) => {
                    let whole = source.bytes()[..] == pickles;
                    let member = pickles.starts_with(source.bytes()) && source.bytes().len() == 50;
                    let digits = source.layers()[0].format == Format::Base64;
                    assert!(whole || member || digits, "{name} up to {length}");
                }
            }
        }
    }
}

#[test]
fn a_changed_byte_is_found_where_there_is_a_checksum() {
    for name in [
        "stream.pkl.gz",
        "stream.pkl.z",
        "stream.pkl.bz2",
        "stream.pkl.xz",
        "stream.pkl.zst",
        "stream.pkl.lz4",
    ] {
        let whole = read(name);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            if let Ok(source) = Source::from_bytes(name, changed.into(), Limits::UNTRUSTED)
                && !source.layers().is_empty()
            {
                let pickles = read("stream.pkl");
                assert!(pickles.starts_with(source.bytes()), "{name}: {at}");
            }
        }
    }
}

#[test]
fn cookies() {
    let source = open("cookie");
    let formats: Vec<_> = source.layers().iter().map(|layer| layer.format).collect();
    assert_eq!(formats, [Format::Base64, Format::Zlib]);
    assert_eq!(shown(&source), [format!("'{}¿ûï'", "brine".repeat(9))]);
}

#[test]
fn frames_and_blocks() {
    let frames = open("frames.bin");
    assert_eq!(frames.pickles().framing(), Framing::Connection);
    assert_eq!(shown(&frames), STREAM);
    let shelf = open("shelf.dat");
    assert_eq!(shelf.pickles().framing(), Framing::None);
    assert_eq!(shown(&shelf), STREAM);
    assert_eq!(shown(&open("stream.pkl")), STREAM);
}

#[test]
fn zips() {
    let methods = open("methods.zip");
    let archive = methods.archive().unwrap().unwrap();
    let names: Vec<_> =
        archive.members().iter().map(|member| (member.name.as_str(), member.method)).collect();
    let expected =
        [("README", 0), ("stored.pkl", 0), ("deflated.pkl", 8), ("bzip2.pkl", 12), ("lzma.pkl", 14)];
    assert_eq!(names, expected);
    for member in &archive.members()[1..] {
        assert_eq!(archive.bytes(member).unwrap()[..], read("stream.pkl"), "{}", member.name);
        archive.check(member).unwrap();
        assert_eq!(shown(&archive.open(member).unwrap()), STREAM, "{}", member.name);
    }
    assert!(archive.damage().is_none());
    assert_eq!(archive.orphans(), []);

    let pipe = open("pipe.zip").archive().unwrap().unwrap();
    assert_eq!(pipe.members().len(), 1);
    assert_eq!(pipe.bytes(&pipe.members()[0]).unwrap()[..], read("stream.pkl"));
}

#[test]
fn zips_that_readers_see_differently() {
    let whole = read("methods.zip");
    let source = |bytes: Vec<u8>| Source::from_bytes("odd.zip", bytes.into(), Limits::UNTRUSTED).unwrap();
    // The local header has another name than the directory.
    let at = whole.windows(10).position(|name| name == b"stored.pkl").unwrap();
    let mut renamed = whole.clone();
    renamed[at] = b'S';
    let archive = source(renamed).archive().unwrap().unwrap();
    let odd: Vec<_> = archive.members().iter().filter(|member| member.view == View::LocalHeader).collect();
    assert_eq!(odd.len(), 1);
    assert_eq!((odd[0].name.as_str(), odd[0].size), ("Stored.pkl", 99));
    // The directory knows one member less: its record begins with the next one's entry.
    let directory = whole.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let entry = 46 + "README".len();
    let mut orphaned = whole.clone();
    let end = orphaned.len() - 22;
    let less = |orphaned: &mut Vec<u8>, at: usize, by: u16| {
        let value = u16::from_le_bytes([orphaned[at], orphaned[at + 1]]) - by;
        orphaned[at..at + 2].copy_from_slice(&value.to_le_bytes());
    };
    less(&mut orphaned, end + 10, 1);
    less(&mut orphaned, end + 12, 52);
    orphaned.drain(directory..directory + entry);
    let archive = source(orphaned).archive().unwrap().unwrap();
    assert!(archive.damage().is_none());
    assert_eq!(archive.members().len(), 4);
    let orphans = archive.orphans();
    assert_eq!((orphans.len(), orphans[0].name.as_str(), orphans[0].view), (1, "README", View::Orphan));
    // A pickle with a zip behind it, as zipfile would find it.
    let hidden = source([&read("stream.pkl")[..], &whole].concat());
    assert_eq!(shown(&source(read("stream.pkl"))), STREAM);
    let archive = &hidden.other_archives().unwrap()[0];
    assert_eq!(archive.members().len(), 5);
    assert_eq!(archive.bytes(archive.find("lzma.pkl").unwrap()).unwrap()[..], read("stream.pkl"));
    // A wrong checksum.
    let mut wrong = whole.clone();
    wrong[directory + entry + 16] ^= 1;
    let archive = source(wrong).archive().unwrap().unwrap();
    let member = archive.find("stored.pkl").unwrap();
    assert_eq!(archive.check(member).unwrap_err().kind(), ErrorKind::Checksum);
    assert_eq!(archive.bytes(member).unwrap()[..], read("stream.pkl"));
}

#[test]
fn archives_that_are_cut_off_say_so() {
    for name in ["methods.zip", "pipe.zip", "nested.tar", "torch.pt", "arrays.npz"] {
        let whole = read(name);
        let step = whole.len() / 700 + 1;
        for length in (520..whole.len()).step_by(step).chain(whole.len() - 30..whole.len()) {
            let source =
                Source::from_bytes(name, whole[..length].to_vec().into(), Limits::UNTRUSTED).unwrap();
            let Some(archive) = source.archive().unwrap() else { continue };
            // A tar has blocks of zeros at its end, of which one is enough.
            let is_whole = name == "nested.tar" && length >= 2560;
            assert_eq!(archive.damage().is_none(), is_whole, "{name} up to {length}");
            source.leaves().for_each(drop);
        }
    }
}

#[test]
fn in_each_other() {
    let names: Vec<_> =
        open("nested.tar").leaves().map(|leaf| leaf.unwrap().source.name().to_owned()).collect();
    assert_eq!(names, ["nested.tar:one.pkl", "nested.tar:two.zip:2.pkl.bz2"]);
    let values: Vec<_> = open("nested.tar").leaves().flat_map(|leaf| shown(&leaf.unwrap().source)).collect();
    assert_eq!(values, STREAM[..2]);
}

/// As GNU tar writes them. Without their holes they would be read as other files.
#[test]
fn sparse_files_in_tar_are_left_out_and_told() {
    for name in ["sparse.gnu.tar", "sparse.pax0.0.tar", "sparse.pax0.1.tar", "sparse.pax1.0.tar"] {
        let archive = open(name).archive().unwrap().unwrap();
        let names: Vec<_> = archive.members().iter().map(|member| &*member.name).collect();
        assert_eq!(names, ["one.pkl"], "{name}");
        assert_eq!(shown(&archive.open(&archive.members()[0]).unwrap()), ["'one'"], "{name}");
        let damage = archive.damage().unwrap().kind();
        assert_eq!(damage, ErrorKind::Unsupported("sparse files, which are left out"), "{name}");
    }
}

#[test]
fn torch() {
    let expected = facts("torch.json")["storages"].clone();
    for name in ["torch.pt", "legacy.pt"] {
        let source = open(name);
        let torch = Torch::of(&source).unwrap().unwrap();
        assert_eq!(torch.keys().len(), 3, "{name}");
        let graph = torch.pickle().load_next(&mut Loader::new()).unwrap().unwrap();
        for tensor in ["weight", "bias", "days"] {
            let rebuild = graph.root().get(tensor).or_else(|| item(graph.root(), tensor)).unwrap();
            let Data::PersistentId(id) = rebuild.as_instance().unwrap().args().at(0).unwrap().data() else {
                panic!("{tensor} has no storage");
            };
            let key = id.at(2).unwrap().as_str().unwrap();
            let bytes = torch.storage(key).unwrap();
            assert_eq!(hex(&bytes), expected[tensor], "{name}: {tensor}");
            assert_eq!(source.bytes()[torch.place(key).unwrap()], bytes);
        }
    }
    let whole = read("legacy.pt");
    for length in 200..whole.len() {
        let cut = Source::from_bytes("cut", whole[..length].to_vec().into(), Limits::UNTRUSTED).unwrap();
        assert!(Torch::of(&cut).is_err(), "up to {length}");
    }
    assert!(Torch::of(&open("methods.zip")).unwrap().is_none());
    assert!(Torch::of(&open("stream.pkl")).unwrap().is_none());
}

/// The value of a key of an instance that is a dict.
fn item<'g>(node: Node<'g, Bytes>, key: &str) -> Option<Node<'g, Bytes>> {
    node.as_instance()?.steps().find_map(|step| match step {
        Step::SetItem(mut items) => {
            items.find(|(name, _)| name.as_str() == Some(key)).map(|(_, value)| value)
        }
        _ => None,
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// What `numpy.save` writes.
#[test]
fn headers_of_npy_are_as_numpy_writes_them() {
    let files = package_files().into_iter().filter(|package| package.script == "saved");
    let mut count = 0;
    for package in files {
        let npy = Npy::parse(&package.bytes).unwrap();
        let header = &package.bytes[..npy.data];
        let text: String = match npy.version.0 {
            3 => String::from_utf8(header.to_vec()[12..].to_vec()).unwrap(),
            _ => header[10..].iter().copied().map(char::from).collect(),
        };
        let (descr, _) = text.strip_prefix("{'descr': ").unwrap().split_once(", 'fortran_order'").unwrap();
        let again = Npy::header(descr, npy.fortran_order, &npy.shape);
        assert_eq!(again.escape_ascii().to_string(), header.escape_ascii().to_string(), "{package}");
        count += 1;
    }
    assert_eq!(count, 25);
    // One that is too long for the first version.
    let descr = format!("[('{}', '<f8')]", "a".repeat(1 << 16));
    let header = Npy::header(&descr, false, &[1]);
    let npy = Npy::parse(&header).unwrap();
    assert_eq!((npy.version, npy.data, npy.data % 64, &npy.shape[..]), ((2, 0), header.len(), 0, &[1][..]));
}

#[test]
fn numpy() {
    let arrays = facts("arrays.json")["arrays"].clone();
    let npz = open("arrays.npz");
    let mut seen = 0;
    for leaf in npz.leaves() {
        let leaf = leaf.unwrap();
        let name = leaf.member.unwrap().name;
        is_array(&leaf.source, &arrays[name.strip_suffix(".npy").unwrap()], &name);
        seen += 1;
    }
    assert_eq!(seen, 7);
    is_array(&open("matrix.npy"), &arrays["matrix"], "matrix");
    is_array(&open("objects.npy"), &arrays["objects"], "objects");
    let whole = read("objects.npy");
    for length in 6..whole.len() {
        let cut = Source::from_bytes("cut", whole[..length].to_vec().into(), Limits::UNTRUSTED).unwrap();
        let graph = cut.pickles().load_next(&mut Loader::new());
        assert!(Npy::parse(cut.bytes()).is_err() || !matches!(graph, Some(Ok(_))), "up to {length}");
    }
}

fn is_array(source: &Source, expected: &Value, name: &str) {
    assert_eq!(source.format(), Format::Npy, "{name}");
    let npy = Npy::parse(source.bytes()).unwrap();
    assert_eq!(serde_json::json!(npy.shape), expected["shape"], "{name}");
    assert_eq!(npy.fortran_order, expected["order"] == "F", "{name}");
    match npy.pickle() {
        None => assert_eq!(hex(&source.bytes()[npy.data..]), expected["data"], "{name}"),
        Some(_) => is_objects(load(source)[0].root(), expected, name),
    }
}

/// The list in an array of objects is that which numpy said.
fn is_objects(array: Node<'_, Bytes>, expected: &Value, name: &str) {
    let list = array.as_instance().unwrap().state().unwrap().at(4).unwrap();
    let shown: Vec<_> = list.elements().unwrap().map(|item| item.to_string()).collect();
    assert_eq!(serde_json::json!(shown), expected["data"], "{name}");
}

#[test]
fn joblib() {
    let arrays = facts("arrays.json")["arrays"].clone();
    for name in ["array.joblib", "array.p2.joblib", "array.joblib.lz4"] {
        let source = open(name);
        let graphs = load(&source);
        assert_eq!((graphs.len(), graphs[0].end()), (1, source.bytes().len()), "{name}");
        let root = graphs[0].root();
        for (key, expected) in arrays.as_object().unwrap() {
            let wrapper = root.get(key.as_str()).unwrap().as_instance().unwrap();
            assert_eq!(wrapper.attr("order").unwrap().as_str(), expected["order"].as_str(), "{name}: {key}");
            let attached = wrapper.steps().last();
            let Some(Step::Append(mut attached)) = attached else { panic!("{name}: {key} has no data") };
            let attached = attached.next().unwrap();
            match attached.as_bytes() {
                Some(bytes) => {
                    assert_eq!(hex(bytes), expected["data"], "{name}: {key}");
                    let lent = source.bytes().as_ptr_range();
                    assert!(bytes.is_empty() || lent.contains(&bytes.as_ptr()), "{name}: {key} was copied");
                }
                None => is_objects(attached, expected, key),
            }
        }
        let last = root.get("last").unwrap();
        assert!(last.at(0) == root.get("first") && last.at(1) == last.at(0), "{name}: the memo goes on");
    }
    let whole = read("array.joblib");
    for length in 0..whole.len() {
        assert!(Loader::new().load_observed(&whole[..length], 0, JoblibArrays::new(())).is_err());
    }
}

/// joblib reads as many bytes as the type says, also where numpy would not have written the type so.
#[test]
fn joblib_by_hand() {
    for (dtype, length) in [("f8", 16), ("<i2", 4), ("U3", 24), ("|V5", 10)] {
        let size = [u8::try_from(dtype.len()).unwrap()];
        let stream = [
            b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(\x8c\x05shapeK\x02\x85\x8c\x05dtypecnumpy\ndtype\n\x8c",
            &size[..],
            dtype.as_bytes(),
            b"\x85Rub",
            &vec![0; length],
            b"N\x86.",
        ]
        .concat();
        let graph = Loader::new().load_observed(&stream[..], 0, JoblibArrays::new(())).unwrap();
        let wrapper = graph.root().at(0).unwrap().as_instance().unwrap();
        let Some(Step::Append(mut attached)) = wrapper.steps().last() else { panic!("{dtype}: no data") };
        assert_eq!(attached.next().unwrap().len(), Some(length), "{dtype}");
        assert!(graph.root().at(1).unwrap().is_none());
    }
}
