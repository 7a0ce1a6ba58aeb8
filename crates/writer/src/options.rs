//! The options of writing.

use bytes::Bytes;
use halfsour_value::Graph;

/// The choice of objects that get a slot in the memo, from which the pickle fetches an object that occurs again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MemoPolicy {
    /// All objects, as CPython does.
    #[default]
    All,
    /// Only objects that occur again, as after `pickletools.optimize`. The graph is written twice.
    Shared,
    /// The objects that had a slot in the stream that the graph was read from, in the same slots, and objects that the
    /// stream shared without a slot.
    ///
    /// This policy writes the bytes that were read: it also keeps the lines of protocol 0, the small frames of CPython 3.6
    /// and the batches of Python 2's cPickle. The graph must have been read with its memo recorded; otherwise this policy
    /// is [`All`](Self::All).
    AsRead,
}

/// The options of writing a pickle: the arguments of Python's `pickle.dump`, and more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The protocol, 0 to 5. The default is 4, as in Python 3.8 to 3.13.
    pub protocol: u8,
    /// Whether protocols below 3 write Python 2's names for modules and globals that Python 3 renamed. The default is true,
    /// as in Python.
    pub fix_imports: bool,
    /// The objects that are put into the memo. The default is all.
    pub memo: MemoPolicy,
    /// Whether protocols 4 and 5 are framed. The default is true, as in Python.
    pub framing: bool,
    /// Whether each slot of the memo has its number, as below protocol 4. From that on, Python counts the slots that are set, so that
    /// the pickle is another one to an `Unpickler` that has loaded others before, and keeps their memo. The default is false.
    pub numbered_slots: bool,
    /// The limits on the pickle's size.
    pub limits: Limits,
}

/// The limit on the size of a pickle.
///
/// Objects that occur again are usually fetched from the memo. But CPython's pickler, and so this one, writes some of them
/// each time: ints of any length; below protocol 4, the module of each global; and the members of a tuple that lead back to
/// the tuple. So a small graph can stand for a huge pickle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The number of bytes that may be written in addition to eight for each byte of the graph, its source and its buffers.
    /// A graph without shared objects never exceeds the limit, however large it is.
    pub bytes: usize,
}

impl Limits {
    /// The limit for graphs from untrusted sources, which is the default: 256 MiB.
    pub const UNTRUSTED: Self = Self { bytes: 256 << 20 };

    /// No limit.
    pub const TRUSTED: Self = Self { bytes: usize::MAX };

    /// Sets [`bytes`](Self::bytes).
    #[must_use]
    pub const fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// Returns the bytes that may be written of data that takes so many.
    pub const fn room(self, size: usize) -> usize {
        self.bytes.saturating_add(size.saturating_mul(8))
    }

    /// Returns the greatest length of a pickle of this graph, in bytes.
    pub(crate) fn length<S: AsRef<[u8]>>(self, graph: &Graph<S>) -> usize {
        let buffers: usize = graph.buffers().iter().map(Bytes::len).sum();
        self.room(graph.source().as_ref().len() + graph.bytes_held() + buffers)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::UNTRUSTED
    }
}

impl Options {
    /// Sets the protocol, 0 to 5.
    #[must_use]
    pub const fn with_protocol(self, protocol: u8) -> Self {
        Self { protocol, ..self }
    }

    /// Sets whether protocols below 3 write Python 2's names.
    #[must_use]
    pub const fn with_fix_imports(self, fix_imports: bool) -> Self {
        Self { fix_imports, ..self }
    }

    /// Sets the objects that are put into the memo.
    #[must_use]
    pub const fn with_memo(self, memo: MemoPolicy) -> Self {
        Self { memo, ..self }
    }

    /// Sets whether protocols 4 and 5 are framed.
    #[must_use]
    pub const fn with_framing(self, framing: bool) -> Self {
        Self { framing, ..self }
    }

    /// Sets whether each slot of the memo has its number.
    #[must_use]
    pub const fn with_numbered_slots(self, numbered_slots: bool) -> Self {
        Self { numbered_slots, ..self }
    }

    /// Sets the limits on the pickle's size.
    #[must_use]
    pub const fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            protocol: 4,
            fix_imports: true,
            memo: MemoPolicy::All,
            framing: true,
            numbered_slots: false,
            limits: Limits::default(),
        }
    }
}
