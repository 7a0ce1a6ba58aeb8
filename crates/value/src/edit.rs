//! A [`Builder`] changes objects that are there.

use std::collections::{HashMap, HashSet};
use std::hash::RandomState;

use crate::builder::FULL;
use crate::cell::{Cell, Tag};
use crate::form::Form;
use crate::id::StepKind;
use crate::keys::Numbers;
use crate::parts::Container;
use crate::peek::RawInstance;
use crate::store::Store;
use crate::{Builder, Graph, Id, StepError, View};

impl Builder {
    /// A builder that goes on from a graph, to change it.
    ///
    /// All ids stay: find the objects in the graph first, by [`Node::path`](crate::Node::path) or
    /// [`Graph::descendants`], and give their ids to the builder. What is not changed stays shared as it was. Text and bytes
    /// are not copied. A graph that borrows its source becomes one that owns it by [`Graph::into_owned`]. Offsets stay, too;
    /// that of a new object is 0.
    ///
    /// The calls by which old protocols spelled builtins, and the recorded memo, are forgotten: what is changed would not
    /// agree with them.
    ///
    /// ```
    /// use halfsour_value::Builder;
    ///
    /// let mut b = Builder::new();
    /// let (name, key) = (b.str("Ada"), b.str("user"));
    /// let user = b.instance("app", "User").attr("name", name).finish();
    /// let root = b.list(&[user, user]);
    /// let graph = b.build(root);
    ///
    /// let (root, user) = (graph.root().id(), graph.root().path("[1]")?.id());
    /// let mut b = Builder::from_graph(graph);
    /// let name = b.str("Grace");
    /// b.set_attr(user, "name", name)?;
    /// let graph = b.build(root);
    /// assert_eq!(graph.root().to_string(), "[app.User(name='Grace'), app.User(name='Grace')]");
    /// assert_eq!(graph.root().at(0), graph.root().at(1)); // still one object
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_graph(graph: Graph) -> Self {
        let (mut store, source, _, mut provenance) = graph.into_parts();
        store.set_budget(usize::MAX);
        // A tuple is spelled by a call of `setattr`, of which is known whether it still says the same.
        let is_tuple =
            |id: u32| Id::from_bits(id).index().is_some_and(|at| store.cells[at].tag == Tag::Tuple);
        store.spellings.retain(|(id, _)| is_tuple(*id));
        provenance.memo = None;
        Self { store, source, provenance, own: HashSet::new() }
    }

    /// The objects that there are so far, to look at them by their ids.
    pub fn view(&self) -> View<'_> {
        View::new(&self.store, &self.source)
    }

    /// Sets an attribute of an instance: in its slots if the name is there, otherwise in its `__dict__`. An instance that has
    /// neither a state nor arguments gets a state.
    ///
    /// Python copies what is in a state into the instance. So if several objects hold the dict that is the state, the others
    /// keep it as it was.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`], if it is no instance; [`StepError::NotAttributes`], if its state is not made of attributes
    /// (see [`Node::attributes`](crate::Node::attributes)); [`StepError::MadeOfArguments`], if it has arguments and no state.
    pub fn set_attr(&mut self, of: Id, name: &str, value: Id) -> Result<(), StepError> {
        let Some(at) = self.last_state(of)? else {
            if self.has_arguments(of) {
                return Err(StepError::MadeOfArguments);
            }
            let name = self.str(name);
            let state = self.container(Container::Dict, &[name, value])?;
            return self.state(of, state);
        };
        let [dict, slots] = self.attributes(self.store.children[at])?;
        let is_slot = slots.is_some_and(|slots| self.view().item(slots, name.as_bytes()).is_some());
        let dict = self.own_attributes(at, usize::from(is_slot || dict.is_none()))?;
        let name = self.str(name);
        self.set_item(dict, name, value)
    }

    /// Removes an attribute of an instance. Returns whether it was there.
    ///
    /// # Errors
    ///
    /// As [`set_attr`](Self::set_attr).
    pub fn remove_attr(&mut self, of: Id, name: &str) -> Result<bool, StepError> {
        let Some(at) = self.last_state(of)? else { return Ok(false) };
        let mut found = false;
        for (which, dict) in self.attributes(self.store.children[at])?.into_iter().enumerate() {
            if dict.is_some_and(|dict| self.view().item(dict, name.as_bytes()).is_some()) {
                let dict = self.own_attributes(at, which)?;
                let name = self.str(name);
                found |= self.remove_item(dict, name)?;
            }
        }
        Ok(found)
    }

    /// Removes the item with this key, of a dict or among those that were set on an instance; or a member, of a set or among
    /// those that were added to an instance. Keys are compared as Python compares them, where their classes are known. Returns
    /// whether there was one.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`], if it is neither.
    pub fn remove_item(&mut self, of: Id, key: Id) -> Result<bool, StepError> {
        let index = of.index().ok_or(StepError::Unsupported)?;
        let cell = &self.store.cells[index];
        let hasher = RandomState::new();
        let mut numbers = Numbers::new(&self.store, &self.source, &hasher);
        let key = numbers.key(key);
        let mut others = |ids: &[Id], width: usize| -> Vec<Id> {
            ids.chunks_exact(width).filter(|entry| numbers.key(entry[0]) != key).flatten().copied().collect()
        };
        let kept = match (cell.tag, cell.tag.entry_width()) {
            (Tag::Dict | Tag::Set, Some(width)) => others(self.store.region_of(index), width),
            (Tag::Instance, _) => {
                let instance = RawInstance::new(&self.store, index);
                let mut kept = instance.made_of().to_vec();
                for (kind, ids) in instance.steps() {
                    let (width, ids) = match kind {
                        StepKind::SetItem => (2, others(ids, 2)),
                        StepKind::Add => (1, others(ids, 1)),
                        StepKind::State | StepKind::Call | StepKind::Append => (1, ids.to_vec()),
                    };
                    if !ids.is_empty() {
                        kept.push(Id::run(kind, ids.len() / width));
                        kept.extend(ids);
                    }
                }
                kept
            }
            _ => return Err(StepError::Unsupported),
        };
        Ok(self.store.shorten(index, &kept))
    }

    /// Puts another object in place of a member of a list, or of an item that was appended to an instance, such as a `deque`.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`], if it is neither; [`StepError::OutOfRange`], if there are not as many.
    pub fn set_at(&mut self, of: Id, index: usize, item: Id) -> Result<(), StepError> {
        let (_, at) = self.place(of, index)?;
        self.store.children[at] = item;
        Ok(())
    }

    /// Removes a member of a list, or an item that was appended to an instance. Those after it move up.
    ///
    /// # Errors
    ///
    /// As [`set_at`](Self::set_at).
    pub fn remove_at(&mut self, of: Id, index: usize) -> Result<Id, StepError> {
        let (mark, at) = self.place(of, index)?;
        let node = of.index().ok_or(StepError::Unsupported)?;
        let (start, _) = self.store.cells[node].region();
        let mut kept = self.store.region_of(node).to_vec();
        let removed = kept.remove(at - start);
        if let Some(mark) = mark.map(|mark| mark - start) {
            match kept[mark].as_mark() {
                (_, 1) => drop(kept.remove(mark)),
                (kind, count) => kept[mark] = Id::run(kind, count - 1),
            }
        }
        self.store.shorten(node, &kept);
        Ok(removed)
    }

    /// Puts another object in place of one of a tuple's or frozenset's members, or of an instance's callable (0),
    /// arguments (1) or keyword arguments (2): for what could not be made before what holds it. End with
    /// [`try_build`](Self::try_build).
    ///
    /// # Panics
    ///
    /// If it has no such part.
    pub fn set_part(&mut self, of: Id, part: usize, by: Id) {
        let (start, length) = self.store.cells[of.index().expect("what has parts is a node")].region();
        self.store.children[start..start + length][part] = by;
    }

    /// Puts another object in every place that holds this one, also in the other one itself: what is to be around this
    /// one can be filled afterwards. The names of globals are no places. End with
    /// [`try_build`](Self::try_build), which refuses what Python cannot make, as a list for a key.
    ///
    /// If it is the root, build with the other one.
    ///
    /// # Errors
    ///
    /// [`StepError::NoIdentity`], if this one is `None`, a bool, a small int or `()`: equal ones are one, in all places, and
    /// some other object's argument or count would change, too.
    pub fn replace(&mut self, old: Id, by: Id) -> Result<(), StepError> {
        self.replace_all(&HashMap::from([(old, by)]))
    }

    /// As [`replace`](Self::replace), for several objects at once, in one pass: each key gives its place to its value.
    ///
    /// # Errors
    ///
    /// As [`replace`](Self::replace), for any of the keys. Nothing is changed then.
    pub fn replace_all<H: std::hash::BuildHasher>(
        &mut self,
        by: &HashMap<Id, Id, H>,
    ) -> Result<(), StepError> {
        if by.keys().any(|old| old.index().is_none()) {
            return Err(StepError::NoIdentity);
        }
        for id in &mut self.store.children {
            *id = *by.get(id).unwrap_or(id);
        }
        for cell in &mut self.store.cells {
            match cell.tag {
                Tag::PersistentId | Tag::ReadOnly => {
                    if let Some(by) = by.get(&Id::from_bits(cell.first())) {
                        *cell = Cell::new(cell.tag, cell.flags, cell.origin(), by.bits().into());
                    }
                }
                // Whether it can be hashed may be different now.
                Tag::Tuple => cell.flags = 0,
                _ => {}
            }
        }
        Ok(())
    }

    /// The place of a member of a list, or of an item that was appended to an instance; before it that of the mark of the
    /// step that appended it.
    fn place(&self, of: Id, index: usize) -> Result<(Option<usize>, usize), StepError> {
        let node = of.index().ok_or(StepError::Unsupported)?;
        match self.store.cells[node].tag {
            Tag::List => {
                let (start, length) = self.store.cells[node].region();
                if index < length { Ok((None, start + index)) } else { Err(StepError::OutOfRange) }
            }
            Tag::Instance => {
                let mut left = index;
                for (mark, _, count) in self.runs(node).filter(|(_, kind, _)| *kind == StepKind::Append) {
                    if left < count {
                        return Ok((Some(mark), mark + 1 + left));
                    }
                    left -= count;
                }
                Err(StepError::OutOfRange)
            }
            _ => Err(StepError::Unsupported),
        }
    }

    /// The steps of an instance: the place of the mark of each, its kind, and how many ids follow.
    fn runs(&self, node: usize) -> impl Iterator<Item = (usize, StepKind, usize)> {
        let (start, length) = self.store.cells[node].region();
        let mut at = start + Form::from_bits(self.store.cells[node].form_bits()).parts();
        std::iter::from_fn(move || {
            if at == start + length {
                return None;
            }
            let (kind, count) = self.store.children[at].as_mark();
            let mark = at;
            at += 1 + count;
            Some((mark, kind, count))
        })
    }

    /// The place of the state that was set last on an instance.
    fn last_state(&self, of: Id) -> Result<Option<usize>, StepError> {
        let index = of.index().ok_or(StepError::Unsupported)?;
        if self.store.cells[index].tag != Tag::Instance {
            return Err(StepError::Unsupported);
        }
        let states = self.runs(index).filter(|(_, kind, _)| *kind == StepKind::State);
        Ok(states.last().map(|(mark, ..)| mark + 1))
    }

    /// A tuple that is to be [`fill`](Self::fill)ed, and to which its members may refer.
    #[doc(hidden)]
    pub fn hollow_tuple(&mut self) -> Id {
        self.store.hollow_tuple(0).expect(FULL)
    }

    /// Puts members into a list, tuple, dict, set or frozenset that is empty. Only [`try_build`](Self::try_build) looks whether
    /// keys and members can be hashed.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`], if it is no node; [`StepError::OutOfBudget`], if there is no room.
    #[doc(hidden)]
    pub fn fill(&mut self, of: Id, items: &[Id]) -> Result<(), StepError> {
        let index = of.index().ok_or(StepError::Unsupported)?;
        Ok(self.store.extend(index, items)?)
    }

    /// Sets how an instance is made that was made without keyword arguments, and has no steps yet.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`], if it is no such instance; [`StepError::OutOfBudget`], if there is no room.
    #[doc(hidden)]
    pub fn set_form(&mut self, of: Id, form: Form, kwargs: Option<Id>) -> Result<(), StepError> {
        let index = of.index().ok_or(StepError::Unsupported)?;
        if self.store.cells[index].region().1 != Form::New.parts() {
            return Err(StepError::Unsupported);
        }
        self.store.extend(index, kwargs.as_slice())?;
        self.store.cells[index] = self.store.cells[index].with_form_bits(form as u8);
        Ok(())
    }

    /// Whether the class of an instance was given arguments.
    fn has_arguments(&self, of: Id) -> bool {
        let view = self.view();
        view.arguments(of).is_none_or(|(args, kwargs)| {
            !args.is_empty() || kwargs.is_some_and(|kwargs| view.children(kwargs).next().is_some())
        })
    }

    /// The dicts of attributes in a state: `__dict__`, and slots.
    fn attributes(&self, state: Id) -> Result<[Option<Id>; 2], StepError> {
        self.view().attributes(state).ok_or(StepError::NotAttributes)
    }

    /// Gives the instance with a state in this place dicts of its own, and returns its `__dict__` (0) or slots (1).
    fn own_attributes(&mut self, at: usize, which: usize) -> Result<Id, StepError> {
        let state = self.store.children[at];
        let shared = self.attributes(state)?[which].ok_or(StepError::Unsupported)?;
        if self.own.contains(&shared) {
            return Ok(shared);
        }
        let dict = self.copy(Container::Dict, shared, |_| {})?;
        self.own.insert(dict);
        self.store.children[at] =
            if state == shared { dict } else { self.copy(Container::Tuple, state, |ids| ids[which] = dict)? };
        Ok(dict)
    }

    /// A new container that holds what another one of its kind does, after a change.
    fn copy(
        &mut self,
        container: Container,
        of: Id,
        change: impl FnOnce(&mut [Id]),
    ) -> Result<Id, StepError> {
        let index = of.index().ok_or(StepError::Unsupported)?;
        let mut ids = self.store.region_of(index).to_vec();
        change(&mut ids);
        self.store.container(container, self.store.cells[index].origin(), &ids)
    }
}

impl<S: AsRef<[u8]>> Graph<S> {
    /// Removes the last member of a list, or the last item of a dict. Returns whether there was one.
    ///
    /// ```
    /// use halfsour_value::Builder;
    ///
    /// let mut b = Builder::new();
    /// let items = [b.int(1), b.int(2)];
    /// let root = b.list(&items);
    /// let mut graph = b.build(root);
    /// assert!(graph.remove_last(root));
    /// assert_eq!(graph.root().to_string(), "[1]");
    /// ```
    pub fn remove_last(&mut self, of: Id) -> bool {
        let Some(index) = of.index() else { return false };
        let store = self.store_mut();
        let width = match store.cells[index].tag {
            Tag::List => 1,
            Tag::Dict => 2,
            _ => return false,
        };
        let kept = store.region_of(index);
        let kept = kept[..kept.len().saturating_sub(width)].to_vec();
        store.shorten(index, &kept)
    }
}

impl Store {
    /// Keeps only some of the ids in a region. Returns whether any went.
    fn shorten(&mut self, index: usize, kept: &[Id]) -> bool {
        let (start, length) = self.cells[index].region();
        self.children[start..start + kept.len()].copy_from_slice(kept);
        self.cells[index].shorten_region(kept.len());
        self.last_run = None;
        kept.len() < length
    }
}
