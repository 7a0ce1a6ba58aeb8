#![doc = include_str!("../README.md")]

pub mod diff;
mod error;
pub mod find;
pub mod get;
pub mod info;
mod names;
pub mod path;
pub mod size;
mod spans;
pub mod tree;

pub use error::Error;
pub use names::type_name;
pub use spans::{Role, Spans};
