//! What is done to objects.

use halfsour_vm::value::{Id, Kind};

use super::{Judge, Named};
use crate::Rule;
use crate::at::At;
use crate::policy::{Entry, Use};
use crate::report::{Action, Severity};

impl Judge<'_, '_> {
    /// Whether an object may be changed so; a finding if not, for which `code` is what Python does, by what made the object and a name for it.
    pub(super) fn may_change(
        &mut self,
        at: At<'_>,
        object: Id,
        of: Use,
        action: Action,
        items: &[Id],
        code: impl FnOnce(Option<&Named<'_>>, &str) -> String,
    ) -> bool {
        self.change_bytes(at, object);
        if let Some(named) = self.named(at, object) {
            self.count(&named, |import| import.changes += 1);
            let why = "it changes what is imported, for the whole program".to_owned();
            self.add(
                at.offset,
                Rule::R7,
                action,
                &named.name,
                code(None, &named.python()),
                (Severity::Dangerous, why),
            );
            return false;
        }
        match at.view.kind(object) {
            Kind::List if action == Action::SetItem => {
                let why = "no pickler sets the items of a list, which may have been judged before".to_owned();
                let name = "builtins:list";
                self.add(at.offset, Rule::R7, action, name, code(None, name), (Severity::Unknown, why));
                return false;
            }
            Kind::Instance | Kind::Global | Kind::Extension | Kind::PersistentId | Kind::Buffer => {}
            // What has no class from outside takes only what cannot harm.
            _ => return true,
        }
        let named = self.maker(at, object);
        if let Some(named) = &named {
            self.count(named, |import| import.changes += 1);
            if let Some(entry) = named.entry.filter(|entry| entry.allow.uses.contains(&of)) {
                if self.may_be_items(at, &entry, action, items) {
                    return true;
                }
                let why = Self::why(named, "it may not be given such an item");
                self.add(at.offset, Rule::R7, action, &named.name, code(Some(named), &named.name), why);
                return false;
            }
        }
        if named.as_ref().is_some_and(|named| self.repeats(Rule::R7, action, named)) {
            return false;
        }
        let (name, code, why) = match named {
            Some(named) => {
                let why = Self::why(&named, "its objects may not be changed so");
                (named.name.clone(), code(Some(&named), &named.python()), why)
            }
            None => {
                let why = "what it is is not known".to_owned();
                let name = at.short().value(object);
                (name.clone(), code(None, &name), (Severity::Unknown, why))
            }
        };
        self.add(at.offset, Rule::R7, action, &name, code, why);
        false
    }

    /// Whether these may be appended or, each second one, set.
    fn may_be_items(&self, at: At<'_>, entry: &Entry<'_>, action: Action, items: &[Id]) -> bool {
        let Some(pattern) = &entry.patterns.items else { return true };
        let values = self.values(at);
        let mut items = items.iter().skip(usize::from(action == Action::SetItem));
        let step = if action == Action::SetItem { 2 } else { 1 };
        items.by_ref().step_by(step).all(|&item| pattern.matches(&values, item))
    }
}
