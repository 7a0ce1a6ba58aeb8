//! The reasons for which JSON is refused.

use std::{fmt, io};

use halfsour_value::StepError;

use crate::events::SyntaxError;

/// Why JSON is not a document that a pickle can be made of.
pub struct ParseError(Reason);

enum Reason {
    Json(SyntaxError),
    Form(String),
    Io(io::Error),
}

impl From<SyntaxError> for ParseError {
    fn from(error: SyntaxError) -> Self {
        Self(Reason::Json(error))
    }
}

impl From<io::Error> for ParseError {
    fn from(error: io::Error) -> Self {
        Self(Reason::Io(error))
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Json(error) => error.fmt(f),
            Reason::Form(message) => f.write_str(message),
            Reason::Io(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ParseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Io(error) => Some(error),
            Reason::Json(_) | Reason::Form(_) => None,
        }
    }
}

pub(crate) fn form(message: impl Into<String>) -> ParseError {
    ParseError(Reason::Form(message.into()))
}

pub(super) fn refused(refusal: StepError) -> ParseError {
    form(match refusal {
        StepError::Unhashable => "a key or member is of a kind that cannot be hashed",
        _ => "this cannot be done to an object of this kind",
    })
}

pub(super) fn missing(member: &str) -> ParseError {
    form(format!("{member} is missing"))
}
