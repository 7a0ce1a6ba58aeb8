//! The subcommands, a file for each.

mod audit;
pub mod convert;
pub mod diff;
mod dis;
mod find;
mod get;
mod info;
mod json;
mod make;
mod rewrite;
mod show;
mod size;
mod tensors;
mod trace;

use std::io::Write;

use halfsour::lexer::text::phrase::plural;
use halfsour::value::path::Path;
use halfsour::vm::Damage;
use halfsour::{Graph, Loader};
use halfsour_files::{Input, JoblibArrays, Part, Parts};
use halfsour_inspect::path::{Place, resolve};

pub use audit::Audit;
pub use convert::Convert;
pub use dis::Dis;
pub use find::Find;
pub use get::Get;
pub use info::Info;
pub use json::Json;
pub use make::Make;
pub use rewrite::Rewrite;
pub use show::Show;
pub use size::Size;
pub use tensors::ListTensors;
pub use trace::Trace;

use crate::failure::{Cause, Failure};

/// What is done with each file.
pub trait PerFile {
    /// Whether its output may have colours.
    fn is_styled(&self) -> bool {
        false
    }

    /// Whether output of several files says which it is of.
    fn is_headed(&self) -> bool {
        false
    }

    /// Does all that is to be done with what has this name, if it is not a file with pickles.
    fn name(&mut self, out: &mut dyn Write, name: &str) -> Option<Result<(), Failure>> {
        let _ = (out, name);
        None
    }

    /// Whether arrays in files without pickles, `.npy` and safetensors, are parts, too.
    fn reads_arrays(&self) -> bool {
        false
    }

    /// What is done with such an array, which is here as a pickle that was made of it.
    fn array(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure> {
        self.part(out, part)
    }

    /// What is done with a file before its parts.
    fn input(&mut self, out: &mut dyn Write, input: &Input) -> Result<(), Failure> {
        let _ = (out, input);
        Ok(())
    }

    /// What of it is to be looked at.
    fn parts<'i>(&self, input: &'i Input) -> Result<Parts<'i>, Failure> {
        Ok(if self.reads_arrays() { input.parts_with_arrays()? } else { input.parts()? })
    }

    fn part(&mut self, out: &mut dyn Write, part: &Part) -> Result<(), Failure>;

    /// Whether all that was asked for was there, once all files were looked at.
    fn is_success(&self) -> bool {
        true
    }
}

/// Does something with each pickle of a part, or only with the first; see [`Part::each_pickle`].
fn each_pickle<'p>(
    part: &'p Part,
    first: bool,
    each: impl FnMut(&'p [u8], usize) -> Result<usize, Cause>,
) -> Result<(), Failure> {
    part.each_pickle(first, each).map_err(|error| Failure::in_pickle(error, part.bytes()))
}

/// The pickles of a part that a path means: all, or the one with the number that it begins with.
struct Pickles {
    meant: Option<usize>,
    number: usize,
    /// The path, if it may have been meant for the name of a file.
    file: Option<String>,
    /// Where the path led nowhere: the number of the pickle, and the reason.
    missing: Vec<(usize, String)>,
}

impl Pickles {
    fn of(path: &Path) -> Self {
        Self { meant: path.pickle(), number: 0, file: None, missing: Vec::new() }
    }

    /// As [`of`](Self::of), of a path that stands where a file may stand, too.
    fn of_path_or_file(path: &Path) -> Self {
        let text = path.to_string();
        let is_name = text.contains(['.', '/', '\\']) && !text.contains(['[', '(', '#']);
        Self { file: Some(text).filter(|_| is_name), ..Self::of(path) }
    }

    /// Does something with each pickle, which is told whether the path means it. It is an error if the path means none, or leads nowhere in
    /// one of them; that comes after the others.
    fn each<'p>(
        &mut self,
        part: &'p Part,
        first: bool,
        mut each: impl FnMut(&'p [u8], usize, bool) -> Result<usize, Cause>,
    ) -> Result<(), Failure> {
        each_pickle(part, first, |bytes, start| {
            self.number += 1;
            match each(bytes, start, self.meant.is_none_or(|meant| meant == self.number)) {
                Err(Cause::Path { error, end: Some(end) }) => {
                    self.missing.push((self.number, error.to_string()));
                    Ok(end)
                }
                result => result,
            }
        })?;
        let file = self.file.as_ref().map(|file| format!("; nor is there a file {file}")).unwrap_or_default();
        let lines = std::mem::take(&mut self.missing).into_iter().map(|(number, why)| match self.number {
            1 => format!("{}: {why}{file}", part.name()),
            _ => format!("{}: #{number}: {why}{file}", part.name()),
        });
        let lines: Vec<_> = lines.collect();
        if !lines.is_empty() {
            return Err(Failure::message(lines.join("\n")));
        }
        match self.meant {
            Some(meant) if !(1..=self.number).contains(&meant) => {
                let are = if self.number == 1 { "is" } else { "are" };
                let pickles = plural(self.number, "pickle");
                Err(Failure::message(format!("{}: #{meant}: there {are} {pickles}", part.name())))
            }
            _ => Ok(()),
        }
    }
}

/// As [`load`]; of a pickle that is cut off or damaged, if that is wanted, what comes before the damage.
fn load_or_salvage<'b>(
    loader: &mut Loader,
    bytes: &'b [u8],
    start: usize,
    salvage: bool,
) -> Result<(Graph<&'b [u8]>, Option<Damage>), Cause> {
    if !salvage {
        return Ok((load(loader, bytes, start)?, None));
    }
    let salvaged = loader.salvage(bytes, start, JoblibArrays::new(())).map_err(Cause::Load)?;
    Ok((salvaged.graph, salvaged.damage))
}

/// The place to which a path leads in a pickle. Behind a damaged one, no other is looked for.
fn follow<'g, 'b>(
    graph: &'g Graph<&'b [u8]>,
    path: &Path,
    is_damaged: bool,
) -> Result<Place<'g, &'b [u8]>, Cause> {
    let end = Some(graph.end()).filter(|_| !is_damaged);
    resolve(graph.root(), path).map_err(|error| Cause::Path { error, end })
}

/// The end of a pickle that was shown, or the damage at which it ends.
fn end_of(end: usize, damage: Option<Damage>) -> Result<usize, Cause> {
    damage.map_or(Ok(end), |damage| Err(Cause::Other(damage.to_string())))
}

/// The pickle that begins at `start`, with the arrays that may stand between its opcodes.
fn load<'b>(loader: &mut Loader, bytes: &'b [u8], start: usize) -> Result<Graph<&'b [u8]>, Cause> {
    loader.load_observed(bytes, start, JoblibArrays::new(())).map_err(Cause::Load)
}
