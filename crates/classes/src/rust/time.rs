//! time: `Date`, `Time`, `PlainDateTime`, `OffsetDateTime`, `UtcOffset`, `SignedDuration`.

use time::{Month, OffsetDateTime, PlainDateTime, SignedDuration, UtcOffset};

use super::moments::{delta, fixed, microseconds, offset_seconds};
use crate::ConversionError;
use crate::stdlib::{Date, DateTime, DateTimeParts, Time, TimeDelta, TimeOfDay, TimeZone};

/// # Errors
///
/// [`ConversionError::Range`], if there is no such day.
impl TryFrom<Date> for time::Date {
    type Error = ConversionError;

    fn try_from(date: Date) -> Result<Self, ConversionError> {
        let month = Month::try_from(date.month).map_err(|_| ConversionError::Range)?;
        Self::from_calendar_date(date.year.into(), month, date.day).map_err(|_| ConversionError::Range)
    }
}

/// # Errors
///
/// [`ConversionError::Range`], before the year 1 and after 9999.
impl TryFrom<time::Date> for Date {
    type Error = ConversionError;

    fn try_from(date: time::Date) -> Result<Self, ConversionError> {
        let year = u16::try_from(date.year()).map_err(|_| ConversionError::Range)?;
        Self::new(year, date.month().into(), date.day()).ok_or(ConversionError::Range)
    }
}

/// Without `fold`, which that time does not know.
///
/// # Errors
///
/// [`ConversionError::Range`], if there is no such time.
impl TryFrom<TimeOfDay> for time::Time {
    type Error = ConversionError;

    fn try_from(clock: TimeOfDay) -> Result<Self, ConversionError> {
        Self::from_hms_micro(clock.hour, clock.minute, clock.second, clock.microsecond)
            .map_err(|_| ConversionError::Range)
    }
}

/// # Errors
///
/// [`ConversionError::Precision`], if it has nanoseconds.
impl TryFrom<time::Time> for TimeOfDay {
    type Error = ConversionError;

    fn try_from(time: time::Time) -> Result<Self, ConversionError> {
        let (hour, minute, second, nanosecond) = time.as_hms_nano();
        Self::new(hour, minute, second, microseconds(nanosecond)?, false).ok_or(ConversionError::Range)
    }
}

/// Without `fold`, which that time does not know.
///
/// # Errors
///
/// [`ConversionError::Zone`], if it has a time zone.
impl<S> TryFrom<&Time<'_, S>> for time::Time {
    type Error = ConversionError;

    fn try_from(time: &Time<'_, S>) -> Result<Self, ConversionError> {
        if time.tz.is_some() { Err(ConversionError::Zone) } else { time.clock.try_into() }
    }
}

fn plain(date: Date, clock: TimeOfDay) -> Result<PlainDateTime, ConversionError> {
    Ok(PlainDateTime::new(date.try_into()?, clock.try_into()?))
}

/// Without `fold`, which that time does not know.
///
/// # Errors
///
/// [`ConversionError::Zone`], if it has a time zone.
impl<S> TryFrom<&DateTime<'_, S>> for PlainDateTime {
    type Error = ConversionError;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, ConversionError> {
        if datetime.tz.is_some() { Err(ConversionError::Zone) } else { plain(datetime.date, datetime.clock) }
    }
}

/// Of a zone of the IANA database, jiff's `ZonedDateTime` knows the offset.
///
/// # Errors
///
/// [`ConversionError::NoZone`] without a time zone, and what keeps that from being an offset.
impl<S: AsRef<[u8]>> TryFrom<&DateTime<'_, S>> for OffsetDateTime {
    type Error = ConversionError;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, ConversionError> {
        let offset = UtcOffset::try_from(datetime.zone_or_unfit()?)?;
        Ok(plain(datetime.date, datetime.clock)?.assume_offset(offset))
    }
}

/// # Errors
///
/// As those of the day and the time.
impl TryFrom<&PlainDateTime> for DateTimeParts<'_> {
    type Error = ConversionError;

    fn try_from(datetime: &PlainDateTime) -> Result<Self, ConversionError> {
        Ok(Self { date: datetime.date().try_into()?, clock: datetime.time().try_into()?, zone: None })
    }
}

/// With its offset from UTC.
///
/// # Errors
///
/// As those of the day and the time, and [`ConversionError::Range`], if the offset is a day or more.
impl TryFrom<&OffsetDateTime> for DateTimeParts<'_> {
    type Error = ConversionError;

    fn try_from(datetime: &OffsetDateTime) -> Result<Self, ConversionError> {
        let zone = Some(fixed(datetime.offset().whole_seconds())?);
        Ok(Self { date: datetime.date().try_into()?, clock: datetime.time().try_into()?, zone })
    }
}

/// # Errors
///
/// [`ConversionError::UnknownOffset`], if the pickle does not tell it; [`ConversionError::Precision`], if it has parts of a second.
impl TryFrom<TimeZone<'_>> for UtcOffset {
    type Error = ConversionError;

    fn try_from(zone: TimeZone<'_>) -> Result<Self, ConversionError> {
        let offset = zone.offset().ok_or(ConversionError::UnknownOffset)?;
        Self::from_whole_seconds(offset_seconds(offset)?).map_err(|_| ConversionError::Range)
    }
}

impl From<TimeDelta> for SignedDuration {
    fn from(delta: TimeDelta) -> Self {
        let (seconds, microseconds) = delta.as_seconds();
        Self::seconds(seconds) + Self::microseconds(microseconds.into())
    }
}

/// # Errors
///
/// [`ConversionError::Precision`], if it has nanoseconds; [`ConversionError::Range`], from 10⁹ days.
impl TryFrom<SignedDuration> for TimeDelta {
    type Error = ConversionError;

    fn try_from(duration: SignedDuration) -> Result<Self, ConversionError> {
        delta(duration.whole_nanoseconds())
    }
}
