//! [`Member`]: an entry of an archive.

use std::ops::Range;

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
}

impl Member {
    /// Whether the checksum that the archive states, if it does, is that of this data.
    pub(crate) fn is_intact(&self, bytes: &[u8]) -> bool {
        self.crc.is_none_or(|crc| crc32fast::hash(bytes) == crc)
    }
}
