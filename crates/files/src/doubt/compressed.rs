//! Pickles that are compressed, among bytes that are known to be something else.

use std::io::Read;

use flate2::bufread::{GzDecoder, ZlibDecoder};
use memchr::memchr2_iter;

use super::forms;
use crate::{Window, sure};

/// The number of bytes that are decompressed to tell what is inside.
const HEAD: usize = 1024;
/// The number of bytes that these may be made of, and the header before them.
const PACKED: usize = 4096;

/// Whether a pickle begins anywhere that zlib or gzip compressed, or compressed data may begin in more places than can be looked at.
pub(super) fn has_pickle(bytes: &[u8]) -> bool {
    const FIRST: usize = 1 << 16;
    const BYTES_EACH: usize = 32;
    has_pickle_in(bytes, FIRST + bytes.len() / BYTES_EACH)
}

/// Does as [`has_pickle`], where so many places can be looked at.
fn has_pickle_in(bytes: &[u8], mut left: usize) -> bool {
    let mut window = Window::new();
    memchr2_iter(0x78, 0x1f, bytes).any(|at| {
        window.slide(bytes, at);
        let rest = &bytes[at..bytes.len().min(at + PACKED)];
        let is_zlib = match rest {
            [0x78, flags, ..] if (0x7800 | u16::from(*flags)).is_multiple_of(31) && flags & 0x20 == 0 => true,
            [0x1f, 0x8b, 8, ..] => false,
            _ => return false,
        };
        if left == 0 {
            return true;
        }
        left -= 1;
        if is_zlib { is_of_pickle(ZlibDecoder::new(rest)) } else { is_of_pickle(GzDecoder::new(rest)) }
    })
}

/// Whether the first bytes that a decoder gives are those of a pickle.
fn is_of_pickle(mut decoder: impl Read) -> bool {
    let (mut head, mut given) = ([0; HEAD], 0);
    while let Ok(count @ 1..) = decoder.read(&mut head[given..]) {
        given += count;
    }
    let head = &head[..given];
    sure::begins_as_pickle(head)
        || head.first().is_some_and(u8::is_ascii) && forms::names(head, &mut HEAD.clone())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::{has_pickle, has_pickle_in};

    #[test]
    fn compressed_pickles_are_found_anywhere() {
        for (inside, is_one) in [
            (&b"\x80\x04]\x94(K\x01K\x02e."[..], true),
            (b"cos\nsystem\n(S'id'\ntR.", true),
            (b"salt and brine", false),
        ] {
            let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
            zlib.write_all(inside).unwrap();
            let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
            gzip.write_all(inside).unwrap();
            for packed in [zlib.finish().unwrap(), gzip.finish().unwrap()] {
                let file = [&b"*3\r\nx\x9c\x1f\x8b\x08"[..], &packed, b"\r\n"].concat();
                assert_eq!(has_pickle(&file), is_one, "{}", file.escape_ascii());
            }
        }
    }

    #[test]
    fn only_so_many_places_are_looked_at() {
        let places = b"x\x9c".repeat(4);
        assert!(!has_pickle_in(&places, 4));
        assert!(has_pickle_in(&places, 3));
    }
}
