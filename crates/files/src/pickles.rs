//! [`Pickles`]: the pickles that follow each other in a source.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use halfsour_lexer::Opcode;
use halfsour_vm::{Error, Framing, Graph, Loader, Observer};

use crate::{Format, JoblibArrays, Npy, Source, lengths};

/// The pickles of a source, one after the other.
///
/// They may stand back to back; or each after its length, as they are sent through pipes and sockets, or before it, as queuelib's
/// stacks have it; or each at the beginning of
/// a block of 512 bytes, as `dbm.dumb` and so `shelve` write values. Arrays of joblib are read with them.
///
/// ```
/// use halfsour_files::{Limits, Source};
/// use halfsour_vm::Loader;
///
/// let source = Source::from_bytes("two", b"\0\0\0\x03K\x01.\0\0\0\x03K\x02."[..].into(), Limits::UNTRUSTED)?;
/// let mut loader = Loader::new();
/// let mut pickles = source.pickles();
/// let mut shown = Vec::new();
/// while let Some(graph) = pickles.load_next(&mut loader) {
///     shown.push(graph?.root().to_string());
/// }
/// assert_eq!(shown, ["1", "2"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pickles {
    bytes: Bytes,
    framing: Framing,
    /// Where the pickles are, in their order, where lengths of other forms tell it.
    places: Arc<[Range<usize>]>,
    at: usize,
    end: usize,
}

impl Pickles {
    pub(crate) fn of(source: &Source) -> Self {
        let bytes = source.bytes().clone();
        match source.format() {
            Format::Npy => {
                let pickle = Npy::parse(&bytes).ok().and_then(|npy| npy.pickle());
                let at = pickle.unwrap_or(bytes.len());
                Self { at, framing: Framing::None, places: Arc::default(), end: bytes.len(), bytes }
            }
            _ => Self::within(bytes.clone(), 0..bytes.len()),
        }
    }

    /// Those in a part of the bytes.
    pub(crate) fn within(bytes: Bytes, part: Range<usize>) -> Self {
        // Only lengths from 2 GiB on tell these two apart, and those of `Framing::I32` from neither.
        let mut framings = [Framing::Connection, Framing::U32].into_iter();
        let framing =
            framings.find(|&framing| is_framed(&bytes[part.clone()], framing)).unwrap_or(Framing::None);
        let places = match framing {
            Framing::None => lengths::places(&bytes[part.clone()]).unwrap_or_default(),
            _ => Vec::new(),
        };
        let places =
            places.into_iter().map(|place| part.start + place.start..part.start + place.end).collect();
        Self { end: end_of_pickles(&bytes, &part), bytes, framing, places, at: part.start }
    }

    /// The bytes that stand between the pickles: `None` also where they are at blocks of 512 bytes. Lengths of four bytes are those
    /// of `Connection`, unless only `U32` fits.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether each has its length beside it, as [`framing`](Self::framing) says or in another form.
    pub fn has_lengths(&self) -> bool {
        self.framing != Framing::None || !self.places.is_empty()
    }

    /// The bytes in which they are. Offsets in graphs and errors count from their beginning.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Where the last one has to end: white space behind it is left out.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The range of bytes in which the next pickle may be; `None` at the end.
    pub fn part(&self) -> Option<Range<usize>> {
        match self.framing {
            _ if self.at >= self.end => None,
            _ if !self.places.is_empty() => {
                let next = self.places.partition_point(|place| place.end <= self.at);
                self.places.get(next).cloned()
            }
            Framing::None => Some(self.at..self.end),
            framing => frame(framing, &self.bytes[..self.end], self.at).or(Some(self.at..self.end)),
        }
    }

    /// Loads the next one. `None` says that there is none.
    ///
    /// # Errors
    ///
    /// Those of [`Loader::load`]. They are the end, save where each pickle has its length: then the next can be loaded.
    pub fn load_next(&mut self, loader: &mut Loader) -> Option<Result<Graph, Error>> {
        self.load_next_observed(loader, ())
    }

    /// As [`load_next`](Self::load_next), and tells an observer what the pickle does.
    ///
    /// # Errors
    ///
    /// As [`load_next`](Self::load_next).
    pub fn load_next_observed(
        &mut self,
        loader: &mut Loader,
        observer: impl Observer,
    ) -> Option<Result<Graph, Error>> {
        let part = self.part()?;
        let source = self.bytes.slice(..part.end);
        let graph = loader.load_observed(source, part.start, JoblibArrays::new(observer));
        self.pass(match &graph {
            Ok(graph) => graph.end(),
            Err(_) => part.end,
        });
        Some(graph)
    }

    /// Goes on after a pickle that was loaded by other means, and ends here.
    pub fn pass(&mut self, end: usize) {
        self.at = match (self.framing, self.part()) {
            (_, Some(part)) if self.has_lengths() => part.end,
            (Framing::None, _) | (_, None) => self.next_block(end).unwrap_or(end),
            (_, Some(part)) => part.end,
        };
    }

    /// The next block, if nothing but zeros comes before it.
    fn next_block(&self, end: usize) -> Option<usize> {
        const BLOCK: usize = 512;
        let next = end.next_multiple_of(BLOCK);
        let padding = self.bytes[..self.end].get(end..next)?;
        padding.iter().all(|&byte| byte == 0).then_some(next).filter(|&next| next < self.end)
    }
}

/// Where the last pickle ends: white space behind it, as redis-cli prints, is nothing.
fn end_of_pickles(bytes: &[u8], part: &Range<usize>) -> usize {
    let end = part.start + bytes[part.clone()].trim_ascii_end().len();
    let stops = end > part.start && bytes[end - 1] == Opcode::Stop.byte();
    if stops { end } else { part.end }
}

/// The frame whose length stands here.
fn frame(framing: Framing, bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let (head, length) = framing.head(bytes.get(at..)?).ok()??;
    let start = at + head;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    (start < end && end <= bytes.len()).then_some(start..end)
}

/// Whether the whole is frames, each of which ends as a pickle does. No pickle begins with the zero that begins the length of one
/// below 16 MiB; larger ones are told apart by there being frames up to the end.
fn is_framed(bytes: &[u8], framing: Framing) -> bool {
    let mut at = 0;
    while let Some(part) = frame(framing, bytes, at) {
        if bytes[part.end - 1] != Opcode::Stop.byte() {
            return false;
        }
        at = part.end;
    }
    at > 0 && at == bytes.len()
}
