//! [`Member`]: an entry of an archive.

use std::ops::Range;

use bytes::Bytes;

use crate::{ErrorKind, Format, Source, Window, sure};

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// The name of the member, with U+FFFD in place of what is not UTF-8.
    pub name: String,
    /// The size in bytes that the archive states.
    pub size: u64,
    /// Zip's number of the compression method; 0 for none.
    pub method: u16,
    /// The range of the archive's bytes that holds the data.
    pub data: Range<usize>,
    /// The checksum that the archive states.
    pub crc: Option<u32>,
    /// The place by which readers find the member.
    pub view: View,
    /// Whether the archive says that the member is encrypted. Readers that ignore this flag read it as if it were not.
    pub encrypted: bool,
    /// The bytes of a member that lies in the archive in several pieces, or beside it.
    pub(crate) own: Option<Bytes>,
    /// The number of a group of records that are alike, as those of a column of a table. If some are pickles, all are meant to be.
    pub(crate) group: Option<usize>,
    /// Whether it is a value among others of which most are no pickles, as in the columns of a table.
    pub(crate) is_value: bool,
    /// What is wrong with a member whose data cannot be found.
    pub(crate) damage: Option<ErrorKind>,
}

/// The members of an archive, as its format lists them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pub members: Vec<Member>,
    /// See [`View::Aside`].
    pub aside: Vec<Member>,
    pub damage: Option<ErrorKind>,
}

impl Listing {
    /// An archive of which nothing can be read.
    pub fn broken(kind: ErrorKind) -> Self {
        Self { damage: Some(kind), ..Self::default() }
    }
}

/// The place by which a member of a zip archive is found. Readers differ in where they look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// The archive's directory, which most readers use.
    Directory,
    /// Another directory, at the other of two places where readers look for one.
    OtherDirectory,
    /// The header before the data, where it differs from the directory.
    LocalHeader,
    /// A header before data that the directory does not list.
    Orphan,
    /// A place that the archive knows, though it is none of the members that readers list: an earlier revision of a record,
    /// or the directory itself, where that is a pickle.
    Aside,
}

impl Member {
    /// A member that is a slice of the archive.
    pub(crate) fn slice(name: String, data: Range<usize>) -> Self {
        let size = data.len() as u64;
        Self {
            name,
            size,
            method: 0,
            data,
            crc: None,
            view: View::Directory,
            encrypted: false,
            own: None,
            group: None,
            is_value: false,
            damage: None,
        }
    }

    /// A member with these bytes, wherever they are from.
    pub(crate) fn owned(name: String, bytes: Bytes) -> Self {
        Self { size: bytes.len() as u64, own: Some(bytes), ..Self::slice(name, 0..0) }
    }

    /// A member that is known by its name alone.
    pub(crate) fn damaged(name: String, kind: ErrorKind) -> Self {
        Self { damage: Some(kind), ..Self::slice(name, 0..0) }
    }

    /// Whether the contents are a value of a table that is no pickle, or reads as one by chance only, as a few letters or a hash do.
    pub fn is_other_value(&self, source: &Source) -> bool {
        self.is_value
            && source.format() == Format::Pickle
            && !source.pickles().has_lengths()
            && !sure::is_meant(source.bytes())
    }

    /// The same as one of records that are alike.
    pub(crate) fn in_group(self, group: usize) -> Self {
        Self { group: Some(group), ..self }
    }

    /// Returns the number of bytes that an entry of a listing takes in memory, beside its data.
    pub(crate) fn cost(name: usize) -> u64 {
        (name + size_of::<Self>()) as u64
    }

    /// The same as what is beside the members.
    pub(crate) fn aside(self) -> Self {
        Self { view: View::Aside, ..self }
    }

    /// Whether the checksum that the archive states, if it does, is that of this data.
    pub(crate) fn is_intact(&self, bytes: &[u8]) -> bool {
        self.crc.is_none_or(|crc| {
            let mut hasher = crc32fast::Hasher::new();
            Window::pieces(bytes).for_each(|piece| hasher.update(piece));
            hasher.finalize() == crc
        })
    }
}
