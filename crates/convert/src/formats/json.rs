//! Documents of JSON.

use std::io::Write;

use halfsour::Graph;
use halfsour::json::{Style, to_writer};
use halfsour_files::Part;

use super::output::Output;
use crate::failure::{Cause, Failure};

pub struct Writer {
    output: Output,
    style: Style,
}

impl Writer {
    pub fn new(output: Output, limits: super::Limits) -> Self {
        Self { output, style: Style::plain().limits(limits.json) }
    }
}

impl super::Writer for Writer {
    fn add(&mut self, graph: &Graph<&[u8]>, _: &Part) -> Result<(), Cause> {
        to_writer(&mut self.output, graph.root(), self.style).map_err(Cause::Json)?;
        self.output.write_all(b"\n").map_err(|error| Cause::Json(error.into()))
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.output.finish()
    }
}
