//! Line ends of Windows in pickles: what writing or copying a file as text does to it, and how that is undone.

use halfsour_lexer::{ArgKind, Lexer, Op};

use crate::sure;

/// Whether there are line feeds, each after a carriage return.
pub(crate) fn is_crlf(bytes: &[u8]) -> bool {
    let mut feeds = memchr::memchr_iter(b'\n', bytes).peekable();
    feeds.peek().is_some() && feeds.all(|at| at > 0 && bytes[at - 1] == b'\r')
}

/// The bytes without the carriage returns that stand before line feeds.
pub(crate) fn undone(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for feed in memchr::memchr_iter(b'\n', bytes) {
        let end = if feed > from && bytes[feed - 1] == b'\r' { feed - 1 } else { feed };
        out.extend_from_slice(&bytes[from..end]);
        from = feed;
    }
    out.extend_from_slice(&bytes[from..]);
    out
}

/// Whether it is a pickle once that is undone.
pub(crate) fn loads_undone(bytes: &[u8]) -> bool {
    bytes.len() <= sure::LONGEST && sure::loads(&undone(bytes))
}

/// Whether a line of an opcode ends in CR LF, and no line feed is without a carriage return.
pub(crate) fn has_crlf_lines(bytes: &[u8]) -> bool {
    if !is_crlf(bytes) {
        return false;
    }
    let mut lexer = Lexer::new(bytes);
    while let Ok(op) = lexer.next_op() {
        let is_line = matches!(
            op.opcode().arg(),
            Some(
                ArgKind::DecimalNlShort
                    | ArgKind::DecimalNlLong
                    | ArgKind::FloatNl
                    | ArgKind::StringNl
                    | ArgKind::StringNlNoEscape
                    | ArgKind::StringNlNoEscapePair
                    | ArgKind::UnicodeStringNl
            )
        );
        if is_line || matches!(op, Op::Stop) {
            return is_line;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{has_crlf_lines, is_crlf, undone};

    #[test]
    fn what_was_written_as_text_is_undone() {
        for bytes in [&b"a\nb"[..], b"\n\n", b"\r\n\r", b"\r\r\n", b"", b"\r"] {
            let text = bytes
                .iter()
                .flat_map(|byte| if *byte == b'\n' { &b"\r\n"[..] } else { std::slice::from_ref(byte) });
            let text: Vec<u8> = text.copied().collect();
            assert_eq!(undone(&text), bytes);
            assert_eq!(is_crlf(&text), bytes.contains(&b'\n'));
        }
        assert!(!is_crlf(b"\r\n\n") && !is_crlf(b"\n"));
        assert!(has_crlf_lines(b"(I1\r\n."));
        assert!(!has_crlf_lines(b"X\x02\0\0\0\r\n.") && !has_crlf_lines(b"(I1\n."));
    }
}
