//! `halfsour json`

use std::io::Write;

use halfsour::Loader;
use halfsour::json::{Cycles, Style};
use halfsour::value::Kind;
use halfsour::value::path::Path;
use halfsour_files::{Input, Part};
use halfsour_inspect::get;
use halfsour_inspect::path::Place;

use super::{PerFile, Pickles, end_of, follow, load_or_salvage};
use crate::args::{JsonForm, Reading};
use crate::failure::{Cause, Failure};

pub struct Json {
    loader: Loader,
    first: bool,
    style: Style,
    path: Path,
    salvage: bool,
    /// A member of an archive was asked for.
    is_member: bool,
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
            is_member: false,
        }
    }

    /// Fails if the lossless form would lose something: of what is no object, only plain JSON is made; storages of torch are in
    /// the file, but not in the pickle. The member of an archive that is only the pickle is what was asked for.
    fn check(&self, file: &Part, place: &Place<'_, &[u8]>) -> Result<(), Cause> {
        if !self.style.is_lossless() {
            return Ok(());
        }
        let Place::Node(node) = place else {
            return Err(Cause::Other(
                "the lossless form is of objects, and this is a part of one".to_owned(),
            ));
        };
        let is_whole = file.torch().is_none_or(|torch| self.is_member && torch.is_archive());
        if is_whole || node.descendants().all(|node| node.kind() != Kind::PersistentId) {
            return Ok(());
        }
        Err(Cause::Other(
            "the storages of its tensors are beside the pickle, so that `make` would lose them; `convert` writes \
             safetensors and npz"
                .to_owned(),
        ))
    }
}

impl PerFile for Json {
    fn reads_arrays(&self) -> bool {
        true
    }

    fn input(&mut self, _: &mut dyn Write, input: &Input) -> Result<(), Failure> {
        self.is_member = !input.has_parts();
        Ok(())
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        Pickles::of_path_or_file(&self.path).each(file, self.first, |bytes, start, is_meant| {
            let (graph, damage) = load_or_salvage(&mut self.loader, bytes, start, self.salvage)?;
            if is_meant {
                let place = follow(&graph, &self.path, damage.is_some())?;
                self.check(file, &place)?;
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
