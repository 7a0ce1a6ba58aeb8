//! The types that are flattened beside derived structs.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};

use halfsour_value::{Dict, Value};
use serde::de::DeserializeOwned;

use super::{
    Deserialize, Error, Fields, InOrder, Key, MapAccess, SeqAccess, Serialize, SerializeMap, WriteFields,
};

macro_rules! open_maps {
    ($([$($write:tt)*] [$($read:tt)*] $key:ty, $value:ty, $map:ty;)*) => {
        $(impl<$($write)*> WriteFields for $map {
            fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
                self.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))
            }
        }

        impl<'de, $($read)*> InOrder<'de> for $map
        where
            Self: Default,
        {
            const LENGTH: usize = 0;

            fn in_order<A: SeqAccess<'de>>(_: &mut A, _: &mut usize) -> Result<Self, A::Error> {
                Ok(Self::default())
            }
        }

        impl<'de, $($read)*> Fields<'de> for $map
        where
            Self: Default,
        {
            type Partial = Self;
            const NAMES: &'static [&'static str] = &[];
            const COUNT: usize = 1;
            const OPEN: Option<usize> = Some(0);

            fn partial() -> Self {
                Self::default()
            }

            fn index(_: &str) -> Option<usize> {
                Some(0)
            }

            fn claims(_: &str) -> usize {
                0
            }

            fn take<A: MapAccess<'de>>(
                partial: &mut Self,
                _: usize,
                key: Key,
                access: &mut A,
            ) -> Result<(), A::Error> {
                let key: $key = key.of()?;
                let value: $value = access.next_value()?;
                partial.insert(key, value);
                Ok(())
            }

            fn finish<E: Error>(partial: Self) -> Result<Self, E> {
                Ok(partial)
            }
        })*
    };
}

open_maps! {
    [K: Serialize, V: Serialize] [K: DeserializeOwned + Ord, V: Deserialize<'de>] K, V, BTreeMap<K, V>;
    [K: Serialize, V: Serialize, S] [K: DeserializeOwned + Eq + Hash, V: Deserialize<'de>, S: BuildHasher] K, V, HashMap<K, V, S>;
    [] [] Value, Value, Dict;
}

impl<T: WriteFields> WriteFields for Option<T> {
    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.as_ref().map_or(Ok(()), |fields| fields.write_fields(map))
    }
}

impl<'de, T: InOrder<'de>> InOrder<'de> for Option<T> {
    const LENGTH: usize = T::LENGTH;

    fn in_order<A: SeqAccess<'de>>(access: &mut A, count: &mut usize) -> Result<Self, A::Error> {
        T::in_order(access, count).map(Some)
    }
}

/// `None`, if the map has no field of it.
impl<'de, T: Fields<'de>> Fields<'de> for Option<T> {
    type Partial = (T::Partial, bool);
    const NAMES: &'static [&'static str] = T::NAMES;
    const COUNT: usize = T::COUNT;
    const OPEN: Option<usize> = T::OPEN;

    fn partial() -> Self::Partial {
        (T::partial(), false)
    }

    fn index(name: &str) -> Option<usize> {
        T::index(name)
    }

    fn claims(name: &str) -> usize {
        T::claims(name)
    }

    fn take<A: MapAccess<'de>>(
        (partial, is_any): &mut Self::Partial,
        index: usize,
        key: Key,
        access: &mut A,
    ) -> Result<(), A::Error> {
        *is_any = true;
        T::take(partial, index, key, access)
    }

    fn finish<E: Error>((partial, is_any): Self::Partial) -> Result<Self, E> {
        if is_any { T::finish(partial).map(Some) } else { Ok(None) }
    }
}
