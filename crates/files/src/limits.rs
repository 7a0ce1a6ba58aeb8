//! What taking a file apart may cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ErrorKind;

/// The limits on taking a file apart. Exceeding one is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The number of bytes that everything decompressed may take together.
    pub total: u64,
    /// The number of bytes that each compressed byte may become, beside the first 32 MiB of each layer. All that is in a file may
    /// become twice that together, so that members that lie in each other do not add up.
    pub ratio: u64,
    /// The number of layers, of compression and archives, that may lie in each other.
    pub depth: usize,
    /// The number of bytes that a decompressor's window may take.
    pub window: u64,
}

impl Limits {
    /// For input from strangers: the default.
    pub const UNTRUSTED: Self = Self { total: 1 << 32, ratio: 100, depth: 8, window: 128 << 20 };

    /// For input that is known to be well meant. Only the depth has a limit.
    pub const TRUSTED: Self = Self { total: u64::MAX, ratio: u64::MAX, depth: 64, window: u32::MAX as u64 };
}

impl Limits {
    /// Sets [`total`](Self::total).
    #[must_use]
    pub const fn with_total(self, total: u64) -> Self {
        Self { total, ..self }
    }

    /// Sets [`ratio`](Self::ratio).
    #[must_use]
    pub const fn with_ratio(self, ratio: u64) -> Self {
        Self { ratio, ..self }
    }

    /// Sets [`depth`](Self::depth).
    #[must_use]
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Sets [`window`](Self::window).
    #[must_use]
    pub const fn with_window(self, window: u64) -> Self {
        Self { window, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::UNTRUSTED
    }
}

/// The limits, and what is left of them for a file and all that is in it.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub limits: Limits,
    left: Arc<AtomicU64>,
}

impl Budget {
    /// Of a file of this length.
    pub fn new(limits: Limits, input: usize) -> Self {
        let most = Self::ratio(limits, input).saturating_mul(2);
        Self { limits, left: Arc::new(AtomicU64::new(limits.total.min(most))) }
    }

    /// How many bytes an input of this length may become.
    pub fn allowance(&self, input: usize) -> u64 {
        Self::ratio(self.limits, input)
    }

    fn ratio(limits: Limits, input: usize) -> u64 {
        const FIRST: u64 = 32 << 20;
        (input as u64).saturating_mul(limits.ratio).saturating_add(FIRST)
    }

    /// Takes this many bytes from what is left.
    pub fn spend(&self, bytes: u64) -> Result<(), ErrorKind> {
        let less = |left: u64| left.checked_sub(bytes);
        match self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            Ok(_) => Ok(()),
            Err(_) => Err(ErrorKind::Limit(Limit::Total)),
        }
    }
}

/// The limit that would be exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::total`].
    Total,
    /// [`Limits::ratio`].
    Ratio,
    /// [`Limits::depth`].
    Depth,
}
