//! What bytes are, by their content.

use std::fmt;

use halfsour_lexer::{Lexer, Op};

use crate::{base64, berkeley, gdbm, sevenzip};

/// The format of a file, or of a layer of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// One pickle, or several. Bytes of no other format are taken for pickles.
    Pickle,
    /// gzip, of one member or several.
    Gzip,
    /// zlib.
    Zlib,
    /// bzip2, of one stream or several.
    Bzip2,
    /// xz.
    Xz,
    /// LZMA with the old header, `.lzma`.
    Lzma,
    /// Zstandard.
    Zstd,
    /// LZ4 frames.
    Lz4,
    /// Base64, of either alphabet.
    Base64,
    /// A zip archive; so are torch's `.pt` and numpy's `.npz`.
    Zip,
    /// A tar archive.
    Tar,
    /// A 7z archive.
    SevenZip,
    /// numpy's `.npy`.
    Npy,
    /// What joblib compressed before its release 0.10.
    JoblibZ,
    /// A pickle of joblib before its release 0.10, with arrays in files of their own beside it.
    JoblibPair,
    /// Hadoop's `SequenceFile`, as Spark writes pickles.
    SequenceFile,
    /// A database of SQLite.
    Sqlite,
    /// A database of Python's `dbm.dumb`.
    DumbDbm,
    /// A database of Berkeley DB, which `dbm.ndbm` often is.
    BerkeleyDb,
    /// A database of gdbm.
    Gdbm,
    /// ZODB's `Data.fs`.
    FileStorage,
    /// What ZODB exports, `.zexp`.
    ZodbExport,
    /// Ren'Py's `.rpyc`.
    RenpyScript,
    /// Ren'Py's `.rpa`.
    RenpyArchive,
}

impl Format {
    /// Guesses the format from the first bytes, and for tar and base64 from some more.
    ///
    /// ```
    /// use halfsour_files::Format;
    ///
    /// assert_eq!(Format::of(b"\x1f\x8b\x08\0rest"), Format::Gzip);
    /// assert_eq!(Format::of(b"\x80\x04N."), Format::Pickle);
    /// ```
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0x78, flags, ..] if (0x7800 | u16::from(*flags)).is_multiple_of(31) && flags & 0x20 == 0 => {
                Self::Zlib
            }
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            // The dictionaries of all presets are a multiple of 64 KiB.
            [0x5d, 0, 0, _, _, _, _, _, _, _, _, _, _, ..] => Self::Lzma,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [0x04, 0x22, 0x4d, 0x18, ..] => Self::Lz4,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Self::Zip,
            _ if bytes.starts_with(sevenzip::MAGIC) => Self::SevenZip,
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Self::Npy,
            [b'Z', b'F', b'0', b'x', ..] => Self::JoblibZ,
            [b'S', b'E', b'Q', 6, ..] => Self::SequenceFile,
            [b'F', b'S', b'2' | b'3', b'0' | b'1', ..] => Self::FileStorage,
            [b'Z', b'E', b'X', b'P', ..] => Self::ZodbExport,
            _ if bytes.starts_with(b"SQLite format 3\0") => Self::Sqlite,
            _ if bytes.starts_with(b"RENPY RPC2") => Self::RenpyScript,
            _ if bytes.starts_with(b"RPA-2.0 ") || bytes.starts_with(b"RPA-3.") => Self::RenpyArchive,
            _ if berkeley::is_database(bytes) => Self::BerkeleyDb,
            _ if gdbm::is_database(bytes) => Self::Gdbm,
            _ if is_tar(bytes) => Self::Tar,
            _ if base64::head(bytes).is_some_and(|head| has_magic(&head)) => Self::Base64,
            _ => Self::Pickle,
        }
    }

    /// Whether there is one thing in it, to be had by decoding.
    pub fn is_coding(self) -> bool {
        matches!(
            self,
            Self::Gzip
                | Self::Zlib
                | Self::Bzip2
                | Self::Xz
                | Self::Lzma
                | Self::Zstd
                | Self::Lz4
                | Self::Base64
                | Self::JoblibZ
                | Self::JoblibPair
                | Self::SequenceFile
        )
    }

    /// Whether there are several things in it, each with a name.
    pub fn is_archive(self) -> bool {
        matches!(
            self,
            Self::Zip
                | Self::Tar
                | Self::SevenZip
                | Self::Sqlite
                | Self::DumbDbm
                | Self::BerkeleyDb
                | Self::Gdbm
                | Self::FileStorage
                | Self::ZodbExport
                | Self::RenpyScript
                | Self::RenpyArchive
        )
    }
}

/// What base64 may be of: something that is known by its first bytes.
fn has_magic(head: &[u8]) -> bool {
    matches!(head, [0x80, 2..=5, _, ..]) || Format::of(head) != Format::Pickle
}

/// The sum of the bytes of a header is in it, as octal digits.
fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.first_chunk::<512>() else { return false };
    let digits = header[148..156].trim_ascii_start().split(|byte| b" \0".contains(byte)).next();
    let stated = digits.and_then(|digits| u32::from_str_radix(str::from_utf8(digits).ok()?, 8).ok());
    let sum = |range: std::ops::Range<usize>| header[range].iter().map(|&byte| u32::from(byte)).sum::<u32>();
    stated == Some(sum(0..148) + 8 * u32::from(b' ') + sum(156..512))
}

/// Whether these bytes, of which nothing is known, are likely to be a pickle.
///
/// Protocols from 2 on have a mark. Of the older ones, the opcodes have to go as far as STOP.
///
/// ```
/// assert!(halfsour_files::is_pickle(b"(lp0\n."));
/// assert!(!halfsour_files::is_pickle(b"3\n"));
/// ```
pub fn is_pickle(bytes: &[u8]) -> bool {
    if let [0x80, protocol, opcode, ..] = bytes {
        return *protocol <= 5 && halfsour_lexer::Opcode::from_byte(*opcode).is_some();
    }
    let mut lexer = Lexer::new(bytes);
    let mut opcodes = 0;
    while let Ok(op) = lexer.next_op() {
        opcodes += 1;
        if let Op::Stop = op {
            return opcodes > 1;
        }
    }
    false
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pickle => "pickle",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::Base64 => "base64",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::SevenZip => "7z",
            Self::Npy => "npy",
            Self::JoblibZ => "joblib 0.9",
            Self::JoblibPair => "joblib 0.9 with files beside",
            Self::SequenceFile => "SequenceFile",
            Self::Sqlite => "SQLite",
            Self::DumbDbm => "dbm.dumb",
            Self::BerkeleyDb => "Berkeley DB",
            Self::Gdbm => "gdbm",
            Self::FileStorage => "ZODB FileStorage",
            Self::ZodbExport => "ZODB export",
            Self::RenpyScript => "Ren'Py script",
            Self::RenpyArchive => "Ren'Py archive",
        })
    }
}
