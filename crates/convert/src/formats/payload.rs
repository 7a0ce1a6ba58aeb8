//! What an object holds that is a file of its package: a model, or the bytes of a frame.

use std::io::Write;

use halfsour::Graph;
use halfsour::classes::{Known, Payload, recognise};
use halfsour_files::Part;

use super::output::Output;
use crate::failure::{Cause, Failure};
use crate::tensors::walk;
use crate::text;

pub struct Writer {
    output: Output,
    /// The extension that says what is asked for, if it was not asked for by name.
    extension: Option<String>,
    /// What was found: where, and what.
    found: Option<String>,
}

impl Writer {
    pub fn new(output: Output, extension: Option<String>) -> Self {
        Self { output, extension, found: None }
    }

    /// The one that is in it.
    fn find<'g>(&mut self, graph: &'g Graph<&'g [u8]>) -> Result<Payload<'g>, String> {
        let mut found: Option<Payload<'g>> = None;
        walk(graph.root(), |node, name| {
            let Some(Known::Payload(payload)) = recognise(node) else { return Ok(false) };
            if found.is_some_and(|found| std::ptr::eq(found.bytes, payload.bytes)) {
                return Ok(true);
            }
            let name = name();
            let what = match name.as_str() {
                "" => payload.format.to_string(),
                name => format!("{}: {}", text::name(name), payload.format),
            };
            if let Some(first) = &self.found {
                return Err(format!("more than one: {first}; {what}"));
            }
            self.found = Some(what);
            found = Some(payload);
            Ok(true)
        })?;
        found.ok_or_else(|| "nothing in it is a file of its package: no model, no frame of polars".to_owned())
    }
}

impl super::Writer for Writer {
    fn add(&mut self, graph: &Graph<&[u8]>, _: &Part) -> Result<(), Cause> {
        let payload = self.find(graph).map_err(Cause::Other)?;
        let (format, extension) = (payload.format, payload.format.extension());
        if self.extension.as_ref().is_some_and(|asked| asked != extension) {
            return Err(Cause::Other(format!("what is in it is a file of .{extension}: {format}")));
        }
        let file = payload.file().ok_or_else(|| Cause::Other(format!("{format}: not well-formed")))?;
        self.output.expect(file.len() as u64);
        self.output.write_all(file).map_err(Cause::Output)
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.output.finish()
    }
}
