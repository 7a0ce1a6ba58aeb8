//! Walks over all objects: [`Graph::descendants`], [`Graph::globals`].

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::RandomState;
use std::iter::FusedIterator;

use crate::children::{ChildIds, Children};
use crate::data::Data;
use crate::instance::Global;
use crate::keys::Numbers;
use crate::{Graph, Id, Node};

/// An iterator over objects and all that they hold, each once: see [`Graph::descendants`].
pub struct Descendants<'g, S> {
    seen: HashSet<Id>,
    /// The children that are left, of each of the objects that hold the next one.
    open: Vec<Children<'g, S>>,
}

impl<'g, S> Descendants<'g, S> {
    fn new(from: Children<'g, S>) -> Self {
        Self { seen: HashSet::new(), open: vec![from] }
    }
}

impl<S> Clone for Descendants<'_, S> {
    fn clone(&self) -> Self {
        Self { seen: self.seen.clone(), open: self.open.clone() }
    }
}

impl<S> fmt::Debug for Descendants<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Descendants").field("seen", &self.seen.len()).finish_non_exhaustive()
    }
}

impl<'g, S: AsRef<[u8]>> Iterator for Descendants<'g, S> {
    type Item = Node<'g, S>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.open.last_mut()?.next() {
                Some(node) if self.seen.insert(node.id()) => {
                    self.open.push(node.children());
                    return Some(node);
                }
                Some(_) => {}
                None => drop(self.open.pop()),
            }
        }
    }
}

impl<S: AsRef<[u8]>> FusedIterator for Descendants<'_, S> {}

impl<'g, S: AsRef<[u8]>> Node<'g, S> {
    /// This object and all that it holds, in the order of the stream: see [`Graph::descendants`].
    pub fn descendants(self) -> Descendants<'g, S> {
        Descendants::new(Children::one(self))
    }
}

impl<S: AsRef<[u8]>> Graph<S> {
    /// All objects: the root, then what it holds, an object before its [`children`](Node::children). Each object comes once,
    /// however many places hold it, and so do equal values that have no node, such as None and small ints.
    ///
    /// ```
    /// use halfsour_value::Builder;
    ///
    /// let mut b = Builder::new();
    /// let (one, text) = (b.int(1), b.str("a"));
    /// let inner = b.list(&[text, one]);
    /// let root = b.tuple(&[inner, text, inner]);
    /// b.append(inner, root)?;
    /// let graph = b.build(root);
    /// let kinds: Vec<_> = graph.descendants().map(|node| node.kind().to_string()).collect();
    /// assert_eq!(kinds, ["tuple", "list", "str", "int"]);
    /// # Ok::<(), halfsour_value::StepError>(())
    /// ```
    pub fn descendants(&self) -> Descendants<'_, S> {
        Descendants::new(Children::new(self, ChildIds::all(self.root_ids())))
    }

    /// The classes and functions that are named, in the order of the stream, each with the nodes that name it: a stream
    /// may fetch one anew in each place. Those that only an old protocol's calls for builtins name are not listed.
    ///
    /// ```
    /// use halfsour_value::Builder;
    ///
    /// let mut b = Builder::new();
    /// let points = [b.instance("app", "Point").finish(), b.instance("app", "Point").finish()];
    /// let root = b.list(&points);
    /// let graph = b.build(root);
    /// let [(class, nodes)] = &graph.globals()[..] else { panic!("one name") };
    /// assert_eq!((class.full_name().as_str(), nodes.len()), ("app.Point", 2));
    /// ```
    pub fn globals(&self) -> Vec<(Global<'_, S>, Vec<Node<'_, S>>)> {
        let hasher = RandomState::new();
        let mut numbers = Numbers::new(self.store(), self.source().as_ref(), &hasher);
        let mut places = HashMap::new();
        let mut globals: Vec<(Global<'_, S>, Vec<Node<'_, S>>)> = Vec::new();
        for node in self.descendants() {
            let Some(global) = node.as_global() else { continue };
            let at = *places.entry(numbers.key(node.id())).or_insert(globals.len());
            if at == globals.len() {
                globals.push((global, Vec::new()));
            }
            globals[at].1.push(node);
        }
        globals
    }

    /// The persistent ids, in the order of the stream: of each object that is asked for by one, the id.
    pub fn persistent_ids(&self) -> impl Iterator<Item = Node<'_, S>> {
        self.descendants().filter_map(|node| match node.data() {
            Data::PersistentId(id) => Some(id),
            _ => None,
        })
    }
}
