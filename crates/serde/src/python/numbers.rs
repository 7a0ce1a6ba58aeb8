//! Numbers, and UUIDs, which Python has as numbers.

use std::fmt::Display;

use halfsour_classes::stdlib;
use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::native::native;
use super::{ReadAs, WriteAs};

native! {
    /// A `decimal.Decimal`, for types whose `Display` is a number that Python's `Decimal` accepts.
    Decimal "decimal" where [T: Display]
    |number, serializer| {
        #[derive(Serialize)]
        #[serde(rename = "decimal.Decimal")]
        struct Call<'a>(&'a str);

        let text = number.to_string();
        match stdlib::Decimal::new(&text) {
            Some(_) => Call(&text).serialize(serializer),
            None => Err(S::Error::custom("the value does not print as a number that Python's Decimal accepts")),
        }
    }
}

native! {
    /// A `fractions.Fraction`, for types whose `Display` is `22/7`, or an int: the ratios of num-rational.
    Fraction "fraction" where [T: Display]
    |quotient, serializer| {
        #[derive(Serialize)]
        #[serde(rename = "fractions.Fraction")]
        struct Call<'a>(&'a str);

        let text = quotient.to_string();
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let (numerator, denominator) = text.split_once('/').unwrap_or((&text, "1"));
        let is_zero = denominator.bytes().all(|byte| byte == b'0');
        if digits(numerator.strip_prefix('-').unwrap_or(numerator)) && digits(denominator) && !is_zero {
            Call(&text).serialize(serializer)
        } else {
            Err(S::Error::custom("the value does not print as a quotient such as 22/7"))
        }
    }
}

native! {
    /// A `uuid.UUID`, for the type of the crate uuid, with the feature of `halfsour-classes` of that name.
    Uuid "uuid" where [T: Copy + Into<stdlib::Uuid>]
    |uuid, serializer| {
        #[derive(Serialize)]
        #[serde(rename = "uuid.UUID")]
        struct Instance {
            int: u128,
        }

        let uuid: stdlib::Uuid = (*uuid).into();
        Instance { int: uuid.int }.serialize(serializer)
    }
}
