//! Rust's types to values.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::{Dict, Set, Value, ValueGlobal, ValueInstance};

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $make
            }
        })*
    };
}

from! {
    () => |value| { let () = value; Self::None };
    bool => |value| Self::Bool(value);
    i8 => |value| Self::Int(value.into());
    i16 => |value| Self::Int(value.into());
    i32 => |value| Self::Int(value.into());
    i64 => |value| Self::Int(value);
    isize => |value| Self::big_int(&value.to_le_bytes());
    i128 => |value| Self::big_int(&value.to_le_bytes());
    u8 => |value| Self::Int(value.into());
    u16 => |value| Self::Int(value.into());
    u32 => |value| Self::Int(value.into());
    u64 => |value| u128::from(value).into();
    usize => |value| (value as u128).into();
    u128 => |value| Self::big_int(&[&value.to_le_bytes()[..], &[0]].concat());
    f32 => |value| Self::Float(value.into());
    f64 => |value| Self::Float(value);
    char => |value| Self::Str((&*value.encode_utf8(&mut [0; 4])).into());
    &str => |value| Self::Str(value.into());
    &String => |value| Self::Str(value.as_str().into());
    String => |value| Self::Str(value.into());
    Box<str> => |value| Self::Str(value.into());
    Arc<str> => |value| Self::Str(value);
    Cow<'_, str> => |value| Self::Str(value.into());
    Dict => |value| Self::Dict(Box::new(value));
    Set => |value| Self::Set(Box::new(value));
    ValueGlobal => |value| Self::Global(Arc::new(value));
    ValueInstance => |value| Self::Instance(Box::new(value));
}

/// A list.
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::list(items)
    }
}

/// A list.
impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Self {
        Self::list(items)
    }
}

/// A list.
impl<T: Into<Value> + Clone> From<&[T]> for Value {
    fn from(items: &[T]) -> Self {
        Self::list(items.iter().cloned())
    }
}

/// A list.
impl<T: Into<Value>> From<VecDeque<T>> for Value {
    fn from(items: VecDeque<T>) -> Self {
        Self::list(items)
    }
}

/// A list. For a dict, collect into a [`Dict`].
impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::list(items)
    }
}

/// `None`, or the value.
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

/// A dict.
impl<K: Into<Value>, V: Into<Value>> From<BTreeMap<K, V>> for Value {
    fn from(items: BTreeMap<K, V>) -> Self {
        Self::dict(items)
    }
}

/// A dict, in the order in which the map gives its items.
impl<K: Into<Value>, V: Into<Value>, S> From<HashMap<K, V, S>> for Value {
    fn from(items: HashMap<K, V, S>) -> Self {
        Self::dict(items)
    }
}

/// A set.
impl<T: Into<Value>> From<BTreeSet<T>> for Value {
    fn from(members: BTreeSet<T>) -> Self {
        Self::set(members)
    }
}

/// A set, in the order in which the set gives its members.
impl<T: Into<Value>, S> From<HashSet<T, S>> for Value {
    fn from(members: HashSet<T, S>) -> Self {
        Self::set(members)
    }
}

macro_rules! from_tuples {
    ($($($type:ident)+;)*) => {
        $(
            /// A tuple.
            impl<$($type: Into<Value>),+> From<($($type,)+)> for Value {
                #[allow(non_snake_case)] // a name is both a type's and a variable's
                fn from(($($type,)+): ($($type,)+)) -> Self {
                    Self::Tuple([$($type.into()),+].into())
                }
            }
        )*
    };
}

from_tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
    A B C D E F G H I J K;
    A B C D E F G H I J K L;
}
