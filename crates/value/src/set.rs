//! [`Set`]: Python's `set` and `frozenset` in a tree.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::Value;
use crate::table::{self, DictKey, Table};

/// The members of Python's `set` or `frozenset`, in the order of insertion.
///
/// Members are equal as the keys of a [`Dict`](crate::Dict) are. Two sets are equal if they have the same members in any order.
///
/// ```
/// use halfsour_value::Set;
///
/// let mut set = Set::from_iter([1, 2]);
/// assert!(set.insert("three"));
/// assert!(!set.insert(2.0)); // it is there
/// assert!(set.contains("three"));
/// assert!(set.remove(1));
/// assert_eq!(set.to_string(), "{2, 'three'}");
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Set(pub(crate) Table<()>);

impl Set {
    /// Creates an empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates an empty set with room for some members.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Table::with_capacity(capacity))
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the member that equals a value.
    pub fn get<'k>(&self, member: impl Into<DictKey<'k>>) -> Option<&Value> {
        Some(self.0.get_full(&member.into())?.0)
    }

    /// Returns whether a value is among the members.
    pub fn contains<'k>(&self, member: impl Into<DictKey<'k>>) -> bool {
        self.get(member).is_some()
    }

    /// Adds a member. Returns whether it is new.
    pub fn insert(&mut self, member: impl Into<Value>) -> bool {
        self.0.insert(member.into(), ()).is_none()
    }

    /// Removes a member. Returns whether it was there. The other members keep their order, which takes time linear in their
    /// number.
    pub fn remove<'k>(&mut self, member: impl Into<DictKey<'k>>) -> bool {
        self.0.remove(&member.into()).is_some()
    }

    /// Removes all members.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns the members.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.iter())
    }
}

impl Eq for Set {}

impl Hash for Set {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.len(), crate::value::sum_of_hashes(self)).hash(state);
    }
}

/// As Python's `repr` prints a `set`.
impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::value::Printer::new(f).set(self)
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::value::Printer::debug(f).set(self)
    }
}

impl<T: Into<Value>> Extend<T> for Set {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        self.0.extend(members.into_iter().map(|member| (member.into(), ())));
    }
}

impl<T: Into<Value>> FromIterator<T> for Set {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut set = Self::new();
        set.extend(members);
        set
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Set {
    fn from(members: [T; N]) -> Self {
        members.into_iter().collect()
    }
}

table::iterators! {
    /// The members of a [`Set`].
    #[derive(Clone)]
    Iter<'s> of table::Iter<'s, ()>, &'s Value, |(member, ())| member;
    /// The members of a [`Set`] that was taken apart.
    IntoIter of table::IntoIter<()>, Value, |(member, ())| member;
}

impl<'s> IntoIterator for &'s Set {
    type Item = &'s Value;
    type IntoIter = Iter<'s>;

    fn into_iter(self) -> Iter<'s> {
        self.iter()
    }
}

impl IntoIterator for Set {
    type Item = Value;
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        IntoIter(self.0.into_entries())
    }
}
