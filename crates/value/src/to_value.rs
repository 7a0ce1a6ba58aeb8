//! From graph to tree.

use std::borrow::Cow;

use crate::data::Data;
use crate::instance::{Instance, Part, Step};
use crate::limits::Budget;
use crate::{Dict, Graph, Id, Node, Set, TreeError, TreeLimits, Value, ValueInstance, ValueStep};

impl<S: AsRef<[u8]>> Graph<S> {
    /// The data as a tree.
    ///
    /// Shared objects are copied, though text, byte strings, `bytes` and globals share their memory. Of an int, the opcode is not kept
    /// ([`Data::Int`] has its value); nor is the call by which an old protocol spelled a builtin object, or whether a global's names are
    /// text or Python 2 byte strings. These mean the same in Python. What else a tree cannot hold is an error.
    ///
    /// # Errors
    ///
    /// If the data is no tree of a size within `limits`; if a global, a persistent id, an extension code or a buffer was given a state or
    /// items; or if a name is not UTF-8.
    pub fn to_value(&self, limits: TreeLimits) -> Result<Value, TreeError> {
        self.root().to_value(limits)
    }
}

impl<S: AsRef<[u8]>> Node<'_, S> {
    /// This object as a tree: see [`Graph::to_value`].
    ///
    /// # Errors
    ///
    /// As [`Graph::to_value`].
    pub fn to_value(self, limits: TreeLimits) -> Result<Value, TreeError> {
        let cache = self.graph().node_count().next_power_of_two().min(Maker::<S>::CACHE);
        let maker = Maker {
            budget: limits.budget(self.graph()),
            open: Vec::new(),
            cache: vec![(None, Value::None); cache],
        };
        maker.run(self)
    }
}

impl<S: AsRef<[u8]>> Node<'_, S> {
    /// Returns an error if there is something about this object itself, its parts aside, that a tree cannot hold.
    #[doc(hidden)]
    pub fn check_tree(self) -> Result<(), TreeError> {
        let is_utf8 = |node: Node<'_, S>| str::from_utf8(node.text_bytes().unwrap_or_default()).is_ok();
        let has_steps = |step: Step<'_, S>| match step {
            Step::Call(call) => call.as_instance().is_some_and(|call| call.steps().next().is_some()),
            _ => false,
        };
        match self.data() {
            Data::Global(global) if !is_utf8(global.module) || !is_utf8(global.name) => {
                Err(TreeError::Name(self.offset()))
            }
            Data::Global(_) | Data::PersistentId(_) | Data::Extension(_) | Data::Buffer(_)
                if self.foreign_steps().is_some() =>
            {
                Err(TreeError::Steps(self.kind(), self.offset()))
            }
            Data::Instance(instance) if instance.steps().any(has_steps) => {
                Err(TreeError::Steps(self.kind(), self.offset()))
            }
            _ => Ok(()),
        }
    }
}

struct Maker<'g, S> {
    budget: Budget,
    /// The containers that are being made, each in the one before it: at most as many as the limit of depth.
    open: Vec<Container<'g, S>>,
    /// Text, bytes and globals that were made last, by the lowest bits of their nodes' indices: what is shared, such as the
    /// keys of records, is one object in the tree, too.
    cache: Vec<(Option<usize>, Value)>,
}

/// A container that is being made.
struct Container<'g, S> {
    node: Node<'g, S>,
    /// The parts that are still to be made.
    rest: Parts<'g>,
    made: Made<'g, S>,
}

enum Parts<'g> {
    Ids(std::slice::Iter<'g, Id>),
    Owned(std::vec::IntoIter<Id>),
}

impl Iterator for Parts<'_> {
    type Item = Id;

    #[inline]
    fn next(&mut self) -> Option<Id> {
        match self {
            Self::Ids(ids) => ids.next().copied(),
            Self::Owned(ids) => ids.next(),
        }
    }
}

/// A container of which some members have been made.
enum Made<'g, S> {
    List(Vec<Value>),
    Tuple(Vec<Value>),
    /// And the key whose value comes next.
    Dict(Dict, Option<Value>),
    Set(Set),
    FrozenSet(Set),
    PersistentId(Value),
    ReadOnly(Value),
    Instance(Instance<'g, S>, Vec<Value>),
}

impl<'g, S: AsRef<[u8]>> Maker<'g, S> {
    const CACHE: usize = 256;

    fn run(mut self, root: Node<'g, S>) -> Result<Value, TreeError> {
        let mut node = root;
        loop {
            let mut made = self.visit(node)?;
            loop {
                let Some(container) = self.open.last_mut() else { return Ok(made.unwrap_or_default()) };
                if let Some(value) = made
                    && !container.made.add(value)
                {
                    return Err(TreeError::SameKeys(container.node.kind(), container.node.offset()));
                }
                if let Some(id) = container.rest.next() {
                    node = root.graph().node(id);
                    break;
                }
                made = self.open.pop().map(|container| container.made.finish());
            }
        }
    }

    /// Makes a value of a node; `None` if it is a container, which is open now.
    fn visit(&mut self, node: Node<'g, S>) -> Result<Option<Value>, TreeError> {
        self.budget.value()?;
        Ok(Some(match node.data() {
            Data::None => Value::None,
            Data::Bool(value) => Value::Bool(value),
            Data::Int(value) => Value::Int(value),
            Data::BigInt(bytes) => {
                self.budget.bytes(bytes.len())?;
                Value::big_int(bytes)
            }
            Data::Float(value) => Value::Float(value),
            Data::Complex(re, im) => Value::Complex(re, im),
            Data::Str(text) => self.shared(node, text.as_wtf8(), |bytes| match text.as_str() {
                Some(text) => Value::Str(text.into()),
                None => Value::SurrogateStr(bytes.into()),
            })?,
            Data::ByteString(bytes) => self.shared(node, bytes, |bytes| Value::ByteString(bytes.into()))?,
            Data::Bytes(bytes) => self.shared(node, bytes, |bytes| Value::Bytes(bytes.into()))?,
            Data::ByteArray(bytes) => {
                self.budget.bytes(bytes.len())?;
                Value::bytearray(bytes)
            }
            Data::Extension(code) => {
                node.check_tree()?;
                Value::Extension(code)
            }
            Data::Buffer(index) => {
                node.check_tree()?;
                Value::Buffer(index)
            }
            Data::Global(global) => {
                node.check_tree()?;
                self.shared(node, &[], |_| Value::global(&name(global.module), &name(global.name)))?
            }
            Data::List(parts) => {
                let made = Made::List(Vec::with_capacity(parts.len()));
                return self.open(node, Parts::Ids(parts.ids().iter()), made);
            }
            Data::Tuple(parts) => {
                let made = Made::Tuple(Vec::with_capacity(parts.len()));
                return self.open(node, Parts::Ids(parts.ids().iter()), made);
            }
            Data::Set(parts) => {
                let made = Made::Set(Set::with_capacity(parts.len()));
                return self.open(node, Parts::Ids(parts.ids().iter()), made);
            }
            Data::FrozenSet(parts) => {
                let made = Made::FrozenSet(Set::with_capacity(parts.len()));
                return self.open(node, Parts::Ids(parts.ids().iter()), made);
            }
            Data::Dict(items) => {
                let made = Made::Dict(Dict::with_capacity(items.len()), None);
                return self.open(node, Parts::Ids(items.ids().iter()), made);
            }
            Data::PersistentId(part) => {
                node.check_tree()?;
                return self.open(
                    node,
                    Parts::Owned(vec![part.id()].into_iter()),
                    Made::PersistentId(Value::None),
                );
            }
            Data::ReadOnly(part) => {
                return self.open(
                    node,
                    Parts::Owned(vec![part.id()].into_iter()),
                    Made::ReadOnly(Value::None),
                );
            }
            Data::Instance(instance) => {
                node.check_tree()?;
                let ids: Vec<Id> = parts(instance).map(Node::id).collect();
                let made = Made::Instance(instance, Vec::with_capacity(ids.len()));
                return self.open(node, Parts::Owned(ids.into_iter()), made);
            }
        }))
    }

    /// Makes a value that a tree can hold in several places, or takes it from the cache.
    #[inline]
    fn shared(
        &mut self,
        node: Node<'g, S>,
        bytes: &[u8],
        make: impl FnOnce(&[u8]) -> Value,
    ) -> Result<Value, TreeError> {
        self.budget.bytes(bytes.len())?;
        let Some(index) = node.id().index() else { return Ok(make(bytes)) };
        let slot = index & (self.cache.len() - 1);
        let (cached, value) = &mut self.cache[slot];
        if *cached != Some(index) {
            (*cached, *value) = (Some(index), make(bytes));
        }
        Ok(value.clone())
    }

    fn open(
        &mut self,
        node: Node<'g, S>,
        rest: Parts<'g>,
        made: Made<'g, S>,
    ) -> Result<Option<Value>, TreeError> {
        if self.open.iter().any(|container| container.node.id() == node.id()) {
            return Err(TreeError::Cycle(node.kind(), node.offset()));
        }
        if self.open.len() >= self.budget.depth {
            return Err(TreeError::TooDeep);
        }
        self.open.push(Container { node, rest, made });
        Ok(None)
    }
}

impl<S: AsRef<[u8]>> Made<'_, S> {
    /// Adds the next part. Returns whether it is no key that is there: keys of a graph are compared by identity where Python does.
    #[inline]
    fn add(&mut self, part: Value) -> bool {
        match self {
            Self::List(items) | Self::Tuple(items) | Self::Instance(_, items) => items.push(part),
            Self::Dict(dict, key) => match key.take() {
                None => *key = Some(part),
                // The graph has each of these once.
                Some(
                    key @ (Value::None | Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Bytes(_)),
                ) => drop(dict.0.push(key, part)),
                Some(key) => return dict.0.insert(key, part).is_none(),
            },
            Self::Set(set) | Self::FrozenSet(set) => return set.0.insert(part, ()).is_none(),
            Self::PersistentId(value) | Self::ReadOnly(value) => *value = part,
        }
        true
    }

    fn finish(self) -> Value {
        match self {
            Self::List(items) => Value::List(items),
            Self::Tuple(items) => Value::Tuple(items.into()),
            Self::Dict(dict, _) => dict.into(),
            Self::Set(set) => set.into(),
            Self::FrozenSet(set) => Value::FrozenSet(Box::new(set)),
            Self::PersistentId(id) => Value::PersistentId(Box::new(id)),
            Self::ReadOnly(of) => Value::ReadOnly(Box::new(of)),
            Self::Instance(instance, parts) => instance_of(instance, parts).into(),
        }
    }
}

fn instance_of<S: AsRef<[u8]>>(instance: Instance<'_, S>, parts: Vec<Value>) -> ValueInstance {
    let mut made = parts.into_iter();
    let mut next = || made.next().unwrap_or_default();
    let (callable, args) = (next(), next());
    let kwargs = instance.kwargs().map(|_| next());
    let steps = instance.steps().map(|step| match step {
        Step::State(_) => ValueStep::State(next()),
        Step::Call(_) => ValueStep::Call { callable: next(), state: next() },
        Step::Append(elements) => ValueStep::Append(elements.map(|_| next()).collect()),
        Step::SetItem(items) => ValueStep::SetItem(items.map(|_| (next(), next())).collect()),
        Step::Add(elements) => ValueStep::Add(elements.map(|_| next()).collect()),
    });
    let steps = steps.collect();
    ValueInstance { form: instance.form(), callable, args, kwargs, steps }
}

/// The objects that the tree of an instance is made of, in order.
fn parts<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> impl Iterator<Item = Node<'_, S>> {
    instance.parts().flat_map(|part| {
        // The first argument of such a call is the object itself.
        let (call, children) = match part {
            Part::Step(Step::Call(call)) => (call.as_instance(), None),
            Part::Callable(_) | Part::Args(_) | Part::Kwargs(_) | Part::Step(_) => {
                (None, Some(part.children()))
            }
        };
        let call = call.into_iter().flat_map(|call| [call.callable()].into_iter().chain(call.args().at(1)));
        call.chain(children.into_iter().flatten())
    })
}

/// The text of a name, which was checked.
fn name<S: AsRef<[u8]>>(node: Node<'_, S>) -> Cow<'_, str> {
    String::from_utf8_lossy(node.text_bytes().unwrap_or_default())
}
