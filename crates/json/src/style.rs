//! [`Style`], [`Cycles`] and [`Limits`]: options of writing.

/// The form to write, its layout, and its limits.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub(crate) lossless: bool,
    pub(crate) pretty: bool,
    pub(crate) cycles: Cycles,
    pub(crate) limits: Limits,
}

/// The plain form of an object within itself. The lossless form has numbers for all that is shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cycles {
    /// It is an error: [`ErrorKind::Cycle`](crate::ErrorKind::Cycle).
    #[default]
    Error,
    /// It is `null`.
    Null,
    /// It is `{"$ref": "users[3].boss"}`: an object whose one member is the place of the outer object in the data. The
    /// place is a path as `halfsour get` takes it: `[None]` for the name `null`, `(args)[0]` and `(state)` for what is not named; that
    /// of the whole document is `""`.
    ///
    /// A name of the data that is `$ref`, or that with more `$` before it, is written with one more `$`: `$$ref`. So
    /// whatever is called `$ref` is a reference. Paths have the names of the data.
    Ref,
}

impl Style {
    /// The plain form, which a person expects, on one line.
    pub fn plain() -> Self {
        Self { lossless: false, pretty: false, cycles: Cycles::default(), limits: Limits::default() }
    }

    /// [The lossless form](crate::lossless_form), on one line.
    pub fn lossless() -> Self {
        Self { lossless: true, ..Self::plain() }
    }

    /// Whether it is the lossless form.
    pub fn is_lossless(self) -> bool {
        self.lossless
    }

    /// On many lines, indented by two blanks for each level (of which at most 64 are shown).
    #[must_use]
    pub fn pretty(self) -> Self {
        Self { pretty: true, ..self }
    }

    /// Sets how the plain form shows an object within itself.
    #[must_use]
    pub fn with_cycles(self, cycles: Cycles) -> Self {
        Self { cycles, ..self }
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
