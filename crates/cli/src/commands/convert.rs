//! `halfsour convert`

use std::io::Write;
use std::path;

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use halfsour_convert::Path;
use halfsour_convert::{
    ConvertError, FORMATS, Format, Options, Progress, Report, convert_archive, convert_with_progress,
};
use halfsour_files::{self as files, Input, Part, PickleError};
use indicatif::ProgressBar;

use super::PerFile;
use crate::args::Reading;
use crate::failure::Failure;
use crate::output::{self, Output};

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
    /// The file to write, which appears once it is complete; - is standard output, which is the default with --to.
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// The format; that of the file's extension if none is given.
    #[arg(long, value_parser = formats())]
    to: Option<Format>,
    /// What to do with tensors that share their elements, as tied weights do, where the format cannot say it.
    #[arg(long, value_enum, default_value_t = Tied::Copy)]
    tied: Tied,
    /// The protocol of a pickle; as it was if none is given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    protocol: Option<u8>,
    #[command(flatten)]
    parts: Parts,
}

/// What is written of the data.
#[derive(clap::Args, Clone, Copy)]
#[allow(clippy::struct_excessive_bools)] // a flag each
struct Parts {
    /// Write the labels of the rows of a table, also where they only number the rows.
    #[arg(long, overrides_with = "no_index")]
    index: bool,
    /// Leave out the labels of the rows of a table.
    #[arg(long)]
    no_index: bool,
    /// Leave out columns and arrays that the format cannot hold, and list them on standard error. Without it, they
    /// are an error.
    #[arg(long)]
    partial: bool,
    /// Compress the arrays of an npz.
    #[arg(long)]
    deflate: bool,
}

/// The values of `--to`.
fn formats() -> impl TypedValueParser<Value = Format> {
    let value = |format: &Format| PossibleValue::new(format.name()).help(format.about());
    PossibleValuesParser::new(FORMATS.iter().map(value)).try_map(|name| name.parse())
}

impl Target {
    /// The file to write.
    fn output(&self) -> &str {
        self.output.as_deref().unwrap_or(output::STDOUT)
    }

    /// The format that is asked for, or why there is none.
    pub fn format(&self) -> Result<Format, String> {
        let output = self.output();
        // An npz is a zip.
        let extension = path::Path::new(output).extension().unwrap_or_default();
        let is_zip = extension == "zip" && self.to.is_some_and(|format| format.name() == "npz");
        if let Some(why) = output::refused(output).filter(|_| !is_zip) {
            return Err(why);
        }
        let Some(format) = self.to.or_else(|| Format::of_path(output)) else {
            return Err(match &self.output {
                None => {
                    "no place and no format: use --output FILE, or --to FORMAT for standard output".to_owned()
                }
                Some(_) if output::is_stdout(output) => {
                    "standard output has no extension: use --to FORMAT".to_owned()
                }
                Some(_) => format!("{output}: {}", unknown(output)),
            });
        };
        if output::is_terminal(output) && !["csv", "json", "ndjson"].contains(&format.name()) {
            return Err(format!("{format} is not written to a terminal: use --output, or redirect"));
        }
        Ok(format)
    }

    fn options(&self, reading: &Reading, path: Option<Path>) -> Options {
        let mut options = reading.convert_options();
        options.path = path;
        options.tied = match self.tied {
            Tied::Copy => halfsour_convert::Tied::Copy,
            Tied::Dedup => halfsour_convert::Tied::Dedup,
            Tied::Refuse => halfsour_convert::Tied::Refuse,
        };
        options.protocol = self.protocol;
        options.index = (self.parts.index || self.parts.no_index).then_some(self.parts.index);
        options.partial = self.parts.partial;
        options.compressed = self.parts.deflate;
        // A format that was named may go to any file.
        let extension = path::Path::new(self.output()).extension().filter(|_| self.to.is_none());
        options.extension = extension.map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        options
    }
}

/// Returns why the name of a file tells no format.
fn unknown(output: &str) -> String {
    let extension = path::Path::new(output).extension().unwrap_or_default().to_string_lossy();
    if ["arrow", "feather", "parquet", "pq"].contains(&&*extension.to_ascii_lowercase()) {
        return "this command was built without the feature `arrow`, which has this format".to_owned();
    }
    let formats: Vec<_> = FORMATS.iter().map(|format| format.name()).collect();
    format!("unknown extension; use --to FORMAT, which is one of {}", formats.join(", "))
}

pub struct Convert {
    format: Format,
    options: Options,
    output: String,
    /// Whether the input is converted as a whole.
    is_done: bool,
}

impl Convert {
    pub fn new(reading: &Reading, path: Option<Path>, format: Format, target: &Target) -> Self {
        let output = target.output().to_owned();
        Self { format, options: target.options(reading, path), output, is_done: false }
    }

    fn convert(&self, part: &Part, output: &mut Output) -> Result<Report, PickleError<ConvertError>> {
        let (file, bar) = output.parts();
        convert_with_progress(part, self.format, &self.options, file, |progress| show(bar, progress))
    }
}

impl Convert {
    /// Puts the file in its place, and says what is not in it.
    fn finish(
        &self,
        converted: Result<Report, PickleError<ConvertError>>,
        output: Output,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        match converted {
            Ok(mut report) => {
                let damage = std::mem::take(&mut report.damage);
                output.finish()?;
                for line in report.to_string().lines() {
                    eprintln!("left out: {line}");
                }
                for note in &report.notes {
                    eprintln!("note: {note}");
                }
                match damage.as_slice() {
                    [] => Ok(()),
                    damage => Err(Failure::message(damage.join("\n"))),
                }
            }
            Err(PickleError { error: ConvertError::Output(error), .. }) => {
                Err(output::failure(&self.output, error))
            }
            Err(error) => Err(Failure::in_pickle(error.map(Into::into), bytes)),
        }
    }
}

/// The only part of an archive, from which one thing can be made. It is an error, which names parts, that there are
/// several. Records that are no pickles are left out, if that is wanted.
fn only_part<'i>(
    input: &Input,
    parts: files::Parts<'i>,
    is_partial: bool,
) -> Result<files::Parts<'i>, Failure> {
    const MOST: usize = 4;
    let mut parts = parts.filter_map(|part| match part {
        Err(error) if is_partial && error.kind() == files::ErrorKind::NoPickle => {
            eprintln!("left out: {error}");
            None
        }
        part => Some(part),
    });
    let Some(first) = parts.next() else { return Ok(files::Parts::none()) };
    let first = first?;
    let archive = input.source().name();
    let name = |part: &Part| part.name().get(archive.len() + 1..).unwrap_or_default().to_owned();
    let mut names = vec![name(&first)];
    while let Some(part) = parts.next()
        && names.len() < MOST
    {
        names.push(name(&part?));
    }
    if names.len() == 1 {
        return Ok(files::Parts::one(first));
    }
    let more = if names.len() == MOST { " …" } else { "" };
    let names = names.join(", ");
    Err(Failure::message(format!(
        "{archive}: an archive; --member says what to convert of it: {names}{more}"
    )))
}

/// Tells the bar how far a conversion is.
fn show(bar: &ProgressBar, progress: Progress) {
    if let (Some(total), None) = (progress.total, bar.length()) {
        output::expect(bar, total);
    }
    bar.set_position(progress.written);
}

impl PerFile for Convert {
    /// Converts an archive of numpy as a whole.
    fn input(&mut self, _: &mut dyn Write, input: &Input) -> Result<(), Failure> {
        self.is_done = input.is_npz();
        if !self.is_done {
            return Ok(());
        }
        let mut output = Output::create(&self.output)?;
        let (file, bar) = output.parts();
        let converted =
            convert_archive(input, self.format, &self.options, file, |progress| show(bar, progress));
        self.finish(converted, output, &[])
    }

    fn parts<'i>(&self, input: &'i Input) -> Result<files::Parts<'i>, Failure> {
        if self.is_done {
            return Ok(files::Parts::none());
        }
        let parts = input.parts_with_tensors()?;
        if input.has_parts() && input.torch()?.is_none() {
            return only_part(input, parts, self.options.partial);
        }
        Ok(parts)
    }

    fn part(&mut self, _: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        let mut output = Output::create(&self.output)?;
        let converted = self.convert(part, &mut output);
        self.finish(converted, output, part.bytes())
    }
}
