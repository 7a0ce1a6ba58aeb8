//! `halfsour get`

use std::io::Write;

use halfsour::json::{self, Cycles, Style};
use halfsour::{Loader, Node};
use halfsour_files::Part;
use halfsour_inspect::get::{Raw, raw};

use super::{PerFile, each_pickle, end_of, load_or_salvage};
use crate::args::{GetForm, Reading, Salvage};
use crate::failure::{Cause, Failure};

pub struct Get {
    loader: Loader,
    first: bool,
    path: String,
    form: GetForm,
    json: Style,
    salvage: Salvage,
}

impl Get {
    pub fn new(reading: &Reading, path: String, form: GetForm, cycles: Cycles, salvage: Salvage) -> Self {
        Self {
            loader: Loader::with_options(reading.options()),
            first: reading.first,
            path,
            form,
            json: Style::plain().with_cycles(cycles).with_limits(reading.json_limits()),
            salvage,
        }
    }

    fn print(&self, out: &mut dyn Write, node: Node<'_, &[u8]>) -> Result<(), Cause> {
        if self.form.json {
            out.write_all(&json::to_vec(node, self.json).map_err(Cause::Json)?)?;
            return Ok(out.write_all(b"\n")?);
        }
        match raw(node).filter(|_| self.form.raw) {
            Some(Raw::Text(text)) => writeln!(out, "{text}")?,
            Some(Raw::Bytes(bytes)) => out.write_all(bytes)?,
            None => writeln!(out, "{node}")?,
        }
        Ok(())
    }
}

impl PerFile for Get {
    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        each_pickle(part, self.first, |bytes, start| {
            let (graph, damage) = load_or_salvage(&mut self.loader, bytes, start, self.salvage)?;
            self.print(out, graph.root().path(&self.path).map_err(Cause::Path)?)?;
            end_of(graph.end(), damage)
        })
    }
}
