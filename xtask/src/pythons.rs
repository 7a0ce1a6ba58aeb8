//! Finds real Pythons.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::shell;

/// The versions that write fixtures.
pub const VERSIONS: [&str; 9] = ["2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];

/// The version whose C unpickler says what a pickle is.
pub const ORACLE: &str = "3.13";

/// Where version managers, and CI, put Pythons: the directory of all versions, and the way from one to its programs.
const MANAGERS: [(&str, &str); 6] = [
    (".pyenv/versions", "bin"),
    (".local/share/uv/python", "bin"),
    (".local/share/mise/installs/python", "bin"),
    (".asdf/installs/python", "bin"),
    (".local/share/rtx/installs/python", "bin"),
    ("/opt/hostedtoolcache/Python", "x64/bin"),
];

/// A Python that runs.
pub struct Python {
    /// Major and minor version.
    pub version: &'static str,
    /// The same with the micro version.
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

    /// Finds all of this version, the same ones perhaps under several paths.
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

    /// The command that runs one of our scripts.
    pub fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-B").arg(shell::root().join("xtask/python").join(name));
        // The order of sets of text depends on the seed.
        command.env("PYTHONHASHSEED", "0").env("PYTHONIOENCODING", "utf-8");
        command
    }

    /// The command that runs a module, as `python -m` does.
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

/// What the program says that it is, if it runs: a version manager's shim may not.
fn release(program: &Path) -> Option<String> {
    let says = "import sys, pickletools; sys.stdout.write('%d.%d.%d' % sys.version_info[:3])";
    let output = Command::new(program).args(["-c", says]).stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()
}

fn micro(release: &str) -> Option<u32> {
    release.rsplit('.').next()?.parse().ok()
}
