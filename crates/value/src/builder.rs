//! [`Builder`]: graphs by hand.

use std::collections::HashSet;

use bytes::Bytes;
use halfsour_text::wtf8;

use crate::data::Kind;
use crate::form::{Builtin, Form, IntSpelling};
use crate::graph::Provenance;
use crate::parts::{Container, Payload, Spelling, StepError};
use crate::store::Store;
use crate::{Graph, Id};

/// Makes a graph by hand: objects first, then what holds them.
///
/// An id that is used twice is an object in two places; a list or instance may be changed after it was put somewhere, so
/// cycles can be made.
///
/// ```
/// use halfsour_value::Builder;
///
/// let mut b = Builder::new();
/// let name = b.str("Ada");
/// let person = b.instance("app.models", "Person").attr("name", name).finish();
/// let friends = b.list(&[person]);
/// b.append(friends, friends).unwrap(); // a list that holds itself
/// let graph = b.build(friends);
/// assert_eq!(graph.root().to_string(), "[app.models.Person(name='Ada'), [...]]");
/// ```
///
/// # Panics
///
/// All methods panic beyond two billion nodes.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    pub(crate) store: Store,
    pub(crate) source: Bytes,
    pub(crate) provenance: Provenance,
    /// The dicts of attributes that only one instance has, since they were made for it.
    pub(crate) own: HashSet<Id>,
}

pub(crate) const FULL: &str = "fewer than two billion nodes";

impl Builder {
    /// A builder that has made nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The graph, of this object.
    pub fn build(self, root: Id) -> Graph {
        self.build_all(vec![root])
    }

    pub(crate) fn build_all(mut self, roots: Vec<Id>) -> Graph {
        self.sort();
        Graph::new(self.store, self.source, roots, self.provenance)
    }

    /// Spellings may be given in any order.
    pub(crate) fn sort(&mut self) {
        self.store.spellings.sort_unstable_by_key(|(id, _)| *id);
    }

    /// `None`.
    pub fn none(&self) -> Id {
        Id::NONE
    }

    /// A bool.
    pub fn bool(&self, value: bool) -> Id {
        Id::bool(value)
    }

    /// An int.
    pub fn int(&mut self, value: i64) -> Id {
        self.store.int(0, value).expect(FULL)
    }

    /// An int of any size: little-endian two's complement.
    pub fn big_int(&mut self, bytes: &[u8]) -> Id {
        match halfsour_text::number::le_to_i64(bytes) {
            Some(value) => self.int(value),
            None => self.store.owned(Payload::BigInt, 0, bytes).expect(FULL),
        }
    }

    /// A float.
    pub fn float(&mut self, value: f64) -> Id {
        self.store.float(0, value).expect(FULL)
    }

    /// A complex number.
    pub fn complex(&mut self, re: f64, im: f64) -> Id {
        let (re, im) = (self.float(re), self.float(im));
        self.store.complex(0, re, im).expect(FULL).expect("both are floats")
    }

    /// Text.
    pub fn str(&mut self, text: &str) -> Id {
        self.wtf8(text.as_bytes()).expect("a str is UTF-8")
    }

    /// Text that may have lone surrogates, as WTF-8; `None` if it is not that.
    pub fn wtf8(&mut self, text: &[u8]) -> Option<Id> {
        let encoding = wtf8::check(text).ok()?;
        Some(self.store.owned(Payload::Str(encoding), 0, text).expect(FULL))
    }

    /// `bytes`.
    pub fn bytes(&mut self, bytes: &[u8]) -> Id {
        self.store.owned(Payload::Bytes, 0, bytes).expect(FULL)
    }

    /// A bytearray.
    pub fn bytearray(&mut self, bytes: &[u8]) -> Id {
        self.store.owned(Payload::ByteArray, 0, bytes).expect(FULL)
    }

    /// A Python 2 string.
    pub fn byte_string(&mut self, bytes: &[u8]) -> Id {
        self.store.owned(Payload::ByteString, 0, bytes).expect(FULL)
    }

    /// A container of these items: keys and values in turn, for a dict.
    ///
    /// # Errors
    ///
    /// [`StepError::Unhashable`], if a key or a member of a set cannot be hashed.
    #[doc(hidden)]
    pub fn container(&mut self, container: Container, items: &[Id]) -> Result<Id, StepError> {
        match self.store.container(container, 0, items) {
            Err(StepError::OutOfBudget) => panic!("{FULL}"),
            made => made,
        }
    }

    /// A list.
    pub fn list(&mut self, items: &[Id]) -> Id {
        self.container(Container::List, items).expect("a list takes anything")
    }

    /// A tuple.
    pub fn tuple(&mut self, items: &[Id]) -> Id {
        self.container(Container::Tuple, items).expect("a tuple takes anything")
    }

    /// A dict.
    ///
    /// # Errors
    ///
    /// [`StepError::Unhashable`], as in Python.
    pub fn dict(&mut self, items: &[(Id, Id)]) -> Result<Id, StepError> {
        let items: Vec<Id> = items.iter().flat_map(|&(key, value)| [key, value]).collect();
        self.container(Container::Dict, &items)
    }

    /// A set.
    ///
    /// # Errors
    ///
    /// [`StepError::Unhashable`], as in Python.
    pub fn set(&mut self, items: &[Id]) -> Result<Id, StepError> {
        self.container(Container::Set, items)
    }

    /// A frozenset.
    ///
    /// # Errors
    ///
    /// [`StepError::Unhashable`], as in Python.
    pub fn frozenset(&mut self, items: &[Id]) -> Result<Id, StepError> {
        self.container(Container::FrozenSet, items)
    }

    /// A class or function. Python has one object for a name: use its id again.
    pub fn global(&mut self, module: &str, name: &str) -> Id {
        let (module, name) = (self.str(module), self.str(name));
        self.global_of(module, name).expect("both are text")
    }

    /// A class or function whose names were made before.
    ///
    /// # Errors
    ///
    /// If they are not text.
    pub fn global_of(&mut self, module: Id, name: Id) -> Result<Id, StepError> {
        if [module, name].iter().any(|&id| !matches!(self.store.kind(id), Kind::Str | Kind::ByteString)) {
            return Err(StepError::Unsupported);
        }
        Ok(self.store.global(0, module, name, Builtin::Other)?)
    }

    /// An instance that is made without calling `__init__`: what most classes' objects are.
    pub fn instance(&mut self, module: &str, name: &str) -> InstanceBuilder<'_> {
        let class = self.global(module, name);
        self.instance_of(class)
    }

    /// An instance of a class that was made before, or is itself the result of a call.
    pub fn instance_of(&mut self, class: Id) -> InstanceBuilder<'_> {
        InstanceBuilder {
            builder: self,
            class,
            args: Id::EMPTY_TUPLE,
            kwargs: None,
            attrs: Vec::new(),
            slots: false,
        }
    }

    /// The result of a call; `args` is a tuple.
    pub fn call(&mut self, callable: Id, args: Id) -> Id {
        self.made(Form::Call, callable, args, None)
    }

    /// An instance of any form: from a callable or class, a tuple of arguments, and the keyword arguments of [`Form::NewEx`].
    pub fn made(&mut self, form: Form, callable: Id, args: Id, kwargs: Option<Id>) -> Id {
        self.store.instance(form, 0, callable, args, kwargs).expect(FULL)
    }

    /// Records the call by which an old protocol spells this builtin.
    #[doc(hidden)]
    pub fn record_spelling(&mut self, id: Id, callable: Id, args: Id) {
        self.store.record_spelling(id, Spelling { callable, args }).expect(FULL);
    }

    /// Sets an attribute by a call of `setattr(object, name, value)`.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`], if these are not three arguments, or the object is no instance.
    #[doc(hidden)]
    pub fn set_by_call(&mut self, callable: Id, args: Id) -> Result<(), StepError> {
        let Some(&[object, name, value]) = self.view().sequence(args) else {
            return Err(StepError::Unsupported);
        };
        self.store.set_attribute(0, Spelling { callable, args }, [object, name, value])
    }

    /// An int with an opcode that Python 3 would not have written for it.
    pub fn int_with_opcode(&mut self, op: IntSpelling, value: i64) -> Id {
        self.store.int_with_opcode(op, 0, value).expect(FULL)
    }

    /// A persistent id.
    pub fn persistent_id(&mut self, id: Id) -> Id {
        self.store.persistent_id(0, id).expect(FULL)
    }

    /// An extension code.
    pub fn extension(&mut self, code: u32) -> Id {
        self.store.extension(0, code).expect(FULL)
    }

    /// The next out-of-band buffer, with its contents.
    pub fn buffer(&mut self, contents: impl Into<Bytes>) -> Id {
        self.provenance.buffers.push(contents.into());
        self.store.buffer(0, self.provenance.buffers.len() - 1).expect(FULL)
    }

    /// A read-only view of a bytearray or buffer.
    pub fn read_only(&mut self, of: Id) -> Id {
        self.store.read_only(0, of).expect(FULL)
    }

    /// Appends to a list or an instance.
    ///
    /// # Errors
    ///
    /// If it is neither.
    pub fn append(&mut self, to: Id, item: Id) -> Result<(), StepError> {
        self.store.append(to, &[item])
    }

    /// Sets an item of a dict or an instance. As in Python, a key that is there stays and gets the value. Whether the class of
    /// the instance takes items is not known here; to set an attribute, use [`set_attr`](Self::set_attr).
    ///
    /// # Errors
    ///
    /// If it is neither, or the key of a dict cannot be hashed.
    pub fn set_item(&mut self, of: Id, key: Id, value: Id) -> Result<(), StepError> {
        self.store.set_items(of, &[key, value])
    }

    /// Adds to a set or an instance.
    ///
    /// # Errors
    ///
    /// If it is neither, or the member of a set cannot be hashed.
    pub fn add(&mut self, to: Id, item: Id) -> Result<(), StepError> {
        self.store.add_items(to, &[item])
    }

    /// Gives an instance its state: a dict for `__dict__`, a pair of such a dict or None and one of slots, or anything
    /// that the class takes in `__setstate__`.
    ///
    /// # Errors
    ///
    /// If it is no instance.
    pub fn state(&mut self, of: Id, state: Id) -> Result<(), StepError> {
        self.store.build(of, state)
    }

    /// The result of a call with an object and its state, which gave the object that state: `setter(object, state)`.
    ///
    /// # Errors
    ///
    /// If there are too many nodes.
    pub fn call_on(&mut self, object: Id, setter: Id, state: Id) -> Result<(), StepError> {
        let args = self.tuple(&[object, state]);
        let call = self.call(setter, args);
        Ok(self.store.call_on(object, call)?)
    }
}

/// An instance that is being made: see [`Builder::instance`].
#[derive(Debug)]
pub struct InstanceBuilder<'b> {
    builder: &'b mut Builder,
    class: Id,
    args: Id,
    kwargs: Option<Id>,
    attrs: Vec<Id>,
    slots: bool,
}

impl InstanceBuilder<'_> {
    /// The arguments of `__new__`: a tuple.
    #[must_use]
    pub fn args(mut self, args: Id) -> Self {
        self.args = args;
        self
    }

    /// The keyword arguments of `__new__`: a dict.
    #[must_use]
    pub fn kwargs(mut self, kwargs: Id) -> Self {
        self.kwargs = Some(kwargs);
        self
    }

    /// An attribute.
    #[must_use]
    pub fn attr(mut self, name: &str, value: Id) -> Self {
        let name = self.builder.str(name);
        self.attrs.extend([name, value]);
        self
    }

    /// The attributes are slots: the class has `__slots__` and no `__dict__`.
    #[must_use]
    pub fn slots(mut self) -> Self {
        self.slots = true;
        self
    }

    /// The instance, without attributes but with this state.
    pub fn state(self, state: Id) -> Id {
        let id = self.builder.made(self.form(), self.class, self.args, self.kwargs);
        self.builder.state(id, state).expect("an instance takes a state");
        id
    }

    /// The instance.
    pub fn finish(self) -> Id {
        if self.attrs.is_empty() {
            return self.builder.made(self.form(), self.class, self.args, self.kwargs);
        }
        let dict = self.builder.container(Container::Dict, &self.attrs).expect("names can be hashed");
        let state = if self.slots { self.builder.tuple(&[Id::NONE, dict]) } else { dict };
        self.state(state)
    }

    fn form(&self) -> Form {
        if self.kwargs.is_some() { Form::NewEx } else { Form::New }
    }
}
