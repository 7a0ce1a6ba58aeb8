#![doc = include_str!("../README.md")]
#![no_std]

mod kinds;
mod op;
mod table;

pub use kinds::{ArgKind, StackItem};
pub use op::{Op, Opcode};

/// The highest pickle protocol.
pub const HIGHEST_PROTOCOL: u8 = 5;
