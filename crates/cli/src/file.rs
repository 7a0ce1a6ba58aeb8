//! What is read.

use std::io::{self, Read};

use crate::failure::{Cause, Failure};

/// All of a file, or of standard input.
pub struct File {
    name: String,
    bytes: Vec<u8>,
}

impl File {
    pub fn read(name: String) -> Result<Self, Failure> {
        if name != "-" {
            return match std::fs::read(&name) {
                Ok(bytes) => Ok(Self { name, bytes }),
                Err(error) => Err(Failure::File { name, error }),
            };
        }
        let name = "<stdin>".to_owned();
        let mut bytes = Vec::new();
        match io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => Ok(Self { name, bytes }),
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
