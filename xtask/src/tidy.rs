//! The rules of this workspace that no compiler checks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Result, dependencies, shell};

/// The crates of the workspace that each published crate may depend on directly.
const LAYERS: &[(&str, &[&str])] = &[
    ("halfsour-opcode", &[]),
    ("halfsour-text", &[]),
    ("halfsour-lexer", &["opcode", "text"]),
    ("halfsour-value", &["text"]),
    ("halfsour-vm", &["lexer", "value"]),
    ("halfsour-inspect", &["classes", "files", "json", "lexer", "text", "value", "vm"]),
    ("halfsour-json", &["classes", "text", "value"]),
    ("halfsour-writer", &["opcode", "text", "value"]),
    ("halfsour-derive", &[]),
    ("halfsour-serde", &["classes", "derive", "lexer", "value", "vm", "writer"]),
    ("halfsour-classes", &["text", "value"]),
    ("halfsour-arrow", &["classes", "text", "value"]),
    ("halfsour-audit", &["classes", "files", "lexer", "vm"]),
    (
        "halfsour",
        &[
            "arrow", "audit", "classes", "convert", "derive", "files", "inspect", "json", "lexer", "opcode",
            "serde", "text", "value", "vm", "writer",
        ],
    ),
    ("halfsour-files", &["classes", "lexer", "text", "value", "vm"]),
    (
        "halfsour-convert",
        &["arrow", "classes", "files", "inspect", "json", "lexer", "text", "value", "vm", "writer"],
    ),
    ("halfsour-cli", &["audit", "convert", "files", "halfsour", "inspect"]),
];

/// The crates that know no Python class by name: those below `halfsour-classes`, and the one that asks it.
const NAMELESS: [&str; 7] = ["opcode", "text", "lexer", "value", "vm", "writer", "json"];
const CLASS_NAMES: [&str; 9] =
    ["datetime", "Decimal", "OrderedDict", "defaultdict", "namedtuple", "numpy", "pandas", "torch", "uuid"];

/// The features of `serde_json` that change how it works for all of a program.
const CHANGES: [&str; 4] = ["arbitrary_precision", "float_roundtrip", "preserve_order", "unbounded_depth"];

/// The only file with unsafe code.
const UNSAFE: &str = "crates/files/src/map.rs";

const LONGEST_FILE: usize = 500;
const REASON: &str = "// Long because:";

/// Checks all rules, and names each one that is broken, with its place.
pub fn run() -> Result {
    let mut broken = dependencies::licences()?;
    for package in packages()? {
        layering(&package, &mut broken);
        manifest(&package, &mut broken);
    }
    for directory in ["crates", "fuzz", "benches", "xtask"] {
        for file in rust_files(&shell::root().join(directory))? {
            let text = fs::read_to_string(&file)?;
            source(file.strip_prefix(shell::root())?, &text, &mut broken);
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.join("\n").into()) }
}

/// Returns what cargo says of the packages of the workspace.
pub fn packages() -> Result<Vec<Value>> {
    let metadata =
        shell::output(&mut shell::cargo(&["metadata", "--no-deps", "--format-version", "1"]), &[])?;
    let mut metadata: Value = serde_json::from_str(&metadata)?;
    Ok(serde_json::from_value(metadata["packages"].take())?)
}

fn name_of(package: &Value) -> &str {
    package["name"].as_str().unwrap_or_default()
}

fn layering(package: &Value, broken: &mut Vec<String>) {
    let name = name_of(package);
    if package["publish"].as_array().is_some_and(Vec::is_empty) {
        return;
    }
    let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
        broken.push(format!("{name}: is not in LAYERS of xtask/src/tidy.rs; add it with its dependencies"));
        return;
    };
    let all = package["dependencies"].as_array().into_iter().flatten();
    for (dependency, features) in all
        .filter(|dependency| dependency["kind"].is_null())
        .map(|dependency| (name_of(dependency), &dependency["features"]))
    {
        let ours =
            dependency.strip_prefix("halfsour").map(|rest| rest.strip_prefix('-').unwrap_or("halfsour"));
        if ours.is_some_and(|ours| !allowed.contains(&ours)) || name == "halfsour-opcode" {
            broken.push(format!("{name}: must not depend on {dependency}; see LAYERS of xtask/src/tidy.rs"));
        }
        let features = features.as_array().into_iter().flatten();
        let changes = features.filter_map(Value::as_str).find(|feature| CHANGES.contains(feature));
        // The command is a program of its own, and `inspect` is no default feature.
        if let Some(feature) = changes.filter(|_| !["halfsour-cli", "halfsour-inspect"].contains(&name)) {
            broken.push(format!(
                "{name}: must not turn on {feature} of serde_json for every program that uses it"
            ));
        }
        let is_of_arrow = dependency.starts_with("arrow-") || dependency == "parquet";
        if is_of_arrow && name != "halfsour-arrow" {
            broken.push(format!("{name}: must not depend on {dependency}; only halfsour-arrow may"));
        }
    }
}

fn manifest(package: &Value, broken: &mut Vec<String>) {
    let name = name_of(package);
    let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
    let published = !package["publish"].as_array().is_some_and(Vec::is_empty);
    if published {
        for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
            if !manifest.with_file_name(file).exists() {
                broken.push(format!("{name}: has no {file}"));
            }
        }
        let is_library = package["targets"][0]["kind"][0] == "lib";
        let has_features = package["features"].as_object().is_some_and(|features| !features.is_empty());
        if is_library && has_features && package["metadata"]["docs"]["rs"]["all-features"] != true {
            broken.push(format!("{name}: has features, and does not show them all on docs.rs"));
        }
        // A version would stay in the published manifest. Crates that are tested with each other then wait for each other.
        let all = package["dependencies"].as_array().into_iter().flatten();
        for dependency in all.filter(|dependency| {
            dependency["kind"] == "dev" && dependency["path"].is_string() && dependency["req"] != "*"
        }) {
            let dependency = name_of(dependency);
            broken.push(format!("{name}: the dev-dependency {dependency} must have a path and no version"));
        }
    }
    let manifest = fs::read_to_string(manifest).unwrap_or_default();
    let lints = if name == "halfsour-files" { "unsafe_code = \"deny\"" } else { "[lints]\nworkspace = true" };
    if !manifest.contains(lints) {
        broken.push(format!("{name}: does not inherit the workspace's lints, which forbid unsafe code"));
    }
}

fn source(file: &Path, text: &str, broken: &mut Vec<String>) {
    let lines = text.lines().count();
    if lines > LONGEST_FILE && !text.lines().take(20).any(|line| line.starts_with(REASON)) {
        broken.push(format!(
            "{}: has {lines} lines, more than {LONGEST_FILE}; split it, or say why in a line `{REASON} …` at its head",
            file.display()
        ));
    }
    let in_crate = |name: &&str| file.starts_with(Path::new("crates").join(name).join("src"));
    let code: Vec<_> = text
        .split("#[cfg(test)]\nmod ")
        .take(1)
        .flat_map(str::lines)
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    if !in_crate(&"opcode") && !file.starts_with("xtask") {
        let named: BTreeSet<_> = code.iter().flat_map(|line| quoted_names(line)).collect();
        if named.len() > 20 {
            broken.push(format!("{}: lists opcodes by name, as only halfsour-opcode may", file.display()));
        }
    }
    let blocks = code.iter().filter(|line| line.contains("unsafe {")).count();
    let allows = code.iter().any(|line| line.contains("allow(unsafe_code)"));
    // Everywhere else, the compiler forbids it.
    if in_crate(&"files") && (allows || blocks > 0) && !(file == Path::new(UNSAFE) && blocks == 2) {
        broken.push(format!("{}: has unsafe code; only two blocks, in {UNSAFE}, may have", file.display()));
    }
    if NAMELESS.iter().any(in_crate) {
        let quoted = |name: &&&str| code.iter().any(|line| line.contains(&format!("\"{name}\"")));
        for name in CLASS_NAMES.iter().filter(quoted) {
            broken.push(format!(
                "{}: names the class {name}, as no crate below halfsour-classes may",
                file.display()
            ));
        }
    }
}

/// String literals that look like the names of opcodes.
fn quoted_names(line: &str) -> impl Iterator<Item = &str> {
    let looks_so = |word: &&str| {
        word.len() > 2 && word.bytes().all(|b| b.is_ascii_uppercase() || b"_1234568".contains(&b))
    };
    line.split('"').skip(1).step_by(2).filter(looks_so)
}

fn rust_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
