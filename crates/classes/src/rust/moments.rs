//! Conversions that jiff, chrono and time share.

use super::ConversionError;
use crate::stdlib::{DateTime, TimeDelta, TimeZone};

impl<'g, S: AsRef<[u8]>> DateTime<'g, S> {
    /// The time zone, or why there is none.
    pub(super) fn zone_or_unfit(&self) -> Result<TimeZone<'g>, ConversionError> {
        self.zone().ok_or(if self.tz.is_some() {
            ConversionError::UnknownZone
        } else {
            ConversionError::NoZone
        })
    }
}

/// An offset from UTC, in seconds.
pub(super) fn offset_seconds(delta: TimeDelta) -> Result<i32, ConversionError> {
    match delta.as_seconds() {
        (seconds, 0) => i32::try_from(seconds).map_err(|_| ConversionError::Range),
        _ => Err(ConversionError::Precision),
    }
}

/// The zone that always has this offset from UTC, in seconds.
pub(super) fn fixed<'a>(offset: i32) -> Result<TimeZone<'a>, ConversionError> {
    // Python allows less than a day.
    let allowed = offset.unsigned_abs() < 86_400;
    let offset = TimeDelta::from_microseconds(i128::from(offset) * 1_000_000).filter(|_| allowed);
    offset.map(|offset| TimeZone::Fixed { offset, name: None }).ok_or(ConversionError::Range)
}

pub(super) fn microseconds(nanoseconds: u32) -> Result<u32, ConversionError> {
    if nanoseconds.is_multiple_of(1000) { Ok(nanoseconds / 1000) } else { Err(ConversionError::Precision) }
}

pub(super) fn delta(nanoseconds: i128) -> Result<TimeDelta, ConversionError> {
    if nanoseconds % 1000 != 0 {
        return Err(ConversionError::Precision);
    }
    TimeDelta::from_microseconds(nanoseconds / 1000).ok_or(ConversionError::Range)
}
