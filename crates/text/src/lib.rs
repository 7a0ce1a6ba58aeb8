#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

pub mod escape;
pub mod names;
pub mod number;
pub mod repr;
pub mod scan;
pub mod wtf8;
