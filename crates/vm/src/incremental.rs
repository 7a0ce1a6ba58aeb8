//! Pickles that arrive in pieces.

use bytes::BytesMut;
use halfsour_lexer as lexer;
use halfsour_value::{Graph, Id};

use crate::machine::{Machine, Position};
use crate::{Error, ErrorKind, Limit, Loader, Options};

/// Loads pickles that follow each other in a buffer that somebody else fills: from a socket, a pipe, a decompressor.
///
/// It does no I/O. What has arrived is run at once, so that what is no pickle is refused at its first bad opcode and
/// a pickle is nearly done when its last byte comes.
///
/// ```
/// use bytes::BytesMut;
/// use halfsour_vm::Incremental;
///
/// let mut incremental = Incremental::new();
/// let mut buffer = BytesMut::new();
/// let mut shown = Vec::new();
/// for piece in [&b"]K"[..], b"\x01a.K", b"\x02.", b"](K\x03K"] {
///     buffer.extend_from_slice(piece);
///     while let Some(graph) = incremental.feed(&mut buffer)? {
///         shown.push(graph.root().to_string());
///     }
/// }
/// assert_eq!(shown, ["[1]", "2"]);
/// let error = incremental.finish(&mut buffer).unwrap_err();
/// assert_eq!(error.to_string(), "byte 0x4: BININT1: the input ends inside the argument");
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
///
/// # Limits
///
/// [`Limits::input`](crate::Limits::input) bounds the buffer, if it is fed whenever bytes have arrived. The budget of
/// memory is that of the bytes that have arrived: a stream that needs more for its beginning than for the whole is refused.
#[derive(Debug, Default)]
pub struct Incremental {
    loader: Loader,
    pending: Option<Pending>,
}

impl Incremental {
    /// With the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// With options. Each pickle gets the out-of-band buffers from the first on.
    pub fn with_options(options: Options) -> Self {
        Self { loader: Loader::with_options(options), pending: None }
    }

    /// Runs what was added to `buffer`, which begins with a pickle. When that is complete, it is taken out of the buffer,
    /// without being copied, and becomes the source of its graph; another may follow. `None` says that more has to arrive.
    ///
    /// A pickle whose last frame goes beyond its STOP is complete when the frame is there, as in Python; what follows
    /// STOP stays in the buffer.
    ///
    /// # Errors
    ///
    /// Those of [`Loader::load`], with offsets from the pickle's beginning, and if it takes more than
    /// [`Limits::input`](crate::Limits::input). The pickle stays in the buffer, and would be begun anew.
    ///
    /// # Panics
    ///
    /// If bytes of a pickle that is not complete were taken out of the buffer.
    pub fn feed(&mut self, buffer: &mut BytesMut) -> Result<Option<Graph>, Error> {
        if buffer.is_empty() {
            return Ok(None);
        }
        let mut pending = self.pending.take().unwrap_or_else(|| Pending::new(&mut self.loader));
        match pending.advance(&mut self.loader, buffer)? {
            Some((root, end)) => {
                let source = buffer.split_to(end).freeze();
                Ok(Some(self.loader.finish(source, vec![root], 0, end)))
            }
            None => {
                self.pending = Some(pending);
                Ok(None)
            }
        }
    }

    /// As [`feed`](Self::feed), where nothing more will arrive: `None` says that the buffer is empty.
    ///
    /// # Errors
    ///
    /// As [`feed`](Self::feed), and if the buffer ends within a pickle.
    ///
    /// # Panics
    ///
    /// As [`feed`](Self::feed).
    pub fn finish(&mut self, buffer: &mut BytesMut) -> Result<Option<Graph>, Error> {
        match self.feed(buffer)? {
            None if !buffer.is_empty() => {
                self.pending = None;
                // The error is that of the whole: of its frames, too, that are not there.
                self.loader.load(buffer.split().freeze()).map(Some)
            }
            graph => Ok(graph),
        }
    }

    /// Takes back a graph that is no longer needed, to build the next one in its memory.
    pub fn recycle(&mut self, graph: Graph) {
        // That of a pickle that is being built is not replaced.
        if self.pending.is_none() {
            self.loader.recycle(graph);
        }
    }
}

/// A pickle that has begun to arrive.
#[derive(Debug)]
pub(crate) struct Pending {
    position: Position,
    /// Its object, when STOP was run but not all of its frames is there.
    root: Option<Id>,
    /// At the opcode that is not complete: so that a long line is not searched anew with each piece.
    lexer: lexer::Incremental,
    /// How many bytes must have arrived before anything new can be said.
    needed: usize,
    /// For how many bytes of input the budget is.
    budgeted: usize,
}

impl Pending {
    pub fn new(loader: &mut Loader) -> Self {
        loader.start(0);
        loader.state.start_pickle();
        let position = Position::new(0, &loader.options);
        Self { position, root: None, lexer: lexer::Incremental::new(), needed: 1, budgeted: 0 }
    }

    /// Up to where a reader may be read that has given `arrived` bytes and must keep what follows the pickle. Frames are read
    /// in larger pieces than opcodes.
    pub fn wanted(&self, arrived: usize) -> usize {
        const PIECE: u64 = 1 << 16;
        let of_frames = self.position.frames_end.min((arrived as u64).saturating_add(PIECE));
        self.needed.max(usize::try_from(of_frames).unwrap_or(usize::MAX))
    }

    /// Runs what has arrived. When that is all, gives the object, and where the pickle ends.
    pub fn advance(&mut self, loader: &mut Loader, arrived: &[u8]) -> Result<Option<(Id, usize)>, Error> {
        if arrived.len() < self.needed {
            return Ok(None);
        }
        let limit = loader.options.limits.input;
        // What is beyond the limit is not looked at, so that it does not matter how much arrives at once.
        let source = &arrived[..arrived.len().min(limit)];
        if self.root.is_none() && !self.waits(source) {
            self.spend(loader, source.len());
            let mut machine = Machine::for_partial_input(&mut loader.state, source, &loader.options, ());
            self.root = machine.run(&mut self.position)?;
            if self.root.is_none() {
                self.lexer = lexer::Incremental::new();
                self.waits(source);
            }
        }
        if let Some(root) = self.root {
            self.needed = usize::try_from(self.position.frames_end).unwrap_or(usize::MAX);
            return Ok((arrived.len() >= self.needed).then_some((root, self.position.offset)));
        }
        if self.needed > limit {
            let opcode = source.get(self.position.offset).and_then(|&byte| lexer::Opcode::from_byte(byte));
            return Err(Error::new(ErrorKind::Limit(Limit::Input), self.position.offset, opcode));
        }
        Ok(None)
    }

    /// Whether the next opcode is not complete; notes what it needs.
    fn waits(&mut self, source: &[u8]) -> bool {
        match self.lexer.next(&source[self.position.offset..], false) {
            Ok(lexer::Step::Need(more)) => {
                self.needed = source.len().saturating_add(more.get());
                true
            }
            _ => false,
        }
    }

    /// Lets the budget grow with the input; by steps, so that a store that is as large as it may be does not have to move
    /// for each piece.
    fn spend(&mut self, loader: &mut Loader, arrived: usize) {
        if arrived - self.budgeted > self.budgeted / 8 {
            loader.state.store.set_budget(loader.options.limits.budget(arrived));
            self.budgeted = arrived;
        }
    }
}
