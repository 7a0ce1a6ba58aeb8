#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod big_int;
mod common;
mod de;
#[cfg(feature = "derive")]
mod derive;
mod error;
mod instance;

#[cfg(feature = "classes")]
pub mod python;
mod ser;
mod stream;

/// The items that derived code names.
#[cfg(feature = "derive")]
#[doc(hidden)]
pub mod __private {
    pub use crate::derive::*;
}

#[doc = include_str!("../SHAPES.md")]
pub mod shapes {}

use std::borrow::BorrowMut;
use std::io::{BufRead, Read, Write};

use bytes::Bytes;
use halfsour_value::{Builder, Graph, Node, TreeLimits, Value};
use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned};

pub use big_int::BigInt;
pub use de::{FromGraph, FromSource, NodeDeserializer};
pub use error::{Error, ErrorKind};
#[cfg(feature = "derive")]
pub use halfsour_derive::{FromPython, ToPython};
pub use halfsour_vm::{Limits, Loader, Options};
pub use halfsour_writer::Options as WriteOptions;
pub use instance::class_name;
pub use ser::Serializer;

/// Reads a value from the pickle that `input` begins with. Text and bytes may be borrowed from the input.
///
/// For Python's data as it is, without a type of yours, read a [`Value`], which is a tree, or use [`halfsour_vm::from_slice`], which
/// returns a [`Graph`]. A field of your type may be a `Value`, too.
///
/// # `T::deserialize` may be called twice
///
/// Plain data (numbers, text, bytes, lists, dicts and tuples, as picklers write them) is read straight from the stream, without
/// a graph. If the stream turns out not to be plain, or anything fails, `T::deserialize` is called once more, with the
/// graph of the pickle: only the graph knows whether there is an error, and what it says. So a `Deserialize` with a side
/// effect, such as a counter, may have it twice, of which the first time may be partial. [`from_node`] calls it once.
///
/// The results are the same, with one exception: of a key that a dict of plain data has twice, a visitor of maps sees both
/// values, the later one last. The graph has only the later one.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct User<'a> {
///     name: &'a str,
///     age: u8,
/// }
///
/// let pickle = b"}(X\x04\0\0\0nameX\x03\0\0\0AdaX\x03\0\0\0ageK$u.";
/// let user: User<'_> = halfsour_serde::from_slice(pickle)?;
/// assert_eq!((user.name, user.age), ("Ada", 36));
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
///
/// # Errors
///
/// If `input` does not begin with a pickle, exceeds the default limits, or does not fit `T`.
pub fn from_slice<'de, T: Deserialize<'de>>(input: &'de [u8]) -> Result<T, Error> {
    from_slice_with(&mut Loader::new(), input)
}

/// Reads a value from bytes that are shared or owned, as [`from_slice`] does. [`halfsour_vm::from_bytes`] returns a graph.
///
/// # Errors
///
/// As [`from_slice`].
pub fn from_bytes<T: DeserializeOwned>(input: impl Into<Bytes>) -> Result<T, Error> {
    let input = input.into();
    match stream::read(&input, &Options::default()) {
        Some(value) => Ok(value),
        None => from_graph(&halfsour_vm::from_bytes(input)?),
    }
}

/// Reads a value from a reader, and takes no byte beyond the pickle. So several values can be read one after the other.
/// [`halfsour_vm::from_reader`] returns a graph.
///
/// Wrap a file or socket in a [`BufReader`](std::io::BufReader): bytes are asked for in small pieces. The value is read from a
/// graph, and `T::deserialize` is called once.
///
/// ```
/// let mut two = &b"K\x01.K\x02."[..];
/// assert_eq!(halfsour_serde::from_reader::<_, u8>(&mut two)?, 1);
/// assert_eq!(halfsour_serde::from_reader::<_, u8>(&mut two)?, 2);
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`from_slice`], and if reading fails.
pub fn from_reader<R: Read, T: DeserializeOwned>(reader: R) -> Result<T, Error> {
    from_graph(&halfsour_vm::from_reader(reader)?)
}

/// Reads a value as [`from_slice`] does, with the options of a loader, and with its memory, which is used again.
///
/// ```
/// use halfsour_serde::{Loader, Options, from_slice_with};
/// use halfsour_vm::StringEncoding;
///
/// let mut loader = Loader::with_options(Options::default().with_encoding(StringEncoding::Latin1));
/// assert_eq!(from_slice_with::<String>(&mut loader, b"U\x04caf\xe9.")?, "café");
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`from_slice`].
pub fn from_slice_with<'de, T: Deserialize<'de>>(loader: &mut Loader, input: &'de [u8]) -> Result<T, Error> {
    if let Some(value) = stream::read(input, loader.options()) {
        return Ok(value);
    }
    let graph = loader.load(input)?;
    let value = T::deserialize(NodeDeserializer::borrowing(graph.root()));
    loader.recycle(graph);
    value
}

/// Reads a value from a reader as [`from_reader`] does, with the options of a loader, and with its memory, which is used again.
///
/// ```
/// use halfsour_serde::{Limits, Loader, Options, from_reader_with};
///
/// let mut loader = Loader::with_options(Options::default().with_limits(Limits::UNTRUSTED.with_input(100)));
/// assert_eq!(from_reader_with::<_, u8>(&mut loader, &b"K\x07."[..])?, 7);
/// let endless = std::io::repeat(b'0');
/// assert!(from_reader_with::<_, u8>(&mut loader, endless).is_err());
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`from_reader`].
pub fn from_reader_with<R: Read, T: DeserializeOwned>(loader: &mut Loader, reader: R) -> Result<T, Error> {
    let graph = loader.load_reader(reader)?;
    let value = from_graph(&graph);
    loader.recycle(graph);
    value
}

/// Iterates over the values of the pickles in a reader, up to the end of the input.
///
/// A pickle that does not fit `T` is an error in its place, and the next one follows. A pickle that is broken, and an error of
/// the reader, end the iteration: nobody knows where the next one would begin.
///
/// ```
/// let stream = [halfsour_serde::to_vec(&1)?, halfsour_serde::to_vec("two")?, halfsour_serde::to_vec(&3)?].concat();
/// let values: Vec<Option<i32>> = halfsour_serde::from_reader_iter(&stream[..]).map(Result::ok).collect();
/// assert_eq!(values, [Some(1), None, Some(3)]);
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
pub fn from_reader_iter<R: BufRead, T: DeserializeOwned>(
    reader: R,
) -> impl Iterator<Item = Result<T, Error>> {
    iterate(Loader::new(), reader)
}

/// Iterates over the values of the pickles in a reader as [`from_reader_iter`] does, with the options and the memory of a
/// loader.
///
/// ```
/// use halfsour_serde::{Loader, Options, from_reader_iter_with};
/// use halfsour_vm::StringEncoding;
///
/// let mut loader = Loader::with_options(Options::default().with_encoding(StringEncoding::Latin1));
/// let words: Result<Vec<String>, _> = from_reader_iter_with(&mut loader, &b"U\x04caf\xe9.U\x01a."[..]).collect();
/// assert_eq!(words?, ["café", "a"]);
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
pub fn from_reader_iter_with<R: BufRead, T: DeserializeOwned>(
    loader: &mut Loader,
    reader: R,
) -> impl Iterator<Item = Result<T, Error>> {
    iterate(loader, reader)
}

fn iterate<T: DeserializeOwned>(
    mut loader: impl BorrowMut<Loader>,
    mut reader: impl BufRead,
) -> impl Iterator<Item = Result<T, Error>> {
    let mut ended = false;
    std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let value = match reader.fill_buf() {
            Ok([]) => return None,
            Ok(_) => from_reader_with(loader.borrow_mut(), &mut reader),
            Err(error) => Err(error.into()),
        };
        ended =
            value.as_ref().is_err_and(|error| matches!(error.kind(), ErrorKind::Load(_) | ErrorKind::Io(_)));
        Some(value)
    })
}

/// Reads a value from a tree.
///
/// # Errors
///
/// If the tree does not fit `T`, nests deeper than 128 levels, or has a key or member that Python cannot hash.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    let mut builder = Builder::new();
    let root = builder.value(value).map_err(<Error as serde::de::Error>::custom)?;
    from_graph(&builder.build(root))
}

/// Converts a value to a graph, by writing it to a pickle and reading that.
///
/// # Errors
///
/// As [`to_vec`].
pub fn to_graph<T: Serialize + ?Sized>(value: &T) -> Result<Graph, Error> {
    Ok(halfsour_vm::from_bytes(to_vec(value)?)?)
}

/// Converts a value to a tree.
///
/// ```
/// let value = halfsour_serde::to_value(&(1, "two"))?;
/// assert_eq!(value.to_string(), "(1, 'two')");
/// assert_eq!(halfsour_serde::from_value::<(u8, String)>(&value)?, (1, "two".to_owned()));
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`to_vec`], and if the value nests deeper than 128 levels.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
    to_graph(value)?.to_value(TreeLimits::default()).map_err(<Error as serde::de::Error>::custom)
}

/// Reads a value from the root of a graph.
///
/// ```
/// let graph = halfsour_vm::from_slice(b"K\x07.")?;
/// assert_eq!(halfsour_serde::from_graph::<u8>(&graph)?, 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the graph does not fit `T`.
pub fn from_graph<T: DeserializeOwned>(graph: &Graph<impl AsRef<[u8]>>) -> Result<T, Error> {
    from_node(graph.root())
}

/// Reads a value from an object in a graph, with the default limits. To set others, or to borrow text, use
/// [`NodeDeserializer`].
///
/// # Errors
///
/// If the object does not fit `T`.
pub fn from_node<T: DeserializeOwned>(node: Node<'_, impl AsRef<[u8]>>) -> Result<T, Error> {
    T::deserialize(NodeDeserializer::new(node))
}

/// Returns the pickle of a value, at protocol 4. [`halfsour_writer::to_vec`] writes an object of a graph.
///
/// ```
/// let pickle = halfsour_serde::to_vec(&vec![1, 2, 3])?;
/// assert_eq!(halfsour_serde::from_slice::<Vec<i32>>(&pickle)?, [1, 2, 3]);
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
///
/// # Errors
///
/// If the value's own `Serialize` fails.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, Error> {
    to_vec_with(value, &WriteOptions::default())
}

/// Returns the pickle of a value, with options such as the protocol.
///
/// ```
/// let pickle = halfsour_serde::to_vec_with(&7, &halfsour_serde::WriteOptions::default().with_protocol(0))?;
/// assert_eq!(pickle, b"I7\n.");
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
///
/// # Errors
///
/// As [`to_vec`], and if the protocol does not exist.
pub fn to_vec_with<T: Serialize + ?Sized>(value: &T, options: &WriteOptions) -> Result<Vec<u8>, Error> {
    let mut serializer = Serializer::new(options)?;
    value.serialize(&mut serializer)?;
    Ok(serializer.finish())
}

/// Writes the pickle of a value, at protocol 4.
///
/// The whole pickle is made in memory, then written at once: a writer need not be buffered, and nothing is written if the
/// value cannot be.
///
/// # Errors
///
/// As [`to_vec`], and if `writer` fails.
pub fn to_writer<W: Write, T: Serialize + ?Sized>(mut writer: W, value: &T) -> Result<(), Error> {
    Ok(writer.write_all(&to_vec(value)?)?)
}
