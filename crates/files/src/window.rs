//! [`Window`]: large files in little memory.

use std::io::{self, BufRead, Read};

use memchr::memmem;

/// A window that slides over bytes as they are looked at one after the other. If they are those of a mapped file, the memory of what
/// lies behind it is given back, so that a file that is larger than memory can be looked at as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    start: usize,
}

impl Window {
    /// The number of bytes that the window holds.
    const SIZE: usize = 16 << 20;

    /// A window at the beginning.
    pub const fn new() -> Self {
        Self { start: 0 }
    }

    /// Moves on with whoever looks at these bytes, and has come to the place `at`.
    #[inline]
    pub fn slide(&mut self, bytes: &[u8], at: usize) {
        if at.saturating_sub(self.start) >= Self::SIZE {
            self.give_back(bytes, at);
        }
    }

    #[cold]
    fn give_back(&mut self, bytes: &[u8], at: usize) {
        #[cfg(feature = "map")]
        if let Some(behind) = bytes.get(self.start..at) {
            crate::map::give_back(behind);
        }
        #[cfg(not(feature = "map"))]
        let _ = bytes;
        self.start = at;
    }

    /// The pieces of some bytes, one window after the other.
    pub(crate) fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
        let mut window = Self::new();
        bytes.chunks(Self::SIZE).enumerate().map(move |(number, piece)| {
            window.slide(bytes, number * Self::SIZE);
            piece
        })
    }
}

/// Where `needle` is first.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let finder = memmem::Finder::new(needle);
    let mut window = Window::new();
    (0..bytes.len()).step_by(Window::SIZE).find_map(|start| {
        window.slide(bytes, start);
        let end = bytes.len().min(start + Window::SIZE + needle.len() - 1);
        Some(start + finder.find(&bytes[start..end])?)
    })
}

/// Compressed data that is read once, from its beginning: of a file that is mapped, what lies behind is given back.
pub(crate) struct Sliding<'i> {
    whole: &'i [u8],
    pub rest: &'i [u8],
    window: Window,
}

impl<'i> Sliding<'i> {
    pub fn new(whole: &'i [u8]) -> Self {
        Self { whole, rest: whole, window: Window::new() }
    }
}

impl Read for Sliding<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.rest.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Sliding<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest)
    }

    fn consume(&mut self, count: usize) {
        self.rest = &self.rest[count..];
        self.window.slide(self.whole, self.whole.len() - self.rest.len());
    }
}

#[cfg(test)]
mod tests {
    use super::{Window, find};

    #[test]
    fn what_lies_across_two_windows_is_found() {
        let mut bytes = vec![0; Window::SIZE * 2 + 100];
        assert_eq!(find(&bytes, b"PK\x03\x04"), None);
        for at in [Window::SIZE * 2 + 96, Window::SIZE * 2 - 3, Window::SIZE - 1, Window::SIZE - 4, 0] {
            bytes[at..at + 4].copy_from_slice(b"PK\x03\x04");
            assert_eq!(find(&bytes, b"PK\x03\x04"), Some(at));
        }
        assert_eq!(find(b"PK", b"PK\x03\x04"), None);
    }

    #[test]
    fn pieces_are_all() {
        let bytes = vec![7; Window::SIZE * 2 + 1];
        assert_eq!(
            Window::pieces(&bytes).map(<[u8]>::len).collect::<Vec<_>>(),
            [Window::SIZE, Window::SIZE, 1]
        );
    }
}
