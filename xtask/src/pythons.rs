//! Finds real Pythons.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::shell;

/// The versions that write fixtures.
pub const VERSIONS: [&str; 9] = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];

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

/// An installed Python.
pub struct Python {
    /// The major and minor version, such as `3.13`.
    pub version: &'static str,
    /// The version with the micro version, such as `3.13.0`.
    pub release: String,
    program: PathBuf,
}

impl Python {
    /// Finds the latest release of this version.
    pub fn find(version: &'static str) -> Option<Self> {
        Self::all(version).max_by_key(|python| micro(&python.release))
    }

    /// Finds this release of this version.
    pub fn find_release(version: &'static str, release: &str) -> Option<Self> {
        Self::all(version).find(|python| python.release == release)
    }

    /// Finds all installed releases of this version; one may come several times, under different paths.
    pub fn all(version: &'static str) -> impl Iterator<Item = Self> {
        let name = format!("python{version}");
        let programs =
            directories().map(move |directory| directory.join(&name)).filter(|program| program.is_file());
        let found =
            programs.filter_map(move |program| Some(Self { version, release: release(&program)?, program }));
        found.filter(move |python| {
            python.release.strip_prefix(version).is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// Returns a command that runs a script of `xtask/python`.
    pub fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-B").arg(shell::root().join("xtask/python").join(name));
        // The order of a set of text depends on the seed of hashes.
        command.env("PYTHONHASHSEED", "0").env("PYTHONIOENCODING", "utf-8");
        command
    }

    /// Returns a command that runs a module, as `python -m` does.
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
