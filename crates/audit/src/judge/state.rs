//! States: what BUILD may be given.

use std::rc::Rc;

use halfsour_vm::Graph;
use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind};
use hashbrown::HashMap;
use hashbrown::hash_map;

use super::image::is_image;
use super::partials::class_of_partial;
use super::{Judge, Named, distributions, geometry, indexes, indices, tables};
use crate::Rule;
use crate::at::At;
use crate::census;
use crate::ids::IdSet;
use crate::pattern::{Part, Pattern, is_object};
use crate::policy::{Acts, Entry, Keys, PROGRAM, Use};
use crate::report::{Action, Severity};
use crate::text;

/// Why a state is not allowed.
pub(super) type Objection = (Rule, Severity, String);

/// The dicts of attributes and slots that were looked at.
#[derive(Default)]
pub(super) struct Scanned<'p> {
    known: IdSet,
    all: Vec<Scan<'p>>,
    /// Where in `all` those are that were looked at for a second time, by the entry of the class.
    again: HashMap<(Id, usize, Part), usize>,
}

/// How much of a dict of attributes or slots of a class was looked at.
struct Scan<'p> {
    dict: Id,
    named: Rc<Named<'p>>,
    part: Part,
    length: usize,
}

impl<'p> Scanned<'p> {
    /// Notes that the dict is looked at, all of it; how much of it need not be. Few dicts are looked at more than once, so that it is
    /// first kept in mind at the second time.
    fn note(&mut self, scan: Scan<'p>) -> usize {
        if !self.known.insert(scan.dict) {
            let allow = scan.named.entry.map_or(0, |entry| std::ptr::from_ref(entry.allow) as usize);
            match self.again.entry((scan.dict, allow, scan.part)) {
                hash_map::Entry::Occupied(known) => {
                    return std::mem::replace(&mut self.all[*known.get()].length, scan.length);
                }
                hash_map::Entry::Vacant(new) => _ = new.insert(self.all.len()),
            }
        }
        self.all.push(scan);
        0
    }
}

impl<'p> Judge<'p, '_> {
    pub(super) fn build(&mut self, at: At<'_>, object: Id, state: Id) {
        if let Some(function) = self.partials.get(&object).cloned() {
            return self.build_partial(at, &function, object, state);
        }
        let code = |maker: Option<&Named<'_>>, name: &str| {
            let has_none = || maker.and_then(Named::class).is_some_and(|class| !class.has_setstate());
            let is_update = at.view.kind(state) == Kind::Dict && has_none();
            let method = if is_update { "__dict__.update" } else { "__setstate__" };
            format!("{name}.{method}({})", at.short().value(state))
        };
        if !self.may_change(at, object, Use::Build, Action::Build, &[], code) {
            return;
        }
        let Some(named) = self.maker(at, object) else { return };
        let Some(entry) = named.entry else { return };
        let again = !self.built.insert(object);
        let objection = match self.state(at, &named, &entry, object, state) {
            Some(objection) => Some(objection),
            None if again => {
                let why = "it is given a second state, which no pickler does: the first may have changed what takes it";
                Some((Rule::R7, Severity::Dangerous, why.to_owned()))
            }
            None => None,
        };
        if let Some((rule, severity, why)) = objection
            && self
                .found
                .repeats(self.policy.limits(), (rule, Action::Build, severity), &named.name, 1)
                .is_none()
        {
            self.add(
                at.offset,
                rule,
                Action::Build,
                &named.name,
                code(Some(&named), &named.python()),
                (severity, why),
            );
        }
    }

    fn state(
        &mut self,
        at: At<'_>,
        named: &Rc<Named<'p>>,
        entry: &Entry<'p>,
        object: Id,
        state: Id,
    ) -> Option<Objection> {
        // Python asks what it is, and what it is may be a dict or a tuple once it has been made.
        if is_object(at.view.kind(state)) {
            let why = "its state is an object, which Python would ask for what is in it".to_owned();
            return Some((Rule::R7, Severity::Dangerous, why));
        }
        self.parts.borrow_mut().clear();
        let fits = entry.patterns.state.as_ref().is_some_and(|it| it.matches(&self.values(at), state));
        let parts = self.parts.take();
        // Those of a dtype are names of fields.
        if entry.allow.acts != Some(Acts::DType)
            && let Some(objection) = special_keys(at, entry, state)
        {
            return Some(objection);
        }
        for (dict, part) in parts {
            if let Some(objection) = self.keys(at, named, dict, part) {
                return Some(objection);
            }
        }
        match entry.allow.acts {
            Some(Acts::Array) => {
                if let Err((rule, why)) = self.dtypes.build_array(at, object, state) {
                    return Some((rule, Severity::Dangerous, why.to_owned()));
                }
                if !tables::is_small_column(at, state) {
                    return Some((Rule::R9, Severity::Unknown, tables::COPIED.to_owned()));
                }
            }
            Some(Acts::Table) if fits && !self.is_table(at, state) => {
                return Some((Rule::R9, Severity::Unknown, tables::NO_TABLE.to_owned()));
            }
            Some(Acts::DType) => {
                if let Err((rule, why)) = self.dtypes.build(at, object, state) {
                    return Some((rule, Severity::Dangerous, why.to_owned()));
                }
            }
            Some(Acts::CkdTree) if !self.is_ckd_tree(at, state) => {
                return Some((Rule::R9, Severity::Dangerous, indices::WRONG.to_owned()));
            }
            Some(Acts::Distribution) if !distributions::has_own_text(at, state) => {
                let why = "it would execute the text in its state, which is not scipy's own".to_owned();
                return Some((Rule::R7, Severity::Dangerous, why));
            }
            Some(acts) if acts.has_indices() => self.give_indices(at, object, state, acts, &named.name),
            _ => {}
        }
        // A member of an enum is made of its value, and is one object for all of the program.
        let is_made_of = || {
            let class = at.view.class(object);
            let is_by_partial =
                class.is_some_and(|class| class_of_partial(at.view, self.policy, class).is_some());
            is_by_partial || at.view.arguments(object).is_none_or(|(args, _)| !args.is_empty())
        };
        if entry.allow.acts == Some(Acts::Shared) && is_called_with_arguments(at, object) {
            let why = "what it gives for these arguments is one object for all of the program";
            return Some((Rule::R7, Severity::Unknown, why.to_owned()));
        }
        if entry.allow.pack == PROGRAM && is_made_of() {
            let why = "what was made of arguments may be a member of an enum, which all of the program has";
            return Some((Rule::R7, Severity::Unknown, why.to_owned()));
        }
        let fits = fits
            && match entry.allow.acts {
                Some(Acts::Zone) => has_all_offsets(at, state),
                Some(Acts::Wkb) => {
                    !self.spend(geometry::size(at.view, state)) && geometry::are_geometries(at.view, state)
                }
                Some(Acts::Blocks) => !self.spend(indexes::positions(at.view, state)),
                Some(Acts::Image) => is_image(at.view, state),
                _ => true,
            };
        (!fits).then(|| (Rule::R7, Severity::Unknown, "it may not have such a state".to_owned()))
    }

    /// Judges the keys of the attributes or slots that a state sets. What was looked at before is not looked at again.
    fn keys(&mut self, at: At<'_>, named: &Rc<Named<'p>>, dict: Id, part: Part) -> Option<Objection> {
        let Peek::Dict(items) = at.view.peek(dict) else { return None };
        let entry = named.entry?;
        let scanned = self.scanned.note(Scan { dict, named: named.clone(), part, length: items.len() });
        let class = named.class();
        let items = items.get(scanned..).unwrap_or_default();
        items.chunks_exact(2).find_map(|pair| self.key(at, &entry, class, part, [pair[0], pair[1]]))
    }

    fn key(
        &self,
        at: At<'_>,
        entry: &Entry<'p>,
        class: Option<&census::Class>,
        part: Part,
        [key, value]: [Id; 2],
    ) -> Option<Objection> {
        let Some(key) = at.view.text_bytes(key).filter(|key| key.is_ascii()) else {
            let why = "a key of its state is not plain text: it may be read as another one".to_owned();
            return Some((Rule::R7, Severity::Dangerous, why));
        };
        let spelled = String::from_utf8_lossy(key);
        let patterns = entry.patterns;
        if let Some(pattern) = patterns.fields.get(&*spelled) {
            let fits = pattern.matches(&self.values(at), value);
            return (!fits).then(|| {
                (
                    Rule::R7,
                    Severity::Unknown,
                    format!("{spelled} of its state is not what the policy allows there: {pattern}"),
                )
            });
        }
        let is_listed = matches!(&patterns.keys, Keys::These(keys) if keys.contains(&*spelled));
        if is_special(key) && !is_listed {
            return Some(sets(key));
        }
        if entry.allow.calls.iter().any(|method| method.as_bytes() == key) {
            let why = format!("it sets {spelled}, which is called when its state is taken over");
            return Some((Rule::R7, Severity::Dangerous, why));
        }
        if !self.values(at).take(value) {
            let why = format!(
                "{spelled} of its state is {}, which may be called, but not kept",
                at.short().value(value)
            );
            return Some((Rule::R12, self.severity_of(at, value), why));
        }
        let is_plain = || !is_object(at.view.kind(value));
        // Documentation and the like is text, whatever a class is that stands there.
        if is_documentation(key) && !is_plain() {
            return Some(sets(key));
        }
        // What stands in slots is set by setattr, which runs the setters of properties.
        if is_listed && (part == Part::Attributes || class.is_none_or(|class| class.has_slot(key))) {
            return None;
        }
        match (class, part) {
            (Some(class), Part::Slots) if class.has_slot(key) => None,
            (Some(class), Part::Attributes) if class.has_key(key) => None,
            (Some(class), Part::Attributes) if class.has_data_key(key) && is_plain() => None,
            (Some(class), _) if class.has_attribute(key) || class.has_data_key(key) => Some((
                Rule::R7,
                Severity::Dangerous,
                format!("it sets {spelled}, which the class itself has"),
            )),
            // Nothing asks for what nobody knows; it must not be what can be called, however.
            (_, Part::Attributes) if patterns.keys == Keys::Open && at.view.kind(value) != Kind::Global => {
                None
            }
            (None, _) if patterns.keys == Keys::Listed && at.view.kind(value) != Kind::Global => None,
            (None, Part::Slots) if entry.allow.pack == PROGRAM => None,
            _ => {
                let why = match patterns.keys {
                    Keys::These(_) => format!("it sets {spelled}, which the keys of the policy do not have"),
                    _ => format!("it sets {spelled}, which no reviewed release of its class writes"),
                };
                Some((Rule::R7, Severity::Unknown, why))
            }
        }
    }

    /// How bad it is to keep a name.
    pub(super) fn severity_of(&self, at: At<'_>, id: Id) -> Severity {
        match self.named(at, id) {
            Some(named) => Self::why(&named, "").0,
            None => Severity::Unknown,
        }
    }

    /// Judges what was changed after something had taken it over.
    pub(super) fn changed_later(&mut self, graph: &Graph<&[u8]>) {
        let view = graph.view();
        let at = |dict: Id| At { view, offset: graph.node(dict).offset().unwrap_or(graph.start()) };
        let length = |id: Id| match view.peek(id) {
            Peek::Dict(ids) | Peek::List(ids) | Peek::Set(ids) | Peek::Tuple(ids) | Peek::FrozenSet(ids) => {
                ids.len()
            }
            _ => 0,
        };
        let grown: Vec<_> = self
            .scanned
            .all
            .iter()
            .filter(|scan| length(scan.dict) > scan.length)
            .map(|scan| (scan.dict, scan.named.clone(), scan.part))
            .collect();
        for (dict, named, part) in grown {
            if let Some((rule, severity, why)) = self.keys(at(dict), &named, dict, part) {
                let code = format!("a state of {} that is changed later", named.name);
                self.add(at(dict).offset, rule, Action::Data, &named.name, code, (severity, why));
            }
        }
        for id in self.checked.grown(length) {
            let why = "it was judged as an argument or state, and is changed after that".to_owned();
            let code = "a container that is changed later".to_owned();
            self.add(at(id).offset, Rule::R7, Action::Data, "", code, (Severity::Unknown, why));
        }
        if let Some(dict) = self.dtypes.changed(length) {
            let why = "numpy keeps it, and believes what it says".to_owned();
            let code = "a dict of fields that is changed later".to_owned();
            self.add(at(dict).offset, Rule::R7, Action::Data, "", code, (Severity::Dangerous, why));
        }
    }
}

/// The keys of a dict that a pattern does not look into: those that Python itself looks at, whatever the class, unless the pattern names
/// them.
fn special_keys(at: At<'_>, entry: &Entry<'_>, state: Id) -> Option<Objection> {
    const MOST_PARTS: usize = 8;
    const MOST_KEYS: usize = 1000;
    let special = |dict: Id| {
        let Peek::Dict(items) = at.view.peek(dict) else { return None };
        let keys = items.iter().step_by(2).take(MOST_KEYS);
        keys.map(|&key| at.text(key)).find(|key| is_special(key) && !is_field(entry, key))
    };
    let key = match at.view.peek(state) {
        Peek::Tuple(parts) => parts.iter().take(MOST_PARTS).find_map(|&part| special(part)),
        _ => special(state),
    };
    key.map(sets)
}

/// Whether the pattern of the state names this key.
fn is_field(entry: &Entry<'_>, key: &[u8]) -> bool {
    let mut is_field =
        matches!(&entry.patterns.keys, Keys::These(keys) if keys.iter().any(|known| known.as_bytes() == key));
    if let Some(state) = &entry.patterns.state {
        state.visit(&mut |part| {
            if let Pattern::Record(fields) = part {
                is_field |= fields.iter().any(|field| field.key.as_bytes() == key);
            }
        });
    }
    is_field
}

/// Whether Python itself looks at an attribute. What decorators set on what they wrap, and what notes an exception has, nobody
/// calls.
fn is_special(key: &[u8]) -> bool {
    key.len() > 4 && key.starts_with(b"__") && key.ends_with(b"__") && !is_documentation(key)
}

/// Whether an object was made by a call of its class, or of a partial, with arguments.
fn is_called_with_arguments(at: At<'_>, object: Id) -> bool {
    let Peek::Instance(instance) = at.view.peek(object) else { return true };
    let is_called = at.view.class(object) == Some(instance.callable());
    is_called && at.view.sequence(instance.args()).is_none_or(|args| !args.is_empty())
}

fn is_documentation(key: &[u8]) -> bool {
    matches!(key, b"__doc__" | b"__name__" | b"__notes__")
}

fn sets(key: &[u8]) -> Objection {
    let name = text::visible(key);
    (Rule::R7, Severity::Dangerous, format!("it sets {name}, which Python itself looks at"))
}

/// Whether a time zone of dateutil has an offset for each transition: pandas looks up the one by the number of the other.
fn has_all_offsets(at: At<'_>, state: Id) -> bool {
    let Peek::Dict(items) = at.view.peek(state) else { return false };
    let length = |name: &[u8]| {
        let mut values = items.chunks_exact(2).filter(|pair| at.view.text_bytes(pair[0]) == Some(name));
        values.next_back().map_or(Some(0), |pair| at.view.sequence(pair[1]).map(<[Id]>::len))
    };
    let offsets = length(b"_trans_idx");
    offsets.is_some() && length(b"_trans_list") == offsets && length(b"_trans_list_utc") == offsets
}
