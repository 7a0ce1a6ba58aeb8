//! [`Values`]: the objects that patterns are matched over, and what was learned of them.

use std::cell::RefCell;

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind, View};
use hashbrown::{HashMap, HashSet};

use super::Pattern;
use crate::Policy;
use crate::policy::Acts;

/// What patterns are matched over.
#[derive(Clone, Copy)]
pub(crate) struct Values<'s> {
    pub view: View<'s>,
    /// Knows the sets that patterns mention.
    pub policy: &'s Policy,
    /// Names that may be called, but not stored.
    pub callees: &'s HashSet<Id>,
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
    /// By pattern, which lies still in the policy: how many items fit.
    containers: RefCell<HashMap<(usize, Id), usize>>,
    /// Containers of plain data, and how many items they had.
    data: RefCell<HashMap<Id, usize>>,
    /// Containers that were taken as they are, whatever is in them.
    taken: RefCell<HashSet<Id>>,
}

impl Checked {
    pub fn taken(&self) -> Vec<Id> {
        self.taken.borrow().iter().copied().collect()
    }

    /// The containers that have grown since they were looked at, by `length`.
    pub fn grown(&self, length: impl Fn(Id) -> usize) -> Vec<Id> {
        let containers = self.containers.borrow();
        let data = self.data.borrow();
        let known = containers.iter().map(|(key, known)| (key.1, *known));
        let known = known.chain(data.iter().map(|(&id, &known)| (id, known)));
        known.filter(|&(id, known)| length(id) > known).map(|(id, _)| id).collect()
    }
}

impl Values<'_> {
    /// Whether a global is the class or function of this name, or in the set.
    pub fn names(&self, global: Id, name: &str) -> bool {
        match self.view.global(global) {
            Some([module, qualified]) => self.policy.is_in(module, qualified, name),
            None => {
                self.looked_up(global).is_some_and(|(module, path)| self.policy.is_in(module, &path, name))
            }
        }
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
        if holds(self.view.kind(id)) {
            self.checked.taken.borrow_mut().insert(id);
        }
        !self.callees.contains(&id)
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
        let key = (std::ptr::from_ref(pattern) as usize, container);
        // Keys and values of a dict come in pairs, and count each.
        let width = size_of::<T>() / size_of::<Id>();
        // What holds itself is being looked at.
        let before = self.checked.containers.borrow_mut().insert(key, items.len() * width);
        let all = items.get(before.unwrap_or(0) / width..).unwrap_or_default().iter().all(fits);
        if !all {
            // What never fitted, as an alternative that was not taken, may grow.
            let mut containers = self.checked.containers.borrow_mut();
            match before {
                Some(known) => containers.insert(key, known),
                None => containers.remove(&key),
            };
        }
        all
    }

    /// Whether it is plain data: what picklers write without a class, all the way down.
    pub fn is_data(&self, id: Id) -> bool {
        let mut open = vec![id];
        let mut seen = Vec::new();
        while let Some(id) = open.pop() {
            if is_object(self.view.kind(id)) {
                // What was known stays known, and no more.
                let mut data = self.checked.data.borrow_mut();
                for (id, known) in seen.into_iter().rev() {
                    match known {
                        Some(known) => data.insert(id, known),
                        None => data.remove(&id),
                    };
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
            let known = self.checked.data.borrow_mut().insert(id, ids.len());
            seen.push((id, known));
            open.extend(ids.get(known.unwrap_or(0)..).unwrap_or_default());
        }
        true
    }
}

/// Whether an object of this kind holds others by itself.
pub(crate) fn holds(kind: Kind) -> bool {
    matches!(kind, Kind::List | Kind::Tuple | Kind::Dict | Kind::Set | Kind::FrozenSet)
}

/// Whether an object of this kind has a class or a name, and is not what opcodes themselves make.
pub(crate) fn is_object(kind: Kind) -> bool {
    matches!(kind, Kind::Instance | Kind::Global | Kind::Extension | Kind::PersistentId)
}
