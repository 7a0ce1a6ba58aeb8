#![doc = include_str!("../README.md")]

mod batch;
mod emitter;
mod error;
mod graph;
mod memo;
mod op;
mod options;
mod pickler;
mod to_pickle;

pub use batch::{Batch, Members};
pub use emitter::Emitter;
pub use error::{Error, ErrorKind, Result};
pub use op::write_op;
pub use options::{Limits, MemoPolicy, Options};
pub use pickler::{Pickler, to_vec, to_writer};
pub use to_pickle::ToPickle;
