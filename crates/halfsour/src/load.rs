//! [`load`]: from the path of a file to a graph.

use std::path::Path;
#[cfg(not(feature = "files"))]
use std::{fs, io};

use halfsour_value::Graph;

use crate::Result;

/// Reads the pickle in a file, or the first one, as Python's `pickle.load` does.
///
/// With the feature `files` the file may be compressed, an archive, or one of torch, numpy or joblib; of a torch file, the pickle that
/// refers to its storages is read. Other archives must hold one member with pickles: `files::Input` opens any of several.
///
/// ```
/// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/people.pkl");
/// let graph = halfsour::load(file)?;
/// assert_eq!(graph.root().path("[0].favourites[1]")?.as_str(), Some("full-sour"));
/// # Ok::<(), halfsour::Error>(())
/// ```
///
/// # Errors
///
/// If the file cannot be read, holds no pickle, or exceeds the default limits.
pub fn load(path: impl AsRef<Path>) -> Result<Graph> {
    imp(path.as_ref())
}

#[cfg(not(feature = "files"))]
fn imp(path: &Path) -> Result<Graph> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    Ok(halfsour_vm::from_bytes(fs::read(path).map_err(named)?)?)
}

#[cfg(feature = "files")]
fn imp(path: &Path) -> Result<Graph> {
    use halfsour_files::{Input, Limits};
    use halfsour_vm::Loader;

    let part = Input::open(path, Limits::default())?.one_part()?;
    let mut loader = Loader::new();
    let graph = part.pickles().load_next(&mut loader).unwrap_or_else(|| loader.load(part.bytes().clone()));
    Ok(graph.map_err(|error| part.fail(0, 0, error))?)
}
