//! `halfsour tensors`

use std::io::Write;

use halfsour::json;
use halfsour_convert::{ConvertError, Options, Path, Tensors, each_tensors};
use halfsour_files::{Input, Part, Parts};

use super::PerFile;
use crate::args::Reading;
use crate::failure::{Cause, Failure};
use crate::print;

pub struct ListTensors {
    options: Options,
    json: bool,
}

impl ListTensors {
    pub fn new(reading: &Reading, path: Path, json: bool) -> Self {
        Self { options: reading.convert_options().with_path(path), json }
    }
}

impl PerFile for ListTensors {
    fn is_headed(&self) -> bool {
        !self.json
    }

    fn is_styled(&self) -> bool {
        !self.json
    }

    fn parts<'i>(&self, input: &'i Input) -> Result<Parts<'i>, Failure> {
        Ok(input.parts_with_tensors()?)
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let each = |tensors: &Tensors<'_>| show(out, tensors, self.json);
        each_tensors(part, &self.options, each).map_err(|error| Failure::in_pickle(error, part.bytes()))
    }
}

fn show(out: &mut dyn Write, tensors: &Tensors<'_>, json: bool) -> Result<(), Cause> {
    let list = tensors.list();
    if json {
        return Ok(print::json(out, &list)?);
    }
    Ok(print::lines(out, list.lines())?)
}

impl From<ConvertError> for Cause {
    fn from(error: ConvertError) -> Self {
        match error {
            ConvertError::Load(error) => Self::Load(error),
            ConvertError::Json(error) => match error.kind() {
                // The command has no option for cycles.
                json::ErrorKind::Cycle(_) => Self::Other(format!(
                    "{error}; `halfsour json` can, with `--cycles ref` or `--lossless`, and so can --to pickle"
                )),
                _ => Self::Json(error),
            },
            ConvertError::Pickle(error) => Self::Write(error),
            ConvertError::Output(error) => Self::Output(error),
            error => Self::Other(in_flags(error.to_string())),
        }
    }
}

/// Names the options of the library as the command does: `--partial`.
fn in_flags(message: String) -> String {
    let names = ["encoding", "first", "partial", "tied"];
    names.iter().fold(message, |message, name| {
        message.replace(&format!("the option `{name}`"), &format!("`--{name}`"))
    })
}
