//! From tree to graph.

use std::collections::HashMap;
use std::fmt;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

use crate::builder::FULL;
use crate::parts::{Container, StepError};
use crate::value::{Value, ValueGlobal, ValueInstance, ValueStep};
use crate::{Builder, Id};

/// Why a [`Value`] cannot become a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueError {
    /// The value nests deeper than 1,000 levels.
    TooDeep,
    /// A key or member is of a kind that Python cannot hash.
    Unhashable,
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooDeep => "the tree nests too deep",
            Self::Unhashable => "a key or member is of a kind that cannot be hashed",
        })
    }
}

impl std::error::Error for ValueError {}

impl Builder {
    /// Copies a tree into the graph.
    ///
    /// Text, byte strings and `bytes` that the tree holds in several places by one [`Arc`], as clones and what
    /// [`Graph::to_value`](crate::Graph::to_value) made do, become one object; so does each class and function, of which Python has one
    /// for a name. The other parts are new objects, shared with nothing.
    ///
    /// ```
    /// use halfsour_value::{Builder, Value};
    ///
    /// let key = Value::from("name");
    /// let records = Value::list(["Ada", "Grace"].map(|name| Value::dict([(key.clone(), name)])));
    /// let mut b = Builder::new();
    /// let root = b.value(&records)?;
    /// let graph = b.build(root);
    /// let keys: Vec<_> = graph.root().elements().unwrap().map(|record| record.items().unwrap().next().unwrap().0).collect();
    /// assert!(keys[0] == keys[1]); // the same object
    /// # Ok::<(), halfsour_value::ValueError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it nests deeper than 1,000 levels, or has a key that Python cannot hash.
    pub fn value(&mut self, value: &Value) -> Result<Id, ValueError> {
        Copier { builder: self, shared: HashMap::new(), globals: HashMap::new() }.value(value, 1000)
    }
}

/// Copies one tree, which is borrowed all the while: the addresses in it stay what they are.
struct Copier<'b, 'v> {
    builder: &'b mut Builder,
    /// The objects made of text and bytes that the tree may hold once more, by the kind of the value and by address.
    shared: HashMap<(Discriminant<Value>, *const u8), Id>,
    globals: HashMap<&'v ValueGlobal, Id>,
}

impl<'v> Copier<'_, 'v> {
    fn value(&mut self, value: &'v Value, depth: usize) -> Result<Id, ValueError> {
        let depth = depth.checked_sub(1).ok_or(ValueError::TooDeep)?;
        let hashed = |made: Result<Id, StepError>| made.map_err(|_| ValueError::Unhashable);
        Ok(match value {
            Value::None => Id::NONE,
            Value::Bool(value) => Id::bool(*value),
            Value::Int(value) => self.builder.int(*value),
            Value::BigInt(bytes) => self.builder.big_int(bytes),
            Value::Float(value) => self.builder.float(*value),
            Value::Complex(re, im) => self.builder.complex(*re, *im),
            Value::Str(text) => self.shared(value, text, Builder::str),
            Value::SurrogateStr(text) => self.shared(value, text, |builder, text| {
                builder.wtf8(text).unwrap_or_else(|| builder.str(&String::from_utf8_lossy(text)))
            }),
            Value::ByteString(bytes) => self.shared(value, bytes, Builder::byte_string),
            Value::Bytes(bytes) => self.shared(value, bytes, Builder::bytes),
            Value::ByteArray(bytes) => self.builder.bytearray(bytes),
            Value::List(items) => {
                let items = self.values(items, depth)?;
                self.builder.list(&items)
            }
            Value::Tuple(items) => {
                let items = self.values(items, depth)?;
                self.builder.tuple(&items)
            }
            Value::Set(items) => {
                let items = self.values(&**items, depth)?;
                hashed(self.builder.set(&items))?
            }
            Value::FrozenSet(items) => {
                let items = self.values(&**items, depth)?;
                hashed(self.builder.frozenset(&items))?
            }
            Value::Dict(items) => {
                let items = self.pairs(&**items, depth)?;
                hashed(self.builder.container(Container::Dict, &items))?
            }
            Value::Global(global) => {
                let make = || self.builder.global(&global.module, &global.name);
                *self.globals.entry(global).or_insert_with(make)
            }
            Value::Instance(instance) => self.instance(instance, depth)?,
            Value::PersistentId(id) => {
                let id = self.value(id, depth)?;
                self.builder.persistent_id(id)
            }
            Value::Extension(code) => self.builder.extension(*code),
            Value::Buffer(index) => self.builder.store.buffer(0, *index).expect(FULL),
            Value::ReadOnly(of) => {
                let of = self.value(of, depth)?;
                self.builder.read_only(of)
            }
        })
    }

    /// Makes an object that cannot change, or returns the one that was made of the same text or bytes.
    fn shared<T: ?Sized>(
        &mut self,
        value: &Value,
        content: &Arc<T>,
        make: impl FnOnce(&mut Builder, &T) -> Id,
    ) -> Id {
        // Most text is in one place: no more than this is spent on it.
        if Arc::strong_count(content) == 1 {
            return make(self.builder, content);
        }
        let key = (discriminant(value), Arc::as_ptr(content).cast());
        *self.shared.entry(key).or_insert_with(|| make(self.builder, content))
    }

    fn values(
        &mut self,
        values: impl IntoIterator<Item = &'v Value>,
        depth: usize,
    ) -> Result<Vec<Id>, ValueError> {
        values.into_iter().map(|value| self.value(value, depth)).collect()
    }

    fn pairs(
        &mut self,
        pairs: impl IntoIterator<Item = (&'v Value, &'v Value)>,
        depth: usize,
    ) -> Result<Vec<Id>, ValueError> {
        self.values(pairs.into_iter().flat_map(|(key, value)| [key, value]), depth)
    }

    fn instance(&mut self, instance: &'v ValueInstance, depth: usize) -> Result<Id, ValueError> {
        let callable = self.value(&instance.callable, depth)?;
        let args = self.value(&instance.args, depth)?;
        let kwargs = instance.kwargs.as_ref().map(|kwargs| self.value(kwargs, depth)).transpose()?;
        let id = self.builder.made(instance.form, callable, args, kwargs);
        for step in &instance.steps {
            let done = match step {
                ValueStep::State(state) => {
                    let state = self.value(state, depth)?;
                    self.builder.store.build(id, state)
                }
                ValueStep::Append(items) => {
                    let items = self.values(items, depth)?;
                    self.builder.store.append(id, &items)
                }
                ValueStep::SetItem(items) => {
                    let items = self.pairs(items.iter().map(|(key, value)| (key, value)), depth)?;
                    self.builder.store.set_items(id, &items)
                }
                ValueStep::Add(items) => {
                    let items = self.values(items, depth)?;
                    self.builder.store.add_items(id, &items)
                }
                ValueStep::Call { callable, state } => {
                    let (callable, state) = (self.value(callable, depth)?, self.value(state, depth)?);
                    self.builder.call_on(id, callable, state)
                }
            };
            done.expect("an instance takes every step");
        }
        Ok(id)
    }
}
