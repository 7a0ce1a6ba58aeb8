//! [`PolicyError`].

use std::fmt;

/// The reason that a policy is refused, and the line at fault.
#[derive(Clone, PartialEq, Eq)]
pub struct PolicyError {
    pub(super) line: Option<usize>,
    pub(super) reason: String,
}

impl PolicyError {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { line: None, reason: reason.into() }
    }

    /// The line of the file, counted from 1, where TOML itself is wrong or a key is unknown.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl fmt::Debug for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for PolicyError {}
