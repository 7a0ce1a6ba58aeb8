//! A line of JSON for each row.

use halfsour::classes::{Known, recognise};
use halfsour::json::lines_to_writer;
use halfsour::value::Data;
use halfsour::{Graph, json};
use halfsour_files::Part;

use super::output::Output;
use crate::failure::{Cause, Failure};

pub struct Writer {
    output: Output,
    limits: json::Limits,
}

impl Writer {
    pub fn new(output: Output, limits: super::Limits) -> Self {
        Self { output, limits: limits.json }
    }
}

impl super::Writer for Writer {
    fn add(&mut self, graph: &Graph<&[u8]>, _: &Part) -> Result<(), Cause> {
        let (output, root) = (&mut self.output, graph.root());
        let written = match root.data() {
            Data::List(rows) | Data::Tuple(rows) | Data::Set(rows) | Data::FrozenSet(rows) => {
                lines_to_writer(output, graph, rows, self.limits)
            }
            _ => match recognise(root) {
                Some(Known::Deque(deque)) => lines_to_writer(output, graph, deque.items, self.limits),
                _ => lines_to_writer(output, graph, [root], self.limits),
            },
        };
        written.map_err(Cause::Json)
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.output.finish()
    }
}
