//! The command line.

mod examples;
mod find;
mod limits;
mod reading;
mod show;
mod size;

use std::io::Write;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use halfsour::json;
use halfsour::value::path::Path;
use halfsour_convert::{PRESETS, Preset, Rename};
use halfsour_inspect::diff::{Rules, Tolerance};

use self::examples::{
    AUDIT_EXAMPLES, CONVERT_EXAMPLES, DIFF_EXAMPLES, EXAMPLES, FIND_EXAMPLES, GET_EXAMPLES, JSON_EXAMPLES,
    MAKE_EXAMPLES, REWRITE_EXAMPLES, SIZE_EXAMPLES, TENSORS_EXAMPLES,
};
pub use self::find::FindForm;
pub use self::reading::Reading;
pub use self::show::ShowForm;
pub use self::size::SizeForm;
use crate::commands::Audit;
use crate::commands::convert;
use crate::failure::Failure;
use crate::output;

const FILES_AND_PATH: &str =
    "Files with pickles; - is standard input. After one file, what is no file is a path";

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
    /// Check pickles, and print facts about them: protocol, sizes, and what Python would import.
    Info {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
    },
    /// Judge what Python would import and call if it loaded the pickles.
    ///
    /// The verdict is clean (loading runs nothing but what was reviewed), unknown (nobody reviewed it), incomplete (not
    /// all could be read) or dangerous (known to run code, reach the system or break memory). Members of archives are
    /// judged, too.
    ///
    /// Exit status: 0 if all is clean, 1 if something is unknown, 3 if something is incomplete, 4 if something is
    /// dangerous; 2 if the command line is wrong. With --fail-on dangerous, unknown is 0.
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(Audit),
    /// Print what Python would do to load the pickles, as a Python script: a statement for each import and call.
    Trace {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
    },
    /// Print the data as a readable tree.
    ///
    /// The tree looks like Python. An object that occurs again is marked `#1=`, and later shown as `→ #1`. Dates,
    /// decimals and the like are shown by their class and their text: `datetime.date 2024-02-29`.
    Show {
        #[arg(required = true, value_name = "FILE", help = FILES_AND_PATH)]
        files: Vec<String>,
        #[command(flatten)]
        part: PathOption,
        #[command(flatten)]
        form: ShowForm,
        #[command(flatten)]
        salvage: Salvage,
    },
    /// Print the part of the data to which a path leads, as `show` shows it.
    ///
    /// A path is made of names, indices and keys: `users[3].email`, `['a key'][-1]`, `[(1, 'a')]`. Names are keys of
    /// dicts, attributes of objects, columns and fields. Parts of lists and arrays are `[1:3]`, `[0, 1:3]`; arguments
    /// of objects `(0)`, and other parts as `show` names them: `(state)`. `#2.name` is of the second pickle only.
    #[command(after_help = GET_EXAMPLES)]
    Get {
        #[arg(value_name = "FILE", help = "A file with pickles; - is standard input")]
        file: String,
        #[arg(help = "The path into each of the file's pickles; '' is everything")]
        path: Path,
        #[command(flatten)]
        form: GetForm,
        #[command(flatten)]
        salvage: Salvage,
        #[command(flatten)]
        cycles: CyclesForm,
    },
    /// Look for keys, classes, text and numbers, and print the path to each, with its offset in the file.
    ///
    /// The pattern may stand anywhere in a text or name; a number is found if it is equal. Each object is looked at
    /// once, in its first place. The paths are those of `get`. The exit status is 1 if nothing is found.
    #[command(after_help = FIND_EXAMPLES)]
    Find {
        #[arg(value_name = "FILE", help = "A file with pickles; - is standard input")]
        file: String,
        /// The text, number or, with --regex, regular expression to look for.
        #[arg(allow_hyphen_values = true)]
        pattern: String,
        #[command(flatten)]
        form: FindForm,
    },
    /// Disassemble, as `python -m pickletools` does.
    Dis {
        #[arg(required = true, value_name = "FILE", help = "Files with pickles; - is standard input")]
        files: Vec<String>,
        /// Add a description of each opcode, from this column on.
        #[arg(long, value_name = "COLUMN", num_args = 0..=1, require_equals = true, default_missing_value = "30")]
        annotate: Option<usize>,
    },
    /// Convert to JSON: one document for each pickle.
    #[command(after_help = JSON_EXAMPLES)]
    Json {
        #[arg(required = true, value_name = "FILE", help = FILES_AND_PATH)]
        files: Vec<String>,
        #[command(flatten)]
        part: PathOption,
        #[command(flatten)]
        form: JsonForm,
        #[command(flatten)]
        salvage: Salvage,
        #[command(flatten)]
        cycles: CyclesForm,
    },
    /// Make pickles of JSON documents, plain or lossless.
    ///
    /// The output of `json --lossless` becomes the pickle that it was made from, any other document plain data. Plain
    /// JSON of `json` with objects in it (`@class`) is refused, since it does not say how these are made. Only a document
    /// that begins with `@pickle` is lossless: in others, `@tuple` is a key.
    #[command(after_help = MAKE_EXAMPLES)]
    Make {
        /// A file with JSON documents, one after the other; - is standard input.
        #[arg(value_name = "JSON")]
        file: String,
        #[command(flatten)]
        target: Target,
    },
    /// Write pickles anew, in another protocol, with a memo that holds only shared objects, or with other names of
    /// classes.
    #[command(after_help = REWRITE_EXAMPLES)]
    Rewrite {
        #[arg(value_name = "FILE", default_value = "-")]
        file: String,
        /// Leave objects that do not occur again out of the memo, as `pickletools.optimize` does.
        #[arg(long)]
        optimize: bool,
        #[command(flatten)]
        names: Names,
        #[command(flatten)]
        target: Target,
    },
    /// Convert to a file of another format.
    ///
    /// Tensors and arrays go to safetensors, npy or npz, tables to parquet, Arrow or CSV, any data to JSON or another
    /// pickle, and models of other packages to the file that the package itself loads. `--to` lists the formats.
    #[command(after_help = CONVERT_EXAMPLES)]
    Convert {
        #[arg(value_name = "FILE", help = "A file with pickles; - is standard input")]
        file: String,
        /// The path to the part that is converted, as `get` has it; all of it if none is given.
        #[arg(value_name = "PATH")]
        path: Option<Path>,
        #[command(flatten)]
        target: convert::Target,
        #[command(flatten)]
        salvage: Salvage,
    },
    /// List the tensors: their names, types and shapes, where they lie, and which of them share a storage.
    ///
    /// Reads files of torch, old and new, pickles that hold tensors, and files of safetensors. A tensor's name is
    /// made of the keys, attributes and indices that lead to it, with dots between them, as torch names the
    /// parameters of a module.
    #[command(after_help = TENSORS_EXAMPLES)]
    Tensors {
        #[arg(required = true, value_name = "FILE", help = FILES_AND_PATH)]
        files: Vec<String>,
        #[command(flatten)]
        part: PathOption,
        /// Print JSON: an array for each pickle.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        salvage: Salvage,
    },
    /// List what takes the space, by place and by type.
    ///
    /// The bytes of an object are those of the opcodes that make it, and of the storages of a torch file. A shared
    /// object counts once, where it occurs first. Elements of long lists and dicts, and several pickles, are taken
    /// together: `users[*].email`.
    #[command(after_help = SIZE_EXAMPLES)]
    Size {
        #[arg(required = true, value_name = "FILE", help = FILES_AND_PATH)]
        files: Vec<String>,
        #[command(flatten)]
        part: PathOption,
        #[command(flatten)]
        form: SizeForm,
    },
    /// Compare the data of two files, and list what was changed, added and removed, and where.
    ///
    /// Objects are the same if Python finds them equal: 1, 1.0 and True are, dicts are whatever their order. Objects
    /// of other classes are if their classes have the same name, and their parts are the same. nan is the same as nan. How objects
    /// are shared, and in which protocol they were written, does not matter. Rows and columns of tables are compared by their labels;
    /// columns of different dtypes differ. Members of archives and databases are compared by name, if there are several.
    /// The exit status is 0 if all is the same, 1 if something differs, 2 if there was trouble.
    #[command(after_help = DIFF_EXAMPLES)]
    Diff {
        /// The old file.
        old: String,
        /// The new file.
        new: String,
        /// The part to compare, such as `users[3]` or `df.price`. Without it, all is compared.
        #[arg(default_value = "", hide_default_value = true)]
        path: Path,
        #[command(flatten)]
        form: DiffForm,
    },
    /// Print a script that completes this command's arguments in a shell.
    Completions { shell: Shell },
}

impl Command {
    /// Whether what was complete of a damaged file is to be had.
    pub fn salvages(&self) -> bool {
        match self {
            Self::Show { salvage, .. }
            | Self::Get { salvage, .. }
            | Self::Json { salvage, .. }
            | Self::Convert { salvage, .. }
            | Self::Tensors { salvage, .. } => salvage.salvage,
            _ => false,
        }
    }
}

/// What to write, and where.
#[derive(clap::Args, Clone)]
pub struct Target {
    /// The file to write, which appears once it is complete. Without one, or with -, pickles go to standard output,
    /// unless that is a terminal.
    #[arg(short, long, value_name = "FILE")]
    output: Option<String>,
    /// The protocol to write. The default is the protocol of the pickle or document, or 4 if it states none.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=5))]
    pub protocol: Option<u8>,
}

impl Target {
    /// Why pickles are not written there.
    pub fn refused(&self) -> Option<String> {
        let name = self.output.as_deref().unwrap_or(output::STDOUT);
        if output::is_terminal(name) {
            return Some("a pickle is not written to a terminal: use --output, or redirect".to_owned());
        }
        output::refused(name)
    }

    /// Writes the pickles, once all are made.
    pub fn write(&self, out: &mut dyn Write, pickles: &[u8]) -> Result<(), Failure> {
        match &self.output {
            Some(name) if !output::is_stdout(name) => output::write(name, pickles),
            _ => Ok(out.write_all(pickles)?),
        }
    }
}

/// Which names of modules, classes and functions become others.
#[derive(clap::Args, Clone)]
pub struct Names {
    /// Rename modules, classes and functions whose names begin so: `numpy._core=numpy.core`,
    /// `app.models:User=app:Person`.
    ///
    /// Give names as the pickle has them; `info` lists them. Text that is data stays, and without --protocol and --optimize all
    /// other bytes.
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<Rename>,
    /// Rename what has other names in another release, which is to load the pickle.
    #[arg(long = "for", value_name = "RELEASE", value_parser = presets())]
    presets: Vec<&'static Preset>,
}

fn presets() -> impl TypedValueParser<Value = &'static Preset> {
    let value = |preset: &Preset| PossibleValue::new(preset.name).help(preset.about);
    PossibleValuesParser::new(PRESETS.iter().map(value))
        .try_map(|name| Preset::named(&name).ok_or("no such release"))
}

impl Names {
    /// Whether nothing is renamed.
    pub fn is_empty(&self) -> bool {
        self.rename.is_empty() && self.presets.is_empty()
    }

    /// The rules, in groups of which at least one is to rename something, with what they are called: each that was
    /// spelled, and those of each release.
    pub fn rules(self) -> Vec<(String, Vec<Rename>)> {
        let spelled = self.rename.into_iter().map(|rule| (format!("--rename {rule}"), vec![rule]));
        let presets =
            self.presets.into_iter().map(|preset| (format!("--for {}", preset.name), preset.rules()));
        spelled.chain(presets).collect()
    }
}

/// Which part of the data is meant.
#[derive(clap::Args, Clone)]
pub struct PathOption {
    /// Take only the part to which this path leads, as `get` follows it.
    #[arg(long)]
    path: Option<Path>,
}

impl PathOption {
    /// Takes the path off the end of the files, if there is one. Two files, of which the second is none, are a file
    /// and a path.
    pub fn take(self, files: &mut Vec<String>) -> Path {
        let all = "".parse().expect("it is the empty path");
        let path = self.path.or_else(|| match files.as_slice() {
            [_, last] if !crate::input::is_file(last) => last.parse().ok(),
            _ => None,
        });
        let Some(path) = path else { return all };
        if files.len() == 2 && *files[1] == path.to_string() && !crate::input::is_file(&files[1]) {
            files.pop();
        }
        path
    }
}

#[derive(clap::Args, Clone, Copy)]
pub struct GetForm {
    /// Print JSON rather than Python.
    #[arg(long, conflicts_with = "raw")]
    pub json: bool,
    /// Print text and bytes without quotes and escapes, and dates, decimals and the like as their text.
    #[arg(long)]
    pub raw: bool,
    #[command(flatten)]
    pub show: ShowForm,
}

/// What is done with a pickle that is cut off or damaged.
#[derive(clap::Args, Clone, Copy)]
pub struct Salvage {
    /// Of a pickle that is cut off or damaged, take what was complete; the exit status is 1 nevertheless.
    ///
    /// An unfinished object is shown as `halfsour.Unfinished(…)` with the parts it has, and standard error gives its
    /// path, and how many bytes there are and should be. Tables omit the incomplete row, files of arrays the incomplete
    /// array. Of compressed data that is cut off, what can be decompressed is taken.
    #[arg(long)]
    pub salvage: bool,
}

/// An object within itself, in plain JSON.
#[derive(clap::Args, Clone, Copy)]
pub struct CyclesForm {
    /// How plain JSON shows an object within itself.
    #[arg(long, value_enum, default_value_t = Cycles::Error)]
    cycles: Cycles,
}

#[derive(Clone, Copy, ValueEnum)]
enum Cycles {
    /// As `{"$ref": "PATH"}`, with the path of the outer object as `get` takes it; keys `$ref` of the data are then
    /// `$$ref`.
    Ref,
    /// As null.
    Null,
    /// Not at all.
    Error,
}

impl CyclesForm {
    pub fn cycles(self) -> json::Cycles {
        match self.cycles {
            Cycles::Ref => json::Cycles::Ref,
            Cycles::Null => json::Cycles::Null,
            Cycles::Error => json::Cycles::Error,
        }
    }
}

#[derive(clap::Args, Clone, Copy)]
pub struct JsonForm {
    /// Print a form that names every fact of the pickle; `make` turns it back into the same pickle.
    #[arg(long)]
    pub lossless: bool,
    /// Print on many lines, indented.
    #[arg(long)]
    pub pretty: bool,
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
    /// How many differences to list.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub max: usize,
    /// Print JSON: one document.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args, Clone, Copy)]
struct Strictness {
    /// Equal values of different types are different, too: 1 and 1.0, bytes and bytearray, arrays and labels of different dtypes.
    #[arg(long)]
    types: bool,
    /// Dicts with the same items in another order are different, and tables with the same rows or columns.
    #[arg(long)]
    order: bool,
    /// One object in one file and two equal objects in the other are different.
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Args;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
