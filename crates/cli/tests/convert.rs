//! `halfsour convert`: what it wrote, read by others, and compared with what torch said of the same tensors.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use halfsour::classes::memory::Scalar;
use halfsour::classes::torch::{ByteOrder, DType, Element};
use halfsour::lexer::text::repr;
use halfsour_files::{Member, Npy, Source};
use halfsour_fixtures::{Package, package_files, packages};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};

/// A file for the test of this name.
fn scratch(test: &str, file: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("convert-{test}"));
    fs::create_dir_all(&directory).unwrap();
    directory.join(file)
}

fn fixture(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/files").join(file)
}

/// Runs the command; what it prints, or its complaint.
fn halfsour(args: &[&str], files: &[&PathBuf]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_halfsour"));
    let output = command.args(args).args(files).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn convert(input: &PathBuf, output: &PathBuf, args: &[&str]) -> Result<String, String> {
    halfsour(&[&["convert"], args, &["-o"]].concat(), &[output, input])
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

/// Converts all that torch wrote, and compares what is read from it with what torch said; only what has a type that the format
/// lacks is refused.
fn hold_what_torch_says(format: &str, is_lacking: fn(&str) -> bool, read: fn(&[u8]) -> Found) {
    let (mut written, mut refused) = (0, 0);
    for package in packages().into_iter().chain(package_files()).filter(|package| package.script == "tensors")
    {
        let name = package.to_string();
        let Package { bytes, value, .. } = package;
        let (input, output) = (scratch(format, "in.pt"), scratch(format, &format!("out.{format}")));
        fs::write(&input, bytes).unwrap();
        let mut expected = BTreeMap::new();
        described("", &value, &mut expected);
        if let Err(why) = convert(&input, &output, &[]) {
            let lacks = |tensor: &Value| {
                is_lacking(tensor["dtype"].as_str().unwrap())
                    || !tensor["layout"].is_null()
                    || tensor["device"] == "meta"
            };
            assert!(expected.is_empty() || expected.values().any(lacks), "{name}: {why}");
            refused += 1;
            continue;
        }
        let mut found = read(&fs::read(&output).unwrap());
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
    let source = Source::from_bytes("npz", file.to_vec().into(), halfsour_files::Limits::UNTRUSTED).unwrap();
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
        let (input, output) = (scratch("saved", "in.pkl"), scratch("saved", "out.npy"));
        fs::write(&input, &package.bytes).unwrap();
        convert(&input, &output, &[]).unwrap_or_else(|why| panic!("{package}: {why}"));
        assert_eq!(fs::read(&output).unwrap(), files[&package.name], "{package}");
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
    let (input, npz) = (scratch("numpy", "in.pkl"), scratch("numpy", "out.npz"));
    let safetensors = scratch("numpy", "out.safetensors");
    // The same array, thrice.
    fs::write(&input, sample("arrays", "shared")).unwrap();
    convert(&input, &npz, &[]).unwrap();
    let found = arrays(&fs::read(&npz).unwrap());
    let grid: Vec<_> = (0..6).map(Value::from).collect();
    let expected = (DType::Int32, vec![2, 3], grid.clone());
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["0", "1", "2.again"].map(|name| (name.to_owned(), expected.clone()))
    );
    convert(&input, &safetensors, &["--tied", "dedup"]).unwrap();
    let file = fs::read(&safetensors).unwrap();
    let tensors = SafeTensors::deserialize(&file).unwrap();
    assert_eq!(tensors.names(), ["0"]);
    // In Fortran's order, and with the bytes of numbers in the other: in safetensors they have none of both.
    fs::write(&input, sample("arrays", "big endian Fortran")).unwrap();
    convert(&input, &safetensors, &[]).unwrap();
    let file = fs::read(&safetensors).unwrap();
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
        fs::write(&input, sample("arrays", name)).unwrap();
        let found = convert(&input, &npz, &[]).unwrap_err();
        assert!(found.contains(why), "{name}: {found}");
    }
    fs::write(&input, sample("arrays", "structured")).unwrap();
    let found = convert(&input, &safetensors, &[]).unwrap_err();
    assert!(found.contains("safetensors has no type [('x', '<i4'), ('y', '>f8')]"), "{found}");
}

#[test]
fn tied_tensors() {
    let (input, output) = (fixture("torch.pt"), scratch("tied", "out.safetensors"));
    let _ = fs::remove_file(&output);
    // In it, `row` is a part of `weight`.
    let why = convert(&input, &output, &["--tied", "refuse"]).unwrap_err();
    assert!(why.contains("row and weight share elements") || why.contains("weight and row share"), "{why}");
    assert!(!output.exists());
    convert(&input, &output, &["--tied", "dedup"]).unwrap();
    assert_eq!(SafeTensors::deserialize(&fs::read(&output).unwrap()).unwrap().len(), 4);

    let is_tied = |package: &Package| package.name == "state_dict tied" && package.file.is_some();
    for package in package_files().into_iter().filter(is_tied) {
        let input = scratch("tied", "in.pt");
        fs::write(&input, package.bytes).unwrap();
        let why = convert(&input, &output, &["--tied", "refuse"]).unwrap_err();
        assert!(why.contains("first.weight and second.weight share elements"), "{why}");
        for (tied, count) in [("copy", 8), ("dedup", 7)] {
            convert(&input, &output, &["--tied", tied]).unwrap();
            let file = fs::read(&output).unwrap();
            assert_eq!(SafeTensors::deserialize(&file).unwrap().len(), count);
            let (_, metadata) = SafeTensors::read_metadata(&file).unwrap();
            let metadata = metadata.metadata().as_ref().unwrap();
            let kept = metadata.get("second.weight").map(String::as_str);
            assert_eq!(kept, (tied == "dedup").then_some("first.weight"));
        }
    }
}

/// What was listed before is listed after it.
#[test]
fn safetensors_are_listed() {
    let (input, output) = (fixture("torch.pt"), scratch("list", "out.safetensors"));
    convert(&input, &output, &[]).unwrap();
    let list = |file: &PathBuf| -> Vec<(Value, Value, Value, Value)> {
        let rows: Value = serde_json::from_str(&halfsour(&["tensors", "--json"], &[file]).unwrap()).unwrap();
        let of = |row: &Value| {
            (row["name"].clone(), row["dtype"].clone(), row["shape"].clone(), row["bytes"].clone())
        };
        let mut rows: Vec<_> = rows.as_array().unwrap().iter().map(of).collect();
        rows.sort_by_key(|row| row.0.to_string());
        rows
    };
    assert_eq!(list(&input), list(&output));
    // Also out of archives.
    for member in ["old.pt", "new.pt"] {
        let output = scratch("list", "member.safetensors");
        convert(&fixture(&format!("models.tar:{member}")), &output, &[]).unwrap();
        assert_eq!(list(&input), list(&output), "{member}");
    }
}

#[test]
fn other_formats_are_what_other_commands_write() {
    let input = fixture("stream.pkl");
    let json = halfsour(&["json"], &[&input]).unwrap();
    for extension in ["json", "jsonl", "ndjson"] {
        let output = scratch("others", &format!("out.{extension}"));
        convert(&input, &output, &[]).unwrap();
        assert_eq!(fs::read_to_string(output).unwrap(), json);
    }
    let (output, same) = (scratch("others", "out.pkl"), scratch("others", "same.pkl"));
    for protocol in ["0", "2", "5"] {
        convert(&input, &output, &["--protocol", protocol]).unwrap();
        halfsour(&["rewrite", "--protocol", protocol, "-o"], &[&same, &input]).unwrap();
        assert_eq!(fs::read(&output).unwrap(), fs::read(&same).unwrap());
    }
    // A list is its rows, as is a deque.
    let list = scratch("others", "list.pkl");
    for pickle in [&b"(](K\x01K\x02e](K\x03eNl."[..], b"(ccollections\ndeque\n)R(](K\x01K\x02e](K\x03eNe."] {
        fs::write(&list, pickle).unwrap();
        let output = scratch("others", "rows");
        convert(&list, &output, &["--to", "ndjson"]).unwrap();
        assert_eq!(fs::read_to_string(output).unwrap(), "[1,2]\n[3]\nnull\n");
    }
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
        let input = scratch("payloads", "in.pkl");
        fs::write(&input, &package.bytes).unwrap();
        let extension = match printed["class"].as_str().unwrap_or_default() {
            class if class.starts_with("xgboost") => "ubj",
            class if class.starts_with("lightgbm") => "txt",
            class if class.starts_with("catboost") => "cbm",
            class if class.ends_with("LazyFrame") => "plan",
            _ => "arrows",
        };
        let output = scratch("payloads", &format!("out.{extension}"));
        let _ = fs::remove_file(&output);
        let result = convert(&input, &output, &[]);
        let exported = printed["model"].as_str().or(printed["file"].as_str());
        let is_series = printed["class"] == "polars.series.series.Series";
        assert_eq!(result.is_ok(), exported.is_some() || is_series, "{name}: {result:?}");
        let Ok(file) = fs::read(&output) else {
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
        let other = scratch("payloads", if extension == "ubj" { "out.txt" } else { "out.ubj" });
        let why = convert(&input, &other, &[]).unwrap_err();
        assert!(why.contains(&format!("a file of .{extension}")), "{why}");
        convert(&input, &other, &["--to", "payload"]).unwrap();
        assert!(fs::read(&other).unwrap() == file, "{name}");
        written += 1;
    }
    assert!(written >= 11 && refused >= 7, "{written} {refused}");
}

#[test]
fn what_cannot_be_converted_leaves_the_file_alone() {
    let output = scratch("refused", "out.safetensors");
    fs::write(&output, "kept").unwrap();
    // One element, 2⁴⁰ times: more than may be written of so small a file.
    let pickle = b"ctorch._utils\n_rebuild_tensor_v2\n(ctorch.storage\n_load_from_bytes\n(C\x00tRK\x00(\
        \x8a\x06\x00\x00\x00\x00\x00\x01tK\x00\x85\x89}tR.";
    let is_tensor = |package: &Package| package.name == "pickled tensor" && package.protocol == Some(4);
    let tensor = packages().into_iter().find(is_tensor).unwrap().bytes;
    let shape = b"K\x02K\x03\x86";
    let at = tensor.windows(shape.len()).position(|window| window == shape).unwrap();
    let strides = b"K\x03K\x01\x86";
    let mut many = tensor[..at].to_vec();
    many.extend(b"\x8a\x06\x00\x00\x00\x00\x00\x01K\x01\x86");
    let rest = &tensor[at + shape.len()..];
    let next = rest.windows(strides.len()).position(|window| window == strides).unwrap();
    many.extend(&rest[..next]);
    many.extend(b"K\x00K\x00\x86");
    many.extend(&rest[next + strides.len()..]);
    // Frames have lengths, which readers do not need.
    let cases: [(&[u8], &[&str], &str); 7] = [
        (b"N.", &[], "there are no tensors in it"),
        (b"N.", &["--to", "json", "--limits", "opcodes=1"], "opcodes"),
        (pickle, &[], "tensor: its storage cannot be read"),
        (&many, &[], "it would be larger than the limit"),
        (b"]ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x02tQK\0K\x02\x85K\x01\x85\x89}tRa.", &[], "0: its storage is in another file"),
        (b"N", &["--to", "pickle"], "the input ends"),
        (b"(cxgboost.core\nBooster\n)\x81}Vhandle\nC\x03{L\x00sbp0\ng0\nl.", &["--to", "payload"], "not well-formed"),
    ];
    for (pickle, args, why) in cases {
        let input = scratch("refused", "in.pkl");
        fs::write(&input, pickle).unwrap();
        let found = convert(&input, &output, args).unwrap_err();
        assert!(found.contains(why), "{found}");
        assert_eq!(fs::read(&output).unwrap(), b"kept");
    }
    let why = convert(&fixture("torch.pt"), &output, &["--to", "npy"]).unwrap_err();
    assert!(why.contains("there are 4 arrays in it; .npz takes all of them"), "{why}");
    let why = convert(&fixture("torch.pt"), &output, &["--to", "npz", "--tied", "dedup"]).unwrap_err();
    assert!(why.contains("numpy's files cannot say which arrays are left out"), "{why}");
    let why = convert(&fixture("nested.tar"), &output, &[]).unwrap_err();
    assert!(why.contains("an archive; --member says what to convert of it"), "{why}");
    let why = convert(&fixture("stream.pkl"), &scratch("refused", "out.xyz"), &[]).unwrap_err();
    assert!(why.contains("its extension says no format"), "{why}");
    let safetensors = scratch("list", "again.safetensors");
    convert(&fixture("torch.pt"), &safetensors, &[]).unwrap();
    let why = convert(&safetensors, &output, &[]).unwrap_err();
    assert!(why.contains("safetensors, of which nothing else is made"), "{why}");
    // Nothing else is left beside it.
    let left = fs::read_dir(output.parent().unwrap()).unwrap().count();
    assert_eq!(left, 2);
}
