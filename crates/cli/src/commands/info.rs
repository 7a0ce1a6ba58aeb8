//! `halfsour info`

use std::io::Write;

use halfsour::Loader;
use halfsour_files::{Input, Part};
use halfsour_inspect::info::{FileInfo, PartInfo};

use super::PerFile;
use crate::args::Reading;
use crate::failure::{Cause, Failure};
use crate::print;

pub struct Info {
    loader: Loader,
    first: bool,
}

impl Info {
    pub fn new(reading: &Reading) -> Self {
        Self { loader: Loader::with_options(reading.options()), first: reading.first }
    }
}

impl PerFile for Info {
    fn is_styled(&self) -> bool {
        true
    }

    fn input(&mut self, out: &mut dyn Write, input: &Input) -> Result<(), Failure> {
        Ok(print::lines(out, FileInfo::of(input)?.line())?)
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let info = PartInfo::of(part, self.first, &mut self.loader);
        print::lines(out, info.lines())?;
        match info.error {
            Some(error) => Err(Failure::in_pickle(error.map(Cause::Load), part.bytes())),
            None => Ok(()),
        }
    }
}
