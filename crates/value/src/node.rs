//! [`Node`]: a place in a graph, and what can be asked there.

use std::fmt;

use bytes::Bytes;

use crate::cell::{Cell, Tag};
use crate::data::{Data, Elements, Items, Kind};
use crate::id::Unpacked;
use crate::instance::{Global, Instance, Steps};
use crate::parts::Spelling;
use crate::peek::Peek;
use crate::text::Text;
use crate::{Graph, Id, IntSpelling, Key};

/// An object in a [`Graph`]: a cursor that is copied freely.
///
/// Ask for what you expect (`as_str`, `items`, `get` …; they give `None` for other kinds), or match on
/// [`data`](Self::data).
pub struct Node<'g, S = Bytes> {
    graph: &'g Graph<S>,
    id: Id,
}

impl<S> Clone for Node<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Node<'_, S> {}

/// Identity, as Python's `is`.
impl<S> PartialEq for Node<'_, S> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.graph, other.graph) && self.id == other.id
    }
}

impl<S> Eq for Node<'_, S> {}

impl<S: AsRef<[u8]>> fmt::Debug for Node<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<'g, S: AsRef<[u8]>> Node<'g, S> {
    pub(crate) fn new(graph: &'g Graph<S>, id: Id) -> Self {
        Self { graph, id }
    }

    /// The graph of the object.
    pub fn graph(self) -> &'g Graph<S> {
        self.graph
    }

    /// The id of the object in its graph.
    pub fn id(self) -> Id {
        self.id
    }

    #[inline]
    pub(crate) fn cell(self) -> Option<&'g Cell> {
        self.id.index().map(|index| &self.graph.store().cells[index])
    }

    #[inline]
    fn at_id(self, id: Id) -> Self {
        Self { graph: self.graph, id }
    }

    /// The offset in the source of the opcode that made it. Values that have no node (None, bools, small ints, the
    /// empty tuple) do not know it.
    pub fn offset(self) -> Option<usize> {
        self.cell().map(Cell::origin)
    }

    /// The kind of the object, with what the object holds.
    #[inline]
    pub fn data(self) -> Data<'g, S> {
        let graph = self.graph;
        match graph.view().peek(self.id) {
            Peek::None => Data::None,
            Peek::Bool(value) => Data::Bool(value),
            Peek::Int(value) => Data::Int(value),
            Peek::BigInt(bytes) => Data::BigInt(bytes),
            Peek::Float(value) => Data::Float(value),
            Peek::Complex(re, im) => Data::Complex(re, im),
            Peek::Str(bytes) => Data::Str(Text::new(bytes, graph.store().encoding(self.id))),
            Peek::ByteString(bytes) => Data::ByteString(bytes),
            Peek::Bytes(bytes) => Data::Bytes(bytes),
            Peek::ByteArray(bytes) => Data::ByteArray(bytes),
            Peek::List(ids) => Data::List(Elements::new(graph, ids)),
            Peek::Tuple(ids) => Data::Tuple(Elements::new(graph, ids)),
            Peek::Dict(_) => Data::Dict(Items::new(graph, self.distinct())),
            Peek::Set(_) => Data::Set(Elements::new(graph, self.distinct())),
            Peek::FrozenSet(_) => Data::FrozenSet(Elements::new(graph, self.distinct())),
            Peek::Global(module, name) => {
                Data::Global(Global { module: self.at_id(module), name: self.at_id(name) })
            }
            Peek::Instance(raw) => Data::Instance(Instance::new(graph, raw)),
            Peek::PersistentId(id) => Data::PersistentId(self.at_id(id)),
            Peek::Extension(code) => Data::Extension(code),
            Peek::Buffer(index) => Data::Buffer(index),
            Peek::ReadOnly(of) => Data::ReadOnly(self.at_id(of)),
        }
    }

    /// What a dict, set or frozenset holds, each key once.
    #[inline]
    pub(crate) fn distinct(self) -> &'g [Id] {
        let index = self.id.index().expect("they are nodes");
        self.graph.views().region(self.graph.store(), index)
    }

    /// The kind of the object.
    pub fn kind(self) -> Kind {
        self.graph.view().kind(self.id)
    }

    /// Whether the object is `None`.
    pub fn is_none(self) -> bool {
        self.id == Id::NONE
    }

    /// A bool.
    pub fn as_bool(self) -> Option<bool> {
        match self.id.unpack() {
            Unpacked::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// An int that fits 64 bits.
    pub fn as_i64(self) -> Option<i64> {
        match self.data() {
            Data::Int(value) => Some(value),
            _ => None,
        }
    }

    /// A float.
    pub fn as_f64(self) -> Option<f64> {
        match self.data() {
            Data::Float(value) => Some(value),
            _ => None,
        }
    }

    /// Text without lone surrogates.
    pub fn as_str(self) -> Option<&'g str> {
        self.as_text()?.as_str()
    }

    /// Text, with lone surrogates if it has them.
    pub fn as_text(self) -> Option<Text<'g>> {
        match self.data() {
            Data::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes of a `str` (WTF-8) or of a Python 2 byte string: the two kinds that names and keywords may be of.
    pub fn text_bytes(self) -> Option<&'g [u8]> {
        self.graph.view().text_bytes(self.id)
    }

    /// The contents of `bytes`, a `bytearray` or a Python 2 byte string.
    pub fn as_bytes(self) -> Option<&'g [u8]> {
        match self.data() {
            Data::Bytes(bytes) | Data::ByteArray(bytes) | Data::ByteString(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The names of a class or function.
    pub fn as_global(self) -> Option<Global<'g, S>> {
        match self.data() {
            Data::Global(global) => Some(global),
            _ => None,
        }
    }

    /// The result of a call, or an instance of a class.
    pub fn as_instance(self) -> Option<Instance<'g, S>> {
        match self.data() {
            Data::Instance(instance) => Some(instance),
            _ => None,
        }
    }

    /// The members of a list, tuple, set or frozenset.
    pub fn elements(self) -> Option<Elements<'g, S>> {
        match self.data() {
            Data::List(elements)
            | Data::Tuple(elements)
            | Data::Set(elements)
            | Data::FrozenSet(elements) => Some(elements),
            _ => None,
        }
    }

    /// The keys and values of a dict, in the order of insertion.
    pub fn items(self) -> Option<Items<'g, S>> {
        match self.data() {
            Data::Dict(items) => Some(items),
            _ => None,
        }
    }

    /// The length: members of a container, code points of a text, bytes of a bytes-like object; `None` for anything else.
    /// This takes linear time for text.
    pub fn len(self) -> Option<usize> {
        match self.data() {
            Data::List(elements)
            | Data::Tuple(elements)
            | Data::Set(elements)
            | Data::FrozenSet(elements) => Some(elements.len()),
            Data::Dict(items) => Some(items.len()),
            Data::Str(text) => Some(text.chars().count()),
            Data::Bytes(bytes) | Data::ByteArray(bytes) | Data::ByteString(bytes) => Some(bytes.len()),
            _ => None,
        }
    }

    /// Whether the object is an empty container, text or bytes-like object.
    pub fn is_empty(self) -> bool {
        self.len() == Some(0)
    }

    /// The value of a key in a dict. Text finds also a Python 2 string with the same ASCII characters that was read as `bytes`.
    pub fn get<'k>(self, key: impl Into<Key<'k>>) -> Option<Self> {
        let index = self.id.index().filter(|&index| self.graph.store().cells[index].tag == Tag::Dict)?;
        let store = self.graph.store();
        let key = key.into();
        let find = |key: &Key<'_>| self.graph.views().get(store, self.graph.view().source(), index, key);
        let found = match (find(&key), &key) {
            (None, Key::Text(text)) if store.has_python2_bytes => find(&Key::Bytes(text)),
            (found, _) => found,
        };
        Some(self.at_id(found?))
    }

    /// The member of a list or tuple with this index.
    pub fn at(self, index: usize) -> Option<Self> {
        match self.data() {
            Data::List(elements) | Data::Tuple(elements) => elements.get(index),
            _ => None,
        }
    }

    /// The class of an instance; for a call of another callable, that callable.
    pub fn class(self) -> Option<Self> {
        self.as_instance().map(Instance::class)
    }

    /// An attribute that the state of an instance sets.
    pub fn attr(self, name: &str) -> Option<Self> {
        self.as_instance()?.attr(name)
    }

    /// The steps that were done to this object although it is no instance: BUILD on a global, for example.
    pub fn foreign_steps(self) -> Option<Steps<'g, S>> {
        let steps = self.graph.view().foreign_steps(self.id)?;
        Some(Steps::new(self.graph, steps))
    }

    /// The int opcode of the stream, if it is not the one that Python 3 writes for this value.
    pub fn int_spelling(self) -> Option<IntSpelling> {
        match self.cell()? {
            Cell { tag: Tag::Int, flags: 1, .. } => Some(IntSpelling::Long),
            Cell { tag: Tag::Int, flags: 2, .. } => Some(IntSpelling::Int),
            _ => None,
        }
    }

    /// Whether an out-of-band buffer, itself read-only, went through `READONLY_BUFFER`.
    pub fn is_read_only_buffer(self) -> bool {
        matches!(self.cell(), Some(Cell { tag: Tag::Buffer, flags: 1, .. }))
    }

    /// The call of `setattr` for which this state of an object stands, if it still sets the same.
    #[doc(hidden)]
    pub fn attribute_set(self) -> Option<Spelling> {
        let spelling = self.spelling().filter(|_| self.kind() == Kind::Tuple)?;
        let args = self.graph.node(spelling.args);
        let (name, value) = self.at(1)?.items()?.next()?;
        let is_same = args.at(1)?.id() == name.id() && args.at(2)?.id() == value.id();
        is_same.then_some(spelling)
    }

    /// The call by which an old protocol spelled this builtin.
    #[doc(hidden)]
    pub fn spelling(self) -> Option<Spelling> {
        self.graph.store().spelling(self.id)
    }
}

impl<'a> Node<'_, &'a [u8]> {
    /// Text without lone surrogates, for as long as the input lives; `None` also where it had to be decoded.
    pub fn borrowed_str(self) -> Option<&'a str> {
        let text = self.as_text()?;
        Text::new(self.in_source(text.as_wtf8())?, text.encoding()).as_str()
    }

    /// Bytes, for as long as the input lives.
    pub fn borrowed_bytes(self) -> Option<&'a [u8]> {
        self.in_source(self.as_bytes()?)
    }

    fn in_source(self, bytes: &[u8]) -> Option<&'a [u8]> {
        use crate::cell::Place;
        match self.cell()?.place() {
            Place::Source { start, .. } => Some(&self.graph.source()[start..start + bytes.len()]),
            Place::Pool { .. } => None,
        }
    }
}
