#![doc = include_str!("../README.md")]
#![doc = include_str!("../DIFFERENCES.md")]

mod builtins;
mod codec;
mod error;
mod framing;
mod from_pickle;
mod incremental;
mod limits;
mod load;
mod machine;
mod memo;
mod messages;
mod observer;
mod options;
mod salvage;

pub use codec::{Codec, Undecodable};
pub use error::{Error, ErrorKind, Limit, Result};
pub use framing::Framing;
pub use from_pickle::FromPickle;
pub use halfsour_lexer::text::number::IntBase;
pub use halfsour_lexer::{Op, Opcode};
pub use halfsour_value as value;
pub use halfsour_value::Graph;
pub use incremental::Incremental;
pub use limits::Limits;
pub use load::{Loader, from_bytes, from_reader, from_slice};
pub use messages::Messages;
pub use observer::{Attached, Event, Observer};
pub use options::{Buffer, Options, StringEncoding};
pub use salvage::{Damage, Salvaged};
