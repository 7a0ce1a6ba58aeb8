//! [`ZipWriter`]

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::{END, END64, ENTRY, LOCAL, LOCATOR64};

/// Writes a zip archive whose members are stored without compression, or deflated.
///
/// All sizes and offsets have 64 bits, so that archives and members may be of any length. Times are those of the first day that zip
/// knows, so that the same members give the same bytes.
///
/// ```
/// use halfsour_files::{Limits, Source, ZipWriter};
///
/// let mut zip = ZipWriter::new(Vec::new());
/// zip.member("greeting.txt", &[b"hello, ", b"zip"])?;
/// let source = Source::from_bytes("made.zip", zip.finish()?.into(), Limits::UNTRUSTED)?;
/// let archive = source.archive()?.expect("it is one");
/// assert_eq!(&archive.bytes(&archive.members()[0])?[..], b"hello, zip");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ZipWriter<W> {
    out: W,
    at: u64,
    directory: Vec<u8>,
    count: u64,
}

/// Version 4.5 of the format, the first with fields of 64 bits, made the archive and is needed to read it.
const VERSION: u16 = 45;
/// The flag that says that names are UTF-8.
const FLAGS: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Midnight of 1 January 1980, the first day that zip knows.
const TIME: u16 = 0;
const DATE: u16 = 1 << 5 | 1;
/// The kind of the extra field that has the sizes in 64 bits.
const SIZES: u16 = 1;
/// A field of 32 bits that says that the real one, of 64, is in the extra field.
const ELSEWHERE: u32 = u32::MAX;

fn fields(halves: &[u16], into: &mut Vec<u8>) {
    into.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
}

fn words(words: &[u32], into: &mut Vec<u8>) {
    into.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

fn longs(longs: &[u64], into: &mut Vec<u8>) {
    into.extend(longs.iter().flat_map(|long| long.to_le_bytes()));
}

fn crc(parts: &[&[u8]]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    for part in parts {
        crc.update(part);
    }
    crc.finalize()
}

impl<W: Write> ZipWriter<W> {
    /// Begins an archive.
    pub fn new(out: W) -> Self {
        Self { out, at: 0, directory: Vec::new(), count: 0 }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    /// Adds a member whose contents are these parts, one after the other.
    ///
    /// # Errors
    ///
    /// If the name has more than 65,535 bytes, or if the output takes no more.
    pub fn member(&mut self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let size = parts.iter().map(|part| part.len() as u64).sum();
        self.entry(name, STORED, crc(parts), size, parts)
    }

    /// Adds a member as [`member`](Self::member) does, compressed (deflated), which is held until it is written.
    ///
    /// # Errors
    ///
    /// As of [`member`](Self::member).
    pub fn deflated_member(&mut self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::default());
        parts.iter().try_for_each(|part| deflated.write_all(part))?;
        let size = parts.iter().map(|part| part.len() as u64).sum();
        self.entry(name, DEFLATED, crc(parts), size, &[&deflated.finish()?])
    }

    /// Adds a member of so many bytes, which are these parts once they are taken out.
    fn entry(&mut self, name: &str, method: u16, crc: u32, size: u64, parts: &[&[u8]]) -> io::Result<()> {
        let long = |_| io::Error::new(io::ErrorKind::InvalidInput, "a name is longer than zip can say");
        let length = u16::try_from(name.len()).map_err(long)?;
        let start = self.at;
        let held: u64 = parts.iter().map(|part| part.len() as u64).sum();
        let mut header = LOCAL.to_vec();
        fields(&[VERSION, FLAGS, method, TIME, DATE], &mut header);
        words(&[crc, ELSEWHERE, ELSEWHERE], &mut header);
        fields(&[length, 20], &mut header);
        header.extend(name.as_bytes());
        fields(&[SIZES, 16], &mut header);
        longs(&[size, held], &mut header);
        self.put(&header)?;
        parts.iter().try_for_each(|part| self.put(part))?;

        let entry = &mut self.directory;
        entry.extend(ENTRY);
        fields(&[VERSION, VERSION, FLAGS, method, TIME, DATE], entry);
        words(&[crc, ELSEWHERE, ELSEWHERE], entry);
        fields(&[length, 28, 0, 0, 0], entry);
        words(&[0, ELSEWHERE], entry);
        entry.extend(name.as_bytes());
        fields(&[SIZES, 24], entry);
        longs(&[size, held, start], entry);
        self.count += 1;
        Ok(())
    }

    /// Writes the directory, and returns the output.
    ///
    /// # Errors
    ///
    /// If the output takes no more.
    pub fn finish(mut self) -> io::Result<W> {
        let (start, size) = (self.at, self.directory.len() as u64);
        let mut end = std::mem::take(&mut self.directory);
        end.extend(END64);
        longs(&[44], &mut end);
        fields(&[VERSION, VERSION], &mut end);
        words(&[0, 0], &mut end);
        longs(&[self.count, self.count, size, start], &mut end);
        end.extend(LOCATOR64);
        words(&[0], &mut end);
        longs(&[start + size], &mut end);
        words(&[1], &mut end);
        end.extend(END);
        fields(&[0, 0, u16::MAX, u16::MAX], &mut end);
        words(&[ELSEWHERE, ELSEWHERE], &mut end);
        fields(&[0], &mut end);
        self.put(&end)?;
        Ok(self.out)
    }
}
