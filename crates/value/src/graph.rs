//! [`Graph`]: the nodes and the bytes that they borrow from.

use std::sync::OnceLock;

use bytes::Bytes;

use crate::id::VACANT;
use crate::keys::Views;
use crate::store::Store;
use crate::{Id, Node, View};

/// Python data as a pickle holds it: objects with identity, some of them in several places, some in cycles.
///
/// `S` is where the bytes live: `&[u8]`, so that text can be handed out for as long as the input lives; or
/// [`Bytes`], `Vec<u8>`, a memory map: anything that is `AsRef<[u8]>`. Strings and bytes are not copied out of it.
///
/// All objects live in one arena: 16 bytes for a string, a float or an int that is not small, 16 and four for each child
/// for a container, nothing for None, bools and small ints. Dropping a graph frees a few vectors, however deep the
/// data.
///
/// Begin at [`root`](Self::root). To change a graph, see [`Builder::from_graph`](crate::Builder::from_graph).
#[derive(Clone, Debug)]
pub struct Graph<S = Bytes> {
    store: Store,
    source: S,
    roots: Vec<Id>,
    protocol: u8,
    start: usize,
    end: usize,
    buffers: Vec<Bytes>,
    memo: Option<Vec<Id>>,
    views: OnceLock<Views>,
}

/// Facts that a reader found around the data.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// The protocol that the stream declared; 0 if it declared none.
    pub protocol: u8,
    /// The offset in the source at which the pickle begins.
    pub start: usize,
    /// The offset in the source at which the pickle ends: after its STOP.
    pub end: usize,
    /// The out-of-band buffers that were supplied.
    pub buffers: Vec<Bytes>,
    /// The objects in the memo at the end, by slot; [`VACANT`] where there is none.
    pub memo: Option<Vec<Id>>,
}

impl<S: AsRef<[u8]>> Graph<S> {
    /// A graph from the nodes that a reader made, with the objects that its pickles are of.
    ///
    /// # Panics
    ///
    /// If there are no roots. Later, if the ids in `store` or `roots` are from another store, or the payloads not in `source`.
    #[doc(hidden)]
    pub fn new(store: Store, source: S, roots: Vec<Id>, provenance: Provenance) -> Self {
        let Provenance { protocol, start, end, buffers, memo } = provenance;
        assert!(!roots.is_empty(), "a graph is of something");
        Self { store, source, roots, protocol, start, end, buffers, memo, views: OnceLock::new() }
    }

    /// The object that the pickle is of.
    pub fn root(&self) -> Node<'_, S> {
        self.node(self.roots[0])
    }

    /// The objects that the pickles are of, where several were read with one memo.
    pub fn roots(&self) -> impl ExactSizeIterator<Item = Node<'_, S>> {
        self.roots.iter().map(|&root| self.node(root))
    }

    /// The object with this id.
    pub fn node(&self, id: Id) -> Node<'_, S> {
        Node::new(self, id)
    }

    /// The protocol that the stream declared; 0 if it declared none.
    pub fn protocol(&self) -> u8 {
        self.protocol
    }

    /// The offset in the source at which the pickle begins.
    pub fn start(&self) -> usize {
        self.start
    }

    /// The offset in the source at which the pickle ends: after its STOP.
    pub fn end(&self) -> usize {
        self.end
    }

    /// The bytes that the graph borrows from.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// The out-of-band buffers that were supplied to the reader.
    pub fn buffers(&self) -> &[Bytes] {
        &self.buffers
    }

    /// The objects that were in the memo at the end, with their slots, in the order of the slots, if the reader recorded
    /// them.
    pub fn recorded_memo(&self) -> Option<impl Iterator<Item = (usize, Node<'_, S>)>> {
        let slots = self.memo.as_ref()?.iter().enumerate();
        Some(slots.filter(|&(_, &id)| id != VACANT).map(|(slot, &id)| (slot, self.node(id))))
    }

    /// The number of nodes. Those that only old spellings of builtins use are counted, too.
    pub fn node_count(&self) -> usize {
        self.store.nodes()
    }

    /// The number of bytes that the graph holds beside its source.
    pub fn bytes_held(&self) -> usize {
        self.store.bytes_held()
    }

    /// The nodes, for another graph to be built in their memory: see [`Store::clear`].
    #[doc(hidden)]
    pub fn into_store(self) -> Store {
        self.store
    }

    /// The nodes, to be changed.
    pub(crate) fn store_mut(&mut self) -> &mut Store {
        self.views = OnceLock::new();
        &mut self.store
    }

    /// The nodes, as they were while the graph was being made.
    #[doc(hidden)]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The nodes and the bytes that they borrow from, to look at objects by their ids.
    #[inline]
    pub fn view(&self) -> View<'_> {
        View::new(&self.store, self.source.as_ref())
    }

    /// A graph that owns its bytes: the same objects, with a copy of the source.
    pub fn into_owned(self) -> Graph {
        let source = Bytes::copy_from_slice(self.source.as_ref());
        let (store, _, roots, provenance) = self.into_parts();
        Graph::new(store, source, roots, provenance)
    }

    /// A copy of this graph that owns its bytes, as of [`into_owned`](Self::into_owned).
    pub fn copied(&self) -> Graph {
        let Self { store, source, roots, protocol, start, end, buffers, memo, views: _ } = self;
        let provenance = Provenance {
            protocol: *protocol,
            start: *start,
            end: *end,
            buffers: buffers.clone(),
            memo: memo.clone(),
        };
        Graph::new(store.clone(), Bytes::copy_from_slice(source.as_ref()), roots.clone(), provenance)
    }

    pub(crate) fn into_parts(self) -> (Store, S, Vec<Id>, Provenance) {
        let Self { store, source, roots, protocol, start, end, buffers, memo, views: _ } = self;
        (store, source, roots, Provenance { protocol, start, end, buffers, memo })
    }

    pub(crate) fn root_ids(&self) -> &[Id] {
        &self.roots
    }

    pub(crate) fn views(&self) -> &Views {
        self.views.get_or_init(|| Views::new(&self.store, self.source.as_ref()))
    }
}
