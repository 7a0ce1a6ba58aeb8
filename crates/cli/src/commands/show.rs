//! `halfsour show`

use std::io::Write;

use anstyle::Style;
use halfsour::Loader;
use halfsour_files::Part;

use super::{PerFile, each_pickle, load};
use crate::args::{Cuts, Reading};
use crate::failure::Failure;
use crate::tree;

const DIM: Style = Style::new().dimmed();

pub struct Show {
    loader: Loader,
    first: bool,
    cuts: Cuts,
}

impl Show {
    pub fn new(reading: &Reading, cuts: Cuts) -> Self {
        Self { loader: Loader::with_options(reading.options()), first: reading.first, cuts }
    }
}

impl PerFile for Show {
    fn is_headed(&self) -> bool {
        true
    }

    fn is_styled(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        let mut number = 0;
        each_pickle(file, self.first, |bytes, start| {
            let graph = load(&mut self.loader, bytes, start)?;
            let end = graph.end();
            number += 1;
            if !self.first && (start, end) != (0, file.bytes().len()) {
                writeln!(out, "{DIM}# pickle {number}, from byte 0x{start:x}{DIM:#}")?;
            }
            tree::show(out, graph.root(), self.cuts)?;
            self.loader.recycle(graph);
            Ok(end)
        })
    }
}
