//! Objects for persistent ids: what `persistent_load` does in Python.

use std::collections::HashMap;
use std::fmt;
use std::hash::RandomState;

use crate::data::Data;
use crate::id::StepKind;
use crate::keys::Numbers;
use crate::{Builder, Graph, Id, Node, StepError, Value};

/// The reason why the objects that persistent ids stand for cannot be where the ids are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolveError {
    /// The id, as Python would print it, if one is to blame.
    id: Option<String>,
    reason: String,
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "the persistent id {id}: {}", self.reason),
            None => write!(f, "the objects for persistent ids: {}", self.reason),
        }
    }
}

impl std::error::Error for ResolveError {}

/// Equal persistent ids.
struct Same {
    id: Id,
    /// The nodes that are asked for by it.
    nodes: Vec<Id>,
}

impl Graph {
    /// Puts objects in the places of persistent ids, as Python's `persistent_load` does.
    ///
    /// `resolve` is given each id once, in the order of the stream, and returns what it stands for; `None` leaves it as it is, and
    /// [`persistent_ids`](Self::persistent_ids) then still lists it. All places that hold equal ids get one and the same
    /// object. A graph that borrows its source becomes one that owns it by [`into_owned`](Self::into_owned).
    ///
    /// ```
    /// use halfsour_value::{Builder, Value};
    ///
    /// let mut b = Builder::new();
    /// let ids = [b.str("user:1"), b.str("user:2"), b.str("user:1")].map(|id| b.persistent_id(id));
    /// let root = b.list(&ids);
    /// let graph = b.build(root).resolve_persistent(|id| match id.as_str() {
    ///     Some("user:1") => Some(Value::from("Ada")),
    ///     _ => None,
    /// })?;
    /// assert_eq!(graph.root().to_string(), "['Ada', persistent_id('user:2'), 'Ada']");
    /// assert_eq!(graph.root().at(0), graph.root().at(2));
    /// if let Some(id) = graph.persistent_ids().next() {
    ///     println!("nobody knows {id}");
    /// }
    /// # Ok::<(), halfsour_value::ResolveError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If an object nests deeper than 1,000 levels, is where Python cannot have it (a list as a key), or cannot take what the
    /// stream does to it afterwards.
    pub fn resolve_persistent(
        self,
        mut resolve: impl FnMut(Node<'_>) -> Option<Value>,
    ) -> Result<Self, ResolveError> {
        let mut found = Vec::new();
        for same in self.persistent_groups() {
            let id = self.node(same.id);
            if let Some(value) = resolve(id) {
                found.push((same.nodes, value, id.to_string()));
            }
        }
        if found.is_empty() {
            return Ok(self);
        }
        let mut roots = self.root_ids().to_vec();
        let mut builder = Builder::from_graph(self);
        let mut by = HashMap::new();
        for (nodes, value, id) in &found {
            let object = builder.value(value).map_err(|error| failed(Some(id), &error))?;
            by.extend(nodes.iter().map(|&node| (node, object)));
        }
        builder.replace_all(&by).expect("a persistent id is a node");
        for root in &mut roots {
            *root = *by.get(root).unwrap_or(root);
        }
        for (nodes, _, id) in &found {
            for &node in nodes {
                builder.redo_steps(node, by[&node]).map_err(|error| failed(Some(id), &error))?;
            }
        }
        builder.try_build_all(roots).map_err(|error| failed(None, &error))
    }

    /// The persistent ids, equal ones together.
    fn persistent_groups(&self) -> Vec<Same> {
        let hasher = RandomState::new();
        let mut numbers = Numbers::new(self.store(), self.source(), &hasher);
        let mut places = HashMap::new();
        let mut groups: Vec<Same> = Vec::new();
        for node in self.descendants() {
            let Data::PersistentId(id) = node.data() else { continue };
            let at = *places.entry(numbers.key(id.id())).or_insert(groups.len());
            if at == groups.len() {
                groups.push(Same { id: id.id(), nodes: Vec::new() });
            }
            groups[at].nodes.push(node.id());
        }
        groups
    }
}

impl Builder {
    /// Does to an object what the stream did to the one in whose places it is.
    fn redo_steps(&mut self, from: Id, to: Id) -> Result<(), StepError> {
        let steps = self.view().foreign_steps(from).into_iter().flatten();
        for (kind, ids) in steps.map(|(kind, ids)| (kind, ids.to_vec())).collect::<Vec<_>>() {
            match kind {
                StepKind::State => self.store.build(to, ids[0])?,
                StepKind::Call => self.store.call_on(to, ids[0])?,
                StepKind::Append => self.store.append(to, &ids)?,
                StepKind::SetItem => self.store.set_items(to, &ids)?,
                StepKind::Add => self.store.add_items(to, &ids)?,
            }
        }
        Ok(())
    }
}

fn failed(id: Option<&String>, reason: &impl fmt::Display) -> ResolveError {
    ResolveError { id: id.cloned(), reason: reason.to_string() }
}
