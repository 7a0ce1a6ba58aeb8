//! `halfsour json`

use std::io::Write;

use halfsour::Loader;
use halfsour::json::{self, Cycles, Style};
use halfsour_files::Part;

use super::{PerFile, each_pickle, end_of, load_or_salvage};
use crate::args::{JsonForm, Reading, Salvage};
use crate::failure::{Cause, Failure};

pub struct Json {
    loader: Loader,
    first: bool,
    style: Style,
    salvage: Salvage,
}

impl Json {
    pub fn new(reading: &Reading, form: JsonForm, cycles: Cycles, salvage: Salvage) -> Self {
        let style = if form.lossless { Style::lossless() } else { Style::plain() };
        let style = if form.pretty { style.pretty() } else { style };
        Self {
            loader: Loader::with_options(reading.options()),
            first: reading.first,
            style: style.with_cycles(cycles).with_limits(reading.json_limits()),
            salvage,
        }
    }
}

impl PerFile for Json {
    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        each_pickle(file, self.first, |bytes, start| {
            let (graph, damage) = load_or_salvage(&mut self.loader, bytes, start, self.salvage)?;
            // Not written piece by piece: a document that cannot be finished is not begun.
            let mut document = json::to_vec(graph.root(), self.style).map_err(Cause::Json)?;
            document.push(b'\n');
            out.write_all(&document)?;
            let end = graph.end();
            self.loader.recycle(graph);
            end_of(end, damage)
        })
    }
}
