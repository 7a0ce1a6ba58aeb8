//! What SQLite has written beside a database: the log of transactions that are complete, and the journal of one that is not.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;

use crate::beside::{Room, with};
use crate::fields::Fields;
use crate::{Error, ErrorKind, Format};

/// The database as SQLite reads it: as it was before a transaction that was not finished, and with all that were.
pub(crate) fn settled(bytes: &Bytes, path: &Path, room: &mut Room) -> Result<Bytes, Error> {
    let name = path.to_string_lossy();
    let mut beside = |suffix: &str| {
        let path = with(path, suffix);
        match path.metadata() {
            Ok(file) if file.is_file() && file.len() > 0 => {
                room.read(&path).map(Some).map_err(|error| Error::io(error, &name))
            }
            _ => Ok(None),
        }
    };
    let mut settled = bytes.clone();
    if let Some(journal) = beside("-journal")? {
        let before = rolled_back(bytes, &journal);
        let before = before.map_err(|kind| Error::new(kind, &name, Some(Format::Sqlite)))?;
        settled = before.unwrap_or(settled);
    }
    if let Some(log) = beside("-wal")? {
        settled = with_log(&settled, &log).unwrap_or(settled);
    }
    Ok(settled)
}

/// The database with the pages that the journal has saved. `None` says that it has none: it was made invalid when its transaction ended.
///
/// The journal is segments, each a header that fills a sector, and pages between their numbers and checksums.
fn rolled_back(bytes: &[u8], journal: &[u8]) -> Result<Option<Bytes>, ErrorKind> {
    const MAGIC: &[u8] = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
    const INVALID: ErrorKind = ErrorKind::Malformed("the journal beside the database is invalid");
    /// In the place of the number of pages: as many as there are.
    const ALL: usize = u32::MAX as usize;
    if !journal.starts_with(MAGIC) {
        return Ok(None);
    }
    if journal.len() > 2 * MAGIC.len() && journal.ends_with(MAGIC) {
        return Err(ErrorKind::Unsupported("the journal of a transaction over several databases"));
    }
    let fields = Fields::big(journal);
    let field = |at: usize| fields.u32(at).ok_or(INVALID);
    let (size, sector, page) = (field(16)?, field(20)?, field(24)?);
    let is_size = |size: usize| size.is_power_of_two() && (32..=1 << 16).contains(&size);
    // All pages that were cut off are in the journal.
    let length = size.checked_mul(page).filter(|&length| length <= bytes.len() + journal.len());
    let length = length.filter(|_| is_size(sector) && is_size(page)).ok_or(INVALID)?;
    let mut made = bytes.to_vec();
    made.resize(length, 0);
    let mut at = 0;
    while journal.get(at..).is_some_and(|rest| rest.starts_with(MAGIC)) {
        let (count, nonce) = (field(at + 8)?, field(at + 12)?);
        at += sector;
        let mut left = count;
        while left > 0 {
            let Some(data) = journal.get(at + 4..at + 4 + page) else { break };
            let Some(sum) = fields.u32(at + 4 + page) else { break };
            // From behind, every 200th byte.
            let bytes = (1..).map_while(|n| page.checked_sub(200 * n).filter(|&place| place > 0));
            let stated = bytes.fold(nonce, |sum, place| sum.wrapping_add(data[place].into())) & ALL;
            if sum != stated {
                // What was not yet written whole was not yet changed in the database.
                return Ok(Some(made.into()));
            }
            let start =
                field(at)?.checked_sub(1).and_then(|number| number.checked_mul(page)).ok_or(INVALID)?;
            if let Some(place) = made.get_mut(start..).and_then(|rest| rest.get_mut(..page)) {
                place.copy_from_slice(data);
            }
            at += page + 8;
            left -= usize::from(count != ALL);
        }
        at = at.next_multiple_of(sector);
    }
    Ok(Some(made.into()))
}

/// The database with the pages of the log, up to the last transaction that is complete. `None` says that there is none.
fn with_log(bytes: &[u8], log: &[u8]) -> Option<Bytes> {
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
    // The pages of the transaction that is being read, and those of all before, by their number: each with its place in the log.
    let mut begun: Vec<(usize, usize)> = Vec::new();
    let mut pages: BTreeMap<usize, usize> = BTreeMap::new();
    // The size of the database, and how much of what it had without the log is left.
    let mut sizes: Option<(usize, usize)> = None;
    let mut at = HEAD;
    while let Some(page) = log.get(at + FRAME..at + FRAME + page_size) {
        let head = &log[at..at + FRAME];
        sum = checksum(checksum(sum, &head[..8], is_big), page, is_big);
        let stated = (fields.u32(at + 16)?, fields.u32(at + 20)?);
        if &head[8..16] != salt || stated != (sum.0 as usize, sum.1 as usize) {
            break;
        }
        begun.push((fields.u32(at)?.checked_sub(1)?, at + FRAME));
        let size = fields.u32(at + 4)?;
        // Only the last page of a transaction states how many pages the database has.
        if size > 0 {
            let length = size.checked_mul(page_size)?;
            // All pages that are new are in the log: a database that is longer than both is none.
            if length > bytes.len() + log.len() {
                break;
            }
            let kept = sizes.map_or(bytes.len(), |(_, kept)| kept).min(length);
            sizes = Some((length, kept));
            pages.extend(begun.drain(..));
            drop(pages.split_off(&size));
        }
        at += FRAME + page_size;
    }
    let (length, kept) = sizes?;
    let mut made = bytes[..kept].to_vec();
    made.resize(length, 0);
    for (number, from) in pages {
        made[number * page_size..][..page_size].copy_from_slice(&log[from..from + page_size]);
    }
    Some(made.into())
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
