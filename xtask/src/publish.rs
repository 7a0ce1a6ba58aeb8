//! Builds each crate as it would be published, alone; uploads nothing.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::{Result, shell};

/// Runs `cargo publish --dry-run`, with the sources of this checkout.
pub fn dry_run() -> Result {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    if let Some(home) = home {
        forget_unpacked(&home.join("registry").join("src"))?;
    }
    shell::run(&mut shell::cargo(&["publish", "--workspace", "--dry-run", "--allow-dirty"]))
}

/// Removes what a former dry run has unpacked of the workspace's crates.
///
/// cargo builds each packed crate against the others, which it unpacks from a registry in the target directory. It
/// keeps them by the registry's path, name and version, so a later run in the same place would get the old sources.
fn forget_unpacked(sources: &Path) -> Result {
    let Ok(registries) = fs::read_dir(sources) else { return Ok(()) };
    for registry in registries {
        let registry = registry?;
        // A registry that is a directory has no host in front of its hash.
        if !registry.file_name().to_string_lossy().starts_with('-') {
            continue;
        }
        for krate in fs::read_dir(registry.path())? {
            let krate = krate?;
            if krate.file_name().to_string_lossy().starts_with("halfsour") {
                fs::remove_dir_all(krate.path())?;
            }
        }
    }
    Ok(())
}
