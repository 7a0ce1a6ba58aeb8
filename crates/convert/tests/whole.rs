//! What a pickle does not hold itself is not lost in silence: arrays in the stream of joblib, storages of torch, files beside.

use halfsour_classes::numpy::Unwrapped;
use halfsour_convert::{Options, convert, each_tensors};
use halfsour_files::{Input, JoblibArrays, Limits, Part};
use halfsour_json::{Style, documents, to_string};
use halfsour_value::Node;
use halfsour_vm::{Loader, from_slice};
use halfsour_writer::{Options as WriterOptions, to_vec};

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../fixtures/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn part(input: &Input) -> Part {
    input.parts_with_tensors().unwrap().next().unwrap().unwrap()
}

fn converted(input: &Input, format: &str, options: &Options) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let result = convert(&part(input), format.parse().unwrap(), options, &mut out);
    result.map(|_| out).map_err(|error| error.to_string())
}

fn shown<S: AsRef<[u8]>>(node: Node<'_, S>) -> String {
    to_string(node, Style::plain()).unwrap()
}

const JOBLIB: [&str; 2] = ["array.joblib", "array.p2.joblib"];

/// Without the reader of joblib's streams, as `pickle.load` would.
#[test]
fn arrays_of_joblib_are_those_of_numpy_in_a_pickle() {
    for name in JOBLIB {
        let file = fixture(&format!("files/{name}"));
        let graph = Loader::new().load_observed(&file[..], 0, JoblibArrays::new(())).unwrap();
        let expected = shown(graph.root());
        let input = Input::from_bytes(name, file.clone().into(), Limits::UNTRUSTED).unwrap();
        for protocol in [None, Some(0), Some(2), Some(4), Some(5)] {
            let mut options = Options::default();
            options.protocol = protocol;
            let pickle = converted(&input, "pickle", &options).unwrap();
            let graph = from_slice(&pickle).unwrap();
            assert_eq!((shown(graph.root()), graph.end()), (expected.clone(), pickle.len()), "{name}");
            assert!(Unwrapped::of(&graph).unwrap().is_none());
        }
        let json = to_string(graph.root(), Style::lossless()).unwrap();
        let document = documents(json.as_bytes()).next().unwrap().unwrap();
        let pickle = to_vec(document.graph.root(), &WriterOptions::default()).unwrap();
        assert_eq!(shown(from_slice(&pickle).unwrap().root()), expected, "{name}");
    }
}

/// An array of joblib is in its place also where the array itself, or some members of a list, are converted.
#[test]
fn a_path_leads_to_an_array_of_joblib() {
    let file = fixture("files/array.joblib");
    let graph = Loader::new().load_observed(&file[..], 0, JoblibArrays::new(())).unwrap();
    let unwrapped = Unwrapped::of(&graph).unwrap().unwrap();
    let input = Input::from_bytes("a file", file.clone().into(), Limits::UNTRUSTED).unwrap();
    let mut seen = 0;
    for (key, value) in graph.root().items().unwrap() {
        let path = key.as_str().unwrap().parse().unwrap();
        let pickle = converted(&input, "pickle", &Options::default().with_path(path)).unwrap();
        assert_eq!(shown(from_slice(&pickle).unwrap().root()), shown(value));
        seen += usize::from(unwrapped.node(value.id()).id() != value.id());
    }
    assert!(seen > 2, "{seen}");
}

#[test]
fn a_wrapper_that_is_not_understood_is_refused() {
    let file = fixture("files/array.joblib");
    let at = file.windows(5).position(|part| part == b"order").unwrap();
    let mut other = file.clone();
    other[at..at + 5].copy_from_slice(b"ordre");
    let graph = Loader::new().load_observed(&other[..], 0, JoblibArrays::new(())).unwrap();
    let why = to_string(graph.root(), Style::lossless()).unwrap_err().to_string();
    assert!(why.contains("joblib's wrapper is of a form that is not known"), "{why}");
    let input = Input::from_bytes("a file", other.into(), Limits::UNTRUSTED).unwrap();
    let why = converted(&input, "pickle", &Options::default()).unwrap_err();
    assert!(why.contains("joblib's wrapper is of a form that is not known"), "{why}");
}

#[test]
fn storages_are_not_lost() {
    let partial = Options::default().with_partial(true);
    for name in ["torch.pt", "legacy.pt"] {
        let input =
            Input::from_bytes(name, fixture(&format!("files/{name}")).into(), Limits::UNTRUSTED).unwrap();
        let why = converted(&input, "pickle", &Options::default()).unwrap_err();
        assert!(why.contains("3 storages: a pickle only refers to what is in them"), "{why}");
        assert!(from_slice(&converted(&input, "pickle", &partial).unwrap()).is_ok());
        assert!(converted(&input, "safetensors", &Options::default()).is_ok());
    }
    // A member of the archive is what it is.
    let input = Input::from_bytes("torch.pt", fixture("files/torch.pt").into(), Limits::UNTRUSTED).unwrap();
    converted(&input.with_member("data.pkl"), "pickle", &Options::default()).unwrap();
}

/// joblib before 0.10 wrote arrays into files of their own.
#[test]
fn a_file_that_is_missing_is_told() {
    let folder = std::env::temp_dir().join(format!("halfsour-whole-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let pickle = folder.join("joblib36.pkl");
    std::fs::write(&pickle, fixture("databases/joblib36.pkl")).unwrap();
    let missing = "joblib36.pkl_01.npy";
    let other = "joblib36.pkl_02.npy";
    std::fs::write(folder.join(other), fixture(&format!("databases/{other}"))).unwrap();
    let input = Input::open(&pickle, Limits::UNTRUSTED).unwrap();
    for format in ["npz", "safetensors", "pickle"] {
        let why = converted(&input, format, &Options::default()).unwrap_err();
        assert!(why.contains(missing) && !why.contains(other), "{format}: {why}");
        converted(&input, format, &Options::default().with_partial(true)).unwrap();
    }
    let mut names = Vec::new();
    let listed = each_tensors(&part(&input), &Options::default(), |tensors| {
        names.extend(tensors.all.iter().map(|tensor| tensor.name.clone()));
        Ok::<_, halfsour_convert::ConvertError>(())
    });
    let why = listed.unwrap_err().to_string();
    assert!(why.contains("missing or cannot be read") && names.len() > 2, "{why} {names:?}");
    std::fs::remove_dir_all(folder).unwrap();
}
