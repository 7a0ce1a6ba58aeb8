//! Indexing of values.

use std::ops::{Index, IndexMut};

use crate::path::place;
use crate::{Dict, DictKey, Kind, Value};

/// An index into a [`Value`]: text, bytes, a number, a bool, `()` for `None`, or a `&Value`. It is a key of a dict, or of the
/// items that were set on an instance; an int is also an index in a list, a tuple, or the items that were appended to an instance,
/// where a negative one counts from the end.
pub trait ValueIndex: sealed::Sealed {
    #[doc(hidden)]
    fn index_into<'v>(&self, value: &'v Value) -> Option<&'v Value>;

    #[doc(hidden)]
    fn index_into_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value>;

    /// Returns the key that is inserted where there is none.
    #[doc(hidden)]
    fn key(&self) -> Value;
}

mod sealed {
    pub trait Sealed {}
}

static NONE: Value = Value::None;

fn entry<'v>(value: &'v Value, key: DictKey<'_>) -> Option<&'v Value> {
    match value {
        Value::Dict(dict) => dict.get(key),
        Value::Instance(instance) => instance.item(key),
        _ => None,
    }
}

fn entry_mut<'v>(value: &'v mut Value, key: DictKey<'_>) -> Option<&'v mut Value> {
    match value {
        Value::Dict(dict) => dict.get_mut(key),
        Value::Instance(instance) => instance.item_mut(key),
        _ => None,
    }
}

fn member(value: &Value, index: i64) -> Option<&Value> {
    match value {
        Value::List(items) => items.get(place(index, items.len())?),
        Value::Tuple(items) => items.get(place(index, items.len())?),
        Value::Instance(instance) => instance.item(index).or_else(|| match instance.members() {
            Some(members) => members.get(place(index, members.len())?),
            None => instance.appended().nth(place(index, instance.appended().count())?),
        }),
        _ => entry(value, index.into()),
    }
}

fn member_mut(value: &mut Value, index: i64) -> Option<&mut Value> {
    match value {
        Value::List(items) => {
            let at = place(index, items.len())?;
            items.get_mut(at)
        }
        Value::Tuple(items) => {
            let at = place(index, items.len())?;
            items.get_mut(at)
        }
        Value::Instance(instance) => {
            if instance.item(index).is_some() {
                return instance.item_mut(index);
            }
            if instance.members().is_some() {
                let members = instance.members_mut()?;
                return members.get_mut(place(index, members.len())?);
            }
            let at = place(index, instance.appended().count())?;
            instance.appended_mut().nth(at)
        }
        _ => entry_mut(value, index.into()),
    }
}

/// Keys that are no index in a list.
macro_rules! keys {
    ($([$($generics:tt)*] $type:ty => |$key:ident| $looked:expr, $value:expr;)*) => {
        $(
            impl <$($generics)*> sealed::Sealed for $type {}

            impl <$($generics)*> ValueIndex for $type {
                fn index_into<'v>(&self, value: &'v Value) -> Option<&'v Value> {
                    let $key = self;
                    entry(value, DictKey::from($looked))
                }

                fn index_into_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
                    let $key = self;
                    entry_mut(value, DictKey::from($looked))
                }

                fn key(&self) -> Value {
                    let $key = self;
                    $value
                }
            }
        )*
    };
}

keys! {
    [] str => |key| key, key.into();
    [] String => |key| key, key.into();
    [] [u8] => |key| key, Value::bytes(key);
    [const N: usize] [u8; N] => |key| key, Value::bytes(&key[..]);
    [] () => |key| *key, { let () = *key; Value::None };
    [] bool => |key| *key, (*key).into();
    [] f64 => |key| *key, (*key).into();
}

impl sealed::Sealed for Value {}

impl ValueIndex for Value {
    fn index_into<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        match self.as_i64() {
            Some(index) => index.index_into(value),
            None => entry(value, self.into()),
        }
    }

    fn index_into_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        match self.as_i64() {
            Some(index) => index.index_into_mut(value),
            None => entry_mut(value, self.into()),
        }
    }

    fn key(&self) -> Value {
        self.clone()
    }
}

impl<T: ValueIndex + ?Sized> sealed::Sealed for &T {}

impl<T: ValueIndex + ?Sized> ValueIndex for &T {
    fn index_into<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        (**self).index_into(value)
    }

    fn index_into_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        (**self).index_into_mut(value)
    }

    fn key(&self) -> Value {
        (**self).key()
    }
}

macro_rules! ints {
    ($($type:ty)*) => {
        $(
            impl sealed::Sealed for $type {}

            impl ValueIndex for $type {
                fn index_into<'v>(&self, value: &'v Value) -> Option<&'v Value> {
                    member(value, i64::try_from(*self).ok()?)
                }

                fn index_into_mut<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
                    member_mut(value, i64::try_from(*self).ok()?)
                }

                fn key(&self) -> Value {
                    (*self).into()
                }
            }
        )*
    };
}

ints! { i32 i64 isize u32 u64 usize }

impl Value {
    /// Returns the value of a key in a dict, the member of a list or tuple with this index, or such an item of an instance. Of an
    /// instance that was made by its class's `__new__` and has neither items nor attributes, an index is that of a member of
    /// its state, if that is a list or tuple, or, if there is no state, of an argument.
    ///
    /// ```
    /// use halfsour_value::{Value, value};
    ///
    /// let value = value!({"a": [1, 2], (0, 1): "pair", 7: "seven"});
    /// assert_eq!(value.get("a").and_then(|a| a.get(-1)), Some(&2.into()));
    /// assert_eq!(value.get(&value!((0, 1))), Some(&"pair".into()));
    /// assert_eq!(value.get(7), Some(&"seven".into()));
    /// assert_eq!(value.get("b"), None);
    ///
    /// // A NamedTuple, and a frozen dataclass with slots.
    /// let mut pair: Value = Value::instance("app", "Pair").args([1, 2]).into();
    /// pair[1] = 3.into();
    /// assert_eq!(pair.to_string(), "app.Pair(1, 3)");
    /// let frozen: Value = Value::instance("app", "Frozen").state(["Ada"]).into();
    /// assert_eq!(frozen[0], "Ada");
    /// ```
    pub fn get(&self, index: impl ValueIndex) -> Option<&Self> {
        index.index_into(self)
    }

    /// Returns the same as [`get`](Self::get), to be changed.
    pub fn get_mut(&mut self, index: impl ValueIndex) -> Option<&mut Self> {
        index.index_into_mut(self)
    }
}

/// Returns what [`Value::get`] returns, or else `None`.
impl<I: ValueIndex> Index<I> for Value {
    type Output = Self;

    fn index(&self, index: I) -> &Self {
        index.index_into(self).unwrap_or(&NONE)
    }
}

/// Returns what [`Value::get_mut`] returns. A key that is not in a dict, or not among the items that were set on an instance, is
/// inserted, with the value `None`; and `None` turns into a dict first. An instance takes a new key if it has items already, or
/// neither arguments, nor a state, nor anything else that was done to it, as an `OrderedDict` that is empty. To set a first item
/// of another one, use [`ValueInstance::set_item`](crate::ValueInstance::set_item); to set an attribute, [`Value::set_attr`] or [`Value::path_mut`].
///
/// # Panics
///
/// If the index is not in the list or tuple, the instance takes no new key, or the value is of another kind.
impl<I: ValueIndex> IndexMut<I> for Value {
    fn index_mut(&mut self, index: I) -> &mut Self {
        if index.index_into(self).is_none() {
            let key = index.key();
            if self.is_none() {
                *self = Dict::new().into();
            }
            match self {
                Self::Dict(dict) => drop(dict.insert(key, Self::None)),
                Self::Instance(instance) if instance.takes_items() => {
                    drop(instance.set_item(key, Self::None));
                }
                Self::Instance(instance) => panic!(
                    "{} has no item {key}; attributes are set by `set_attr` or `path_mut`, a first item by \
                     `ValueInstance::set_item`",
                    instance.class(),
                ),
                Self::List(_) | Self::Tuple(_) if key.kind() == Kind::Int => {
                    panic!("the {} has no index {key}", self.kind())
                }
                _ => panic!("{key} is no key or index of an object of type {}", self.kind()),
            }
        }
        index.index_into_mut(self).expect("it is there")
    }
}
