//! The look of bytes that are no pickle.

use halfsour_lexer as lexer;
use halfsour_vm::{Error, ErrorKind};

use crate::Incompleteness;

/// How files begin that somebody may take for a pickle, and what they are.
const STARTS: [(&[u8], &str); 15] = [
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"<", "XML or HTML"),
    (b"#!", "a script"),
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x89HDF", "HDF5"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "Arrow"),
    (b"GGUF", "GGUF"),
    (b"SQLite format 3\0", "a database of SQLite"),
];

/// Returns the kind of a pickle that cannot be read to its end.
pub(crate) fn kind(error: &Error) -> Incompleteness {
    match error.kind() {
        ErrorKind::Lexer(lexer::ErrorKind::UnexpectedEnd) | ErrorKind::FrameTooLong => Incompleteness::CutOff,
        _ => Incompleteness::Unreadable,
    }
}

/// Returns the kind and the reason of bytes that cannot be read, and first in the reason, if they do not look like a pickle, that they do not. `opcodes` is the number of opcodes
/// that were run.
pub(crate) fn reason(bytes: &[u8], error: &Error, opcodes: u64) -> (Incompleteness, String) {
    /// Other files run no more than that, but by chance.
    const FEW: u64 = 8;
    let look = of(bytes);
    let is_cut = matches!(error.kind(), ErrorKind::Lexer(lexer::ErrorKind::UnexpectedEnd));
    // The first part of a pickle is one that was cut, if nothing speaks against it.
    let may_be_cut = is_cut && (error.opcode().is_none() || look.is_none());
    match look {
        _ if opcodes >= FEW || may_be_cut || matches!(error.kind(), ErrorKind::Limit(_)) => {
            (kind(error), error.to_string())
        }
        Some(look) => {
            (Incompleteness::NoPickle, format!("it does not look like a pickle, but like {look}: {error}"))
        }
        None => (Incompleteness::NoPickle, format!("it does not look like a pickle: {error}")),
    }
}

fn of(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.trim_ascii_start();
    if let Some((_, look)) = STARTS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(look);
    }
    // The length of a header in JSON, and the header.
    if let Some([_, _, _, _, 0, 0, 0, 0, b'{']) = bytes.first_chunk::<9>() {
        return Some("safetensors");
    }
    is_text(&bytes[..bytes.len().min(1024)]).then_some("text")
}

fn is_text(bytes: &[u8]) -> bool {
    let is_utf8 = match str::from_utf8(bytes) {
        Ok(_) => true,
        // A character may go on behind the end.
        Err(error) => error.error_len().is_none(),
    };
    is_utf8 && bytes.iter().all(|&byte| byte >= b' ' || byte.is_ascii_whitespace())
}
