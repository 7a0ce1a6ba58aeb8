//! Files beside the one that was asked for, without which it cannot be understood.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::dumb;
use crate::source::read;

/// What is known of files beside.
#[derive(Debug)]
pub(crate) enum Beside {
    /// The index of a `dbm.dumb`, if it is there.
    Index(Option<Bytes>),
    /// The path of the file, beside which there may be others that it names.
    Path(PathBuf),
}

/// The path with more behind its name, which may have a dot of its own.
pub(crate) fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The values and the index of a `dbm.dumb`, of which either file or the name without their suffix was asked for.
pub(crate) fn dumb(path: &Path) -> io::Result<Option<(Bytes, Option<Bytes>)>> {
    let suffix = path.extension().and_then(|suffix| suffix.to_str());
    let (data, index) = match suffix {
        Some("dat" | "dir") => (path.with_extension("dat"), path.with_extension("dir")),
        _ if !path.exists() => (with(path, ".dat"), with(path, ".dir")),
        _ => return Ok(None),
    };
    if !data.is_file() {
        return Ok(None);
    }
    if !index.is_file() {
        let bytes = read(&data)?;
        let is_dumb = suffix == Some("dat") && dumb::is_data(&bytes);
        return Ok(is_dumb.then_some((bytes, None)));
    }
    let index = read(&index)?;
    let bytes = if dumb::index(&index).is_some() { Some(read(&data)?) } else { None };
    Ok(bytes.map(|bytes| (bytes, Some(index))))
}
