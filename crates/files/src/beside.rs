//! Files beside the one that was asked for, without which it cannot be understood.

use std::path::{Path, PathBuf};
use std::{fs, io};

use bytes::Bytes;

use crate::member::{Listing, Member};
use crate::source::{read, too_long};
use crate::{ErrorKind, Format, dumb};

/// What is known of files beside.
#[derive(Debug)]
pub(crate) enum Beside {
    /// The index of a `dbm.dumb`, if it is there.
    Index(Option<Bytes>),
    /// The path of the file, beside which there may be others that it names, and the room for those.
    #[cfg(feature = "sqlite")]
    Path(PathBuf, Room),
    /// The files of a folder that stand for one, and what is missing of them.
    Parts(Listing),
}

/// The path with more behind its name, which may have a dot of its own.
pub(crate) fn with(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Reads files that may have so many bytes together.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    most: usize,
    left: usize,
}

impl Room {
    pub fn new(most: usize) -> Self {
        Self { most, left: most }
    }

    /// Returns the room that a file of this length leaves.
    pub fn beside(most: usize, length: usize) -> Self {
        Self { most, left: most.saturating_sub(length) }
    }

    /// Reads a file. A pipe, which might never end, is none.
    pub fn read(&mut self, path: &Path) -> io::Result<Bytes> {
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
        self.left = self.left.checked_sub(length).ok_or_else(|| too_long(self.most))?;
        read(path)
    }
}

/// The values and the index of a `dbm.dumb`, of which either file or the name without their suffix was asked for.
pub(crate) fn dumb(path: &Path, most: usize) -> io::Result<Option<(Bytes, Option<Bytes>)>> {
    let suffix = path.extension().and_then(|suffix| suffix.to_str());
    let (data, index) = match suffix {
        Some("dat" | "dir") => (path.with_extension("dat"), path.with_extension("dir")),
        _ if !path.exists() => (with(path, ".dat"), with(path, ".dir")),
        _ => return Ok(None),
    };
    if !data.is_file() {
        return Ok(None);
    }
    let mut room = Room::new(most);
    if !index.is_file() {
        let bytes = room.read(&data)?;
        let is_dumb = suffix == Some("dat") && dumb::is_data(&bytes);
        return Ok(is_dumb.then_some((bytes, None)));
    }
    let index = room.read(&index)?;
    let bytes = if dumb::index(&index).is_some() { Some(room.read(&data)?) } else { None };
    Ok(bytes.map(|bytes| (bytes, Some(index))))
}

/// Returns the error that a path is a folder, and not one that stands for a file. It names the file to read if that is known.
pub(crate) fn is_folder(path: &Path) -> io::Error {
    // As diskcache has it.
    let database = path.join("cache.db");
    let message = if database.is_file() {
        format!("it is a folder; the database of the cache in it is {}", database.display())
    } else {
        "it is a folder; name a file in it".to_owned()
    };
    io::Error::new(io::ErrorKind::IsADirectory, message)
}

/// The parts of a folder that Spark wrote: `part-00000` and so on, and `_SUCCESS` when all were written. `None` says that it is no such folder.
pub(crate) fn spark(folder: &Path, most: usize) -> io::Result<Option<Listing>> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let number =
            path.file_name().and_then(|name| name.to_str()?.strip_prefix("part-")?.parse::<usize>().ok());
        if let Some(number) = number {
            parts.push((number, path));
        }
    }
    parts.sort();
    let (mut listing, mut room, mut has_any) = (Listing::default(), Room::new(most), false);
    for (index, (number, path)) in parts.iter().enumerate() {
        // A pipe, which might never end, is not read, nor is a folder.
        let bytes = if path.is_file() { room.read(path)? } else { Bytes::new() };
        if *number != index {
            listing.damage = Some(ErrorKind::Malformed("parts of the folder are missing"));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        listing.members.push(if Format::magic(&bytes) == Some(Format::SequenceFile) {
            has_any = true;
            Member::owned(name, bytes)
        } else {
            Member::damaged(name, ErrorKind::Malformed("it is no SequenceFile, as other parts are"))
        });
    }
    if !folder.join("_SUCCESS").exists() {
        listing.damage =
            Some(ErrorKind::Malformed("the folder was not written to its end: it has no `_SUCCESS`"));
    }
    Ok(has_any.then_some(listing))
}
