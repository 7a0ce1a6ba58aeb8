//! Dumps: lines of an offset and hexadecimal digits, as `xxd`, `hexdump -C` and `od -t x1` print them.

/// Whether the first line is one of a dump.
pub(super) fn begins(text: &[u8]) -> bool {
    let line = lines(text).next().unwrap_or_default();
    let mut bytes = Vec::new();
    matches!(add(line, &mut bytes), Some(())) && !bytes.is_empty()
}

/// The bytes that a dump shows, or so many of them, and those that are on a line with them.
///
/// `None` says that it is no dump, or that lines were left out of it.
pub(super) fn bytes(text: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for line in lines(text) {
        if bytes.len() >= most {
            break;
        }
        add(line, &mut bytes)?;
    }
    Some(bytes)
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end)
}

/// Adds the bytes of a line, whose offset has to be the number of those before. The last line may be an offset alone.
fn add(line: &[u8], bytes: &mut Vec<u8>) -> Option<()> {
    const SHORTEST: usize = 7;
    let length = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let offset = str::from_utf8(&line[..length]).ok().filter(|_| length >= SHORTEST)?;
    // That of `od` is octal.
    let is_here = |base| usize::from_str_radix(offset, base) == Ok(bytes.len());
    if !is_here(16) && !is_here(8) {
        return None;
    }
    let digits = match &line[length..] {
        // The characters that the bytes are stand behind two blanks, or after a bar.
        [b':', rest @ ..] => {
            let rest = rest.trim_ascii_start();
            &rest[..memchr::memmem::find(rest, b"  ").unwrap_or(rest.len())]
        }
        rest => rest.split(|&byte| byte == b'|').next().unwrap_or_default(),
    };
    for group in digits.split(|&byte| byte == b' ').filter(|group| !group.is_empty()) {
        if !group.len().is_multiple_of(2) {
            return None;
        }
        bytes.extend(super::from_digits(group)?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{begins, bytes};

    #[test]
    fn dumps_of_every_program_are_read() {
        let dumps = [
            // xxd, xxd -g 1, hexdump -C, od -A x -t x1z, od -t x1
            "00000000: 8004 5d94 284b 004b 014b 024b 034b 044b  ..].(K.K.K.K.K.K\n00000010: 054b 0665 2e                             .K.e.\n",
            "00000000: 80 04 5d 94 28 4b 00 4b 01 4b 02 4b 03 4b 04 4b  ..].(K.K.K.K.K.K\n00000010: 05 4b 06 65 2e                                   .K.e.\n",
            "00000000  80 04 5d 94 28 4b 00 4b  01 4b 02 4b 03 4b 04 4b  |..].(K.K.K.K.K.K|\n00000010  05 4b 06 65 2e                                    |.K.e.|\n00000015\n",
            "0000000 80 04 5d 94 28 4b 00 4b 01 4b 02 4b 03 4b 04 4b\n0000020 05 4b 06 65 2e\n0000025\n",
        ];
        for dump in dumps {
            assert!(begins(dump.trim().as_bytes()), "{dump}");
            let found = bytes(dump.trim().as_bytes(), usize::MAX);
            assert_eq!(
                found.as_deref(),
                Some(&b"\x80\x04]\x94(K\x00K\x01K\x02K\x03K\x04K\x05K\x06e."[..]),
                "{dump}"
            );
            assert_eq!(bytes(dump.trim().as_bytes(), 16).map(|bytes| bytes.len()), Some(16));
        }
    }

    #[test]
    fn what_is_left_out_is_not_made_up() {
        for text in [
            "00000000  00 00  |..|\n*\n00000020  2e  |.|",
            "00000000: 8004\n00000004: 2e",
            "00000000: 800",
            "0000: 8004",
            "",
        ] {
            assert_eq!(bytes(text.as_bytes(), usize::MAX), None, "{text}");
        }
        assert!(!begins(b"12345678: 80"));
        assert!(!begins(b"00000000"));
    }
}
