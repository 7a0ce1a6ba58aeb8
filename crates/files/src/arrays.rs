//! [`JoblibArrays`]: the arrays that joblib writes between the opcodes of a pickle.

use std::collections::HashMap;

use halfsour_classes::numpy::DType;
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
#[derive(Debug, Default)]
pub struct JoblibArrays<O = ()> {
    observer: O,
    dtypes: HashMap<Id, Dtype>,
    /// What was built last, if it is a wrapper.
    wrapper: Option<Attached>,
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
        Self { observer, dtypes: HashMap::new(), wrapper: None }
    }

    fn built(&mut self, view: View<'_>, object: Id, state: Id) {
        self.wrapper = None;
        match view.class(object).and_then(|class| view.global(class)) {
            Some([b"numpy", b"dtype"]) => {
                if let Some(dtype) = dtype(view, object, Some(state)) {
                    self.dtypes.insert(object, dtype);
                }
            }
            Some(
                [b"joblib.numpy_pickle" | b"sklearn.externals.joblib.numpy_pickle", b"NumpyArrayWrapper"],
            ) => {
                self.wrapper = Some(self.wrapped(view, state).unwrap_or(Attached::Unknown));
            }
            _ => {}
        }
    }

    /// What follows a wrapper with this state. The padding is not known yet: whether there is any is.
    fn wrapped(&self, view: View<'_>, state: Id) -> Option<Attached> {
        let object = view.item(state, b"dtype")?;
        if view.global(view.class(object)?).is_some_and(|[_, name]| name == b"_convert_to_stringdtype_kwargs")
        {
            return Some(Attached::Pickle);
        }
        let dtype = self.dtypes.get(&object).copied().or_else(|| dtype(view, object, None))?;
        if dtype.has_objects {
            return Some(Attached::Pickle);
        }
        let Peek::Tuple(shape) = view.peek(view.item(state, b"shape")?) else { return None };
        let mut length = dtype.size;
        for &extent in shape {
            let Peek::Int(extent) = view.peek(extent) else { return None };
            length = length.saturating_mul(usize::try_from(extent).ok()?);
        }
        let alignment = view.item(state, b"numpy_array_alignment_bytes").unwrap_or(Id::NONE);
        Some(Attached::Bytes { padding: usize::from(alignment != Id::NONE), length })
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

/// The type of `dtype('f8')` with, if it has one, a state: `(3, '<', None, None, None, -1, -1, 0)`, which is version, byte order,
/// sub-array, names, fields, size, alignment, flags. Types that numpy does not have itself are named by their class, and have a size in the state.
fn dtype(view: View<'_>, object: Id, state: Option<Id>) -> Option<Dtype> {
    const HAS_OBJECTS: i64 = 1;
    if view.global(view.class(object)?) != Some([&b"numpy"[..], b"dtype"]) {
        return None;
    }
    let (args, _) = view.arguments(object)?;
    let name = view.text_bytes(*args.first()?);
    let named = name.and_then(|name| DType::parse(str::from_utf8(name).ok()?));
    let state = match state.map(|state| view.peek(state)) {
        None => &[],
        Some(Peek::Tuple(state)) => state,
        Some(_) => return None,
    };
    let number = |index: usize| match view.peek(*state.get(index)?) {
        Peek::Int(number) => Some(number),
        _ => None,
    };
    // Types of one size do not state it, but have it in their name.
    let size =
        number(5).and_then(|size| usize::try_from(size).ok()).or(named.as_ref().map(|named| named.size))?;
    let has_objects = named.is_some_and(|named| named.has_objects())
        || number(7).is_some_and(|flags| flags & HAS_OBJECTS != 0);
    Some(Dtype { size, has_objects })
}
