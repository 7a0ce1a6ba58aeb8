//! What is read.

use std::fs;
use std::io::{self, Read};

use crate::failure::{Cause, Failure};

/// All of a file, or of standard input.
pub struct File {
    name: String,
    bytes: Vec<u8>,
}

impl File {
    /// Reads a file of at most so many bytes.
    pub fn read(name: String, most: usize) -> Result<Self, Failure> {
        let (name, bytes) = if name == "-" {
            ("<stdin>".to_owned(), read(io::stdin().lock(), most))
        } else {
            let bytes = fs::File::open(&name).and_then(|file| read(file, most));
            (name, bytes)
        };
        match bytes {
            Ok(bytes) => Ok(Self { name, bytes }),
            Err(error) => Err(Failure::File { name, error }),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Does something with each pickle, or only with the first, given where it begins; which tells where it ends.
    pub fn pickles(
        &self,
        first: bool,
        mut each: impl FnMut(usize) -> Result<usize, Cause>,
    ) -> Result<(), Failure> {
        let (mut start, mut before) = (0, 0);
        loop {
            start = each(start).map_err(|cause| Failure::new(cause, self, start, before))?;
            before += 1;
            if first || start >= self.bytes.len() {
                return Ok(());
            }
        }
    }
}

fn read(from: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take((most as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        let message = format!("it is longer than the limit for input, {most} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn what_is_too_long_is_refused() {
        assert_eq!(read(&b"abc"[..], 3).unwrap(), b"abc");
        let error = read(std::io::repeat(0), 1000).unwrap_err();
        assert_eq!(error.to_string(), "it is longer than the limit for input, 1000 bytes");
    }
}
