//! A codec for pickles through sockets and pipes, for tokio's `FramedRead`, `FramedWrite` and `Framed`.
//!
//! ```text
//! Framing::None        pickle pickle …                          pickle.dump, one after the other
//! Framing::U32         [u32] pickle [u32] pickle …              logging's SocketHandler, graphite's carbon
//! Framing::I32         [i32] pickle [i32] pickle …              PySpark
//! Framing::Connection  [i32] pickle [-1] [u64] pickle …         multiprocessing.connection
//! ```
//!
//! Numbers are big-endian. A message becomes the source of its graph without being copied.
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

/// The bytes between pickles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// None: a pickle ends at its `STOP`.
    None,
    /// Before each pickle, its length as an unsigned number of four bytes.
    U32,
    /// Before each pickle, its length as a signed number of four bytes. Negative numbers, which have a meaning in `PySpark`, are
    /// errors here.
    I32,
    /// As [`I32`](Self::I32), but a length from 2 GiB on is written as -1, then an unsigned number of eight bytes.
    ///
    /// A Python `Connection` over a socket or a pipe frames its messages so, except over pipes on Windows. A message of
    /// `send_bytes` is not a pickle, and so an error.
    Connection,
}

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
}

impl PickleCodec {
    /// Creates a codec with the default options, for messages of up to 8 MiB.
    pub fn new(framing: Framing) -> Self {
        let limits = Limits::default().with_input(8 << 20);
        let reading = Options::default().with_limits(limits);
        Self::with_options(framing, reading, &halfsour_writer::Options::default())
    }

    /// Creates a codec with options. Set [`Limits::input`] in them: [`Options::default`] does not limit the length of messages.
    pub fn with_options(framing: Framing, reading: Options, writing: &halfsour_writer::Options) -> Self {
        Self {
            framing,
            pieces: Incremental::with_options(reading.clone()),
            loader: Loader::with_options(reading),
            pickler: Pickler::new(writing),
        }
    }

    /// Returns the lengths in bytes of the head and of the message that `buffer` begins with, or `None` if the head has not
    /// arrived.
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
/// Offsets in errors count from the start of the pickle. A message that is not a valid pickle is taken out of the buffer, and
/// so is a negative length: the next message can be read. After any other error it cannot.
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

/// An error in reading or writing a message.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The socket or pipe failed, or ended within a message.
    Io(io::Error),
    /// The message is not a valid pickle, or exceeds the limits.
    Read(halfsour_vm::Error),
    /// The graph cannot be written.
    Write(halfsour_writer::Error),
    /// The length before a message is negative.
    NegativeLength(i32),
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

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => f.write_str("the stream failed"),
            Self::Read(_) => f.write_str("the message cannot be read as a pickle"),
            Self::Write(_) => f.write_str("the graph cannot be written"),
            Self::NegativeLength(length) => {
                write!(f, "expected the length of a message, found the negative number {length}")
            }
            Self::TooLong(length) => write!(
                f,
                "the message of {length} bytes is longer than `Limits::input` allows or the framing can express"
            ),
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
