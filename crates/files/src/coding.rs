//! Decompressors, within limits.

use std::io::{self, BufRead, Read};

use bytes::Bytes;
use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use lzma_rust2::filter::bcj::BcjReader;
use lzma_rust2::filter::delta::DeltaReader;
use lzma_rust2::{Action, Lzma2Reader, LzmaReader, LzmaStream, StreamResult, XzReader, XzStream};
use memchr::memmem;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use crate::limits::Budget;
use crate::spool::Spool;
use crate::window::Sliding;
use crate::{ErrorKind, Format, Limit, base64, joblib09, spark, texts};

/// What some bytes were made of, how many bytes follow the first stream of them, and how many of these belong to nothing.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub bytes: Bytes,
    pub behind: usize,
    pub rest: usize,
}

/// Decodes all of it: where several streams may follow each other, all of them.
pub(crate) fn decode(format: Format, input: &[u8], budget: &Budget) -> Result<Decoded, ErrorKind> {
    let mut sink = Sink::new(input.len(), budget);
    let rest = decode_into(format, input, &mut sink)?;
    sink.decoded(rest)
}

/// Does as [`decode`], or decodes what was cut off as far as it goes, if that is wanted: then it says why it does not go on. What is
/// wrong in other ways is an error: where it begins to be is not known.
pub(crate) fn decode_or_salvage(
    format: Format,
    input: &[u8],
    budget: &Budget,
) -> Result<(Decoded, Option<ErrorKind>), ErrorKind> {
    match decode_as_far(format, input, budget) {
        Err(ErrorKind::Truncated | ErrorKind::Malformed(_) | ErrorKind::Checksum) | Ok((_, Some(_)))
            if budget.salvage =>
        {
            decode_as_far(format, written(input), budget)
        }
        decoded => decoded,
    }
}

/// What comes before zeros that were never written: a decoder may make something of them. Compressed data has no long runs of zeros.
fn written(input: &[u8]) -> &[u8] {
    const RUN: [u8; 64] = [0; 64];
    let end = memmem::find(input, &RUN).unwrap_or(input.len());
    let zeros = input[..end].iter().rev().take_while(|&&byte| byte == 0).count();
    &input[..end - zeros]
}

fn decode_as_far(
    format: Format,
    input: &[u8],
    budget: &Budget,
) -> Result<(Decoded, Option<ErrorKind>), ErrorKind> {
    let mut sink = Sink::new(input.len(), budget);
    let rest = decode_into(format, input, &mut sink);
    if rest == Err(ErrorKind::Truncated) && budget.salvage && matches!(format, Format::Xz | Format::Lzma) {
        // The readers give no piece of which they lack the end.
        sink = Sink::new(input.len(), budget);
        push_pieces(format, input, &mut sink)?;
    }
    sink.salvaged(rest)
}

/// Decodes xz or LZMA as far as it goes, save for the last bytes, which the decoder does not look at.
fn push_pieces(format: Format, input: &[u8], sink: &mut Sink) -> Result<(), ErrorKind> {
    let limit = kilobytes(sink.budget);
    if format == Format::Xz {
        let mut stream = XzStream::new_mem_limit(true, limit);
        push(input, sink, |input, output| stream.process(input, output, Action::Run))
    } else {
        let mut stream = LzmaStream::new_mem_limit(limit, None);
        push(input, sink, |input, output| stream.process(input, output, Action::Run))
    }
}

fn push(
    mut input: &[u8],
    sink: &mut Sink,
    mut process: impl FnMut(&[u8], &mut [u8]) -> io::Result<StreamResult>,
) -> Result<(), ErrorKind> {
    let mut piece = vec![0; PIECE];
    while let Ok(StreamResult { bytes_consumed: taken, bytes_produced: given, .. }) =
        process(input, &mut piece)
        && (taken, given) != (0, 0)
    {
        sink.push(&piece[..given])?;
        input = &input[taken..];
    }
    Ok(())
}

/// Decodes into a sink; gives the number of bytes behind it.
fn decode_into(format: Format, input: &[u8], sink: &mut Sink) -> Result<usize, ErrorKind> {
    let budget = sink.budget;
    if let Some(bytes) = text(format, input, budget)? {
        sink.spool = bytes.into();
        return Ok(0);
    }
    if format == Format::SequenceFile {
        sink.spool = spark::decode(input, budget)?;
        return Ok(0);
    }
    let mut rest = input;
    loop {
        rest = match format {
            Format::Gzip => {
                let mut decoder = GzDecoder::new(Sliding::new(rest));
                sink.fill(&mut decoder)?;
                decoder.into_inner().rest
            }
            Format::Zlib => inflate(rest, true, sink)?,
            Format::Deflate => inflate(rest, false, sink)?,
            Format::JoblibZ => {
                let (data, length) = joblib09::compressed(rest)?;
                let rest = inflate(data, true, sink)?;
                if sink.spool.len() as u64 != length {
                    return Err(ErrorKind::Malformed("the data is not as long as the header says"));
                }
                rest
            }
            Format::Bzip2 => {
                let mut decoder = BzDecoder::new(Sliding::new(rest));
                sink.fill(&mut decoder)?;
                decoder.into_inner().rest
            }
            Format::Xz => {
                let mut decoder = XzReader::new_mem_limit(Sliding::new(rest), false, kilobytes(budget));
                sink.fill(&mut decoder)?;
                decoder.into_inner().rest
            }
            Format::Lzma => {
                let decoder = LzmaReader::new_mem_limit(Sliding::new(rest), kilobytes(budget), None);
                let mut decoder = decoder.map_err(|error| kind(&error))?;
                sink.fill(&mut decoder)?;
                let (after, buffered) = decoder.into_parts();
                &rest[rest.len() - after.rest.len() - buffered.len()..]
            }
            Format::Zstd => zstd(without_skipped(rest), sink)?,
            Format::Lz4 => lz4(without_skipped(rest), sink)?,
            _ => unreachable!("only codings are decoded"),
        };
        sink.behind.get_or_insert(rest.len());
        if matches!(format, Format::Zstd | Format::Lz4) {
            rest = without_skipped(rest);
        }
        // Python's readers let zeros stand between members of gzip, and xz's format has them, too.
        if matches!(format, Format::Gzip | Format::Xz) {
            let zeros = rest.iter().take_while(|&&byte| byte == 0).count();
            rest = &rest[zeros..];
        }
        let goes_on = !matches!(format, Format::Zlib | Format::Deflate | Format::JoblibZ | Format::Lzma)
            && Format::magic(rest) == Some(format);
        if !goes_on {
            return Ok(rest.len());
        }
    }
}

/// What is written as text stands for, or backwards.
fn text(format: Format, input: &[u8], budget: &Budget) -> Result<Option<Vec<u8>>, ErrorKind> {
    if format == Format::Base64 {
        return base64::decode(texts::bare(input), budget).map(Some);
    }
    let read = match format {
        Format::Hex => texts::unhex,
        Format::Escaped => texts::unescape,
        Format::Reversed => |input: &[u8]| Some(input.iter().rev().copied().collect()),
        _ => return Ok(None),
    };
    budget.spend(input.len() as u64)?;
    let input = if format == Format::Reversed { input } else { texts::bare(input) };
    read(input).map(Some).ok_or(ErrorKind::Malformed("the text is invalid"))
}

/// How a member of a zip archive is compressed, by its number. What is cut off is taken as far as it goes, if that is wanted.
pub(crate) fn decode_method(
    method: u16,
    input: &[u8],
    size: u64,
    budget: &Budget,
) -> Result<(Bytes, Option<ErrorKind>), ErrorKind> {
    let format = match method {
        8 | 14 => {
            let mut sink = Sink::new(input.len(), budget);
            let done = match method {
                8 => inflate(input, false, &mut sink).map(|_| 0),
                _ => zip_lzma(input, size, &mut sink).map(|()| 0),
            };
            let (decoded, damage) = sink.salvaged(done)?;
            return Ok((decoded.bytes, damage));
        }
        12 => Format::Bzip2,
        93 => Format::Zstd,
        95 => Format::Xz,
        _ => return Err(ErrorKind::Unsupported("the compression method")),
    };
    let (decoded, damage) = decode_or_salvage(format, input, budget)?;
    Ok((decoded.bytes, damage))
}

/// LZMA as zip has it: a version, the length of the properties, the properties, and no length of what comes.
fn zip_lzma(input: &[u8], size: u64, sink: &mut Sink) -> Result<(), ErrorKind> {
    let ([_, _, 5, 0, properties, dictionary @ ..], rest) =
        input.split_first_chunk::<9>().ok_or(ErrorKind::Truncated)?
    else {
        return Err(ErrorKind::Malformed("the properties are not five bytes"));
    };
    let dictionary = u32::from_le_bytes(*dictionary);
    if u64::from(dictionary) > sink.budget.limits.window {
        return Err(ErrorKind::Unsupported("a dictionary of this size"));
    }
    let mut decoder = LzmaReader::new_with_props(rest, size, *properties, dictionary, None)
        .map_err(|error| kind(&error))?;
    decoder.set_defer_errors(sink.budget.salvage);
    sink.fill(&mut decoder)
}

/// What one of 7z's decoders gives, by its id.
pub(crate) fn decode_coder(
    id: &[u8],
    properties: &[u8],
    input: &[u8],
    size: u64,
    budget: &Budget,
) -> Result<Bytes, ErrorKind> {
    let mut sink = Sink::new(input.len(), budget);
    match (id, properties) {
        ([0], _) => sink.push(input)?,
        ([0x21], [dictionary, ..]) => {
            // Two bits of it are a mantissa, the others an exponent; the greatest is 4 GiB.
            let power = u32::from(dictionary >> 1) + 11;
            let size = (2 | u64::from(dictionary & 1)).checked_shl(power).unwrap_or(u64::MAX);
            let dictionary = u32::try_from(size).ok().filter(|_| size <= budget.limits.window);
            let dictionary = dictionary.ok_or(ErrorKind::Unsupported("a dictionary of this size"))?;
            sink.fill(&mut Lzma2Reader::new(input, dictionary, None))?;
        }
        ([3, 1, 1], [properties, dictionary @ ..]) => {
            let dictionary = dictionary.first_chunk().ok_or(ErrorKind::Truncated)?;
            let dictionary = u32::from_le_bytes(*dictionary);
            if u64::from(dictionary) > budget.limits.window {
                return Err(ErrorKind::Unsupported("a dictionary of this size"));
            }
            let decoder = LzmaReader::new_with_props(input, size, *properties, dictionary, None);
            sink.fill(&mut decoder.map_err(|error| kind(&error))?)?;
        }
        ([4, 1, 8], _) => drop(inflate(input, false, &mut sink)?),
        ([4, 2, 2], _) => sink.fill(&mut BzDecoder::new(input))?,
        ([4, 0xf7, 0x11, 1], _) => return Ok(decode(Format::Zstd, input, budget)?.bytes),
        ([4] | [3, 3, 1, 3], _) => sink.fill(&mut BcjReader::new_x86(input, 0))?,
        ([3], [distance, ..]) => sink.fill(&mut DeltaReader::new(input, usize::from(*distance) + 1))?,
        _ => return Err(ErrorKind::Unsupported("the compression method")),
    }
    sink.finish()
}

/// Takes what a decompressor gives, as far as the limits go.
pub(crate) struct Sink<'b> {
    pub spool: Spool,
    /// The number of bytes behind the first stream, once it is read.
    behind: Option<usize>,
    allowance: u64,
    budget: &'b Budget,
}

impl<'b> Sink<'b> {
    pub fn new(input: usize, budget: &'b Budget) -> Self {
        Self { spool: Spool::default(), behind: None, allowance: budget.allowance(input), budget }
    }

    pub fn push(&mut self, piece: &[u8]) -> Result<(), ErrorKind> {
        let more = piece.len() as u64;
        self.allowance = self.allowance.checked_sub(more).ok_or(ErrorKind::Limit(Limit::Ratio))?;
        self.budget.spend(more)?;
        self.spool.push(piece).map_err(|error| ErrorKind::Io(error.kind()))
    }

    pub fn finish(self) -> Result<Bytes, ErrorKind> {
        self.spool.finish().map_err(|error| ErrorKind::Io(error.kind()))
    }

    fn decoded(self, rest: usize) -> Result<Decoded, ErrorKind> {
        let behind = self.behind.unwrap_or(rest);
        Ok(Decoded { bytes: self.finish()?, behind, rest })
    }

    /// What was decoded, and the number of bytes behind it; or what came before the end of what is cut off, if that is wanted.
    fn salvaged(self, rest: Result<usize, ErrorKind>) -> Result<(Decoded, Option<ErrorKind>), ErrorKind> {
        match rest {
            Ok(rest) => Ok((self.decoded(rest)?, None)),
            Err(ErrorKind::Truncated) if self.budget.salvage && self.spool.len() > 0 => {
                Ok((self.decoded(0)?, Some(ErrorKind::Truncated)))
            }
            Err(kind) => Err(kind),
        }
    }

    fn fill(&mut self, decoder: &mut impl Read) -> Result<(), ErrorKind> {
        let mut piece = vec![0; PIECE];
        loop {
            match decoder.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(count) => self.push(&piece[..count])?,
                Err(error) => return Err(kind(&error)),
            }
        }
    }
}

const PIECE: usize = 1 << 16;

/// With the decompressor's own interface: its reader takes the end of the input for that of the stream.
fn inflate<'i>(input: &'i [u8], zlib: bool, sink: &mut Sink) -> Result<&'i [u8], ErrorKind> {
    let mut decompress = Decompress::new(zlib);
    let mut input = Sliding::new(input);
    let mut piece = vec![0; PIECE];
    loop {
        let (taken, given) = (decompress.total_in(), decompress.total_out());
        let status = decompress.decompress(input.rest, &mut piece, FlushDecompress::None);
        let status = status.map_err(|_| ErrorKind::Malformed("the compressed data is invalid"))?;
        let step = |after: u64, before: u64| usize::try_from(after - before).unwrap_or(usize::MAX);
        let (taken, given) = (step(decompress.total_in(), taken), step(decompress.total_out(), given));
        sink.push(&piece[..given])?;
        input.consume(taken);
        match status {
            Status::StreamEnd => return Ok(input.rest),
            Status::Ok | Status::BufError if taken == 0 && given == 0 => return Err(ErrorKind::Truncated),
            Status::Ok | Status::BufError => {}
        }
    }
}

/// What comes behind the frames at the beginning that readers of Zstandard and LZ4 skip.
pub(crate) fn without_skipped(mut bytes: &[u8]) -> &[u8] {
    while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, rest @ ..] = bytes {
        let length = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let Some(rest) = rest.get(length..) else { break };
        bytes = rest;
    }
    bytes
}

/// One frame.
fn zstd<'i>(input: &'i [u8], sink: &mut Sink) -> Result<&'i [u8], ErrorKind> {
    let window = sink.budget.limits.window;
    let mut input = Sliding::new(input);
    let mut decoder = match StreamingDecoder::new_with_max_window_size(&mut input, window) {
        Ok(decoder) => decoder,
        // All that could be skipped was.
        Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { .. })) => {
            return Err(ErrorKind::Truncated);
        }
        Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
            return Err(ErrorKind::Unsupported("a window of this size"));
        }
        Err(_) => return Err(ErrorKind::Malformed("the header of the frame is invalid")),
    };
    sink.fill(&mut decoder)?;
    let decoder = &decoder.decoder;
    match decoder.get_checksum_from_data() {
        Some(stated) if decoder.get_calculated_checksum() != Some(stated) => Err(ErrorKind::Checksum),
        _ => Ok(input.rest),
    }
}

/// One frame.
fn lz4<'i>(input: &'i [u8], sink: &mut Sink) -> Result<&'i [u8], ErrorKind> {
    let mut decoder =
        lz4_flex::frame::FrameDecoder::new(Watched { input: Sliding::new(input), is_short: false });
    sink.fill(&mut decoder)?;
    let Watched { input, is_short } = decoder.into_inner();
    if is_short { Err(ErrorKind::Truncated) } else { Ok(input.rest) }
}

/// Bytes that remember whether more was asked for than there is: the LZ4 decoder takes an end within a block's header for
/// that of the frame.
struct Watched<'i> {
    input: Sliding<'i>,
    is_short: bool,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_short |= buffer.len() > self.input.rest.len();
        self.input.read(buffer)
    }
}

fn kilobytes(budget: &Budget) -> u32 {
    u32::try_from(budget.limits.window >> 10).unwrap_or(u32::MAX)
}

/// What a decoder's error says of the data. Its text is not kept: it may be of the decoder's own words.
fn kind(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ErrorKind::Truncated,
        io::ErrorKind::OutOfMemory => ErrorKind::Unsupported("a dictionary of this size"),
        _ => ErrorKind::Malformed("the compressed data is invalid"),
    }
}
