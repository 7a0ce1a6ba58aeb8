#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod arrays;
mod convert;
mod error;
mod formats;
mod options;
mod rename;
mod tables;
mod tensors;

pub use halfsour_value::path::Path;

pub use convert::{LeftOut, Progress, Report, convert, convert_archive, convert_with_progress};
pub use error::{ConvertError, Error};
pub use formats::{FORMATS, Format, UnknownFormat};
pub use options::{Limits, Options, Tied};
pub use rename::{InvalidRename, PRESETS, Preset, Rename, Renamed, rename};
pub use tables::{Column, Table, tables};
pub use tensors::{Row, Storage, Tensor, TensorList, Tensors, each_tensors, tensors};
