//! Databases of Python's `dbm.dumb`: values in a file `.dat`, each at the beginning of a block, and an index in `.dir`.

use std::ops::Range;

use bytes::Bytes;
use halfsour_text::escape;

use crate::beside::Beside;
use crate::member::{Listing, Member};
use crate::sure::end_of_opcodes;
use crate::{ErrorKind, Pickles};

/// The keys with the places of their values, as the index has them. Lines that come later replace earlier ones.
///
/// `None` says that it is no index.
pub(crate) fn index(text: &[u8]) -> Option<Vec<(Vec<u8>, Range<usize>)>> {
    let mut keys: Vec<(Vec<u8>, Range<usize>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for line in text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
        let (key, range) = entry(line)?;
        match places.get(&key) {
            Some(&place) => {
                let (_, old): &mut (_, Range<usize>) = &mut keys[place];
                *old = range;
            }
            None => {
                places.insert(key.clone(), keys.len());
                keys.push((key, range));
            }
        }
    }
    Some(keys)
}

/// A line: `'key', (512, 25)`.
fn entry(line: &[u8]) -> Option<(Vec<u8>, Range<usize>)> {
    let end = memchr::memrchr(b'(', line)?;
    let key = line[..end].trim_ascii_end().strip_suffix(b",")?.trim_ascii_end();
    let (place, length) = str::from_utf8(line[end + 1..].strip_suffix(b")")?).ok()?.split_once(',')?;
    // Python 2 writes the `L` of long ints.
    let number = |text: &str| text.trim().trim_end_matches('L').parse::<usize>().ok();
    let start = number(place)?;
    Some((escape::string_line(key).ok()?.into_owned(), start..start.checked_add(number(length)?)?))
}

/// The values that the index names. Without one, those that stand in the blocks, by their offsets.
pub(crate) fn listing(bytes: &Bytes, beside: Option<&Beside>) -> Listing {
    let mut listing = Listing::default();
    let Some(Beside::Index(Some(text))) = beside else {
        listing.damage = Some(ErrorKind::NoIndex);
        let mut pickles = Pickles::within(bytes.clone(), 0..bytes.len());
        while let Some(part) = pickles.part() {
            let Some(end) = end_of_opcodes(&bytes[part.clone()]) else { break };
            pickles.pass(part.start + end);
            listing.members.push(Member::slice(format!("[{}]", part.start), part.start..part.start + end));
        }
        return listing;
    };
    for (key, range) in index(text).unwrap_or_default() {
        let name = String::from_utf8_lossy(&key).into_owned();
        let is_there = range.end <= bytes.len();
        let member =
            if is_there { Member::slice(name, range) } else { Member::damaged(name, ErrorKind::Truncated) };
        listing.members.push(member.in_group(0));
    }
    listing
}

/// Whether there are pickles, each at the beginning of a block, and nothing else.
pub(crate) fn is_data(bytes: &Bytes) -> bool {
    let mut pickles = Pickles::within(bytes.clone(), 0..bytes.len());
    let Some(end) = end_of_opcodes(bytes) else { return false };
    pickles.pass(end);
    let next = pickles.part().map(|part| part.start);
    next.is_some_and(|next| next > end && end_of_opcodes(&bytes[next..]).is_some())
}
