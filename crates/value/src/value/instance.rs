//! [`ValueInstance`]: an object of a class in a tree.

use crate::{Dict, DictKey, Form, Value};

/// An object that Python would get by calling something: see [`Instance`](crate::Instance).
///
/// [`Value::instance`] and [`ValueInstance::call`] begin one; methods that take and return it add to it. Python's pickler writes
/// the items of an object first, then its state.
///
/// ```
/// use halfsour_value::{Value, ValueInstance};
///
/// let deque = ValueInstance::call(Value::global("collections", "deque")).append([1, 2]);
/// assert_eq!(Value::from(deque).to_string(), "collections.deque() + [1, 2]");
/// let slotted = Value::instance("app", "Slotted").slot("x", 1);
/// assert_eq!(Value::from(slotted).to_string(), "app.Slotted().__setstate__((None, {'x': 1}))");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValueInstance {
    /// The way in which the instance is made.
    pub form: Form,
    /// The callable, or the class.
    pub callable: Value,
    /// The arguments: a tuple.
    pub args: Value,
    /// The keyword arguments of [`Form::NewEx`].
    pub kwargs: Option<Value>,
    /// The steps that are done to the instance after it was made.
    pub steps: Vec<ValueStep>,
}

/// A step that is done to an instance after it was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ValueStep {
    /// `BUILD`.
    State(Value),
    /// `APPEND`, `APPENDS`.
    Append(Vec<Value>),
    /// `SETITEM`, `SETITEMS`.
    SetItem(Vec<(Value, Value)>),
    /// `ADDITEMS`.
    Add(Vec<Value>),
    /// A call of a state setter, with the object and its state.
    Call {
        /// The state setter.
        callable: Value,
        /// The state.
        state: Value,
    },
}

impl ValueInstance {
    /// Begins an instance of a class that is made without calling `__init__`.
    pub fn new(class: Value) -> Self {
        Self {
            form: Form::New,
            callable: class,
            args: Value::tuple([(); 0]),
            kwargs: None,
            steps: Vec::new(),
        }
    }

    /// Begins the result of a call.
    pub fn call(callable: Value) -> Self {
        Self { form: Form::Call, ..Self::new(callable) }
    }

    /// Sets the arguments of the call, or of the class's `__new__`.
    #[must_use]
    pub fn args<T: Into<Value>>(self, args: impl IntoIterator<Item = T>) -> Self {
        Self { args: Value::tuple(args), ..self }
    }

    /// Sets the keyword arguments of the class's `__new__`, and the form to [`Form::NewEx`].
    #[must_use]
    pub fn kwargs(self, kwargs: impl Into<Dict>) -> Self {
        Self { form: Form::NewEx, kwargs: Some(Value::from(kwargs.into())), ..self }
    }

    /// Adds an attribute in `__dict__`.
    ///
    /// # Panics
    ///
    /// If the state is not of attributes.
    #[must_use]
    pub fn attr(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set_attr_of(name, value.into(), false).expect("a state of attributes");
        self
    }

    /// Adds an attribute in a slot, for a class that has `__slots__`.
    ///
    /// # Panics
    ///
    /// If the state is not of attributes.
    #[must_use]
    pub fn slot(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set_attr_of(name, value.into(), true).expect("a state of attributes");
        self
    }

    /// Adds the state that the class's `__setstate__` takes.
    #[must_use]
    pub fn state(mut self, state: impl Into<Value>) -> Self {
        self.steps.push(ValueStep::State(state.into()));
        self
    }

    /// Appends items, for a subclass of `list` and the like.
    #[must_use]
    pub fn append<T: Into<Value>>(mut self, items: impl IntoIterator<Item = T>) -> Self {
        let items = items.into_iter().map(Into::into);
        match self.steps.last_mut() {
            Some(ValueStep::Append(appended)) => appended.extend(items),
            _ => self.steps.push(ValueStep::Append(items.collect())),
        }
        self
    }

    /// Sets items by key, for a subclass of `dict` and the like.
    #[must_use]
    pub fn items<K: Into<Value>, V: Into<Value>>(mut self, items: impl IntoIterator<Item = (K, V)>) -> Self {
        let items = items.into_iter().map(|(key, value)| (key.into(), value.into()));
        match self.steps.last_mut() {
            Some(ValueStep::SetItem(set)) => set.extend(items),
            _ => self.steps.push(ValueStep::SetItem(items.collect())),
        }
        self
    }

    /// Returns the class of the instance; for a call of another callable, that callable.
    ///
    /// `copyreg._reconstructor`, `__newobj__` and `__newobj_ex__` name the class among their arguments: they are seen through.
    pub fn class(&self) -> &Value {
        match self.form {
            Form::Reconstructor | Form::NewObjCall | Form::NewObjExCall => {
                self.args.as_slice().and_then(<[_]>::first).unwrap_or(&self.callable)
            }
            Form::Call | Form::New | Form::NewEx | Form::Inst | Form::Obj => &self.callable,
        }
    }

    /// Returns the state that was set last.
    pub fn get_state(&self) -> Option<&Value> {
        self.steps.iter().rev().find_map(|step| match step {
            ValueStep::State(state) => Some(state),
            _ => None,
        })
    }

    /// Returns the state that was set last, to be changed.
    pub fn state_mut(&mut self) -> Option<&mut Value> {
        self.steps.iter_mut().rev().find_map(|step| match step {
            ValueStep::State(state) => Some(state),
            _ => None,
        })
    }

    /// Returns an attribute, from the state's `__dict__` or its slots.
    pub fn get_attr(&self, name: &str) -> Option<&Value> {
        match self.get_state()? {
            Value::Dict(dict) => dict.get(name),
            Value::Tuple(pair) if pair.len() == 2 => {
                pair.iter().rev().find_map(|dict| dict.as_dict()?.get(name))
            }
            _ => None,
        }
    }

    /// Returns an attribute, to be changed.
    pub fn attr_mut(&mut self, name: &str) -> Option<&mut Value> {
        match self.state_mut()? {
            Value::Dict(dict) => dict.get_mut(name),
            Value::Tuple(pair) if pair.len() == 2 => {
                pair.iter_mut().rev().find_map(|dict| dict.as_dict_mut()?.get_mut(name))
            }
            _ => None,
        }
    }

    /// Sets an attribute: where it is, or else in `__dict__`, or else, if the state has slots only, in a slot. An instance
    /// that has neither a state nor arguments gets a state. Returns the value that it had.
    ///
    /// # Errors
    ///
    /// The value, if the state is neither a dict, nor a pair of a dict or `None` and a dict of slots; or if there is no state,
    /// but arguments: what a `NamedTuple`, a `Decimal` and most others of that form hold is in [`args`](field@Self::args). If
    /// the class does keep attributes besides, as exceptions do, give the instance a [`state`](Self::state).
    pub fn set_attr(&mut self, name: &str, value: impl Into<Value>) -> Result<Option<Value>, Value> {
        let value = value.into();
        if let Some(attribute) = self.attr_mut(name) {
            return Ok(Some(std::mem::replace(attribute, value)));
        }
        if self.get_state().is_none() && self.has_arguments() {
            return Err(value);
        }
        let only_slots =
            matches!(self.get_state(), Some(Value::Tuple(pair)) if pair.first() == Some(&Value::None));
        self.set_attr_of(name, value, only_slots)
    }

    /// Sets an attribute in `__dict__` or in a slot.
    fn set_attr_of(&mut self, name: &str, value: Value, slot: bool) -> Result<Option<Value>, Value> {
        if self.get_state().is_none() {
            self.steps.push(ValueStep::State(Dict::new().into()));
        }
        let Some(state) = self.state_mut() else { return Err(value) };
        if slot && let Value::Dict(dict) = state {
            let attributes = if dict.is_empty() { Value::None } else { state.take() };
            *state = (attributes, Dict::new()).into();
        }
        let dict = match state {
            Value::Dict(dict) => Some(dict),
            Value::Tuple(pair) => match &mut **pair {
                [_, Value::Dict(slots)] if slot => Some(slots),
                [attributes @ (Value::None | Value::Dict(_)), Value::Dict(_)] if !slot => {
                    if attributes.is_none() {
                        *attributes = Dict::new().into();
                    }
                    match attributes {
                        Value::Dict(dict) => Some(dict),
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        };
        match dict {
            Some(dict) => Ok(dict.insert(name, value)),
            None => Err(value),
        }
    }

    /// Returns the value of a key among the items that were set: the last one counts.
    pub fn item<'k>(&self, key: impl Into<DictKey<'k>>) -> Option<&Value> {
        use indexmap::Equivalent;
        let key = key.into();
        self.steps.iter().rev().find_map(|step| match step {
            ValueStep::SetItem(items) => {
                items.iter().rev().find(|(other, _)| key.equivalent(other)).map(|(_, value)| value)
            }
            _ => None,
        })
    }

    /// Returns the value of a key among the items that were set, to be changed.
    pub fn item_mut<'k>(&mut self, key: impl Into<DictKey<'k>>) -> Option<&mut Value> {
        use indexmap::Equivalent;
        let key = key.into();
        self.steps.iter_mut().rev().find_map(|step| match step {
            ValueStep::SetItem(items) => {
                items.iter_mut().rev().find(|(other, _)| key.equivalent(other)).map(|(_, value)| value)
            }
            _ => None,
        })
    }

    /// Returns the members that are reached by index where the instance has neither items nor attributes: see
    /// [`Value::get`].
    pub(crate) fn members(&self) -> Option<&[Value]> {
        if self.has_items() {
            return None;
        }
        let args = self.args.as_slice()?;
        match (self.form, self.get_state()) {
            (Form::Call | Form::Inst | Form::Obj, _) => None,
            (_, Some(state)) => (!is_attributes(state)).then(|| state.as_slice())?,
            (Form::New | Form::NewEx, None) => Some(args),
            (Form::NewObjCall, None) => args.get(1..),
            (Form::NewObjExCall, None) => args.get(1)?.as_slice(),
            (Form::Reconstructor, None) => args.get(2)?.as_slice(),
        }
    }

    /// Returns the same as [`members`](Self::members), to be changed.
    pub(crate) fn members_mut(&mut self) -> Option<&mut [Value]> {
        self.members()?;
        if self.get_state().is_some() {
            return self.state_mut()?.as_mut_slice();
        }
        let args = self.args.as_mut_slice()?;
        match self.form {
            Form::NewObjCall => args.get_mut(1..),
            Form::NewObjExCall => args.get_mut(1)?.as_mut_slice(),
            Form::Reconstructor => args.get_mut(2)?.as_mut_slice(),
            _ => Some(args),
        }
    }

    fn has_items(&self) -> bool {
        let is_item = |step: &ValueStep| {
            matches!(step, ValueStep::Append(_) | ValueStep::SetItem(_) | ValueStep::Add(_))
        };
        self.steps.iter().any(is_item)
    }

    /// Sets an item among those that were set, and returns the value that it had.
    pub fn set_item(&mut self, key: impl Into<Value>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        if let Some(item) = self.item_mut(&key) {
            return Some(std::mem::replace(item, value));
        }
        let last = self.steps.iter_mut().rev().find_map(|step| match step {
            ValueStep::SetItem(items) => Some(items),
            _ => None,
        });
        match last {
            Some(items) => items.push((key, value)),
            None => self.steps.push(ValueStep::SetItem(vec![(key, value)])),
        }
        None
    }

    /// Returns whether a new key among the items is what a program means that sets it by index.
    pub(crate) fn takes_items(&self) -> bool {
        let has_items = self.steps.iter().any(|step| matches!(step, ValueStep::SetItem(_)));
        has_items || (self.steps.is_empty() && !self.has_arguments())
    }

    /// Returns whether the class was given arguments: see [`Instance::arguments`](crate::Instance::arguments).
    fn has_arguments(&self) -> bool {
        let is_empty = |value: &Value| match value {
            Value::Tuple(items) => items.is_empty(),
            Value::Dict(dict) => dict.is_empty(),
            _ => false,
        };
        match (self.form, self.args.as_slice()) {
            (Form::NewObjCall, Some([_])) | (Form::Reconstructor, Some([_, _, Value::None])) => false,
            (Form::NewObjExCall, Some([_, args, kwargs])) => !is_empty(args) || !is_empty(kwargs),
            _ => !is_empty(&self.args) || self.kwargs.as_ref().is_some_and(|kwargs| !is_empty(kwargs)),
        }
    }

    /// Returns the items that were appended.
    pub fn appended(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.steps.iter().flat_map(|step| match step {
            ValueStep::Append(items) => &items[..],
            _ => &[],
        })
    }

    /// Returns the items that were appended, to be changed.
    pub fn appended_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Value> {
        self.steps.iter_mut().flat_map(|step| match step {
            ValueStep::Append(items) => &mut items[..],
            _ => &mut [],
        })
    }
}

/// Returns whether a state sets attributes: it is a dict, or a pair of one or `None` and one of slots.
fn is_attributes(state: &Value) -> bool {
    match state {
        Value::Dict(_) => true,
        Value::Tuple(pair) => matches!(&**pair, [Value::None | Value::Dict(_), Value::Dict(_)]),
        _ => false,
    }
}
