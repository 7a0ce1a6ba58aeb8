//! JSON back to a graph.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_classes::ClassBuilder;
use halfsour_text::{number, wtf8};
use halfsour_value::machine::Container;
use halfsour_value::{Builder, Form, Graph, Id, IntSpelling, StepError};

use crate::events::{self, Event, Events, SyntaxError};
use crate::tags::Extras;

/// A graph that was made from a JSON document.
#[derive(Debug)]
#[non_exhaustive]
pub struct Document {
    /// The data.
    pub graph: Graph,
    /// The protocol that a lossless document names.
    pub protocol: Option<u8>,
}

/// Why JSON is not a document that a pickle can be made of.
pub struct ParseError(Reason);

enum Reason {
    Json(SyntaxError),
    Form(String),
    Io(io::Error),
}

impl From<SyntaxError> for ParseError {
    fn from(error: SyntaxError) -> Self {
        Self(Reason::Json(error))
    }
}

impl From<io::Error> for ParseError {
    fn from(error: io::Error) -> Self {
        Self(Reason::Io(error))
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Json(error) => error.fmt(f),
            Reason::Form(message) => f.write_str(message),
            Reason::Io(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ParseError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Reason::Io(error) => Some(error),
            Reason::Json(_) | Reason::Form(_) => None,
        }
    }
}

pub(crate) fn form(message: impl Into<String>) -> ParseError {
    ParseError(Reason::Form(message.into()))
}

fn refused(refusal: StepError) -> ParseError {
    form(match refusal {
        StepError::Unhashable => "a key or member is of a kind that cannot be hashed",
        _ => "this cannot be done to an object of this kind",
    })
}

/// Graphs from JSON documents, one after the other, at most 128 levels deep.
///
/// A document in [the lossless form](crate::lossless_form) becomes what it was made from. Any other becomes plain data:
/// dicts, lists, text, numbers; keys with the same text are one object.
///
/// ```
/// let mut documents = halfsour_json::documents(br#"{"a": [1, 2.5, null]} {"@pickle": 2, "value": {"@tuple": ["x"]}}"#);
/// let plain = documents.next().unwrap()?;
/// assert_eq!(plain.graph.root().to_string(), "{'a': [1, 2.5, None]}");
/// let lossless = documents.next().unwrap()?;
/// assert_eq!(lossless.graph.root().to_string(), "('x',)");
/// assert_eq!(lossless.protocol, Some(2));
/// # Ok::<(), halfsour_json::ParseError>(())
/// ```
pub fn documents(json: &[u8]) -> impl Iterator<Item = Result<Document, ParseError>> + '_ {
    documents_from_reader(json)
}

/// Graphs from the JSON documents that a reader gives, as [`documents`]. The text is read in pieces of some 64 KiB, and is not kept.
///
/// # Errors
///
/// Each item may be one, of the text, of its form or of the reader. It is the last item.
pub fn documents_from_reader<R: Read>(reader: R) -> impl Iterator<Item = Result<Document, ParseError>> {
    let mut events = Some(Events::new(reader));
    std::iter::from_fn(move || {
        let document = document(events.as_mut()?);
        if !matches!(document, Ok(Some(_))) {
            events = None;
        }
        document.transpose()
    })
}

fn document<R: Read>(events: &mut Events<R>) -> Result<Option<Document>, ParseError> {
    if !events.next_value()? {
        return Ok(None);
    }
    let mut first = events.next()?;
    // The key with which an object begins has to be read to know it.
    let mut key = if first == Event::StartObject { Some(events.next()?) } else { None };
    let mut protocol = None;
    if key == Some(Event::Key) && events.text() == "@pickle" {
        let number = if events.next()? == Event::Number { events.text().parse().ok() } else { None };
        protocol = Some(number.ok_or_else(|| form("@pickle names no protocol"))?);
        loop {
            match events.next()? {
                Event::Key if events.text() == "value" => break,
                Event::Key => {
                    let value = events.next()?;
                    events.skip(value)?;
                }
                _ => return Err(missing("value")),
            }
        }
        first = events.next()?;
        key = None;
    }
    let mut builder = Builder::new();
    let build = ClassBuilder::for_protocol(&mut builder, protocol.unwrap_or(DEFAULT_PROTOCOL));
    let mut reader = Reader { build, events, items: Vec::new(), ids: HashMap::new(), keys: HashMap::new() };
    let root = match key {
        Some(key) => reader.object(key, None)?,
        None => reader.value(first, None)?,
    };
    if protocol.is_some() {
        reader.skip_members()?;
    }
    let graph = builder.try_build(root).map_err(|refusal| match refusal {
        StepError::Unsupported => form("an object would have to be made before itself"),
        refusal => refused(refusal),
    })?;
    Ok(Some(Document { graph, protocol }))
}

/// The version of a document that does not say it.
const DEFAULT_PROTOCOL: u8 = 4;

/// Makes the objects of a document in the order in which it names them.
pub(crate) struct Reader<'b, 'e, R> {
    pub(crate) build: ClassBuilder<'b>,
    pub(crate) events: &'e mut Events<R>,
    /// The members of the containers that are open.
    items: Vec<Id>,
    ids: HashMap<u64, Id>,
    /// The keys of plain objects.
    keys: HashMap<String, Id>,
}

impl<R: Read> Reader<'_, '_, R> {
    /// Makes the object that begins with this piece; one that has an `@id` is known by it before its parts are made.
    pub(crate) fn value(&mut self, first: Event, id: Option<u64>) -> Result<Id, ParseError> {
        let made = match first {
            Event::Null => Id::NONE,
            Event::Bool(value) => Id::bool(value),
            Event::Number => self.number()?,
            Event::String => self.build.builder.str(self.events.text()),
            Event::StartArray => {
                let list = id.map(|_| self.build.builder.list(&[]));
                self.named(id, list);
                let start = self.members()?;
                let made = self.fill(Container::List, list, start)?;
                self.name(id, made);
                made
            }
            Event::StartObject => {
                let key = self.events.next()?;
                return self.object(key, id);
            }
            Event::Key | Event::EndArray | Event::EndObject => unreachable!("no value begins so"),
        };
        self.name(id, made);
        Ok(made)
    }

    /// Makes the next value.
    pub(crate) fn next(&mut self) -> Result<Id, ParseError> {
        let first = self.events.next()?;
        self.value(first, None)
    }

    /// Makes what an object is, of which the first key, or the end, has been read.
    fn object(&mut self, key: Event, id: Option<u64>) -> Result<Id, ParseError> {
        if key == Event::Key && self.events.text().starts_with('@') {
            let tag = self.events.text().to_owned();
            return self.tagged(&tag, id);
        }
        let dict = match id {
            Some(_) => Some(self.build.builder.dict(&[]).map_err(refused)?),
            None => None,
        };
        self.named(id, dict);
        let start = self.items.len();
        let mut event = key;
        while event == Event::Key {
            let key = self.key();
            let value = self.next()?;
            self.items.extend([key, value]);
            event = self.events.next()?;
        }
        let made = self.fill(Container::Dict, dict, start)?;
        self.name(id, made);
        Ok(made)
    }

    fn name(&mut self, id: Option<u64>, object: Id) {
        if let Some(id) = id {
            self.ids.insert(id, object);
        }
    }

    fn named(&mut self, id: Option<u64>, object: Option<Id>) {
        if let Some(object) = object {
            self.name(id, object);
        }
    }

    /// Makes the members of an array that is open, and returns where they begin among the items.
    fn members(&mut self) -> Result<usize, ParseError> {
        let start = self.items.len();
        loop {
            match self.events.next()? {
                Event::EndArray => return Ok(start),
                first => {
                    let member = self.value(first, None)?;
                    self.items.push(member);
                }
            }
        }
    }

    /// Makes the pairs of an array that is open, likewise.
    fn pairs(&mut self) -> Result<usize, ParseError> {
        let start = self.items.len();
        loop {
            match self.events.next()? {
                Event::EndArray => return Ok(start),
                Event::StartArray => {
                    let pair = self.members()?;
                    if self.items.len() - pair != 2 {
                        return Err(form("a pair has not two parts"));
                    }
                }
                _ => return Err(form("an array is expected")),
            }
        }
    }

    /// Puts the items from `start` on into a container, which may be there already.
    fn fill(&mut self, container: Container, object: Option<Id>, start: usize) -> Result<Id, ParseError> {
        let items = &self.items[start..];
        let builder = &mut *self.build.builder;
        let made = match object {
            None => builder.container(container, items),
            Some(object) => builder.fill(object, items).map(|()| object),
        };
        self.items.truncate(start);
        made.map_err(refused)
    }

    /// Makes an int, of any size, of a number without fraction and exponent, as Python does.
    fn number(&mut self) -> Result<Id, ParseError> {
        let number = self.events.text();
        if number.contains(['.', 'e', 'E']) {
            let value = events::finite(number).ok_or_else(|| form(format!("{number}: out of range")))?;
            return Ok(self.build.builder.float(value));
        }
        match number::parse_big(number).ok_or_else(|| form("a number has too many digits"))? {
            number::Int::Small(value) => Ok(self.build.builder.int(value)),
            number::Int::Big(bytes) => Ok(self.build.builder.big_int(&bytes)),
        }
    }

    /// The text that was read, as the key of plain objects.
    fn key(&mut self) -> Id {
        let text = self.events.text();
        if let Some(&key) = self.keys.get(text) {
            return key;
        }
        let key = self.build.builder.str(text);
        self.keys.insert(text.to_owned(), key);
        key
    }

    /// Reads a string.
    pub(crate) fn text(&mut self) -> Result<&str, ParseError> {
        match self.events.next()? {
            Event::String => Ok(self.events.text()),
            _ => Err(form("a string is expected")),
        }
    }

    /// Reads a number that is an index or a code.
    fn unsigned(&mut self) -> Result<Option<u64>, ParseError> {
        let event = self.events.next()?;
        if event == Event::Number {
            return Ok(self.events.text().parse().ok());
        }
        self.events.skip(event)?;
        Ok(None)
    }

    fn open_array(&mut self) -> Result<(), ParseError> {
        match self.events.next()? {
            Event::StartArray => Ok(()),
            _ => Err(form("an array is expected")),
        }
    }

    /// Reads a key, which has to be this one.
    fn expect_key(&mut self, name: &str) -> Result<(), ParseError> {
        if self.events.next()? == Event::Key && self.events.text() == name {
            Ok(())
        } else {
            Err(missing(name))
        }
    }

    /// Passes over what is left of an object.
    fn skip_members(&mut self) -> Result<(), ParseError> {
        while self.events.next()? == Event::Key {
            let value = self.events.next()?;
            self.events.skip(value)?;
        }
        Ok(())
    }

    fn tagged(&mut self, tag: &str, id: Option<u64>) -> Result<Id, ParseError> {
        match tag {
            "@id" => {
                let number = self.unsigned()?.ok_or_else(|| form("an @id is no number"))?;
                self.expect_key("@value")?;
                let first = self.events.next()?;
                let value = self.value(first, Some(number))?;
                self.skip_members()?;
                return Ok(value);
            }
            "@ref" => {
                let number = self.unsigned()?.ok_or_else(|| form("an @ref is no number"))?;
                let known = self.ids.get(&number).copied();
                let known =
                    known.ok_or_else(|| form(format!("@ref {number}: there is no such @id before it")))?;
                self.skip_members()?;
                return Ok(known);
            }
            "@call" | "@new" => return self.instance(tag, id),
            _ => {}
        }
        let mut pending = None;
        let object = match tag {
            "@key" => {
                self.text()?;
                self.key()
            }
            "@int" => {
                let digits = self.text()?.to_owned();
                let extras;
                (extras, pending) = self.extras()?;
                self.int(&digits, extras.op.as_deref())?
            }
            "@float" => {
                let value = float(self.text()?)?;
                self.build.builder.float(value)
            }
            "@str" => {
                let spelled = self.text()?.to_owned();
                self.surrogates(&spelled)?
            }
            "@bytes" => self.payload(Builder::bytes)?,
            "@bytearray" => self.payload(Builder::bytearray)?,
            "@bytestring" => self.payload(Builder::byte_string)?,
            "@tuple" => {
                self.open_array()?;
                let tuple = id.map(|_| self.build.builder.hollow_tuple());
                self.named(id, tuple);
                let start = self.members()?;
                let tuple = tuple.filter(|_| self.items.len() > start);
                self.fill(Container::Tuple, tuple, start)?
            }
            "@frozenset" => self.set(Container::FrozenSet, id)?,
            "@set" => self.set(Container::Set, id)?,
            "@dict" => {
                self.open_array()?;
                let dict = id.map(|_| self.build.builder.dict(&[])).transpose().map_err(refused)?;
                self.named(id, dict);
                let start = self.pairs()?;
                self.fill(Container::Dict, dict, start)?
            }
            "@complex" => self.complex()?,
            "@global" => {
                self.open_array()?;
                let start = self.members()?;
                let &[module, name] = &self.items[start..] else {
                    return Err(form("@global has not two parts"));
                };
                self.items.truncate(start);
                let global = self.build.builder.global_of(module, name);
                global.map_err(|_| form("a name in @global is no text"))?
            }
            "@persid" => {
                let of = self.next()?;
                self.build.builder.persistent_id(of)
            }
            "@ext" => {
                let code = self.unsigned()?.and_then(|code| u32::try_from(code).ok());
                self.build.builder.extension(code.ok_or_else(|| form("@ext is no code"))?)
            }
            "@buffer" => return Err(form("an out-of-band buffer is not in the document")),
            "@readonly" => {
                let of = self.next()?;
                self.build.builder.read_only(of)
            }
            _ => {
                let object;
                (object, pending) = self.known(tag)?;
                object
            }
        };
        self.name(id, object);
        self.rest(object, pending)?;
        Ok(object)
    }

    /// Reads what says more of a small object, up to a member that is for any object.
    pub(crate) fn extras(&mut self) -> Result<(Extras, Option<Event>), ParseError> {
        let mut extras = Extras::default();
        loop {
            let event = self.events.next()?;
            if event != Event::Key || matches!(self.events.text(), "by" | "then") {
                return Ok((extras, Some(event)));
            }
            match self.events.text() {
                "op" => extras.op = Some(self.text()?.to_owned()),
                "name" => extras.name = Some(self.text()?.to_owned()),
                "fold" => extras.fold = self.unsigned()? == Some(1),
                "tz" => extras.tz = Some(self.next()?),
                "is_safe" => match self.events.next()? {
                    Event::Bool(is_safe) => extras.is_safe = Some(is_safe),
                    other => self.events.skip(other)?,
                },
                _ => {
                    let value = self.events.next()?;
                    self.events.skip(value)?;
                }
            }
        }
    }

    /// Reads the members that any object may have, of which the first may have been read, up to the end.
    fn rest(&mut self, object: Id, mut pending: Option<Event>) -> Result<(), ParseError> {
        loop {
            let event = match pending.take() {
                Some(event) => event,
                None => self.events.next()?,
            };
            if event != Event::Key {
                return Ok(());
            }
            match self.events.text() {
                "by" => self.by(object)?,
                "then" => self.then(object)?,
                _ => {
                    let value = self.events.next()?;
                    self.events.skip(value)?;
                }
            }
        }
    }

    fn by(&mut self, object: Id) -> Result<(), ParseError> {
        let (callable, args) = self.call()?;
        self.build.builder.record_spelling(object, callable, args);
        Ok(())
    }

    /// Reads an object with the members `@call` and `args`.
    fn call(&mut self) -> Result<(Id, Id), ParseError> {
        let (mut callable, mut args) = (None, None);
        if self.events.next()? == Event::StartObject {
            while self.events.next()? == Event::Key {
                match self.events.text() {
                    "@call" => callable = Some(self.next()?),
                    "args" => args = Some(self.next()?),
                    _ => {
                        let value = self.events.next()?;
                        self.events.skip(value)?;
                    }
                }
            }
        }
        Ok((callable.ok_or_else(|| missing("@call"))?, args.ok_or_else(|| missing("args"))?))
    }

    fn then(&mut self, object: Id) -> Result<(), ParseError> {
        self.open_array()?;
        loop {
            match self.events.next()? {
                Event::EndArray => return Ok(()),
                Event::StartObject => {
                    if self.events.next()? != Event::Key {
                        return Err(form("a step is empty"));
                    }
                    let kind = self.events.text().to_owned();
                    self.step(object, &kind)?;
                    self.skip_members()?;
                }
                _ => return Err(form("a step is empty")),
            }
        }
    }

    fn step(&mut self, of: Id, kind: &str) -> Result<(), ParseError> {
        let done = match kind {
            "state" => {
                let state = self.next()?;
                self.build.builder.state(of, state)
            }
            "append" | "add" | "setitem" => {
                self.open_array()?;
                let start = if kind == "setitem" { self.pairs()? } else { self.members()? };
                let (items, builder) = (&self.items[start..], &mut *self.build.builder);
                let done = match kind {
                    "append" => items.iter().try_for_each(|&item| builder.append(of, item)),
                    "add" => items.iter().try_for_each(|&item| builder.add(of, item)),
                    _ => items.chunks_exact(2).try_for_each(|pair| builder.set_item(of, pair[0], pair[1])),
                };
                self.items.truncate(start);
                done
            }
            "call" => {
                let (setter, args) = self.call()?;
                let view = self.build.builder.view();
                let Some(&[_, state]) = view.sequence(args) else {
                    return Err(form("a setter has not two arguments"));
                };
                self.build.builder.call_on(of, setter, state)
            }
            _ => return Err(form(format!("{kind}: no such step"))),
        };
        done.map_err(refused)
    }

    fn instance(&mut self, tag: &str, id: Option<u64>) -> Result<Id, ParseError> {
        let made_by = if tag == "@call" { Form::Call } else { Form::New };
        let object = self.build.builder.made(made_by, Id::NONE, Id::EMPTY_TUPLE, None);
        self.name(id, object);
        let callable = self.next()?;
        self.build.builder.set_part(object, 0, callable);
        let (mut has_args, mut form_is_told) = (false, false);
        loop {
            if self.events.next()? != Event::Key {
                break;
            }
            let member = self.events.text();
            if member == "then" && !has_args {
                return Err(missing("args"));
            }
            match member {
                "args" => {
                    let args = self.next()?;
                    self.build.builder.set_part(object, 1, args);
                    has_args = true;
                }
                "kwargs" | "op" if form_is_told || member == "kwargs" && tag != "@new" => {
                    return Err(form("kwargs are for @new"));
                }
                "kwargs" => {
                    let kwargs = self.next()?;
                    self.build.builder.set_form(object, Form::NewEx, Some(kwargs)).map_err(refused)?;
                    form_is_told = true;
                }
                "op" => {
                    let made_by = match self.text()? {
                        "INST" => Form::Inst,
                        "OBJ" => Form::Obj,
                        _ => continue,
                    };
                    self.build.builder.set_form(object, made_by, None).map_err(refused)?;
                    form_is_told = true;
                }
                "then" => self.then(object)?,
                "by" => self.by(object)?,
                _ => {
                    let value = self.events.next()?;
                    self.events.skip(value)?;
                }
            }
        }
        if has_args { Ok(object) } else { Err(missing("args")) }
    }

    fn int(&mut self, digits: &str, op: Option<&str>) -> Result<Id, ParseError> {
        let value = number::parse_big(digits).ok_or_else(|| form("@int is no int"))?;
        Ok(match (value, op) {
            (number::Int::Small(value), Some("LONG")) => {
                self.build.builder.int_with_opcode(IntSpelling::Long, value)
            }
            (number::Int::Small(value), Some("INT")) => {
                self.build.builder.int_with_opcode(IntSpelling::Int, value)
            }
            (number::Int::Small(value), _) => self.build.builder.int(value),
            (number::Int::Big(bytes), _) => self.build.builder.big_int(&bytes),
        })
    }

    /// Text in which lone surrogates are spelled and backslashes doubled.
    fn surrogates(&mut self, spelled: &str) -> Result<Id, ParseError> {
        let mut bytes = Vec::new();
        let mut rest = spelled;
        while let Some(at) = rest.find('\\') {
            bytes.extend_from_slice(&rest.as_bytes()[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('\\') {
                bytes.push(b'\\');
                rest = after;
            } else {
                let point = rest.strip_prefix('u').and_then(|rest| rest.get(..4));
                let point = point.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                wtf8::push(
                    &mut bytes,
                    point.ok_or_else(|| form("@str has a backslash that spells nothing"))?,
                );
                rest = &rest[5..];
            }
        }
        bytes.extend_from_slice(rest.as_bytes());
        self.build.builder.wtf8(&bytes).ok_or_else(|| form("@str is no text"))
    }

    fn payload(&mut self, make: fn(&mut Builder, &[u8]) -> Id) -> Result<Id, ParseError> {
        let bytes = STANDARD.decode(self.text()?).map_err(|_| form("a payload is no base64"))?;
        Ok(make(self.build.builder, &bytes))
    }

    fn set(&mut self, container: Container, id: Option<u64>) -> Result<Id, ParseError> {
        self.open_array()?;
        let set = id.map(|_| self.build.builder.container(container, &[])).transpose().map_err(refused)?;
        self.named(id, set);
        let start = self.members()?;
        self.fill(container, set, start)
    }

    fn complex(&mut self) -> Result<Id, ParseError> {
        self.open_array()?;
        let parts = [self.part()?, self.part()?];
        match (parts, self.events.next()?) {
            ([Some(re), Some(im)], Event::EndArray) => Ok(self.build.builder.complex(re, im)),
            _ => Err(form("@complex has not two parts")),
        }
    }

    /// Reads a part of a complex number: a number, or an object with the member `@float`. `None` is the end of the array.
    fn part(&mut self) -> Result<Option<f64>, ParseError> {
        match self.events.next()? {
            Event::EndArray => Ok(None),
            Event::Number => {
                let text = self.events.text();
                events::finite(text).map(Some).ok_or_else(|| form(format!("{text}: out of range")))
            }
            Event::StartObject => {
                self.expect_key("@float")?;
                let value = float(self.text()?)?;
                self.skip_members()?;
                Ok(Some(value))
            }
            _ => Err(missing("@float")),
        }
    }
}

/// A float that JSON has no number for.
fn float(text: &str) -> Result<f64, ParseError> {
    match text {
        "nan" => Ok(f64::NAN),
        "inf" => Ok(f64::INFINITY),
        "-inf" => Ok(f64::NEG_INFINITY),
        other => {
            let bits = other.strip_prefix("nan:").and_then(|bits| u64::from_str_radix(bits, 16).ok());
            bits.map(f64::from_bits).ok_or_else(|| form("@float is none"))
        }
    }
}

fn missing(member: &str) -> ParseError {
    form(format!("{member} is missing"))
}
