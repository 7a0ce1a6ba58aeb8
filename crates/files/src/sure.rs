//! What bytes are for sure: a layer is only taken off where something that is known is inside.

use std::io::Read;

use flate2::{Decompress, FlushDecompress, Status};
use halfsour_lexer::{ErrorKind, Lexer, Op, Opcode};
use halfsour_vm::Loader;
use lzma_rust2::LzmaReader;

use crate::Format;

/// The number of bytes up to which it is tried whether they are a pickle that has no mark at its beginning.
pub(crate) const LONGEST: usize = 16 << 20;
/// How many layers lie in each other where they are only looked for. Reading tells more.
pub(crate) const DEPTH: usize = 4;

/// Whether it is a pickle, or a layer or an archive that is known.
pub(crate) fn is_sure(bytes: &[u8], depth: usize) -> bool {
    if begins_as_pickle(bytes) {
        return true;
    }
    match Format::magic(bytes) {
        Some(Format::Zlib) => inflates(bytes),
        Some(_) => true,
        None => depth > 0 && Format::nested(bytes, depth - 1) != Format::Pickle || is_whole(bytes),
    }
}

/// Whether this head of a text's contents says what they are: a pickle, or a layer or an archive with a mark.
pub(crate) fn is_known_by_head(head: &[u8]) -> bool {
    match Format::magic(head) {
        Some(Format::Zlib) => inflates(head),
        Some(_) => true,
        None => begins_as_pickle(head),
    }
}

/// Whether this head of what base64 stands for says what it is.
pub(crate) fn is_base64_of(head: &[u8]) -> bool {
    match Format::magic(head) {
        Some(Format::Zlib) => inflates(head),
        Some(_) => true,
        None => matches!(head, [0x80, 2..=5, _, ..]),
    }
}

/// Whether these bytes may be a pickle of any protocol, or a layer or an archive with a mark.
pub(crate) fn may_begin(bytes: &[u8]) -> bool {
    const MOST: usize = 8;
    Format::magic(bytes).is_some() || matches!(opcodes(bytes, MOST), Ok(()) | Err(ErrorKind::UnexpectedEnd))
}

/// Reads opcodes up to `STOP`, or so many; the error says why one cannot be read.
fn opcodes(bytes: &[u8], most: usize) -> Result<(), ErrorKind> {
    let mut lexer = Lexer::new(bytes);
    for _ in 0..most {
        if let Op::Stop = lexer.next_op().map_err(|error| error.kind())? {
            break;
        }
    }
    Ok(())
}

/// Whether a pickle of protocol 2 or later begins here, or a part of one. A few bytes have to be a whole one.
pub(crate) fn begins_as_pickle(bytes: &[u8]) -> bool {
    const MOST: usize = 16;
    const FEW: usize = 12;
    if !matches!(bytes, [0x80, 2..=5, _, ..]) {
        return false;
    }
    if bytes.len() < FEW {
        return loads(bytes);
    }
    matches!(opcodes(bytes, MOST), Ok(()) | Err(ErrorKind::UnexpectedEnd))
}

/// Whether the opcodes go as far as `STOP`, or are too many to be looked at.
pub(crate) fn goes_on_as_pickle(bytes: &[u8]) -> bool {
    const MOST: usize = 1 << 16;
    opcodes(bytes, MOST).is_ok()
}

/// Whether the opcodes go as far as `STOP`, from the beginning; and where that ends.
pub(crate) fn end_of_opcodes(bytes: &[u8]) -> Option<usize> {
    let mut lexer = Lexer::new(bytes);
    loop {
        if let Op::Stop = lexer.next_op().ok()? {
            return Some(lexer.offset());
        }
    }
}

/// Whether all of it is one pickle, of any protocol.
pub(crate) fn loads(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_end();
    bytes.len() <= LONGEST && end_of_opcodes(bytes) == Some(bytes.len()) && Loader::new().load(bytes).is_ok()
}

/// Whether it is a pickle, where most values are something else.
pub(crate) fn is_meant(bytes: &[u8]) -> bool {
    begins_as_pickle(bytes) || is_whole(bytes)
}

/// Whether all of it is one pickle, and not only by chance, as a few letters or random bytes are.
fn is_whole(bytes: &[u8]) -> bool {
    (bytes.first() == Some(&Opcode::Proto.byte()) || tells(bytes)) && loads(bytes)
}

/// Whether the opcodes have a line, import something, or fill the memo from its first slots on.
fn tells(bytes: &[u8]) -> bool {
    let mut lexer = Lexer::new(bytes);
    while let Ok(op) = lexer.next_op() {
        match op {
            Op::Int(_)
            | Op::Long(_)
            | Op::Float(_)
            | Op::String(_)
            | Op::Unicode(_)
            | Op::Put(_)
            | Op::Global(..)
            | Op::Inst(..)
            | Op::StackGlobal
            | Op::Memoize => return true,
            Op::BinPut(slot) => return slot <= 1,
            Op::LongBinPut(slot) => return slot <= 1,
            Op::Stop => return false,
            _ => {}
        }
    }
    false
}

/// Whether the first bits may be those of compressed data without a header: the kind of a block, and of one that is stored its length,
/// which stands there twice.
pub(crate) fn may_be_deflated(bytes: &[u8]) -> bool {
    const SHORTEST: usize = 12;
    match bytes {
        _ if bytes.len() < SHORTEST => false,
        [kind, low, high, not_low, not_high, ..] if kind & 6 == 0 => (!low, !high) == (*not_low, *not_high),
        [kind, ..] => kind & 6 != 6,
        [] => false,
    }
}

/// Whether all of it is compressed data without a header, with a pickle in it.
pub(crate) fn deflates(bytes: &[u8]) -> bool {
    if !may_be_deflated(bytes) || bytes.len() > LONGEST {
        return false;
    }
    let mut decompress = Decompress::new(false);
    let mut out = vec![0; 1024];
    let mut rest = bytes;
    loop {
        let (taken, given) = (decompress.total_in(), decompress.total_out());
        let status = decompress.decompress(rest, &mut out, FlushDecompress::None);
        let step = |after: u64, before: u64| usize::try_from(after - before).unwrap_or(usize::MAX);
        let (taken, length) = (step(decompress.total_in(), taken), step(decompress.total_out(), given));
        rest = &rest[taken..];
        let is_end = match status {
            Ok(Status::StreamEnd) => rest.is_empty(),
            Ok(_) => (taken, length) != (0, 0),
            Err(_) => false,
        };
        let is_pickle =
            || begins_as_pickle(&out[..length]) || rest.is_empty() && length > 2 && is_whole(&out[..length]);
        if !is_end || given == 0 && !is_pickle() {
            return false;
        }
        if matches!(status, Ok(Status::StreamEnd)) {
            return true;
        }
    }
}

/// Whether it is zlib's with a window of another size than its own programs write, with something in it that is known for sure.
pub(crate) fn inflates_oddly(bytes: &[u8]) -> bool {
    let [method, flags, ..] = bytes else { return false };
    let is_header = u16::from_be_bytes([*method, *flags]).is_multiple_of(31) && flags & 0x20 == 0;
    if method & 0x0f != 8 || *method >= 0x78 || !is_header {
        return false;
    }
    let mut out = [0; HEAD];
    let mut decompress = Decompress::new(true);
    let status = decompress.decompress(bytes, &mut out, FlushDecompress::None);
    let given = usize::try_from(decompress.total_out()).unwrap_or_default();
    status.is_ok_and(|status| is_head(&out[..given], status == Status::StreamEnd))
}

/// Whether it is LZMA with the old header and other properties than the presets have, with something in it that is known for sure. Dictionary and
/// length may be any: some readers are strict in what they take there, others are not.
pub(crate) fn is_odd_lzma(bytes: &[u8]) -> bool {
    // As much as the first bytes can refer to.
    const DICTIONARY: u32 = 1 << 12;
    let Some((head, data)) = bytes.split_first_chunk::<13>() else { return false };
    let (properties, stated) =
        (head[0], head.last_chunk().copied().map(u64::from_le_bytes).unwrap_or_default());
    let (literal, position) = (properties % 9, properties / 9 % 5);
    if properties >= 225 || literal + position > 4 {
        return false;
    }
    let Ok(mut decoder) = LzmaReader::new_with_props(data, stated, properties, DICTIONARY, None) else {
        return false;
    };
    decoder.set_defer_errors(true);
    let (mut out, mut given) = ([0; HEAD], 0);
    loop {
        match decoder.read(&mut out[given..]) {
            Ok(0) => return is_head(&out[..given], given < HEAD),
            Ok(count) => given += count,
            // What comes before an error is read all the same.
            Err(_) => return given > 0 && is_head(&out[..given], true),
        }
    }
}

/// The number of bytes that are decompressed to tell what is inside.
const HEAD: usize = 1024;

/// Whether these first bytes, or all of them, are of something known.
fn is_head(head: &[u8], is_all: bool) -> bool {
    is_known_by_head(head) || is_all && is_whole(head)
}

/// Whether it is compressed data: a whole stream, or a long beginning of one, or a pickle's.
pub(crate) fn inflates(bytes: &[u8]) -> bool {
    let mut out = [0; 1024];
    let mut decompress = Decompress::new(true);
    match decompress.decompress(bytes, &mut out, FlushDecompress::None) {
        Ok(Status::StreamEnd) => true,
        Ok(_) => {
            let given = usize::try_from(decompress.total_out()).unwrap_or_default();
            given == out.len() || begins_as_pickle(&out[..given])
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_meant;

    /// Words and random bytes often go as opcodes to a `STOP`.
    #[test]
    fn values_are_no_pickles_by_chance() {
        let words: [&[u8]; 5] = [b"Mr.", b"N.", b"Jones.", b"Good idea.", b"Glossy carpets."];
        let bytes: [&[u8]; 4] = [b"\x83\xd0\x35.", b"\x80\x02.", b"\x80\x02L\x11", b"\x82\x16)\x81."];
        for value in words.iter().chain(&bytes) {
            assert!(!is_meant(value), "{}", value.escape_ascii());
        }
        let pickles: [&[u8]; 6] = [
            b"\x80\x02N.",
            b"I5\n.",
            b"(lp0\nI1\na.",
            b"]q\0.",
            b"cos\nsystem\n(S'id'\ntR.",
            b"\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
        ];
        for pickle in pickles {
            assert!(is_meant(pickle), "{}", pickle.escape_ascii());
        }
    }
}
