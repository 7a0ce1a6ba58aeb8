//! The command line.

mod limits;

use std::fs;
use std::io::{self, IsTerminal, Write};

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use halfsour::vm::StringEncoding;
use halfsour::{Options, json, writer};
use halfsour_inspect::diff::{Rules, Tolerance};
use halfsour_inspect::tree::ShowLimits;

use self::limits::{Limits, limits};
use crate::commands::Audit;
use crate::commands::convert;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  halfsour info *.pkl                    is it valid, what is in it, what would it import?
  halfsour audit models/                 what would Python run if it loaded them?
  halfsour trace model.pkl               as the Python that it amounts to
  halfsour show --depth 3 model.pkl      a readable tree
  halfsour get users.pkl 'users[3].email'
  halfsour show model.pt:data.pkl        compression and archives are seen through
  halfsour tensors model.pt              names, types, shapes, and what is shared
  halfsour convert model.pt -o model.safetensors
  halfsour size model.pt                 what takes the space?
  halfsour diff old.pkl new.pkl          what was changed, added, removed?
  halfsour json data.pkl | jq .
  halfsour json --lossless data.pkl | halfsour make - -o same.pkl
  halfsour rewrite --protocol 5 old.pkl -o new.pkl
  cat data.pkl | halfsour dis -          as python -m pickletools

Exit status: 0 if all is well; 1 if a file could not be read, is not a valid pickle, or cannot be
shown as asked; 2 if the command line is wrong. That of audit says what it found.";

const SIZE_EXAMPLES: &str = "\
Examples:
  halfsour size --top 5 users.pkl
  halfsour size --each model.pt          every tensor by its name
  halfsour size --folded data.pkl | inferno-flamegraph > data.svg
  halfsour size --json *.pkl | jq .bytes";

const DIFF_EXAMPLES: &str = "\
Examples:
  halfsour diff old.pkl new.pkl
  halfsour diff --rtol 1e-6 before.pkl after.pkl
  halfsour diff --json a.pkl b.pkl | jq '.differences[].path'
  halfsour diff --types --order --sharing a.pkl b.pkl     all that Python's == does not see";

/// Shows, converts and checks Python pickles without Python, and without running anything.
///
/// All pickles of a file are processed, one after the other. `-` is standard input.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub color: colorchoice_clap::Color,
}

#[derive(Subcommand)]
pub enum Command {
    /// Check pickles, and say what is in them and what Python would import.
    Info {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
    },
    /// Say what Python would import and call if it loaded the pickles, and judge that.
    ///
    /// Everything that the policy does not list is a finding. All that is in archives is judged, too.
    ///
    /// Exit status: 0 if all is clean, 1 if something was found, 2 if nothing was found but not all could be read, 3 if the
    /// command line is wrong.
    Audit(Audit),
    /// Show what Python would do to load the pickles, as Python: a statement for each import and call.
    Trace {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
    },
    /// Show the data as a readable tree.
    ///
    /// It looks like Python. An object that occurs again is marked `#1=`, and later shown as `→ #1`. Dates, decimals and
    /// the like are shown by their class and their text: `datetime.date 2024-02-29`.
    Show {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
        #[command(flatten)]
        form: ShowForm,
    },
    /// Print the part of the data to which a path leads.
    ///
    /// A path is made of names, indices and keys: `users[3].email`, `['a key'][-1]`. Names are keys of dicts or
    /// attributes of objects.
    Get {
        #[arg(value_name = "FILE", help = "A file with pickles; - is standard input")]
        file: String,
        #[arg(help = "The path, into each of its pickles; '' is all of it")]
        path: String,
        #[command(flatten)]
        form: GetForm,
    },
    /// Disassemble, as `python -m pickletools` does.
    Dis {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
        /// Say what each opcode does, from this column on.
        #[arg(long, value_name = "COLUMN", num_args = 0..=1, require_equals = true, default_missing_value = "30")]
        annotate: Option<usize>,
    },
    /// Convert to JSON: one document for each pickle.
    Json {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
        #[command(flatten)]
        form: JsonForm,
    },
    /// Make pickles of JSON documents, plain or lossless.
    ///
    /// What `json --lossless` wrote becomes the pickle that it was made from; any other document becomes plain data.
    Make {
        /// A file with JSON documents, one after the other.
        #[arg(value_name = "JSON")]
        file: String,
        #[command(flatten)]
        target: Target,
    },
    /// Write pickles anew, in another protocol or with a memo of what is shared only.
    Rewrite {
        #[arg(value_name = "FILE", default_value = "-")]
        file: String,
        /// Leave out of the memo what does not occur again, as `pickletools.optimize` does.
        #[arg(long)]
        optimize: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Convert to a file of another format.
    ///
    /// To safetensors: the tensors of a file of torch, or of a pickle, side by side, by the names that `tensors` lists. To a pickle of
    /// another protocol, to JSON, or to a line of JSON for each row. What is a model of xgboost (.ubj), lightgbm (.txt) or catboost (.cbm), a frame
    /// (.arrows) or a plan (.plan) of polars: to the file that the package itself loads.
    Convert {
        #[arg(value_name = "FILE", help = "A file with pickles; - is standard input")]
        file: String,
        #[command(flatten)]
        target: convert::Target,
    },
    /// List the tensors: of what type and shape, where, and with which others they share a storage.
    ///
    /// Files of torch, old and new, pickles with tensors in them, and files of safetensors. Names are those of the keys,
    /// attributes and indices that lead there, with dots between them, as torch names the parameters of a module.
    Tensors {
        #[arg(required = true, value_name = "FILE", help = "Files with tensors; - is standard input")]
        files: Vec<String>,
        /// As JSON: an array for each pickle.
        #[arg(long)]
        json: bool,
    },
    /// Say what takes the space, by place and by type.
    ///
    /// The bytes are those of the pickle: of the opcodes that make an object, and of the storages of a torch file. What is
    /// shared counts once, where it occurs first. Elements of long lists and dicts, and several pickles, are
    /// taken together: `users[*].email`.
    #[command(after_help = SIZE_EXAMPLES)]
    Size {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
        #[command(flatten)]
        form: SizeForm,
    },
    /// Compare the data of two files: what was changed, added, removed, and where.
    ///
    /// Objects are the same if Python finds them equal: 1, 1.0 and True are, dicts are whatever their order. Objects
    /// of other classes are if their classes have the same name, and their parts are the same. nan is the same as nan. How objects
    /// are shared, and in which protocol they were written, does not matter. The exit status is 0 if all is the same,
    /// 1 if something differs, 2 if there was trouble.
    #[command(after_help = DIFF_EXAMPLES)]
    Diff {
        /// The file from which things were removed.
        old: String,
        /// The file to which things were added.
        new: String,
        #[command(flatten)]
        form: DiffForm,
    },
    /// Print a script that completes this command's arguments in a shell.
    Completions { shell: Shell },
}

/// What to write, and where.
#[derive(clap::Args, Clone)]
pub struct Target {
    /// The file to write; standard output if none is given, unless that is a terminal.
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// The protocol to write. That of the pickle or document if none is given, and 4 if there is none.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    pub protocol: Option<u8>,
}

impl Target {
    /// Whether the pickles would go to a terminal, which they are no text for.
    pub fn is_terminal(&self) -> bool {
        self.output.is_none() && io::stdout().is_terminal()
    }

    /// Writes the pickles, once all are made.
    pub fn write(&self, out: &mut dyn Write, pickles: &[u8]) -> Result<(), Failure> {
        match &self.output {
            None => Ok(out.write_all(pickles)?),
            Some(name) => {
                fs::write(name, pickles).map_err(|error| Failure::File { name: name.clone(), error })
            }
        }
    }
}

/// Where a tree is cut.
#[derive(clap::Args, Clone, Copy)]
pub struct ShowForm {
    /// How many levels to show.
    #[arg(long, default_value_t = 20, value_name = "LEVELS")]
    depth: usize,
    /// How many items of each container to show.
    #[arg(long, default_value_t = 100, value_name = "N")]
    max_items: usize,
    /// How many characters of each text, or bytes, to show.
    #[arg(long, default_value_t = 200, value_name = "N")]
    max_text: usize,
}

impl ShowForm {
    pub fn limits(self) -> ShowLimits {
        let mut limits = ShowLimits::default();
        (limits.depth, limits.max_items, limits.max_text) = (self.depth, self.max_items, self.max_text);
        limits
    }
}

#[derive(clap::Args, Clone, Copy)]
#[group(multiple = false)]
pub struct GetForm {
    /// As JSON rather than as Python.
    #[arg(long)]
    pub json: bool,
    /// Text and bytes as they are, without quotes and escapes; dates, decimals and the like as their text.
    #[arg(long)]
    pub raw: bool,
}

#[derive(clap::Args, Clone, Copy)]
pub struct JsonForm {
    /// In a form that names every fact of the pickle and can be turned back.
    #[arg(long)]
    pub lossless: bool,
    /// On many lines, indented.
    #[arg(long)]
    pub pretty: bool,
}

#[derive(clap::Args, Clone, Copy)]
pub struct SizeForm {
    /// How many places and how many types to name.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub top: usize,
    /// Name each element and each pickle for itself.
    #[arg(long)]
    pub each: bool,
    /// As folded stacks, of which flame graphs are made: all places, by their own bytes.
    #[arg(long, conflicts_with_all = ["json", "top"])]
    pub folded: bool,
    /// As JSON: a document for each file.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Clone, Copy)]
pub struct DiffForm {
    /// Floats are the same if they are no further apart than this.
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = tolerance)]
    tolerance: f64,
    /// Floats are the same if they are no further apart than this, times the larger one.
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = tolerance)]
    rtol: f64,
    #[command(flatten)]
    strictness: Strictness,
    /// How many differences to tell.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub max: usize,
    /// As JSON: one document.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Clone, Copy)]
struct Strictness {
    /// Types have to be the same, also where the values are equal: 1 and 1.0, bytes and bytearray.
    #[arg(long)]
    types: bool,
    /// Dicts have to have the same order.
    #[arg(long)]
    order: bool,
    /// What is one object in one file has to be one in the other.
    #[arg(long)]
    sharing: bool,
}

impl DiffForm {
    pub fn rules(&self) -> Rules {
        let mut rules = Rules::default();
        rules.tolerance = Tolerance { absolute: self.tolerance, relative: self.rtol };
        let Strictness { types, order, sharing } = self.strictness;
        (rules.types, rules.order, rules.sharing) = (types, order, sharing);
        rules
    }
}

fn tolerance(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|value| *value >= 0.0).ok_or_else(|| "not a number from 0 on".to_owned())
}

/// How to read.
#[derive(clap::Args)]
pub struct Reading {
    /// How to read Python 2 strings. They are kept as what they are unless told otherwise.
    #[arg(long, global = true, value_enum)]
    encoding: Option<Encoding>,
    /// Keep Python 2's names of modules and classes.
    #[arg(long, global = true)]
    no_fix_imports: bool,
    /// Read only the first pickle of each file, whatever follows it.
    #[arg(long, global = true)]
    pub first: bool,
    /// Of archives, read only the member with this name, or the end of a name. `FILE:NAME` says the same.
    #[arg(long, global = true, value_name = "NAME")]
    pub member: Option<String>,
    /// `trusted`, or limits such as `memory=2G,int-digits=5000`.
    ///
    /// `trusted` lifts all limits, `untrusted` is the default. The others are: `memory` (bytes that the data may hold),
    /// `memory-per-byte` (the same, for each byte of the file), `opcodes`, `stack`, `memo`, `int-digits` (of integers in
    /// text), `input` (bytes of a file, or of standard input); for compressed files and archives: `decompressed`
    /// (bytes that all decompression may give), `ratio` (the same, for each byte that is compressed), `layers` (that lie in
    /// each other), `window` (bytes that a decompressor may remember); for JSON: `depth`, `values` (beyond those
    /// that the data holds: what is shared is repeated), `bytes`; and for pickles that are written: `written` (bytes beyond eight
    /// for each that the data holds). Numbers may end in K, M or G.
    #[arg(long, global = true, value_name = "LIMITS", value_parser = limits)]
    limits: Option<Limits>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Encoding {
    Bytes,
    Latin1,
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    Ascii,
}

impl Reading {
    pub fn options(&self) -> Options {
        let encoding = match self.encoding {
            None => StringEncoding::Keep,
            Some(Encoding::Bytes) => StringEncoding::Bytes,
            Some(Encoding::Latin1) => StringEncoding::Latin1,
            Some(Encoding::Utf8) => StringEncoding::Utf8,
            Some(Encoding::Ascii) => StringEncoding::Ascii,
        };
        Options {
            encoding,
            fix_imports: !self.no_fix_imports,
            require_buffers: false,
            limits: self.limits.unwrap_or_default().reading,
            ..Options::default()
        }
    }

    pub fn file_limits(&self) -> halfsour_files::Limits {
        self.limits.unwrap_or_default().files
    }

    pub fn write_limits(&self) -> writer::Limits {
        self.limits.unwrap_or_default().writing
    }

    /// How `convert` and `tensors` read and write.
    pub fn convert_options(&self) -> halfsour_convert::Options {
        let limits = halfsour_convert::Limits::default()
            .with_json(self.json_limits())
            .with_written(self.write_limits());
        let options = halfsour_convert::Options::default();
        options.with_reading(self.options()).with_limits(limits).with_first(self.first)
    }

    pub fn json_limits(&self) -> json::Limits {
        self.limits.unwrap_or_default().json
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Args;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
