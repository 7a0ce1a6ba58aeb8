#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![no_std]

extern crate alloc;

pub mod escape;
pub mod name;
pub mod names;
pub mod near;
pub mod number;
pub mod phrase;
pub mod repr;
pub mod scan;
pub mod wtf8;
