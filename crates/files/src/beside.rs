//! Files beside the one that was asked for, without which it cannot be understood.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::dumb;
use crate::fields::Fields;
use crate::source::read;

/// What is known of files beside.
#[derive(Debug)]
pub(crate) enum Beside {
    /// The index of a `dbm.dumb`, if it is there.
    Index(Option<Bytes>),
    /// The path of the file, beside which there may be others that it names.
    Path(PathBuf),
}

/// The values and the index of a `dbm.dumb`, of which either file or the name without their suffix was asked for.
pub(crate) fn dumb(path: &Path) -> io::Result<Option<(Bytes, Option<Bytes>)>> {
    // The name of a shelf may have a dot: its suffix is not to be replaced.
    let with = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let suffix = path.extension().and_then(|suffix| suffix.to_str());
    let (data, index) = match suffix {
        Some("dat" | "dir") => (path.with_extension("dat"), path.with_extension("dir")),
        _ if !path.exists() => (with(".dat"), with(".dir")),
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

/// A database of SQLite with what its log, a file beside it, has to add.
pub(crate) fn with_log(bytes: &Bytes, path: &Path) -> io::Result<Bytes> {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    match fs::metadata(&name) {
        Ok(file) if file.is_file() && file.len() > 0 => {
            let log = read(Path::new(&name))?;
            Ok(apply(bytes, &log).unwrap_or_else(|| bytes.clone()))
        }
        _ => Ok(bytes.clone()),
    }
}

/// Puts the pages of the log into the database, up to the last transaction that is complete. `None` says that there is none.
fn apply(bytes: &[u8], log: &[u8]) -> Option<Bytes> {
    const HEAD: usize = 32;
    const FRAME: usize = 24;
    let fields = Fields::big(log);
    // The last bit of the magic number tells the order in which checksums take words.
    let is_big = match fields.u32(0)? {
        0x377f_0682 => false,
        0x377f_0683 => true,
        _ => return None,
    };
    let page_size = fields.u32(8).filter(|size| (512..=1 << 16).contains(size))?;
    let salt = log.get(16..24)?;
    let mut sum = checksum((0, 0), &log[..24], is_big);
    let mut pages: Vec<(usize, usize)> = Vec::new();
    let mut made: Option<Vec<u8>> = None;
    let mut at = HEAD;
    while let Some(page) = log.get(at + FRAME..at + FRAME + page_size) {
        let head = &log[at..at + FRAME];
        sum = checksum(checksum(sum, &head[..8], is_big), page, is_big);
        let stated = (fields.u32(at + 16)?, fields.u32(at + 20)?);
        if &head[8..16] != salt || stated != (sum.0 as usize, sum.1 as usize) {
            break;
        }
        pages.push((fields.u32(at)?.checked_sub(1)?, at + FRAME));
        let size = fields.u32(at + 4)?;
        // Only the last page of a transaction states how many pages the database has.
        if size > 0 {
            let made = made.get_or_insert_with(|| bytes.to_vec());
            // All pages that are new are in the log: a database that is longer than both is none.
            if size.checked_mul(page_size)? > bytes.len() + log.len() {
                break;
            }
            made.resize(size * page_size, 0);
            for (number, from) in pages.drain(..) {
                let start = number.checked_mul(page_size)?;
                if let Some(place) = made.get_mut(start..start + page_size) {
                    place.copy_from_slice(&log[from..from + page_size]);
                }
            }
        }
        at += FRAME + page_size;
    }
    made.map(Bytes::from)
}

/// The checksum of the log, over pairs of words.
fn checksum(sum: (u32, u32), bytes: &[u8], is_big: bool) -> (u32, u32) {
    let (words, _) = bytes.as_chunks::<4>();
    let word = |&bytes: &[u8; 4]| if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    words.chunks_exact(2).fold(sum, |(first, second), pair| {
        let first = first.wrapping_add(word(&pair[0])).wrapping_add(second);
        (first, second.wrapping_add(word(&pair[1])).wrapping_add(first))
    })
}
