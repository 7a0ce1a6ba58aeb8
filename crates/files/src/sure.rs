//! What bytes are for sure: a layer is only taken off where something that is known is inside.

use flate2::{Decompress, FlushDecompress, Status};
use halfsour_lexer::{ErrorKind, Lexer, Op};
use halfsour_vm::Loader;

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
        None => depth > 0 && Format::nested(bytes, depth - 1) != Format::Pickle || loads(bytes),
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

/// Whether a pickle of protocol 2 or later begins here, or a part of one.
pub(crate) fn begins_as_pickle(bytes: &[u8]) -> bool {
    const MOST: usize = 16;
    if !matches!(bytes, [0x80, 2..=5, _, ..]) {
        return false;
    }
    let mut lexer = Lexer::new(bytes);
    for _ in 0..MOST {
        match lexer.next_op() {
            Ok(Op::Stop) => break,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::UnexpectedEnd,
        }
    }
    true
}

/// Whether the opcodes go as far as `STOP`, or are too many to be looked at.
pub(crate) fn goes_on_as_pickle(bytes: &[u8]) -> bool {
    const MOST: usize = 1 << 16;
    let mut lexer = Lexer::new(bytes);
    for _ in 0..MOST {
        match lexer.next_op() {
            Ok(Op::Stop) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    true
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
