//! Python 2 strings that were read as text or as `bytes`: what they were is kept.
//!
//! In a pickle of Python 2, the memory of an array, a packed date and the name of a dtype are strings like any other. An encoding makes text of them all;
//! whoever knows better, asks for the string that it was.

use halfsour_text::wtf8::Encoding;

use crate::cell::{Cell, Place, Python2, Tag};
use crate::parts::OutOfBudget;
use crate::store::Store;
use crate::{Graph, Id, Node};

impl Store {
    /// Records that the payload of a node, text or bytes, is that of a Python 2 string, byte by byte.
    pub fn mark_python2(&mut self, id: Id) {
        if let Some(index) = id.index() {
            let cell = &mut self.cells[index];
            cell.mark_python2();
            self.has_python2_bytes |= cell.tag == Tag::Bytes;
        }
    }

    /// Text that a Python 2 string was decoded to, where that changed its bytes. The string is `raw`, which stands in the source
    /// `delta` bytes (at most 15) after `origin`, or nowhere, if that is `None`.
    pub fn decoded(
        &mut self,
        origin: usize,
        encoding: Encoding,
        text: &[u8],
        raw: &[u8],
        delta: Option<u8>,
    ) -> Result<Id, OutOfBudget> {
        let start = self.pool_bytes(text)?;
        // Right after the text.
        match delta {
            Some(_) => self.pool_length(raw.len())?,
            None => drop(self.pool_bytes(raw)?),
        }
        self.push(Cell::decoded(encoding, origin, start, delta))
    }
}

impl<'g, S: AsRef<[u8]>> Node<'g, S> {
    /// The bytes of a Python 2 string, whatever encoding it was read with: those of a
    /// [`ByteString`](crate::Kind::ByteString), and of text or `bytes` that were made of one. `None` for anything else.
    pub fn python2_string(self) -> Option<&'g [u8]> {
        let cell = self.cell()?;
        let graph: &'g Graph<S> = self.graph();
        let (store, source) = (graph.store(), graph.view().source());
        let place = match cell.tag {
            Tag::ByteString => Python2::Same,
            Tag::Str | Tag::Bytes => cell.python2()?,
            _ => return None,
        };
        let payload = store.bytes_of(source, cell);
        // Only what is pooled is followed by something else.
        let after = |payload: &[u8]| match cell.place() {
            Place::Pool { start } => start + size_of::<u64>() + payload.len(),
            Place::Source { .. } => unreachable!("what was decoded is in the pool"),
        };
        match place {
            Python2::Same => Some(payload),
            Python2::AfterText => Some(store.pooled(after(payload))),
            Python2::Source { start } => source.get(start..)?.get(..store.pooled_length(after(payload))),
        }
    }
}
