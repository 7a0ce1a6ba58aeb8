//! `halfsour show`

use std::io::Write;

use halfsour::Loader;
use halfsour::value::path::Path;
use halfsour_files::Part;
use halfsour_inspect::tree::{ShowLimits, Tree};

use super::{PerFile, Pickles, end_of, follow, load_or_salvage};
use crate::args::Reading;
use crate::failure::Failure;
use crate::print::{self, DIM};

pub struct Show {
    loader: Loader,
    first: bool,
    limits: ShowLimits,
    path: Path,
    salvage: bool,
}

impl Show {
    pub fn new(reading: &Reading, limits: ShowLimits, path: Path) -> Self {
        Self {
            loader: Loader::with_options(reading.options()),
            first: reading.first,
            limits,
            path,
            salvage: reading.salvage,
        }
    }
}

impl PerFile for Show {
    fn reads_arrays(&self) -> bool {
        true
    }

    fn is_headed(&self) -> bool {
        true
    }

    fn is_styled(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let mut number = 0;
        let mut pickles = Pickles::of_path_or_file(&self.path);
        pickles.each(part, self.first, |bytes, start, is_meant| {
            let (graph, damage) = load_or_salvage(&mut self.loader, bytes, start, self.salvage)?;
            let end = graph.end();
            number += 1;
            if !is_meant {
                return end_of(end, damage);
            }
            let place = follow(&graph, &self.path, damage.is_some())?;
            if !self.first && (start, end) != (0, part.bytes().len()) {
                writeln!(out, "{DIM}# pickle {number}, from byte 0x{start:x}{DIM:#}")?;
            }
            print::lines(out, Tree::of_place(place, self.limits).lines())?;
            self.loader.recycle(graph);
            end_of(end, damage)
        })
    }
}
