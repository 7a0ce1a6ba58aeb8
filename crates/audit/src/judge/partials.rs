//! `functools.partial`, and what picklers call through it.

use std::rc::Rc;

use halfsour_vm::value::machine::{Peek, StepKind};
use halfsour_vm::value::{Id, View};

use super::{Judge, Named};
use crate::Rule;
use crate::at::At;
use crate::policy::{Acts, LONGEST_NAME, Policy};
use crate::report::{Action, Severity};

impl<'p> Judge<'p, '_> {
    /// Whether the call makes a partial that is itself judged where it is called: one of a function of which there may be some, or of the `__new__`
    /// of a class.
    pub(super) fn is_partial(&mut self, at: At<'_>, named: &Named<'p>, items: &[Id], result: Id) -> bool {
        let &[function] = items else { return false };
        let is_partial = (named.module.as_slice(), named.qualified.as_slice()) == (b"functools", b"partial");
        let Some(of) = self.named.get(&function).filter(|_| is_partial) else { return false };
        let may_be = || of.entry.is_some_and(|entry| entry.allow.acts == Some(Acts::Partial));
        if !may_be() && class_of_new(at.view, self.policy, function).is_none() {
            return false;
        }
        self.partials.insert(result, of.clone());
        self.callees.insert(result);
        true
    }

    /// The state of a partial.
    pub(super) fn build_partial(&mut self, at: At<'_>, function: &Named<'p>, object: Id, state: Id) {
        let pattern = function.entry.and_then(|entry| entry.patterns.state.as_ref());
        let fits = match class_of_partial(at.view, self.policy, object) {
            Some(class) => is_state_of_new(at.view, class, object, state),
            None => pattern.is_some_and(|it| it.matches(&self.values(at), state)),
        };
        if !fits || !self.built.insert(object) {
            let why = "it may not have such a state".to_owned();
            let code =
                format!("functools.partial({}).__setstate__({})", function.python(), at.short().value(state));
            self.add(at.offset, Rule::R7, Action::Build, &function.name, code, (Severity::Dangerous, why));
        }
    }

    /// Whether this looks up `__new__` of a class, which may only be called, through a partial.
    pub(super) fn is_new(&mut self, of: &Named<'p>, attribute: &[u8], result: Id) -> bool {
        let is_new = attribute == b"__new__" && self.named.len() < self.policy.limits().total;
        if is_new && of.qualified.len() + attribute.len() < LONGEST_NAME {
            let qualified = [&of.qualified, attribute].join(&b'.');
            let name = format!("{}.__new__", of.name);
            let named = Named::new(self.policy, [&of.module, &qualified], name, None, None);
            self.keep_name(result, Rc::new(named));
            self.callees.insert(result);
            return true;
        }
        false
    }
}

/// The class, arguments and keywords with which a call of a partial makes an object: so picklers write by protocols 2 and 3 what
/// `NEWOBJ_EX` does.
pub(super) fn new_of<'s>(view: View<'s>, policy: &Policy, partial: Id) -> Option<(Id, &'s [Id], Id)> {
    let class = class_of_partial(view, policy, partial)?;
    let Peek::Instance(instance) = view.peek(partial) else { return None };
    let (_, state) = instance.steps().find(|(kind, _)| *kind == StepKind::State)?;
    let &[_, args, keywords, _] = view.sequence(*state.first()?)? else { return None };
    Some((class, view.sequence(args)?.get(1..)?, keywords))
}

/// The class of whose `__new__` this is a partial.
pub(crate) fn class_of_partial(view: View<'_>, policy: &Policy, partial: Id) -> Option<Id> {
    let [b"functools", b"partial"] = view.global(view.class(partial)?)? else { return None };
    let (&[function], None) = view.arguments(partial)? else { return None };
    class_of_new(view, policy, function)
}

/// The class whose `__new__` was looked up.
pub(crate) fn class_of_new(view: View<'_>, policy: &Policy, function: Id) -> Option<Id> {
    let (&[class, attribute], None) = view.arguments(function)? else { return None };
    let [module, name] = view.global(view.class(function)?)?;
    if view.text_bytes(attribute)? != b"__new__" || view.global(class).is_none() {
        return None;
    }
    (policy.find(module, name)?.allow.acts == Some(Acts::GetAttr)).then_some(class)
}

/// Whether a state is `(class.__new__, (class, …), {…}, None)`. Picklers write it only where there are keywords.
fn is_state_of_new(view: View<'_>, class: Id, partial: Id, state: Id) -> bool {
    let Peek::Tuple(&[function, args, keywords, attributes]) = view.peek(state) else { return false };
    let is_function = view.arguments(partial).is_some_and(|(args, _)| args == [function]);
    let is_of_class = match view.peek(args) {
        Peek::Tuple(&[first, ..]) => view.global(first) == view.global(class),
        _ => false,
    };
    let has_keywords = matches!(view.peek(keywords), Peek::Dict(&[_, ..]));
    let has_no_more = matches!(view.peek(attributes), Peek::None | Peek::Dict([]));
    is_function && is_of_class && has_keywords && has_no_more
}
