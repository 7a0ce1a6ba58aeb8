//! A codec for pickles through sockets and pipes, for tokio's `FramedRead`, `FramedWrite` and `Framed`.
//!
//! [`Framing`] says what stands between the pickles. A message becomes the source of its graph without being copied.
//!
//! An item of the stream is a `Result`: a message that is no pickle does not end the stream, if the framing tells where
//! the next one begins. An error of the stream itself is the end. So a program reads in the usual loop:
//!
//! ```
//! use futures_util::StreamExt;
//! use halfsour::codec::{Framing, PickleCodec};
//! use tokio_util::codec::FramedRead;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), halfsour::codec::Error> {
//! let socket = &b"\0\0\0\x03K\x01.\0\0\0\x04oops\0\0\0\x03K\x02."[..];
//! let mut messages = FramedRead::new(socket, PickleCodec::new(Framing::U32));
//! let mut shown = Vec::new();
//! while let Some(message) = messages.next().await {
//!     match message? {
//!         Ok(graph) => shown.push(graph.root().to_string()),
//!         Err(error) => shown.push(error.to_string()),
//!     }
//! }
//! assert_eq!(shown, ["1", "byte 0x0: OBJ: there is no mark on the stack", "2"]);
//! # Ok(())
//! # }
//! ```
//!
//! A sink takes graphs, trees, [`Typed`] values of Rust, and bytes that are a pickle already:
//!
//! ```
//! use bytes::BytesMut;
//! use halfsour::Value;
//! use halfsour::codec::{Framing, PickleCodec};
//! use tokio_util::codec::Encoder;
//!
//! let mut codec = PickleCodec::new(Framing::U32);
//! let mut sent = BytesMut::new();
//! codec.encode(&Value::from(1), &mut sent)?;
//! assert_eq!(&sent[..], b"\0\0\0\x05\x80\x04K\x01.");
//! # Ok::<(), halfsour::codec::Error>(())
//! ```
//!
//! Without tokio, [`vm::Messages`](crate::vm::Messages) reads and [`Framing::write`] writes.

use std::{fmt, io};

use bytes::{Buf, BufMut, BytesMut};
use halfsour_value::{Graph, Value};
pub use halfsour_vm::Framing;
use halfsour_vm::{Incremental, Limits, Loader, Options};
use halfsour_writer::{Pickler, ToPickle};
use tokio_util::codec::{Decoder, Encoder};

/// A codec that decodes graphs and encodes pickles.
///
/// The longest message that is read is [`Limits::input`], by default 8 MiB. A longer one is refused before it is buffered,
/// and no memory is allocated for a length before its bytes have arrived.
#[derive(Debug)]
pub struct PickleCodec {
    framing: Framing,
    /// For pickles without a length.
    pieces: Incremental,
    /// For pickles with a length.
    loader: Loader,
    pickler: Pickler,
    writing: halfsour_writer::Options,
}

impl PickleCodec {
    /// Creates a codec with the default options, for messages of up to 8 MiB: [`Limits::MESSAGES`].
    pub fn new(framing: Framing) -> Self {
        let reading = Options::default().with_limits(Limits::MESSAGES);
        Self::with_options(framing, reading, &halfsour_writer::Options::default())
    }

    /// Creates a codec with options. Set [`Limits::input`] in them: [`Options::default`] does not limit the length of messages.
    pub fn with_options(framing: Framing, reading: Options, writing: &halfsour_writer::Options) -> Self {
        Self {
            framing,
            pieces: Incremental::with_options(reading.clone()),
            loader: Loader::with_options(reading),
            pickler: Pickler::new(writing),
            writing: *writing,
        }
    }
}

/// # Errors
///
/// The error in an item says that a message is no valid pickle, with offsets that count from the start of the pickle, or that its
/// length is negative. After an error of the decoder, no message can be read.
impl Decoder for PickleCodec {
    type Item = Result<Graph, halfsour_vm::Error>;
    type Error = Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Self::Item>, Error> {
        if self.framing == Framing::None {
            return Ok(self.pieces.feed(buffer)?.map(Ok));
        }
        let (head, length) = match self.framing.head(buffer) {
            Ok(Some(lengths)) => lengths,
            Ok(None) => return Ok(None),
            Err(error) => {
                buffer.advance(size_of::<i32>());
                return Ok(Some(Err(error)));
            }
        };
        let length = match usize::try_from(length) {
            Ok(length) if length <= self.loader.options().limits.input => length,
            _ => return Err(Error::TooLong(length)),
        };
        if buffer.len() - head < length {
            return Ok(None);
        }
        buffer.advance(head);
        Ok(Some(self.loader.load(buffer.split_to(length).freeze())))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<Self::Item>, Error> {
        if self.framing == Framing::None {
            return Ok(self.pieces.finish(buffer)?.map(Ok));
        }
        match self.decode(buffer)? {
            None if !buffer.is_empty() => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            message => Ok(message),
        }
    }
}

/// Encodes the root of a graph.
impl<S: AsRef<[u8]>> Encoder<&Graph<S>> for PickleCodec {
    type Error = Error;

    fn encode(&mut self, graph: &Graph<S>, buffer: &mut BytesMut) -> Result<(), Error> {
        let pickle = self.pickler.dump(graph.root())?;
        self.encode(&pickle[..], buffer)?;
        self.pickler.recycle(pickle);
        Ok(())
    }
}

/// Encodes bytes that are a pickle already.
impl Encoder<&[u8]> for PickleCodec {
    type Error = Error;

    fn encode(&mut self, pickle: &[u8], buffer: &mut BytesMut) -> Result<(), Error> {
        // Memory takes all that is written.
        self.framing.write(buffer.writer(), pickle).map_err(|_| Error::TooLong(pickle.len() as u64))
    }
}

/// Encodes a tree.
impl Encoder<&Value> for PickleCodec {
    type Error = Error;

    fn encode(&mut self, value: &Value, buffer: &mut BytesMut) -> Result<(), Error> {
        self.encode(&value.to_pickle_with(&self.writing)?[..], buffer)
    }
}

/// A value of a Rust type, to be sent as [`to_vec`](crate::to_vec) writes it: `sink.send(Typed(&point))`.
#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typed<T>(pub T);

/// Encodes a value of a Rust type.
#[cfg(feature = "serde")]
impl<T: ::serde::Serialize> Encoder<Typed<T>> for PickleCodec {
    type Error = Error;

    fn encode(&mut self, Typed(value): Typed<T>, buffer: &mut BytesMut) -> Result<(), Error> {
        self.encode(&halfsour_serde::to_vec_with(&value, &self.writing)?[..], buffer)
    }
}

/// An error in reading or writing a message.
#[non_exhaustive]
pub enum Error {
    /// The socket or pipe failed, or ended within a message.
    Io(io::Error),
    /// Without framing, what arrives is not a valid pickle, or exceeds the limits.
    Read(halfsour_vm::Error),
    /// The graph or tree cannot be written.
    Write(halfsour_writer::Error),
    /// The value of a Rust type cannot be written.
    #[cfg(feature = "serde")]
    Serialize(halfsour_serde::Error),
    /// The message, of this length in bytes, is longer than [`Limits::input`], or than the framing can express.
    TooLong(u64),
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<halfsour_vm::Error> for Error {
    fn from(error: halfsour_vm::Error) -> Self {
        Self::Read(error)
    }
}

impl From<halfsour_writer::Error> for Error {
    fn from(error: halfsour_writer::Error) -> Self {
        Self::Write(error)
    }
}

#[cfg(feature = "serde")]
impl From<halfsour_serde::Error> for Error {
    fn from(error: halfsour_serde::Error) -> Self {
        Self::Serialize(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the stream failed: {error}"),
            Self::Read(error) => write!(f, "what arrived cannot be read as a pickle: {error}"),
            Self::Write(error) => write!(f, "the message cannot be written: {error}"),
            #[cfg(feature = "serde")]
            Self::Serialize(error) => write!(f, "the message cannot be written: {error}"),
            Self::TooLong(length) => write!(
                f,
                "the message of {length} bytes is longer than `Limits::input` allows or the framing can express"
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    /// Returns the source of the error whose message is in that of this one.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => error.source(),
            Self::Read(error) => error.source(),
            Self::Write(error) => error.source(),
            #[cfg(feature = "serde")]
            Self::Serialize(error) => error.source(),
            Self::TooLong(_) => None,
        }
    }
}
