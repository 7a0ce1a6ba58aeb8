//! Values as Python's `repr` prints them.

use std::fmt::{self, Formatter, Write};

use halfsour_text::name::identifier;
use halfsour_text::{number, repr};

use crate::display::Complex;
use crate::{Dict, Form, Set, Value, ValueInstance, ValueStep};

/// As Python's `repr` prints it; objects of classes as [`Node`](crate::Node) prints them. With `{:#}`, the members of a container
/// stand on lines of their own, indented by four spaces for each level.
///
/// ```
/// use halfsour_value::value;
///
/// let value = value!({"a": [1, 2], "b": ()});
/// assert_eq!(value.to_string(), "{'a': [1, 2], 'b': ()}");
/// assert_eq!(format!("{value:#}"), "{\n    'a': [\n        1,\n        2,\n    ],\n    'b': (),\n}");
/// ```
impl fmt::Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Printer::new(f).value(self)
    }
}

/// As [`Display`](fmt::Display), except that a Python 2 byte string, which Python prints as `bytes`, is told from it.
///
/// ```
/// use halfsour_value::Value;
///
/// let value = Value::list([Value::byte_string(*b"x"), Value::bytes(*b"x")]);
/// assert_eq!(value.to_string(), "[b'x', b'x']");
/// assert_eq!(format!("{value:?}"), "[byte_string(b'x'), b'x']");
/// ```
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Printer::debug(f).value(self)
    }
}

pub(crate) struct Printer<'p, 'f> {
    f: &'p mut Formatter<'f>,
    /// The level, if members stand on lines of their own.
    level: Option<usize>,
    /// Whether Python 2's byte strings are told from bytes.
    debug: bool,
}

/// Text between the parentheses of an instance.
enum Argument<'v> {
    Positional(&'v Value),
    Keywords(&'v Value),
    Attribute(&'v Value, &'v Value),
}

impl<'p, 'f> Printer<'p, 'f> {
    pub fn new(f: &'p mut Formatter<'f>) -> Self {
        let level = f.alternate().then_some(0);
        Self { f, level, debug: false }
    }

    pub fn debug(f: &'p mut Formatter<'f>) -> Self {
        Self { debug: true, ..Self::new(f) }
    }

    pub fn value(&mut self, value: &Value) -> fmt::Result {
        match value {
            Value::None => self.f.write_str("None"),
            Value::Bool(true) => self.f.write_str("True"),
            Value::Bool(false) => self.f.write_str("False"),
            Value::Int(value) => write!(self.f, "{value}"),
            Value::BigInt(bytes) => write!(self.f, "{}", number::BigDisplay(bytes)),
            Value::Float(value) => write!(self.f, "{}", repr::Float(*value)),
            Value::Complex(re, im) => write!(self.f, "{}", Complex(*re, *im)),
            Value::Str(text) => write!(self.f, "{}", repr::Str(text.as_bytes())),
            Value::SurrogateStr(bytes) => write!(self.f, "{}", repr::Str(bytes)),
            Value::ByteString(bytes) if self.debug => {
                write!(self.f, "byte_string({})", repr::Bytes(bytes))
            }
            Value::ByteString(bytes) | Value::Bytes(bytes) => write!(self.f, "{}", repr::Bytes(bytes)),
            Value::ByteArray(bytes) => write!(self.f, "bytearray({})", repr::Bytes(bytes)),
            Value::List(items) => self.members("[", items, "]"),
            Value::Tuple(items) => {
                let close = if items.len() == 1 && self.level.is_none() { ",)" } else { ")" };
                self.members("(", items, close)
            }
            Value::Dict(dict) => self.dict(dict),
            Value::Set(set) => self.set(set),
            Value::FrozenSet(set) if set.is_empty() => self.f.write_str("frozenset()"),
            Value::FrozenSet(set) => self.members("frozenset({", &**set, "})"),
            Value::Global(global) => {
                write_name(self.f, &global.module)?;
                self.f.write_char('.')?;
                write_name(self.f, &global.name)
            }
            Value::PersistentId(id) => self.around("persistent_id(", id),
            Value::Extension(code) => write!(self.f, "extension({code})"),
            Value::Buffer(index) => write!(self.f, "buffer({index})"),
            Value::ReadOnly(of) => self.around("memoryview(", of),
            Value::Instance(instance) => self.instance(instance),
        }
    }

    pub fn dict(&mut self, dict: &Dict) -> fmt::Result {
        self.pairs("{", dict, "}")
    }

    pub fn set(&mut self, set: &Set) -> fmt::Result {
        if set.is_empty() { self.f.write_str("set()") } else { self.members("{", set, "}") }
    }

    fn around(&mut self, open: &str, value: &Value) -> fmt::Result {
        self.f.write_str(open)?;
        self.value(value)?;
        self.f.write_char(')')
    }

    fn members<'v>(
        &mut self,
        open: &str,
        items: impl IntoIterator<Item = &'v Value>,
        close: &str,
    ) -> fmt::Result {
        self.group(open, items, close, Self::value)
    }

    fn pairs<'v>(
        &mut self,
        open: &str,
        items: impl IntoIterator<Item = (&'v Value, &'v Value)>,
        close: &str,
    ) -> fmt::Result {
        self.group(open, items, close, |printer, (key, value)| {
            printer.value(key)?;
            printer.f.write_str(": ")?;
            printer.value(value)
        })
    }

    fn group<T>(
        &mut self,
        open: &str,
        items: impl IntoIterator<Item = T>,
        close: &str,
        mut print: impl FnMut(&mut Self, T) -> fmt::Result,
    ) -> fmt::Result {
        self.f.write_str(open)?;
        let outer = self.level;
        self.level = outer.map(|level| level + 1);
        let mut is_empty = true;
        for item in items {
            match self.level {
                Some(level) => self.new_line(level)?,
                None if is_empty => {}
                None => self.f.write_str(", ")?,
            }
            is_empty = false;
            print(self, item)?;
            if self.level.is_some() {
                self.f.write_char(',')?;
            }
        }
        self.level = outer;
        if let Some(level) = outer
            && !is_empty
        {
            self.new_line(level)?;
        }
        self.f.write_str(close)
    }

    fn new_line(&mut self, level: usize) -> fmt::Result {
        write!(self.f, "\n{:1$}", "", 4 * level)
    }

    /// `class(args, **keywords, attributes)`, then the steps.
    fn instance(&mut self, instance: &ValueInstance) -> fmt::Result {
        self.value(instance.class())?;
        let mut arguments = Vec::new();
        match &instance.args {
            Value::Tuple(args) => {
                arguments.extend(shown(instance.form, args).iter().map(Argument::Positional));
            }
            args => arguments.push(Argument::Positional(args)),
        }
        arguments.extend(instance.kwargs.as_ref().map(Argument::Keywords));
        let mut steps = &instance.steps[..];
        if let [ValueStep::State(Value::Dict(dict)), rest @ ..] = steps
            && dict.keys().all(|key| name(key).and_then(identifier).is_some())
        {
            arguments.extend(dict.iter().map(|(name, value)| Argument::Attribute(name, value)));
            steps = rest;
        }
        self.group("(", arguments, ")", |printer, argument| match argument {
            Argument::Positional(value) => printer.value(value),
            Argument::Keywords(keywords) => {
                printer.f.write_str("**")?;
                printer.value(keywords)
            }
            Argument::Attribute(key, value) => {
                let name = name(key).unwrap_or_default();
                write!(printer.f, "{}=", String::from_utf8_lossy(name))?;
                printer.value(value)
            }
        })?;
        steps.iter().try_for_each(|step| self.step(step))
    }

    fn step(&mut self, step: &ValueStep) -> fmt::Result {
        match step {
            ValueStep::State(state) => self.around(".__setstate__(", state),
            ValueStep::Append(items) => self.members(" + [", items, "]"),
            ValueStep::SetItem(items) => {
                self.pairs(" | {", items.iter().map(|(key, value)| (key, value)), "}")
            }
            ValueStep::Add(items) => self.members(" | {", items, "}"),
            ValueStep::Call { callable, state } => {
                self.f.write_str(" <- ")?;
                self.value(callable)?;
                // The first argument is the object itself.
                self.group("(", [None, Some(state)], ")", |printer, argument| match argument {
                    Some(state) => printer.value(state),
                    None => printer.f.write_str("..."),
                })
            }
        }
    }
}

/// The arguments that say something: not the class, nor the base of `copyreg._reconstructor`; nor its state, if the base is
/// `object`.
fn shown(form: Form, args: &[Value]) -> &[Value] {
    match (form, args) {
        (Form::NewObjCall, [_, args @ ..])
        | (
            Form::Reconstructor,
            [_, Value::Global(_), Value::None, args @ ..] | [_, Value::Global(_), args @ ..],
        ) => args,
        _ => args,
    }
}

fn name(key: &Value) -> Option<&[u8]> {
    match key {
        Value::Str(text) => Some(text.as_bytes()),
        Value::SurrogateStr(bytes) | Value::ByteString(bytes) => Some(bytes),
        _ => None,
    }
}

/// Writes the name of a module or global: characters that cannot be seen are escaped.
pub(crate) fn write_name(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    name.chars().try_for_each(|c| match c {
        '\'' | '"' | '\\' => f.write_char(c),
        c => write!(f, "{}", c.escape_debug()),
    })
}
