//! [`Dict`]: Python's `dict` in a tree.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Index, IndexMut};

use crate::Value;
use crate::table::{self, DictKey, Table};

/// Python's `dict`: keys and values in the order of insertion.
///
/// Keys are equal where Python finds them equal: `1`, `1.0` and `True` are one key; the key that was inserted first stays. A key
/// is looked up by text, bytes, a number, a bool, `()` for `None`, or a `&Value`. Two dicts are equal if they have the same
/// items in any order.
///
/// ```
/// use halfsour_value::Dict;
///
/// let mut dict = Dict::from_iter([("a", 1), ("b", 2)]);
/// dict.insert(7, "seven");
/// assert_eq!(dict.get("b").unwrap(), &2);
/// assert_eq!(dict[7], "seven");
/// assert_eq!(dict[7.0], "seven");
/// dict["a"] = [1.5, 2.5].into();
/// assert_eq!(dict.remove("b").unwrap(), 2);
/// assert_eq!(dict.to_string(), "{'a': [1.5, 2.5], 7: 'seven'}");
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Dict(pub(crate) Table<Value>);

impl Dict {
    /// Creates an empty dict.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an empty dict with room for some items.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Table::with_capacity(capacity))
    }

    /// Returns the number of items.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the value of a key.
    pub fn get<'k>(&self, key: impl Into<DictKey<'k>>) -> Option<&Value> {
        Some(self.0.get_full(&key.into())?.1)
    }

    /// Returns the value of a key, to be changed.
    pub fn get_mut<'k>(&mut self, key: impl Into<DictKey<'k>>) -> Option<&mut Value> {
        self.0.get_mut(&key.into())
    }

    /// Returns a key as it stands in the dict, and its value.
    pub fn get_key_value<'k>(&self, key: impl Into<DictKey<'k>>) -> Option<(&Value, &Value)> {
        self.0.get_full(&key.into())
    }

    /// Returns whether a key is there.
    pub fn contains_key<'k>(&self, key: impl Into<DictKey<'k>>) -> bool {
        self.get(key).is_some()
    }

    /// Sets the value of a key, and returns the value that it had. A new key goes to the end.
    pub fn insert(&mut self, key: impl Into<Value>, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(key.into(), value.into())
    }

    /// Returns the value of a key. If the key is not there, it is set to `value()` first.
    pub fn get_or_insert_with(&mut self, key: impl Into<Value>, value: impl FnOnce() -> Value) -> &mut Value {
        self.0.get_or_insert_with(key.into(), value)
    }

    /// Removes a key, and returns its value. The other items keep their order, which takes time linear in their number.
    pub fn remove<'k>(&mut self, key: impl Into<DictKey<'k>>) -> Option<Value> {
        Some(self.0.remove(&key.into())?.1)
    }

    /// Removes all items.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the items.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.iter())
    }

    /// Returns the items. The values can be changed.
    pub fn iter_mut(&mut self) -> IterMut<'_> {
        IterMut(self.0.iter_mut())
    }

    /// Returns the keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.iter().map(|(key, _)| key)
    }

    /// Returns the values.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.iter().map(|(_, value)| value)
    }

    /// Returns the values, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Value> + ExactSizeIterator {
        self.iter_mut().map(|(_, value)| value)
    }
}

impl Eq for Dict {}

impl Hash for Dict {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.len(), crate::value::sum_of_hashes(self)).hash(state);
    }
}

/// As Python's `repr` prints it.
impl fmt::Display for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::value::Printer::new(f).dict(self)
    }
}

impl fmt::Debug for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::value::Printer::debug(f).dict(self)
    }
}

/// # Panics
///
/// If the key is not there.
impl<'k, K: Into<DictKey<'k>>> Index<K> for Dict {
    type Output = Value;

    fn index(&self, key: K) -> &Value {
        self.get(key).unwrap_or_else(|| panic!("the dict does not have the key"))
    }
}

/// # Panics
///
/// If the key is not there. To set a new one, use [`Dict::insert`].
impl<'k, K: Into<DictKey<'k>>> IndexMut<K> for Dict {
    fn index_mut(&mut self, key: K) -> &mut Value {
        self.get_mut(key).unwrap_or_else(|| panic!("the dict does not have the key"))
    }
}

impl<K: Into<Value>, V: Into<Value>> Extend<(K, V)> for Dict {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, items: I) {
        self.0.extend(items.into_iter().map(|(key, value)| (key.into(), value.into())));
    }
}

impl<K: Into<Value>, V: Into<Value>> FromIterator<(K, V)> for Dict {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Self {
        let mut dict = Self::new();
        dict.extend(items);
        dict
    }
}

impl<K: Into<Value>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Dict {
    fn from(items: [(K, V); N]) -> Self {
        items.into_iter().collect()
    }
}

table::iterators! {
    /// The items of a [`Dict`]: keys and values.
    #[derive(Clone)]
    Iter<'d> of table::Iter<'d, Value>, (&'d Value, &'d Value), |pair| pair;
    /// The items of a [`Dict`], whose values can be changed.
    IterMut<'d> of table::IterMut<'d, Value>, (&'d Value, &'d mut Value), |pair| pair;
    /// The items of a [`Dict`] that was taken apart.
    IntoIter of table::IntoIter<Value>, (Value, Value), |pair| pair;
}

impl<'d> IntoIterator for &'d Dict {
    type Item = (&'d Value, &'d Value);
    type IntoIter = Iter<'d>;

    fn into_iter(self) -> Iter<'d> {
        self.iter()
    }
}

impl<'d> IntoIterator for &'d mut Dict {
    type Item = (&'d Value, &'d mut Value);
    type IntoIter = IterMut<'d>;

    fn into_iter(self) -> IterMut<'d> {
        self.iter_mut()
    }
}

impl IntoIterator for Dict {
    type Item = (Value, Value);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter(self.0.into_entries())
    }
}
