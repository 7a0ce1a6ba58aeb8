//! [`Style`] and [`Limits`]: options of writing.

/// The form to write, its layout, and its limits.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub(crate) lossless: bool,
    pub(crate) pretty: bool,
    pub(crate) limits: Limits,
}

impl Style {
    /// The plain form, which a person expects, on one line.
    pub fn plain() -> Self {
        Self { lossless: false, pretty: false, limits: Limits::default() }
    }

    /// [The lossless form](crate::lossless_form), on one line.
    pub fn lossless() -> Self {
        Self { lossless: true, ..Self::plain() }
    }

    /// On many lines, indented by two blanks for each level (of which at most 64 are shown).
    #[must_use]
    pub fn pretty(self) -> Self {
        Self { pretty: true, ..self }
    }

    /// Sets the limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}

/// The limits of the JSON that is written.
///
/// Data that is not shared never exceeds the limits of values and bytes, however much it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The depth to which arrays and objects may nest. The default is no limit; many readers of JSON have one.
    pub depth: usize,
    /// The number of values that may be written beyond those that the graph holds: in the plain form, a shared object is written
    /// each time it occurs. The default is ten million.
    pub values: usize,
    /// The number of bytes that may be written beyond eight for each byte of the source. The default is 256 MiB.
    pub bytes: usize,
}

impl Limits {
    /// For graphs from strangers: the default.
    pub const UNTRUSTED: Self = Self { depth: usize::MAX, values: 10_000_000, bytes: 256 << 20 };

    /// No limits.
    pub const TRUSTED: Self = Self { depth: usize::MAX, values: usize::MAX, bytes: usize::MAX };

    /// Sets [`depth`](Self::depth).
    #[must_use]
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
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

    /// Returns the bytes that may be written of a source of this size.
    pub const fn room(self, size: usize) -> usize {
        self.bytes.saturating_add(size.saturating_mul(8))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::UNTRUSTED
    }
}
