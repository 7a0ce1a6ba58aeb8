//! From bytes to a graph.

use std::io::Read;

use bytes::Bytes;
use halfsour_value::machine::{Provenance, Store};
use halfsour_value::{Graph, Id};

use crate::incremental::Pending;
use crate::machine::{Machine, Position, State};
use crate::{Error, Observer, Options};

/// Loads the pickle with which `input` begins; what follows its STOP is not looked at.
///
/// The graph borrows text and bytes from the input.
///
/// # Errors
///
/// If it is no pickle, or exceeds the default [`Limits`](crate::Limits).
///
/// `from_slice` of `halfsour-serde`, which is `halfsour::from_slice`, returns a Rust type instead of a graph.
pub fn from_slice(input: &[u8]) -> Result<Graph<&[u8]>, Error> {
    Loader::new().load(input)
}

/// Loads the pickle with which `input` begins into a graph that owns its bytes, without copying them.
///
/// # Errors
///
/// As [`from_slice`].
pub fn from_bytes(input: impl Into<Bytes>) -> Result<Graph, Error> {
    Loader::new().load(input.into())
}

/// Loads one pickle from a reader and takes no byte beyond its STOP, or its last frame where that ends later.
///
/// Bytes are asked for in small pieces: wrap files and sockets in a [`BufReader`](std::io::BufReader).
///
/// ```
/// let mut two = &b"K\x01.K\x02."[..];
/// assert_eq!(halfsour_vm::from_reader(&mut two)?.root().as_i64(), Some(1));
/// assert_eq!(halfsour_vm::from_reader(&mut two)?.root().as_i64(), Some(2));
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
///
/// A file may have any length. From a sender who may never end, read with a [`Loader`] whose
/// [`Limits::input`](crate::Limits::input) is set, or through [`Messages`](crate::Messages).
///
/// # Errors
///
/// As [`from_slice`], and if reading fails.
pub fn from_reader(reader: impl Read) -> Result<Graph, Error> {
    Loader::new().load_reader(reader)
}

/// Loads pickles, with options, using its memory again.
///
/// ```
/// use halfsour_vm::{Loader, Options, StringEncoding};
///
/// let options = Options::default().with_encoding(StringEncoding::Latin1);
/// let mut loader = Loader::with_options(options);
/// let graph = loader.load(&b"U\x04caf\xe9."[..])?;
/// assert_eq!(graph.root().as_str(), Some("café"));
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Loader {
    pub(crate) options: Options,
    pub(crate) state: State,
}

impl Loader {
    /// A loader with the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// A loader with options.
    pub fn with_options(options: Options) -> Self {
        Self { options, state: State::default() }
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The options, to be changed for the next load.
    pub fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// Loads the pickle with which `input` begins; [`Graph::end`] tells where it ends.
    ///
    /// `input` may be a `&[u8]`, from which the graph borrows; or `Bytes`, a `Vec<u8>`, a memory map, which it then
    /// owns.
    ///
    /// # Errors
    ///
    /// If it is no pickle, or exceeds the limits.
    pub fn load<S: AsRef<[u8]>>(&mut self, input: S) -> Result<Graph<S>, Error> {
        self.load_at(input, 0)
    }

    /// Loads the pickle that begins at `offset`. Offsets count from the start of `input`.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    ///
    /// # Panics
    ///
    /// If `offset` is beyond the end of `input`.
    pub fn load_at<S: AsRef<[u8]>>(&mut self, input: S, offset: usize) -> Result<Graph<S>, Error> {
        self.load_observed(input, offset, ())
    }

    /// Loads the pickle that begins at `offset`, and tells an observer what it does. With [`Options::keep_memo`], all pickles from the
    /// beginning of `input` on are run, each up to where the next begins; the observer is told of all.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    ///
    /// # Panics
    ///
    /// If `offset` is beyond the end of `input`.
    pub fn load_observed<S: AsRef<[u8]>>(
        &mut self,
        input: S,
        offset: usize,
        mut observer: impl Observer,
    ) -> Result<Graph<S>, Error> {
        let source = input.as_ref();
        let first = if self.options.keep_memo { 0 } else { offset };
        self.start(source.len() - first);
        self.run_up_to(source, first, offset, &mut observer)?;
        // By value: a machine whose observer does nothing is compiled without it.
        let (root, end) = self.run(source, offset, observer)?;
        Ok(self.finish(input, vec![root], offset, end))
    }

    /// Loads all pickles of `input`, with one memo, as one `Unpickler` does that loads several times: a later pickle may
    /// refer to objects of an earlier one. They become one graph, with a root for each.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_all<S: AsRef<[u8]>>(&mut self, input: S) -> Result<Graph<S>, Error> {
        self.load_all_observed(input, ())
    }

    /// As [`load_all`](Self::load_all), and tells an observer what the pickles do.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_all_observed<S: AsRef<[u8]>>(
        &mut self,
        input: S,
        mut observer: impl Observer,
    ) -> Result<Graph<S>, Error> {
        let source = input.as_ref();
        self.start(source.len());
        let mut roots = Vec::new();
        let mut end = 0;
        while roots.is_empty() || end < source.len() {
            let (root, at) = self.run(source, end, &mut observer)?;
            roots.push(root);
            end = at;
        }
        Ok(self.finish(input, roots, 0, end))
    }

    /// Loads one pickle from a reader: see [`from_reader`].
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), and if reading fails.
    pub fn load_reader(&mut self, mut reader: impl Read) -> Result<Graph, Error> {
        let mut input = Vec::new();
        let mut pending = Pending::new(self);
        loop {
            if let Some((root, end)) = pending.advance(self, &input)? {
                return Ok(self.finish(Bytes::from(input), vec![root], 0, end));
            }
            let before = input.len();
            // `take` and the growing of the Vec keep what is allocated near what arrives.
            let got = reader.by_ref().take((pending.wanted(before) - before) as u64).read_to_end(&mut input);
            if got.map_err(|error| Error::io(error, before))? == 0 {
                return self.load(Bytes::from(input));
            }
        }
    }

    /// Takes back a graph that is no longer needed, to build the next one in its memory.
    pub fn recycle<S: AsRef<[u8]>>(&mut self, graph: Graph<S>) {
        self.state.store = graph.into_store();
    }

    /// Runs the pickle at `offset` of a source that is whole; gives the object, and where the pickle ends.
    fn run(&mut self, source: &[u8], offset: usize, observer: impl Observer) -> Result<(Id, usize), Error> {
        self.state.start_pickle();
        let mut position = Position::new(offset, &self.options);
        match Machine::new(&mut self.state, source, &self.options, observer).run(&mut position)? {
            Some(root) => Ok((root, position.offset)),
            None => unreachable!("where a whole ends before STOP, that is an error"),
        }
    }

    /// Runs the pickles from `at` on that begin before `offset`.
    #[inline(never)]
    pub(crate) fn run_up_to(
        &mut self,
        source: &[u8],
        mut at: usize,
        offset: usize,
        observer: &mut impl Observer,
    ) -> Result<(), Error> {
        while at < offset {
            (_, at) = self.run(source, at, &mut *observer)?;
        }
        Ok(())
    }

    pub(crate) fn start(&mut self, length: usize) {
        self.state.store.clear(self.options.limits.budget(length));
        self.state.memo.clear();
        self.state.restart_buffers();
    }

    pub(crate) fn finish<S: AsRef<[u8]>>(
        &mut self,
        input: S,
        roots: Vec<Id>,
        start: usize,
        end: usize,
    ) -> Graph<S> {
        let provenance = Provenance {
            protocol: self.state.protocol,
            start,
            end,
            buffers: self.options.buffers.iter().flatten().map(|buffer| buffer.contents.clone()).collect(),
            memo: self.options.record_memo.then(|| self.state.memo.record()),
        };
        Graph::new(std::mem::replace(&mut self.state.store, Store::new(0)), input, roots, provenance)
    }
}
