//! Pickles through sockets and pipes, with tokio: a codec for `FramedRead`, `FramedWrite` and `Framed`.
//!
//! ```text
//! Framing::None        pickle pickle …                          pickle.dump, one after the other
//! Framing::U32         [u32] pickle [u32] pickle …              logging's SocketHandler, graphite's carbon
//! Framing::I32         [i32] pickle [i32] pickle …              PySpark
//! Framing::Connection  [i32] pickle [-1] [u64] pickle …         multiprocessing.connection
//! ```
//!
//! Numbers are big-endian. What is received becomes the source of its graph without being copied.
//!
//! ```
//! use bytes::BytesMut;
//! use halfsour::codec::{Framing, PickleCodec};
//! use tokio_util::codec::{Decoder, Encoder};
//!
//! let mut codec = PickleCodec::new(Framing::U32);
//! let mut buffer = BytesMut::from(&b"\0\0\0\x03K\x01.\0\0\0\x03K"[..]);
//! let one = codec.decode(&mut buffer)?.unwrap();
//! assert_eq!(one.root().as_i64(), Some(1));
//! assert!(codec.decode(&mut buffer)?.is_none());
//!
//! let mut sent = BytesMut::new();
//! codec.encode(&one, &mut sent)?;
//! assert_eq!(&sent[..], b"\0\0\0\x05\x80\x04K\x01.");
//! # Ok::<(), halfsour::codec::Error>(())
//! ```

use std::{fmt, io};

use bytes::{Buf, BufMut, BytesMut};
use halfsour_value::Graph;
use halfsour_vm::{Incremental, Limits, Loader, Options};
use halfsour_writer::Pickler;
use tokio_util::codec::{Decoder, Encoder};

/// What stands between pickles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Nothing: a pickle says itself where it ends.
    None,
    /// The length before each, as an unsigned number of four bytes.
    U32,
    /// The length before each, as a signed number of four bytes. `PySpark` has meanings for negative ones; here they are
    /// errors.
    I32,
    /// As [`I32`](Self::I32), but from 2 GiB on -1, and then the length as an unsigned number of eight bytes. It is what a
    /// `Connection` over a socket or a pipe does, except for pipes on Windows. What is sent with `send_bytes` is no pickle.
    Connection,
}

/// Reads graphs and writes pickles.
///
/// The longest message that is read is [`Limits::input`]: 8 MiB unless options say otherwise. What is longer is refused
/// before it is buffered, and nothing is allocated for a length before the bytes are there.
#[derive(Debug)]
pub struct PickleCodec {
    framing: Framing,
    /// For what has no length before it.
    pieces: Incremental,
    /// For what has.
    loader: Loader,
    pickler: Pickler,
}

impl PickleCodec {
    /// A codec with the default options, for messages of up to 8 MiB.
    pub fn new(framing: Framing) -> Self {
        let limits = Limits { input: 8 << 20, ..Limits::default() };
        let reading = Options { limits, ..Options::default() };
        Self::with_options(framing, reading, &halfsour_writer::Options::default())
    }

    /// A codec with options. Those of [`Options::default`] have no limit for the length of messages.
    pub fn with_options(framing: Framing, reading: Options, writing: &halfsour_writer::Options) -> Self {
        Self {
            framing,
            pieces: Incremental::with_options(reading.clone()),
            loader: Loader::with_options(reading),
            pickler: Pickler::new(writing),
        }
    }

    /// How long the head and the message are with which `buffer` begins, when the head is there.
    fn lengths(&self, buffer: &[u8]) -> Result<Option<(usize, u64)>, Error> {
        let Some((head, rest)) = buffer.split_first_chunk() else { return Ok(None) };
        match (self.framing, i32::from_be_bytes(*head)) {
            (Framing::U32, length) => Ok(Some((4, length.cast_unsigned().into()))),
            (Framing::Connection, -1) => {
                Ok(rest.first_chunk().map(|length| (12, u64::from_be_bytes(*length))))
            }
            (_, length) => {
                let unsigned = u64::try_from(length).map_err(|_| Error::NegativeLength(length))?;
                Ok(Some((4, unsigned)))
            }
        }
    }
}

/// # Errors
///
/// Offsets in errors count from the pickle's beginning. A message that is no pickle, and a negative length, are taken out of
/// the buffer: the next message can be read. After other errors it cannot.
impl Decoder for PickleCodec {
    type Item = Graph;
    type Error = Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Graph>, Error> {
        if self.framing == Framing::None {
            return Ok(self.pieces.feed(buffer)?);
        }
        let lengths = self.lengths(buffer).inspect_err(|_| buffer.advance(size_of::<i32>()))?;
        let Some((head, length)) = lengths else { return Ok(None) };
        let length = match usize::try_from(length) {
            Ok(length) if length <= self.loader.options().limits.input => length,
            _ => return Err(Error::TooLong(length)),
        };
        if buffer.len() - head < length {
            return Ok(None);
        }
        buffer.advance(head);
        Ok(Some(self.loader.load(buffer.split_to(length).freeze())?))
    }

    fn decode_eof(&mut self, buffer: &mut BytesMut) -> Result<Option<Graph>, Error> {
        if self.framing == Framing::None {
            return Ok(self.pieces.finish(buffer)?);
        }
        match self.decode(buffer)? {
            None if !buffer.is_empty() => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            graph => Ok(graph),
        }
    }
}

/// Writes the root of a graph.
impl<S: AsRef<[u8]>> Encoder<&Graph<S>> for PickleCodec {
    type Error = Error;

    fn encode(&mut self, graph: &Graph<S>, buffer: &mut BytesMut) -> Result<(), Error> {
        let pickle = self.pickler.dump(graph.root())?;
        self.encode(&pickle[..], buffer)?;
        self.pickler.recycle(pickle);
        Ok(())
    }
}

/// Writes what is a pickle already.
impl Encoder<&[u8]> for PickleCodec {
    type Error = Error;

    fn encode(&mut self, pickle: &[u8], buffer: &mut BytesMut) -> Result<(), Error> {
        let length = pickle.len() as u64;
        match (self.framing, i32::try_from(length)) {
            (Framing::None, _) => {}
            (Framing::U32, _) => buffer.put_u32(u32::try_from(length).map_err(|_| Error::TooLong(length))?),
            (Framing::I32 | Framing::Connection, Ok(length)) => buffer.put_i32(length),
            (Framing::I32, Err(_)) => return Err(Error::TooLong(length)),
            (Framing::Connection, Err(_)) => {
                buffer.put_i32(-1);
                buffer.put_u64(length);
            }
        }
        buffer.extend_from_slice(pickle);
        Ok(())
    }
}

/// Why a message cannot be read or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The socket or pipe failed, or ended within a message.
    Io(io::Error),
    /// It is no pickle, or exceeds the limits.
    Read(halfsour_vm::Error),
    /// The graph cannot be written.
    Write(halfsour_writer::Error),
    /// The length before a message is negative.
    NegativeLength(i32),
    /// A message of this length is longer than the limit, or than the framing can say.
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => f.write_str("the stream failed"),
            Self::Read(_) => f.write_str("the message cannot be read"),
            Self::Write(_) => f.write_str("the graph cannot be written"),
            Self::NegativeLength(length) => write!(f, "the length of a message is {length}"),
            Self::TooLong(length) => write!(f, "a message of {length} bytes is too long"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Read(error) => Some(error),
            Self::Write(error) => Some(error),
            Self::NegativeLength(_) | Self::TooLong(_) => None,
        }
    }
}
