//! [`Member`]: an entry of an archive.

use std::ops::Range;

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name, with U+FFFD for what is not UTF-8.
    pub name: String,
    /// How many bytes the archive says that it has.
    pub size: u64,
    /// How zip compresses it, by zip's number: 0 is not at all.
    pub method: u16,
    /// Where its data lies in the archive.
    pub data: Range<usize>,
    /// The checksum that the archive states.
    pub crc: Option<u32>,
    /// Who sees it so.
    pub view: View,
    /// Whether it is said to be encrypted. Readers that do not look at this flag read it as if it were not.
    pub encrypted: bool,
}

/// By what a member of a zip archive is found. Readers differ in where they look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum View {
    /// By the archive's directory, as most readers do.
    Directory,
    /// By another directory, at the other of two places where readers look for it.
    OtherDirectory,
    /// By the header that stands before the data, where that says something else than the directory.
    LocalHeader,
    /// By a header of which the directory knows nothing.
    Orphan,
}

impl Member {
    /// Whether the checksum that the archive states, if it does, is that of this data.
    pub(crate) fn is_intact(&self, bytes: &[u8]) -> bool {
        self.crc.is_none_or(|crc| crc32fast::hash(bytes) == crc)
    }
}
