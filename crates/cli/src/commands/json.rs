//! `halfsour json`

use std::io::Write;

use halfsour::Loader;
use halfsour::json::{Cycles, Style};
use halfsour::value::path::Path;
use halfsour_files::Part;
use halfsour_inspect::get;

use super::{PerFile, Pickles, end_of, follow, load_or_salvage};
use crate::args::{JsonForm, Reading};
use crate::failure::{Cause, Failure};

pub struct Json {
    loader: Loader,
    first: bool,
    style: Style,
    path: Path,
    salvage: bool,
}

impl Json {
    pub fn new(reading: &Reading, form: JsonForm, path: Path, cycles: Cycles) -> Self {
        let style = if form.lossless { Style::lossless() } else { Style::plain() };
        let style = if form.pretty { style.pretty() } else { style };
        Self {
            loader: Loader::with_options(reading.options()),
            first: reading.first,
            style: style.with_cycles(cycles).with_limits(reading.json_limits()),
            path,
            salvage: reading.salvage,
        }
    }
}

impl PerFile for Json {
    fn reads_arrays(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        Pickles::of_path_or_file(&self.path).each(file, self.first, |bytes, start, is_meant| {
            let (graph, damage) = load_or_salvage(&mut self.loader, bytes, start, self.salvage)?;
            if is_meant {
                let place = follow(&graph, &self.path, damage.is_some())?;
                // Not written piece by piece: a document that cannot be finished is not begun.
                let mut document = Vec::new();
                get::json(&mut document, graph.root(), place, self.style).map_err(Cause::Json)?;
                document.push(b'\n');
                out.write_all(&document)?;
            }
            let end = graph.end();
            self.loader.recycle(graph);
            end_of(end, damage)
        })
    }
}
