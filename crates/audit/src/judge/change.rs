//! What is done to objects.

use halfsour_vm::Graph;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind};

use super::Judge;
use crate::Rule;
use crate::at::At;
use crate::policy::{Acts, PROGRAM, Use};
use crate::report::{Action, Severity};
use crate::text;

impl Judge<'_, '_> {
    pub(super) fn build(&mut self, at: At<'_>, object: Id, state: Id) {
        if !self.may_change(at, object, Use::Build, Action::Build, |name| {
            format!("{name}.__setstate__({})", at.short().value(state))
        }) {
            return;
        }
        let Some(named) = self.maker(at, object) else { return };
        let Some(entry) = named.entry else { return };
        let values = self.values(at);
        let fits = entry.patterns.state.as_ref().is_none_or(|pattern| pattern.matches(&values, state));
        // Those of a dtype are names of fields.
        let is_dtype = entry.allow.acts == Some(Acts::DType);
        let special = if is_dtype { None } else { self.special_attribute(at, state) };
        let is_member = entry.allow.pack == PROGRAM
            && !at.view.arguments(object).is_some_and(|(args, _)| args.is_empty());
        let fits = fits && (entry.allow.acts != Some(Acts::ArrowText) || Self::is_state_of_text(at, state));
        let memory = match entry.allow.acts {
            Some(Acts::Array) => self.dtypes.build_array(at, object, state),
            Some(Acts::DType) => self.dtypes.build(at, object, state),
            _ => Ok(()),
        };
        let (rule, severity, why) = match (special, memory, fits) {
            (Some(name), _, _) => {
                (Rule::R7, Severity::Error, format!("it sets {name}, which Python itself looks at"))
            }
            (None, Err((rule, why)), _) => (rule, Severity::Error, why.to_owned()),
            // A member of an enum is made of its value, and is one object for all of the program.
            (None, Ok(()), _) if is_member => {
                let why =
                    "what was made of arguments may be a member of an enum, which all of the program has";
                (Rule::R7, Severity::Warning, why.to_owned())
            }
            (None, Ok(()), false) => (Rule::R7, Severity::Warning, "it may not have such a state".to_owned()),
            (None, Ok(()), true) => return,
        };
        if self.repeats(rule, Action::Build, &named.name) {
            return;
        }
        let code = format!("{}.__setstate__({})", named.name, at.short().value(state));
        self.add(at.offset, rule, Action::Build, &named.name, code, (severity, why));
    }

    /// A `__name__` that a state sets. Of a tuple, Python takes two parts so, and classes of their own any.
    fn special_attribute(&mut self, at: At<'_>, state: Id) -> Option<String> {
        const MOST_PARTS: usize = 8;
        match at.view.peek(state) {
            Peek::Tuple(parts) => parts.iter().take(MOST_PARTS).find_map(|&part| self.special_key(at, part)),
            _ => self.special_key(at, state),
        }
    }

    /// A `__name__` among the keys of a dict. What was looked at before is not looked at again.
    fn special_key(&mut self, at: At<'_>, dict: Id) -> Option<String> {
        // What decorators set on what they wrap, and what notes an exception has, nobody calls.
        let is_harmless = |key: &[u8]| matches!(key, b"__doc__" | b"__name__" | b"__notes__");
        let Peek::Dict(items) = at.view.peek(dict) else { return None };
        let scanned = self.scanned.insert(dict, items.len()).unwrap_or(0);
        let keys = items.get(scanned..).unwrap_or_default().iter().step_by(2);
        for key in keys.map(|&key| at.text(key)) {
            if key.len() > 4 && key.starts_with(b"__") && key.ends_with(b"__") && !is_harmless(key) {
                return Some(text::name(key, b"").trim_end_matches('.').to_owned());
            }
        }
        None
    }

    /// Judges what was changed after something had taken it over.
    pub(crate) fn finish(&mut self, graph: &Graph<&[u8]>) {
        let at =
            |dict: Id| At { view: graph.view(), offset: graph.node(dict).offset().unwrap_or(graph.start()) };
        for dict in self.scanned.keys().copied().collect::<Vec<_>>() {
            if let Some(name) = self.special_key(at(dict), dict) {
                let why = format!("it sets {name}, which Python itself looks at");
                let code = "a state that is changed later".to_owned();
                self.add(at(dict).offset, Rule::R7, Action::Data, "", code, (Severity::Error, why));
            }
        }
        if let Some(dict) = self.dtypes.changed(|dict| match at(dict).view.peek(dict) {
            Peek::Dict(items) => items.len(),
            _ => 0,
        }) {
            let why = "numpy keeps it, and believes what it says".to_owned();
            let code = "a dict of fields that is changed later".to_owned();
            self.add(at(dict).offset, Rule::R7, Action::Data, "", code, (Severity::Error, why));
        }
    }

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
            self.add(at.offset, Rule::R7, action, &named.name, code(&named.name), (Severity::Error, why));
            return false;
        }
        match at.view.kind(object) {
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
        if named.as_ref().is_some_and(|named| self.repeats(Rule::R7, action, &named.name)) {
            return false;
        }
        let (name, why) = match named {
            Some(named) => (named.name.clone(), self.why(&named, "its objects may not be changed so")),
            None => {
                let why = "what it is is not known".to_owned();
                (at.short().value(object), (Severity::Warning, why))
            }
        };
        let code = code(&name);
        self.add(at.offset, Rule::R7, action, &name, code, why);
        false
    }
}
