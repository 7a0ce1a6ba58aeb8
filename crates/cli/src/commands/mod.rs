//! The subcommands, a file for each.

mod dis;
mod get;
mod info;
mod json;
mod make;
mod rewrite;
mod show;

use std::io::Write;

pub use dis::Dis;
pub use get::Get;
pub use info::Info;
pub use json::Json;
pub use make::Make;
pub use rewrite::Rewrite;
pub use show::Show;

use crate::failure::Failure;
use crate::file::File;

/// What is done with each file.
pub trait PerFile {
    /// Whether its output may have colours.
    fn is_styled(&self) -> bool {
        false
    }

    fn file(&mut self, out: &mut dyn Write, file: &File) -> Result<(), Failure>;
}
