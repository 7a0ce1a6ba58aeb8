//! [`Peek`]: what a node is, to those who look on while the graph is being made.

use crate::cell::Tag;
use crate::form::Form;
use crate::id::Unpacked;
use crate::{Id, Store};

/// What a node of a [`Store`] is, with what it holds: raw, as the stream gave it.
///
/// A graph that is whole has [`Data`](crate::Data), which knows more: which keys of a dict are equal, for one.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Peek<'s> {
    /// `None`.
    None,
    /// `bool`.
    Bool(bool),
    /// An int that fits 64 bits.
    Int(i64),
    /// Any other int: little-endian two's complement.
    BigInt(&'s [u8]),
    /// `float`.
    Float(f64),
    /// `complex`: real and imaginary part.
    Complex(f64, f64),
    /// `str`, in WTF-8.
    Str(&'s [u8]),
    /// Python 2's `str`.
    ByteString(&'s [u8]),
    /// `bytes`.
    Bytes(&'s [u8]),
    /// `bytearray`.
    ByteArray(&'s [u8]),
    /// `list`.
    List(&'s [Id]),
    /// `tuple`.
    Tuple(&'s [Id]),
    /// `dict`: keys and values in turn, those that are replaced later among them.
    Dict(&'s [Id]),
    /// `set`.
    Set(&'s [Id]),
    /// `frozenset`.
    FrozenSet(&'s [Id]),
    /// The names of module and class or function.
    Global(Id, Id),
    /// The result of a call, or an instance of a class: as [`Instance`](crate::Instance).
    Instance {
        /// How it was made.
        form: Form,
        /// What was called, or the class.
        callable: Id,
        /// The arguments.
        args: Id,
    },
    /// A persistent id.
    PersistentId(Id),
    /// An extension code.
    Extension(u32),
    /// The index of an out-of-band buffer.
    Buffer(u64),
    /// What a read-only view shows.
    ReadOnly(Id),
}

impl Store {
    /// What a node is, in a source.
    pub fn peek<'s>(&'s self, source: &'s [u8], id: Id) -> Peek<'s> {
        let index = match id.unpack() {
            Unpacked::Node(index) => index as usize,
            Unpacked::Int(value) => return Peek::Int(value.into()),
            Unpacked::None => return Peek::None,
            Unpacked::Bool(value) => return Peek::Bool(value),
            Unpacked::EmptyTuple => return Peek::Tuple(&[]),
            Unpacked::Run(..) => unreachable!("a run is not a value"),
        };
        let cell = &self.cells[index];
        let bytes = || self.bytes_of(source, cell);
        let ids = || self.region_of(index);
        match cell.tag {
            Tag::Int => Peek::Int(cell.data().cast_signed()),
            Tag::Float => Peek::Float(f64::from_bits(cell.data())),
            Tag::Complex => {
                let part = |index: u32| f64::from_bits(self.cells[index as usize].data());
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
            Tag::Instance => {
                let ids = ids();
                Peek::Instance { form: Form::from_bits(cell.form_bits()), callable: ids[0], args: ids[1] }
            }
            Tag::PersistentId => Peek::PersistentId(Id::from_bits(cell.first())),
            Tag::Extension => Peek::Extension(cell.first()),
            Tag::Buffer => Peek::Buffer(cell.data()),
            Tag::ReadOnly => Peek::ReadOnly(Id::from_bits(cell.first())),
        }
    }

    /// The ids of all nodes, in the order in which they were made.
    pub fn ids(&self) -> impl Iterator<Item = Id> + use<> {
        (0..self.nodes()).map(Id::node)
    }
}
