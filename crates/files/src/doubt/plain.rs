//! What is plainly data, and what is not.

/// Pictures, which databases often have.
pub(super) fn is_picture(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"];
    marks.iter().any(|mark| bytes.starts_with(mark))
}

/// The runs of characters among other bytes, and of blanks between them, that are too long to be there by chance.
pub(super) fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    const FEWEST: usize = 12;
    let is_word = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    bytes.split(move |byte| !is_word(byte)).filter(|run| run.len() >= FEWEST)
}

/// Whether a run of digits of base64 is longer than keys, hashes and names, and looks like no words.
pub(super) fn is_opaque(run: &[u8]) -> bool {
    const LONGEST_KEY: usize = 64;
    const LONGEST_HASH: usize = 128;
    let is_hex = run.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    if run.len() <= if is_hex { LONGEST_HASH } else { LONGEST_KEY } {
        return false;
    }
    // In words, and numbers between them, one kind of character follows the same kind for longer.
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => Some(0),
        b'A'..=b'Z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    let changes = run.windows(2).filter(
        |pair| matches!((kind(pair[0]), kind(pair[1])), (Some(before), Some(after)) if before != after),
    );
    changes.count() * 4 >= run.len()
}

#[cfg(test)]
mod tests {
    use super::is_opaque;

    #[test]
    fn words_paths_and_hashes_are_plain() {
        for run in [
            "thelongestwordthatthereisinalanguagewithsuchwordsandwithoutanyblanksbetweenthem",
            "/usr/local/lib/python3/site-packages/sqlalchemy/ext/serializer/TypeDecorator/PickleType",
            "9406fdb9c9b0e9ec8a7f8d3a6cf3d1d4bf0a0a5b9406fdb9c9b0e9ec8a7f8d3a6cf3d1d4bf0a0a5b9406fdb9c9b0",
            "Zx81kQ0pLm2nVb7cXz9aSd4fGh6jKl1",
        ] {
            assert!(!is_opaque(run.as_bytes()), "{run}");
        }
        assert!(is_opaque(b"Zx81kQ0pLm2nVb7cXz9aSd4fGh6jKl1qW3eR5tY7uI9oP0Zx81kQ0pLm2nVb7cXz9aSd4f"));
    }
}
