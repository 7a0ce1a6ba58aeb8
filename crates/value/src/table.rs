//! [`Table`]: the entries of dicts and sets, in the order of insertion.

use std::fmt;
use std::hash::{Hash, Hasher};

use indexmap::Equivalent;
use indexmap::map::{self, IndexMap};

use crate::Value;
use crate::keys::{self, Key};

/// Up to so many entries, comparing each key is faster than hashing, and takes less memory.
const SMALL: usize = 8;

#[derive(Clone)]
pub(crate) enum Table<V> {
    Small(Vec<(Value, V)>),
    /// The hashes are random, so that nobody can choose keys whose hashes are the same.
    Large(Box<IndexMap<Value, V>>),
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self::Small(Vec::new())
    }
}

impl<V> Table<V> {
    pub fn with_capacity(capacity: usize) -> Self {
        if capacity <= SMALL {
            Self::Small(Vec::with_capacity(capacity))
        } else {
            Self::Large(Box::new(IndexMap::with_capacity(capacity)))
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Small(entries) => entries.len(),
            Self::Large(map) => map.len(),
        }
    }

    fn position(entries: &[(Value, V)], key: &impl Equivalent<Value>) -> Option<usize> {
        entries.iter().position(|(other, _)| key.equivalent(other))
    }

    pub fn get_full(&self, key: &DictKey<'_>) -> Option<(&Value, &V)> {
        match self {
            Self::Small(entries) => {
                let (key, value) = &entries[Self::position(entries, key)?];
                Some((key, value))
            }
            Self::Large(map) => map.get_key_value(key),
        }
    }

    pub fn get_mut(&mut self, key: &DictKey<'_>) -> Option<&mut V> {
        match self {
            Self::Small(entries) => {
                let at = Self::position(entries, key)?;
                Some(&mut entries[at].1)
            }
            Self::Large(map) => map.get_mut(key),
        }
    }

    /// Makes room for one more entry.
    fn grow(&mut self) {
        if let Self::Small(entries) = self
            && entries.len() >= SMALL
        {
            let mut map = IndexMap::with_capacity(2 * SMALL);
            map.extend(std::mem::take(entries));
            *self = Self::Large(Box::new(map));
        }
    }

    /// Sets the value of a key. A key that is there stays, as in Python. Returns the value that it had.
    pub fn insert(&mut self, key: Value, value: V) -> Option<V> {
        if let Self::Small(entries) = self
            && let Some(at) = Self::position(entries, &DictKey::from(&key))
        {
            return Some(std::mem::replace(&mut entries[at].1, value));
        }
        self.push(key, value)
    }

    /// Adds a key that is known not to be among the keys of a small table.
    pub fn push(&mut self, key: Value, value: V) -> Option<V> {
        self.grow();
        match self {
            Self::Small(entries) => {
                entries.push((key, value));
                None
            }
            Self::Large(map) => map.insert(key, value),
        }
    }

    pub fn get_or_insert_with(&mut self, key: Value, value: impl FnOnce() -> V) -> &mut V {
        let known = match self {
            Self::Small(entries) => Self::position(entries, &DictKey::from(&key)),
            Self::Large(_) => None,
        };
        if known.is_none() {
            self.grow();
        }
        match self {
            Self::Small(entries) => {
                let at = known.unwrap_or_else(|| {
                    entries.push((key, value()));
                    entries.len() - 1
                });
                &mut entries[at].1
            }
            Self::Large(map) => map.entry(key).or_insert_with(value),
        }
    }

    /// Removes an entry. The others keep their order.
    pub fn remove(&mut self, key: &DictKey<'_>) -> Option<(Value, V)> {
        match self {
            Self::Small(entries) => {
                let at = Self::position(entries, key)?;
                Some(entries.remove(at))
            }
            Self::Large(map) => map.shift_remove_entry(key),
        }
    }

    pub fn reserve(&mut self, additional: usize) {
        match self {
            Self::Small(entries) if entries.len() + additional <= SMALL => entries.reserve(additional),
            Self::Small(entries) => {
                let mut map = IndexMap::with_capacity(entries.len() + additional);
                map.extend(std::mem::take(entries));
                *self = Self::Large(Box::new(map));
            }
            Self::Large(map) => map.reserve(additional),
        }
    }

    pub fn iter(&self) -> Iter<'_, V> {
        match self {
            Self::Small(entries) => Iter::Small(entries.iter()),
            Self::Large(map) => Iter::Large(map.iter()),
        }
    }

    pub fn iter_mut(&mut self) -> IterMut<'_, V> {
        match self {
            Self::Small(entries) => IterMut::Small(entries.iter_mut()),
            Self::Large(map) => IterMut::Large(map.iter_mut()),
        }
    }

    pub fn into_entries(self) -> IntoIter<V> {
        match self {
            Self::Small(entries) => IntoIter::Small(entries.into_iter()),
            Self::Large(map) => IntoIter::Large(map.into_iter()),
        }
    }
}

/// Equal in any order.
impl<V: PartialEq> PartialEq for Table<V> {
    fn eq(&self, other: &Self) -> bool {
        let is_in =
            |(key, value): (&Value, &V)| other.get_full(&key.into()).is_some_and(|(_, other)| other == value);
        self.len() == other.len() && self.iter().all(is_in)
    }
}

impl<V> Extend<(Value, V)> for Table<V> {
    fn extend<I: IntoIterator<Item = (Value, V)>>(&mut self, entries: I) {
        let entries = entries.into_iter();
        self.reserve(entries.size_hint().0);
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

macro_rules! iterator {
    ($name:ident<$($life:lifetime,)? V>, $small:ty, $large:ty, $item:ty, |$entry:pat_param| $pair:expr) => {
        #[derive(Debug)]
        pub(crate) enum $name<$($life,)? V> {
            Small($small),
            Large($large),
        }

        impl<$($life,)? V> Iterator for $name<$($life,)? V> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                match self {
                    Self::Small(entries) => entries.next().map(|$entry| $pair),
                    Self::Large(entries) => entries.next(),
                }
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                match self {
                    Self::Small(entries) => entries.size_hint(),
                    Self::Large(entries) => entries.size_hint(),
                }
            }
        }

        impl<$($life,)? V> DoubleEndedIterator for $name<$($life,)? V> {
            fn next_back(&mut self) -> Option<$item> {
                match self {
                    Self::Small(entries) => entries.next_back().map(|$entry| $pair),
                    Self::Large(entries) => entries.next_back(),
                }
            }
        }

        impl<$($life,)? V> ExactSizeIterator for $name<$($life,)? V> {}
    };
}

iterator!(Iter<'t, V>, std::slice::Iter<'t, (Value, V)>, map::Iter<'t, Value, V>, (&'t Value, &'t V), |(
    key,
    value,
)| (
    key, value
));
iterator!(
    IterMut<'t, V>,
    std::slice::IterMut<'t, (Value, V)>,
    map::IterMut<'t, Value, V>,
    (&'t Value, &'t mut V),
    |(key, value)| (&*key, value)
);
iterator!(IntoIter<V>, std::vec::IntoIter<(Value, V)>, map::IntoIter<Value, V>, (Value, V), |entry| entry);

impl<V> Clone for Iter<'_, V> {
    fn clone(&self) -> Self {
        match self {
            Self::Small(entries) => Self::Small(entries.clone()),
            Self::Large(entries) => Self::Large(entries.clone()),
        }
    }
}

/// A key that is looked up in a [`Dict`](crate::Dict) or [`Set`](crate::Set): made from text, bytes, a number, a bool or `()`,
/// which is `None`, without making a [`Value`], or from a `&Value`.
pub struct DictKey<'k>(Looked<'k>);

enum Looked<'k> {
    Scalar(Key<'k>),
    Value(&'k Value),
}

impl fmt::Debug for DictKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Looked::Scalar(key) => key.fmt(f),
            Looked::Value(value) => value.fmt(f),
        }
    }
}

impl Hash for DictKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Looked::Scalar(key) => key.hash(state),
            Looked::Value(value) => value.hash(state),
        }
    }
}

impl Equivalent<Value> for DictKey<'_> {
    #[inline]
    fn equivalent(&self, other: &Value) -> bool {
        match &self.0 {
            Looked::Scalar(key) => other.key().is_some_and(|other| other == *key),
            Looked::Value(value) => **value == *other,
        }
    }
}

impl<'k> From<&'k Value> for DictKey<'k> {
    fn from(value: &'k Value) -> Self {
        Self(Looked::Value(value))
    }
}

impl<'k> From<&'k String> for DictKey<'k> {
    fn from(text: &'k String) -> Self {
        text.as_str().into()
    }
}

impl<'k, const N: usize> From<&'k [u8; N]> for DictKey<'k> {
    fn from(bytes: &'k [u8; N]) -> Self {
        bytes[..].into()
    }
}

macro_rules! scalar_keys {
    ($($type:ty)*) => {
        $(impl<'k> From<$type> for DictKey<'k> {
            fn from(key: $type) -> Self {
                Self(Looked::Scalar(key.into()))
            }
        })*
    };
}

scalar_keys! { () &'k str &'k [u8] i32 i64 f64 bool }

macro_rules! int_keys {
    ($($type:ty => |$key:ident| $bytes:expr;)*) => {
        $(impl From<$type> for DictKey<'_> {
            fn from($key: $type) -> Self {
                Self(Looked::Scalar(keys::int_key(&$bytes)))
            }
        })*
    };
}

int_keys! {
    i8 => |key| key.to_le_bytes();
    i16 => |key| key.to_le_bytes();
    i128 => |key| key.to_le_bytes();
    isize => |key| key.to_le_bytes();
    u8 => |key| [key, 0];
    u16 => |key| i32::from(key).to_le_bytes();
    u32 => |key| i64::from(key).to_le_bytes();
    u64 => |key| i128::from(key).to_le_bytes();
    usize => |key| (key as u128).to_le_bytes();
    u128 => |key| [&key.to_le_bytes()[..], &[0]].concat();
}

/// Makes the iterators of dicts and sets from those of tables.
macro_rules! iterators {
    ($(
        $(#[$meta:meta])*
        $name:ident $(<$life:lifetime>)? of $inner:ty, $item:ty, |$entry:pat_param| $made:expr;
    )*) => {
        $(
            $(#[$meta])*
            #[derive(Debug)]
            pub struct $name $(<$life>)? ($inner);

            impl $(<$life>)? Iterator for $name $(<$life>)? {
                type Item = $item;

                #[inline]
                fn next(&mut self) -> Option<$item> {
                    self.0.next().map(|$entry| $made)
                }

                fn size_hint(&self) -> (usize, Option<usize>) {
                    self.0.size_hint()
                }
            }

            impl $(<$life>)? DoubleEndedIterator for $name $(<$life>)? {
                fn next_back(&mut self) -> Option<$item> {
                    self.0.next_back().map(|$entry| $made)
                }
            }

            impl $(<$life>)? ExactSizeIterator for $name $(<$life>)? {}

            impl $(<$life>)? std::iter::FusedIterator for $name $(<$life>)? {}
        )*
    };
}

pub(crate) use iterators;
