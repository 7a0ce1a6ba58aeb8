//! The limits on trees, and why a graph is no tree.

use std::fmt;

use crate::{Graph, Kind};

/// The limits on a tree that is taken from a graph: as a [`Value`](crate::Value), as JSON, as Rust types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeLimits {
    /// The depth to which values may nest. The default is 128, that of `serde_json`: trees are
    /// dropped, printed and compared by recursion.
    pub depth: usize,
    /// The factor by which the tree may be larger than the graph, since shared objects are copied: its values against the
    /// graph's nodes and references, its text and bytes against the source and what was decoded. The default is 20. 100,000 values and 1
    /// MiB are always free.
    pub expansion: usize,
    /// The number of values in all. A shared object counts each time that it occurs. There is no default.
    pub values: usize,
    /// The number of bytes of text and bytes-like objects in all. There is no default.
    pub bytes: usize,
}

impl TreeLimits {
    /// The number of values that a tree may always have, however small its graph is.
    pub const FREE_VALUES: usize = 100_000;

    /// The number of bytes that a tree may always have, however small its graph is.
    pub const FREE_BYTES: usize = 1 << 20;

    /// For graphs from strangers: the default.
    pub const UNTRUSTED: Self = Self { expansion: 20, ..Self::TRUSTED };

    /// No limits but that of depth.
    pub const TRUSTED: Self =
        Self { depth: 128, expansion: usize::MAX, values: usize::MAX, bytes: usize::MAX };

    /// Sets [`depth`](Self::depth).
    #[must_use]
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Sets [`expansion`](Self::expansion).
    #[must_use]
    pub const fn with_expansion(self, expansion: usize) -> Self {
        Self { expansion, ..self }
    }

    /// Sets [`values`](Self::values).
    #[must_use]
    pub const fn with_values(self, values: usize) -> Self {
        Self { values, ..self }
    }

    /// Sets [`bytes`](Self::bytes).
    #[must_use]
    pub const fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// The budget for a tree of this graph: of each two limits the smaller one.
    #[doc(hidden)]
    pub fn budget<S: AsRef<[u8]>>(&self, graph: &Graph<S>) -> Budget {
        let size = graph.store().cells.len() + graph.store().children.len();
        let within = |size: usize, free, most: usize| size.saturating_mul(self.expansion).max(free).min(most);
        Budget {
            depth: self.depth,
            values: within(size, Self::FREE_VALUES, self.values),
            bytes: within(
                graph.view().source().len() + graph.store().pool.len(),
                Self::FREE_BYTES,
                self.bytes,
            ),
        }
    }
}

impl Default for TreeLimits {
    fn default() -> Self {
        Self::UNTRUSTED
    }
}

/// The budget that is left for a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The depth to which values may nest.
    pub depth: usize,
    values: usize,
    bytes: usize,
}

impl Budget {
    /// Spends a value.
    ///
    /// # Errors
    ///
    /// [`TreeError::TooLarge`], if none is left.
    #[inline]
    pub fn value(&mut self) -> Result<(), TreeError> {
        self.values = self.values.checked_sub(1).ok_or(TreeError::TooLarge)?;
        Ok(())
    }

    /// Spends bytes.
    ///
    /// # Errors
    ///
    /// [`TreeError::TooLarge`], if so many are not left.
    #[inline]
    pub fn bytes(&mut self, count: usize) -> Result<(), TreeError> {
        self.bytes = self.bytes.checked_sub(count).ok_or(TreeError::TooLarge)?;
        Ok(())
    }
}

/// What is said of a dict or set of which a tree would lose a part.
pub const SAME_KEYS: &str = "has different objects as keys that are equal as values";

/// Why a graph is not a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TreeError {
    /// An object holds itself; the kind of the object, and its offset in the source.
    Cycle(Kind, Option<usize>),
    /// A dict or set has keys that are different objects to Python and equal as values, such as two instances without attributes, or two
    /// NaNs; the kind of the container, and its offset in the source.
    SameKeys(Kind, Option<usize>),
    /// The data nests deeper than the limit.
    TooDeep,
    /// The tree would have more values or bytes than the limit: most likely, shared data would be copied over and over.
    TooLarge,
    /// The stream gave a state or items to an object that is not an instance here, such as a global or a persistent id; the kind of the
    /// object, and its offset in the source. A graph keeps them: see [`Node::foreign_steps`](crate::Node::foreign_steps). The kind is that of an instance where the
    /// object is the result of a call that is itself a [`Step::Call`](crate::Step::Call).
    Steps(Kind, Option<usize>),
    /// The module or the name of a class or function is not UTF-8 text; its offset in the source.
    Name(Option<usize>),
}

impl TreeError {
    /// Returns the offset in the source of the object that is to blame, if it is known.
    pub fn offset(&self) -> Option<usize> {
        match *self {
            Self::Cycle(_, offset)
            | Self::SameKeys(_, offset)
            | Self::Steps(_, offset)
            | Self::Name(offset) => offset,
            Self::TooDeep | Self::TooLarge => None,
        }
    }

    /// Returns the error without its offset, for messages that begin with one.
    #[doc(hidden)]
    #[must_use]
    pub fn without_offset(self) -> Self {
        match self {
            Self::Cycle(kind, _) => Self::Cycle(kind, None),
            Self::SameKeys(kind, _) => Self::SameKeys(kind, None),
            Self::Steps(kind, _) => Self::Steps(kind, None),
            Self::Name(_) => Self::Name(None),
            Self::TooDeep | Self::TooLarge => self,
        }
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(offset) = self.offset() {
            write!(f, "byte 0x{offset:x}: ")?;
        }
        match self {
            Self::Cycle(kind, _) => write!(f, "the {kind} contains itself"),
            Self::SameKeys(kind, _) => write!(f, "the {kind} {SAME_KEYS}"),
            Self::Steps(kind, _) => {
                write!(f, "a tree cannot hold the state or items that were given to the {kind}")
            }
            Self::Name(_) => f.write_str("a tree cannot hold the name of the global, which is not UTF-8"),
            Self::TooDeep => f.write_str("the data nests deeper than the limit"),
            Self::TooLarge => f.write_str("as a tree, the data is larger than the limit"),
        }
    }
}

impl std::error::Error for TreeError {}
