//! Instances of classes: those of a class that is not known are read by their parts.

use halfsour_value::{Elements, Global, Instance, Items, Kind, Node, Step};
use serde::de::{Error as _, Expected, Unexpected, Visitor};

use super::access::{Lend, Members, Pairs};
#[cfg(feature = "classes")]
use super::known::{Form, check_readable, offer};
use super::{Asked, De};
use crate::Error;
use crate::instance::classes;

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> De<'_, 'g, S, L> {
    /// Deserializes an instance: by its class if that is known, otherwise by its parts.
    pub(super) fn instance<V: Visitor<'de>>(
        &self,
        instance: Instance<'g, S>,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        #[cfg(feature = "classes")]
        {
            self.instance_in(Form::of::<V::Value>(), instance, asked, visitor)
        }
        #[cfg(not(feature = "classes"))]
        {
            self.parts(instance, asked, visitor)
        }
    }

    /// Does the same, where the form of moments is known.
    #[cfg(feature = "classes")]
    pub(super) fn instance_in<V: Visitor<'de>>(
        &self,
        form: Form,
        instance: Instance<'g, S>,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.pay(halfsour_classes::cost(instance, usize::MAX))?;
        match offer(self.node, asked, form).map_err(Error::custom)? {
            Some(offer) => self.take(offer, asked, visitor),
            None => {
                if !matches!(asked, Asked::Struct(_)) {
                    check_readable(self.node)?;
                }
                self.parts(instance, asked, visitor)
            }
        }
    }

    fn parts<V: Visitor<'de>>(
        &self,
        instance: Instance<'g, S>,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match (asked, named(instance)) {
            (Asked::Text | Asked::Bytes | Asked::Int | Asked::Float, _) => match only_argument(instance) {
                // The value of a member of an enum, of an object of a subclass of str, or of a decimal.
                Some(value) if may_be(asked, value.kind()) => self.deeper()?.at(value).asked(asked, visitor),
                _ => Err(self.misfit(&visitor)),
            },
            (Asked::Any | Asked::Map | Asked::Struct(_), Some(pairs)) => self.pairs(pairs, asked, visitor),
            (Asked::Map | Asked::Struct(_), None) if is_bare(instance) => {
                self.pairs(Vec::new(), asked, visitor)
            }
            (Asked::Map, None) => Err(self.misfit(&visitor)),
            (Asked::Any, None) => match (only_argument(instance), instance.steps().next()) {
                (Some(value), None) => self.deeper()?.at(value).deserialize(visitor),
                _ => self.positions(instance, asked, visitor),
            },
            // A named tuple has no names in the pickle: its fields come in order.
            (Asked::Struct(_) | Asked::Sequence | Asked::Tuple(_), _) => {
                self.positions(instance, asked, visitor)
            }
        }
    }

    /// Deserializes the items that were appended to an instance, or else its arguments, or else a state that has no names.
    fn positions<V: Visitor<'de>>(
        &self,
        instance: Instance<'g, S>,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let appended: Vec<_> = appended(instance).flatten().collect();
        if !appended.is_empty() {
            return self.members(appended.into_iter(), visitor);
        }
        let Some((args, _)) = instance.arguments() else { return Err(self.misfit(&visitor)) };
        if !args.is_empty() {
            // Protocols 0 and 1 have a named tuple as an object made of a tuple.
            let contents = contents(instance);
            if contents.and_then(Node::items).is_some() {
                return Err(self.misfit(&visitor));
            }
            return self.members(contents.and_then(Node::elements).unwrap_or(args), visitor);
        }
        match instance.state() {
            None if is_bare(instance) => self.members(args, visitor),
            Some(state)
                if asked == Asked::Any || state.elements().is_some() && state.attributes().is_none() =>
            {
                self.deeper()?.at(state).asked(asked, visitor)
            }
            _ => Err(self.misfit(&visitor)),
        }
    }

    pub(super) fn members<V: Visitor<'de>>(
        &self,
        members: impl ExactSizeIterator<Item = Node<'g, S>>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut members = Members::new(self.deeper()?, members);
        let value = visitor.visit_seq(&mut members)?;
        members.end().map(|()| value)
    }

    pub(super) fn pairs<V: Visitor<'de>>(
        &self,
        pairs: Vec<(Node<'g, S>, Node<'g, S>)>,
        asked: Asked,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Pairs::new(self.deeper()?, pairs.into_iter(), asked))
    }

    /// Returns the error that this object is not of the expected type. It names the class.
    #[cold]
    pub(super) fn misfit(&self, expected: &dyn Expected) -> Error {
        #[cfg(feature = "classes")]
        if let Some((module, name)) = halfsour_classes::class_name(self.node) {
            return Error::invalid_type(Unexpected::Other(&format!("{module}.{name}")), expected);
        }
        let class = self.node.class().and_then(Node::as_global);
        let found = class.map_or("instance".into(), |class| format!("instance of {}", class.full_name()));
        Error::invalid_type(Unexpected::Other(&found), expected)
    }
}

/// Returns an error if an instance is of none of the classes that the name of a type says.
#[cold]
pub(super) fn check_class<S: AsRef<[u8]>>(instance: Instance<'_, S>, name: &str) -> Result<(), Error> {
    // The class of a member of an enum by its name is that which has it as an attribute.
    let found = attribute(instance).map_or_else(|| class_of(instance.class()), |(class, _)| class_of(class));
    check_name(found.as_deref(), name)
}

/// Returns an error if a global is no member of an enum by the name of a type: `Color.RED`, or `RED` in the same module.
#[cold]
pub(super) fn check_global<S: AsRef<[u8]>>(member: Global<'_, S>, name: &str) -> Result<(), Error> {
    let full = member.full_name();
    let outer = full.rsplit_once('.').map_or("", |(outer, _)| outer);
    if classes(name).any(|(module, _)| module == outer) { Ok(()) } else { check_name(Some(outer), name) }
}

/// Returns an error if the full name of a class is none of those that the name of a type says.
#[cold]
pub(super) fn check_name(found: Option<&str>, name: &str) -> Result<(), Error> {
    let expected: Vec<_> = classes(name).map(|(module, class)| format!("{module}.{class}")).collect();
    if found.is_some_and(|found| expected.iter().any(|class| class == found)) {
        return Ok(());
    }
    let found = found.unwrap_or("one of a class without a name");
    Err(Error::custom(format_args!("expected an object of {}, found {found}", expected.join(" or "))))
}

/// Returns the object and the name that `getattr` is called with.
fn attribute<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<(Node<'_, S>, Node<'_, S>)> {
    let callable = instance.callable().as_global()?;
    let is_getattr = callable.is("builtins", "getattr") || callable.is("__builtin__", "getattr");
    is_getattr.then(|| Some((instance.args().at(0)?, instance.args().at(1)?))).flatten()
}

/// Returns the full name of a class. One within a class is `getattr(Outer, 'Inner')` before protocol 4.
fn class_of<S: AsRef<[u8]>>(mut class: Node<'_, S>) -> Option<String> {
    let mut inner = String::new();
    // The bound ends a cycle.
    for _ in 0..100 {
        if let Some(global) = class.as_global() {
            return Some(global.full_name() + &inner);
        }
        let (outer, name) = attribute(class.as_instance()?)?;
        inner = format!(".{}{inner}", name.as_str()?);
        class = outer;
    }
    None
}

/// Returns the object of the base class, such as a list or dict, of which protocols 0 and 1 make an instance.
fn contents<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Node<'_, S>> {
    (instance.form() == halfsour_value::Form::Reconstructor).then(|| only_argument(instance)).flatten()
}

/// Returns the argument of an instance that has exactly one.
pub(super) fn only_argument<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Node<'_, S>> {
    let (args, _) = instance.arguments()?;
    (args.len() == 1).then(|| args.get(0)).flatten()
}

/// Returns whether an argument of this kind can be what is asked for. Otherwise it is the instance that does not fit.
fn may_be(asked: Asked, argument: Kind) -> bool {
    match argument {
        Kind::Str | Kind::ByteString => matches!(asked, Asked::Text | Asked::Bytes),
        Kind::Bytes | Kind::ByteArray => asked == Asked::Bytes,
        Kind::Bool | Kind::Int | Kind::Float => matches!(asked, Asked::Int | Asked::Float),
        Kind::Instance | Kind::PersistentId | Kind::ReadOnly | Kind::Buffer => true,
        _ => false,
    }
}

/// Returns the name, or else the value, of an instance that stands for a member of a Python enum: `getattr(Color, 'RED')` or
/// `Color(1)`.
pub(super) fn member<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Node<'_, S>> {
    attribute(instance).map_or_else(|| only_argument(instance), |(_, name)| Some(name))
}

fn appended<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> impl Iterator<Item = Elements<'_, S>> {
    instance.steps().filter_map(|step| match step {
        Step::Append(elements) | Step::Add(elements) => Some(elements),
        _ => None,
    })
}

/// Returns whether an instance has no parts at all: a mapping without items looks the same as an object without attributes.
fn is_bare<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> bool {
    instance.steps().next().is_none() && instance.arguments().is_some_and(|(args, _)| args.is_empty())
}

/// Returns what an instance has by name or key: keyword arguments, its attributes, then its items. `None`
/// if it has nothing that could be.
fn named<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Vec<(Node<'_, S>, Node<'_, S>)>> {
    let (args, keywords) = instance.arguments().unzip();
    let has_arguments = args.is_none_or(|args| !args.is_empty());
    let keywords = keywords.flatten().filter(|_| !has_arguments);
    let items = instance.steps().filter_map(|step| match step {
        Step::SetItem(items) => Some(items),
        _ => None,
    });
    let base = contents(instance).and_then(Node::items);
    let state = instance.state().and_then(attributes);
    let may_have = base.is_some() || state.is_some() && !has_arguments && appended(instance).next().is_none();
    let attributes = state.into_iter().flatten().flatten();
    let pairs: Vec<_> = keywords.into_iter().chain(attributes).chain(base).chain(items).flatten().collect();
    (may_have || !pairs.is_empty()).then_some(pairs)
}

/// Returns the attributes that a state sets: its own, or those in the `__dict__` that models of pydantic have in it, beside
/// attributes of pydantic's.
fn attributes<S: AsRef<[u8]>>(state: Node<'_, S>) -> Option<[Option<Items<'_, S>>; 2]> {
    let is_special = |(key, _): (Node<'_, S>, _)| key.as_str().is_some_and(|key| key.starts_with("__"));
    match state.get("__dict__").and_then(Node::items) {
        Some(dict) if state.items().is_some_and(|mut items| items.all(is_special)) => {
            Some([Some(dict), state.get("__pydantic_extra__").and_then(Node::items)])
        }
        _ => state.attributes(),
    }
}
