//! A pickle, of another protocol.

use halfsour::Graph;
use halfsour::writer::{Limits, MemoPolicy, Options, to_writer};
use halfsour_files::Part;

use super::output::Output;
use crate::failure::{Cause, Failure};

pub struct Writer {
    output: Output,
    protocol: Option<u8>,
    limits: Limits,
}

impl Writer {
    pub fn new(output: Output, protocol: Option<u8>, limits: super::Limits) -> Self {
        Self { output, protocol, limits: limits.written }
    }
}

impl super::Writer for Writer {
    fn add(&mut self, graph: &Graph<&[u8]>, _: &Part) -> Result<(), Cause> {
        let (memo, fix_imports, limits) = (MemoPolicy::All, self.protocol.is_some(), self.limits);
        let protocol = self.protocol.unwrap_or_else(|| graph.protocol());
        let options = Options { memo, fix_imports, limits, ..Options::with_protocol(protocol) };
        to_writer(&mut self.output, graph.root(), &options).map_err(Cause::Write)
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.output.finish()
    }
}
