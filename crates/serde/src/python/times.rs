//! Dates, times and durations.

use halfsour_classes::ConversionError;
use halfsour_classes::stdlib::{self, DateTimeParts, TimeOfDay, TimeZone};
use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::native::native;
use super::{ReadAs, WriteAs};
use crate::big_int::Bytes;

native! {
    /// A `datetime.date`, for the dates of jiff, chrono and time, with the feature of `halfsour-classes` of that name.
    ///
    /// Python's years are 1 to 9999.
    Date "date" where [T: Copy + TryInto<stdlib::Date, Error = ConversionError>]
    |date, serializer| {
        #[derive(Serialize)]
        #[serde(rename = "datetime.date")]
        struct Call<'a>(Bytes<'a>);

        let date: stdlib::Date = (*date).try_into().map_err(S::Error::custom)?;
        Call(Bytes(&date.stamp())).serialize(serializer)
    }
}

native! {
    /// A `datetime.time` without a zone, for the times of day of jiff, chrono and time, with the feature of `halfsour-classes` of that name.
    ///
    /// Python has no nanoseconds.
    Time "time" where [T: Copy + TryInto<TimeOfDay, Error = ConversionError>]
    |time, serializer| {
        #[derive(Serialize)]
        #[serde(rename = "datetime.time")]
        struct Call<'a>(Bytes<'a>);

        let clock: TimeOfDay = (*time).try_into().map_err(S::Error::custom)?;
        let day = stdlib::Date::new(1, 1, 1).ok_or(ConversionError::Range).map_err(S::Error::custom)?;
        let stamp = DateTimeParts { date: day, clock, zone: None }.stamp();
        Call(Bytes(&stamp[4..])).serialize(serializer)
    }
}

native! {
    /// A `datetime.datetime`: with a `zoneinfo.ZoneInfo`, with a `datetime.timezone` or without a zone, as the type has it. UTC is
    /// `datetime.timezone.utc`.
    ///
    /// For the types of jiff, chrono and time, with the feature of `halfsour-classes` of that name. Python has the years 1 to 9999, and no
    /// nanoseconds.
    DateTime "datetime" where [for<'p> DateTimeParts<'p>: TryFrom<&'p T, Error = ConversionError>]
    |datetime, serializer| {
        #[derive(Serialize)]
        #[serde(rename = "datetime.datetime")]
        struct Naive<'a>(Bytes<'a>);

        #[derive(Serialize)]
        #[serde(rename = "datetime.datetime")]
        struct Aware<'a>(Bytes<'a>, Zone<'a>);

        let moment = DateTimeParts::try_from(datetime).map_err(S::Error::custom)?;
        match moment.zone {
            None => Naive(Bytes(&moment.stamp())).serialize(serializer),
            Some(zone) => Aware(Bytes(&moment.stamp()), Zone(zone)).serialize(serializer),
        }
    }
}

native! {
    /// A `datetime.timedelta`, for the durations of jiff, chrono and time, with the feature of `halfsour-classes` of that name.
    ///
    /// Python has no nanoseconds, and less than 10⁹ days.
    TimeDelta "timedelta" where [T: Copy + TryInto<stdlib::TimeDelta, Error = ConversionError>]
    |duration, serializer| {
        let delta: stdlib::TimeDelta = (*duration).try_into().map_err(S::Error::custom)?;
        Delta::from(delta).serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename = "datetime.timedelta")]
struct Delta(i32, u32, u32);

impl From<stdlib::TimeDelta> for Delta {
    fn from(delta: stdlib::TimeDelta) -> Self {
        Self(delta.days, delta.seconds, delta.microseconds)
    }
}

struct Zone<'a>(TimeZone<'a>);

impl Serialize for Zone<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "zoneinfo.ZoneInfo")]
        struct Named<'a>(&'a str);

        #[derive(Serialize)]
        #[serde(rename = "datetime.timezone")]
        struct Fixed(Delta);

        match (self.0.key(), self.0.offset()) {
            (Some(key), _) => Named(key).serialize(serializer),
            (None, Some(offset)) => Fixed(offset.into()).serialize(serializer),
            (None, None) => Err(S::Error::custom(ConversionError::UnknownZone)),
        }
    }
}
