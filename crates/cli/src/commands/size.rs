//! `halfsour size`

use std::io::Write;

use halfsour::Loader;
use halfsour_files::Part;
use halfsour_inspect::Error;
use halfsour_inspect::size::Sizes;

use super::PerFile;
use crate::args::{Reading, SizeForm};
use crate::failure::{Cause, Failure};
use crate::print;

pub struct Size {
    loader: Loader,
    first: bool,
    form: SizeForm,
}

impl Size {
    pub fn new(reading: &Reading, form: SizeForm) -> Self {
        Self { loader: Loader::with_options(reading.options()), first: reading.first, form }
    }
}

impl PerFile for Size {
    fn is_styled(&self) -> bool {
        true
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let mut sizes = if self.form.each { Sizes::new().each() } else { Sizes::new() };
        sizes.add_part(part, self.first, &mut self.loader).map_err(|error| match error {
            Error::Pickle(error) => Failure::in_pickle(error.map(Cause::Load), part.bytes()),
            error => Failure::message(error.to_string()),
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
