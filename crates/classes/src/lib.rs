#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod args;
mod build;
mod call;
mod canonical;
mod class_name;
mod cost;
mod debug;
mod fields;
pub mod geometry;
mod guess;
mod known;
pub mod memory;
mod names;
pub mod numpy;
pub mod pandas;
mod parse_error;
mod payload;
pub mod pyarrow;
mod recognise;
mod rust;
pub mod scipy;
mod shape;
pub mod sheet;
pub mod sklearn;
pub mod stdlib;
pub mod time;
pub mod torch;
mod ubjson;

pub use build::{ClassBuilder, PathClass};
pub use canonical::{CanonicalForm, SharedPart};
pub use class_name::{callable_name, class_name};
pub use cost::cost;
pub use fields::{Fields, dicts_of_pydantic, field, fields, fields_set, state_fields};
pub use guess::{like_enum, like_named_tuple};
pub use halfsour_text::number::Int;
pub use known::Known;
pub use names::{canonical, classes};
pub use parse_error::ParseError;
pub use payload::{Format, Payload};
pub use recognise::recognise;
pub use rust::ConversionError;
pub use shape::{Shape, Table, members, pairs};
