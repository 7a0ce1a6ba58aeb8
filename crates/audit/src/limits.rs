//! [`Limits`]: the costs that an audit may have.

use serde::{Deserialize, Serialize};

/// The limits of an audit: what it may cost, and from which size on data is a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Limits {
    /// The number of levels of pickles within bytes that are read.
    pub nested: usize,
    /// The number of findings of one kind that are listed: `same` in TOML.
    #[serde(rename = "same")]
    pub per_kind: u64,
    /// The number of findings, and of names, that are listed in all: `listed` in TOML.
    #[serde(rename = "listed")]
    pub total: usize,
    /// The number of items that data may unfold into, if that is more than a hundred times the number of its objects. Calls and states may
    /// copy eight bytes for each of them, and 200 for each byte of the pickle.
    pub expansion: u64,
    /// The number of keys of one dict or set that may have the same hash.
    pub equal_hashes: usize,
    /// The number of containers that may lie in each other.
    pub nesting: usize,
    /// The number of digits that an integer in text may have.
    pub int_digits: usize,
}

impl Limits {
    pub(crate) const DEFAULT: Self = Self {
        nested: 8,
        per_kind: 5,
        total: 10_000,
        expansion: 10_000_000,
        equal_hashes: 1000,
        nesting: 1000,
        int_digits: 100_000,
    };

    /// Sets [`nested`](Self::nested).
    #[must_use]
    pub const fn with_nested(self, nested: usize) -> Self {
        Self { nested, ..self }
    }

    /// Sets [`per_kind`](Self::per_kind).
    #[must_use]
    pub const fn with_per_kind(self, per_kind: u64) -> Self {
        Self { per_kind, ..self }
    }

    /// Sets [`total`](Self::total).
    #[must_use]
    pub const fn with_total(self, total: usize) -> Self {
        Self { total, ..self }
    }

    /// Sets [`expansion`](Self::expansion).
    #[must_use]
    pub const fn with_expansion(self, expansion: u64) -> Self {
        Self { expansion, ..self }
    }

    /// Sets [`equal_hashes`](Self::equal_hashes).
    #[must_use]
    pub const fn with_equal_hashes(self, equal_hashes: usize) -> Self {
        Self { equal_hashes, ..self }
    }

    /// Sets [`nesting`](Self::nesting).
    #[must_use]
    pub const fn with_nesting(self, nesting: usize) -> Self {
        Self { nesting, ..self }
    }

    /// Sets [`int_digits`](Self::int_digits).
    #[must_use]
    pub const fn with_int_digits(self, int_digits: usize) -> Self {
        Self { int_digits, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
