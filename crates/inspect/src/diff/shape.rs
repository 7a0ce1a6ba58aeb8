//! What an object is for a comparison.

use std::borrow::Cow;

use halfsour_classes::numpy::{ArrayData, NdArray};
use halfsour_classes::stdlib::Array;
use halfsour_classes::{Known, canonical, recognise};
use halfsour_value::{Data, Global, Id, Instance, Node, Step};

pub enum Shape<'g, S> {
    /// Without parts, or a known object with a text.
    Leaf,
    /// Elements one after the other, of a kind of container that equals only its own.
    Sequence(&'static str, Cow<'g, [Id]>),
    /// Keys and values; whether their order counts.
    Mapping(Vec<(Node<'g, S>, Node<'g, S>)>, bool),
    Set(Vec<Node<'g, S>>),
    Array(Array<'g, S>),
    /// Without objects.
    NdArray(Box<NdArray<'g, S>>),
    /// A persistent id.
    Id(Node<'g, S>),
    Object(Instance<'g, S>),
}

impl<'g, S: AsRef<[u8]>> Shape<'g, S> {
    pub fn of(node: Node<'g, S>) -> Self {
        match node.data() {
            Data::List(elements) => Self::Sequence("list", Cow::Borrowed(elements.ids())),
            Data::Tuple(elements) => Self::Sequence("tuple", Cow::Borrowed(elements.ids())),
            Data::Dict(items) => Self::Mapping(items.collect(), false),
            Data::Set(elements) | Data::FrozenSet(elements) => Self::Set(elements.collect()),
            Data::PersistentId(id) => Self::Id(id),
            Data::Instance(instance) => match recognise(node) {
                Some(Known::OrderedDict(dict)) if dict.attributes.is_none() => {
                    Self::Mapping(dict.items.collect(), true)
                }
                Some(Known::DefaultDict(dict)) => Self::Mapping(dict.items.collect(), false),
                Some(Known::Counter(counts)) => Self::Mapping(counts.collect(), false),
                Some(Known::Deque(deque)) => Self::Sequence("deque", deque.items.map(Node::id).collect()),
                Some(Known::Array(array)) => Self::Array(array),
                Some(Known::NdArray(array)) => match &array.data {
                    ArrayData::Objects(objects) if array.mask.is_none() && array.shape.len() == 1 => {
                        Self::Sequence("numpy.ndarray", Cow::Borrowed(objects.ids()))
                    }
                    ArrayData::Bytes(_) => Self::NdArray(array),
                    _ => Self::Object(instance),
                },
                Some(Known::NumpyScalar(scalar)) if scalar.as_array().bytes().is_some() => {
                    Self::NdArray(scalar.into_array())
                }
                Some(known) if known.as_text().is_some() => Self::Leaf,
                _ => Self::Object(instance),
            },
            _ => Self::Leaf,
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
    let args = instance.args().elements().into_iter().flatten().map(|arg| 1 + flat_size(arg));
    let steps = instance.steps().map(|step| match step {
        Step::State(_) | Step::Call(_) => 1,
        Step::Append(elements) | Step::Add(elements) => elements.len(),
        Step::SetItem(items) => 2 * items.len(),
    });
    let state = instance.state().map_or(0, flat_size);
    let mut size: usize = state;
    for part in args.chain(steps) {
        size = size.saturating_add(part);
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
        let mut steps = Self {
            attributes: Vec::new(),
            items: Vec::new(),
            appended: Vec::new(),
            added: Vec::new(),
            others: Vec::new(),
        };
        for step in instance.steps() {
            match step {
                Step::State(state) => match state.attributes() {
                    Some(parts) => steps.attributes.extend(parts.into_iter().flatten().flatten()),
                    None => steps.others.push(state),
                },
                // `setter(object, state)`
                Step::Call(call) => {
                    steps.others.extend(call.as_instance().and_then(|call| call.args().at(1)));
                }
                Step::SetItem(items) => steps.items.extend(items),
                Step::Append(elements) => steps.appended.extend(elements),
                Step::Add(elements) => steps.added.extend(elements),
            }
        }
        steps
    }
}

/// A read-only view is compared as what it shows.
pub fn shown<S: AsRef<[u8]>>(node: Node<'_, S>) -> Node<'_, S> {
    let mut node = node;
    while let Data::ReadOnly(of) = node.data() {
        node = of;
    }
    node
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
