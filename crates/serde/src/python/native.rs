//! The choice between an object of Python's and what a type serializes itself as.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

thread_local! {
    /// Whether this crate's serializer is about to serialize such a value. No method of serde's `Serializer` tells one format from
    /// another.
    static ANNOUNCED: Cell<bool> = const { Cell::new(false) };
}

/// The beginning of the names of the newtypes around such values.
pub(crate) const NAMES: &str = "$halfsour::python::";

/// Says that this crate's serializer comes next if the name of a newtype is one of such values.
pub(crate) fn announce(name: &str) {
    if name.starts_with(NAMES) {
        ANNOUNCED.set(true);
    }
}

/// Returns whether this crate's serializer asks.
pub(super) fn is_asked() -> bool {
    ANNOUNCED.take()
}

/// Serializes a value that asks who its serializer is. The name may have been announced before for a copy of such a value, which serde
/// keeps for a tagged enum and which does not ask; this value must not hear of that.
pub(super) fn write<S: Serializer>(
    name: &'static str,
    value: &impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    ANNOUNCED.set(false);
    serializer.serialize_newtype_struct(name, value)
}

/// Deserializes a type in its own way, within a newtype that tells this crate's deserializers what to expect.
pub(super) fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    name: &'static str,
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_newtype_struct(name, Inner(PhantomData))
}

struct Inner<T>(PhantomData<fn() -> T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Inner<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize(deserializer)
    }
}

/// Defines a kind of object that one value of Rust is.
macro_rules! native {
    (
        $(#[$doc:meta])*
        $marker:ident $name:literal where [$($bounds:tt)*]
        |$value:ident, $serializer:ident| $write:expr
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $marker;

        impl<T: Serialize> WriteAs<T> for $marker
        where
            $($bounds)*
        {
            fn write_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
                struct Choice<'a, T>(&'a T);

                impl<T: Serialize> Serialize for Choice<'_, T>
                where
                    $($bounds)*
                {
                    fn serialize<S: Serializer>(&self, $serializer: S) -> Result<S::Ok, S::Error> {
                        let $value = self.0;
                        if super::native::is_asked() { $write } else { $value.serialize($serializer) }
                    }
                }

                super::native::write(concat!("$halfsour::python::", $name), &Choice(value), serializer)
            }
        }

        impl<'de, T: Deserialize<'de>> ReadAs<'de, T> for $marker {
            fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
                super::native::read(concat!("$halfsour::python::", $name), deserializer)
            }
        }
    };
}

pub(super) use native;
