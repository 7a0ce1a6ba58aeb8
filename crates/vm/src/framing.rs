//! [`Framing`]: the bytes between pickles.

use std::io;

use crate::{Error, ErrorKind};

/// The bytes that stand between pickles which are sent one after the other.
///
/// ```text
/// Framing::None        pickle pickle …                          pickle.dump, one after the other
/// Framing::U32         [u32] pickle [u32] pickle …              logging's SocketHandler, graphite's carbon
/// Framing::I32         [i32] pickle [i32] pickle …              PySpark
/// Framing::Connection  [i32] pickle [-1] [u64] pickle …         multiprocessing.connection
/// ```
///
/// Numbers are big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

impl Framing {
    /// The number of bytes that the longest head takes.
    pub(crate) const LONGEST_HEAD: usize = 12;

    /// Returns the lengths in bytes of the head and of the message that `buffer` begins with, or `None` if the head has not all
    /// arrived. Without framing, there are no heads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NegativeLength`]. That head takes four bytes.
    pub fn head(self, buffer: &[u8]) -> Result<Option<(usize, u64)>, Error> {
        let Some((head, rest)) = buffer.split_first_chunk() else { return Ok(None) };
        match (self, i32::from_be_bytes(*head)) {
            (Self::None, _) => Ok(None),
            (Self::U32, length) => Ok(Some((4, length.cast_unsigned().into()))),
            (Self::Connection, -1) => {
                Ok(rest.first_chunk().map(|length| (Self::LONGEST_HEAD, u64::from_be_bytes(*length))))
            }
            (Self::I32 | Self::Connection, length) => match u64::try_from(length) {
                Ok(length) => Ok(Some((4, length))),
                Err(_) => Err(Error::new(ErrorKind::NegativeLength(length), 0, None)),
            },
        }
    }

    /// Writes a pickle as a message. It takes two writes: wrap sockets in a [`BufWriter`](io::BufWriter), and flush it.
    ///
    /// ```
    /// use halfsour_vm::Framing;
    ///
    /// let mut sent = Vec::new();
    /// Framing::U32.write(&mut sent, b"K\x01.")?;
    /// assert_eq!(sent, b"\0\0\0\x03K\x01.");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If writing fails; and [`InvalidInput`](io::ErrorKind::InvalidInput), before anything is written, if the pickle is longer than
    /// the framing can express.
    pub fn write(self, mut writer: impl io::Write, pickle: &[u8]) -> io::Result<()> {
        let length = pickle.len() as u64;
        match (self, i32::try_from(length), u32::try_from(length)) {
            (Self::None, ..) => {}
            (Self::I32 | Self::Connection, Ok(length), _) => writer.write_all(&length.to_be_bytes())?,
            (Self::U32, _, Ok(length)) => writer.write_all(&length.to_be_bytes())?,
            (Self::Connection, Err(_), _) => {
                writer.write_all(&(-1_i32).to_be_bytes())?;
                writer.write_all(&length.to_be_bytes())?;
            }
            (Self::I32 | Self::U32, ..) => {
                let reason = format!("a message of {length} bytes is longer than its framing can express");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
            }
        }
        writer.write_all(pickle)
    }
}
