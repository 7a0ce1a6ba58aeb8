//! The table of formats that are known by their first bytes.

use memchr::memmem;

use super::LookAlike;
use crate::member::Member;

/// How a format is known, its name, and what to do.
struct Signature(&'static [u8], &'static str, &'static str);

const TENSORS: &str = "`halfsour tensors`, `show`, `get`, `find`, `json`, `diff` and `convert` read it; it has no pickle to be looked into";
const ARROW: &str = "pyarrow and pandas read it";
const PICTURE: &str = "it is no data of Python; a viewer of pictures shows it";
const PROGRAM: &str = "it is a program, no data of Python";
const ARCHIVE: &str = "unpack it first";

/// Formats by what they begin with.
const TABLE: &[Signature] = &[
    Signature(b"SQLite format 3\0", "a database of SQLite", "`sqlite3 FILE .dump` shows it"),
    Signature(b"PAR1", "a table in parquet", ARROW),
    Signature(b"ARROW1\0\0", "a table in Arrow's file format, or Feather", ARROW),
    Signature(b"\xff\xff\xff\xff", "a table in Arrow's stream format", ARROW),
    Signature(b"FEA1", "a table in Feather, version 1", ARROW),
    Signature(b"GGUF", "a model in GGUF", "llama.cpp and the package gguf read it"),
    Signature(b"ggml", "a model in GGML", "old releases of llama.cpp read it"),
    Signature(b"CBM1", "a model of CatBoost", "`CatBoost().load_model` reads it"),
    Signature(b"tree\nversion=", "a model of LightGBM", "`lightgbm.Booster(model_file=…)` reads it"),
    Signature(b"ORC", "a table in ORC", ARROW),
    Signature(b"Obj\x01", "a file of Avro", "the package fastavro reads it"),
    Signature(b"RDX2\n", "data of R", "`load` in R reads it"),
    Signature(b"RDX3\n", "data of R", "`load` in R reads it"),
    Signature(b"MATLAB 5.0 MAT-file", "data of MATLAB", "`scipy.io.loadmat` reads it"),
    Signature(b"CDF\x01", "data in NetCDF", "the package netCDF4 reads it"),
    Signature(b"CDF\x02", "data in NetCDF", "the package netCDF4 reads it"),
    Signature(b"SIMPLE  =", "data in FITS", "astropy reads it"),
    Signature(b"FS21", "a FileStorage of ZODB", "the package ZODB reads it"),
    Signature(b"bplist00", "a property list of Apple", "Python's plistlib reads it"),
    Signature(b"\xac\xed\0\x05", "serialised objects of Java", "Java reads them"),
    Signature(b"\x89PNG\r\n\x1a\n", "a picture in PNG", PICTURE),
    Signature(b"\xff\xd8\xff", "a picture in JPEG", PICTURE),
    Signature(b"GIF8", "a picture in GIF", PICTURE),
    Signature(b"II*\0", "a picture in TIFF", PICTURE),
    Signature(b"MM\0*", "a picture in TIFF", PICTURE),
    Signature(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "a document of Office before 2007 (.xls, .doc)",
        "`pandas.read_excel` reads its tables",
    ),
    Signature(b"%PDF-", "a document in PDF", "it is no data of Python; a viewer of documents shows it"),
    Signature(b"RIFF", "a file in RIFF (WAV, AVI, WebP)", "it is no data of Python; a player opens it"),
    Signature(b"OggS", "a recording in Ogg", "it is no data of Python; a player opens it"),
    Signature(b"\x7fELF", "a program or library of Linux", PROGRAM),
    Signature(b"MZ\x90\0", "a program or library of Windows", PROGRAM),
    Signature(b"\xcf\xfa\xed\xfe", "a program or library of macOS", PROGRAM),
    Signature(b"\xca\xfe\xba\xbe", "a class of Java, or a program of macOS", PROGRAM),
    Signature(b"\0asm", "a module of WebAssembly", PROGRAM),
    Signature(b"Rar!\x1a\x07", "an archive in RAR", ARCHIVE),
    Signature(b"\x1f\x9d", "a file of compress (.Z)", ARCHIVE),
    Signature(b"MSCF", "an archive in CAB", ARCHIVE),
];

/// Formats whose readers unpickle, or whose members nothing here reads.
const CLOSED: &[&str] = &[
    "a database of SQLite",
    "a FileStorage of ZODB",
    "data in HDF5",
    "a model of Keras in HDF5",
    "a document of Office before 2007 (.xls, .doc)",
    "an archive in RAR",
    "a file of compress (.Z)",
    "an archive in CAB",
];

/// The name of a format of files that may hold pickles where nothing here looks.
pub(crate) fn closed(bytes: &[u8]) -> Option<&'static str> {
    name(bytes).filter(|name| CLOSED.contains(name))
}

/// Whether it is of a format whose readers unpickle nothing, and not only by its first few bytes.
pub(crate) fn loads_nothing(bytes: &[u8]) -> bool {
    name(bytes).is_some_and(|name| !CLOSED.contains(&name)) && is_formed(bytes)
}

/// Whether what the format has elsewhere is there, of those formats that few bytes at the beginning tell, or that are as long as they say.
fn is_formed(bytes: &[u8]) -> bool {
    let number = |at: usize| {
        let bytes = bytes.get(at..)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    let rest = |at: usize| bytes.get(at..).unwrap_or_default();
    match bytes {
        [b'P', b'A', b'R', b'1', ..] => bytes.ends_with(b"PAR1"),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => bytes.ends_with(b"ARROW1"),
        [b'F', b'E', b'A', b'1', ..] => bytes.ends_with(b"FEA1"),
        [b'O', b'R', b'C', ..] => bytes.len() > 4 && bytes[..bytes.len() - 1].ends_with(b"ORC"),
        // A message of so many bytes, in eights.
        [0xff, 0xff, 0xff, 0xff, ..] => {
            number(4).is_some_and(|length| length > 0 && length % 8 == 0 && length <= bytes.len() - 8)
        }
        [b'R', b'I', b'F', b'F', ..] => number(4).is_some_and(|length| length + 9 >= bytes.len()),
        [b'M', b'Z', ..] => number(0x3c).is_some_and(|at| rest(at).starts_with(b"PE\0\0")),
        // A code object, behind what its Python knows of the source.
        [_, _, b'\r', b'\n', ..] => [8, 12, 16].iter().any(|&at| matches!(rest(at), [b'c' | 0xe3, ..])),
        _ => true,
    }
}

/// Whether it is of Arrow and has a type that is a pickle, as it stands or in base64, as parquet has it.
pub(crate) fn has_types_of_python(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"arrow.py_extension_type";
    // The digits that do not depend on what stands before the name or behind it, at each of the places that it may have.
    const IN_BASE64: [&[u8]; 3] = [
        b"YXJyb3cucHlfZXh0ZW5zaW9uX3R5cG",
        b"Fycm93LnB5X2V4dGVuc2lvbl90eXBl",
        b"hcnJvdy5weV9leHRlbnNpb25fdHlwZ",
    ];
    matches!(
        bytes,
        [b'P', b'A', b'R', b'1', ..]
            | [0xff, 0xff, 0xff, 0xff, ..]
            | [b'A', b'R', b'R', b'O', b'W', b'1', ..]
    ) && [NAME].iter().chain(&IN_BASE64).any(|name| memmem::find(bytes, name).is_some())
}

/// Whether HDF5 begins behind other bytes, where its readers look for it.
pub(crate) fn has_hdf5_behind(bytes: &[u8]) -> bool {
    const FIRST: usize = 512;
    std::iter::successors(Some(FIRST), |at| at.checked_mul(2))
        .take_while(|&at| at < bytes.len())
        .any(|at| bytes[at..].starts_with(HDF5))
}

fn name(bytes: &[u8]) -> Option<&'static str> {
    match look(bytes) {
        Some(LookAlike::Other { name, .. }) => Some(name),
        _ => None,
    }
}

/// Archives by the name of a member that they have, in any folder.
const MEMBERS: &[(&str, &str, &str)] = &[
    ("model.weights.h5", "a model of Keras", "`keras.models.load_model` reads it"),
    (
        "saved_model.pb",
        "a SavedModel of TensorFlow in an archive",
        "`tensorflow.saved_model.load` of its folder reads it",
    ),
    ("com.apple.CoreML/model.mlmodel", "a model of Core ML", "the package coremltools reads it"),
    ("xl/workbook.xml", "a workbook of Excel", "`pandas.read_excel` reads it"),
    ("[Content_Types].xml", "a document of Office", "it is no data of Python; its program shows it"),
    ("META-INF/manifest.xml", "an OpenDocument", "`pandas.read_excel` reads its tables"),
    ("AndroidManifest.xml", "a program for Android", PROGRAM),
    ("META-INF/MANIFEST.MF", "a program in Java", PROGRAM),
];

/// The archive that has these members.
pub(super) fn look_at_members(members: &[Member]) -> Option<LookAlike> {
    let has = |wanted: &str| {
        let is_it = |name: &str| {
            name.strip_suffix(wanted).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
        };
        members.iter().any(|member| is_it(&member.name))
    };
    let &(_, name, advice) = MEMBERS.iter().find(|(wanted, _, _)| has(wanted))?;
    Some(LookAlike::Other { name, advice })
}

const HDF5: &[u8] = b"\x89HDF\r\n\x1a\n";

pub(super) fn look(bytes: &[u8]) -> Option<LookAlike> {
    let other = |name, advice| Some(LookAlike::Other { name, advice });
    if let Some(&Signature(_, name, advice)) = TABLE.iter().find(|signature| bytes.starts_with(signature.0)) {
        return other(name, advice);
    }
    let head = &bytes[..bytes.len().min(1 << 16)];
    let has = |word: &str| memmem::find(head, word.as_bytes()).is_some();
    match bytes {
        _ if bytes.starts_with(HDF5) && (has("keras_version") || has("layer_names")) => {
            other("a model of Keras in HDF5", "`keras.models.load_model` and h5py read it")
        }
        _ if bytes.starts_with(HDF5) => other("data in HDF5", "h5py and `pandas.read_hdf` read it"),
        _ if is_safetensors(bytes) => other("tensors in safetensors", TENSORS),
        // The field of the version, then that of the producer, whose length is a byte.
        [0x08, 1..=32, 0x12, length, rest @ ..]
            if *length < 64
                && rest.iter().take((*length).into()).all(|byte| (b' '..=b'~').contains(byte)) =>
        {
            other("a model in ONNX", "the packages onnx and onnxruntime read it")
        }
        [0x08, 1, 0x12, ..] if has("saved_model_main_op") || has("serve") => {
            other("a SavedModel of TensorFlow", "`tensorflow.saved_model.load` of its folder reads it")
        }
        [_, _, _, _, b'T', b'F', b'L', b'3', ..] => {
            other("a model of TensorFlow Lite", "ai-edge-litert reads it")
        }
        [_, _, b'\r', b'\n', ..] => {
            other("compiled code of Python (.pyc)", "it is a program, no data; Python's dis shows it")
        }
        _ => None,
    }
}

/// Whether a length is followed by a header, which is JSON and as long.
fn is_safetensors(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else { return false };
    let header = usize::try_from(u64::from_le_bytes(*length)).ok().and_then(|length| rest.get(..length));
    header.is_some_and(|header| header.starts_with(b"{\"") && header.trim_ascii_end().ends_with(b"}"))
}
