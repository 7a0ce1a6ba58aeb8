//! What a stream may cost.

/// What reading a pickle may cost. Exceeding a limit is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many opcodes may be run.
    pub opcodes: u64,
    /// How many objects the stack may hold, marks not counted.
    pub stack: usize,
    /// How many slots of the memo may be set.
    pub memo: usize,
    /// How many bytes the graph may hold.
    pub memory: usize,
    /// How many bytes the graph may hold for each byte of input, beside the first MiB.
    pub memory_per_byte: usize,
    /// How many bytes a pickle may take that arrives in pieces, from a reader or through
    /// [`Incremental`](crate::Incremental). What it declares beyond that is refused before it arrives.
    pub input: usize,
    /// How many digits an integer in text (`INT`, `LONG`) may have.
    pub int_digits: usize,
}

impl Limits {
    /// For input from strangers: the default.
    pub const UNTRUSTED: Self = Self {
        opcodes: u64::MAX,
        stack: usize::MAX,
        memo: usize::MAX,
        memory: usize::MAX,
        memory_per_byte: 64,
        input: usize::MAX,
        int_digits: 100_000,
    };

    /// For input that is known to be well meant: no limits.
    pub const TRUSTED: Self = Self { memory_per_byte: usize::MAX, int_digits: usize::MAX, ..Self::UNTRUSTED };

    /// The budget for an input of this length.
    pub(crate) fn budget(&self, input: usize) -> usize {
        const FIRST: usize = 1 << 20;
        input.saturating_mul(self.memory_per_byte).saturating_add(FIRST).min(self.memory)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::UNTRUSTED
    }
}
