//! Text in UTF-16 and UTF-32, with its mark.

/// Whether it has the mark of UTF-16, and so many zeros as words of the Latin alphabet have there.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let is_marked = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]);
    is_marked && memchr::memchr_iter(0, bytes).count() * 4 >= bytes.len()
}

/// The text, without the zeros that UTF-32 has beside those of UTF-16.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let (mark, units) = bytes.split_first_chunk::<2>()?;
    let number = if *mark == [0xff, 0xfe] { u16::from_le_bytes } else { u16::from_be_bytes };
    let units = units.chunks_exact(2).filter_map(|unit| unit.first_chunk().copied()).map(number);
    let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(chars.filter(|&c| c != '\0').collect())
}

#[cfg(test)]
mod tests {
    use super::{is_text, text};

    #[test]
    fn every_width_and_order_is_read() {
        for bytes in [
            &b"\xff\xfes\0a\0l\0t\0"[..],
            b"\xfe\xff\0s\0a\0l\0t",
            b"\xff\xfe\0\0s\0\0\0a\0\0\0l\0\0\0t\0\0\0",
        ] {
            assert!(is_text(bytes));
            assert_eq!(text(bytes).as_deref(), Some("salt"), "{}", bytes.escape_ascii());
        }
        assert!(!is_text(b"\xff\xfesalt"));
    }
}
