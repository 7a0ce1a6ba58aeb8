//! What an object is for a comparison.

use std::borrow::Cow;

use halfsour_classes::numpy::{ArrayData, NdArray};
use halfsour_classes::pandas::{Frame, Index, Series, Values};
use halfsour_classes::stdlib::Array;
use halfsour_classes::{Known, Shape as KnownShape, canonical, recognise, state_fields};
use halfsour_value::{Data, Global, Id, Instance, Node, Part, Step};

use super::tables;

pub enum Shape<'g, S> {
    /// Without parts, or a known object with a text.
    Leaf,
    /// Elements one after the other, of a kind of container that equals only its own.
    Sequence(Cow<'static, str>, Cow<'g, [Id]>),
    /// Keys and values; whether their order counts.
    Mapping(Vec<(Node<'g, S>, Node<'g, S>)>, bool),
    /// `Counter`: keys and how often each was counted.
    Counter(Vec<(Node<'g, S>, Node<'g, S>)>),
    Set(Vec<Node<'g, S>>),
    Array(Array<'g, S>),
    /// Without objects.
    NdArray(Box<NdArray<'g, S>>),
    /// Of objects, of which some may be masked.
    Objects(Box<NdArray<'g, S>>),
    /// Of which each value can be read.
    Frame(Box<Frame<'g, S>>),
    Series(Box<Series<'g, S>>),
    Index(Box<Index<'g, S>>),
    Values(Box<Values<'g, S>>),
    /// A persistent id.
    Id(Node<'g, S>),
    Object(Instance<'g, S>),
}

impl<'g, S: AsRef<[u8]>> Shape<'g, S> {
    pub fn of(node: Node<'g, S>) -> Self {
        match node.data() {
            Data::List(elements) => Self::Sequence("list".into(), Cow::Borrowed(elements.ids())),
            Data::Tuple(elements) => Self::Sequence("tuple".into(), Cow::Borrowed(elements.ids())),
            Data::Dict(items) => Self::Mapping(items.collect(), false),
            Data::Set(elements) | Data::FrozenSet(elements) => Self::Set(elements.collect()),
            Data::PersistentId(id) => Self::Id(id),
            Data::Instance(instance) => match recognise(node) {
                Some(known) => Self::of_known(known, instance),
                None => Self::Object(instance),
            },
            _ => Self::Leaf,
        }
    }

    fn of_known(known: Known<'g, S>, instance: Instance<'g, S>) -> Self {
        match &known {
            // Their items lie in an attribute, through which paths lead.
            Known::User(_) | Known::ChainMap(_) => return Self::Object(instance),
            Known::OrderedDict(dict) if dict.attributes.is_some() => return Self::Object(instance),
            _ => {}
        }
        match known.shape() {
            KnownShape::Sequence(members) => {
                let class = instance.class().as_global().map_or_else(String::new, |class| name(&class));
                return Self::Sequence(class.into(), members.map(Node::id).collect());
            }
            KnownShape::Mapping(pairs) if matches!(known, Known::Counter(_)) => {
                return Self::Counter(pairs.collect());
            }
            KnownShape::Mapping(pairs) => {
                return Self::Mapping(pairs.collect(), matches!(known, Known::OrderedDict(_)));
            }
            _ => {}
        }
        match known {
            Known::Array(array) => Self::Array(array),
            Known::DataFrame(frame) if tables::is_readable(&frame) => Self::Frame(frame),
            Known::Series(series) => Self::Series(series),
            Known::PandasIndex(index) => Self::Index(index),
            Known::PandasArray(values) => Self::Values(values),
            Known::NdArray(array) => match &array.data {
                ArrayData::Objects(objects)
                    if array.mask.is_none()
                        && array.shape.len() == 1
                        && array.attributes().next().is_none() =>
                {
                    Self::Sequence("numpy.ndarray".into(), Cow::Borrowed(objects.ids()))
                }
                ArrayData::Objects(_) => Self::Objects(array),
                ArrayData::Bytes(_) => Self::NdArray(array),
                _ => Self::Object(instance),
            },
            Known::NumpyScalar(scalar) if scalar.as_array().bytes().is_some() => {
                Self::NdArray(scalar.into_array())
            }
            known if known.as_text().is_some() => Self::Leaf,
            _ => Self::Object(instance),
        }
    }
}

/// How much there is to be looked at in a node, without what its parts have, as far as it is no more than this.
pub fn size<S: AsRef<[u8]>>(node: Node<'_, S>, most: usize) -> usize {
    let Data::Instance(instance) = node.data() else { return flat_size(node) };
    // All elements of an array are looked at, and its state holds nothing else.
    if let Some(Known::NdArray(array)) = recognise(node) {
        return array.len();
    }
    let mut size = 0_usize;
    for part in instance.parts() {
        let more = match part {
            Part::Callable(_) => 0,
            Part::Args(args) | Part::Kwargs(args) => {
                let sizes = args.children().map(|arg| 1 + flat_size(arg));
                sizes.take(most.saturating_add(1)).fold(0, usize::saturating_add)
            }
            Part::Step(Step::State(state)) => 1 + flat_size(state),
            Part::Step(Step::Call(_)) => 1,
            Part::Step(Step::Append(elements) | Step::Add(elements)) => elements.len(),
            Part::Step(Step::SetItem(items)) => 2 * items.len(),
        };
        size = size.saturating_add(more);
        if size > most {
            break;
        }
    }
    size
}

/// Text and bytes are compared many at a time.
fn flat_size<S: AsRef<[u8]>>(node: Node<'_, S>) -> usize {
    const AT_A_TIME: usize = 64;
    match node.data() {
        Data::Str(text) => text.as_wtf8().len() / AT_A_TIME,
        Data::Bytes(bytes) | Data::ByteArray(bytes) | Data::ByteString(bytes) | Data::BigInt(bytes) => {
            bytes.len() / AT_A_TIME
        }
        Data::List(elements) | Data::Tuple(elements) | Data::Set(elements) | Data::FrozenSet(elements) => {
            elements.len()
        }
        Data::Dict(items) => 2 * items.len(),
        _ => 0,
    }
}

/// What was done to an object, by kind.
pub struct Steps<'g, S> {
    pub attributes: Vec<(Node<'g, S>, Node<'g, S>)>,
    pub items: Vec<(Node<'g, S>, Node<'g, S>)>,
    pub appended: Vec<Node<'g, S>>,
    pub added: Vec<Node<'g, S>>,
    pub others: Vec<Node<'g, S>>,
}

impl<'g, S: AsRef<[u8]>> Steps<'g, S> {
    pub fn of(instance: Instance<'g, S>) -> Self {
        Self::of_all(instance.steps())
    }

    /// What was done to an object, whatever it is.
    pub fn of_all(done: halfsour_value::Steps<'g, S>) -> Self {
        let mut steps = Self::default();
        for step in done {
            match step {
                Step::State(state) => steps.state(state),
                // `setter(object, state)`
                Step::Call(call) => {
                    if let Some(state) = call.as_instance().and_then(|call| call.args().at(1)) {
                        steps.state(state);
                    }
                }
                Step::SetItem(items) => steps.items.extend(items),
                Step::Append(elements) => steps.appended.extend(elements),
                Step::Add(elements) => steps.added.extend(elements),
            }
        }
        steps
    }

    fn state(&mut self, state: Node<'g, S>) {
        match state_fields(state) {
            // Which fields of pydantic a program set itself makes no difference to Python.
            Some(parts) => self.attributes.extend(parts.into_iter().flatten()),
            None => self.others.push(state),
        }
    }
}

impl<S> Default for Steps<'_, S> {
    fn default() -> Self {
        Self {
            attributes: Vec::new(),
            items: Vec::new(),
            appended: Vec::new(),
            added: Vec::new(),
            others: Vec::new(),
        }
    }
}

/// Whether an item of a `Counter` counts: what was counted no times is as good as absent.
pub fn is_counted<S: AsRef<[u8]>>((_, times): &(Node<'_, S>, Node<'_, S>)) -> bool {
    times.as_i64() != Some(0)
}

/// A read-only view is compared as what it shows.
pub fn shown<S: AsRef<[u8]>>(node: Node<'_, S>) -> Node<'_, S> {
    let mut node = node;
    while let Data::ReadOnly(of) = node.data() {
        node = of;
    }
    node
}

/// A `UserList`, `UserDict` or `UserString` equals what equals the object that it holds, unless that is one of them, too.
pub fn held<'g, S: AsRef<[u8]>>(node: Node<'g, S>, other: Node<'_, S>) -> Option<Node<'g, S>> {
    match (recognise(node)?, recognise(other)) {
        (_, Some(Known::User(_))) => None,
        (Known::User(data), _) => Some(data),
        _ => None,
    }
}

/// Whether two objects are of classes with the same name, that of today; where there are no names, nothing is known yet.
pub fn same_class<S: AsRef<[u8]>>(a: Instance<'_, S>, b: Instance<'_, S>) -> bool {
    match (a.class().as_global(), b.class().as_global()) {
        (Some(a), Some(b)) => same_name(&a, &b),
        (None, None) => true,
        _ => false,
    }
}

pub fn same_name<S: AsRef<[u8]>>(a: &Global<'_, S>, b: &Global<'_, S>) -> bool {
    name(a) == name(b)
}

/// The name of today, or the one that it has.
pub fn name<S: AsRef<[u8]>>(global: &Global<'_, S>) -> String {
    let today =
        global.module.as_str().zip(global.name.as_str()).and_then(|(module, name)| canonical(module, name));
    today.map_or_else(|| global.full_name(), |(module, name)| format!("{module}.{name}"))
}
