//! `halfsour make`

use std::io::Write;

use halfsour::json;
use halfsour::writer::{Options, to_vec};

use super::PerFile;
use crate::args::Target;
use crate::failure::Failure;
use crate::file::File;

pub struct Make {
    target: Target,
}

impl Make {
    pub fn new(target: Target) -> Self {
        Self { target }
    }
}

impl PerFile for Make {
    fn file(&mut self, out: &mut dyn Write, file: &File) -> Result<(), Failure> {
        let mut pickles = Vec::new();
        for document in json::documents(file.bytes()) {
            let document = document.map_err(|error| Failure::plain(file, &error))?;
            let protocol = self.target.protocol.or(document.protocol);
            let options = protocol.map_or_else(Options::default, Options::with_protocol);
            let pickle =
                to_vec(document.graph.root(), &options).map_err(|error| Failure::plain(file, &error))?;
            pickles.extend(pickle);
        }
        self.target.write(out, &pickles)
    }
}
