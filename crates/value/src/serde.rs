//! [`Value`](crate::Value) in serde's data model.
//!
//! The model has numbers, text, bytes, lists, tuples and dicts. A value of any other kind is marked by a name, so that
//! `halfsour-serde` writes and reads it as itself, and has a content that other formats show:
//!
//! | kind | content |
//! |---|---|
//! | set, frozenset | a sequence |
//! | bytearray, Python 2 string, text with lone surrogates | bytes |
//! | int beyond 128 bits | its decimal digits |
//! | complex number | a pair of its parts |
//! | class or function | a pair of module and name |
//! | instance | a map of `form`, `callable`, `args`, `kwargs` and `steps`: a list of `{"state": …}` and so on |
//! | persistent id, read-only view | what is in it |
//! | extension code, out-of-band buffer | the number |

mod read;
mod special;
mod write;

pub use special::{NAME, Special};
