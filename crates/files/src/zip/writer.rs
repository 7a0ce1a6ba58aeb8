//! Zip archives whose members are stored as they are.

use std::io::{self, Write};

/// An archive that is being written. All of it has fields of 64 bits, so that large ones are as others are.
pub struct Archive<W> {
    out: W,
    at: u64,
    directory: Vec<u8>,
    count: u64,
}

/// Made by, and to be read by, zip 4.5, which has the fields of 64 bits.
const VERSION: u16 = 45;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
const STORED: u16 = 0;
/// At midnight, on the first day that zip knows.
const TIME: u16 = 0;
const DATE: u16 = 1 << 5 | 1;
/// The kind of the extra field that has the sizes.
const SIZES: u16 = 1;
/// What says in a field of 32 bits that the real one is elsewhere.
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

impl<W: Write> Archive<W> {
    pub fn new(out: W) -> Self {
        Self { out, at: 0, directory: Vec::new(), count: 0 }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    /// Adds a member that is made of two parts.
    pub fn member(&mut self, name: &str, parts: [&[u8]; 2]) -> io::Result<()> {
        let long = |_| io::Error::new(io::ErrorKind::InvalidInput, "a name is longer than zip can say");
        let length = u16::try_from(name.len()).map_err(long)?;
        let start = self.at;
        let size = parts.iter().map(|part| part.len() as u64).sum();
        let mut crc = crc32fast::Hasher::new();
        for part in parts {
            crc.update(part);
        }
        let crc = crc.finalize();

        let mut header = b"PK\x03\x04".to_vec();
        fields(&[VERSION, FLAGS, STORED, TIME, DATE], &mut header);
        words(&[crc, ELSEWHERE, ELSEWHERE], &mut header);
        fields(&[length, 20], &mut header);
        header.extend(name.as_bytes());
        fields(&[SIZES, 16], &mut header);
        longs(&[size, size], &mut header);
        self.put(&header)?;
        parts.iter().try_for_each(|part| self.put(part))?;

        let entry = &mut self.directory;
        entry.extend(b"PK\x01\x02");
        fields(&[VERSION, VERSION, FLAGS, STORED, TIME, DATE], entry);
        words(&[crc, ELSEWHERE, ELSEWHERE], entry);
        fields(&[length, 28, 0, 0, 0], entry);
        words(&[0, ELSEWHERE], entry);
        entry.extend(name.as_bytes());
        fields(&[SIZES, 24], entry);
        longs(&[size, size, start], entry);
        self.count += 1;
        Ok(())
    }

    /// Writes the directory.
    pub fn finish(mut self) -> io::Result<W> {
        let (start, size) = (self.at, self.directory.len() as u64);
        let mut end = std::mem::take(&mut self.directory);
        end.extend(b"PK\x06\x06");
        longs(&[44], &mut end);
        fields(&[VERSION, VERSION], &mut end);
        words(&[0, 0], &mut end);
        longs(&[self.count, self.count, size, start], &mut end);
        end.extend(b"PK\x06\x07");
        words(&[0], &mut end);
        longs(&[start + size], &mut end);
        words(&[1], &mut end);
        end.extend(b"PK\x05\x06");
        fields(&[0, 0, u16::MAX, u16::MAX], &mut end);
        words(&[ELSEWHERE, ELSEWHERE], &mut end);
        fields(&[0], &mut end);
        self.put(&end)?;
        Ok(self.out)
    }
}
