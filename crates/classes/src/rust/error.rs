//! [`ConversionError`]: why a value cannot be converted.

use std::fmt;

/// The reason why an object of Python cannot be a value of a Rust type, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConversionError {
    /// The value is out of the range of the type.
    Range,
    /// The value is finer than the type: it has more digits, nanoseconds, or an offset that is no whole number of seconds.
    Precision,
    /// The value is an infinity or a NaN.
    NotFinite,
    /// The value has a time zone, and the type has none.
    Zone,
    /// The value has no time zone, and the type has one.
    NoZone,
    /// The time zone is of a class, or has a name, that is not known.
    UnknownZone,
    /// The offset from UTC is not in the pickle, which has the name of a zone of the IANA database.
    UnknownOffset,
}

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Range => "the value is out of the range of the type",
            Self::Precision => "the value is finer than the type",
            Self::NotFinite => "the number is not finite",
            Self::Zone => "the value has a time zone, the type has none",
            Self::NoZone => "the type has a time zone, the value has none",
            Self::UnknownZone => "the time zone is not known",
            Self::UnknownOffset => "the pickle does not tell the offset from UTC",
        })
    }
}

impl std::error::Error for ConversionError {}
