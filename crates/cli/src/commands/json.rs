//! `halfsour json`

use std::io::Write;

use halfsour::Loader;
use halfsour::json::Style;
use halfsour::value::path::Path;
use halfsour_files::Part;
use halfsour_inspect::get;
use halfsour_inspect::path::resolve;

use super::{PerFile, Pickles, load};
use crate::args::{JsonForm, Reading};
use crate::failure::{Cause, Failure};

pub struct Json {
    loader: Loader,
    first: bool,
    style: Style,
    path: Path,
}

impl Json {
    pub fn new(reading: &Reading, form: JsonForm, path: Path) -> Self {
        let style = if form.lossless { Style::lossless() } else { Style::plain() };
        let style = if form.pretty { style.pretty() } else { style };
        Self {
            loader: Loader::with_options(reading.options()),
            first: reading.first,
            style: style.with_limits(reading.json_limits()),
            path,
        }
    }
}

impl PerFile for Json {
    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        Pickles::of(&self.path).each(file, self.first, |bytes, start, is_meant| {
            let graph = load(&mut self.loader, bytes, start)?;
            if is_meant {
                let place = resolve(graph.root(), &self.path).map_err(Cause::Path)?;
                // Not written piece by piece: a document that cannot be finished is not begun.
                let mut document = Vec::new();
                get::json(&mut document, graph.root(), place, self.style).map_err(Cause::Json)?;
                document.push(b'\n');
                out.write_all(&document)?;
            }
            let end = graph.end();
            self.loader.recycle(graph);
            Ok(end)
        })
    }
}
