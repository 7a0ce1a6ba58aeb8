//! Finds real Pythons.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::shell;

/// The versions that write fixtures.
pub const VERSIONS: [&str; 10] = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];

/// The version whose C unpickler is the authority on pickles.
pub const ORACLE: &str = "3.13";

/// The places where version managers and CI put Pythons: the directory of all versions, and the path from a version to its
/// programs.
const MANAGERS: [(&str, &str); 6] = [
    (".pyenv/versions", "bin"),
    (".local/share/uv/python", "bin"),
    (".local/share/mise/installs/python", "bin"),
    (".asdf/installs/python", "bin"),
    (".local/share/rtx/installs/python", "bin"),
    ("/opt/hostedtoolcache/Python", "x64/bin"),
];

/// The Python that need not be installed: npm's package `pyodide` of this release is CPython compiled to WebAssembly, with its C
/// pickler and unpickler, and runs where Node is found.
const COMPILED: (&str, &str) = ("3.14", "314.0.7");

/// An installed Python, or the compiled one.
pub struct Python {
    /// The major and minor version, such as `3.13`.
    pub version: &'static str,
    /// The version with the micro version, such as `3.13.0`.
    pub release: String,
    program: PathBuf,
    /// What stands before the path of a script: options, or how Node runs a Python.
    before: Vec<OsString>,
}

impl Python {
    /// Finds the latest release of this version.
    pub fn find(version: &'static str) -> Option<Self> {
        Self::all(version).max_by_key(|python| micro(&python.release)).or_else(|| Self::compiled(version))
    }

    /// Finds this release of this version.
    pub fn find_release(version: &'static str, release: &str) -> Option<Self> {
        let is_release = |python: &Self| python.release == release;
        Self::all(version).find(is_release).or_else(|| Self::compiled(version).filter(is_release))
    }

    /// Finds the Python that is compiled to WebAssembly. npm installs it under the target directory.
    fn compiled(version: &'static str) -> Option<Self> {
        static INSTALLED: OnceLock<Option<String>> = OnceLock::new();
        if version != COMPILED.0 {
            return None;
        }
        let directory = shell::target().join("pyodide");
        let package = directory.join("node_modules/pyodide");
        let runner = shell::root().join("xtask/python/pyodide.mjs");
        let python = Self {
            version,
            release: String::new(),
            program: "node".into(),
            before: vec![runner.into(), package.clone().into()],
        };
        let release = INSTALLED.get_or_init(|| {
            let wanted = format!("\"version\": \"{}\"", COMPILED.1);
            let is_wanted = |json: String| json.contains(&wanted);
            if !fs::read_to_string(package.join("package.json")).is_ok_and(is_wanted) {
                let mut npm = Command::new("npm");
                npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&directory);
                if !shell::succeeds(npm.arg(format!("pyodide@{}", COMPILED.1))) {
                    println!("Python {version} is not found: it needs Node and npm, to get `pyodide`");
                    return None;
                }
            }
            shell::output(&mut python.script("release.py"), &[]).ok()
        });
        Some(Self { release: release.clone()?, ..python })
    }

    /// Finds all installed releases of this version; one may come several times, under different paths.
    pub fn all(version: &'static str) -> impl Iterator<Item = Self> {
        let name = format!("python{version}");
        let programs =
            directories().map(move |directory| directory.join(&name)).filter(|program| program.is_file());
        let found = programs.filter_map(move |program| {
            Some(Self { version, release: release(&program)?, program, before: vec!["-B".into()] })
        });
        found.filter(move |python| {
            python.release.strip_prefix(version).is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// Whether it is compiled to WebAssembly: without processes, threads and sockets, and with a small stack.
    pub fn is_compiled(&self) -> bool {
        self.program.as_os_str() == "node"
    }

    /// How it reads the lines of `INT` and `LONG`, as the examples that compare take it.
    pub fn int_base(&self) -> &'static str {
        if self.version == COMPILED.0 { "10" } else { "prefix" }
    }

    /// Returns a command that runs a script of `xtask/python`.
    pub fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.before).arg(shell::root().join("xtask/python").join(name));
        // The order of a set of text depends on the seed of hashes.
        command.env("PYTHONHASHSEED", "0").env("PYTHONIOENCODING", "utf-8");
        command
    }

    /// Returns a command that runs a module of an installed Python, as `python -m` does.
    pub fn module(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["-m", name]);
        command
    }
}

fn directories() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<_> = env::split_paths(&path).collect();
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let managed = MANAGERS.iter().flat_map(move |(versions, programs)| {
        let mut found: Vec<_> = fs::read_dir(home.join(versions)).into_iter().flatten().flatten().collect();
        found.sort_by_key(fs::DirEntry::path);
        found.into_iter().map(move |version| version.path().join(programs))
    });
    on_path.into_iter().chain(managed)
}

/// Returns the release that a program reports, if it runs: a version manager's shim may not.
fn release(program: &Path) -> Option<String> {
    let says = "import sys, pickletools; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])";
    let output = Command::new(program).args(["-c", says]).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()
}

fn micro(release: &str) -> Option<u32> {
    release.rsplit('.').next()?.parse().ok()
}
