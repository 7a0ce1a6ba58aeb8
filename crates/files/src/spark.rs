//! Hadoop's `SequenceFile`, as Spark's `saveAsPickleFile` writes it: each value is an array of Java, of arrays of bytes,
//! each of which is a pickle of several elements. Keys are nothing: `NullWritable`.

use bytes::Bytes;

use crate::coding::{Sink, decode as decompress};
use crate::fields::Fields;
use crate::limits::Budget;
use crate::spool::Spool;
use crate::{ErrorKind, Format, is_pickle};

const HEADER: ErrorKind = ErrorKind::Malformed("the header is invalid");
const RECORD: ErrorKind = ErrorKind::Malformed("a record is invalid");
const FOREIGN: ErrorKind = ErrorKind::Unsupported("keys, or values that are no pickles of Spark");

/// The pickles, one after the other.
pub(crate) fn decode(input: &[u8], budget: &Budget) -> Result<Spool, ErrorKind> {
    const MAGIC: usize = 4;
    let mut reader = Reader { rest: input.get(MAGIC..).ok_or(ErrorKind::Truncated)? };
    let has_keys = reader.text()? != b"org.apache.hadoop.io.NullWritable";
    let is_bytes = reader.text()? == b"org.apache.hadoop.io.BytesWritable";
    let (is_compressed, is_in_blocks) = (reader.flag()?, reader.flag()?);
    let codec = if is_compressed { Some(codec(reader.text()?)?) } else { None };
    for _ in 0..reader.u32()?.checked_mul(2).ok_or(HEADER)? {
        reader.text()?;
    }
    if has_keys || !is_bytes {
        return Err(FOREIGN);
    }
    let sync = reader.take(SYNC)?;
    let mut sink = Sink::new(input.len(), budget);
    let unpack = |bytes: &[u8]| match codec {
        Some(codec) => decompress(codec, bytes, budget).map(|decoded| decoded.bytes),
        None => Ok(Bytes::copy_from_slice(bytes)),
    };
    while !reader.rest.is_empty() {
        let length = reader.u32()?;
        if length == ESCAPE {
            if reader.take(SYNC)? != sync {
                return Err(ErrorKind::Malformed("a mark between records is not that of the file"));
            }
            if is_in_blocks && !reader.rest.is_empty() {
                let count = reader.vint()?;
                let [_, keys, _, values] =
                    [reader.block()?, reader.block()?, reader.block()?, reader.block()?];
                if !unpack(keys)?.is_empty() {
                    return Err(FOREIGN);
                }
                let values = unpack(values)?;
                let mut values = Reader { rest: &values };
                for _ in 0..count {
                    values.value(&mut sink)?;
                }
            }
            continue;
        }
        if is_in_blocks {
            return Err(RECORD);
        }
        if reader.u32()? > 0 {
            return Err(FOREIGN);
        }
        let value = unpack(reader.take(length)?)?;
        Reader { rest: &value }.value(&mut sink)?;
    }
    Ok(sink.spool)
}

const SYNC: usize = 16;
/// In the place of a record's length: a mark follows.
const ESCAPE: usize = u32::MAX as usize;

fn codec(class: &[u8]) -> Result<Format, ErrorKind> {
    match class {
        b"org.apache.hadoop.io.compress.DefaultCodec" | b"org.apache.hadoop.io.compress.DeflateCodec" => {
            Ok(Format::Zlib)
        }
        b"org.apache.hadoop.io.compress.GzipCodec" => Ok(Format::Gzip),
        b"org.apache.hadoop.io.compress.BZip2Codec" => Ok(Format::Bzip2),
        b"org.apache.hadoop.io.compress.ZStandardCodec" => Ok(Format::Zstd),
        _ => Err(ErrorKind::Unsupported("the compression method")),
    }
}

struct Reader<'i> {
    rest: &'i [u8],
}

impl<'i> Reader<'i> {
    fn take(&mut self, length: usize) -> Result<&'i [u8], ErrorKind> {
        let (piece, rest) = self.rest.split_at_checked(length).ok_or(ErrorKind::Truncated)?;
        self.rest = rest;
        Ok(piece)
    }

    fn u8(&mut self) -> Result<u8, ErrorKind> {
        Ok(self.take(1)?[0])
    }

    fn u16(&mut self) -> Result<usize, ErrorKind> {
        Fields::big(self.take(2)?).u16(0).ok_or(RECORD)
    }

    fn u32(&mut self) -> Result<usize, ErrorKind> {
        Fields::big(self.take(4)?).u32(0).ok_or(RECORD)
    }

    fn flag(&mut self) -> Result<bool, ErrorKind> {
        Ok(self.u8()? != 0)
    }

    /// A length of one byte, or of as many as the first byte says. Those below zero are none.
    fn vint(&mut self) -> Result<usize, ErrorKind> {
        let first = self.u8()?.cast_signed();
        let count = match first {
            0.. => return Ok(usize::from(first.unsigned_abs())),
            -120..=-113 => usize::from((-112 - first).unsigned_abs()),
            _ => return Err(RECORD),
        };
        let number = self.take(count)?.iter().fold(0, |number: u64, &byte| number << 8 | u64::from(byte));
        usize::try_from(number).map_err(|_| RECORD)
    }

    fn text(&mut self) -> Result<&'i [u8], ErrorKind> {
        let length = self.vint()?;
        self.take(length)
    }

    fn block(&mut self) -> Result<&'i [u8], ErrorKind> {
        self.text()
    }

    /// A value, after its length.
    fn value(&mut self, sink: &mut Sink) -> Result<(), ErrorKind> {
        let length = self.u32()?;
        let value = self.take(length)?;
        if is_pickle(value) {
            return sink.push(value);
        }
        Reader { rest: value }.java(sink)
    }

    /// `byte[][]` as Java serialises it: `ac ed 00 05`, and an array, each element of which is an array.
    fn java(&mut self, sink: &mut Sink) -> Result<(), ErrorKind> {
        const MAGIC: [u8; 4] = [0xac, 0xed, 0, 5];
        if self.take(MAGIC.len())? != MAGIC {
            return Err(FOREIGN);
        }
        for _ in 0..self.array(b"[[B")? {
            let length = self.array(b"[B")?;
            sink.push(self.take(length)?)?;
        }
        Ok(())
    }

    /// The number of elements of an array of this class, which is described where it comes first.
    fn array(&mut self, class: &[u8]) -> Result<usize, ErrorKind> {
        const ARRAY: u8 = 0x75;
        const CLASS: u8 = 0x72;
        const SEEN: u8 = 0x71;
        // The number of its form, flags, no fields, the end of notes, and no class above.
        const REST: usize = 8 + 1;
        const END: [u8; 4] = [0, 0, 0x78, 0x70];
        if self.u8()? != ARRAY {
            return Err(FOREIGN);
        }
        match self.u8()? {
            CLASS => {
                let length = self.u16()?;
                if self.take(length)? != class {
                    return Err(FOREIGN);
                }
                self.take(REST)?;
                if self.take(END.len())? != END {
                    return Err(FOREIGN);
                }
            }
            SEEN => {
                self.take(4)?;
            }
            _ => return Err(FOREIGN),
        }
        self.u32()
    }
}
