//! Ren'Py's files: scripts, `.rpyc`, and archives, `.rpa`.

use std::ops::Range;

use bytes::Bytes;
use halfsour_value::{Data, Node};
use halfsour_vm::Loader;

use crate::coding::decode;
use crate::fields::Fields;
use crate::limits::Budget;
use crate::member::{Listing, Member};
use crate::{ErrorKind, Format};

/// The slots of a script: number, place and length of each, up to the number 0. Each is a pickle in zlib: 1 is the script as it was
/// written, 2 as it was transformed.
pub(crate) fn script(bytes: &Bytes) -> Listing {
    const MAGIC: usize = 10;
    const ENTRY: usize = 12;
    let mut listing = Listing::default();
    let fields = Fields::little(bytes);
    for at in (MAGIC..).step_by(ENTRY) {
        let Some(slot) = fields.u32(at) else {
            listing.damage = Some(ErrorKind::Truncated);
            break;
        };
        if slot == 0 {
            break;
        }
        let range = range(fields.u32(at + 4), fields.u32(at + 8), bytes.len());
        let name = format!("slot {slot}");
        let member = match range {
            Some(range) => Member::slice(name, range),
            None => Member::damaged(name, ErrorKind::Truncated),
        };
        listing.members.push(member.in_group(0));
    }
    listing
}

fn range(start: Option<usize>, length: Option<usize>, most: usize) -> Option<Range<usize>> {
    let start = start?;
    let end = start.checked_add(length?)?;
    (end <= most).then_some(start..end)
}

const INVALID: ErrorKind = ErrorKind::Malformed("the index of the archive is invalid");

/// The members of an archive. Its index is a pickle in zlib, which is aside.
pub(crate) fn archive(bytes: &Bytes, budget: &Budget) -> Listing {
    let mut listing = Listing::default();
    if let Err(kind) = entries(bytes, budget, &mut listing) {
        listing.damage = Some(kind);
    }
    listing
}

/// The first line has the place of the index, and from release 3 on the parts of a key, with which all numbers in the index are
/// masked: `RPA-3.0 0000000000000042 deadbeef`.
fn entries(bytes: &Bytes, budget: &Budget, listing: &mut Listing) -> Result<(), ErrorKind> {
    const LONGEST: usize = 256;
    let head = &bytes[..bytes.len().min(LONGEST)];
    let line = head.split(|&byte| byte == b'\n').next().and_then(|line| str::from_utf8(line).ok());
    let mut words = line.ok_or(INVALID)?.split_ascii_whitespace();
    let release = words.next();
    let number = |word: &str| u64::from_str_radix(word, 16).map_err(|_| INVALID);
    let place = words.next().ok_or(INVALID).and_then(number)?;
    let skipped = match release {
        Some("RPA-2.0" | "RPA-3.0") => 0,
        Some("RPA-3.2") => 1,
        _ => return Err(ErrorKind::Unsupported("this release of the format")),
    };
    let key = words.skip(skipped).map(number).try_fold(0, |key, part| Ok(key ^ part?))?;
    let start = usize::try_from(place).ok().filter(|&start| start < bytes.len());
    let start = start.ok_or(ErrorKind::Truncated)?;
    let packed = &bytes[start..];
    let index = decode(Format::Zlib, packed, budget)?;
    let end = bytes.len() - index.rest;
    listing.aside.push(Member::slice("the index".to_owned(), start..end).aside());
    let graph = Loader::new().load(&index.bytes[..]).map_err(|_| INVALID)?;
    let Data::Dict(items) = graph.root().data() else { return Err(INVALID) };
    for (name, pieces) in items {
        let name = name.as_str().map(str::to_owned).or_else(|| Some(latin1(name.as_bytes()?)));
        let Data::List(pieces) = pieces.data() else { return Err(INVALID) };
        for piece in pieces {
            // The index may name one list many times.
            budget.spend(Member::cost(name.as_ref().map_or(0, String::len)))?;
            let name = name.clone().ok_or(INVALID)?;
            let member = match member(bytes, name.clone(), piece, key, budget) {
                Ok((member, damage)) => {
                    listing.damage = listing.damage.or(damage);
                    member
                }
                Err(kind) => Member::damaged(name, kind),
            };
            listing.members.push(member);
        }
    }
    Ok(())
}

/// A name in a byte string: each byte is a character, as where Python 3 reads what Python 2 wrote.
fn latin1(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().copied().map(char::from).collect())
}

/// A member is at a place, `(offset, length)`, and may have a beginning that is in the index: `(offset, length, prefix)`.
///
/// Of one that ends behind the archive, or has a negative length, there is all up to the end, as Python's `read` gives it, and that is
/// damage.
fn member<S: AsRef<[u8]>>(
    bytes: &Bytes,
    name: String,
    piece: Node<'_, S>,
    key: u64,
    budget: &Budget,
) -> Result<(Member, Option<ErrorKind>), ErrorKind> {
    let mut parts = piece.elements().ok_or(INVALID)?;
    let mut number = || Some(parts.next()?.as_i64()? ^ key.cast_signed());
    let place = [number(), number()];
    let prefix = match parts.next().map(Node::data) {
        None | Some(Data::None) => Vec::new(),
        Some(Data::Bytes(prefix) | Data::ByteString(prefix)) => prefix.to_vec(),
        Some(Data::Str(prefix)) => {
            let characters = prefix.as_str().ok_or(INVALID)?.chars();
            characters.map(u8::try_from).collect::<Result<_, _>>().map_err(|_| INVALID)?
        }
        Some(_) => return Err(INVALID),
    };
    let [Some(start), Some(length)] = place else { return Err(INVALID) };
    let start =
        usize::try_from(start).ok().filter(|&start| start <= bytes.len()).ok_or(ErrorKind::Truncated)?;
    let most = bytes.len() - start;
    // The length is that of the whole, of which the prefix is a part.
    let rest = usize::try_from(length).ok().and_then(|length| length.checked_sub(prefix.len()));
    let damage = rest.is_none_or(|rest| rest > most).then_some(ErrorKind::Truncated);
    let range = start..start + rest.unwrap_or(most).min(most);
    if prefix.is_empty() {
        return Ok((Member::slice(name, range), damage));
    }
    budget.spend((prefix.len() + range.len()) as u64)?;
    let whole = [&prefix[..], &bytes[range]].concat();
    Ok((Member::owned(name, whole.into()), damage))
}
