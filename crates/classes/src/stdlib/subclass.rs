//! [`Subclass`]: objects of classes of programs that are based on builtins, by their form.

use halfsour_value::{Data, Form, Instance, Node, Step, Steps};

use super::collections::{Members, Pairs};
use super::{DateTime, TimeZone, datetime};
use crate::Known;
use crate::debug::debug_fields;

/// An object of a subclass of a builtin, or of `OrderedDict`, `defaultdict` or `deque`, which has no attributes of its own:
/// `app.Name('Ada')`.
///
/// A pickle names the class, and tells the parts of such an object. The name of a class of a program tells nothing of its base: only
/// classes of packages that are known by their full names are taken for mappings, sequences or dates by that.
#[derive(Clone)]
#[non_exhaustive]
pub struct Subclass<'g, S> {
    /// The class, mostly a global.
    pub class: Node<'g, S>,
    /// The object but for the class.
    pub base: Base<'g, S>,
}

/// A [`Subclass`] but for its class.
#[derive(Clone)]
pub enum Base<'g, S> {
    /// Text, a number, bytes or a tuple; before protocol 2 also a list, dict or set.
    Value(Node<'g, S>),
    /// The one argument of `__new__` of a class of a program: the value of a subclass of text, numbers, bytes or tuples, or else the one
    /// field of a named tuple, which looks the same from protocol 2 on.
    Argument(Node<'g, S>),
    /// The members of a list, `deque` or set.
    Sequence(Members<'g, S>),
    /// The keys and values of a dict.
    Mapping(Pairs<'g, S>),
}

/// Reads an object whose class is not known.
pub(crate) fn subclass<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Known<'_, S>> {
    let base = match instance.form() {
        Form::Reconstructor => reconstructed(instance)?,
        Form::New | Form::NewObjCall => new(instance)?,
        Form::Call => match called(instance) {
            Some(base) => base,
            None => return moment(instance).map(Known::DateTime),
        },
        _ => return None,
    };
    Some(based(instance, base))
}

/// Up to protocol 1: `copyreg._reconstructor(class, base, value)`
fn reconstructed<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Base<'_, S>> {
    const BASES: [&str; 12] = [
        "bytes",
        "bytearray",
        "complex",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "long",
        "set",
        "str",
        "tuple",
    ];
    let args = instance.args();
    let base = args.at(1)?.as_global()?;
    let is = |name: &str| base.is("builtins", name) || base.is("__builtin__", name);
    (BASES.into_iter().any(is) || is("unicode")).then_some(())?;
    let mut steps = Bare { steps: instance.steps() };
    steps.next().is_none().then(|| args.at(2).map(Base::Value))?
}

/// `class.__new__(class[, value])`, and what is appended or set
fn new<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Base<'_, S>> {
    let (mut args, keywords) = instance.arguments()?;
    keywords.is_none_or(|keywords| keywords.is_empty()).then_some(())?;
    match (args.next(), args.next()) {
        (None, _) => filled(instance),
        (Some(value), None) => {
            let may_be_base = matches!(
                value.data(),
                Data::Str(_)
                    | Data::ByteString(_)
                    | Data::Bytes(_)
                    | Data::Int(_)
                    | Data::BigInt(_)
                    | Data::Float(_)
                    | Data::Complex(..)
                    | Data::Tuple(_)
            );
            let mut steps = Bare { steps: instance.steps() };
            (may_be_base && steps.next().is_none()).then_some(Base::Argument(value))
        }
        _ => None,
    }
}

/// `class()`, `class(factory)` and `class((), maxlen)`, and what is appended or set
fn called<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Base<'_, S>> {
    let (mut args, None) = instance.arguments()? else { return None };
    let base = filled(instance)?;
    let fits = match (&base, args.next(), args.next(), args.next()) {
        (_, None, ..) => true,
        (Base::Mapping(_), Some(factory), None, _) => factory.is_none() || factory.as_global().is_some(),
        (Base::Sequence(_), Some(members), maxlen, None) => {
            members.is_empty() && maxlen.is_none_or(|maxlen| maxlen.is_none() || maxlen.as_i64().is_some())
        }
        _ => false,
    };
    fits.then_some(base)
}

/// All steps append, or all set items.
fn filled<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Base<'_, S>> {
    let mut steps = Bare { steps: instance.steps() };
    match steps.next()? {
        Step::Append(_) => steps
            .all(|step| matches!(step, Step::Append(_)))
            .then(|| Base::Sequence(Members::appended(instance.steps()))),
        Step::SetItem(_) => steps
            .all(|step| matches!(step, Step::SetItem(_)))
            .then(|| Base::Mapping(Pairs::set(instance.steps()))),
        _ => None,
    }
}

/// The steps but states that say nothing.
struct Bare<'g, S> {
    steps: Steps<'g, S>,
}

impl<'g, S: AsRef<[u8]>> Iterator for Bare<'g, S> {
    type Item = Step<'g, S>;

    fn next(&mut self) -> Option<Self::Item> {
        self.steps.find(|step| match step {
            Step::State(state) => !state.is_none() && !state.is_empty(),
            _ => true,
        })
    }
}

/// `class(time[, zone])`: a subclass of `datetime`. Few bytes could be taken for a date or a time of day that are none, of ten bytes
/// one in two millions.
fn moment<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<DateTime<'_, S>> {
    let (mut args, None) = instance.arguments()? else { return None };
    let (stamp, tz, None) = (args.next()?, args.next(), args.next()) else { return None };
    let is_alone = instance.steps().next().is_none() && tz.is_none_or(|tz| TimeZone::of(tz).is_some());
    is_alone.then(|| datetime::datetime_of(stamp, tz))?
}

/// `class({key: value})`, of a class that is known to be a mapping.
pub(crate) fn mapping<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Known<'_, S>> {
    match given(instance)?.data() {
        Data::Dict(items) => Some(based(instance, Base::Mapping(items.into()))),
        _ => None,
    }
}

/// `class([members])` or `class({members})`, of a class that is known to be a sequence or a set.
pub(crate) fn sequence<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Known<'_, S>> {
    match given(instance)?.data() {
        Data::List(members) | Data::Set(members) | Data::FrozenSet(members) => {
            Some(based(instance, Base::Sequence(members.into())))
        }
        _ => None,
    }
}

fn based<'g, S: AsRef<[u8]>>(instance: Instance<'g, S>, base: Base<'g, S>) -> Known<'g, S> {
    Known::Subclass(Subclass { class: instance.class(), base })
}

/// The one argument of a call after which nothing was done.
fn given<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Node<'_, S>> {
    let (mut args, None) = instance.arguments()? else { return None };
    let (given, None) = (args.next()?, args.next()) else { return None };
    Bare { steps: instance.steps() }.next().is_none().then_some(given)
}

/// Django's `_lazy_proxy_unpickle(function, (text,), {}, …)`: text that is translated when it is shown.
pub(crate) fn lazy_text<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Known<'_, S>> {
    let (mut args, None) = instance.arguments()? else { return None };
    let (class, mut texts) = (args.next()?, args.next()?.elements()?);
    let is_plain = args.next()?.is_empty() && texts.len() == 1;
    let value = texts.next().filter(|text| is_plain && matches!(text.data(), Data::Str(_)))?;
    Some(Known::Subclass(Subclass { class, base: Base::Value(value) }))
}

/// An object of a class that is known to be a subclass of text or numbers.
pub(crate) fn text_or_number<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Known<'_, S>> {
    match subclass(instance)? {
        Known::Subclass(Subclass { class, base: Base::Argument(value) | Base::Value(value) }) => {
            Some(Known::Subclass(Subclass { class, base: Base::Value(value) }))
        }
        _ => None,
    }
}

/// `SortedDict(key, {…})`, `SortedSet({…}, key)`
pub(crate) fn sorted<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Known<'_, S>> {
    let (mut args, None) = instance.arguments()? else { return None };
    Bare { steps: instance.steps() }.next().is_none().then_some(())?;
    let (first, second, None) = (args.next()?, args.next()?, args.next()) else { return None };
    let base = match (first.data(), second.data()) {
        (_, Data::Dict(items)) => Base::Mapping(items.into()),
        (Data::Set(_), _) => Base::Value(first),
        _ => return None,
    };
    Some(based(instance, base))
}

debug_fields!(Subclass, this { class: this.class, base: this.base });
crate::debug::debug_variants!(Base {
    Self::Value(value) => Value(value),
    Self::Argument(value) => Argument(value),
    Self::Sequence(members) => Sequence(members),
    Self::Mapping(pairs) => Mapping(pairs),
});
