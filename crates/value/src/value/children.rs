//! The parts of values.

use std::slice;

use crate::{Value, ValueInstance, ValueStep};

impl Value {
    /// Returns the values of which this one is directly made: members; keys and values in turn; of an instance the callable, the
    /// arguments, the keyword arguments and all that the steps bring.
    ///
    /// ```
    /// use halfsour_value::{Value, value};
    ///
    /// fn count(value: &Value) -> usize {
    ///     1 + value.children().map(count).sum::<usize>()
    /// }
    /// let value = value!({"a": [1, 2], "b": {3}});
    /// assert_eq!(value.children().map(Value::to_string).collect::<Vec<_>>(), ["'a'", "[1, 2]", "'b'", "{3}"]);
    /// assert_eq!(count(&value), 8);
    /// ```
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        let items = match self {
            Self::PersistentId(of) | Self::ReadOnly(of) => slice::from_ref(&**of),
            _ => self.as_slice().unwrap_or_default(),
        };
        let pairs = self.as_dict().into_iter().flatten().flat_map(|(key, value)| [key, value]);
        let members = self.as_set().into_iter().flatten();
        let parts = self.as_instance().into_iter().flat_map(ValueInstance::children);
        items.iter().chain(pairs).chain(members).chain(parts)
    }
}

impl ValueInstance {
    fn children(&self) -> impl Iterator<Item = &Value> {
        let made_of = [&self.callable, &self.args].into_iter().chain(&self.kwargs);
        made_of.chain(self.steps.iter().flat_map(ValueStep::children))
    }
}

impl ValueStep {
    fn children(&self) -> impl Iterator<Item = &Value> {
        let (items, pairs): (&[_], &[_]) = match self {
            Self::State(state) | Self::Call { state, .. } => (slice::from_ref(state), &[]),
            Self::Append(items) | Self::Add(items) => (items, &[]),
            Self::SetItem(pairs) => (&[], pairs),
        };
        let setter = match self {
            Self::Call { callable, .. } => Some(callable),
            _ => None,
        };
        let pairs = pairs.iter().flat_map(|(key, value)| [key, value]);
        setter.into_iter().chain(items).chain(pairs)
    }
}
