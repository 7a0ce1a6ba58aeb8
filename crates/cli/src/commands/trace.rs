//! `halfsour trace`

use std::io::Write;

use halfsour::Loader;
use halfsour_files::{JoblibArrays, Part};

use super::{PerFile, each_pickle};
use crate::args::Reading;
use crate::failure::{Cause, Failure};

pub struct Trace {
    loader: Loader,
    first: bool,
}

impl Trace {
    pub fn new(reading: &Reading) -> Self {
        Self { loader: Loader::with_options(reading.options()), first: reading.first }
    }
}

impl PerFile for Trace {
    fn is_headed(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        let mut number = 0;
        each_pickle(file, self.first, |bytes, start| {
            number += 1;
            if number > 1 {
                writeln!(out, "# pickle {number}, from byte 0x{start:x}")?;
            }
            let mut trace = halfsour_audit::Trace::new(out);
            let observer = JoblibArrays::new(&mut trace);
            let graph = self.loader.load_observed(bytes, start, observer).map_err(Cause::Load)?;
            trace.finish(&graph)?;
            let end = graph.end();
            self.loader.recycle(graph);
            Ok(end)
        })
    }
}
