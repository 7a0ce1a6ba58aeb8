//! [`Spool`]: bytes whose number is not known before they are there.

#[cfg(not(feature = "map"))]
use {bytes::Bytes, std::io};

/// Takes bytes of which there may be many: these go to a temporary file, which is mapped, so that they need not be in memory. Where
/// no such file can be made, or the disk is full, they are in memory.
#[derive(Debug, Default)]
pub(crate) struct Spool {
    /// The bytes; if there is a file, those that are not in it yet.
    bytes: Vec<u8>,
    #[cfg(feature = "map")]
    file: Option<file::Written>,
    #[cfg(feature = "map")]
    has_no_room: bool,
}

impl From<Vec<u8>> for Spool {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::default() }
    }
}

#[cfg(not(feature = "map"))]
impl Spool {
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    pub fn finish(self) -> io::Result<Bytes> {
        Ok(self.bytes.into())
    }
}

#[cfg(feature = "map")]
mod file {
    use std::fs::File;
    use std::io::{self, Read, Seek, Write};

    use bytes::Bytes;

    use super::Spool;

    /// A temporary file, and how many bytes are in it.
    #[derive(Debug)]
    pub(super) struct Written {
        file: File,
        length: usize,
    }

    impl Spool {
        /// From this many bytes on, they go to a file.
        pub(super) const MOST: usize = 64 << 20;
        /// How many bytes are written to the file at once.
        const PIECE: usize = 1 << 20;

        pub fn len(&self) -> usize {
            self.bytes.len() + self.file.as_ref().map_or(0, |written| written.length)
        }

        pub fn push(&mut self, piece: &[u8]) -> io::Result<()> {
            self.bytes.extend_from_slice(piece);
            let most = if self.file.is_some() { Self::PIECE } else { Self::MOST };
            if self.bytes.len() < most || self.has_no_room { Ok(()) } else { self.write() }
        }

        /// Moves what is in memory to the file; or back, if there is no room for it.
        #[cold]
        fn write(&mut self) -> io::Result<()> {
            let Some(mut written) = self.file.take().or_else(|| Written::new().ok()) else {
                self.has_no_room = true;
                return Ok(());
            };
            if written.file.write_all(&self.bytes).is_ok() {
                written.length += self.bytes.len();
                self.bytes = Vec::new();
                self.file = Some(written);
            } else {
                self.has_no_room = true;
                let mut bytes = written.read()?;
                bytes.append(&mut self.bytes);
                self.bytes = bytes;
            }
            Ok(())
        }

        pub fn finish(mut self) -> io::Result<Bytes> {
            if self.file.is_some() {
                self.write()?;
            }
            match self.file {
                Some(written) => crate::map::map(&written.file).or_else(|_| Ok(written.read()?.into())),
                None => Ok(self.bytes.into()),
            }
        }
    }

    impl Written {
        fn new() -> io::Result<Self> {
            Ok(Self { file: tempfile::tempfile()?, length: 0 })
        }

        fn read(self) -> io::Result<Vec<u8>> {
            let Self { mut file, length } = self;
            file.rewind()?;
            let mut bytes = Vec::new();
            file.take(length as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        }
    }
}

#[cfg(all(test, feature = "map"))]
mod tests {
    use super::Spool;

    #[test]
    fn many_bytes_go_to_a_file() {
        let mut spool = Spool::default();
        let piece = vec![1; 1 << 16];
        for number in 1..=Spool::MOST / piece.len() + 20 {
            spool.push(&piece).unwrap();
            assert_eq!(spool.len(), number * piece.len());
            assert_eq!(spool.file.is_some(), spool.len() >= Spool::MOST);
        }
        spool.push(b"end").unwrap();
        let length = spool.len();
        let bytes = spool.finish().unwrap();
        assert_eq!(bytes.len(), length);
        assert!(bytes.ends_with(b"\x01end") && bytes[..length - 3].iter().all(|&byte| byte == 1));
    }
}
