//! The calls by which picklers spell the builtins that their protocol has no opcode for.

use halfsour_value::{Data, Elements, Id, Node, Spelling};

use crate::census::{Census, KEY, ODD, SEEN, SHARED};

/// A builtin that looks as if a pickler of CPython's had spelled it.
pub(crate) struct Usual<'g, S> {
    node: Node<'g, S>,
    callable: Node<'g, S>,
    pub args: Id,
    /// The text, the bytes or the list that the call is given.
    pub inner: Option<Node<'g, S>>,
    /// `'latin1'`
    encoding: Option<Node<'g, S>>,
}

impl<'g, S: AsRef<[u8]>> Usual<'g, S> {
    /// The protocols are the last ones that have no opcode. Sets are made of lists, also empty ones; of bytes and
    /// bytearrays, the empty ones are made of nothing.
    pub fn of(node: Node<'g, S>) -> Option<Self> {
        let Spelling { callable, args } = node.spelling()?;
        let (graph, protocol) = (node.graph(), node.graph().protocol());
        let callable = graph.node(callable);
        let called = callable.as_global()?;
        let given = graph.node(args).elements()?;
        let (first, second) = (given.get(0), given.get(1));
        let same = |members: Elements<'g, S>| match first?.data() {
            Data::List(list) => (list.ids() == members.ids()).then_some(()),
            _ => None,
        };
        let (last_protocol, module, name, count) = match node.data() {
            Data::Bytes([]) => (2, "builtins", "bytes", 0),
            Data::Bytes(_) => (2, "_codecs", "encode", 2),
            Data::ByteArray([]) => (4, "builtins", "bytearray", 0),
            Data::ByteArray(_) => (4, "builtins", "bytearray", 1),
            Data::Complex(..) => (u8::MAX, "builtins", "complex", 2),
            Data::Set(members) => {
                same(members)?;
                (3, "builtins", "set", 1)
            }
            Data::FrozenSet(members) => {
                same(members)?;
                (3, "builtins", "frozenset", 1)
            }
            _ => return None,
        };
        if protocol > last_protocol || !called.is(module, name) || given.len() != count {
            return None;
        }
        let (inner, encoding) = match node.data() {
            Data::Bytes([_, ..]) => {
                second?.as_text().filter(|encoding| *encoding == "latin1")?;
                (first, second)
            }
            Data::ByteArray([_, ..]) => {
                let Data::Bytes(_) = first?.data() else { return None };
                (first, None)
            }
            Data::Set(_) | Data::FrozenSet(_) => (first, None),
            _ => (None, None),
        };
        Some(Self { node, callable, args, inner, encoding })
    }

    /// What a pickler writes once and then refers to.
    fn roles(&self) -> impl Iterator<Item = Id> {
        let names = self.callable.as_global().map(|global| [global.module.id(), global.name.id()]);
        names.into_iter().flatten().chain([self.callable.id()]).chain(self.encoding.map(Node::id))
    }

    /// Whether something of the spelling would be lost if it were not shown: a part that occurs elsewhere, too, or that
    /// another call has as another object.
    fn is_odd(&self, census: &Census, firsts: &[&Self]) -> bool {
        let inner = self.inner.map(|inner| (inner, inner.data()));
        census.is(self.args, SHARED)
            || inner.as_ref().is_some_and(|(inner, _)| census.is(inner.id(), SHARED | KEY))
            || self.roles().any(|id| census.is(id, SEEN | KEY))
            || firsts.iter().any(|first| {
                self.callable != first.callable && self.is_of(first)
                    || self.encoding.is_some() && first.encoding.is_some() && self.encoding != first.encoding
            })
            // The bytes in a bytearray are bytes of the same protocol.
            || inner.is_some_and(|(inner, data)| match data {
                Data::Bytes(_) if self.node.graph().protocol() < 3 => {
                    inner.spelling().is_none() || census.is(inner.id(), ODD)
                }
                Data::Bytes(_) => inner.spelling().is_some(),
                _ => false,
            })
    }

    /// Whether both call the same function.
    fn is_of(&self, other: &Self) -> bool {
        self.node.kind() == other.node.kind() && self.encoding.is_some() == other.encoding.is_some()
    }
}

/// Notes which of them are odd nevertheless.
pub(crate) fn find_odd<S: AsRef<[u8]>>(census: &mut Census, usual: &[Usual<'_, S>]) {
    // At most one for each builtin.
    let mut firsts: Vec<&Usual<'_, S>> = Vec::new();
    for spelling in usual {
        if !firsts.iter().any(|first| spelling.is_of(first)) {
            firsts.push(spelling);
        }
    }
    // What is shown of an odd one may make others odd.
    loop {
        let mut changed = false;
        for spelling in usual {
            if !census.is(spelling.node.id(), ODD) && spelling.is_odd(census, &firsts) {
                census.note(spelling.node.id(), ODD);
                spelling.roles().for_each(|id| census.note(id, SEEN));
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}
