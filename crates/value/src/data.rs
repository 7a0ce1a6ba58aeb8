//! What a node is and holds.

use std::iter::FusedIterator;

use crate::children::{ChildIds, Children};
use crate::instance::{Global, Instance};
use crate::text::Text;
use crate::{Graph, Id, Node};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal,)*) => {
        /// The kinds of object.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl std::fmt::Display for Kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(match self { $(Self::$kind => $name,)* })
            }
        }
    };
}

kinds! {
    /// `None`.
    None "None",
    /// `bool`.
    Bool "bool",
    /// `int`, of any size.
    Int "int",
    /// `float`.
    Float "float",
    /// `complex`.
    Complex "complex",
    /// `str`.
    Str "str",
    /// Python 2's `str`.
    ByteString "byte string",
    /// `bytes`.
    Bytes "bytes",
    /// `bytearray`.
    ByteArray "bytearray",
    /// `list`.
    List "list",
    /// `tuple`.
    Tuple "tuple",
    /// `dict`.
    Dict "dict",
    /// `set`.
    Set "set",
    /// `frozenset`.
    FrozenSet "frozenset",
    /// A class or function, by name.
    Global "global",
    /// The result of a call, or an instance of a class.
    Instance "instance",
    /// A persistent id.
    PersistentId "persistent id",
    /// An extension code.
    Extension "extension code",
    /// An out-of-band buffer.
    Buffer "buffer",
    /// A read-only view.
    ReadOnly "read-only view",
}

/// The kind of a [`Node`], with what the node holds.
pub enum Data<'g, S> {
    /// `None`.
    None,
    /// `bool`.
    Bool(bool),
    /// An int that fits 64 bits.
    Int(i64),
    /// Any other int: little-endian two's complement.
    BigInt(&'g [u8]),
    /// `float`.
    Float(f64),
    /// `complex`: real and imaginary part.
    Complex(f64, f64),
    /// `str`.
    Str(Text<'g>),
    /// Python 2's `str`.
    ByteString(&'g [u8]),
    /// `bytes`.
    Bytes(&'g [u8]),
    /// `bytearray`.
    ByteArray(&'g [u8]),
    /// `list`.
    List(Elements<'g, S>),
    /// `tuple`.
    Tuple(Elements<'g, S>),
    /// `dict`.
    Dict(Items<'g, S>),
    /// `set`.
    Set(Elements<'g, S>),
    /// `frozenset`.
    FrozenSet(Elements<'g, S>),
    /// A class or function, by name.
    Global(Global<'g, S>),
    /// The result of a call, or an instance of a class.
    Instance(Instance<'g, S>),
    /// A persistent id.
    PersistentId(Node<'g, S>),
    /// An extension code, from `copyreg.add_extension`.
    Extension(u32),
    /// The index of an out-of-band buffer.
    Buffer(usize),
    /// A read-only view, and the object that it shows.
    ReadOnly(Node<'g, S>),
}

/// The members of a list, tuple, set or frozenset.
pub struct Elements<'g, S> {
    graph: &'g Graph<S>,
    ids: &'g [Id],
}

/// The keys and values of a dict.
pub struct Items<'g, S> {
    graph: &'g Graph<S>,
    ids: &'g [Id],
}

macro_rules! sequence {
    ($name:ident, $width:literal, $item:ty, |$self:ident, $ids:ident| $make:expr) => {
        impl<S> Clone for $name<'_, S> {
            fn clone(&self) -> Self {
                Self { graph: self.graph, ids: self.ids }
            }
        }

        impl<'g, S: AsRef<[u8]>> $name<'g, S> {
            #[inline]
            pub(crate) fn new(graph: &'g Graph<S>, ids: &'g [Id]) -> Self {
                Self { graph, ids }
            }

            /// The number of items not yet yielded.
            pub fn len(&self) -> usize {
                self.ids.len() / $width
            }

            /// Whether no item is left.
            pub fn is_empty(&self) -> bool {
                self.ids.is_empty()
            }

            /// The `index`-th item from the iterator's position.
            pub fn get(&$self, index: usize) -> Option<$item> {
                let at = index.checked_mul($width)?;
                let $ids = $self.ids.get(at..at.checked_add($width)?)?;
                Some($make)
            }

            /// Those of `range`, counted from the iterator's position; `None` if there are not as many.
            #[must_use]
            pub fn slice(&self, range: std::ops::Range<usize>) -> Option<Self> {
                let [from, to] = [range.start, range.end].map(|bound| bound.checked_mul($width));
                Some(Self { graph: self.graph, ids: self.ids.get(from?..to?)? })
            }

            /// The ids of those that are left; of keys and values in turn.
            pub fn ids(&self) -> &'g [Id] {
                self.ids
            }

            /// The objects that are left; of items, keys and values in turn.
            pub fn children(&self) -> Children<'g, S> {
                Children::new(self.graph, ChildIds::all(self.ids))
            }
        }

        impl<'g, S: AsRef<[u8]>> Iterator for $name<'g, S> {
            type Item = $item;

            #[inline]
            fn next(&mut $self) -> Option<Self::Item> {
                let ($ids, rest) = $self.ids.split_at_checked($width)?;
                $self.ids = rest;
                Some($make)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (self.len(), Some(self.len()))
            }
        }

        impl<'g, S: AsRef<[u8]>> DoubleEndedIterator for $name<'g, S> {
            fn next_back(&mut $self) -> Option<Self::Item> {
                let (rest, $ids) = $self.ids.split_at_checked($self.ids.len().checked_sub($width)?)?;
                $self.ids = rest;
                Some($make)
            }
        }

        impl<S: AsRef<[u8]>> ExactSizeIterator for $name<'_, S> {}
        impl<S: AsRef<[u8]>> FusedIterator for $name<'_, S> {}
    };
}

sequence!(Elements, 1, Node<'g, S>, |self, ids| self.graph.node(ids[0]));
sequence!(Items, 2, (Node<'g, S>, Node<'g, S>), |self, ids| (
    self.graph.node(ids[0]),
    self.graph.node(ids[1])
));
