//! A look at the whole graph, before it is written without loss.

use std::collections::HashSet;

use halfsour_classes::CanonicalForm;
use halfsour_text::wtf8::Encoding;
use halfsour_value::{Children, Data, Id, Items, Node};

use crate::spelling::{self, Canonical};

/// Facts on each object: whether it occurs more than once, is a key of a plain object, or has a spelling that is to be shown.
pub(crate) struct Census {
    facts: Vec<u8>,
}

/// It occurs.
pub(crate) const SEEN: u8 = 1;
/// It occurs more than once.
pub(crate) const SHARED: u8 = 1 << 1;
/// It is the one str of its text that plain objects have as a key.
pub(crate) const KEY: u8 = 1 << 2;
/// It is a dict that can be a plain object.
pub(crate) const PLAIN: u8 = 1 << 3;
/// It is a builtin with a spelling that no pickler of this protocol would choose, or a known object that has not its canonical form.
pub(crate) const NON_CANONICAL: u8 = 1 << 4;
/// It is a key, and the first str of its text that is one.
const FIRST: u8 = 1 << 5;
/// It is a key that no plain object can have.
const OTHER: u8 = 1 << 6;
/// It is a known object that has a tag, unless it is non-canonical.
pub(crate) const KNOWN: u8 = 1 << 7;

impl Census {
    pub fn of<S: AsRef<[u8]>>(root: Node<'_, S>) -> Self {
        let nobody = Self { facts: vec![0; root.graph().node_count()] };
        let (mut census, spellings) = Counter::new(nobody, Some(Vec::new())).count(root);
        let spellings = spellings.unwrap_or_default();
        if spellings.is_empty() {
            return census;
        }
        // The parts of canonical spellings are not shown, so that they do not count.
        spelling::mark_non_canonical(&mut census, &spellings);
        census.facts.iter_mut().for_each(|facts| *facts &= NON_CANONICAL | KNOWN);
        Counter::new(census, None).count(root).0
    }

    #[inline]
    pub fn is(&self, id: Id, fact: u8) -> bool {
        id.index().is_some_and(|index| self.facts[index] & fact != 0)
    }

    /// Whether it is a known object that is shown by a tag.
    pub fn has_tag(&self, id: Id) -> bool {
        self.is(id, KNOWN) && !self.is(id, NON_CANONICAL)
    }

    pub fn note(&mut self, id: Id, fact: u8) {
        if let Some(index) = id.index() {
            self.facts[index] |= fact;
        }
    }

    /// Counts an occurrence; whether it is the first.
    #[inline]
    fn occurs(&mut self, id: Id) -> bool {
        let Some(index) = id.index() else { return false };
        let facts = &mut self.facts[index];
        let first = *facts & SEEN == 0;
        *facts |= if first { SEEN } else { SHARED };
        first
    }
}

/// Goes through all that will be written, in that order.
struct Counter<'g, S> {
    census: Census,
    /// The texts of keys that plain objects can have.
    keys: HashSet<&'g [u8]>,
    /// The spellings that may be canonical, while that is not known.
    canonical: Option<Vec<Canonical<'g, S>>>,
    work: Vec<Work<'g, S>>,
}

enum Work<'g, S> {
    Node(Node<'g, S>),
    Children(Children<'g, S>),
    Values(Items<'g, S>),
}

impl<'g, S: AsRef<[u8]>> Counter<'g, S> {
    fn new(census: Census, canonical: Option<Vec<Canonical<'g, S>>>) -> Self {
        Self { census, keys: HashSet::new(), canonical, work: Vec::new() }
    }

    fn count(mut self, root: Node<'g, S>) -> (Census, Option<Vec<Canonical<'g, S>>>) {
        self.work.push(Work::Node(root));
        while let Some(work) = self.work.pop() {
            match work {
                Work::Node(node) => self.node(node),
                Work::Children(mut rest) => {
                    if let Some(node) = rest.next() {
                        self.work.push(Work::Children(rest));
                        self.node(node);
                    }
                }
                Work::Values(mut rest) => {
                    if let Some((_, value)) = rest.next() {
                        self.work.push(Work::Values(rest));
                        self.node(value);
                    }
                }
            }
        }
        (self.census, self.canonical)
    }

    #[inline]
    fn node(&mut self, node: Node<'g, S>) {
        if self.census.occurs(node.id()) {
            self.parts(node);
        }
    }

    fn parts(&mut self, node: Node<'g, S>) {
        match node.data() {
            Data::Dict(items) if self.is_plain(&items) => {
                self.census.note(node.id(), PLAIN);
                return self.work.push(Work::Values(items));
            }
            Data::Instance(_) if self.known(node) => return,
            Data::Bytes(_) | Data::ByteArray(_) | Data::Complex(..) => return self.spelling(node),
            Data::Set(_) | Data::FrozenSet(_) => self.spelling(node),
            Data::Tuple(_) if node.attribute_set().is_some() => return self.attribute_set(node),
            Data::List(_)
            | Data::Tuple(_)
            | Data::Dict(_)
            | Data::Instance(_)
            | Data::Global(_)
            | Data::PersistentId(_)
            | Data::ReadOnly(_)
            | Data::Extension(_)
            | Data::Buffer(_) => {}
            Data::None
            | Data::Bool(_)
            | Data::Int(_)
            | Data::BigInt(_)
            | Data::Float(_)
            | Data::Str(_)
            | Data::ByteString(_) => return,
        }
        self.work.push(Work::Children(node.children()));
    }

    /// Whether a known object is shown by a tag, or may be: then, of its parts, only the time zone is.
    fn known(&mut self, node: Node<'g, S>) -> bool {
        if self.canonical.is_some() {
            let Some(form) = CanonicalForm::of(node) else { return false };
            self.census.note(node.id(), KNOWN);
            self.work.extend(form.tz().map(Work::Node));
            self.found(Canonical::known(node, form));
        } else if self.census.has_tag(node.id()) {
            self.work.extend(CanonicalForm::of(node).and_then(|form| form.tz()).map(Work::Node));
        } else {
            return false;
        }
        true
    }

    /// Goes on with the parts of a canonical spelling as far as they may be non-canonical themselves.
    fn found(&mut self, found: Canonical<'g, S>) {
        for part in &found.own {
            match part.data() {
                Data::Bytes(_) | Data::Instance(_) => self.work.push(Work::Node(*part)),
                _ => drop(self.census.occurs(part.id())),
            }
        }
        self.canonical.as_mut().expect("they are looked for").push(found);
    }

    /// Goes on with the call for which a state stands, which is written in its place.
    fn attribute_set(&mut self, state: Node<'g, S>) {
        let ids = state.attribute_set().map(|call| [call.args, call.callable]);
        self.work.extend(ids.into_iter().flatten().map(|id| Work::Node(state.graph().node(id))));
    }

    fn spelling(&mut self, node: Node<'g, S>) {
        let Some(spelling) = node.spelling() else { return };
        let graph = node.graph();
        if self.canonical.is_some() {
            if let Some(found) = Canonical::of(node) {
                self.found(found);
                return;
            }
            self.census.note(node.id(), NON_CANONICAL);
        }
        if self.census.is(node.id(), NON_CANONICAL) {
            self.work.extend([spelling.args, spelling.callable].map(|id| Work::Node(graph.node(id))));
        }
    }

    /// Whether a dict can be a plain object: its keys are text, and of each text it is the one that plain objects use.
    fn is_plain(&mut self, items: &Items<'g, S>) -> bool {
        if !items.clone().all(|(key, _)| self.can_be_key(key)) {
            return false;
        }
        items.clone().for_each(|(key, _)| self.census.note(key.id(), KEY));
        true
    }

    /// Each text is looked at once, however long it is, and however many dicts share it.
    fn can_be_key(&mut self, key: Node<'g, S>) -> bool {
        let Data::Str(text) = key.data() else { return false };
        if !self.census.is(key.id(), FIRST | OTHER) {
            let bytes = text.as_wtf8();
            let is_plain = text.encoding() != Encoding::Wtf8 && bytes.first() != Some(&b'@');
            self.census.note(key.id(), if is_plain && self.keys.insert(bytes) { FIRST } else { OTHER });
        }
        self.census.is(key.id(), FIRST)
    }
}
