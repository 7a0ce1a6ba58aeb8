//! `halfsour convert`

mod output;

use std::io::Write;
use std::path::Path;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use halfsour_convert::{ConvertError, FORMATS, Format, Options, convert_with_progress};
use halfsour_files::{Input, Part, Parts, PickleError};

use self::output::Output;
use super::PerFile;
use crate::args::Reading;
use crate::failure::Failure;

/// What is done with tensors that share their elements.
#[derive(Clone, Copy, ValueEnum)]
enum Tied {
    /// Each is written.
    Copy,
    /// Of those that are the same the first is written; the metadata says of the names of the others which that is.
    Dedup,
    /// They are an error.
    Refuse,
}

/// What to write, and where.
#[derive(clap::Args, Clone)]
pub struct Target {
    /// The file to write. It appears once it is complete.
    #[arg(short, long, value_name = "FILE")]
    output: String,
    /// The format; that of the file's extension if none is given.
    #[arg(long, value_parser = formats())]
    to: Option<Format>,
    /// What to do with tensors that share their elements, as tied weights do, where the format cannot say it.
    #[arg(long, value_enum, default_value_t = Tied::Copy)]
    tied: Tied,
    /// The protocol of a pickle; as it was if none is given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    protocol: Option<u8>,
}

/// The values of `--to`.
fn formats() -> impl TypedValueParser<Value = Format> {
    let value = |format: &Format| PossibleValue::new(format.name()).help(format.about());
    PossibleValuesParser::new(FORMATS.iter().map(value)).try_map(|name| name.parse())
}

impl Target {
    /// The format that is asked for, or why there is none.
    pub fn format(&self) -> Result<Format, String> {
        let format = self.to.or_else(|| Format::of_path(&self.output));
        format.ok_or_else(|| format!("{}: unknown extension; use --to FORMAT", self.output))
    }

    fn options(&self, reading: &Reading) -> Options {
        let mut options = reading.convert_options();
        options.tied = match self.tied {
            Tied::Copy => halfsour_convert::Tied::Copy,
            Tied::Dedup => halfsour_convert::Tied::Dedup,
            Tied::Refuse => halfsour_convert::Tied::Refuse,
        };
        options.protocol = self.protocol;
        // A format that was named may go to any file.
        let extension = Path::new(&self.output).extension().filter(|_| self.to.is_none());
        options.extension = extension.map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        options
    }
}

pub struct Convert {
    format: Format,
    options: Options,
    output: String,
}

impl Convert {
    pub fn new(reading: &Reading, format: Format, target: Target) -> Self {
        Self { format, options: target.options(reading), output: target.output }
    }

    fn convert(&self, part: &Part, output: &mut Output) -> Result<(), PickleError<ConvertError>> {
        let (file, bar) = output.parts();
        convert_with_progress(part, self.format, &self.options, file, |progress| {
            if let (Some(total), None) = (progress.total, bar.length()) {
                output::expect(bar, total);
            }
            bar.set_position(progress.written);
        })
    }
}

impl PerFile for Convert {
    fn parts<'i>(&self, input: &'i Input) -> Result<Parts<'i>, Failure> {
        if input.has_parts() && input.torch()?.is_none() {
            let name = input.source().name();
            return Err(Failure::message(format!("{name}: an archive; --member says what to convert of it")));
        }
        Ok(input.parts_with_tensors()?)
    }

    fn part(&mut self, _: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let mut output = Output::create(&self.output)?;
        match self.convert(part, &mut output) {
            Ok(()) => output.finish(),
            Err(PickleError { error: ConvertError::Output(error), .. }) => {
                Err(Failure::File { name: self.output.clone(), error })
            }
            Err(error) => Err(Failure::in_pickle(error.map(Into::into), part.bytes())),
        }
    }
}
