//! `halfsour find`

use std::io::Write;

use halfsour::Loader;
use halfsour_files::Part;
use halfsour_inspect::find::{Hit, Pattern, PatternError, Search};

use super::PerFile;
use crate::args::{FindForm, Reading};
use crate::failure::{Cause, Failure};
use crate::print::{self, DIM};

/// A find, in JSON.
#[derive(serde::Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    hit: &'a Hit,
}

pub struct Find {
    loader: Loader,
    first: bool,
    json: bool,
    search: Search,
}

impl Find {
    pub fn new(reading: &Reading, pattern: &str, form: &FindForm) -> Result<Self, PatternError> {
        let pattern = match (form.regex, form.ignore_case) {
            (true, ignore_case) => Pattern::regex(pattern, ignore_case)?,
            (false, true) => Pattern::ignoring_case(pattern)?,
            (false, false) => Pattern::plain(pattern),
        };
        Ok(Self {
            loader: Loader::with_options(reading.options()),
            first: reading.first,
            json: form.json,
            search: Search::new(pattern, form.scope(), form.max),
        })
    }

    fn print(&self, out: &mut dyn Write, name: &str, hits: &[Hit]) -> Result<(), Failure> {
        if !self.json {
            return Ok(print::lines(out, hits.iter().map(Hit::line))?);
        }
        Ok(hits.iter().try_for_each(|hit| print::json(out, &Line { file: name, hit }))?)
    }
}

impl PerFile for Find {
    fn reads_arrays(&self) -> bool {
        true
    }

    fn is_styled(&self) -> bool {
        !self.json
    }

    fn is_headed(&self) -> bool {
        !self.json
    }

    fn is_success(&self) -> bool {
        self.search.total() > 0
    }

    fn array(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        self.look(out, part, false)
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        self.look(out, part, true)
    }
}

impl Find {
    /// Looks through a part. Of a pickle that was made of arrays, offsets mean nothing.
    fn look(&mut self, out: &mut dyn Write, part: &Part, has_offsets: bool) -> Result<(), Failure> {
        let before = self.search.total();
        let result = self.search.part(part, self.first, &mut self.loader);
        let mut hits = self.search.take();
        if !has_offsets {
            for hit in &mut hits {
                hit.offset = None;
            }
        }
        // What was found before an error is true.
        self.print(out, part.name(), &hits)?;
        let more = self.search.total() - before - hits.len();
        if more > 0 && !self.json {
            writeln!(out, "{DIM}… {more} more{DIM:#}")?;
        }
        result.map_err(|error| Failure::in_pickle(error.map(Cause::Load), part.bytes()))
    }
}
