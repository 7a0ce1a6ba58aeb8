//! `halfsour size`

use std::io::Write;

use halfsour::Loader;
use halfsour::value::path::Path;
use halfsour_files::Part;
use halfsour_inspect::size::Sizes;

use super::{PerFile, Pickles, follow, load};
use crate::args::{Reading, SizeForm};
use crate::failure::{Cause, Failure};
use crate::print;

pub struct Size {
    loader: Loader,
    first: bool,
    path: Path,
    form: SizeForm,
}

impl Size {
    pub fn new(reading: &Reading, path: Path, form: SizeForm) -> Self {
        Self { loader: Loader::with_options(reading.options()), first: reading.first, path, form }
    }
}

impl PerFile for Size {
    fn is_styled(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let mut sizes = if self.form.each { Sizes::new().each() } else { Sizes::new() };
        if let Some(torch) = part.torch() {
            sizes.add_storages(torch)?;
        }
        Pickles::of_path_or_file(&self.path).each(part, self.first, |bytes, start, is_meant| {
            let graph = load(&mut self.loader, bytes, start)?;
            if is_meant && self.path.segments().is_empty() {
                sizes.add(&graph);
            } else if is_meant {
                let place = follow(&graph, &self.path, false)?;
                let why = "a part of an array or of a table, which has no opcodes of its own";
                let node = place.node().ok_or_else(|| Cause::Other(format!("{}: {why}", self.path)))?;
                sizes.add_node(&graph, node);
            }
            let end = graph.end();
            self.loader.recycle(graph);
            Ok(end)
        })?;
        if self.form.folded {
            return Ok(sizes.folded().try_for_each(|stack| writeln!(out, "{stack}"))?);
        }
        let report = sizes.report(part.name(), self.form.top);
        if self.form.json {
            return Ok(print::json(out, &report)?);
        }
        Ok(print::lines(out, report.lines())?)
    }
}
