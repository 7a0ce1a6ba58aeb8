//! [`Values`]: the objects that patterns are matched over, and what was learned of them.

use std::cell::RefCell;

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind, View};
use hashbrown::HashMap;

use super::Pattern;
use crate::Policy;
use crate::ids::IdSet;
use crate::policy::Acts;

/// What patterns are matched over.
#[derive(Clone, Copy)]
pub(crate) struct Values<'s> {
    pub view: View<'s>,
    /// Knows the sets that patterns mention.
    pub policy: &'s Policy,
    /// Names that may be called, but not stored.
    pub callees: &'s IdSet,
    pub checked: &'s Checked,
    /// The dicts of attributes and of slots that the pattern came upon.
    pub parts: &'s RefCell<Vec<(Id, Part)>>,
}

/// A part of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Attributes,
    Slots,
}

/// What was looked at before: it is not looked at again, and once more at the end if it has grown.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    looks: RefCell<Looks>,
    taken: RefCell<Taken>,
    /// Whether a global is what a pattern names, by where its text lies in the policy: of the last for each place.
    names: RefCell<Vec<(usize, Id, bool)>>,
}

/// Containers, each once.
#[derive(Debug, Default)]
struct Taken {
    known: IdSet,
    all: Vec<Id>,
}

impl Checked {
    /// Containers that something took as they are, whatever is in them.
    pub fn taken(&self) -> Vec<Id> {
        self.taken.borrow().all.clone()
    }

    /// The containers that have grown since they were looked at, by `length`.
    pub fn grown(&self, length: impl Fn(Id) -> usize) -> Vec<Id> {
        let looks = self.looks.borrow();
        let grown =
            looks.all.iter().filter(|look| look.length.is_some_and(|known| length(look.container) > known));
        let mut grown: Vec<Id> = grown.map(|look| look.container).collect();
        grown.sort_unstable();
        grown.dedup();
        grown
    }
}

/// The looks at containers.
#[derive(Debug, Default)]
struct Looks {
    all: Vec<Look>,
    /// By node, one more than the index of the first look at it.
    first: Vec<u32>,
    /// The indices of looks by other patterns than that of the first.
    others: HashMap<(usize, Id), usize>,
}

#[derive(Debug)]
struct Look {
    container: Id,
    /// Where the pattern lies in the policy; 0 stands for plain data.
    pattern: usize,
    /// How many items it had, if they fitted.
    length: Option<usize>,
}

/// The pattern of plain data.
const DATA: usize = 0;

impl Looks {
    /// Notes that all items of a container fit. Returns the index of the look, and how many fitted before.
    fn note(&mut self, pattern: usize, container: Id, length: usize) -> (usize, Option<usize>) {
        let new = self.all.len();
        let node = container.index().unwrap_or_default();
        if node >= self.first.len() {
            self.first.resize(node + 1, 0);
        }
        let index = match (self.first[node] as usize).checked_sub(1) {
            None => {
                self.first[node] = u32::try_from(new + 1).unwrap_or(0);
                new
            }
            Some(first) if self.all[first].pattern == pattern => first,
            Some(_) => *self.others.entry((pattern, container)).or_insert(new),
        };
        if index == new {
            self.all.push(Look { container, pattern, length: Some(length) });
            return (new, None);
        }
        (index, self.all[index].length.replace(length))
    }
}

/// The length up to which what cannot grow is rather looked at again than kept in mind.
const FEW: usize = 8;

impl Values<'_> {
    /// Whether a global is the class or function of this name, or in the set.
    pub fn names(&self, global: Id, name: &str) -> bool {
        const PLACES: usize = 256;
        let text = name.as_ptr() as usize;
        let place = (text / 8).wrapping_mul(31).wrapping_add(global.index().unwrap_or_default()) % PLACES;
        let known =
            self.checked.names.borrow().get(place).filter(|it| (it.0, it.1) == (text, global)).copied();
        if let Some((.., is_it)) = known {
            return is_it;
        }
        let is_it = match self.view.global(global) {
            Some([module, qualified]) => self.policy.is_in(module, qualified, name),
            None => {
                self.looked_up(global).is_some_and(|(module, path)| self.policy.is_in(module, &path, name))
            }
        };
        let mut names = self.checked.names.borrow_mut();
        // There are none in most pickles.
        names.resize(PLACES, (0, Id::NONE, false));
        names[place] = (text, global, is_it);
        is_it
    }

    /// Whether it is one of Python's own types that dill looked up by its name, and which this is the name of.
    pub fn is_loaded_type(&self, object: Id, name: &str) -> bool {
        self.loaded_type(object).is_some_and(|(module, loaded)| self.policy.is_in(module, loaded, name))
    }

    /// The module and the name of the type that dill looked up.
    fn loaded_type(&self, object: Id) -> Option<(&[u8], &[u8])> {
        let [module, function] = self.view.global(self.view.class(object)?)?;
        let (&[name], None) = self.view.arguments(object)? else { return None };
        let acts = self.policy.find(module, function)?.allow.acts;
        let name = self.view.text_bytes(name).filter(|_| acts == Some(Acts::LoadType))?;
        Some((self.policy.module_of_type(name)?, name))
    }

    /// The module and the dotted name of what `getattr` found in a class or in an object of it, or of the function that a partial of it stands for.
    fn looked_up(&self, object: Id) -> Option<(&[u8], Vec<u8>)> {
        let [module, function] = self.view.global(self.view.class(object)?)?;
        let (args, None) = self.view.arguments(object)? else { return None };
        match *args {
            [of, attribute] => {
                let looks_up = self.policy.find(module, function)?.allow.acts == Some(Acts::GetAttr);
                let class = self.view.global(of).or_else(|| self.view.global(self.view.class(of)?));
                let [module, class] = class.filter(|_| looks_up)?;
                Some((module, [class, self.view.text_bytes(attribute)?].join(&b'.')))
            }
            [of] if (module, function) == (b"functools", b"partial") => {
                let [module, name] = self.view.global(of)?;
                let acts = self.policy.find(module, name)?.allow.acts;
                (acts == Some(Acts::Partial)).then(|| (module, name.to_vec()))
            }
            [_] => self.loaded_type(object).map(|(module, name)| (module, name.to_vec())),
            _ => None,
        }
    }

    /// Whether an object may be stored as it is: anything but names that may only be called. What it holds is looked at in the end, and may
    /// be added until then.
    pub fn take(&self, id: Id) -> bool {
        let has_no_nodes =
            || matches!(self.view.peek(id), Peek::Tuple(ids) if ids.iter().all(|id| id.index().is_none()));
        if holds(self.view.kind(id)) && !has_no_nodes() {
            let mut taken = self.checked.taken.borrow_mut();
            if id.index().is_some() && taken.known.insert(id) {
                taken.all.push(id);
            }
        }
        !self.callees.contains(id)
    }

    pub fn has_part(&self, dict: Id, part: Part) -> bool {
        self.parts.borrow_mut().push((dict, part));
        true
    }

    /// Forgets the parts that an alternative came upon which does not fit.
    pub fn tries(&self, fits: impl FnOnce() -> bool) -> bool {
        let known = self.parts.borrow().len();
        let fits = fits();
        if !fits {
            self.parts.borrow_mut().truncate(known);
        }
        fits
    }

    /// Whether all items of a container fit, of which those need not be looked at that did before.
    pub fn each<T>(
        &self,
        pattern: &Pattern,
        container: Id,
        items: &[T],
        fits: impl FnMut(&T) -> bool,
    ) -> bool {
        if items.len() <= FEW && !grows(self.view.kind(container)) {
            return items.iter().all(fits);
        }
        let pattern = std::ptr::from_ref(pattern) as usize;
        // Keys and values of a dict come in pairs, and count each.
        let width = size_of::<T>() / size_of::<Id>();
        // What holds itself is being looked at.
        let (look, before) = self.checked.looks.borrow_mut().note(pattern, container, items.len() * width);
        let all = items.get(before.unwrap_or(0) / width..).unwrap_or_default().iter().all(fits);
        if !all {
            // What never fitted, as an alternative that was not taken, may grow.
            self.checked.looks.borrow_mut().all[look].length = before;
        }
        all
    }

    /// Whether it is plain data: what picklers write without a class, all the way down.
    pub fn is_data(&self, id: Id) -> bool {
        if !holds(self.view.kind(id)) {
            return !is_object(self.view.kind(id));
        }
        let mut open = vec![id];
        let mut seen = Vec::new();
        while let Some(id) = open.pop() {
            if is_object(self.view.kind(id)) {
                // What was known stays known, and no more.
                let mut looks = self.checked.looks.borrow_mut();
                for (look, known) in seen.into_iter().rev() {
                    let look: &mut Look = &mut looks.all[look];
                    look.length = known;
                }
                return false;
            }
            let (Peek::List(ids)
            | Peek::Tuple(ids)
            | Peek::Dict(ids)
            | Peek::Set(ids)
            | Peek::FrozenSet(ids)) = self.view.peek(id)
            else {
                continue;
            };
            let is_flat = || !ids.iter().any(|&id| holds(self.view.kind(id)));
            if ids.len() <= FEW && !grows(self.view.kind(id)) && is_flat() {
                open.extend(ids);
                continue;
            }
            let (look, known) = self.checked.looks.borrow_mut().note(DATA, id, ids.len());
            seen.push((look, known));
            open.extend(ids.get(known.unwrap_or(0)..).unwrap_or_default());
        }
        true
    }
}

/// Whether a container of this kind may be given more items later.
fn grows(kind: Kind) -> bool {
    !matches!(kind, Kind::Tuple | Kind::FrozenSet)
}

/// Whether an object of this kind holds others by itself.
pub(crate) fn holds(kind: Kind) -> bool {
    matches!(kind, Kind::List | Kind::Tuple | Kind::Dict | Kind::Set | Kind::FrozenSet)
}

/// Whether an object of this kind has a class or a name, and is not what opcodes themselves make.
pub(crate) fn is_object(kind: Kind) -> bool {
    matches!(kind, Kind::Instance | Kind::Global | Kind::Extension | Kind::PersistentId)
}
