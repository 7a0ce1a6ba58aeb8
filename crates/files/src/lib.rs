#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod archive;
mod arrays;
mod base64;
mod berkeley;
mod beside;
mod codecs;
mod coding;
mod container;
mod crlf;
mod doubt;
mod dumb;
mod envelope;
mod error;
mod fields;
mod format;
mod gdbm;
mod input;
mod joblib09;
mod journal;
mod lengths;
mod limits;
mod literal;
mod lookalike;
#[cfg(feature = "map")]
mod map;
mod member;
mod npy;
mod pickles;
mod queue;
mod records;
mod renpy;
mod safetensors;
mod sevenzip;
mod source;
mod spark;
mod spool;
#[cfg_attr(not(feature = "sqlite"), path = "sqlite_missing.rs")]
mod sqlite;
mod sure;
mod texts;
mod torch;
mod walk;
mod window;
mod zip;
mod zodb;

pub use archive::Archive;
pub use arrays::JoblibArrays;
pub use codecs::{TextErrors, UnknownCodec, UnknownErrors, codec_names, string_encoding};
pub use doubt::Doubt;
pub use error::{Error, ErrorKind, Result};
pub use format::{Format, is_pickle};
pub use halfsour_vm::Framing;
pub use input::{Input, Part, Parts, PickleError};
pub use limits::{Limit, Limits, Options};
pub use literal::Literal;
pub use lookalike::LookAlike;
pub use member::{Member, View};
pub use npy::Npy;
pub use pickles::Pickles;
pub use safetensors::is_safetensors;
pub use source::{Layer, Source, read_at_most};
pub use torch::{Contents, StorageTooShort, Torch};
pub use walk::{Leaf, Leaves};
pub use window::Window;
pub use zip::ZipWriter;
