//! 7z archives, as far as Python's packages write them: chains of decoders, without encryption.
//!
//! Written here since the library for it takes memory for whatever a header declares. What is decoded are folders, of many
//! files each; their data is put one after the other, and members are places in it.

use bytes::Bytes;

use crate::ErrorKind;
use crate::coding::decode_coder;
use crate::limits::Budget;
use crate::member::Member;

pub(crate) const MAGIC: &[u8] = b"7z\xbc\xaf\x27\x1c";
/// The length of the header before all data.
const START: usize = 32;
/// How many headers may be within each other, compressed.
const MOST_HEADERS: usize = 4;

/// The data of all members, and where they lie in it.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    pub bytes: Bytes,
    pub members: Vec<Member>,
    pub damage: Option<ErrorKind>,
}

const MALFORMED: ErrorKind = ErrorKind::Malformed("the header is invalid");
type Result<T> = std::result::Result<T, ErrorKind>;

pub(crate) fn unpack(input: &[u8], budget: &Budget) -> Unpacked {
    match header(input, budget).and_then(|(streams, files)| members(input, &streams, &files, budget)) {
        Ok(unpacked) => unpacked,
        Err(damage) => Unpacked { damage: Some(damage), ..Unpacked::default() },
    }
}

/// What is packed, and how.
#[derive(Default)]
struct Streams {
    /// Where the packed data begins, after the start.
    position: u64,
    packed: Vec<u64>,
    folders: Vec<Folder>,
}

/// What was packed together.
#[derive(Default)]
struct Folder {
    /// The last one reads what is packed, each other what the one after it gives.
    coders: Vec<Coder>,
    /// Whether the header has them the other way round.
    is_backwards: bool,
    /// What each coder gives.
    sizes: Vec<u64>,
    /// Sizes and checksums of the files in it.
    files: Vec<(u64, Option<u32>)>,
}

struct Coder {
    id: Vec<u8>,
    properties: Vec<u8>,
}

/// What the header says of the data, and the names of those files that have some.
fn header(input: &[u8], budget: &Budget) -> Result<(Streams, Vec<String>)> {
    let field = |at: usize| input.get(at..).and_then(|it| it.first_chunk()).map(|it| u64::from_le_bytes(*it));
    let (Some(offset), Some(length)) = (field(12), field(20)) else { return Err(ErrorKind::Truncated) };
    let mut bytes = piece(input, offset, length)?.to_vec();
    for _ in 0..MOST_HEADERS {
        let mut reader = Reader { rest: &bytes };
        match reader.byte()? {
            0x17 => {
                let streams = reader.streams()?;
                let mut decoded = Vec::new();
                let folder = streams.folders.first().ok_or(MALFORMED)?;
                let packed = streams.packed.first().ok_or(MALFORMED)?;
                folder.unpack(piece(input, streams.position, *packed)?, budget, &mut decoded)?;
                bytes = decoded;
            }
            0x01 => return reader.header(),
            _ => return Err(MALFORMED),
        }
    }
    Err(MALFORMED)
}

fn piece(input: &[u8], offset: u64, length: u64) -> Result<&[u8]> {
    let start = usize::try_from(offset).ok().and_then(|offset| offset.checked_add(START));
    let length = usize::try_from(length).ok();
    let piece = start.zip(length).and_then(|(start, length)| input.get(start..start.checked_add(length)?));
    piece.ok_or(ErrorKind::Truncated)
}

fn members(input: &[u8], streams: &Streams, names: &[String], budget: &Budget) -> Result<Unpacked> {
    let (mut bytes, mut members, mut damage) = (Vec::new(), Vec::new(), None);
    let mut position = streams.position;
    let mut names = names.iter();
    for (folder, &packed) in streams.folders.iter().zip(&streams.packed) {
        let mut start = bytes.len();
        let unpacked =
            piece(input, position, packed).and_then(|piece| folder.unpack(piece, budget, &mut bytes));
        damage = damage.or(unpacked.err());
        position = position.checked_add(packed).ok_or(MALFORMED)?;
        for &(size, crc) in &folder.files {
            let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size)).ok_or(MALFORMED)?;
            let name = names.next().cloned().unwrap_or_default();
            members.push(Member { crc, ..Member::slice(name, start..end) });
            start = end;
        }
        // What could not be unpacked is not there, and those that follow are after it.
        if start > bytes.len() {
            damage = damage.or(Some(ErrorKind::Truncated));
            break;
        }
    }
    Ok(Unpacked { bytes: bytes.into(), members, damage })
}

impl Folder {
    /// Adds what is in it.
    fn unpack(&self, packed: &[u8], budget: &Budget, to: &mut Vec<u8>) -> Result<()> {
        let mut data = None;
        for (coder, &size) in self.coders.iter().zip(&self.sizes).rev() {
            let input = data.as_deref().unwrap_or(packed);
            data = Some(decode_coder(&coder.id, &coder.properties, input, size, budget)?);
        }
        to.extend_from_slice(data.as_deref().unwrap_or(packed));
        Ok(())
    }
}

struct Reader<'h> {
    rest: &'h [u8],
}

impl<'h> Reader<'h> {
    fn take(&mut self, count: u64) -> Result<&'h [u8]> {
        let count = usize::try_from(count).map_err(|_| ErrorKind::Truncated)?;
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(ErrorKind::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// The ones at the top of the first byte say how many bytes follow; what is below them are the highest bits.
    fn number(&mut self) -> Result<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let low = self.take(more.into())?.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
        let high = u64::from(first) & (0x7f_u64 >> more);
        Ok(if more < 7 { high << (8 * more) | low } else { low })
    }

    fn expect(&mut self, id: u8) -> Result<()> {
        if self.byte()? == id { Ok(()) } else { Err(MALFORMED) }
    }

    fn header(&mut self) -> Result<(Streams, Vec<String>)> {
        let mut streams = Streams::default();
        let mut names = Vec::new();
        loop {
            match self.byte()? {
                0x00 => return Ok((streams, names)),
                0x04 => streams = self.streams()?,
                0x05 => names = self.names()?,
                _ => return Err(ErrorKind::Unsupported("a header of an unknown kind")),
            }
        }
    }

    fn streams(&mut self) -> Result<Streams> {
        let mut streams = Streams::default();
        loop {
            match self.byte()? {
                0x00 => break,
                0x06 => self.packed(&mut streams)?,
                0x07 => self.folders(&mut streams)?,
                0x08 => return self.files(streams),
                _ => return Err(MALFORMED),
            }
        }
        // Without more to say, each folder has one file.
        for folder in &mut streams.folders {
            folder.files = vec![(*folder.sizes.first().ok_or(MALFORMED)?, None)];
        }
        Ok(streams)
    }

    fn packed(&mut self, streams: &mut Streams) -> Result<()> {
        streams.position = self.number()?;
        let count = self.number()?;
        loop {
            match self.byte()? {
                0x00 => return Ok(()),
                0x09 => {
                    for _ in 0..count {
                        streams.packed.push(self.number()?);
                    }
                }
                0x0a => drop(self.checksums(count)?),
                _ => return Err(MALFORMED),
            }
        }
    }

    fn folders(&mut self, streams: &mut Streams) -> Result<()> {
        self.expect(0x0b)?;
        let count = self.number()?;
        // Not in another stream.
        self.expect(0)?;
        for _ in 0..count {
            streams.folders.push(self.folder()?);
        }
        self.expect(0x0c)?;
        for folder in &mut streams.folders {
            for _ in 0..folder.coders.len() {
                folder.sizes.push(self.number()?);
            }
            if folder.is_backwards {
                folder.coders.reverse();
                folder.sizes.reverse();
            }
        }
        match self.byte()? {
            0x00 => return Ok(()),
            0x0a => drop(self.checksums(count)?),
            _ => return Err(MALFORMED),
        }
        self.expect(0)
    }

    fn folder(&mut self) -> Result<Folder> {
        const COMPLEX: u8 = 0x10;
        let mut folder = Folder::default();
        let count = self.number()?;
        for _ in 0..count {
            let flags = self.byte()?;
            if flags & COMPLEX != 0 {
                return Err(ErrorKind::Unsupported("a decoder of more than one stream"));
            }
            let id = self.take((flags & 0xf).into())?.to_vec();
            let length = if flags & 0x20 != 0 { self.number()? } else { 0 };
            folder.coders.push(Coder { id, properties: self.take(length)?.to_vec() });
        }
        // Each reads what the next one gives, or the one before it: pairs of who reads and who gives.
        for number in 1..count {
            folder.is_backwards = match (self.number()?, self.number()?) {
                pair if pair == (number - 1, number) => false,
                pair if pair == (count - number, count - number - 1) || pair == (number, number - 1) => true,
                _ => return Err(ErrorKind::Unsupported("the order of the decoders")),
            };
        }
        Ok(folder)
    }

    /// Of so many streams, the checksums of those that have one.
    fn checksums(&mut self, count: u64) -> Result<Vec<Option<u32>>> {
        let bits = if self.byte()? == 0 { Some(self.take(count.div_ceil(8))?) } else { None };
        let mut checksums = Vec::new();
        for number in 0..count {
            let has_one = bits.is_none_or(|bits| bit(bits, number));
            checksums.push(if has_one {
                let bytes = self.take(4)?;
                bytes.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
            } else {
                None
            });
        }
        Ok(checksums)
    }

    /// How many files are in each folder, how long they are, and their checksums.
    fn files(&mut self, mut streams: Streams) -> Result<Streams> {
        let mut counts = vec![1; streams.folders.len()];
        let mut id = self.byte()?;
        if id == 0x0d {
            for count in &mut counts {
                *count = self.number()?;
            }
            id = self.byte()?;
        }
        let has_sizes = id == 0x09;
        for (folder, &count) in streams.folders.iter_mut().zip(&counts) {
            let mut left = *folder.sizes.first().ok_or(MALFORMED)?;
            for _ in 1..count {
                let size = if has_sizes { self.number()? } else { return Err(MALFORMED) };
                left = left.checked_sub(size).ok_or(MALFORMED)?;
                folder.files.push((size, None));
            }
            if count > 0 {
                folder.files.push((left, None));
            }
        }
        if has_sizes {
            id = self.byte()?;
        }
        if id == 0x0a {
            let files = streams.folders.iter_mut().flat_map(|folder| &mut folder.files);
            let mut files: Vec<_> = files.collect();
            // Those of folders with one file may stand elsewhere; then there are fewer, which nobody can assign.
            if let Ok(checksums) = self.checksums(files.len() as u64) {
                files.iter_mut().zip(checksums).for_each(|(file, checksum)| file.1 = checksum);
            }
            id = self.byte()?;
        }
        if id != 0 {
            return Err(MALFORMED);
        }
        self.expect(0)?;
        Ok(streams)
    }

    /// The names of the files that are not empty.
    fn names(&mut self) -> Result<Vec<String>> {
        let count = self.number()?;
        let (mut names, mut empty) = (Vec::new(), &[][..]);
        loop {
            let id = self.byte()?;
            if id == 0 {
                break;
            }
            let length = self.number()?;
            let property = self.take(length)?;
            match (id, property) {
                (0x0e, bits) => empty = bits,
                (0x11, [0, text @ ..]) => {
                    let units: Vec<u16> =
                        text.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
                    names = units.split(|&unit| unit == 0).map(String::from_utf16_lossy).collect();
                    names.pop();
                }
                _ => {}
            }
        }
        if names.len() as u64 != count {
            return Err(MALFORMED);
        }
        let has_data = |number: usize| !empty.get(number / 8).is_some_and(|_| bit(empty, number as u64));
        Ok(names
            .into_iter()
            .enumerate()
            .filter(|(number, _)| has_data(*number))
            .map(|(_, name)| name)
            .collect())
    }
}

/// The bits of each byte are counted from its top.
fn bit(bits: &[u8], number: u64) -> bool {
    let byte = usize::try_from(number / 8).ok().and_then(|at| bits.get(at));
    byte.is_some_and(|byte| byte & (0x80 >> (number % 8)) != 0)
}
