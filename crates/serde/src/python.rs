//! Rust types as objects of Python's classes.
//!
//! Without these, a date is written as its type serializes itself, which is as text, and a set as a list.
//!
//! Each kind of object has a type here that stands for it, such as [`Decimal`], [`DateTime`] or [`Set`]. [`As`] makes a module for
//! `#[serde(with = "…")]` of it; inside of `Option`, `Vec`, arrays, tuples, maps and each other, they mean the members.
//! For the simple cases there are short modules: [`decimal`] is `As::<Decimal>`.
//!
//! ```
//! # #[cfg(feature = "jiff")] {
//! use halfsour_serde::python::{self, As, DateTime, Decimal, FrozenSet};
//! use rust_decimal::Decimal as Money;
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Order {
//!     #[serde(with = "python::datetime")]
//!     due: jiff::ZonedDateTime,
//!     #[serde(with = "python::set")]
//!     tags: Vec<String>,
//!     #[serde(with = "As::<Option<Decimal>>")]
//!     rebate: Option<Money>,
//!     #[serde(with = "As::<Vec<(DateTime, FrozenSet<Decimal>)>>")]
//!     prices: Vec<(jiff::Timestamp, Vec<Money>)>,
//! }
//!
//! let order = Order {
//!     due: "2024-10-27T03:30+02:00[Europe/Vilnius]".parse()?,
//!     tags: vec!["new".into()],
//!     rebate: Some("1.50".parse()?),
//!     prices: vec![("2024-10-01T00:00Z".parse()?, vec!["9.99".parse()?])],
//! };
//! let pickle = halfsour_serde::to_vec(&order)?;
//! let graph = halfsour_vm::from_slice(&pickle)?;
//! assert_eq!(graph.root().get("tags").unwrap().to_string(), "{'new'}");
//! assert_eq!(graph.root().get("rebate").unwrap().to_string(), "decimal.Decimal('1.50')");
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The types of jiff, chrono, time and uuid need the feature of their name, of halfsour or `halfsour-classes`, and the feature `serde` of
//! their own crate.
//!
//! Other formats than pickles see what the types serialize themselves as, so one type does for both.

mod arrays;
mod containers;
mod items;
mod native;
mod numbers;
mod times;

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use arrays::{Array, Element, NdArray};
pub use containers::{Deque, FrozenSet, OrderedDict, Set, Tuple};
pub use items::{Bytes, Path, PersistentId, Same};
pub(crate) use native::announce;
pub use numbers::{Decimal, Fraction, Uuid};
pub use times::{Date, DateTime, Time, TimeDelta};

/// Writes a `T` as the kind of object that `Self` stands for.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be written as the kind of object `{Self}`",
    note = "a type of jiff, chrono, time or uuid needs the feature of that name, of `halfsour` or `halfsour-classes`, and the feature \
            `serde` of its own crate"
)]
pub trait WriteAs<T: ?Sized> {
    /// Serializes a value.
    ///
    /// # Errors
    ///
    /// If the class has no such value, and those of the serializer.
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Reads a `T` from the kind of object that `Self` stands for, or from other data that `T` accepts.
pub trait ReadAs<'de, T>: Sized {
    /// Deserializes a value.
    ///
    /// # Errors
    ///
    /// Those of the type's `Deserialize`.
    fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>;
}

/// The functions of a module for `#[serde(with = "…")]`, for the kind of object `M`.
///
/// ```
/// use halfsour_serde::python::{As, OrderedDict, Same, Set};
/// use std::collections::{BTreeMap, HashSet};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Index {
///     #[serde(with = "As::<OrderedDict<Same, Set>>")]
///     words: BTreeMap<String, HashSet<u32>>,
/// }
///
/// let index = Index { words: [("pickle".to_owned(), HashSet::from([7]))].into() };
/// let graph = halfsour_serde::to_graph(&index)?;
/// assert_eq!(graph.root().to_string(), "{'words': collections.OrderedDict() | {'pickle': {7}}}");
/// # Ok::<(), halfsour_serde::Error>(())
/// ```
pub struct As<M>(PhantomData<fn() -> M>);

impl<M> As<M> {
    /// Serializes a value as that kind of object.
    ///
    /// # Errors
    ///
    /// If the class has no such value, and those of the serializer.
    pub fn serialize<T: ?Sized, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
    where
        M: WriteAs<T>,
    {
        M::write_as(value, serializer)
    }

    /// Deserializes a value from that kind of object.
    ///
    /// # Errors
    ///
    /// Those of the type's `Deserialize`.
    pub fn deserialize<'de, T, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>
    where
        M: ReadAs<'de, T>,
    {
        M::read_as(deserializer)
    }
}

impl<M> fmt::Debug for As<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "As<{}>", std::any::type_name::<M>())
    }
}

/// A value that is serialized as `M` says.
#[derive(Debug)]
pub struct Written<'a, T: ?Sized, M>(&'a T, PhantomData<fn() -> M>);

impl<'a, T: ?Sized, M> Written<'a, T, M> {
    /// Serializes this value.
    pub fn new(value: &'a T) -> Self {
        Self(value, PhantomData)
    }
}

impl<T: ?Sized, M: WriteAs<T>> Serialize for Written<'_, T, M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        M::write_as(self.0, serializer)
    }
}

/// A value that is deserialized as `M` says.
#[derive(Debug)]
pub struct Read<T, M>(pub T, PhantomData<fn() -> M>);

impl<'de, T, M: ReadAs<'de, T>> Deserialize<'de> for Read<T, M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        M::read_as(deserializer).map(|value| Self(value, PhantomData))
    }
}

macro_rules! modules {
    ($($(#[$doc:meta])* $module:ident $marker:ty;)*) => {
        $($(#[$doc])*
        pub mod $module {
            #[allow(clippy::wildcard_imports, reason = "one line for all kinds of objects")]
            use super::*;

            /// Serializes a value as that kind of object.
            ///
            /// # Errors
            ///
            /// If the class has no such value, and those of the serializer.
            pub fn serialize<T: ?Sized, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
            where
                $marker: WriteAs<T>,
            {
                <$marker>::write_as(value, serializer)
            }

            /// Deserializes a value from that kind of object, or from any other data that the type accepts.
            ///
            /// # Errors
            ///
            /// Those of the type's `Deserialize`.
            pub fn deserialize<'de, T, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error>
            where
                $marker: ReadAs<'de, T>,
            {
                <$marker>::read_as(deserializer)
            }
        })*
    };
}

modules! {
    /// `As::<Bytes>`: bytes as `bytes`.
    bytes Bytes;
    /// `As::<Date>`: a date as `datetime.date`.
    date Date;
    /// `As::<DateTime>`: a time as `datetime.datetime`.
    datetime DateTime;
    /// `As::<Decimal>`: a number as `decimal.Decimal`.
    decimal Decimal;
    /// `As::<Deque>`: a sequence as `collections.deque`.
    deque Deque;
    /// `As::<Fraction>`: a quotient as `fractions.Fraction`.
    fraction Fraction;
    /// `As::<FrozenSet>`: a sequence or set as `frozenset`.
    frozenset FrozenSet;
    /// `As::<NdArray>`: numbers as `numpy.ndarray`.
    ndarray NdArray;
    /// `As::<OrderedDict>`: a map as `collections.OrderedDict`.
    ordered_dict OrderedDict;
    /// `As::<Path>`: a path as that of `pathlib`.
    path Path;
    /// `As::<PersistentId>`: a value as a persistent id.
    persistent_id PersistentId;
    /// `As::<Set>`: a sequence or set as `set`.
    set Set;
    /// `As::<Time>`: a time of day as `datetime.time`.
    time Time;
    /// `As::<TimeDelta>`: a duration as `datetime.timedelta`.
    timedelta TimeDelta;
    /// `As::<Tuple>`: a sequence as `tuple`.
    tuple Tuple;
    /// `As::<Uuid>`: a UUID as `uuid.UUID`.
    uuid Uuid;
}
