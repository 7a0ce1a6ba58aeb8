//! What is done to objects.

use halfsour_vm::value::{Id, Kind};

use super::Judge;
use crate::Rule;
use crate::at::At;
use crate::policy::Use;
use crate::report::{Action, Severity};

impl Judge<'_, '_> {
    /// Whether an object may be changed so; a finding if not.
    pub(super) fn may_change(
        &mut self,
        at: At<'_>,
        object: Id,
        of: Use,
        action: Action,
        code: impl FnOnce(&str) -> String,
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
                code(&named.python()),
                (Severity::Dangerous, why),
            );
            return false;
        }
        match at.view.kind(object) {
            Kind::List if action == Action::SetItem => {
                let why = "no pickler sets the items of a list, which may have been judged before".to_owned();
                let name = "builtins:list";
                self.add(at.offset, Rule::R7, action, name, code(name), (Severity::Unknown, why));
                return false;
            }
            Kind::Instance | Kind::Global | Kind::Extension | Kind::PersistentId | Kind::Buffer => {}
            // What has no class from outside takes only what cannot harm.
            _ => return true,
        }
        let named = self.maker(at, object);
        if let Some(named) = &named {
            self.count(named, |import| import.changes += 1);
            if named.entry.is_some_and(|entry| entry.allow.uses.contains(&of)) {
                return true;
            }
        }
        let (name, code, why) = match named {
            Some(named) => {
                let why = self.why(&named, "its objects may not be changed so");
                (named.name.clone(), code(&named.python()), why)
            }
            None => {
                let why = "what it is is not known".to_owned();
                let name = at.short().value(object);
                (name.clone(), code(&name), (Severity::Unknown, why))
            }
        };
        self.add(at.offset, Rule::R7, action, &name, code, why);
        false
    }
}
