//! `halfsour show`

use std::io::Write;

use halfsour::Loader;
use halfsour_files::Part;
use halfsour_inspect::tree::{ShowLimits, Tree};

use super::{PerFile, each_pickle, end_of, load_or_salvage};
use crate::args::{Reading, Salvage};
use crate::failure::Failure;
use crate::print::{self, DIM};

pub struct Show {
    loader: Loader,
    first: bool,
    limits: ShowLimits,
    salvage: Salvage,
}

impl Show {
    pub fn new(reading: &Reading, limits: ShowLimits, salvage: Salvage) -> Self {
        Self { loader: Loader::with_options(reading.options()), first: reading.first, limits, salvage }
    }
}

impl PerFile for Show {
    fn is_headed(&self) -> bool {
        true
    }

    fn is_styled(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let mut number = 0;
        each_pickle(part, self.first, |bytes, start| {
            let (graph, damage) = load_or_salvage(&mut self.loader, bytes, start, self.salvage)?;
            let end = graph.end();
            number += 1;
            if !self.first && (start, end) != (0, part.bytes().len()) {
                writeln!(out, "{DIM}# pickle {number}, from byte 0x{start:x}{DIM:#}")?;
            }
            print::lines(out, Tree::new(graph.root(), self.limits).lines())?;
            self.loader.recycle(graph);
            end_of(end, damage)
        })
    }
}
