//! `halfsour make`

use std::fmt::Display;
use std::io::Write;
use std::panic::resume_unwind;
use std::thread;

use halfsour::json;
use halfsour::writer::{Limits, Options, to_vec};
use halfsour_files::Part;

use super::PerFile;
use crate::args::{Reading, Target};
use crate::failure::Failure;
use crate::input::reader;

/// How deep documents may nest: objects of Python that nest a thousand levels take several each.
const LEVELS: usize = 5000;

/// The bytes of the stack that a level may take.
const LEVEL: usize = 16 << 10;

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

    /// The pickles of the documents in a file, which are made on a thread that has the stack for deep ones.
    fn make(&self, name: &str) -> Result<Vec<u8>, Failure> {
        thread::scope(|scope| {
            let thread = thread::Builder::new().stack_size(LEVELS * LEVEL);
            let pickles = thread.spawn_scoped(scope, || self.pickles(name)).map_err(Failure::Output)?;
            pickles.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    }

    fn pickles(&self, name: &str) -> Result<Vec<u8>, Failure> {
        let (name, text) = reader(name, self.most)?;
        let failure = |error: &dyn Display| Failure::message(format!("{name}: {error}"));
        let mut pickles = Vec::new();
        for document in json::deep_documents_from_reader(text, LEVELS) {
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
        Ok(pickles)
    }
}

impl PerFile for Make {
    fn name(&mut self, out: &mut dyn Write, name: &str) -> Option<Result<(), Failure>> {
        Some(self.make(name).and_then(|pickles| self.target.write(out, &pickles)))
    }

    fn part(&mut self, _: &mut dyn Write, _: &Part) -> Result<(), Failure> {
        Ok(())
    }
}
