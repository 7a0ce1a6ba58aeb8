//! What a stream may cost.

/// The limits on reading a pickle. Exceeding one is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The number of opcodes that may be run.
    pub opcodes: u64,
    /// The number of objects that the stack may hold, without marks.
    pub stack: usize,
    /// The number of slots of the memo that may be set.
    pub memo: usize,
    /// The number of bytes that the graph may hold.
    pub memory: usize,
    /// The number of bytes that the graph may hold for each byte of input, beside the first MiB.
    pub memory_per_byte: usize,
    /// The number of bytes of a pickle that arrives in pieces, from a reader or through
    /// [`Incremental`](crate::Incremental), and of a message. What it declares beyond that is refused before it arrives.
    ///
    /// By default there is no such limit, since files have any length, and memory is taken for what has arrived, never for what is
    /// declared. A stranger who can send without end can fill memory: for sockets and pipes, set it.
    /// [`MESSAGES`](Self::MESSAGES) has 8 MiB.
    pub input: usize,
    /// The number of digits that an integer in text (`INT`, `LONG`) may have.
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

    /// For messages from strangers, through sockets and pipes: [`UNTRUSTED`](Self::UNTRUSTED), and of up to 8 MiB each.
    pub const MESSAGES: Self = Self { input: 8 << 20, ..Self::UNTRUSTED };

    /// Sets [`opcodes`](Self::opcodes).
    #[must_use]
    pub const fn with_opcodes(self, opcodes: u64) -> Self {
        Self { opcodes, ..self }
    }

    /// Sets [`stack`](Self::stack).
    #[must_use]
    pub const fn with_stack(self, stack: usize) -> Self {
        Self { stack, ..self }
    }

    /// Sets [`memo`](Self::memo).
    #[must_use]
    pub const fn with_memo(self, memo: usize) -> Self {
        Self { memo, ..self }
    }

    /// Sets [`memory`](Self::memory).
    #[must_use]
    pub const fn with_memory(self, memory: usize) -> Self {
        Self { memory, ..self }
    }

    /// Sets [`memory_per_byte`](Self::memory_per_byte).
    #[must_use]
    pub const fn with_memory_per_byte(self, memory_per_byte: usize) -> Self {
        Self { memory_per_byte, ..self }
    }

    /// Sets [`input`](Self::input).
    #[must_use]
    pub const fn with_input(self, input: usize) -> Self {
        Self { input, ..self }
    }

    /// Sets [`int_digits`](Self::int_digits).
    #[must_use]
    pub const fn with_int_digits(self, int_digits: usize) -> Self {
        Self { int_digits, ..self }
    }

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
