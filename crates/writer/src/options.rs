//! How to write.

use bytes::Bytes;
use halfsour_value::Graph;

/// What gets a place in the memo, from which it can be fetched when it occurs again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemoPolicy {
    /// Every object, as CPython does.
    #[default]
    All,
    /// Only objects that occur again: what `pickletools.optimize` leaves. The data is gone through twice.
    Shared,
    /// What the stream had there that the graph was read from, in the same slots, and what it shared without a slot; and, so that what is written is what
    /// was read, the lines of protocol 0, the small frames of CPython 3.6 and the batches of Python 2's cPickle. The
    /// graph must have been read with its memo recorded; otherwise this is [`All`](Self::All).
    AsRead,
}

/// How to write a pickle: what Python's `pickle.dump` takes as arguments, and more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The protocol, 0 to 5. The default is 4, as in Python 3.8 to 3.13.
    pub protocol: u8,
    /// Whether the names of Python 3 are turned into those of Python 2 in protocols below 3. The default is true, as
    /// in Python.
    pub fix_imports: bool,
    /// What is put into the memo.
    pub memo: MemoPolicy,
    /// Whether protocols 4 and 5 are framed. The default is true, as in Python.
    pub framing: bool,
    /// What it may cost.
    pub limits: Limits,
}

/// What a pickle may grow to.
///
/// What occurs again is as a rule fetched from the memo, but CPython's pickler, and so this one, writes some of it each time: ints of
/// any length; below protocol 4, the module of each name; and what a tuple holds that leads back to the tuple.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes may be written beyond eight for each byte that the graph, its source and its buffers have. What is
    /// not shared never exceeds it, however much it is.
    pub bytes: usize,
}

impl Limits {
    /// For graphs from strangers: the default.
    pub const UNTRUSTED: Self = Self { bytes: 256 << 20 };

    /// No limit.
    pub const TRUSTED: Self = Self { bytes: usize::MAX };

    /// How long a pickle of this graph may be.
    pub(crate) fn length<S: AsRef<[u8]>>(self, graph: &Graph<S>) -> usize {
        let buffers: usize = graph.buffers().iter().map(Bytes::len).sum();
        let has = graph.source().as_ref().len() + graph.bytes_held() + buffers;
        self.bytes.saturating_add(has.saturating_mul(8))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::UNTRUSTED
    }
}

impl Options {
    /// The defaults, for a protocol.
    pub fn with_protocol(protocol: u8) -> Self {
        Self { protocol, ..Self::default() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            protocol: 4,
            fix_imports: true,
            memo: MemoPolicy::All,
            framing: true,
            limits: Limits::default(),
        }
    }
}
