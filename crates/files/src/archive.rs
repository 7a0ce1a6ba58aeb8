//! [`Archive`]: archives, databases and small containers, as lists of members that are opened one by one.

use std::collections::HashSet;

use bytes::Bytes;

use crate::beside::Beside;
use crate::coding::decode_method;
use crate::member::{Listing, Member, View};
use crate::sevenzip::Unpacked;
use crate::{
    Error, ErrorKind, Format, Limit, Source, berkeley, container, dumb, gdbm, renpy, sevenzip, sqlite, tar,
    zip, zodb,
};

/// The members of an archive, or the records of a database. They are not read before they are asked for, save those of 7z, which are packed together.
#[derive(Debug)]
pub struct Archive {
    source: Source,
    format: Format,
    members: Vec<Member>,
    aside: Vec<Member>,
    damage: Option<ErrorKind>,
}

impl Archive {
    pub(crate) fn of(source: &Source) -> Self {
        let (bytes, budget) = (source.bytes(), source.budget());
        let listing = match source.format() {
            Format::Zip => return Self::zip(source).within_budget(),
            Format::Tar => return Self::tar(source),
            Format::SevenZip => return Self::sevenzip(source),
            Format::DumbDbm => dumb::listing(bytes, source.beside()),
            Format::BerkeleyDb => berkeley::listing(bytes, budget),
            Format::Gdbm => gdbm::listing(bytes, budget),
            Format::SparkFolder => match source.beside() {
                Some(Beside::Parts(parts)) => parts.clone(),
                _ => Listing::broken(ErrorKind::NoMember),
            },
            Format::Sqlite => sqlite::listing(bytes, budget, source.beside()),
            Format::FileStorage => zodb::storage(bytes),
            Format::ZodbExport => zodb::export(bytes),
            Format::RenpyScript => renpy::script(bytes),
            Format::RenpyArchive => renpy::archive(bytes, budget),
            _ => return Self::container(source),
        };
        let Listing { members, aside, damage } = listing;
        Self { source: source.clone(), format: source.format(), members, aside, damage }.within_budget()
    }

    /// Leaves out members that are slices of the archive and together far longer than it: all may be one place, which would be read again
    /// for each.
    fn within_budget(mut self) -> Self {
        // Records of a database, and members of Ren'Py's archives, do not lie in each other: what does is dear.
        const DEAR: u64 = 16;
        let mut free = self.source.bytes().len() as u64;
        let budget = self.source.budget().clone();
        let is_renpy = self.format == Format::RenpyArchive;
        let mut is_within = |member: &Member| {
            if member.method != 0 || member.own.is_some() {
                return true;
            }
            let length = member.data.len() as u64;
            match free.checked_sub(length) {
                Some(less) => {
                    free = less;
                    true
                }
                None => {
                    let is_record = member.group.is_some() || is_renpy;
                    let price = if is_record { DEAR } else { 1 };
                    budget.spend(length.saturating_mul(price)).is_ok()
                }
            }
        };
        let count = self.members.len() + self.aside.len();
        self.members.retain(&mut is_within);
        self.aside.retain(&mut is_within);
        if self.members.len() + self.aside.len() < count {
            self.damage = Some(ErrorKind::Limit(Limit::Total));
        }
        self
    }

    /// Whether it is of zip and has members that its directory lists.
    pub(crate) fn has_directory(&self) -> bool {
        self.members.iter().any(|member| member.view == View::Directory)
    }

    /// The archive of zip without the members of those that are members of another archive of the same bytes.
    pub(crate) fn without_zips_of(mut self, other: &Self) -> Option<Self> {
        if other.format == Format::Tar {
            let bytes = other.source.bytes();
            let key = |member: &Member, start: usize| {
                (member.data.start.saturating_add(start), member.data.len(), member.method, member.size)
            };
            let zips =
                other.members.iter().filter_map(|zip| Some((zip.data.start, bytes.get(zip.data.clone())?)));
            let zips = zips.filter(|(_, zip)| Format::magic(zip) == Some(Format::Zip));
            let known: HashSet<_> = zips
                .flat_map(|(start, zip)| {
                    zip::directory(zip).members.into_iter().map(move |member| key(&member, start))
                })
                .collect();
            self.members.retain(|member| !known.contains(&key(member, 0)));
        }
        (!self.members.is_empty()).then_some(self)
    }

    fn container(source: &Source) -> Self {
        let format = source.format();
        let unpacked = container::unpack(format, source.bytes(), source.budget());
        let aside = container::aside(format, source.bytes(), source.budget());
        Self { aside, ..Self::unpacked(source, format, unpacked) }
    }

    fn unpacked(source: &Source, format: Format, unpacked: Unpacked) -> Self {
        let Unpacked { bytes, members, damage } = unpacked;
        Self { source: source.with_bytes(bytes), format, members, aside: Vec::new(), damage }
    }

    pub(crate) fn zip(source: &Source) -> Self {
        let zip::Directory { members, damage } = zip::directory(source.bytes());
        Self { source: source.clone(), format: Format::Zip, members, aside: Vec::new(), damage }
    }

    pub(crate) fn tar(source: &Source) -> Self {
        let Listing { members, aside, damage } = tar::listing(source.bytes());
        Self { source: source.clone(), format: Format::Tar, members, aside, damage }
    }

    fn sevenzip(source: &Source) -> Self {
        let unpacked = sevenzip::unpack(source.bytes(), source.budget());
        Self::unpacked(source, Format::SevenZip, unpacked)
    }

    /// The members, in the order of the archive. Names may occur twice.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    pub(crate) fn aside(&self) -> &[Member] {
        &self.aside
    }

    /// The first damage of the archive that was found, beside members that cannot be opened.
    pub fn damage(&self) -> Option<Error> {
        self.damage.map(|kind| self.error(kind))
    }

    /// The member with this name that readers take: the last one in the directory.
    pub fn find(&self, name: &str) -> Option<&Member> {
        self.members.iter().rev().find(|member| member.view == View::Directory && member.name == name)
    }

    /// What is no member to most readers. Of a zip archive, members of which its directory knows nothing: what lies between the others
    /// is searched for them. Of others, what has [`View::Aside`]: earlier revisions of records in ZODB, `OID@TID`, the index of Ren'Py, and a document of JSON as a whole.
    pub fn orphans(&self) -> Vec<Member> {
        match self.format {
            Format::Zip => zip::orphans(self.source.bytes(), &self.members),
            _ => self.aside.clone(),
        }
    }

    /// Returns the bytes of a member: a slice of the archive, or decompressed. The checksum is not compared.
    ///
    /// # Errors
    ///
    /// If it is compressed in an unknown way, is malformed, ends early, or exceeds the limits.
    pub fn bytes(&self, member: &Member) -> Result<Bytes, Error> {
        match self.read(member)? {
            (bytes, None) => Ok(bytes),
            (_, Some(kind)) => Err(self.member_error(member, kind)),
        }
    }

    fn member_error(&self, member: &Member, kind: ErrorKind) -> Error {
        Error::new(kind, &self.name_of(member), Some(self.format))
    }

    /// The bytes of a member; or those that there are of one that is cut off, if that is wanted.
    fn read(&self, member: &Member) -> Result<(Bytes, Option<ErrorKind>), Error> {
        if let Some(kind) = member.damage {
            return Err(self.member_error(member, kind));
        }
        if let Some(own) = &member.own {
            return Ok((own.clone(), None));
        }
        let is_record = matches!(self.format, Format::FileStorage | Format::ZodbExport);
        let data = self.source.bytes().get(member.data.clone());
        let fail = |kind| self.member_error(member, kind);
        let data = data.ok_or_else(|| fail(ErrorKind::Truncated))?;
        let (bytes, damage) = match member.method {
            0 if is_record && data.starts_with(zodb::COMPRESSED) => {
                let record = zodb::decompressed(data, self.source.budget()).map_err(fail)?;
                return Ok((zodb::joined(record), None));
            }
            0 if is_record => (zodb::joined(self.source.bytes().slice_ref(data)), None),
            0 => (self.source.bytes().slice_ref(data), None),
            method => decode_method(method, data, member.size, self.source.budget()).map_err(fail)?,
        };
        let length = bytes.len() as u64;
        if damage.is_some() || length < member.size && self.source.budget().salvage {
            Ok((bytes, Some(ErrorKind::Truncated)))
        } else if length == member.size {
            Ok((bytes, None))
        } else {
            Err(fail(ErrorKind::Malformed("the member is not as long as the archive says")))
        }
    }

    /// Opens a member, with all its own compression taken off.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), and those of [`Source::from_bytes`].
    pub fn open(&self, member: &Member) -> Result<Source, Error> {
        Ok(self.open_raw(member)?.0)
    }

    /// Does as [`open`](Self::open), and gives the bytes with all compression, too.
    pub(crate) fn open_raw(&self, member: &Member) -> Result<(Source, Bytes), Error> {
        let (raw, damage) = self.read(member)?;
        let source = self.source.part(&member.name, raw.clone())?;
        Ok((source.damaged(self.format, damage), raw))
    }

    /// Whether the checksum is that of the data. All of it is read for that.
    ///
    /// # Errors
    ///
    /// As [`bytes`](Self::bytes), and [`ErrorKind::Checksum`].
    pub fn check(&self, member: &Member) -> Result<(), Error> {
        if member.crc.is_none() || member.is_intact(&self.bytes(member)?) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::Checksum, &self.name_of(member), Some(self.format)))
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.source.name(), Some(self.format))
    }

    fn name_of(&self, member: &Member) -> String {
        format!("{}:{}", self.source.name(), member.name)
    }
}
