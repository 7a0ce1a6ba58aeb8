//! Containers, whose members have forms of their own.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::{SerializeSeq, SerializeTuple};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Read, ReadAs, Same, WriteAs, Written};
use crate::ser::names;

impl<T, M: WriteAs<T>> WriteAs<Option<T>> for Option<M> {
    fn write_as<S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.serialize_some(&Written::<T, M>::new(value)),
            None => serializer.serialize_none(),
        }
    }
}

impl<'de, T, M: ReadAs<'de, T>> ReadAs<'de, Option<T>> for Option<M> {
    fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        Ok(Option::<Read<T, M>>::deserialize(deserializer)?.map(|read| read.0))
    }
}

impl<T: ?Sized, M: WriteAs<T>> WriteAs<Box<T>> for Box<M> {
    fn write_as<S: Serializer>(value: &Box<T>, serializer: S) -> Result<S::Ok, S::Error> {
        M::write_as(value, serializer)
    }
}

impl<'de, T, M: ReadAs<'de, T>> ReadAs<'de, Box<T>> for Box<M> {
    fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<Box<T>, D::Error> {
        M::read_as(deserializer).map(Box::new)
    }
}

/// A sequence whose members are serialized as `M` says.
struct Sequence<'a, T, M>(&'a T, PhantomData<fn() -> M>);

impl<T, M> Serialize for Sequence<'_, T, M>
where
    T: IntoIterator,
    for<'i> &'i T: IntoIterator<Item = &'i T::Item>,
    M: WriteAs<T::Item>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.0.into_iter();
        let (least, most) = members.size_hint();
        let mut sequence = serializer.serialize_seq(most.filter(|most| *most == least))?;
        for member in members {
            sequence.serialize_element(&Written::<T::Item, M>::new(member))?;
        }
        sequence.end()
    }
}

fn read_sequence<'de, T, M, D>(deserializer: D) -> Result<T, D::Error>
where
    T: IntoIterator + FromIterator<T::Item>,
    M: ReadAs<'de, T::Item>,
    D: Deserializer<'de>,
{
    let members = Vec::<Read<T::Item, M>>::deserialize(deserializer)?;
    Ok(members.into_iter().map(|read| read.0).collect())
}

impl<T, M> WriteAs<T> for Vec<M>
where
    T: IntoIterator,
    for<'i> &'i T: IntoIterator<Item = &'i T::Item>,
    M: WriteAs<T::Item>,
{
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        Sequence::<T, M>(value, PhantomData).serialize(serializer)
    }
}

/// All of these read any sequence.
macro_rules! read_sequences {
    ($($marker:ident)*) => {
        $(impl<'de, T, M> ReadAs<'de, T> for $marker<M>
        where
            T: IntoIterator + FromIterator<T::Item>,
            M: ReadAs<'de, T::Item>,
        {
            fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
                read_sequence::<T, M, D>(deserializer)
            }
        })*
    };
}

read_sequences! { Vec Set FrozenSet Deque Tuple }

macro_rules! sequences {
    ($($(#[$doc:meta])* $marker:ident $name:expr;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $marker<M = Same>(PhantomData<fn() -> M>);

        impl<T, M> WriteAs<T> for $marker<M>
        where
            T: IntoIterator,
            for<'i> &'i T: IntoIterator<Item = &'i T::Item>,
            M: WriteAs<T::Item>,
        {
            fn write_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_newtype_struct($name, &Sequence::<T, M>(value, PhantomData))
            }
        })*
    };
}

sequences! {
    /// A `set`, for `HashSet`, `BTreeSet`, `Vec` and other collections. Python must be able to hash the members, and has one of those
    /// that are equal.
    Set names::SET;
    /// A `frozenset`, for the same types as [`Set`].
    FrozenSet names::FROZEN_SET;
    /// A `collections.deque`, for `VecDeque`, `Vec` and other collections.
    Deque names::DEQUE;
}

/// A `tuple`, for `Vec` and other collections. Tuples and arrays of Rust are written as tuples already.
#[derive(Clone, Copy, Debug)]
pub struct Tuple<M = Same>(PhantomData<fn() -> M>);

impl<T, M> WriteAs<T> for Tuple<M>
where
    T: IntoIterator,
    for<'i> &'i T: IntoIterator<Item = &'i T::Item>,
    M: WriteAs<T::Item>,
{
    fn write_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(value.into_iter().count())?;
        for member in value {
            tuple.serialize_element(&Written::<T::Item, M>::new(member))?;
        }
        tuple.end()
    }
}

impl<T, M: WriteAs<T>, const N: usize> WriteAs<[T; N]> for [M; N] {
    fn write_as<S: Serializer>(value: &[T; N], serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(N)?;
        for member in value {
            tuple.serialize_element(&Written::<T, M>::new(member))?;
        }
        tuple.end()
    }
}

impl<'de, T, M: ReadAs<'de, T>, const N: usize> ReadAs<'de, [T; N]> for [M; N] {
    fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<[T; N], D::Error> {
        let members: Vec<T> = read_sequence::<Vec<T>, M, D>(deserializer)?;
        let length = members.len();
        let wanted = format!("{N} members");
        members.try_into().map_err(|_| de::Error::invalid_length(length, &wanted.as_str()))
    }
}

macro_rules! tuples {
    ($($length:literal ($($type:ident $marker:ident $index:tt)*);)*) => {
        $(impl<$($type, $marker: WriteAs<$type>),*> WriteAs<($($type,)*)> for ($($marker,)*) {
            fn write_as<S: Serializer>(value: &($($type,)*), serializer: S) -> Result<S::Ok, S::Error> {
                let mut tuple = serializer.serialize_tuple($length)?;
                $(tuple.serialize_element(&Written::<$type, $marker>::new(&value.$index))?;)*
                tuple.end()
            }
        }

        impl<'de, $($type, $marker: ReadAs<'de, $type>),*> ReadAs<'de, ($($type,)*)> for ($($marker,)*) {
            fn read_as<De: Deserializer<'de>>(deserializer: De) -> Result<($($type,)*), De::Error> {
                let read = <($(Read<$type, $marker>,)*)>::deserialize(deserializer)?;
                Ok(($(read.$index.0,)*))
            }
        })*
    };
}

tuples! {
    1 (A Ma 0);
    2 (A Ma 0 B Mb 1);
    3 (A Ma 0 B Mb 1 C Mc 2);
    4 (A Ma 0 B Mb 1 C Mc 2 D Md 3);
    5 (A Ma 0 B Mb 1 C Mc 2 D Md 3 E Me 4);
    6 (A Ma 0 B Mb 1 C Mc 2 D Md 3 E Me 4 F Mf 5);
}

/// A map whose keys and values are serialized as `KM` and `VM` say.
struct Pairs<'a, T, KM, VM>(&'a T, PhantomData<fn() -> (KM, VM)>);

impl<T, K, V, KM, VM> Serialize for Pairs<'_, T, KM, VM>
where
    T: IntoIterator<Item = (K, V)>,
    for<'i> &'i T: IntoIterator<Item = (&'i K, &'i V)>,
    KM: WriteAs<K>,
    VM: WriteAs<V>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let items = self.0.into_iter();
        serializer
            .collect_map(items.map(|(key, value)| (Written::<K, KM>::new(key), Written::<V, VM>::new(value))))
    }
}

struct PairsVisitor<K, V, KM, VM>(PhantomData<fn() -> (K, V)>, PhantomData<fn() -> (KM, VM)>);

impl<'de, K, V, KM: ReadAs<'de, K>, VM: ReadAs<'de, V>> Visitor<'de> for PairsVisitor<K, V, KM, VM> {
    type Value = Vec<(K, V)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Vec<(K, V)>, A::Error> {
        let mut pairs = Vec::new();
        while let Some((key, value)) = access.next_entry::<Read<K, KM>, Read<V, VM>>()? {
            pairs.push((key.0, value.0));
        }
        Ok(pairs)
    }
}

fn read_pairs<'de, T, K, V, KM, VM, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromIterator<(K, V)>,
    KM: ReadAs<'de, K>,
    VM: ReadAs<'de, V>,
    D: Deserializer<'de>,
{
    let pairs = deserializer.deserialize_map(PairsVisitor::<K, V, KM, VM>(PhantomData, PhantomData))?;
    Ok(pairs.into_iter().collect())
}

/// A `collections.OrderedDict`, for `BTreeMap`, `HashMap` and other maps. It has the order in which the map iterates.
#[derive(Clone, Copy, Debug)]
pub struct OrderedDict<K = Same, V = Same>(PhantomData<fn() -> (K, V)>);

macro_rules! maps {
    ($($marker:ident $value:ident, $serializer:ident => $write:expr;)*) => {
        $(#[allow(clippy::implicit_hasher, reason = "the type stands for any map")]
        impl<T, K, V, KM, VM> WriteAs<T> for $marker<KM, VM>
        where
            T: IntoIterator<Item = (K, V)>,
            for<'i> &'i T: IntoIterator<Item = (&'i K, &'i V)>,
            KM: WriteAs<K>,
            VM: WriteAs<V>,
        {
            fn write_as<S: Serializer>($value: &T, $serializer: S) -> Result<S::Ok, S::Error> {
                let $value = Pairs::<T, KM, VM>($value, PhantomData);
                $write
            }
        }

        #[allow(clippy::implicit_hasher, reason = "the type stands for any map")]
        impl<'de, T, K, V, KM, VM> ReadAs<'de, T> for $marker<KM, VM>
        where
            T: IntoIterator<Item = (K, V)> + FromIterator<(K, V)>,
            KM: ReadAs<'de, K>,
            VM: ReadAs<'de, V>,
        {
            fn read_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
                read_pairs::<T, K, V, KM, VM, D>(deserializer)
            }
        })*
    };
}

maps! {
    OrderedDict map, serializer =>
        serializer.serialize_newtype_struct(names::ORDERED_DICT, &map);
    BTreeMap map, serializer => map.serialize(serializer);
    HashMap map, serializer => map.serialize(serializer);
}
