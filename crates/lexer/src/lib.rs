#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod args;
mod binary_int;
mod brief;
mod disassembly;
mod error;
mod incremental;
mod lexer;

pub use brief::brief;
pub use disassembly::{Complaint, ComplaintKind, Disassembly, DisassemblyMemo, Summary};
pub use error::{Error, ErrorKind, Result};
pub use halfsour_opcode::{ArgKind, HIGHEST_PROTOCOL, Op, Opcode, StackItem};
pub use halfsour_text as text;
pub use incremental::{Incremental, Step};
pub use lexer::{Lexer, Visitor};
