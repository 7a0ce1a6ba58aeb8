//! chrono: `NaiveDate`, `NaiveTime`, `NaiveDateTime`, `DateTime<FixedOffset>`, `FixedOffset`, `TimeDelta`.

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, Timelike};

use super::moments::{delta, fixed, microseconds, offset_seconds};
use crate::ConversionError;
use crate::stdlib::{Date, DateTime, DateTimeParts, Time, TimeDelta, TimeOfDay, TimeZone};

/// # Errors
///
/// [`ConversionError::Range`], if there is no such day.
impl TryFrom<Date> for NaiveDate {
    type Error = ConversionError;

    fn try_from(date: Date) -> Result<Self, ConversionError> {
        Self::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).ok_or(ConversionError::Range)
    }
}

/// # Errors
///
/// [`ConversionError::Range`], before the year 1 and after 9999.
impl TryFrom<NaiveDate> for Date {
    type Error = ConversionError;

    fn try_from(date: NaiveDate) -> Result<Self, ConversionError> {
        let year = u16::try_from(date.year()).ok();
        let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).ok());
        year.zip(month)
            .zip(day)
            .and_then(|((year, month), day)| Self::new(year, month, day))
            .ok_or(ConversionError::Range)
    }
}

/// Without `fold`, which a naive time does not know.
///
/// # Errors
///
/// [`ConversionError::Range`], if there is no such time.
impl TryFrom<TimeOfDay> for NaiveTime {
    type Error = ConversionError;

    fn try_from(clock: TimeOfDay) -> Result<Self, ConversionError> {
        let [hour, minute, second] = [clock.hour, clock.minute, clock.second].map(u32::from);
        Self::from_hms_micro_opt(hour, minute, second, clock.microsecond).ok_or(ConversionError::Range)
    }
}

/// # Errors
///
/// [`ConversionError::Precision`], if it has nanoseconds; [`ConversionError::Range`], in a leap second.
impl TryFrom<NaiveTime> for TimeOfDay {
    type Error = ConversionError;

    fn try_from(time: NaiveTime) -> Result<Self, ConversionError> {
        let [hour, minute, second] =
            [time.hour(), time.minute(), time.second()].map(|part| u8::try_from(part).ok());
        let microsecond = microseconds(time.nanosecond())?;
        hour.zip(minute)
            .zip(second)
            .and_then(|((hour, minute), second)| Self::new(hour, minute, second, microsecond, false))
            .ok_or(ConversionError::Range)
    }
}

/// Without `fold`, which a naive time does not know.
///
/// # Errors
///
/// [`ConversionError::Zone`], if it has a time zone.
impl<S> TryFrom<&Time<'_, S>> for NaiveTime {
    type Error = ConversionError;

    fn try_from(time: &Time<'_, S>) -> Result<Self, ConversionError> {
        if time.tz.is_some() { Err(ConversionError::Zone) } else { time.clock.try_into() }
    }
}

fn naive(date: Date, clock: TimeOfDay) -> Result<NaiveDateTime, ConversionError> {
    Ok(NaiveDateTime::new(date.try_into()?, clock.try_into()?))
}

/// Without `fold`, which a naive time does not know.
///
/// # Errors
///
/// [`ConversionError::Zone`], if it has a time zone.
impl<S> TryFrom<&DateTime<'_, S>> for NaiveDateTime {
    type Error = ConversionError;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, ConversionError> {
        if datetime.tz.is_some() { Err(ConversionError::Zone) } else { naive(datetime.date, datetime.clock) }
    }
}

/// Of a zone of the IANA database, jiff's `ZonedDateTime` knows the offset.
///
/// ```
/// use chrono::{DateTime, FixedOffset};
/// use halfsour_classes::{Known, recognise};
///
/// // datetime(2024, 2, 29, 12, 30, tzinfo=timezone.utc)
/// let graph = halfsour_vm::from_slice(
///     b"\x80\x03cdatetime\ndatetime\nC\x0a\x07\xe8\x02\x1d\x0c\x1e\x00\x00\x00\x00\
///       cdatetime\ntimezone\ncdatetime\ntimedelta\nK\x00K\x00K\x00\x87R\x85R\x86R.",
/// )?;
/// let Some(Known::DateTime(datetime)) = recognise(graph.root()) else { panic!() };
/// assert_eq!(DateTime::<FixedOffset>::try_from(&datetime)?.to_rfc3339(), "2024-02-29T12:30:00+00:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`ConversionError::NoZone`] without a time zone, and what keeps that from being an offset.
impl<S: AsRef<[u8]>> TryFrom<&DateTime<'_, S>> for chrono::DateTime<FixedOffset> {
    type Error = ConversionError;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, ConversionError> {
        let offset = FixedOffset::try_from(datetime.zone_or_unfit()?)?;
        let local = naive(datetime.date, datetime.clock)?;
        local.and_local_timezone(offset).single().ok_or(ConversionError::Range)
    }
}

/// # Errors
///
/// As those of the day and the time.
impl TryFrom<&NaiveDateTime> for DateTimeParts<'_> {
    type Error = ConversionError;

    fn try_from(datetime: &NaiveDateTime) -> Result<Self, ConversionError> {
        Ok(Self { date: datetime.date().try_into()?, clock: datetime.time().try_into()?, zone: None })
    }
}

/// With its offset from UTC.
///
/// # Errors
///
/// As those of the day and the time.
impl<Tz: chrono::TimeZone> TryFrom<&chrono::DateTime<Tz>> for DateTimeParts<'_> {
    type Error = ConversionError;

    fn try_from(datetime: &chrono::DateTime<Tz>) -> Result<Self, ConversionError> {
        let offset = datetime.offset().fix().local_minus_utc();
        Ok(Self { zone: Some(fixed(offset)?), ..Self::try_from(&datetime.naive_local())? })
    }
}

/// # Errors
///
/// [`ConversionError::UnknownOffset`], if the pickle does not tell it; [`ConversionError::Precision`], if it has parts of a second.
impl TryFrom<TimeZone<'_>> for FixedOffset {
    type Error = ConversionError;

    fn try_from(zone: TimeZone<'_>) -> Result<Self, ConversionError> {
        let offset = zone.offset().ok_or(ConversionError::UnknownOffset)?;
        Self::east_opt(offset_seconds(offset)?).ok_or(ConversionError::Range)
    }
}

impl From<TimeDelta> for chrono::TimeDelta {
    fn from(delta: TimeDelta) -> Self {
        // No sum of these is out of its range, which is that of 64 bits of milliseconds.
        Self::days(delta.days.into())
            + Self::seconds(delta.seconds.into())
            + Self::microseconds(delta.microseconds.into())
    }
}

/// # Errors
///
/// [`ConversionError::Precision`], if it has nanoseconds; [`ConversionError::Range`], from 10⁹ days.
impl TryFrom<chrono::TimeDelta> for TimeDelta {
    type Error = ConversionError;

    fn try_from(duration: chrono::TimeDelta) -> Result<Self, ConversionError> {
        delta(i128::from(duration.num_seconds()) * 1_000_000_000 + i128::from(duration.subsec_nanos()))
    }
}
