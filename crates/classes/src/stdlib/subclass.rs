//! [`Subclass`]: objects of classes of programs that are based on builtins, by their form.

use halfsour_value::{Data, Form, Instance, Node, Step, Steps};

use super::collections::{Members, Pairs};
use super::{Decimal, datetime};
use crate::Known;
use crate::args::{bytes, text};
use crate::debug::debug_fields;

/// An object of a subclass of a builtin, or of `OrderedDict`, `defaultdict` or `deque`, which has no attributes of its own: `app.Name('Ada')`.
///
/// A pickle names the class, and tells what such an object is made of.
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
    /// The one argument of `__new__`, where the name of the class does not say more: the value of a subclass of text, numbers, bytes or tuples, or else the one field of a named tuple, which looks the
    /// same from protocol 2 on.
    Argument(Node<'g, S>),
    /// The members of a list, `deque` or set.
    Sequence(Members<'g, S>),
    /// The keys and values of a dict.
    Mapping(Pairs<'g, S>),
}

/// Reads an object whose class is not known.
pub(crate) fn subclass<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Known<'_, S>> {
    let class = instance.class();
    let base = match instance.form() {
        Form::Reconstructor => reconstructed(instance)?,
        Form::New | Form::NewObjCall => new(instance)?,
        Form::Call => match called(instance) {
            Some(base) => base,
            None => return moment(instance),
        },
        _ => return None,
    };
    Some(Known::Subclass(Subclass { class, base }))
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
            let words = words_of(value)?;
            let mut steps = Bare { steps: instance.steps() };
            steps.next().is_none().then_some(())?;
            let name = instance.class().as_global().and_then(|class| text(class.name)).unwrap_or_default();
            let says = words.iter().any(|word| name.ends_with(word));
            Some(if says { Base::Value(value) } else { Base::Argument(value) })
        }
        _ => None,
    }
}

/// The endings by which the name of a class says that it is based on the builtin class of this value: no named tuple of one field is called so.
fn words_of<S: AsRef<[u8]>>(value: Node<'_, S>) -> Option<&'static [&'static str]> {
    Some(match value.data() {
        Data::Str(_) | Data::ByteString(_) => &["Str", "String", "Text", "Unicode", "_str", "_text"],
        Data::Bytes(_) => &["Bytes", "_bytes"],
        Data::Int(_) | Data::BigInt(_) => &["Int", "Integer", "Long", "_int"],
        Data::Float(_) => &["Float", "_float"],
        Data::Complex(..) => &["Complex"],
        Data::Tuple(_) => &["Tuple", "_tuple"],
        _ => return None,
    })
}

/// `class()`, `class(factory)` and `class((), maxlen)`, and what is appended or set
fn called<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Base<'_, S>> {
    let (mut args, None) = instance.arguments()? else { return None };
    let Some(base) = filled(instance) else { return given(instance) };
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

/// `class({key: value})`, `class([members])` and `class({members})`, of a class whose name says that it is a mapping or a set: other classes take as much.
fn given<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Option<Base<'_, S>> {
    const MAPPINGS: [&str; 6] = ["bag", "count", "dict", "freq", "map", "tally"];
    let (mut args, None) = instance.arguments()? else { return None };
    let (given, None) = (args.next()?.data(), args.next()) else { return None };
    Bare { steps: instance.steps() }.next().is_none().then_some(())?;
    let name = text(instance.class().as_global()?.name)?;
    let lower = name.to_lowercase();
    let is_mapping = || MAPPINGS.iter().any(|word| lower.contains(word));
    let is_set = || name.ends_with("Set") || lower == "set" || lower.ends_with("_set") || lower == "pset";
    match given {
        Data::Dict(items) if is_mapping() => Some(Base::Mapping(items.into())),
        Data::List(pairs) if is_mapping() => Pairs::listed(pairs).map(Base::Mapping),
        Data::List(members) | Data::Set(members) | Data::FrozenSet(members) if is_set() => {
            Some(Base::Sequence(members.into()))
        }
        _ => None,
    }
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

/// A subclass of a class of `datetime` or `decimal`: called with what these pickle. Other classes take as much, so that the name has to
/// say which one it is, save where ten bytes are a time.
fn moment<'g, S: AsRef<[u8]>>(instance: Instance<'g, S>) -> Option<Known<'g, S>> {
    let (mut args, None) = instance.arguments()? else { return None };
    instance.steps().next().is_none().then_some(())?;
    let name = || text(instance.class().as_global()?.name).map(str::to_lowercase);
    let says = |words: &[&str]| name().is_some_and(|name| words.iter().any(|word| name.contains(word)));
    let args: [Option<Node<'g, S>>; 4] = std::array::from_fn(|_| args.next());
    match args {
        [Some(stamp), tz, None, None] if bytes(stamp).is_some() => {
            let tz = tz.filter(|tz| !tz.is_none());
            match bytes(stamp)?.len() {
                10 => datetime::datetime_of(stamp, tz).map(Known::DateTime),
                4 if tz.is_none() && says(&["date", "day"]) => datetime::date_of(stamp).map(Known::Date),
                6 if says(&["time", "clock"]) => datetime::time_of(stamp, tz).map(Known::Time),
                _ => None,
            }
        }
        [Some(number), None, ..] if says(&["decimal"]) => Decimal::new(text(number)?).map(Known::Decimal),
        [Some(days), Some(seconds), Some(microseconds), None] if says(&["delta", "duration"]) => {
            datetime::timedelta_of([days, seconds, microseconds]).map(Known::TimeDelta)
        }
        _ => None,
    }
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
    Some(Known::Subclass(Subclass { class: instance.class(), base }))
}

debug_fields!(Subclass, this { class: this.class, base: this.base });
crate::debug::debug_variants!(Base {
    Self::Value(value) => Value(value),
    Self::Argument(value) => Argument(value),
    Self::Sequence(members) => Sequence(members),
    Self::Mapping(pairs) => Mapping(pairs),
});
