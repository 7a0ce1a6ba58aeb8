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

/// How a file is opened. [`Limits`] alone are options, too.
///
/// ```
/// use halfsour_files::{Limits, Options, Source};
///
/// let options = Options::from(Limits::UNTRUSTED).with_skip(4).with_crlf(true);
/// let source = Source::from_bytes("sent", b"HEADI1\r\n."[..].into(), options)?;
/// assert_eq!(source.bytes()[..], *b"I1\n.");
/// # Ok::<(), halfsour_files::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// What taking the file apart may cost.
    pub limits: Limits,
    /// The number of bytes at the beginning of the file that are left out. Offsets count from behind them.
    pub skip: usize,
    /// Whether CR LF becomes LF, in the file and in all that is in it, where no LF is without a CR: so a file is that was written or
    /// copied as text on Windows.
    pub crlf: bool,
    /// Whether compressed data that is cut off, in the file and in all that is in it, is taken as far as it goes.
    /// [`Source::damage`](crate::Source::damage) and [`Part::damage`](crate::Part::damage) then say so.
    pub salvage: bool,
}

impl Options {
    /// Sets [`skip`](Self::skip).
    #[must_use]
    pub const fn with_skip(self, skip: usize) -> Self {
        Self { skip, ..self }
    }

    /// Sets [`crlf`](Self::crlf).
    #[must_use]
    pub const fn with_crlf(self, crlf: bool) -> Self {
        Self { crlf, ..self }
    }

    /// Sets [`salvage`](Self::salvage).
    #[must_use]
    pub const fn with_salvage(self, salvage: bool) -> Self {
        Self { salvage, ..self }
    }
}

impl From<Limits> for Options {
    fn from(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}

/// The limits, and what is left of them for a file and all that is in it.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub limits: Limits,
    /// See [`Options::crlf`].
    pub crlf: bool,
    /// See [`Options::salvage`].
    pub salvage: bool,
    left: Arc<AtomicU64>,
}

impl Budget {
    /// Of a file of this length.
    pub fn new(options: Options, input: usize) -> Self {
        let Options { limits, crlf, salvage, .. } = options;
        let most = Self::ratio(limits, input).saturating_mul(2);
        Self { limits, crlf, salvage, left: Arc::new(AtomicU64::new(limits.total.min(most))) }
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
