//! Objects that are made exactly as [`ClassBuilder`](crate::ClassBuilder) makes them.

use halfsour_value::{Data, Elements, Form, Kind, Node};

use crate::call::Call;
use crate::debug::debug_fields;
use crate::names::Class;
use crate::stdlib::TimeZone;
use crate::{Known, recognise};

/// A known object that is in its graph as [`ClassBuilder`](crate::ClassBuilder) would make it, save for what it shares with others.
///
/// The parts of it that are not in [`known`](Self::known): where each of `own` is a part of nothing else, and each of `once` is
/// the one part of its role that all such objects of the graph have, and nothing else is, the object need not be
/// described by its parts.
pub struct CanonicalForm<'g, S> {
    /// The object. Of its parts, `tzinfo` alone is an object of its own.
    pub known: Known<'g, S>,
    /// Parts that it has for itself.
    pub own: Vec<Node<'g, S>>,
    /// Parts that Python has once, and their roles.
    pub once: Vec<(SharedPart, Node<'g, S>)>,
}

/// The role of a part that Python has once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SharedPart {
    /// A class, by module and name.
    Class(&'static str, &'static str),
    /// The name of a class in its module.
    Name(&'static str, &'static str),
    /// The name of the module of all its classes.
    Module(&'static str),
    /// The name of the module, of a class: up to protocol 3, each class names its own.
    ModuleOf(&'static str, &'static str),
    /// The name of an attribute.
    Attribute(&'static str),
}

impl<'g, S: AsRef<[u8]>> CanonicalForm<'g, S> {
    /// Looks at an object; `None` if it is not known, or is made in another way: by an older Python, say.
    ///
    /// Looks for dates, times, their differences and fixed time zones, decimals, fractions and UUIDs.
    pub fn of(node: Node<'g, S>) -> Option<Self> {
        let call = Call::of(node)?;
        let mut form = Self { known: recognise(node)?, own: Vec::new(), once: Vec::new() };
        match form.known {
            Known::Date(_) | Known::DateTime(_) | Known::Time(_) => {
                // Of a zone that is not known, who knows what it refers to.
                let mut zones = form.tz().into_iter();
                zones.all(|tz| matches!(recognise(tz), Some(Known::TimeZone(_)))).then_some(())?;
                let args = form.call(&call)?;
                let stamp = args.get(0).filter(|stamp| matches!(stamp.data(), Data::Bytes(_)))?;
                form.own.push(stamp);
                // `None` is not written.
                args.get(1).is_none_or(|tz| !tz.is_none()).then_some(())?;
            }
            Known::TimeDelta(_) | Known::Fraction(_) => {
                let args = form.call(&call)?;
                args.into_iter().all(is_usual_int).then_some(())?;
            }
            Known::TimeZone(TimeZone::Fixed { .. }) if call.class == Class::TimeZone => {
                let args = form.call(&call)?;
                let delta = args.get(0)?;
                Self::of(delta).filter(|delta| matches!(delta.known, Known::TimeDelta(_)))?;
                form.own.push(delta);
                form.texts(args.skip(1))?;
            }
            Known::Decimal(_) => {
                let args = form.call(&call)?;
                form.texts(args)?;
            }
            Known::Uuid(uuid) => form.uuid(&call, uuid.is_safe.is_some())?,
            _ => return None,
        }
        Some(form)
    }

    /// The one part that is an object of its own: `tzinfo`, of a known class.
    pub fn tz(&self) -> Option<Node<'g, S>> {
        match &self.known {
            Known::DateTime(datetime) => datetime.tz,
            Known::Time(time) => time.tz,
            _ => None,
        }
    }

    /// Notes the parts of a call; its arguments. That nothing else was done to the result is known already.
    fn call(&mut self, call: &Call<'g, S>) -> Option<Elements<'g, S>> {
        (call.instance.form() == Form::Call).then_some(())?;
        self.class(call)?;
        let args = call.instance.args();
        self.own.push(args);
        args.elements()
    }

    fn class(&mut self, call: &Call<'g, S>) -> Option<()> {
        let (module, name) = call.name;
        let class = call.instance.callable();
        let global = class.as_global().filter(|global| global.is(module, name))?;
        (class.foreign_steps().is_none() && is_str(global.module) && is_str(global.name)).then_some(())?;
        let of_module = match class.graph().protocol() {
            0..=3 => SharedPart::ModuleOf(module, name),
            _ => SharedPart::Module(module),
        };
        self.once.extend([
            (SharedPart::Class(module, name), class),
            (SharedPart::Name(module, name), global.name),
            (of_module, global.module),
        ]);
        Some(())
    }

    fn texts(&mut self, args: impl Iterator<Item = Node<'g, S>>) -> Option<()> {
        for arg in args {
            is_str(arg).then_some(())?;
            self.own.push(arg);
        }
        Some(())
    }

    fn uuid(&mut self, call: &Call<'g, S>, has_safety: bool) -> Option<()> {
        (call.instance.form() == Form::New && call.instance.args().is_empty()).then_some(())?;
        self.class(call)?;
        let state = call.state()?;
        let mut items = state.items()?;
        let names: &[_] = if has_safety { &["int", "is_safe"] } else { &["int"] };
        (items.len() == names.len()).then_some(())?;
        self.own.push(state);
        for name in names {
            let (key, value) = items.next()?;
            (is_str(key) && key.as_str() == Some(name) && is_usual_int(value)).then_some(())?;
            self.once.push((SharedPart::Attribute(name), key));
        }
        Some(())
    }
}

fn is_str<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    node.kind() == Kind::Str
}

fn is_usual_int<S: AsRef<[u8]>>(node: Node<'_, S>) -> bool {
    matches!(node.kind(), Kind::Int) && node.int_spelling().is_none()
}

debug_fields!(CanonicalForm, this { known: this.known, own: this.own, once: this.once });
