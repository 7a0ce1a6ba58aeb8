//! chrono: `NaiveDate`, `NaiveTime`, `NaiveDateTime`, `DateTime<FixedOffset>`, `FixedOffset`, `TimeDelta`.

use chrono::{Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, Timelike};

use super::moments::{delta, fixed, microseconds, offset_seconds};
use crate::Unfit;
use crate::stdlib::{Clock, Date, DateTime, Moment, Time, TimeDelta, TimeZone};

/// # Errors
///
/// [`Unfit::Range`], if there is no such day.
impl TryFrom<Date> for NaiveDate {
    type Error = Unfit;

    fn try_from(date: Date) -> Result<Self, Unfit> {
        Self::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).ok_or(Unfit::Range)
    }
}

/// # Errors
///
/// [`Unfit::Range`], before the year 1 and after 9999.
impl TryFrom<NaiveDate> for Date {
    type Error = Unfit;

    fn try_from(date: NaiveDate) -> Result<Self, Unfit> {
        let year = u16::try_from(date.year()).ok();
        let [month, day] = [date.month(), date.day()].map(|part| u8::try_from(part).ok());
        year.zip(month)
            .zip(day)
            .and_then(|((year, month), day)| Self::new(year, month, day))
            .ok_or(Unfit::Range)
    }
}

/// Without `fold`, which a naive time does not know.
///
/// # Errors
///
/// [`Unfit::Range`], if there is no such time.
impl TryFrom<Clock> for NaiveTime {
    type Error = Unfit;

    fn try_from(clock: Clock) -> Result<Self, Unfit> {
        let [hour, minute, second] = [clock.hour, clock.minute, clock.second].map(u32::from);
        Self::from_hms_micro_opt(hour, minute, second, clock.microsecond).ok_or(Unfit::Range)
    }
}

/// # Errors
///
/// [`Unfit::Precision`], if it has nanoseconds; [`Unfit::Range`], in a leap second.
impl TryFrom<NaiveTime> for Clock {
    type Error = Unfit;

    fn try_from(time: NaiveTime) -> Result<Self, Unfit> {
        let [hour, minute, second] =
            [time.hour(), time.minute(), time.second()].map(|part| u8::try_from(part).ok());
        let microsecond = microseconds(time.nanosecond())?;
        hour.zip(minute)
            .zip(second)
            .and_then(|((hour, minute), second)| Self::new(hour, minute, second, microsecond, false))
            .ok_or(Unfit::Range)
    }
}

/// Without `fold`, which a naive time does not know.
///
/// # Errors
///
/// [`Unfit::Zone`], if it has a time zone.
impl<S> TryFrom<&Time<'_, S>> for NaiveTime {
    type Error = Unfit;

    fn try_from(time: &Time<'_, S>) -> Result<Self, Unfit> {
        if time.tz.is_some() { Err(Unfit::Zone) } else { time.clock.try_into() }
    }
}

fn naive(date: Date, clock: Clock) -> Result<NaiveDateTime, Unfit> {
    Ok(NaiveDateTime::new(date.try_into()?, clock.try_into()?))
}

/// Without `fold`, which a naive time does not know.
///
/// # Errors
///
/// [`Unfit::Zone`], if it has a time zone.
impl<S> TryFrom<&DateTime<'_, S>> for NaiveDateTime {
    type Error = Unfit;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, Unfit> {
        if datetime.tz.is_some() { Err(Unfit::Zone) } else { naive(datetime.date, datetime.clock) }
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
/// [`Unfit::NoZone`] without a time zone, and what keeps that from being an offset.
impl<S: AsRef<[u8]>> TryFrom<&DateTime<'_, S>> for chrono::DateTime<FixedOffset> {
    type Error = Unfit;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, Unfit> {
        let offset = FixedOffset::try_from(datetime.zone_or_unfit()?)?;
        let local = naive(datetime.date, datetime.clock)?;
        local.and_local_timezone(offset).single().ok_or(Unfit::Range)
    }
}

/// # Errors
///
/// As those of the day and the time.
impl TryFrom<&NaiveDateTime> for Moment<'_> {
    type Error = Unfit;

    fn try_from(datetime: &NaiveDateTime) -> Result<Self, Unfit> {
        Ok(Self { date: datetime.date().try_into()?, clock: datetime.time().try_into()?, zone: None })
    }
}

/// With its offset from UTC.
///
/// # Errors
///
/// As those of the day and the time.
impl<Tz: chrono::TimeZone> TryFrom<&chrono::DateTime<Tz>> for Moment<'_> {
    type Error = Unfit;

    fn try_from(datetime: &chrono::DateTime<Tz>) -> Result<Self, Unfit> {
        let offset = datetime.offset().fix().local_minus_utc();
        Ok(Self { zone: Some(fixed(offset)?), ..Self::try_from(&datetime.naive_local())? })
    }
}

/// # Errors
///
/// [`Unfit::UnknownOffset`], if the pickle does not tell it; [`Unfit::Precision`], if it has parts of a second.
impl TryFrom<TimeZone<'_>> for FixedOffset {
    type Error = Unfit;

    fn try_from(zone: TimeZone<'_>) -> Result<Self, Unfit> {
        let offset = zone.offset().ok_or(Unfit::UnknownOffset)?;
        Self::east_opt(offset_seconds(offset)?).ok_or(Unfit::Range)
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
/// [`Unfit::Precision`], if it has nanoseconds; [`Unfit::Range`], from 10⁹ days.
impl TryFrom<chrono::TimeDelta> for TimeDelta {
    type Error = Unfit;

    fn try_from(duration: chrono::TimeDelta) -> Result<Self, Unfit> {
        delta(i128::from(duration.num_seconds()) * 1_000_000_000 + i128::from(duration.subsec_nanos()))
    }
}
