//! `halfsour tensors`

use std::io::Write;

use anstyle::Style;
use halfsour_convert::{ConvertError, Options, Role, Tensors, each_tensors};
use halfsour_files::{Input, Part, Parts};

use super::PerFile;
use crate::args::Reading;
use crate::failure::{Cause, Failure};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

pub struct ListTensors {
    options: Options,
    json: bool,
}

impl ListTensors {
    pub fn new(reading: &Reading, json: bool) -> Self {
        Self { options: reading.convert_options(), json }
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
        let print = |tensors: &Tensors<'_>| print(out, tensors, self.json);
        each_tensors(part, &self.options, print).map_err(|error| Failure::in_pickle(error, part.bytes()))
    }
}

fn print(out: &mut dyn Write, tensors: &Tensors<'_>, json: bool) -> Result<(), Cause> {
    let list = tensors.list();
    if json {
        serde_json::to_writer(&mut *out, &list).map_err(std::io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    for line in list.lines() {
        match line.role {
            Role::Head => writeln!(out, "{BOLD}{}{BOLD:#}", line.text)?,
            _ if line.notes.is_empty() => writeln!(out, "{}", line.text)?,
            _ => writeln!(out, "{}{DIM}{}{DIM:#}", line.text, line.notes)?,
        }
    }
    Ok(())
}

impl From<ConvertError> for Cause {
    fn from(error: ConvertError) -> Self {
        match error {
            ConvertError::Load(error) => Self::Load(error),
            ConvertError::Json(error) => Self::Json(error),
            ConvertError::Pickle(error) => Self::Write(error),
            ConvertError::Output(error) => Self::Output(error),
            error => Self::Other(error.to_string()),
        }
    }
}
