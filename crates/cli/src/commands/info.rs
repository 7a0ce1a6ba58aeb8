//! `halfsour info`

use std::io::Write;

use halfsour::classes::numpy;
use halfsour::lexer::text::name::visible;
use halfsour::lexer::text::phrase::shape;
use halfsour::value::Data;
use halfsour::{Loader, Node};
use halfsour_files::{Input, Part};
use halfsour_inspect::info::{FileInfo, PartInfo};

use super::{PerFile, each_pickle, load};
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

    fn reads_arrays(&self) -> bool {
        true
    }

    fn array(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        each_pickle(part, true, |bytes, start| {
            let graph = load(&mut self.loader, bytes, start)?;
            let name = visible(part.name());
            match graph.root().data() {
                Data::Dict(arrays) => {
                    for (key, array) in arrays {
                        writeln!(
                            out,
                            "{name}: {}: {}",
                            visible(key.as_str().unwrap_or_default()),
                            kind(array)
                        )?;
                    }
                }
                _ => writeln!(out, "{name}: {}", kind(graph.root()))?,
            }
            Ok(graph.end())
        })
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

/// The type and the shape of an array, as numpy prints them.
fn kind(array: Node<'_, &[u8]>) -> String {
    let Some(array) = numpy::array(array) else { return "an array".to_owned() };
    format!("{} of shape {}", array.dtype, shape(&array.shape))
}
