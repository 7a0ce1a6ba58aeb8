//! [`WithArrays`]: the arrays that joblib writes between the opcodes of a pickle.

use std::collections::HashMap;

use halfsour_lexer::Opcode;
use halfsour_value::{Id, Peek, Store, View};
use halfsour_vm::{Attached, Event, Observer};

/// An observer that knows where joblib wrote the data of an array into the stream: after the `BUILD` of a wrapper that has its
/// shape and type. The data is then appended to the wrapper, as bytes that are borrowed from the source, or, for an array of
/// objects, as the array that a pickle of its own holds.
///
/// It hands on everything to another observer, or to `()`.
///
/// ```
/// use halfsour_files::WithArrays;
/// use halfsour_vm::Loader;
///
/// let file = include_bytes!("../../fixtures/files/array.joblib");
/// assert!(Loader::new().load(&file[..]).is_err());
/// let graph = Loader::new().load_observed(&file[..], 0, WithArrays::new(()))?;
/// assert_eq!(graph.end(), file.len());
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct WithArrays<O = ()> {
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

impl<O> WithArrays<O> {
    /// One that hands on everything to another.
    pub fn new(observer: O) -> Self {
        Self { observer, dtypes: HashMap::new(), wrapper: None }
    }

    fn built(&mut self, store: &Store, source: &[u8], object: Id, state: Id) {
        let read = Reader { store, source };
        self.wrapper = None;
        match read.class(object) {
            Some((b"numpy", b"dtype")) => {
                if let Some(dtype) = read.dtype(object, Some(state)) {
                    self.dtypes.insert(object, dtype);
                }
            }
            Some((
                b"joblib.numpy_pickle" | b"sklearn.externals.joblib.numpy_pickle",
                b"NumpyArrayWrapper",
            )) => {
                self.wrapper = self.wrapped(&read, state);
            }
            _ => {}
        }
    }

    /// What follows a wrapper with this state. The padding is not known yet: whether there is any is.
    fn wrapped(&self, read: &Reader, state: Id) -> Option<Attached> {
        let dtype = read.item(state, b"dtype")?;
        let dtype = self.dtypes.get(&dtype).copied().or_else(|| read.dtype(dtype, None))?;
        if dtype.has_objects {
            return Some(Attached::Pickle);
        }
        let Peek::Tuple(shape) = read.peek(read.item(state, b"shape")?) else { return None };
        let mut length = dtype.size;
        for &extent in shape {
            length = length.saturating_mul(read.size(extent)?);
        }
        let alignment = read.item(state, b"numpy_array_alignment_bytes").unwrap_or(Id::NONE);
        Some(Attached::Bytes { padding: usize::from(alignment != Id::NONE), length })
    }
}

impl<O: Observer> Observer for WithArrays<O> {
    // What is built, which is all that is needed here, is told in any case.
    const WATCHES: bool = O::WATCHES;

    fn opcode(&mut self, offset: usize, opcode: Opcode) {
        self.observer.opcode(offset, opcode);
    }

    fn event(&mut self, store: &Store, source: &[u8], offset: usize, event: Event) {
        if let Event::Build { object, state } = event {
            self.built(store, source, object, state);
        }
        self.observer.event(store, source, offset, event);
    }

    fn attached(&mut self, _: &Store, source: &[u8], offset: usize, _: Id) -> Attached {
        match self.wrapper.take() {
            None => Attached::Nothing,
            Some(Attached::Bytes { padding: 1, length }) => {
                // A byte says how many more stand before the data, so that it is aligned.
                let more = source.get(offset).copied().unwrap_or(0);
                Attached::Bytes { padding: 1 + usize::from(more), length }
            }
            Some(attached) => attached,
        }
    }
}

/// Looks into a store while it is being filled.
struct Reader<'s> {
    store: &'s Store,
    source: &'s [u8],
}

impl<'s> Reader<'s> {
    fn peek(&self, id: Id) -> Peek<'s> {
        View::new(self.store, self.source).peek(id)
    }

    fn text(&self, id: Id) -> Option<&'s [u8]> {
        match self.peek(id) {
            Peek::Str(text) | Peek::ByteString(text) => Some(text),
            _ => None,
        }
    }

    /// The names of an instance's class.
    fn class(&self, object: Id) -> Option<(&'s [u8], &'s [u8])> {
        let view = View::new(self.store, self.source);
        view.global(view.class(object)?).map(|[module, name]| (module, name))
    }

    /// The value of a key; the last one, as in Python.
    fn item(&self, dict: Id, key: &[u8]) -> Option<Id> {
        let Peek::Dict(items) = self.peek(dict) else { return None };
        let mut pairs = items.chunks_exact(2).rev();
        pairs.find(|pair| self.text(pair[0]) == Some(key)).map(|pair| pair[1])
    }

    fn size(&self, id: Id) -> Option<usize> {
        match self.peek(id) {
            Peek::Int(value) => usize::try_from(value).ok(),
            _ => None,
        }
    }

    /// `dtype('f8')` with, if it has one, a state: `(3, '<', None, None, None, -1, -1, 0)`, which is version, byte order, sub-array,
    /// names, fields, size, alignment, flags.
    fn dtype(&self, object: Id, state: Option<Id>) -> Option<Dtype> {
        const HAS_OBJECTS: i64 = 1;
        if self.class(object) != Some((b"numpy", b"dtype")) {
            return None;
        }
        let (args, _) = View::new(self.store, self.source).arguments(object)?;
        let name = str::from_utf8(self.text(*args.first()?)?).ok()?.trim_start_matches(['<', '>', '|', '=']);
        let state = match state.map(|state| self.peek(state)) {
            None => &[],
            Some(Peek::Tuple(state)) => state,
            Some(_) => return None,
        };
        let flags = state.get(7).map(|&flags| self.peek(flags));
        let has_objects =
            name.starts_with('O') || matches!(flags, Some(Peek::Int(flags)) if flags & HAS_OBJECTS != 0);
        // Types of one size do not state it, but have it in their name: in bytes, or in characters of four bytes.
        let size = match state.get(5).and_then(|&size| self.size(size)) {
            Some(size) => size,
            None => {
                let size: usize = name.get(1..)?.parse().ok()?;
                if name.starts_with('U') { size.saturating_mul(4) } else { size }
            }
        };
        Some(Dtype { size, has_objects })
    }
}
