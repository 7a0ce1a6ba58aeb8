//! Objects whose parts need not be shown: the calls by which picklers spell the builtins that their protocol has no opcode for, and
//! known objects that are as every pickler writes them.

use std::collections::HashMap;

use halfsour_classes::{CanonicalForm, SharedPart};
use halfsour_value::machine::Spelling;
use halfsour_value::{Data, Elements, Id, Kind, Node};

use crate::census::{Census, KEY, NON_CANONICAL, SEEN, SHARED};

/// A builtin that looks as if a pickler of CPython's had spelled it, or an object as it would be made again.
pub(crate) struct Canonical<'g, S> {
    node: Node<'g, S>,
    /// What belongs to nothing else: arguments, and the text, the bytes or the list that the call is given.
    pub own: Vec<Node<'g, S>>,
    /// What a pickler writes once and then refers to.
    once: Vec<(Part, Id)>,
}

/// A part that there is once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    /// A function that spells builtins.
    Function(&'static str, &'static str),
    /// A name of one, which others may share.
    Name,
    /// `'latin1'`
    Encoding,
    /// Of known objects.
    Known(SharedPart),
}

impl<'g, S: AsRef<[u8]>> Canonical<'g, S> {
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
        let mut own = vec![graph.node(args)];
        let mut once = vec![
            (Part::Function(module, name), callable.id()),
            (Part::Name, called.module.id()),
            (Part::Name, called.name.id()),
        ];
        match node.data() {
            Data::Bytes([_, ..]) => {
                let encoding =
                    second.filter(|second| second.as_text().is_some_and(|text| text == "latin1"))?;
                once.push((Part::Encoding, encoding.id()));
                own.extend(first);
            }
            Data::ByteArray([_, ..]) => {
                let Data::Bytes(_) = first?.data() else { return None };
                own.extend(first);
            }
            Data::Set(_) | Data::FrozenSet(_) => own.extend(first),
            _ => {}
        }
        Some(Self { node, own, once })
    }

    /// A known object.
    pub fn known(node: Node<'g, S>, form: CanonicalForm<'g, S>) -> Self {
        let once = form.once.into_iter().map(|(role, part)| (Part::Known(role), part.id())).collect();
        Self { node, own: form.own, once }
    }

    /// Whether something of it would be lost if its parts were not shown: one that occurs elsewhere, too, or that
    /// another has as another object.
    fn is_non_canonical(&self, census: &Census, roles: &Roles) -> bool {
        let is_non_canonical = |part: &Node<'g, S>| {
            census.is(part.id(), SHARED | KEY)
                || census.is(part.id(), NON_CANONICAL)
                // Bytes in a bytearray of an old protocol are spelled, too, and otherwise they are not.
                || self.node.kind() == Kind::ByteArray
                    && matches!(part.data(), Data::Bytes(_))
                    && part.spelling().is_some() != (self.node.graph().protocol() < 3)
        };
        self.own.iter().any(is_non_canonical)
            || self.once.iter().any(|&(role, id)| census.is(id, SEEN | KEY) || !roles.agree(role, id))
    }
}

/// Which object has which role, by the first that has it.
#[derive(Default)]
struct Roles {
    objects: HashMap<Part, Id>,
    parts: HashMap<Id, Part>,
}

impl Roles {
    fn agree(&self, part: Part, id: Id) -> bool {
        self.parts.get(&id) == Some(&part) && (part == Part::Name || self.objects.get(&part) == Some(&id))
    }
}

/// Marks those that are not canonical nevertheless.
pub(crate) fn mark_non_canonical<S: AsRef<[u8]>>(census: &mut Census, canonical: &[Canonical<'_, S>]) {
    let mut roles = Roles::default();
    for &(part, id) in canonical.iter().flat_map(|form| &form.once) {
        roles.objects.entry(part).or_insert(id);
        roles.parts.entry(id).or_insert(part);
    }
    // The parts that are shown of one may make others non-canonical.
    loop {
        let mut changed = false;
        for form in canonical {
            if !census.is(form.node.id(), NON_CANONICAL) && form.is_non_canonical(census, &roles) {
                census.note(form.node.id(), NON_CANONICAL);
                form.once.iter().for_each(|(_, id)| census.note(*id, SEEN));
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}
