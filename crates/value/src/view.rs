//! [`View`]: objects by their ids.

use crate::cell::Tag;
use crate::children::ChildIds;
use crate::id::{Unpacked, VACANT};
use crate::peek::{Peek, RawInstance, RawSteps};
use crate::store::Store;
use crate::{Id, Kind};

/// Looks at objects by their ids, also while the graph is still being made.
///
/// A view is the nodes of a graph and the source that their text and bytes lie in, and is copied freely. A finished graph has
/// [`Node`](crate::Node), which knows more: which keys of a dict are equal, for one.
///
/// ```
/// use halfsour_value::Builder;
///
/// let mut b = Builder::new();
/// let x = b.int(1);
/// let point = b.instance("app", "Point").attr("x", x).finish();
/// let graph = b.build(point);
///
/// let view = graph.view();
/// let class = view.class(point).unwrap();
/// assert_eq!(view.global(class), Some([&b"app"[..], b"Point"]));
/// let state = view.children(point).last().unwrap();
/// assert_eq!(view.item(state, b"x"), Some(x));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct View<'s> {
    store: &'s Store,
    source: &'s [u8],
}

impl<'s> View<'s> {
    /// A view of the nodes in `store`, whose text and bytes lie in `source`.
    #[doc(hidden)]
    #[inline]
    pub const fn new(store: &'s Store, source: &'s [u8]) -> Self {
        Self { store, source }
    }

    /// The nodes.
    #[doc(hidden)]
    #[inline]
    pub const fn store(self) -> &'s Store {
        self.store
    }

    /// The bytes that the nodes borrow from.
    #[inline]
    pub const fn source(self) -> &'s [u8] {
        self.source
    }

    /// The kind of an object.
    #[inline]
    pub fn kind(self, id: Id) -> Kind {
        self.store.kind(id)
    }

    /// An object and what it holds.
    #[doc(hidden)]
    // Forced: where `Node::data` is made from it, the two matches become one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn peek(self, id: Id) -> Peek<'s> {
        let index = match id.unpack() {
            Unpacked::Node(index) => index as usize,
            Unpacked::Int(value) => return Peek::Int(value.into()),
            Unpacked::None => return Peek::None,
            Unpacked::Bool(value) => return Peek::Bool(value),
            Unpacked::EmptyTuple => return Peek::Tuple(&[]),
            Unpacked::Run(..) => unreachable!("a mark is not a value"),
        };
        let cell = &self.store.cells[index];
        let bytes = || self.store.bytes_of(self.source, cell);
        let ids = || self.store.region_of(index);
        match cell.tag {
            Tag::Int => Peek::Int(cell.data().cast_signed()),
            Tag::Float => Peek::Float(f64::from_bits(cell.data())),
            Tag::Complex => {
                let part = |index: u32| f64::from_bits(self.store.cells[index as usize].data());
                Peek::Complex(part(cell.first()), part(cell.second()))
            }
            Tag::BigInt => Peek::BigInt(bytes()),
            Tag::Str => Peek::Str(bytes()),
            Tag::ByteString => Peek::ByteString(bytes()),
            Tag::Bytes => Peek::Bytes(bytes()),
            Tag::ByteArray => Peek::ByteArray(bytes()),
            Tag::List => Peek::List(ids()),
            Tag::Tuple => Peek::Tuple(ids()),
            Tag::Dict => Peek::Dict(ids()),
            Tag::Set => Peek::Set(ids()),
            Tag::FrozenSet => Peek::FrozenSet(ids()),
            Tag::Global => Peek::Global(Id::from_bits(cell.first()), Id::from_bits(cell.second())),
            Tag::Instance => Peek::Instance(RawInstance::new(self.store, index)),
            Tag::PersistentId => Peek::PersistentId(Id::from_bits(cell.first())),
            Tag::Extension => Peek::Extension(cell.first()),
            Tag::Buffer => Peek::Buffer(usize::try_from(cell.data()).expect("it was a usize")),
            Tag::ReadOnly => Peek::ReadOnly(Id::from_bits(cell.first())),
        }
    }

    /// The bytes of a `str` (WTF-8) or of a Python 2 byte string: the two kinds that names and keywords may be of.
    #[inline]
    pub fn text_bytes(self, id: Id) -> Option<&'s [u8]> {
        match self.peek(id) {
            Peek::Str(text) | Peek::ByteString(text) => Some(text),
            _ => None,
        }
    }

    /// The names of a global: module, and qualified name in it.
    pub fn global(self, id: Id) -> Option<[&'s [u8]; 2]> {
        match self.peek(id) {
            Peek::Global(module, name) => Some([self.text_bytes(module)?, self.text_bytes(name)?]),
            _ => None,
        }
    }

    /// The bytes of text, byte strings, bytes, bytearrays and ints beyond 64 bits.
    pub fn payload(self, id: Id) -> Option<&'s [u8]> {
        self.store.payload(self.source, id)
    }

    /// The members of a list or tuple.
    pub fn sequence(self, id: Id) -> Option<&'s [Id]> {
        self.store.sequence(id)
    }

    /// The value of a text key in a dict: the last one that was set, as in Python.
    pub fn item(self, dict: Id, key: &[u8]) -> Option<Id> {
        let Peek::Dict(items) = self.peek(dict) else { return None };
        let mut pairs = items.chunks_exact(2).rev();
        pairs.find(|pair| self.text_bytes(pair[0]) == Some(key)).map(|pair| pair[1])
    }

    /// The dicts of attributes in a state, if it is a dict or `(dict or None, dict)`: `__dict__`, and slots.
    pub(crate) fn attributes(self, state: Id) -> Option<[Option<Id>; 2]> {
        match self.peek(state) {
            Peek::Dict(_) => Some([Some(state), None]),
            Peek::Tuple(&[dict, slots]) if self.dict(slots).is_some() => {
                let attributes = self.dict(dict);
                (attributes.is_some() || dict == Id::NONE).then_some([attributes, Some(slots)])
            }
            _ => None,
        }
    }

    /// The class of an instance; for a call of another callable, that callable.
    ///
    /// `copyreg._reconstructor`, `__newobj__` and `__newobj_ex__` name the class among their arguments: they are seen
    /// through.
    pub fn class(self, instance: Id) -> Option<Id> {
        match self.peek(instance) {
            Peek::Instance(instance) => Some(instance.class(self)),
            _ => None,
        }
    }

    /// The arguments that the [`class`](Self::class) of an instance was given: the positional ones, and the dict of keyword
    /// arguments. `None` where they are not a tuple and a dict.
    ///
    /// The class itself, which some forms name among the arguments, is not one of them; nor is what
    /// `copyreg._reconstructor` is told of the base class `object`.
    pub fn arguments(self, instance: Id) -> Option<(&'s [Id], Option<Id>)> {
        match self.peek(instance) {
            Peek::Instance(instance) => instance.arguments(self),
            _ => None,
        }
    }

    /// The steps that were done to an object although it is no instance: BUILD on a global, for example.
    #[doc(hidden)]
    pub fn foreign_steps(self, id: Id) -> Option<RawSteps<'s>> {
        self.store.foreign_steps(id)
    }

    /// The last `count` ids of those that were appended to, set on or added to an object that is not of the kind that takes
    /// them itself. Of other kinds, and of more items than lie in one piece, nothing.
    pub fn last_items(self, object: Id, count: usize) -> &'s [Id] {
        self.store.last_items(object, count)
    }

    /// Every object that this one holds: see [`Node::children`](crate::Node::children). Keys and members that are equal
    /// are all listed.
    pub fn children(self, id: Id) -> ChildIds<'s> {
        match self.peek(id) {
            Peek::List(ids) | Peek::Tuple(ids) | Peek::Dict(ids) | Peek::Set(ids) | Peek::FrozenSet(ids) => {
                ChildIds::all(ids)
            }
            Peek::Instance(instance) => ChildIds::of_instance(instance),
            Peek::Global(module, name) => ChildIds::of_foreign([module, name], self.foreign_steps(id)),
            Peek::PersistentId(of) => ChildIds::of_foreign([VACANT, of], self.foreign_steps(id)),
            Peek::Extension(_) | Peek::Buffer(_) => ChildIds::of_foreign([VACANT; 2], self.foreign_steps(id)),
            Peek::ReadOnly(of) => ChildIds::of_foreign([VACANT, of], None),
            Peek::None
            | Peek::Bool(_)
            | Peek::Int(_)
            | Peek::BigInt(_)
            | Peek::Float(_)
            | Peek::Complex(..)
            | Peek::Str(_)
            | Peek::ByteString(_)
            | Peek::Bytes(_)
            | Peek::ByteArray(_) => ChildIds::all(&[]),
        }
    }

    pub(crate) fn tuple(self, id: Id) -> Option<&'s [Id]> {
        match self.peek(id) {
            Peek::Tuple(ids) => Some(ids),
            _ => None,
        }
    }

    /// The id itself, if it is that of a dict.
    pub(crate) fn dict(self, id: Id) -> Option<Id> {
        (self.kind(id) == Kind::Dict).then_some(id)
    }
}
