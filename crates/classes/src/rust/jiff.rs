//! jiff: `civil::Date`, `civil::Time`, `civil::DateTime`, `Timestamp`, `ZonedDateTime`, `SignedDuration`, `tz::TimeZone`.

use jiff::civil;
use jiff::tz::{AmbiguousOffset, Offset};
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use super::moments::{delta, fixed, microseconds, offset_seconds};
use crate::ConversionError;
use crate::stdlib::{Date, DateTime, DateTimeParts, Time, TimeDelta, TimeOfDay, TimeZone};

/// # Errors
///
/// [`ConversionError::Range`], if there is no such day.
impl TryFrom<Date> for civil::Date {
    type Error = ConversionError;

    fn try_from(date: Date) -> Result<Self, ConversionError> {
        let year = i16::try_from(date.year).map_err(|_| ConversionError::Range)?;
        Self::new(year, date.month.cast_signed(), date.day.cast_signed()).map_err(|_| ConversionError::Range)
    }
}

/// # Errors
///
/// [`ConversionError::Range`], before the year 1.
impl TryFrom<civil::Date> for Date {
    type Error = ConversionError;

    fn try_from(date: civil::Date) -> Result<Self, ConversionError> {
        let year = u16::try_from(date.year()).map_err(|_| ConversionError::Range)?;
        Self::new(year, date.month().cast_unsigned(), date.day().cast_unsigned())
            .ok_or(ConversionError::Range)
    }
}

/// Without `fold`, which civil time does not know.
///
/// # Errors
///
/// [`ConversionError::Range`], if there is no such time.
impl TryFrom<TimeOfDay> for civil::Time {
    type Error = ConversionError;

    fn try_from(clock: TimeOfDay) -> Result<Self, ConversionError> {
        let nanosecond =
            clock.microsecond.checked_mul(1000).map(u32::cast_signed).ok_or(ConversionError::Range)?;
        let [hour, minute, second] = [clock.hour, clock.minute, clock.second].map(u8::cast_signed);
        Self::new(hour, minute, second, nanosecond).map_err(|_| ConversionError::Range)
    }
}

/// # Errors
///
/// [`ConversionError::Precision`], if it has nanoseconds.
impl TryFrom<civil::Time> for TimeOfDay {
    type Error = ConversionError;

    fn try_from(time: civil::Time) -> Result<Self, ConversionError> {
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(i8::cast_unsigned);
        let microsecond = microseconds(time.subsec_nanosecond().cast_unsigned())?;
        Self::new(hour, minute, second, microsecond, false).ok_or(ConversionError::Range)
    }
}

/// Without `fold`, which civil time does not know.
///
/// # Errors
///
/// [`ConversionError::Zone`], if it has a time zone.
impl<S> TryFrom<&Time<'_, S>> for civil::Time {
    type Error = ConversionError;

    fn try_from(time: &Time<'_, S>) -> Result<Self, ConversionError> {
        if time.tz.is_some() { Err(ConversionError::Zone) } else { time.clock.try_into() }
    }
}

fn civil(date: Date, clock: TimeOfDay) -> Result<civil::DateTime, ConversionError> {
    Ok(civil::DateTime::from_parts(date.try_into()?, clock.try_into()?))
}

/// Without `fold`, which civil time does not know.
///
/// # Errors
///
/// [`ConversionError::Zone`], if it has a time zone.
impl<S> TryFrom<&DateTime<'_, S>> for civil::DateTime {
    type Error = ConversionError;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, ConversionError> {
        if datetime.tz.is_some() { Err(ConversionError::Zone) } else { civil(datetime.date, datetime.clock) }
    }
}

/// The instant that it is in Python. Where clocks were set forward, so that no clock showed this time, the time reads
/// otherwise; Python has that of [PEP 495](https://peps.python.org/pep-0495/), which `fold` decides.
///
/// ```
/// use halfsour_classes::{Known, recognise};
/// use jiff::ZonedDateTime;
///
/// // datetime(2024, 10, 27, 3, 30, fold=1, tzinfo=ZoneInfo("Europe/Vilnius"))
/// let graph = halfsour_vm::from_slice(
///     b"\x80\x04cdatetime\ndatetime\nC\x0a\x07\xe8\x8a\x1b\x03\x1e\x00\x00\x00\x00\
///       czoneinfo\nZoneInfo._unpickle\n\x8c\x0eEurope/VilniusK\x01\x86R\x86R.",
/// )?;
/// let Some(Known::DateTime(datetime)) = recognise(graph.root()) else { panic!() };
/// let zoned = ZonedDateTime::try_from(&datetime)?;
/// assert_eq!(zoned.to_string(), "2024-10-27T03:30:00+02:00[Europe/Vilnius]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`ConversionError::NoZone`] without a time zone, and what keeps that from being one of jiff's.
impl<S: AsRef<[u8]>> TryFrom<&DateTime<'_, S>> for ZonedDateTime {
    type Error = ConversionError;

    fn try_from(datetime: &DateTime<'_, S>) -> Result<Self, ConversionError> {
        let zone = datetime.zone_or_unfit()?;
        let tz = jiff::tz::TimeZone::try_from(zone)?;
        let civil = civil(datetime.date, datetime.clock)?;
        let offset = offset_of(datetime.utcoffset()?)?;
        Ok(Self::new(offset.to_timestamp(civil).map_err(|_| ConversionError::Range)?, tz))
    }
}

impl<S: AsRef<[u8]>> DateTime<'_, S> {
    /// Local time less UTC, as Python's `utcoffset()` has it: from the pickle, or else from the IANA database.
    ///
    /// # Errors
    ///
    /// [`ConversionError::NoZone`] without a time zone, and what keeps that from being one of jiff's.
    pub fn utcoffset(&self) -> Result<TimeDelta, ConversionError> {
        let zone = self.zone_or_unfit()?;
        if let Some(offset) = zone.offset() {
            return Ok(offset);
        }
        let tz = jiff::tz::TimeZone::try_from(zone)?;
        let offset = match tz.to_ambiguous_timestamp(civil(self.date, self.clock)?).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { after, .. } | AmbiguousOffset::Fold { after, .. } if self.clock.fold => {
                after
            }
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        SignedDuration::from_secs(offset.seconds().into()).try_into()
    }
}

/// Of fixed offsets without the name.
///
/// # Errors
///
/// [`ConversionError::UnknownZone`], if the database has none of this name; [`ConversionError::Precision`], if it has a fixed offset with
/// parts of a second; [`ConversionError::UnknownOffset`], if it is a zone of pytz that belongs to no time: that has the offset
/// that was in force first.
impl TryFrom<TimeZone<'_>> for jiff::tz::TimeZone {
    type Error = ConversionError;

    fn try_from(zone: TimeZone<'_>) -> Result<Self, ConversionError> {
        let named = |key| Self::get(key).map_err(|_| ConversionError::UnknownZone);
        match zone {
            TimeZone::Fixed { offset, .. } => Ok(offset_of(offset)?.to_time_zone()),
            TimeZone::Iana { key } => named(key),
            TimeZone::Pytz { key, in_force } => {
                let zone = named(key)?;
                let is_told = in_force.is_some() || zone.to_fixed_offset().is_ok();
                if is_told { Ok(zone) } else { Err(ConversionError::UnknownOffset) }
            }
        }
    }
}

fn offset_of(delta: TimeDelta) -> Result<Offset, ConversionError> {
    Offset::from_seconds(offset_seconds(delta)?).map_err(|_| ConversionError::Range)
}

impl From<TimeDelta> for SignedDuration {
    fn from(delta: TimeDelta) -> Self {
        let (seconds, microseconds) = delta.as_seconds();
        Self::from_secs(seconds) + Self::from_micros(microseconds.into())
    }
}

/// # Errors
///
/// [`ConversionError::Precision`], if it has nanoseconds; [`ConversionError::Range`], from 10⁹ days.
impl TryFrom<SignedDuration> for TimeDelta {
    type Error = ConversionError;

    fn try_from(duration: SignedDuration) -> Result<Self, ConversionError> {
        delta(duration.as_nanos())
    }
}

/// # Errors
///
/// [`ConversionError::Precision`], if it has nanoseconds; [`ConversionError::Range`], before the year 1.
impl TryFrom<&civil::DateTime> for DateTimeParts<'_> {
    type Error = ConversionError;

    fn try_from(datetime: &civil::DateTime) -> Result<Self, ConversionError> {
        Ok(Self { date: datetime.date().try_into()?, clock: datetime.time().try_into()?, zone: None })
    }
}

/// In UTC.
///
/// # Errors
///
/// [`ConversionError::Precision`], if it has nanoseconds; [`ConversionError::Range`], before the year 1.
impl TryFrom<&Timestamp> for DateTimeParts<'_> {
    type Error = ConversionError;

    fn try_from(timestamp: &Timestamp) -> Result<Self, ConversionError> {
        let civil = Offset::UTC.to_datetime(*timestamp);
        Ok(Self { zone: Some(fixed(0)?), ..Self::try_from(&civil)? })
    }
}

/// With the name of the zone in the IANA database, or else with its offset. UTC is an offset of 0, which Python has as
/// `datetime.timezone.utc`.
///
/// ```
/// use halfsour_classes::{ClassBuilder, stdlib::DateTimeParts};
/// use halfsour_value::Builder;
///
/// let mut builder = Builder::new();
/// let zoned: jiff::ZonedDateTime = "2024-10-27T03:30:00+02:00[Europe/Vilnius]".parse()?;
/// let root = ClassBuilder::new(&mut builder).datetime_of(DateTimeParts::try_from(&zoned)?);
/// let pickle = halfsour_writer::to_vec(builder.build(root).root(), &Default::default())?;
/// // Python: datetime(2024, 10, 27, 3, 30, fold=1, tzinfo=ZoneInfo("Europe/Vilnius"))
/// # assert!(pickle.windows(7).any(|part| part == b"Vilnius"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`ConversionError::UnknownZone`], if the zone has neither a name nor a fixed offset; [`ConversionError::Precision`], if it has nanoseconds;
/// [`ConversionError::Range`], before the year 1.
impl<'a> TryFrom<&'a ZonedDateTime> for DateTimeParts<'a> {
    type Error = ConversionError;

    fn try_from(zoned: &'a ZonedDateTime) -> Result<Self, ConversionError> {
        let mut moment = Self::try_from(&zoned.datetime())?;
        let zone = zoned.time_zone();
        moment.zone = Some(match (zone.iana_name(), zone.to_fixed_offset()) {
            (Some("UTC"), _) => fixed(0)?,
            (Some(key), _) => {
                let ambiguous = zone.to_ambiguous_timestamp(zoned.datetime());
                moment.clock.fold = matches!(ambiguous.offset(), AmbiguousOffset::Fold { after, .. } if after == zoned.offset());
                TimeZone::Iana { key }
            }
            (None, Ok(offset)) => fixed(offset.seconds())?,
            (None, Err(_)) => return Err(ConversionError::UnknownZone),
        });
        Ok(moment)
    }
}
