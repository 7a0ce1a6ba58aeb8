//! Zip archives, as their several readers see them.
//!
//! Written here since a reader that hides what is odd, as libraries do, is of no use to those who must know it.

mod writer;

use std::collections::HashSet;
use std::ops::Range;

use memchr::memmem;

use crate::ErrorKind;
use crate::member::{Member, View};
use crate::window;

pub use writer::ZipWriter;

/// What the directory says.
#[derive(Debug)]
pub(crate) struct Directory {
    pub members: Vec<Member>,
    pub damage: Option<ErrorKind>,
}

const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
const ENTRY: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// A field of 32 bits that says that the real one, of 64, is elsewhere.
const ELSEWHERE: u64 = u32::MAX as u64;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?).into())
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// Reads the directory, and the local header of each member. Readers differ in where they look for the directory: wherever one of them finds
/// some, its members are among these.
pub(crate) fn directory(bytes: &[u8]) -> Directory {
    let ends = End::all(bytes);
    let Some(first) = ends.first() else {
        // What comes first may be there, even if the end is not.
        let members = orphans(bytes, &[]);
        return Directory { members, damage: Some(ErrorKind::Malformed("the archive has no directory")) };
    };
    let is_expected = first.count > 0;
    let mut damage = None;
    let mut members = Vec::new();
    let mut known = HashSet::new();
    for end in &ends {
        for start in end.starts() {
            let view = if known.is_empty() { View::Directory } else { View::OtherDirectory };
            let (entries, complete) = entries(bytes, start, end);
            if !known.is_empty() && entries.is_empty() || known.contains(&(start, entries.len())) {
                continue;
            }
            if !complete {
                damage = Some(ErrorKind::Malformed("the directory of the archive is incomplete"));
            }
            if !entries.is_empty() {
                known.insert((start, entries.len()));
            }
            for entry in entries {
                match entry.members(bytes, end.prefix(start), view) {
                    Ok(seen) => members.extend(seen),
                    Err(kind) => damage = Some(kind),
                }
            }
        }
    }
    if known.is_empty() && is_expected {
        damage = Some(ErrorKind::Malformed("the directory of the archive is not where it should be"));
    }
    Directory { members, damage }
}

/// The record at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
struct End {
    /// Where the directory ends: where this record begins, or that of 64 bits.
    at: usize,
    count: u64,
    size: u64,
    offset: u64,
}

impl End {
    const LENGTH: usize = 22;

    /// All that some reader takes for the end: the last one, which most take; one that ends where the file does, which comes first to Python; and
    /// each with what it says in 64 bits.
    fn all(bytes: &[u8]) -> Vec<Self> {
        const LONGEST: usize = End::LENGTH + u16::MAX as usize;
        let from = bytes.len().saturating_sub(LONGEST);
        let last = memmem::rfind(&bytes[from..], END).map(|at| from + at);
        let exact = bytes.len().checked_sub(Self::LENGTH).filter(|&at| bytes[at..].starts_with(END));
        let mut ends: Vec<Self> = Vec::new();
        for end in exact.into_iter().chain(last).filter_map(|at| Self::at(bytes, at)) {
            for end in end.of_64_bits(bytes).into_iter().chain([end]) {
                // What is elsewhere, this record does not say.
                let is_said = end.offset != ELSEWHERE || ends.is_empty();
                if is_said && !ends.contains(&end) {
                    ends.push(end);
                }
            }
        }
        ends
    }

    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let record = bytes.get(at..at + Self::LENGTH)?;
        let (size, offset) = (u32_at(record, 12)?, u32_at(record, 16)?);
        Some(Self { at, count: u16_at(record, 10)?.into(), size, offset })
    }

    /// The records of 64 bits: that to which the locator points, which most take, and the one right before it, which Python takes.
    fn of_64_bits(&self, bytes: &[u8]) -> Vec<Self> {
        let locator = self.at.checked_sub(20).and_then(|at| bytes.get(at..self.at));
        let Some(locator) = locator.filter(|locator| locator.starts_with(LOCATOR64)) else {
            return Vec::new();
        };
        let places = [u64_at(locator, 8).map(place), self.at.checked_sub(20 + 56)];
        let record = |at: usize| {
            let record = bytes.get(at..).filter(|record| record.starts_with(END64))?;
            Some(Self {
                at,
                count: u64_at(record, 32)?,
                size: u64_at(record, 40)?,
                offset: u64_at(record, 48)?,
            })
        };
        places.into_iter().flatten().filter_map(record).collect()
    }

    /// Where readers look for the directory: some where the record says, some right before the record.
    fn starts(&self) -> impl Iterator<Item = usize> + use<> {
        let stated = place(self.offset);
        let before = self.at.checked_sub(place(self.size));
        [Some(stated), before.filter(|&before| before != stated)].into_iter().flatten()
    }

    /// What stands before the archive, if its directory is here.
    fn prefix(&self, start: usize) -> usize {
        start.saturating_sub(place(self.offset))
    }
}

/// An entry of the directory.
struct Entry {
    member: Member,
    header: u64,
    /// Whether sizes and checksum are only after the data, and so not in the local header.
    is_described_later: bool,
}

/// The entries from here on, and whether they are as many as there should be.
fn entries(bytes: &[u8], start: usize, end: &End) -> (Vec<Entry>, bool) {
    let mut at = start;
    let mut entries = Vec::new();
    while at < end.at {
        let Some((entry, length)) = Entry::parse(&bytes[at..end.at]) else { break };
        entries.push(entry);
        at += length;
    }
    let complete = entries.len() as u64 == end.count && at == end.at;
    (entries, complete)
}

impl Entry {
    /// The entry that stands here, and its length.
    fn parse(bytes: &[u8]) -> Option<(Self, usize)> {
        if !bytes.starts_with(ENTRY) {
            return None;
        }
        let flags = u16_at(bytes, 8)?;
        let (name, extra) = (usize::from(u16_at(bytes, 28)?), usize::from(u16_at(bytes, 30)?));
        let length = 46 + name + extra + usize::from(u16_at(bytes, 32)?);
        let extra = bytes.get(46 + name..46 + name + extra)?;
        bytes.get(..length)?;
        let mut wide = Wide::find(extra);
        let size = wide.or(u32_at(bytes, 24)?);
        let compressed = wide.or(u32_at(bytes, 20)?);
        let header = wide.or(u32_at(bytes, 42)?);
        let member = Member {
            name: String::from_utf8_lossy(&bytes[46..46 + name]).into_owned(),
            size,
            method: u16_at(bytes, 10)?,
            data: 0..place(compressed),
            crc: Some(u32::try_from(u32_at(bytes, 16)?).unwrap_or_default()),
            view: View::Directory,
            encrypted: flags & 1 != 0,
            own: None,
            group: None,
            is_value: false,
            damage: None,
        };
        Some((Self { member, header, is_described_later: flags & 8 != 0 }, length))
    }

    /// The member as the directory has it; and as the local header has it, if that differs.
    fn members(self, bytes: &[u8], prefix: usize, view: View) -> Result<Vec<Member>, ErrorKind> {
        let Self { mut member, header, is_described_later } = self;
        let header = place(header).saturating_add(prefix);
        let (mut local, described_later) =
            local(bytes, header).ok_or(ErrorKind::Malformed("a member has no header"))?;
        let start = local.data.start;
        member.data = start..start.saturating_add(member.data.len());
        member.view = view;
        if member.data.end > bytes.len() {
            return Err(ErrorKind::Truncated);
        }
        let is_unsized = is_described_later || described_later;
        let differs = local.name != member.name
            || local.method != member.method
            || local.encrypted != member.encrypted
            || !is_unsized && (local.size, &local.data, local.crc) != (member.size, &member.data, member.crc);
        if differs {
            if is_unsized {
                (local.size, local.data, local.crc) = (member.size, member.data.clone(), member.crc);
            }
            return Ok(vec![member, local]);
        }
        Ok(vec![member])
    }
}

/// The fields of 64 bits that stand in place of those of 32 that are all ones, in this order.
struct Wide<'b>(&'b [u8]);

impl<'b> Wide<'b> {
    fn find(mut extra: &'b [u8]) -> Self {
        while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
            let Some(field) = extra.get(4..4 + usize::from(length)) else { break };
            if id == 1 {
                return Self(field);
            }
            extra = &extra[4 + field.len()..];
        }
        Self(&[])
    }

    fn or(&mut self, narrow: u64) -> u64 {
        match self.0.split_first_chunk() {
            Some((wide, rest)) if narrow == ELSEWHERE => {
                self.0 = rest;
                u64::from_le_bytes(*wide)
            }
            _ => narrow,
        }
    }
}

/// The member as the header before its data has it, and whether its size is only told after the data.
fn local(bytes: &[u8], at: usize) -> Option<(Member, bool)> {
    let header = bytes.get(at..)?;
    if !header.starts_with(LOCAL) {
        return None;
    }
    let flags = u16_at(header, 6)?;
    let (name, extra) = (usize::from(u16_at(header, 26)?), usize::from(u16_at(header, 28)?));
    let start = 30 + name + extra;
    let mut wide = Wide::find(header.get(30 + name..start)?);
    let size = wide.or(u32_at(header, 22)?);
    let compressed = wide.or(u32_at(header, 18)?);
    let member = Member {
        name: String::from_utf8_lossy(&header[30..30 + name]).into_owned(),
        size,
        method: u16_at(header, 8)?,
        data: at + start..(at + start).saturating_add(place(compressed)),
        crc: Some(u32::try_from(u32_at(header, 14)?).unwrap_or_default()),
        view: View::LocalHeader,
        encrypted: flags & 1 != 0,
        own: None,
        group: None,
        is_value: false,
        damage: None,
    };
    Some((member, flags & 8 != 0))
}

/// Members whose headers stand where no other member is.
pub(crate) fn orphans(bytes: &[u8], known: &[Member]) -> Vec<Member> {
    let starts: HashSet<usize> = known.iter().map(|member| member.data.start).collect();
    let mut orphans = Vec::new();
    for gap in gaps(bytes.len(), known) {
        let mut at = gap.start;
        while let Some(found) = window::find(&bytes[at..gap.end], LOCAL) {
            at += found;
            match local(bytes, at) {
                Some((mut member, described_later)) if !starts.contains(&member.data.start) => {
                    if described_later {
                        // All that can be said is where it cannot go on.
                        member.data.end = gap.end.max(member.data.start);
                        member.size = member.data.len() as u64;
                    }
                    member.data.end = member.data.end.min(bytes.len());
                    member.view = View::Orphan;
                    at = member.data.end.clamp(at + LOCAL.len(), gap.end);
                    orphans.push(member);
                }
                _ => at += LOCAL.len(),
            }
        }
    }
    orphans
}

/// The bytes that are not data of members: headers, the directory, comments.
pub(crate) fn beside(bytes: &[u8]) -> Vec<&[u8]> {
    gaps(bytes.len(), &directory(bytes).members).into_iter().map(|gap| &bytes[gap]).collect()
}

/// The bytes that are not data of these members.
fn gaps(length: usize, known: &[Member]) -> Vec<Range<usize>> {
    let mut data: Vec<_> = known.iter().map(|member| member.data.clone()).collect();
    data.sort_by_key(|data| data.start);
    data.push(length..length);
    let mut end = 0;
    let mut gaps = Vec::new();
    for data in data {
        let start = data.start.min(length);
        if start > end {
            gaps.push(end..start);
        }
        end = end.max(data.end);
    }
    gaps
}
