//! `halfsour get`

use std::io::Write;

use halfsour::json::{Cycles, Style};
use halfsour::value::path::Path;
use halfsour::{Loader, Node};
use halfsour_files::Part;
use halfsour_inspect::get::{self, Raw, raw_place};
use halfsour_inspect::path::Place;
use halfsour_inspect::tree::Tree;

use super::{PerFile, Pickles, end_of, follow, load_or_salvage};
use crate::args::{GetForm, Reading};
use crate::failure::{Cause, Failure};
use crate::print;

pub struct Get {
    loader: Loader,
    first: bool,
    path: Path,
    form: GetForm,
    json: Style,
    salvage: bool,
}

impl Get {
    pub fn new(reading: &Reading, path: Path, form: GetForm, cycles: Cycles) -> Self {
        Self {
            loader: Loader::with_options(reading.options()),
            first: reading.first,
            path,
            form,
            json: Style::plain().with_cycles(cycles).with_limits(reading.json_limits()),
            salvage: reading.salvage,
        }
    }

    fn print<'g, 'b>(
        &self,
        out: &mut dyn Write,
        root: Node<'g, &'b [u8]>,
        place: Place<'g, &'b [u8]>,
    ) -> Result<(), Cause> {
        if self.form.json {
            let mut document = Vec::new();
            get::json(&mut document, root, place, self.json).map_err(Cause::Json)?;
            document.push(b'\n');
            return Ok(out.write_all(&document)?);
        }
        match raw_place(&place).filter(|_| self.form.raw) {
            Some(Raw::Text(text)) => writeln!(out, "{text}")?,
            Some(Raw::Bytes(bytes)) => out.write_all(bytes)?,
            None => {
                let tree = Tree::of_place(place, self.form.show.limits());
                if self.form.raw {
                    writeln!(out, "{tree}")?;
                } else {
                    print::lines(out, tree.lines())?;
                }
            }
        }
        Ok(())
    }
}

impl PerFile for Get {
    fn reads_arrays(&self) -> bool {
        true
    }

    fn is_styled(&self) -> bool {
        !self.form.json && !self.form.raw
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let mut pickles = Pickles::of(&self.path);
        pickles.each(part, self.first, |bytes, start, is_meant| {
            let (graph, damage) = load_or_salvage(&mut self.loader, bytes, start, self.salvage)?;
            if is_meant {
                let place = follow(&graph, &self.path, damage.is_some())?;
                self.print(out, graph.root(), place)?;
            }
            end_of(graph.end(), damage)
        })
    }
}
