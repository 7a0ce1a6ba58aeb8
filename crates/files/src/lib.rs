#![doc = include_str!("../README.md")]
#![warn(missing_debug_implementations)]

mod archive;
mod arrays;
mod base64;
mod coding;
mod error;
mod format;
mod limits;
mod literal;
#[cfg(feature = "map")]
mod map;
mod member;
mod npy;
mod pickles;
mod sevenzip;
mod source;
mod torch;
mod walk;
mod zip;

pub use archive::Archive;
pub use arrays::JoblibArrays;
pub use error::{Error, ErrorKind};
pub use format::{Format, is_pickle};
pub use limits::{Limit, Limits};
pub use literal::Literal;
pub use member::{Member, View};
pub use npy::Npy;
pub use pickles::{Framing, Pickles};
pub use source::{Layer, Source};
pub use torch::{Contents, StorageTooShort, Torch};
pub use walk::{Leaf, Leaves};
