//! Files of tensors and of packages, read by others, and compared with what torch said of the same tensors.

use std::collections::BTreeMap;

use halfsour_classes::memory::Scalar;
use halfsour_classes::torch::{ByteOrder, DType, Element};
use halfsour_convert::{Options, Tied, convert, convert_with_progress, tensors as list};
use halfsour_files::{Input, Limits, Member, Npy, Part, Source};
use halfsour_fixtures::{Package, package_files, packages};
use halfsour_text::repr;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../fixtures/files/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn part(file: &[u8], member: Option<&str>) -> Part {
    let input = Input::from_bytes("a file", file.to_vec().into(), Limits::UNTRUSTED).unwrap();
    let input = if let Some(member) = member { input.with_member(member) } else { input };
    input.parts_with_tensors().unwrap().next().unwrap().unwrap()
}

/// Converts a file; or what there is to complain of.
fn converted(file: &[u8], format: &str, options: &Options) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let result = convert(&part(file, None), format.parse().unwrap(), options, &mut out);
    result.map(|_| out).map_err(|error| error.to_string())
}

/// Converts a file with the default options.
fn plain(file: &[u8], format: &str) -> Result<Vec<u8>, String> {
    converted(file, format, &Options::default())
}

/// The tensors of a description, by name; sparse ones and the parts of others as themselves.
fn described(prefix: &str, value: &Value, all: &mut BTreeMap<String, Value>) {
    let name = |last: &str| if prefix.is_empty() { last.to_owned() } else { format!("{prefix}.{last}") };
    let pairs = ["items", "parameters", "buffers", "modules", "state"].map(|part| value[part].as_array());
    match value["kind"].as_str() {
        Some("tensor") => {
            all.insert(if prefix.is_empty() { "tensor" } else { prefix }.to_owned(), value.clone());
        }
        Some("dict" | "OrderedDict" | "module" | "script") => {
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

/// By the names of safetensors' documentation.
fn dtype(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::BOOL => "bool",
        Dtype::U8 => "uint8",
        Dtype::U16 => "uint16",
        Dtype::U32 => "uint32",
        Dtype::U64 => "uint64",
        Dtype::I8 => "int8",
        Dtype::I16 => "int16",
        Dtype::I32 => "int32",
        Dtype::I64 => "int64",
        Dtype::F8_E4M3 => "float8_e4m3fn",
        Dtype::F8_E4M3FNUZ => "float8_e4m3fnuz",
        Dtype::F8_E5M2 => "float8_e5m2",
        Dtype::F8_E5M2FNUZ => "float8_e5m2fnuz",
        Dtype::F8_E8M0 => "float8_e8m0fnu",
        Dtype::F16 => "float16",
        Dtype::BF16 => "bfloat16",
        Dtype::F32 => "float32",
        Dtype::F64 => "float64",
        Dtype::C64 => "complex64",
        _ => panic!("{dtype}"),
    }
}

fn shown(element: Element) -> Value {
    let float = |value| json!(repr::Float(value).to_string());
    match element {
        Element::Scalar(Scalar::Bool(value)) => value.into(),
        Element::Scalar(Scalar::Int(value)) => value.into(),
        Element::Scalar(Scalar::UInt(value)) => value.into(),
        Element::Scalar(Scalar::Float(value)) => float(value),
        Element::Scalar(Scalar::Complex(re, im)) => json!([float(re), float(im)]),
        Element::Packed(_) => panic!("torch shows none of these"),
    }
}

/// The tensors of a file by their names: type, shape and elements.
type Found = BTreeMap<String, (DType, Vec<u64>, Vec<Value>)>;

/// Converts all that torch wrote, and compares what is read from it with what torch said; only what has a type that
/// the format lacks is refused.
fn hold_what_torch_says(format: &str, is_lacking: fn(&str) -> bool, read: fn(&[u8]) -> Found) {
    let (mut written, mut refused) = (0, 0);
    for package in packages().into_iter().chain(package_files()).filter(|package| package.script == "tensors")
    {
        let name = package.to_string();
        let Package { bytes, value, .. } = package;
        let mut expected = BTreeMap::new();
        described("", &value, &mut expected);
        let output = plain(&bytes, format);
        if let Err(why) = &output {
            let lacks = |tensor: &Value| {
                is_lacking(tensor["dtype"].as_str().unwrap())
                    || !tensor["layout"].is_null()
                    || tensor["device"] == "meta"
            };
            assert!(expected.is_empty() || expected.values().any(lacks), "{name}: {why}");
            refused += 1;
            continue;
        }
        let mut found = read(&output.unwrap());
        assert_eq!(found.len(), expected.len(), "{name}");
        for (tensor, told) in expected {
            let Some((dtype, shape, elements)) = found.remove(&tensor) else {
                panic!("{name}: {tensor} is missing")
            };
            assert_eq!(json!(format!("torch.{dtype}")), told["dtype"], "{name}: {tensor}");
            assert_eq!(json!(shape), told["shape"], "{name}: {tensor}");
            assert_eq!(json!(elements), told["elements"], "{name}: {tensor}");
            written += 1;
        }
    }
    assert!(written > 250 && refused > 20, "{written} {refused}");
}

fn tensors(file: &[u8]) -> Found {
    let tensor = |(name, view): (String, TensorView<'_>)| {
        let dtype = DType::from_name(dtype(view.dtype())).unwrap();
        let read = |bytes| shown(dtype.read(bytes, ByteOrder::Little).unwrap());
        let elements = view.data().chunks_exact(dtype.size()).map(read).collect();
        (name, (dtype, view.shape().iter().map(|length| *length as u64).collect(), elements))
    };
    SafeTensors::deserialize(file).unwrap().tensors().into_iter().map(tensor).collect()
}

#[test]
fn safetensors_hold_what_torch_says() {
    let is_lacking =
        |dtype: &str| dtype == "torch.complex128" || dtype.contains("qint") || dtype.contains("quint");
    hold_what_torch_says("safetensors", is_lacking, tensors);
}

fn arrays(file: &[u8]) -> Found {
    let source = Source::from_bytes("npz", file.to_vec().into(), Limits::UNTRUSTED).unwrap();
    let archive = source.archive().unwrap().unwrap();
    let array = |member: &Member| {
        archive.check(member).unwrap();
        let bytes = archive.bytes(member).unwrap();
        let npy = Npy::parse(&bytes).unwrap();
        assert!(!npy.fortran_order);
        let dtype = DType::from_name(match &npy.descr.as_str().unwrap()[1..] {
            "b1" => "bool",
            "u1" => "uint8",
            "u2" => "uint16",
            "u4" => "uint32",
            "u8" => "uint64",
            "i1" => "int8",
            "i2" => "int16",
            "i4" => "int32",
            "i8" => "int64",
            "f2" => "float16",
            "f4" => "float32",
            "f8" => "float64",
            "c8" => "complex64",
            "c16" => "complex128",
            other => panic!("{other}"),
        });
        let dtype = dtype.unwrap();
        let read = |bytes| shown(dtype.read(bytes, ByteOrder::Little).unwrap());
        let elements = bytes[npy.data..].chunks_exact(dtype.size()).map(read).collect();
        (member.name.strip_suffix(".npy").unwrap().to_owned(), (dtype, npy.shape, elements))
    };
    assert!(archive.damage().is_none() && archive.orphans().is_empty());
    archive.members().iter().map(array).collect()
}

#[test]
fn npz_hold_what_torch_says() {
    let is_lacking = |dtype: &str| {
        ["bfloat16", "complex32", "float8", "float4", "qint", "quint"].iter().any(|kind| dtype.contains(kind))
    };
    hold_what_torch_says("npz", is_lacking, arrays);
}

#[test]
fn npy_is_what_numpy_saves() {
    let files: BTreeMap<_, _> = package_files()
        .into_iter()
        .filter(|package| package.script == "saved")
        .map(|package| (package.name.clone(), package.bytes))
        .collect();
    let mut count = 0;
    for package in packages().into_iter().filter(|package| package.script == "saved") {
        let file = plain(&package.bytes, "npy").unwrap_or_else(|why| panic!("{package}: {why}"));
        assert_eq!(file, files[&package.name], "{package}");
        count += 1;
    }
    assert_eq!(count, 25);
}

#[test]
fn arrays_of_numpy() {
    let sample = |script: &str, name: &str| {
        let found = packages().into_iter().find(|package| {
            package.script == script && package.name == name && package.environment == "3.13"
        });
        found.unwrap().bytes
    };
    // The same array, thrice.
    let shared = sample("arrays", "shared");
    let found = arrays(&plain(&shared, "npz").unwrap());
    let grid: Vec<_> = (0..6).map(Value::from).collect();
    let expected = (DType::Int32, vec![2, 3], grid.clone());
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["0", "1", "2.again"].map(|name| (name.to_owned(), expected.clone()))
    );
    let dedup = Options::default().with_tied(Tied::Dedup);
    let file = converted(&shared, "safetensors", &dedup).unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    assert_eq!(tensors.names(), ["0"]);
    // In Fortran's order, and with the bytes of numbers in the other: in safetensors they have none of both.
    let file = plain(&sample("arrays", "big endian Fortran"), "safetensors").unwrap();
    let tensor = SafeTensors::deserialize(&file).unwrap().tensor("array").unwrap();
    let floats: Vec<_> = (0..6_u8).flat_map(|number| f64::from(number).to_le_bytes()).collect();
    assert_eq!((tensor.dtype(), tensor.shape(), tensor.data()), (Dtype::F64, &[2, 3][..], &floats[..]));
    for (name, why) in [
        ("objects", "of objects"),
        ("masked", "masked"),
        ("structured with gaps", "numpy's files have no type"),
        ("ml_dtypes bfloat16", "numpy's files have no type bfloat16"),
        ("StringDType", "of objects"),
    ] {
        let found = plain(&sample("arrays", name), "npz").unwrap_err();
        assert!(found.contains(why), "{name}: {found}");
    }
    let found = plain(&sample("arrays", "structured"), "safetensors").unwrap_err();
    assert!(found.contains("safetensors has no type [('x', '<i4'), ('y', '>f8')]"), "{found}");
}

#[test]
fn tied_tensors() {
    let tied = |tied| Options::default().with_tied(tied);
    let file = fixture("torch.pt");
    // In it, `row` is a part of `weight`.
    let why = converted(&file, "safetensors", &tied(Tied::Refuse)).unwrap_err();
    assert!(why.contains("row and weight share elements") || why.contains("weight and row share"), "{why}");
    let output = converted(&file, "safetensors", &tied(Tied::Dedup)).unwrap();
    assert_eq!(SafeTensors::deserialize(&output).unwrap().len(), 4);

    let is_tied = |package: &Package| package.name == "state_dict tied" && package.file.is_some();
    for package in package_files().into_iter().filter(is_tied) {
        let why = converted(&package.bytes, "safetensors", &tied(Tied::Refuse)).unwrap_err();
        assert!(why.contains("first.weight and second.weight share elements"), "{why}");
        for (rule, count) in [(Tied::Copy, 8), (Tied::Dedup, 7)] {
            let file = converted(&package.bytes, "safetensors", &tied(rule)).unwrap();
            assert_eq!(SafeTensors::deserialize(&file).unwrap().len(), count);
            let (_, metadata) = SafeTensors::read_metadata(&file).unwrap();
            let metadata = metadata.metadata().as_ref().unwrap();
            let kept = metadata.get("second.weight").map(String::as_str);
            assert_eq!(kept, (rule == Tied::Dedup).then_some("first.weight"));
        }
    }
}

/// What was listed before is listed after it.
#[test]
fn safetensors_are_listed() {
    let listed = |part: &Part| {
        let lists = list(part, &Options::default()).unwrap();
        let rows = lists[0].tensors.iter();
        let mut rows: Vec<_> =
            rows.map(|row| (row.name.clone(), row.dtype.clone(), row.shape.clone(), row.bytes)).collect();
        rows.sort();
        rows
    };
    let file = fixture("torch.pt");
    let before = listed(&part(&file, None));
    assert_eq!(before, listed(&part(&plain(&file, "safetensors").unwrap(), None)));
    // Also out of archives.
    for member in ["old.pt", "new.pt"] {
        let mut out = Vec::new();
        let member = part(&fixture("models.tar"), Some(member));
        convert(&member, "safetensors".parse().unwrap(), &Options::default(), &mut out).unwrap();
        assert_eq!(before, listed(&part(&out, None)), "{}", member.name());
    }
}

/// A list is its rows, as is any other sequence.
#[test]
fn lines_of_json() {
    let pickles = [
        &b"(](K\x01K\x02e](K\x03eNl."[..],
        b"((K\x01K\x02t(K\x03tNt.",
        b"(ccollections\ndeque\n)R(](K\x01K\x02e](K\x03eNe.",
        b"ccollections\nUserList\n)\x81}X\x04\0\0\0data](](K\x01K\x02e](K\x03eNesb.",
    ];
    for pickle in pickles {
        let lines = String::from_utf8(plain(pickle, "ndjson").unwrap()).unwrap();
        assert_eq!(lines, "[1,2]\n[3]\nnull\n");
    }
}

/// The bytes that are written are told; and how many they will be, where that is known.
#[test]
fn progress_is_told() {
    let file = fixture("torch.pt");
    let mut told = Vec::new();
    let mut out = Vec::new();
    let format = "safetensors".parse().unwrap();
    convert_with_progress(&part(&file, None), format, &Options::default(), &mut out, |progress| {
        told.push(progress);
    })
    .unwrap();
    let last = told.last().unwrap();
    assert_eq!((last.written, last.total), (out.len() as u64, Some(out.len() as u64)));
    assert!(told.is_sorted_by_key(|progress| progress.written) && told.len() > 2);
}

/// What packages keep in formats of their own becomes the file that they exported themselves.
#[test]
fn payloads_are_files_of_their_packages() {
    let unhex = |text: &str| -> Vec<u8> {
        let bytes = text.as_bytes().chunks(2).map(|digits| std::str::from_utf8(digits).unwrap());
        bytes.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
    };
    let (mut written, mut refused) = (0, 0);
    for package in packages().into_iter().filter(|package| package.script == "others") {
        let (name, printed) = (package.to_string(), &package.value);
        let extension = match printed["class"].as_str().unwrap_or_default() {
            class if class.starts_with("xgboost") => "ubj",
            class if class.starts_with("lightgbm") => "txt",
            class if class.starts_with("catboost") => "cbm",
            class if class.ends_with("LazyFrame") => "plan",
            _ => "arrows",
        };
        let of = |extension: &str| {
            converted(&package.bytes, "payload", &Options::default().with_extension(extension))
        };
        let result = of(extension);
        let exported = printed["model"].as_str().or(printed["file"].as_str());
        let is_series = printed["class"] == "polars.series.series.Series";
        assert_eq!(result.is_ok(), exported.is_some() || is_series, "{name}: {result:?}");
        let Ok(file) = result else {
            assert!(result.unwrap_err().contains("nothing in it is a file of its package"), "{name}");
            refused += 1;
            continue;
        };
        match exported {
            Some(text) if extension == "txt" => assert!(file == text.as_bytes(), "{name}"),
            Some(bytes) => assert!(file == unhex(bytes), "{name}"),
            None => {}
        }
        // The wrong extension is refused, any is good if the format is asked for.
        let why = of(if extension == "ubj" { "txt" } else { "ubj" }).unwrap_err();
        assert!(why.contains(&format!("a file of .{extension}")), "{why}");
        assert!(plain(&package.bytes, "payload").unwrap() == file, "{name}");
        written += 1;
    }
    assert!(written >= 11 && refused >= 7, "{written} {refused}");
}
