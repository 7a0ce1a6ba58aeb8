//! [`Messages`]: pickles from a socket, a pipe or a file.

use std::io::{self, Read};

use bytes::Bytes;
use halfsour_value::Graph;

use crate::{Error, ErrorKind, Framing, Limit, Limits, Loader, Options};

/// An iterator over the pickles that arrive through a reader, one after the other.
///
/// A message that is no pickle is an error, and the next one follows, if the framing tells where that begins. Where
/// it does not, and where the reader fails, ends within a message or announces one that is too long, that error is the last
/// item. So a program that wants to go on does so in the loop:
///
/// ```
/// use halfsour_vm::{Framing, Messages};
///
/// let sent = b"\0\0\0\x03K\x01.\0\0\0\x04oops\0\0\0\x03K\x02.";
/// let mut shown = Vec::new();
/// for message in Messages::new(&sent[..], Framing::U32) {
///     match message {
///         Ok(graph) => shown.push(graph.root().to_string()),
///         Err(error) => shown.push(error.to_string()),
///     }
/// }
/// assert_eq!(shown, ["1", "byte 0x0: OBJ: there is no mark on the stack", "2"]);
/// ```
///
/// Heads and pickles without framing are read in small pieces: wrap files and sockets in a [`BufReader`](io::BufReader). To
/// send messages, see [`Framing::write`].
#[derive(Debug)]
pub struct Messages<R> {
    reader: R,
    framing: Framing,
    loader: Loader,
    has_ended: bool,
}

impl<R: Read> Messages<R> {
    /// Creates an iterator with the default options, for messages of up to 8 MiB: [`Limits::MESSAGES`].
    pub fn new(reader: R, framing: Framing) -> Self {
        Self::with_options(reader, framing, Options { limits: Limits::MESSAGES, ..Options::default() })
    }

    /// Creates an iterator with options. Set [`Limits::input`] in them: [`Options::default`] does not limit the length of
    /// messages. No memory is taken for a length before its bytes have arrived.
    pub fn with_options(reader: R, framing: Framing, options: Options) -> Self {
        Self { reader, framing, loader: Loader::with_options(options), has_ended: false }
    }

    /// Returns the reader. Nothing is read from it beyond the last message.
    pub fn into_reader(self) -> R {
        self.reader
    }

    /// Takes back a graph that is no longer needed, to build the next one in its memory.
    pub fn recycle(&mut self, graph: Graph) {
        self.loader.recycle(graph);
    }

    /// Reads a message. The outer error is one after which nothing can be read.
    fn message(&mut self) -> Result<Option<Result<Graph, Error>>, Error> {
        if self.framing == Framing::None {
            let mut first = Vec::new();
            if !self.fill(&mut first, 1)? {
                return Ok(None);
            }
            return Ok(Some(Ok(self.loader.load_reader(first.chain(&mut self.reader))?)));
        }
        let mut head = Vec::new();
        let length = loop {
            let wanted = if head.is_empty() { size_of::<i32>() } else { Framing::LONGEST_HEAD };
            if !self.fill(&mut head, wanted)? {
                return if head.is_empty() { Ok(None) } else { Err(ended(head.len())) };
            }
            match self.framing.head(&head) {
                Ok(Some((_, length))) => break length,
                Ok(None) => {}
                Err(error) => return Ok(Some(Err(error))),
            }
        };
        let length =
            usize::try_from(length).ok().filter(|&length| length <= self.loader.options().limits.input);
        let length = length.ok_or_else(|| Error::new(ErrorKind::Limit(Limit::Input), 0, None))?;
        let mut pickle = Vec::new();
        if !self.fill(&mut pickle, length)? {
            return Err(ended(pickle.len()));
        }
        Ok(Some(self.loader.load(Bytes::from(pickle))))
    }

    /// Reads until there are so many bytes. Returns whether there are.
    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<bool, Error> {
        let before = bytes.len();
        // `take` and the growing of the Vec keep what is allocated near what arrives.
        let got = self.reader.by_ref().take((wanted - before) as u64).read_to_end(bytes);
        got.map_err(|error| Error::io(error, before))?;
        Ok(bytes.len() == wanted)
    }
}

fn ended(offset: usize) -> Error {
    Error::io(io::ErrorKind::UnexpectedEof.into(), offset)
}

impl<R: Read> Iterator for Messages<R> {
    type Item = Result<Graph, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let message = self.message();
        self.has_ended = !matches!(message, Ok(Some(_)));
        message.unwrap_or_else(|error| Some(Err(error)))
    }
}

impl<R: Read> std::iter::FusedIterator for Messages<R> {}
