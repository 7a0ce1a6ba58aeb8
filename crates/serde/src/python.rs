//! Modules for `#[serde(with = "…")]`, which write values as objects of Python's classes.
//!
//! Without them, a date is written as its type serializes itself, which is as text. Reading Python's objects needs no such
//! module.
//!
//! ```
//! # #[cfg(feature = "jiff")] {
//! #[derive(serde::Serialize)]
//! struct Order {
//!     #[serde(with = "halfsour_serde::python::datetime")]
//!     due: jiff::ZonedDateTime,
//!     #[serde(with = "halfsour_serde::python::decimal")]
//!     price: rust_decimal::Decimal,
//! }
//!
//! let order = Order { due: "2024-10-27T03:30+02:00[Europe/Vilnius]".parse()?, price: "1.50".parse()? };
//! let pickle = halfsour_serde::to_vec(&order)?;
//! // Python: {'due': datetime(2024, 10, 27, 3, 30, fold=1, tzinfo=ZoneInfo('Europe/Vilnius')), 'price': Decimal('1.50')}
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use halfsour_classes::{ConversionError, stdlib::TimeZone};
use serde::{Serialize, Serializer, ser::Error};

/// The function that each module has beside `serialize`.
macro_rules! deserialize {
    () => {
        /// Deserializes the type in its own way, from such an object or from any other data that it accepts.
        ///
        /// # Errors
        ///
        /// Those of the type's `Deserialize`.
        pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<T, D::Error> {
            T::deserialize(deserializer)
        }
    };
}

/// Writes a date as `datetime.date`.
pub mod date {
    use halfsour_classes::{ConversionError, stdlib::Date};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error};

    use crate::big_int::Bytes;

    #[derive(Serialize)]
    #[serde(rename = "datetime.date")]
    struct Call<'a>(Bytes<'a>);

    /// Serializes a date of jiff, chrono or time, with the feature of halfsour-classes of that name.
    ///
    /// # Errors
    ///
    /// If Python has no such day: its years are 1 to 9999.
    pub fn serialize<T, S>(date: &T, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: Copy + TryInto<Date, Error = ConversionError>,
        S: Serializer,
    {
        let date: Date = (*date).try_into().map_err(S::Error::custom)?;
        Call(Bytes(&date.stamp())).serialize(serializer)
    }

    deserialize!();
}

/// Writes a time as `datetime.datetime`, with a `zoneinfo.ZoneInfo`, with a `datetime.timezone`, or without a zone.
pub mod datetime {
    use halfsour_classes::{ConversionError, stdlib::DateTimeParts};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error};

    use super::Zone;
    use crate::big_int::Bytes;

    #[derive(Serialize)]
    #[serde(rename = "datetime.datetime")]
    struct Naive<'a>(Bytes<'a>);

    #[derive(Serialize)]
    #[serde(rename = "datetime.datetime")]
    struct Aware<'a>(Bytes<'a>, Zone<'a>);

    /// Serializes a time of jiff, chrono or time, with the feature of halfsour-classes of that name.
    ///
    /// # Errors
    ///
    /// If Python cannot hold the time: a year outside of 1 to 9999, nanoseconds, or an unknown zone.
    pub fn serialize<T, S>(datetime: &T, serializer: S) -> Result<S::Ok, S::Error>
    where
        for<'a> DateTimeParts<'a>: TryFrom<&'a T, Error = ConversionError>,
        S: Serializer,
    {
        let moment = DateTimeParts::try_from(datetime).map_err(S::Error::custom)?;
        match moment.zone {
            None => Naive(Bytes(&moment.stamp())).serialize(serializer),
            Some(zone) => Aware(Bytes(&moment.stamp()), Zone(zone)).serialize(serializer),
        }
    }

    deserialize!();
}

struct Zone<'a>(TimeZone<'a>);

impl Serialize for Zone<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename = "zoneinfo.ZoneInfo")]
        struct Named<'a>(&'a str);

        #[derive(Serialize)]
        #[serde(rename = "datetime.timezone")]
        struct Fixed(timedelta::Call);

        match (self.0.key(), self.0.offset()) {
            (Some(key), _) => Named(key).serialize(serializer),
            (None, Some(offset)) => Fixed(offset.into()).serialize(serializer),
            (None, None) => Err(S::Error::custom(ConversionError::UnknownZone)),
        }
    }
}

/// Writes a duration as `datetime.timedelta`.
pub mod timedelta {
    use halfsour_classes::{ConversionError, stdlib::TimeDelta};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error};

    #[derive(Serialize)]
    #[serde(rename = "datetime.timedelta")]
    pub(super) struct Call(i32, u32, u32);

    impl From<TimeDelta> for Call {
        fn from(delta: TimeDelta) -> Self {
            Self(delta.days, delta.seconds, delta.microseconds)
        }
    }

    /// Serializes a duration of jiff, chrono or time, with the feature of halfsour-classes of that name.
    ///
    /// # Errors
    ///
    /// If the duration has nanoseconds, or is too long for Python.
    pub fn serialize<T, S>(duration: &T, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: Copy + TryInto<TimeDelta, Error = ConversionError>,
        S: Serializer,
    {
        let delta = (*duration).try_into().map_err(S::Error::custom)?;
        Call::from(delta).serialize(serializer)
    }

    deserialize!();
}

/// Writes a number as `decimal.Decimal`.
pub mod decimal {
    use std::fmt::Display;

    use halfsour_classes::stdlib;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error};

    #[derive(Serialize)]
    #[serde(rename = "decimal.Decimal")]
    struct Call<'a>(&'a str);

    /// Serializes a value whose `Display` is a number that Python's `Decimal` accepts.
    ///
    /// # Errors
    ///
    /// If its `Display` is not such a number.
    pub fn serialize<T: Display, S: Serializer>(number: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let text = number.to_string();
        match stdlib::Decimal::new(&text) {
            Some(_) => Call(&text).serialize(serializer),
            None => {
                Err(S::Error::custom("the value does not print as a number that Python's Decimal accepts"))
            }
        }
    }

    deserialize!();
}

/// Writes a UUID as `uuid.UUID`.
pub mod uuid {
    use halfsour_classes::stdlib::Uuid;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize)]
    #[serde(rename = "uuid.UUID")]
    struct Instance {
        int: u128,
    }

    /// Serializes a UUID of the crate uuid, with the feature of halfsour-classes of that name.
    ///
    /// # Errors
    ///
    /// Those of the serializer.
    pub fn serialize<T: Copy + Into<Uuid>, S: Serializer>(
        uuid: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let uuid: Uuid = (*uuid).into();
        Instance { int: uuid.int }.serialize(serializer)
    }

    deserialize!();
}
