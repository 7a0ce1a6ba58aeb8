//! `halfsour convert`, a file for each format.

mod json;
mod ndjson;
mod npy;
mod output;
mod payload;
mod pickle;
mod safetensors;
#[cfg(feature = "arrow")]
mod table;
mod tied;
mod zip;

use std::io::Write;
use std::path::Path;

use clap::ValueEnum;
use halfsour::{Graph, Loader, json as document, writer};
use halfsour_files::{Input, Part, Parts};

use self::output::Output;
use super::{PerFile, each_pickle, load};
use crate::args::Reading;
use crate::failure::{Cause, Failure};
use crate::tensors::is_safetensors;

/// What is converted to. Each has a file beside this one, and an extension or several.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tensors, without anything else.
    Safetensors,
    /// numpy's file of one array.
    Npy,
    /// numpy's archive of arrays, which are stored as they are.
    Npz,
    /// A table, compressed by snappy.
    #[cfg(feature = "arrow")]
    Parquet,
    /// A table, in Arrow's file format, which is also Feather's.
    #[cfg(feature = "arrow")]
    Arrow,
    /// A table, as text.
    #[cfg(feature = "arrow")]
    Csv,
    /// A pickle, of the protocol that --protocol says.
    Pickle,
    /// A document for each pickle.
    Json,
    /// A line for each row: for each member of a list, or for each pickle that is no list.
    Ndjson,
    /// The model of xgboost, lightgbm or catboost, or the frame of polars, that is in it, as the file that the package loads.
    Payload,
}

/// What is done with tensors that share their elements.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Tied {
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
    #[arg(long, value_enum)]
    to: Option<Format>,
    /// What to do with tensors that share their elements, as tied weights do, where the format cannot say it.
    #[arg(long, value_enum, default_value_t = Tied::Copy)]
    tied: Tied,
    /// The protocol of a pickle; as it was if none is given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    protocol: Option<u8>,
}

impl Target {
    fn extension(&self) -> String {
        let extension = Path::new(&self.output).extension().unwrap_or_default();
        extension.to_string_lossy().to_ascii_lowercase()
    }

    /// The format that is asked for, or why there is none.
    pub fn format(&self) -> Result<Format, String> {
        if let Some(format) = self.to {
            return Ok(format);
        }
        Ok(match self.extension().as_str() {
            "safetensors" => Format::Safetensors,
            "npy" => Format::Npy,
            "npz" => Format::Npz,
            #[cfg(feature = "arrow")]
            "parquet" | "pq" => Format::Parquet,
            #[cfg(feature = "arrow")]
            "arrow" | "feather" => Format::Arrow,
            #[cfg(feature = "arrow")]
            "csv" => Format::Csv,
            "pkl" | "pickle" | "p" => Format::Pickle,
            "json" => Format::Json,
            "ndjson" | "jsonl" => Format::Ndjson,
            "arrows" | "cbm" | "plan" | "txt" | "ubj" => Format::Payload,
            _ => {
                return Err(format!(
                    "{}: its extension says no format that is known here: use --to",
                    self.output
                ));
            }
        })
    }
}

/// What may be written.
#[derive(Clone, Copy)]
struct Limits {
    json: document::Limits,
    written: writer::Limits,
}

/// A file of a format that is being written.
trait Writer {
    /// Writes a pickle.
    fn add(&mut self, graph: &Graph<&[u8]>, file: &Part) -> Result<(), Cause>;

    /// Puts the file in its place.
    fn finish(self: Box<Self>) -> Result<(), Failure>;
}

pub struct Convert {
    loader: Loader,
    first: bool,
    limits: Limits,
    format: Format,
    target: Target,
}

impl Convert {
    pub fn new(reading: &Reading, format: Format, target: Target) -> Self {
        let mut loader = Loader::with_options(reading.options());
        // Names of Python 2 stay as they are in a pickle of the same protocol.
        loader.options_mut().fix_imports &= format != Format::Pickle || target.protocol.is_some();
        let limits = Limits { json: reading.json_limits(), written: reading.write_limits() };
        Self { loader, first: reading.first, limits, format, target }
    }

    fn writer(&self) -> Result<Box<dyn Writer>, Failure> {
        let output = Output::create(&self.target.output)?;
        Ok(match self.format {
            Format::Safetensors => Box::new(safetensors::Writer::new(output, self.target.tied, self.limits)),
            Format::Npy | Format::Npz => {
                let is_archive = self.format == Format::Npz;
                Box::new(npy::Writer::new(output, is_archive, self.target.tied, self.limits))
            }
            #[cfg(feature = "arrow")]
            Format::Parquet | Format::Arrow | Format::Csv => {
                Box::new(table::Writer::new(output, self.format, self.limits))
            }
            Format::Pickle => Box::new(pickle::Writer::new(output, self.target.protocol, self.limits)),
            Format::Json => Box::new(json::Writer::new(output, self.limits)),
            Format::Ndjson => Box::new(ndjson::Writer::new(output, self.limits)),
            Format::Payload => {
                let extension = self.target.to.is_none().then(|| self.target.extension());
                Box::new(payload::Writer::new(output, extension))
            }
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

    fn part(&mut self, _: &mut dyn Write, file: &Part) -> Result<(), Failure> {
        if is_safetensors(file.bytes()) {
            let name = file.name();
            return Err(Failure::message(format!("{name}: safetensors, of which nothing else is made")));
        }
        let mut writer = self.writer()?;
        each_pickle(file, self.first, |bytes, start| {
            let graph = load(&mut self.loader, bytes, start)?;
            writer.add(&graph, file)?;
            let end = graph.end();
            self.loader.recycle(graph);
            Ok(end)
        })?;
        writer.finish()
    }
}
