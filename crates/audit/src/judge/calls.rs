//! Calls, and what is made by `__new__`.

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, Kind};

use super::partials::new_of;
use super::{Judge, Named};
use crate::Rule;
use crate::at::At;
use crate::pattern::{MOST_ITEMS, Pattern, holds};
use crate::policy::{Acts, Entry, LONGEST_NAME, Use};
use crate::report::{Action, Severity};

/// What a call amounts to.
struct Making<'e> {
    /// What is made.
    result: Id,
    class: Id,
    args: &'e [Id],
    kwargs: Option<Id>,
}

impl Judge<'_, '_> {
    pub(super) fn call(&mut self, at: At<'_>, callable: Id, args: Id, result: Id) {
        // Of text that becomes bytes again and again, one result is enough.
        if matches!(at.view.kind(result), Kind::Bytes | Kind::ByteArray)
            && at.view.sequence(args).and_then(|args| args.first()).is_none_or(|&it| self.tried.insert(it))
        {
            self.look_into(at, result);
        }
        if args == Id::EMPTY_TUPLE
            && let Some((class, args, keywords)) = new_of(at.view, self.policy, callable)
        {
            return self.make(at, &Making { result, class, args, kwargs: Some(keywords) });
        }
        let named = self.partials.get(&callable).cloned().or_else(|| self.named(at, callable));
        let Some(named) = named else {
            return self.computed(at, Action::Call, callable, args, None);
        };
        self.count(&named, |import| import.calls += 1);
        let items = at.view.sequence(args);
        if let Some(items) = items
            && self.is_partial(at, &named, items, result)
        {
            return;
        }
        let acts = named.entry.and_then(|entry| entry.allow.acts);
        match (acts, items) {
            (Some(Acts::GetAttr), Some(&[of, attribute])) if self.look_up(at, of, attribute, result) => {
                return;
            }
            (Some(Acts::LoadType), Some(args @ &[name]))
                if named.entry.is_some_and(|entry| self.allows(at, &entry, Use::Call, Some(args), None))
                    && self.load_type(at, name, result) =>
            {
                return;
            }
            (Some(Acts::Loads), Some(&[bytes])) if self.is_clean(at, bytes) => return,
            (Some(Acts::NewObj), Some(&[class, ref args @ ..])) => {
                return self.make(at, &Making { result, class, args, kwargs: None });
            }
            (Some(Acts::NewObjEx), Some(&[class, args, kwargs])) => {
                if let Some(args) = at.view.sequence(args) {
                    return self.make(at, &Making { result, class, args, kwargs: Some(kwargs) });
                }
            }
            (Some(Acts::Reconstructor), Some(&[class, base, ref state @ ..])) => {
                if let [state_of_base] = *state
                    && self.is_base(at, base, state_of_base)
                {
                    let args = if state_of_base == Id::NONE { &[] } else { state };
                    return self.make(at, &Making { result, class, args, kwargs: None });
                }
            }
            _ => {}
        }
        if named.entry.is_some_and(|entry| self.allows(at, &entry, Use::Call, items, None)) {
            self.note_use(&named);
            if let Some((rule, severity, why)) =
                self.objection(at, (&named.name, acts), items.unwrap_or_default(), result)
            {
                let code = at.short().call(&named.python(), args, None);
                self.add(at.offset, rule, Action::Call, &named.name, code, (severity, why));
            }
            return;
        }
        self.flow(at, items.unwrap_or_default());
        if self.repeats(Rule::R4, Action::Call, &named) {
            return;
        }
        let otherwise = match named.entry {
            Some(entry) if entry.allow.uses.contains(&Use::Call) => {
                let misfit = self.misfit(at, &entry, items.unwrap_or_default());
                format!("it may not be called with these arguments{misfit}")
            }
            Some(_) => "it may not be called".to_owned(),
            None => "the policy does not list it".to_owned(),
        };
        let mut why = Self::why(&named, &otherwise);
        if acts == Some(Acts::GetAttr) && self.is_method(at, items.unwrap_or_default()) {
            why.0 = Severity::Unknown;
        }
        let code = at.short().call(&named.python(), args, None);
        self.add(at.offset, Rule::R4, Action::Call, &named.name, code, why);
    }

    /// Whether `copyreg._reconstructor` does no more with this base than to make an object.
    fn is_base(&self, at: At<'_>, base: Id, state: Id) -> bool {
        self.named.get(&base).filter(|base| base.entry.is_some()).is_some_and(|base| {
            let may_be_new = || base.entry.is_some_and(|it| it.allow.uses.contains(&Use::New));
            match base.module.as_slice() {
                b"builtins" if state == Id::NONE => base.qualified == b"object",
                // Others have an `__init__`, which is called, and go over what they are given: an object may have no end.
                b"builtins" => holds(at.view.kind(state)) && may_be_new(),
                b"datetime" => state != Id::NONE && may_be_new(),
                _ => false,
            }
        })
    }

    /// `dill._dill._load_type(name)` and the like, which give one of Python's own types.
    fn load_type(&mut self, at: At<'_>, name: Id, result: Id) -> bool {
        let Some(name) = at.view.text_bytes(name) else { return false };
        let Some(module) = self.policy.module_of_type(name) else { return false };
        self.import_names(at, result, module, name);
        true
    }

    /// Whether these arguments of `getattr` look up a method in a reviewed class, and none of Python's own.
    fn is_method(&self, at: At<'_>, items: &[Id]) -> bool {
        let &[of, attribute] = items else { return false };
        let is_own = at.view.text_bytes(attribute).is_none_or(|name| name.starts_with(b"__"));
        let of = self.named(at, of).or_else(|| self.maker(at, of));
        !is_own && of.is_some_and(|of| of.entry.is_some())
    }

    /// `getattr(of, attribute)`, where the result has a name.
    fn look_up(&mut self, at: At<'_>, of: Id, attribute: Id, result: Id) -> bool {
        let Some(attribute) = at.view.text_bytes(attribute) else { return false };
        let named = self.named(at, of);
        if named.as_ref().is_some_and(|named| self.is_new(named, attribute, result)) {
            return true;
        }
        let Some(named) = named.or_else(|| self.maker(at, of)) else { return false };
        if named.qualified.len() + attribute.len() >= LONGEST_NAME {
            return false;
        }
        let qualified = [&named.qualified, attribute].join(&b'.');
        if self.policy.find(&named.module, &qualified).is_none() {
            return false;
        }
        self.import_names(at, result, &named.module.clone(), &qualified);
        true
    }

    pub(super) fn new_object(&mut self, at: At<'_>, result: Id, class: Id, args: Id, kwargs: Option<Id>) {
        match at.view.sequence(args) {
            Some(args) => self.make(at, &Making { result, class, args, kwargs }),
            None => {
                if let Some(named) = self.named(at, class) {
                    self.count(&named, |import| import.instances += 1);
                }
                self.computed(at, Action::New, class, args, kwargs);
            }
        }
    }

    fn make(&mut self, at: At<'_>, making: &Making<'_>) {
        let Making { result, class, args, kwargs } = making;
        let Some(named) = self.named(at, *class) else {
            return self.computed(at, Action::New, *class, Id::EMPTY_TUPLE, *kwargs);
        };
        self.count(&named, |import| import.instances += 1);
        if self.is_partial(at, &named, args, *result) {
            return;
        }
        if named.entry.is_some_and(|entry| self.allows(at, &entry, Use::New, Some(args), *kwargs)) {
            self.note_use(&named);
            let acts = named.entry.and_then(|entry| entry.allow.acts);
            if acts == Some(Acts::CkdTree) {
                self.give_indices(at, *result, Id::NONE, Acts::CkdTree, &named.name);
            }
            if matches!(acts, Some(Acts::Large | Acts::Slow | Acts::Nested))
                && let Some((rule, severity, why)) = self.objection(at, (&named.name, acts), args, *result)
            {
                let code = at.short().call_with(&named.python(), args, *kwargs);
                self.add(at.offset, rule, Action::New, &named.name, code, (severity, why));
            }
            return;
        }
        self.flow(at, args);
        if self.repeats(Rule::R4, Action::New, &named) {
            return;
        }
        let otherwise = match named.entry {
            Some(entry) if entry.allow.uses.contains(&Use::New) => {
                format!("it may not be made of these arguments{}", self.misfit(at, &entry, args))
            }
            Some(_) => "no instances of it may be made".to_owned(),
            None => "the policy does not list it".to_owned(),
        };
        let why = Self::why(&named, &otherwise);
        let code = at.short().call_with(&named.python(), args, *kwargs);
        self.add(at.offset, Rule::R4, Action::New, &named.name, code, why);
    }

    /// A call of what has no name.
    fn computed(&mut self, at: At<'_>, action: Action, callable: Id, args: Id, kwargs: Option<Id>) {
        self.flow(at, at.view.sequence(args).unwrap_or_default());
        let callee = at.short().value(callable);
        let code = at.short().call(&callee, args, kwargs);
        let why = "what is called is computed, or its arguments are".to_owned();
        // Of what nobody knows it is not known either that it gives something dangerous.
        let maker = self.maker(at, callable).filter(|maker| maker.entry.is_none());
        let severity = maker.map_or(Severity::Dangerous, |maker| maker.severity());
        self.add(at.offset, Rule::R3, action, &callee, code, (severity, why));
    }

    /// Notes that later use of what an entry makes is not covered.
    fn note_use(&mut self, named: &Named<'_>) {
        if let Some(reason) = named.entry.and_then(|entry| entry.patterns.uncovered.as_deref()) {
            self.found.uncovered(&named.name, reason);
        }
    }

    /// Which of these arguments is the first that the policy does not take, as the end of a sentence: by those of its lists of arguments that
    /// go farthest.
    fn misfit(&self, at: At<'_>, entry: &Entry<'_>, args: &[Id]) -> String {
        let values = self.values(at);
        let none = [vec![]];
        let all = entry.patterns.args.as_deref().unwrap_or(&none);
        let misfits: Vec<_> =
            all.iter().filter_map(|patterns| Pattern::misfit(patterns, &values, args)).collect();
        // One that takes all of them refuses a keyword.
        let farthest = misfits.iter().map(|misfit| misfit.0).max().filter(|_| misfits.len() == all.len());
        let Some(farthest) = farthest else { return ": it is a keyword that is not allowed".to_owned() };
        let Some(&arg) = args.get(farthest) else { return format!(": there are only {}", args.len()) };
        let may_be = misfits.iter().filter(|misfit| misfit.0 == farthest).filter_map(|misfit| misfit.1);
        match may_be.map(Pattern::to_string).collect::<Vec<_>>().join(" | ") {
            may_be if may_be.is_empty() => format!(": there are more than {farthest}"),
            may_be => format!(": number {} is {}, not {may_be}", farthest + 1, at.short().value(arg)),
        }
    }

    fn allows(
        &self,
        at: At<'_>,
        entry: &Entry<'_>,
        of: Use,
        args: Option<&[Id]>,
        kwargs: Option<Id>,
    ) -> bool {
        let Some(args) = args.filter(|_| entry.allow.uses.contains(&of)) else { return false };
        let values = self.values(at);
        let args_match = match &entry.patterns.args {
            Some(all) => all.iter().any(|patterns| Pattern::all_match(patterns, &values, args)),
            None => args.is_empty(),
        };
        let kwargs_match = kwargs.is_none_or(|kwargs| match at.view.peek(kwargs) {
            Peek::Dict(items) if items.len() <= MOST_ITEMS => items.chunks_exact(2).all(|pair| {
                let pattern =
                    str::from_utf8(at.text(pair[0])).ok().and_then(|it| entry.patterns.keywords.get(it));
                pattern.is_some_and(|pattern| pattern.matches(&values, pair[1]))
            }),
            _ => false,
        });
        args_match && kwargs_match
    }
}
