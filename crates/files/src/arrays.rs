//! [`JoblibArrays`]: the arrays that joblib writes between the opcodes of a pickle.

use std::collections::HashMap;

use halfsour_classes::numpy::{DType, Kind};
use halfsour_lexer::Opcode;
use halfsour_value::machine::Peek;
use halfsour_value::{Id, View};
use halfsour_vm::{Attached, Event, Observer};

/// An observer that knows where joblib wrote the data of an array into the stream: after the `BUILD` of a wrapper that has its
/// shape and type. The data is then appended to the wrapper, as bytes that are borrowed from the source, or, for an array of
/// objects, as the array that a pickle of its own holds.
///
/// It hands on everything to another observer, or to `()`.
///
/// ```
/// use halfsour_files::JoblibArrays;
/// use halfsour_vm::Loader;
///
/// let file = include_bytes!("../../fixtures/files/array.joblib");
/// assert!(Loader::new().load(&file[..]).is_err());
/// let graph = Loader::new().load_observed(&file[..], 0, JoblibArrays::new(()))?;
/// assert_eq!(graph.end(), file.len());
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
#[derive(Debug)]
pub struct JoblibArrays<O = ()> {
    observer: O,
    /// The types that have a state, where it is known what numpy makes of it.
    dtypes: HashMap<Id, Option<Dtype>>,
    /// What was built last, if it is a wrapper.
    wrapper: Option<Attached>,
    /// Whether data is aligned where a wrapper says so.
    knows_padding: bool,
}

/// What is asked of an array's type.
#[derive(Clone, Copy, Debug)]
struct Dtype {
    size: usize,
    has_objects: bool,
}

impl<O> JoblibArrays<O> {
    /// Wraps an observer, which is told of everything.
    pub fn new(observer: O) -> Self {
        Self { observer, dtypes: HashMap::new(), wrapper: None, knows_padding: true }
    }

    /// Reads as releases of joblib do that know of no padding before the data, whatever a wrapper says of it.
    #[must_use]
    pub fn without_padding(self) -> Self {
        Self { knows_padding: false, ..self }
    }

    fn built(&mut self, view: View<'_>, object: Id, state: Id) {
        self.wrapper = None;
        match view.class(object).and_then(|class| view.global(class)) {
            Some([b"numpy", b"dtype"]) => {
                let dtype = dtype(view, object, Some(state));
                self.dtypes.insert(object, dtype);
            }
            Some(
                [b"joblib.numpy_pickle" | b"sklearn.externals.joblib.numpy_pickle", b"NumpyArrayWrapper"],
            ) => {
                self.wrapper = Some(self.wrapped(view, state).unwrap_or(Attached::Unknown));
            }
            _ => {}
        }
    }

    /// What follows a wrapper with this state; `None` if it is not just as joblib writes it, and so nobody knows. The padding is not known
    /// yet: whether there is any is.
    fn wrapped(&self, view: View<'_>, state: Id) -> Option<Attached> {
        let is_class = |subclass| view.global(subclass).is_some();
        let is_order = |order| matches!(view.text_bytes(order), Some(b"C" | b"F"));
        if !view.item(state, b"subclass").is_none_or(is_class)
            || !view.item(state, b"order").is_none_or(is_order)
        {
            return None;
        }
        let Peek::Tuple(shape) = view.peek(view.item(state, b"shape")?) else { return None };
        let extent = |&extent: &Id| match view.peek(extent) {
            Peek::Int(extent) => usize::try_from(extent).ok(),
            _ => None,
        };
        let shape = shape.iter().map(extent).collect::<Option<Vec<_>>>()?;
        let object = view.item(state, b"dtype")?;
        let class = view.global(view.class(object)?)?;
        if let [b"numpy._core._internal" | b"numpy.core._internal", b"_convert_to_stringdtype_kwargs"] = class
        {
            return Some(Attached::Pickle);
        }
        let dtype = self.dtypes.get(&object).copied().unwrap_or_else(|| dtype(view, object, None))?;
        let may_map = view.item(state, b"allow_mmap").is_some_and(|it| it != Id::FALSE);
        if dtype.has_objects && may_map {
            return None;
        }
        if dtype.has_objects {
            return Some(Attached::Pickle);
        }
        let length = shape.iter().try_fold(dtype.size, |length, &extent| length.checked_mul(extent))?;
        let alignment = view.item(state, b"numpy_array_alignment_bytes").unwrap_or(Id::NONE);
        let is_padded = self.knows_padding && alignment != Id::NONE;
        Some(Attached::Bytes { padding: usize::from(is_padded), length })
    }
}

impl<O: Observer> Observer for JoblibArrays<O> {
    // What is built, which is all that is needed here, is told in any case.
    const IS_ACTIVE: bool = O::IS_ACTIVE;

    fn opcode(&mut self, offset: usize, opcode: Opcode) {
        self.observer.opcode(offset, opcode);
    }

    fn event(&mut self, view: View<'_>, offset: usize, event: Event) {
        if let Event::Build { object, state } = event {
            self.built(view, object, state);
        }
        self.observer.event(view, offset, event);
    }

    fn attached(&mut self, view: View<'_>, offset: usize, object: Id) -> Attached {
        let attached = self.observer.attached(view, offset, object);
        match self.wrapper.take() {
            None => attached,
            Some(Attached::Bytes { padding: 1, length }) => {
                // A byte says how many more stand before the data, so that it is aligned.
                let more = view.source().get(offset).copied().unwrap_or(0);
                Attached::Bytes { padding: 1 + usize::from(more), length }
            }
            Some(attached) => attached,
        }
    }
}

/// The type that numpy makes of `dtype('f8')` with, if it has one, a state: `(3, '<', None, None, None, -1, -1, 0)`, which is version, byte
/// order, sub-array, names, fields, size, alignment, flags. `None` if that is not known.
fn dtype(view: View<'_>, object: Id, state: Option<Id>) -> Option<Dtype> {
    const HAS_OBJECTS: i64 = 1;
    if view.global(view.class(object)?) != Some([&b"numpy"[..], b"dtype"]) {
        return None;
    }
    let (args, _) = view.arguments(object)?;
    let (name, class) = (view.text_bytes(*args.first()?), view.global(*args.first()?));
    let named = name.and_then(|name| DType::parse(str::from_utf8(name).ok()?));
    let state = match state.map(|state| view.peek(state)) {
        None => return named.map(|named| Dtype { size: named.size, has_objects: named.has_objects() }),
        Some(Peek::Tuple(state)) if matches!(state.len(), 8 | 9) => state,
        Some(_) => return None,
    };
    let number = |index: usize| match view.peek(state[index]) {
        Peek::Int(number) => Some(number),
        _ => None,
    };
    let size = match (&named, class) {
        // The size of these is part of the type; that of others is numpy's, whatever the state says.
        (Some(DType { kind: Kind::Bytes | Kind::Text | Kind::Void, .. }), _)
        | (None, Some([b"ml_dtypes" | b"bfloat16" | b"tensorflow.bfloat16" | b"jaxlib.xla_extension", _])) => {
            usize::try_from(number(5)?).ok()?
        }
        (Some(named), _) => named.size,
        (None, _) => return None,
    };
    let has_objects = number(7)? & HAS_OBJECTS != 0;
    // Where it says that objects are none, numpy reads them as numbers.
    let is_odd = named.is_some_and(|named| named.has_objects()) && !has_objects;
    (matches!(number(0)?, 3 | 4) && !is_odd).then_some(Dtype { size, has_objects })
}
