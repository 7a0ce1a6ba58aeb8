//! From graph to tree.

use std::fmt;

use crate::data::Data;
use crate::instance::{Instance, Part, Step};
use crate::{Graph, Id, Kind, Node, Value, ValueInstance, ValueStep};

/// The limits on a tree that is taken from a graph: as a [`Value`], as JSON, as Rust types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeLimits {
    /// The depth to which values may nest. The default is 128, that of `serde_json`: trees are
    /// dropped, printed and compared by recursion.
    pub depth: usize,
    /// The factor by which the tree may be larger than the graph, since shared objects are copied: its values against the
    /// graph's nodes and references, its text and bytes against the source and what was decoded. The default is 20. 100,000 values and 1
    /// MiB are always free.
    pub expansion: usize,
    /// The number of values in all. A shared object counts each time that it occurs. There is no default.
    pub values: usize,
    /// The number of bytes of text and bytes-like objects in all. There is no default.
    pub bytes: usize,
}

impl TreeLimits {
    /// The number of values that a tree may always have, however small its graph is.
    pub const FREE_VALUES: usize = 100_000;

    /// The number of bytes that a tree may always have, however small its graph is.
    pub const FREE_BYTES: usize = 1 << 20;

    /// For graphs from strangers: the default.
    pub const UNTRUSTED: Self = Self { expansion: 20, ..Self::TRUSTED };

    /// No limits but that of depth.
    pub const TRUSTED: Self =
        Self { depth: 128, expansion: usize::MAX, values: usize::MAX, bytes: usize::MAX };

    /// Sets [`depth`](Self::depth).
    #[must_use]
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Sets [`expansion`](Self::expansion).
    #[must_use]
    pub const fn with_expansion(self, expansion: usize) -> Self {
        Self { expansion, ..self }
    }

    /// Sets [`values`](Self::values).
    #[must_use]
    pub const fn with_values(self, values: usize) -> Self {
        Self { values, ..self }
    }

    /// Sets [`bytes`](Self::bytes).
    #[must_use]
    pub const fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// The budget for a tree of this graph: of each two limits the smaller one.
    #[doc(hidden)]
    pub fn budget<S: AsRef<[u8]>>(&self, graph: &Graph<S>) -> Budget {
        let size = graph.store().cells.len() + graph.store().children.len();
        let within = |size: usize, free, most: usize| size.saturating_mul(self.expansion).max(free).min(most);
        Budget {
            depth: self.depth,
            values: within(size, Self::FREE_VALUES, self.values),
            bytes: within(
                graph.view().source().len() + graph.store().pool.len(),
                Self::FREE_BYTES,
                self.bytes,
            ),
        }
    }
}

impl Default for TreeLimits {
    fn default() -> Self {
        Self::UNTRUSTED
    }
}

/// The budget that is left for a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The depth to which values may nest.
    pub depth: usize,
    values: usize,
    bytes: usize,
}

impl Budget {
    /// Spends a value.
    ///
    /// # Errors
    ///
    /// [`TreeError::TooLarge`], if none is left.
    #[inline]
    pub fn value(&mut self) -> Result<(), TreeError> {
        self.values = self.values.checked_sub(1).ok_or(TreeError::TooLarge)?;
        Ok(())
    }

    /// Spends bytes.
    ///
    /// # Errors
    ///
    /// [`TreeError::TooLarge`], if so many are not left.
    #[inline]
    pub fn bytes(&mut self, count: usize) -> Result<(), TreeError> {
        self.bytes = self.bytes.checked_sub(count).ok_or(TreeError::TooLarge)?;
        Ok(())
    }
}

/// Why a graph is not a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TreeError {
    /// An object holds itself; the kind of the object, and its offset in the source.
    Cycle(Kind, Option<usize>),
    /// The data nests deeper than the limit.
    TooDeep,
    /// The tree would have more values or bytes than the limit: most likely, shared data would be copied over and over.
    TooLarge,
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle(kind, Some(offset)) => write!(f, "byte 0x{offset:x}: the {kind} contains itself"),
            Self::Cycle(kind, None) => write!(f, "the {kind} contains itself"),
            Self::TooDeep => f.write_str("the data nests deeper than the limit"),
            Self::TooLarge => f.write_str("as a tree, the data is larger than the limit"),
        }
    }
}

impl std::error::Error for TreeError {}

impl<S: AsRef<[u8]>> Graph<S> {
    /// The data as a tree.
    ///
    /// # Errors
    ///
    /// If the data is no tree of a size within `limits`. Shared objects are no error; they are copied.
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
        let mut maker = Maker {
            budget: limits.budget(self.graph()),
            open: Vec::new(),
            work: Vec::new(),
            made: Vec::new(),
        };
        maker.work.push(Work::Visit(self));
        while let Some(work) = maker.work.pop() {
            match work {
                Work::Visit(node) => maker.visit(node)?,
                Work::Finish(node) => maker.finish(node),
            }
        }
        Ok(maker.made.pop().unwrap_or_default())
    }
}

enum Work<'g, S> {
    Visit(Node<'g, S>),
    /// The parts of this container are the values that were made last.
    Finish(Node<'g, S>),
}

struct Maker<'g, S> {
    budget: Budget,
    /// The containers that this one is in: at most as many as the limit of depth.
    open: Vec<Id>,
    work: Vec<Work<'g, S>>,
    made: Vec<Value>,
}

impl<'g, S: AsRef<[u8]>> Maker<'g, S> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<Vec<u8>, TreeError> {
        self.budget.bytes(bytes.len())?;
        Ok(bytes.to_vec())
    }

    fn visit(&mut self, node: Node<'g, S>) -> Result<(), TreeError> {
        self.budget.value()?;
        let value = match node.data() {
            Data::None => Value::None,
            Data::Bool(value) => Value::Bool(value),
            Data::Int(value) => Value::Int(value),
            Data::BigInt(bytes) => Value::BigInt(self.bytes(bytes)?),
            Data::Float(value) => Value::Float(value),
            Data::Complex(re, im) => Value::Complex(re, im),
            Data::Str(text) => match String::from_utf8(self.bytes(text.as_wtf8())?) {
                Ok(text) => Value::Str(text),
                Err(error) => Value::SurrogateStr(error.into_bytes()),
            },
            Data::ByteString(bytes) => Value::ByteString(self.bytes(bytes)?),
            Data::Bytes(bytes) => Value::Bytes(self.bytes(bytes)?),
            Data::ByteArray(bytes) => Value::ByteArray(self.bytes(bytes)?),
            Data::Extension(code) => Value::Extension(code),
            Data::Buffer(index) => Value::Buffer(index),
            Data::Global(global) => Value::Global { module: name(global.module), name: name(global.name) },
            Data::List(parts) | Data::Tuple(parts) | Data::Set(parts) | Data::FrozenSet(parts) => {
                return self.open(node, parts);
            }
            Data::Dict(items) => return self.open(node, items.flat_map(|(key, value)| [key, value])),
            Data::PersistentId(part) | Data::ReadOnly(part) => return self.open(node, [part]),
            Data::Instance(instance) => return self.open(node, parts(instance)),
        };
        self.made.push(value);
        Ok(())
    }

    /// Plans a container: its parts first.
    fn open(
        &mut self,
        node: Node<'g, S>,
        parts: impl IntoIterator<Item = Node<'g, S>>,
    ) -> Result<(), TreeError> {
        if self.open.contains(&node.id()) {
            return Err(TreeError::Cycle(node.kind(), node.offset()));
        }
        if self.open.len() >= self.budget.depth {
            return Err(TreeError::TooDeep);
        }
        self.open.push(node.id());
        self.work.push(Work::Finish(node));
        let first = self.work.len();
        self.work.extend(parts.into_iter().map(Work::Visit));
        self.work[first..].reverse();
        Ok(())
    }

    fn finish(&mut self, node: Node<'g, S>) {
        self.open.pop();
        let value = match node.data() {
            Data::List(elements) => Value::List(self.take(elements.len())),
            Data::Tuple(elements) => Value::Tuple(self.take(elements.len())),
            Data::Set(elements) => Value::Set(self.take(elements.len()).into_iter().collect()),
            Data::FrozenSet(elements) => Value::FrozenSet(self.take(elements.len()).into_iter().collect()),
            Data::Dict(items) => Value::Dict(pairs(self.take(items.len() * 2)).collect()),
            Data::PersistentId(_) => Value::PersistentId(Box::new(self.made.pop().unwrap_or_default())),
            Data::ReadOnly(_) => Value::ReadOnly(Box::new(self.made.pop().unwrap_or_default())),
            Data::Instance(instance) => Value::Instance(Box::new(self.instance(instance))),
            _ => unreachable!("scalars are made at once"),
        };
        self.made.push(value);
    }

    fn take(&mut self, count: usize) -> Vec<Value> {
        self.made.split_off(self.made.len() - count)
    }

    fn instance(&mut self, instance: Instance<'g, S>) -> ValueInstance {
        let mut made = self.take(parts(instance).count()).into_iter();
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

fn pairs(values: Vec<Value>) -> impl Iterator<Item = (Value, Value)> {
    let mut values = values.into_iter();
    std::iter::from_fn(move || Some((values.next()?, values.next()?)))
}

/// The text of a name; names are text or Python 2 byte strings.
fn name<S: AsRef<[u8]>>(node: Node<'_, S>) -> String {
    match node.data() {
        Data::Str(text) => text.to_string_lossy().into_owned(),
        _ => String::from_utf8_lossy(node.text_bytes().unwrap_or_default()).into_owned(),
    }
}
