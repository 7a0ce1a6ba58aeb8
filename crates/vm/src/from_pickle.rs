//! [`FromPickle`]: data of any shape from bytes.

use std::io::Read;

use bytes::Bytes;
use halfsour_value::{TreeError, TreeLimits, Value};

use crate::{Error, ErrorKind, Graph, from_bytes, from_reader};

/// What a pickle of any shape is read into: a [`Value`], which is a tree, or a [`Graph`].
///
/// ```
/// use halfsour_vm::FromPickle;
/// use halfsour_vm::value::Value;
///
/// let mut value = Value::from_slice(b"\x80\x04}\x8c\x01a]K\x01as.")?; // {'a': [1]}
/// assert_eq!(value["a"][0], 1);
/// value["a"].as_list_mut().unwrap().push("two".into());
/// assert_eq!(value.to_string(), "{'a': [1, 'two']}");
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
///
/// A `Value` keeps to [`TreeLimits::UNTRUSTED`]. For other limits, load a graph, and call [`Graph::to_value`].
pub trait FromPickle: Sized {
    /// Reads the pickle with which `pickle` begins. A graph owns its bytes, so it copies them; [`from_slice`](crate::from_slice) of
    /// this crate borrows instead.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](Self::from_bytes).
    fn from_slice(pickle: &[u8]) -> Result<Self, Error>;

    /// Reads the pickle with which `pickle` begins.
    ///
    /// # Errors
    ///
    /// If it is no pickle, or exceeds the default [`Limits`](crate::Limits); and [`ErrorKind::Tree`] if it is no tree.
    fn from_bytes(pickle: impl Into<Bytes>) -> Result<Self, Error>;

    /// Reads one pickle from a reader, as [`from_reader`](crate::from_reader) of this crate does.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](Self::from_bytes), and if reading fails.
    fn from_reader(reader: impl Read) -> Result<Self, Error>;
}

impl FromPickle for Graph {
    fn from_slice(pickle: &[u8]) -> Result<Self, Error> {
        from_bytes(Bytes::copy_from_slice(pickle))
    }

    fn from_bytes(pickle: impl Into<Bytes>) -> Result<Self, Error> {
        from_bytes(pickle)
    }

    fn from_reader(reader: impl Read) -> Result<Self, Error> {
        from_reader(reader)
    }
}

impl FromPickle for Value {
    fn from_slice(pickle: &[u8]) -> Result<Self, Error> {
        tree(&crate::from_slice(pickle)?)
    }

    fn from_bytes(pickle: impl Into<Bytes>) -> Result<Self, Error> {
        tree(&from_bytes(pickle)?)
    }

    fn from_reader(reader: impl Read) -> Result<Self, Error> {
        tree(&from_reader(reader)?)
    }
}

fn tree<S: AsRef<[u8]>>(graph: &Graph<S>) -> Result<Value, Error> {
    graph.to_value(TreeLimits::default()).map_err(|error| {
        let offset = match error {
            TreeError::Cycle(_, offset) | TreeError::SameKeys(_, offset) => offset,
            _ => None,
        };
        Error::new(ErrorKind::Tree(error), offset.unwrap_or(graph.start()), None)
    })
}
