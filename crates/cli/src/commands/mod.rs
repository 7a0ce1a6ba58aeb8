//! The subcommands, a file for each.

mod audit;
pub mod convert;
pub mod diff;
mod dis;
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

use halfsour::{Graph, Loader};
use halfsour_files::JoblibArrays;

pub use audit::{Audit, USAGE};
pub use convert::Convert;
pub use dis::Dis;
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
use crate::file::{File, Parts, Whole};

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

    /// What is done with a file before its parts.
    fn whole(&mut self, out: &mut dyn Write, whole: &Whole) -> Result<(), Failure> {
        let _ = (out, whole);
        Ok(())
    }

    /// What of it is to be looked at.
    fn parts<'w>(&self, whole: &'w Whole) -> Result<Parts<'w>, Failure> {
        whole.parts()
    }

    fn file(&mut self, out: &mut dyn Write, file: &File) -> Result<(), Failure>;
}

/// The pickle that begins at `start`, with the arrays that may stand between its opcodes.
fn load<'b>(loader: &mut Loader, bytes: &'b [u8], start: usize) -> Result<Graph<&'b [u8]>, Cause> {
    loader.load_observed(bytes, start, JoblibArrays::new(())).map_err(Cause::Load)
}
