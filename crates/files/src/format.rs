//! What bytes are, by their content.

use std::fmt;

use halfsour_lexer::Opcode;

use crate::sure::{self, DEPTH, end_of_opcodes};
use crate::{berkeley, coding, container, envelope, gdbm, sevenzip, tar, texts};

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
    /// Compressed data without a header, as `zlib.compressobj(wbits=-15)` writes it, of a pickle.
    Deflate,
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
    /// Hexadecimal digits: `8004`, `80 04`, Postgres' `\\x8004`, `MySQL`'s `0x8004`, SQL's `X'8004'`.
    Hex,
    /// Escapes, in quotes or not: what Python's `repr` and redis-cli print of bytes.
    Escaped,
    /// The head that cachelib and Flask-Caching write before a pickle: four bytes of a time of expiry, or `!`.
    Cachelib,
    /// The head of dogpile.cache, which is JSON, and `|`.
    Dogpile,
    /// A session of Django: a signature behind base64, or a hash before the pickle.
    DjangoSession,
    /// Data from its end to its beginning.
    Reversed,
    /// An entry of Django's file cache: the pickle of a time, and the compressed one of the value.
    DjangoCache,
    /// JSON with pickles in its texts, as Kombu's messages and the parameters of Stable-Baselines3 are. Others are taken for pickles.
    Json,
    /// A font of `FontForge`, with the pickles of scripts.
    SplineFont,
    /// Any other text with pickles in it, as literals of Python, escapes of redis-cli, base64 or hexadecimal digits.
    Text,
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
    /// A chunk of a queue of queuelib, without the entries that were taken from it.
    Queuelib,
    /// Hadoop's `SequenceFile`, as Spark writes pickles.
    SequenceFile,
    /// A folder in which Spark wrote a `SequenceFile` for each part of its data.
    SparkFolder,
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
    /// Guesses the format from the first bytes; for text, envelopes and what else has no mark of its own, from all of them.
    ///
    /// ```
    /// use halfsour_files::Format;
    ///
    /// assert_eq!(Format::of(b"\x1f\x8b\x08\0rest"), Format::Gzip);
    /// assert_eq!(Format::of(b"\x80\x04N."), Format::Pickle);
    /// ```
    pub fn of(bytes: &[u8]) -> Self {
        Self::nested(bytes, DEPTH)
    }

    /// As [`of`](Self::of), looking into so many layers.
    pub(crate) fn nested(bytes: &[u8], depth: usize) -> Self {
        match Self::magic(bytes) {
            Some(format) => format,
            None if tar::is_archive(bytes) => Self::Tar,
            None => {
                let envelope = || envelope::find(bytes, depth).map(|(format, _)| format);
                let contained = container::format(bytes, depth);
                let text = || container::is_text_with_pickles(bytes).then_some(Self::Text);
                let is_lenient = || depth > 0 && texts::is_lenient_base64(bytes, depth - 1);
                let lenient = || is_lenient().then_some(Self::Base64);
                let deflate = || sure::deflates(bytes).then_some(Self::Deflate);
                Self::odd_magic(bytes)
                    .or(contained)
                    .or_else(|| texts::format(bytes, depth))
                    .or_else(envelope)
                    .or_else(lenient)
                    .or_else(text)
                    .or_else(deflate)
                    .unwrap_or(Self::Pickle)
            }
        }
    }

    /// The format that the first bytes say.
    pub(crate) fn magic(bytes: &[u8]) -> Option<Self> {
        Some(match bytes {
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
            // Frames that readers of both skip may come first. Their marks are the beginnings of opcodes, too.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                let format = |bytes| Self::magic(bytes).filter(|it| matches!(it, Self::Zstd | Self::Lz4));
                return Some(coding::without_skipped(bytes))
                    .filter(|rest| rest.len() < bytes.len())
                    .and_then(format);
            }
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
            _ => return None,
        })
    }

    /// The compression whose header is rare but valid, with something inside that is known for sure.
    pub(crate) fn odd_magic(bytes: &[u8]) -> Option<Self> {
        if sure::inflates_oddly(bytes) {
            Some(Self::Zlib)
        } else {
            sure::is_odd_lzma(bytes).then_some(Self::Lzma)
        }
    }

    /// Whether there is one thing in it, to be had by decoding.
    pub fn is_coding(self) -> bool {
        !self.is_archive() && !matches!(self, Self::Npy | Self::Pickle)
    }

    /// Whether its members are values that programs keep there, and no files: each may be meant for pickle.
    pub fn has_values(self) -> bool {
        self.is_archive()
            && !matches!(
                self,
                Self::Zip | Self::Tar | Self::SevenZip | Self::Text | Self::SparkFolder | Self::RenpyArchive
            )
    }

    /// Whether its members have keys that are any bytes, as their values are.
    pub fn has_keys(self) -> bool {
        matches!(self, Self::DumbDbm | Self::BerkeleyDb | Self::Gdbm)
    }

    /// Whether there are members in it, each with a name.
    pub fn is_archive(self) -> bool {
        matches!(
            self,
            Self::Zip
                | Self::Tar
                | Self::SevenZip
                | Self::DjangoCache
                | Self::Json
                | Self::SplineFont
                | Self::Text
                | Self::SparkFolder
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

/// Whether these bytes, of which nothing is known, are likely to be a pickle.
///
/// Protocols from 2 on have a mark. Of the older ones, the opcodes have to go as far as STOP.
///
/// ```
/// assert!(halfsour_files::is_pickle(b"(lp0\n."));
/// assert!(!halfsour_files::is_pickle(b"3\n"));
/// assert!(!halfsour_files::is_pickle(b"2.3.0"));
/// ```
pub fn is_pickle(bytes: &[u8]) -> bool {
    if let [0x80, protocol, opcode, ..] = bytes {
        return *protocol <= 5 && Opcode::from_byte(*opcode).is_some();
    }
    // What takes something from the stack comes first in none: `2.3.0` is the version of something.
    let begins = |&byte: &u8| Opcode::from_byte(byte).is_some_and(|first| first.stack_before().is_empty());
    bytes.first().is_some_and(begins) && end_of_opcodes(bytes).is_some()
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pickle => "pickle",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Deflate => "deflate",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Escaped => "escapes",
            Self::Cachelib => "cachelib",
            Self::Dogpile => "dogpile",
            Self::DjangoSession => "Django session",
            Self::Reversed => "reversed",
            Self::DjangoCache => "Django cache entry",
            Self::Json => "JSON",
            Self::SplineFont => "FontForge font",
            Self::Text => "text",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::SevenZip => "7z",
            Self::Npy => "npy",
            Self::JoblibZ => "joblib 0.9",
            Self::JoblibPair => "joblib 0.9 with files beside",
            Self::Queuelib => "queue of queuelib",
            Self::SequenceFile => "SequenceFile",
            Self::SparkFolder => "folder of Spark",
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
