//! ZODB's files: `Data.fs`, which grows by transactions, and exports.
//!
//! A record is two pickles, the class and the state, written with one memo; they are shown as one, a pair. Objects refer to others by
//! persistent ids, which have their oid.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use bytes::Bytes;

use halfsour_lexer::Opcode;

use crate::coding::decode;
use crate::fields::Fields;
use crate::limits::Budget;
use crate::member::{Listing, Member};
use crate::sure::end_of_opcodes;
use crate::{ErrorKind, Format};

const INVALID: ErrorKind = ErrorKind::Malformed("a record is invalid");

/// The records of an export: `ZEXP`, then for each its oid, its length and its pickles, up to an oid that is all ones.
pub(crate) fn export(bytes: &Bytes) -> Listing {
    let mut listing = Listing::default();
    let fields = Fields::big(bytes);
    let mut at = 4;
    listing.damage = loop {
        let Some(oid) = fields.u64(at) else { break Some(ErrorKind::Truncated) };
        if oid == u64::MAX {
            break None;
        }
        let end = fields.place(at + 8).and_then(|length| (at + 16).checked_add(length));
        let Some(end) = end.filter(|&end| end <= bytes.len()) else { break Some(ErrorKind::Truncated) };
        listing.members.push(Member::slice(id(oid), at + 16..end).in_group(0));
        at = end;
    };
    listing
}

/// The records of a `Data.fs`: the newest of each oid; earlier ones, and those of transactions that were undone, are aside.
pub(crate) fn storage(bytes: &Bytes) -> Listing {
    let mut storage =
        Storage { bytes, places: HashMap::new(), revisions: BTreeMap::new(), aside: Vec::new() };
    let damage = storage.transactions().err();
    let (mut members, mut aside) = (Vec::new(), storage.aside);
    for (oid, mut revisions) in storage.revisions {
        // Without data, the object is no more: the transaction that made it was undone.
        if let Some(Revision { data: Some(data), .. }) = revisions.pop() {
            members.push(Member::slice(id(oid), data).in_group(0));
        }
        aside.extend(revisions.into_iter().rev().filter_map(|revision| revision.aside(oid)));
    }
    Listing { members, aside, damage }
}

/// What the package zlibstorage writes before a record that it compressed.
pub(crate) const COMPRESSED: &[u8] = b".z";

/// The two pickles of a record that zlibstorage compressed.
pub(crate) fn decompressed(record: &[u8], budget: &Budget) -> Result<Bytes, ErrorKind> {
    Ok(decode(Format::Zlib, &record[COMPRESSED.len()..], budget)?.bytes)
}

/// The two pickles of a record as one of the same length, of a pair: what is between them, the first STOP, goes, and a tuple is made
/// at the end. Anything else stays as it is.
pub(crate) fn joined(record: Bytes) -> Bytes {
    let Some(first) = end_of_opcodes(&record) else { return record };
    let (class, state) = record.split_at(first);
    if end_of_opcodes(state) != Some(state.len()) {
        return record;
    }
    let [class, state] = [class, state].map(|pickle| &pickle[..pickle.len() - 1]);
    [class, state, &[Opcode::Tuple2.byte(), Opcode::Stop.byte()]].concat().into()
}

/// The number as ZODB prints it: `0x0d`.
fn id(number: u64) -> String {
    let digits = format!("{number:x}");
    let zero = if digits.len() % 2 == 1 { "0" } else { "" };
    format!("0x{zero}{digits}")
}

struct Revision {
    transaction: u64,
    data: Option<Range<usize>>,
}

impl Revision {
    /// Returns it as what is beside the members, unless it has no data.
    fn aside(self, oid: u64) -> Option<Member> {
        Some(Member::slice(format!("{}@{}", id(oid), id(self.transaction)), self.data?).aside())
    }
}

struct Storage<'b> {
    bytes: &'b Bytes,
    /// The data of each record, by the place where the record begins.
    places: HashMap<usize, Option<Range<usize>>>,
    revisions: BTreeMap<u64, Vec<Revision>>,
    aside: Vec<Member>,
}

impl Storage<'_> {
    /// Each transaction is its id, its length, a status, the lengths of three texts, these, records, and the length again.
    fn transactions(&mut self) -> Result<(), ErrorKind> {
        const HEAD: usize = 23;
        let fields = Fields::big(self.bytes);
        let mut at = 4;
        while at < self.bytes.len() {
            let transaction = fields.u64(at).ok_or(ErrorKind::Truncated)?;
            let length = fields.place(at + 8).ok_or(ErrorKind::Truncated)?;
            let end = at.checked_add(length).ok_or(INVALID)?;
            let again = fields.place(end).ok_or(ErrorKind::Truncated)?;
            let [user, description, extension] = [17, 19, 21].map(|text| fields.u16(at + text));
            let extension = extension.ok_or(ErrorKind::Truncated)?;
            let texts = user.ok_or(ErrorKind::Truncated)? + description.ok_or(ErrorKind::Truncated)?;
            let records = at + HEAD + texts + extension;
            match self.bytes[at + 16] {
                // It was begun and not finished.
                b'c' => return Err(ErrorKind::Truncated),
                _ if again != length || records > end => return Err(INVALID),
                status => {
                    if extension > 0 {
                        let name = format!("extension@{}", id(transaction));
                        self.aside.push(Member::slice(name, records - extension..records).aside());
                    }
                    // The storage passes over a transaction that was undone.
                    self.records(records..end, status == b'u')?;
                }
            }
            at = end.checked_add(8).filter(|&next| next > at).ok_or(INVALID)?;
        }
        Ok(())
    }

    /// Each record is an oid, a transaction, the places of the record before and of the transaction, the lengths of a version's
    /// name and of the data, and the data; without data, the place of the record that has it.
    fn records(&mut self, range: Range<usize>, is_undone: bool) -> Result<(), ErrorKind> {
        const HEAD: usize = 42;
        let fields = Fields::big(self.bytes);
        let mut at = range.start;
        while at < range.end {
            let oid = fields.u64(at).ok_or(ErrorKind::Truncated)?;
            let transaction = fields.u64(at + 8).ok_or(ErrorKind::Truncated)?;
            if fields.u16(at + 32).ok_or(ErrorKind::Truncated)? > 0 {
                return Err(ErrorKind::Unsupported("versions"));
            }
            let length = fields.place(at + 34).ok_or(ErrorKind::Truncated)?;
            let start = at + HEAD;
            let (data, end) = if length == 0 {
                let back = fields.place(start).ok_or(ErrorKind::Truncated)?;
                // Only what comes earlier is known: there are no circles.
                let data = if back == 0 { None } else { self.places.get(&back).ok_or(INVALID)?.clone() };
                (data, start + 8)
            } else {
                let end = start.checked_add(length).filter(|&end| end <= range.end).ok_or(INVALID)?;
                (Some(start..end), end)
            };
            self.places.insert(at, data.clone());
            let revision = Revision { transaction, data };
            if is_undone {
                self.aside.extend(revision.aside(oid));
            } else {
                self.revisions.entry(oid).or_default().push(revision);
            }
            at = end;
        }
        Ok(())
    }
}
