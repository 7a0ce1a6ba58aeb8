//! `halfsour make`

use std::fmt::Display;
use std::io::Write;

use halfsour::json;
use halfsour::writer::{Limits, Options, to_vec};
use halfsour_files::Part;

use super::PerFile;
use crate::args::{Reading, Target};
use crate::failure::Failure;
use crate::input::reader;

pub struct Make {
    target: Target,
    limits: Limits,
    /// How many bytes a file of documents may have.
    most: usize,
}

impl Make {
    pub fn new(reading: &Reading, target: Target) -> Self {
        Self { target, limits: reading.write_limits(), most: reading.options().limits.input }
    }

    fn make(&self, out: &mut dyn Write, name: &str) -> Result<(), Failure> {
        let (name, text) = reader(name, self.most)?;
        let failure = |error: &dyn Display| Failure::message(format!("{name}: {error}"));
        let mut pickles = Vec::new();
        for document in json::documents_from_reader(text) {
            let document = document.map_err(|error| failure(&error))?;
            let protocol = self.target.protocol.or(document.protocol);
            let options = Options::default().with_limits(self.limits);
            let options = protocol.map_or(options, |protocol| options.with_protocol(protocol));
            let pickle = to_vec(document.graph.root(), &options).map_err(|error| failure(&error))?;
            // The first, which often is the only one, is not copied.
            if pickles.is_empty() {
                pickles = pickle;
            } else {
                pickles.extend(pickle);
            }
        }
        if pickles.is_empty() {
            return Err(failure(&"there is no JSON in it"));
        }
        self.target.write(out, &pickles)
    }
}

impl PerFile for Make {
    fn name(&mut self, out: &mut dyn Write, name: &str) -> Option<Result<(), Failure>> {
        Some(self.make(out, name))
    }

    fn part(&mut self, _: &mut dyn Write, _: &Part) -> Result<(), Failure> {
        Ok(())
    }
}
