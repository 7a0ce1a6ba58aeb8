//! What programs write around a pickle: heads, signatures, and data that is written backwards.

use std::ops::Range;

use memchr::memchr;

use crate::sure::{self, begins_as_pickle, is_sure};
use crate::{Format, lengths, texts};

/// The envelope that it is, and where in it the contents are.
pub(crate) fn find(bytes: &[u8], depth: usize) -> Option<(Format, Range<usize>)> {
    let from = |format, start: usize| Some((format, start..bytes.len()));
    if bytes.first() == Some(&b'!') && is_sure(&bytes[1..], depth) {
        return from(Format::Cachelib, 1);
    }
    if has_expiry(bytes) {
        return from(Format::Cachelib, EXPIRY);
    }
    if let Some(start) = dogpile(bytes, depth) {
        return from(Format::Dogpile, start);
    }
    if is_hashed(bytes, depth) {
        return from(Format::DjangoSession, HASH + 1);
    }
    if let Some(range) = signed(bytes, depth) {
        return Some((Format::DjangoSession, range));
    }
    is_reversed(bytes).then_some((Format::Reversed, 0..bytes.len()))
}

/// Where in an envelope of this format the contents are, if they are there as they are.
pub(crate) fn contents(format: Format, bytes: &[u8]) -> Option<Range<usize>> {
    if !matches!(format, Format::Cachelib | Format::Dogpile | Format::DjangoSession) {
        return None;
    }
    find(bytes, sure::DEPTH).map(|(_, range)| range)
}

/// The length of the time of expiry that `cachelib.FileSystemCache` writes before a pickle.
const EXPIRY: usize = 4;

/// Whether four bytes stand before one whole pickle, and it is none with them.
fn has_expiry(bytes: &[u8]) -> bool {
    bytes.get(EXPIRY..).is_some_and(|pickle| {
        matches!(pickle, [0x80, 2..=5, ..])
            && sure::end_of_opcodes(pickle).is_some_and(|end| pickle[end..].trim_ascii().is_empty())
            && sure::end_of_opcodes(bytes).is_none()
            && lengths::places(bytes).is_none()
    })
}

/// Where the pickle begins after the metadata, an object of JSON, and `|`.
fn dogpile(bytes: &[u8], depth: usize) -> Option<usize> {
    const LONGEST: usize = 4096;
    if bytes.first() != Some(&b'{') {
        return None;
    }
    let at = memchr(b'|', &bytes[..bytes.len().min(LONGEST)])?;
    (bytes[at - 1] == b'}' && is_sure(&bytes[at + 1..], depth)).then_some(at + 1)
}

/// The length of the hash that Django wrote before the pickle of a session until 3.1.
const HASH: usize = 40;

fn is_hashed(bytes: &[u8], depth: usize) -> bool {
    bytes.get(HASH) == Some(&b':')
        && bytes[..HASH].iter().all(u8::is_ascii_hexdigit)
        && is_sure(&bytes[HASH + 1..], depth)
}

/// The base64 in `base64:time:signature`, before which a dot says that it is compressed: `django.core.signing.dumps`.
fn signed(bytes: &[u8], depth: usize) -> Option<Range<usize>> {
    let text = bytes.trim_ascii();
    // First, for it ends soon in what is no text: a file may be larger than memory.
    if !text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte)) {
        return None;
    }
    let mut colons = memchr::memchr_iter(b':', text);
    let (first, second) = (colons.next()?, colons.next()?);
    let is_signed = colons.next().is_none()
        && (first + 2..first + 12).contains(&second)
        && (27..=86).contains(&(text.len() - second - 1));
    let start = usize::from(text.starts_with(b"."));
    let inside = text.get(start..first).filter(|_| is_signed)?;
    if texts::format(inside, depth) != Some(Format::Base64) {
        return None;
    }
    let before = bytes.len() - bytes.trim_ascii_start().len();
    Some(before + start..before + first)
}

/// Whether it is compressed data from its end to its beginning, with a pickle in it.
fn is_reversed(bytes: &[u8]) -> bool {
    const HEAD: usize = 4096;
    let [.., flags, 0x78] = bytes else { return false };
    if Format::magic(&[0x78, *flags]) != Some(Format::Zlib) {
        return false;
    }
    let head: Vec<u8> = bytes.iter().rev().take(HEAD).copied().collect();
    let mut out = [0; 64];
    let mut decompress = flate2::Decompress::new(true);
    let status = decompress.decompress(&head, &mut out, flate2::FlushDecompress::None);
    let given = usize::try_from(decompress.total_out()).unwrap_or(0);
    status.is_ok() && begins_as_pickle(&out[..given])
}
