//! `halfsour convert`: its arguments and its files. `halfsour-convert` tests what is in them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

#[cfg(feature = "arrow")]
use halfsour_convert::FORMATS;
use halfsour_fixtures::{Package, packages};

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
    let advice = "an archive; --member says what to convert of it: one.pkl, two.zip:2.pkl.bz2";
    assert!(why.contains(advice), "{why}");
    let why = convert(&fixture("stream.pkl"), &scratch("refused", "out.xyz"), &[]).unwrap_err();
    assert!(why.contains("unknown extension; use --to FORMAT"), "{why}");
    // Nothing else is left beside it.
    let left = fs::read_dir(output.parent().unwrap()).unwrap().count();
    assert_eq!(left, 2);
}

/// What `to_pickle("x.zip")` of pandas writes.
#[test]
fn the_only_pickle_of_an_archive_is_converted() {
    let [archive, output] = ["one.zip", "out.json"].map(|name| scratch("only", name));
    let mut zip = halfsour_files::ZipWriter::new(Vec::new());
    zip.member("readme.txt", &[b"text"]).unwrap();
    zip.member("one.pkl", &[b"\x80\x04K\x07."]).unwrap();
    fs::write(&archive, zip.finish().unwrap()).unwrap();
    convert(&archive, &output, &[]).unwrap();
    assert_eq!(fs::read_to_string(&output).unwrap().trim(), "7");
}

#[test]
fn files_of_arrays_are_inputs() {
    let safetensors = scratch("arrays", "again.safetensors");
    convert(&fixture("torch.pt"), &safetensors, &[]).unwrap();
    // It is known by its content.
    let npz = scratch("arrays", "again.bin");
    convert(&safetensors, &npz, &["--to", "npz", "--deflate"]).unwrap();
    let back = scratch("arrays", "back.safetensors");
    convert(&npz, &back, &[]).unwrap();
    // The header, and what comes after it.
    let parts = |file: &PathBuf| {
        let file = fs::read(file).unwrap();
        let (length, rest) = file.split_first_chunk().unwrap();
        let (header, data) = rest.split_at(u64::from_le_bytes(*length).try_into().unwrap());
        (String::from_utf8(header.to_vec()).unwrap(), data.to_vec())
    };
    let ((header, data), (header_back, data_back)) = (parts(&safetensors), parts(&back));
    assert_eq!(data, data_back);
    // Only tensors of torch are marked so.
    assert!(header.contains(r#""__metadata__":{"format":"pt"}"#), "{header}");
    assert!(!header_back.contains("__metadata__"), "{header_back}");
    convert(&fixture("matrix.npy"), &scratch("arrays", "matrix.csv"), &[]).unwrap();
}

/// README.md lists the formats in the order of the library's table.
#[test]
#[cfg(feature = "arrow")]
fn the_readme_lists_all_formats() {
    let readme = include_str!("../README.md");
    let rows: Vec<_> = readme.lines().filter(|line| line.starts_with("  | `")).collect();
    assert_eq!(rows.len(), FORMATS.len());
    for (row, format) in rows.iter().zip(FORMATS) {
        let extensions: Vec<_> =
            format.extensions().iter().map(|extension| format!("`.{extension}`")).collect();
        let expected = format!("  | `{format}` | {} | ", extensions.join(", "));
        assert!(row.starts_with(&expected), "{row}: expected {expected}");
    }
}
