//! time: `Date`, `Time`, `PlainDateTime`, `OffsetDateTime`, `UtcOffset`, `SignedDuration`.

use time::{Month, OffsetDateTime, PlainDateTime, SignedDuration, UtcOffset};

use super::moments::{delta, fixed, microseconds, offset_seconds};
use crate::Unfit;
use crate::stdlib::{Clock, Date, DateTime, Moment, Time, TimeDelta, TimeZone};

/// # Errors
///
/// [`Unfit::Range`], if there is no such day.
impl TryFrom<Date> for time::Date {
    type Error = Unfit;

    fn try_from(date: Date) -> Result<Self, Unfit> {
        let month = Month::try_from(date.month).map_err(|_| Unfit::Range)?;
        Self::from_calendar_date(date.year.into(), month, date.day).map_err(|_| Unfit::Range)
    }
}

/// # Errors
///
/// [`Unfit::Range`], before the year 1 and after 9999.
impl TryFrom<time::Date> for Date {
    type Error = Unfit;

    fn try_from(date: time::Date) -> Result<Self, Unfit> {
        let year = u16::try_from(date.year()).map_err(|_| Unfit::Range)?;
        Self::new(year, date.month().into(), date.day()).ok_or(Unfit::Range)
    }
}

/// Without `fold`, which that time does not know.
///
/// # Errors
///
/// [`Unfit::Range`], if there is no such time.
impl TryFrom<Clock> for time::Time {
    type Error = Unfit;

    fn try_from(clock: Clock) -> Result<Self, Unfit> {
        Self::from_hms_micro(clock.hour, clock.minute, clock.second, clock.microsecond)
            .map_err(|_| Unfit::Range)
    }
}

/// # Errors
///
/// [`Unfit::Precision`], if it has nanoseconds.
impl TryFrom<time::Time> for Clock {
    type Error = Unfit;

    fn try_from(time: time::Time) -> Result<Self, Unfit> {
        let (hour, minute, second, nanosecond) = time.as_hms_nano();
        Self::new(hour, minute, second, microseconds(nanosecond)?, false).ok_or(Unfit::Range)
    }
}

/// Without `fold`, which that time does not know.
///
/// # Errors
///
/// [`Unfit::Zone`], if it has a time zone.
impl<S> TryFrom<&Time<'_, S>> for time::Time {
    type Error = Unfit;

    fn try_from(time: &Time<'_, S>) -> Result<Self, Unfit> {
        if time.tz.is_some() { Err(Unfit::Zone) } else { time.clock.try_into() }
    }
}

fn plain(date: Date, clock: Clock) -> Result<PlainDateTime, Unfit> {
    Ok(PlainDateTime::new(date.try_into()?, clock.try_into()?))
}

/// Without `fold`, which that time does not know.
///
/// # Errors
///
/// [`Unfit::Zone`], if it has a time zone.
impl<S> TryFrom<&DateTime<'_, S>> for PlainDateTime {
    type Error = Unfit;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, Unfit> {
        if datetime.tz.is_some() { Err(Unfit::Zone) } else { plain(datetime.date, datetime.clock) }
    }
}

/// Of a zone of the IANA database, jiff's `ZonedDateTime` knows the offset.
///
/// # Errors
///
/// [`Unfit::NoZone`] without a time zone, and what keeps that from being an offset.
impl<S: AsRef<[u8]>> TryFrom<&DateTime<'_, S>> for OffsetDateTime {
    type Error = Unfit;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, Unfit> {
        let offset = UtcOffset::try_from(datetime.zone_or_unfit()?)?;
        Ok(plain(datetime.date, datetime.clock)?.assume_offset(offset))
    }
}

/// # Errors
///
/// As those of the day and the time.
impl TryFrom<&PlainDateTime> for Moment<'_> {
    type Error = Unfit;

    fn try_from(datetime: &PlainDateTime) -> Result<Self, Unfit> {
        Ok(Self { date: datetime.date().try_into()?, clock: datetime.time().try_into()?, zone: None })
    }
}

/// With its offset from UTC.
///
/// # Errors
///
/// As those of the day and the time, and [`Unfit::Range`], if the offset is a day or more.
impl TryFrom<&OffsetDateTime> for Moment<'_> {
    type Error = Unfit;

    fn try_from(datetime: &OffsetDateTime) -> Result<Self, Unfit> {
        let zone = Some(fixed(datetime.offset().whole_seconds())?);
        Ok(Self { date: datetime.date().try_into()?, clock: datetime.time().try_into()?, zone })
    }
}

/// # Errors
///
/// [`Unfit::UnknownOffset`], if the pickle does not tell it; [`Unfit::Precision`], if it has parts of a second.
impl TryFrom<TimeZone<'_>> for UtcOffset {
    type Error = Unfit;

    fn try_from(zone: TimeZone<'_>) -> Result<Self, Unfit> {
        let offset = zone.offset().ok_or(Unfit::UnknownOffset)?;
        Self::from_whole_seconds(offset_seconds(offset)?).map_err(|_| Unfit::Range)
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
/// [`Unfit::Precision`], if it has nanoseconds; [`Unfit::Range`], from 10⁹ days.
impl TryFrom<SignedDuration> for TimeDelta {
    type Error = Unfit;

    fn try_from(duration: SignedDuration) -> Result<Self, Unfit> {
        delta(duration.whole_nanoseconds())
    }
}
