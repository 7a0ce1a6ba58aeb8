//! [`Peek`]: an object and what it holds, by ids.

use crate::form::Form;
use crate::id::{StepKind, Unpacked};
use crate::store::Store;
use crate::{Id, View};

/// An object and what it holds, as the stream gave it: see [`View::peek`].
///
/// A finished graph has [`Data`](crate::Data), which knows more: which keys of a dict are equal, for one.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// `dict`: keys and values in turn. Keys that are equal are all listed.
    Dict(&'s [Id]),
    /// `set`. Members that are equal are all listed.
    Set(&'s [Id]),
    /// `frozenset`. Members that are equal are all listed.
    FrozenSet(&'s [Id]),
    /// The names of module and class or function.
    Global(Id, Id),
    /// The result of a call, or an instance of a class.
    Instance(RawInstance<'s>),
    /// A persistent id.
    PersistentId(Id),
    /// An extension code.
    Extension(u32),
    /// The index of an out-of-band buffer.
    Buffer(usize),
    /// The object that a read-only view shows.
    ReadOnly(Id),
}

/// An [`Instance`](crate::Instance) by ids: what was called, with what, and the steps after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RawInstance<'s> {
    form: Form,
    /// The callable, the arguments, the keyword arguments if the form has them; then the steps.
    ids: &'s [Id],
}

impl<'s> RawInstance<'s> {
    #[inline]
    pub(crate) fn new(store: &'s Store, index: usize) -> Self {
        Self { form: Form::from_bits(store.cells[index].form_bits()), ids: store.region_of(index) }
    }

    /// The way in which the instance was made.
    #[inline]
    pub const fn form(self) -> Form {
        self.form
    }

    /// The callable, or the class for [`Form::New`] and [`Form::NewEx`].
    #[inline]
    pub const fn callable(self) -> Id {
        self.ids[0]
    }

    /// The arguments: a tuple, or an instance of some subclass of it.
    #[inline]
    pub const fn args(self) -> Id {
        self.ids[1]
    }

    /// The keyword arguments of [`Form::NewEx`]: a dict, or an instance of some subclass of it.
    #[inline]
    pub fn kwargs(self) -> Option<Id> {
        self.made_of().get(2).copied()
    }

    /// The steps that were done to the instance after it was made, in order.
    #[inline]
    pub fn steps(self) -> RawSteps<'s> {
        RawSteps { ids: &self.ids[self.form.parts()..] }
    }

    /// The callable, the arguments, and the keyword arguments if the form has them.
    #[inline]
    pub(crate) fn made_of(self) -> &'s [Id] {
        &self.ids[..self.form.parts()]
    }

    /// All ids, with the marks between the steps; and how many stand before the first mark.
    #[inline]
    pub(crate) fn all(self) -> (&'s [Id], usize) {
        (self.ids, self.form.parts())
    }

    /// As [`View::class`].
    #[inline]
    pub fn class(self, view: View<'s>) -> Id {
        match self.form {
            Form::Reconstructor | Form::NewObjCall | Form::NewObjExCall => {
                view.sequence(self.args()).and_then(|args| args.first().copied()).unwrap_or(self.callable())
            }
            Form::Call | Form::New | Form::NewEx | Form::Inst | Form::Obj => self.callable(),
        }
    }

    /// As [`View::arguments`].
    pub(crate) fn arguments(self, view: View<'s>) -> Option<(&'s [Id], Option<Id>)> {
        let args = view.tuple(self.args())?;
        match (self.form, args) {
            (Form::Call | Form::New | Form::Inst | Form::Obj, args) => Some((args, None)),
            (Form::NewEx, args) => Some((args, Some(view.dict(self.kwargs()?)?))),
            (Form::NewObjCall, args) => Some((args.get(1..).unwrap_or_default(), None)),
            (Form::NewObjExCall, &[_, args, keywords]) => {
                Some((view.tuple(args)?, Some(view.dict(keywords)?)))
            }
            (Form::Reconstructor, &[_, _, state]) => {
                Some((if state == Id::NONE { &[] } else { &args[2..] }, None))
            }
            (Form::NewObjExCall | Form::Reconstructor, _) => None,
        }
    }
}

/// The steps of a [`RawInstance`]: of each its kind, and the ids that it brings.
///
/// A [`SetItem`](StepKind::SetItem) brings keys and values in turn, a [`State`](StepKind::State) and a
/// [`Call`](StepKind::Call) one id.
#[derive(Clone, Debug)]
pub struct RawSteps<'s> {
    /// Before the ids of each step stands a mark.
    pub(crate) ids: &'s [Id],
}

impl<'s> Iterator for RawSteps<'s> {
    type Item = (StepKind, &'s [Id]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (mark, rest) = self.ids.split_first()?;
        let (kind, length) = mark.as_mark();
        let (ids, rest) = rest.split_at(length);
        self.ids = rest;
        Some((kind, ids))
    }
}

impl Id {
    /// The kind of the step whose ids follow this mark, and how many there are.
    #[inline]
    pub(crate) fn as_mark(self) -> (StepKind, usize) {
        let Unpacked::Run(kind, count) = self.unpack() else { unreachable!("steps begin with a mark") };
        (kind, count as usize * if kind == StepKind::SetItem { 2 } else { 1 })
    }
}
