//! JSON back to a graph.

use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_classes::ClassBuilder;
use halfsour_text::{number, wtf8};
use halfsour_value::{Builder, Form, Graph, Id, IntSpelling, StepError};

use crate::value::{self, Object, SyntaxError, Value, values};

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
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Json(error) => error.fmt(f),
            Reason::Form(message) => f.write_str(message),
        }
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ParseError {}

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
    values(json).map(|value| document(&value.map_err(|error| ParseError(Reason::Json(error)))?))
}

fn document(json: &Value) -> Result<Document, ParseError> {
    let (value, protocol) = match (json.get("@pickle"), json.get("value")) {
        (Some(protocol), Some(value)) => {
            let protocol = protocol.as_u64().and_then(|protocol| u8::try_from(protocol).ok());
            (value, Some(protocol.ok_or_else(|| form("@pickle names no protocol"))?))
        }
        _ => (json, None),
    };
    let mut builder = Builder::new();
    let build = ClassBuilder::for_protocol(&mut builder, protocol.unwrap_or(DEFAULT_PROTOCOL));
    let mut reader = Reader { build, ids: HashMap::new(), keys: HashMap::new() };
    let root = reader.value(value, None)?;
    let graph = builder.try_build(root).map_err(|refusal| match refusal {
        StepError::Unsupported => form("an object would have to be made before itself"),
        refusal => refused(refusal),
    })?;
    Ok(Document { graph, protocol })
}

/// The version of a document that does not say it.
const DEFAULT_PROTOCOL: u8 = 4;

pub(crate) struct Reader<'b> {
    pub(crate) build: ClassBuilder<'b>,
    ids: HashMap<u64, Id>,
    /// The keys of plain objects.
    keys: HashMap<String, Id>,
}

impl Reader<'_> {
    /// Makes an object; one that has an `@id` is known by it before its parts are made.
    pub(crate) fn value(&mut self, value: &Value, id: Option<u64>) -> Result<Id, ParseError> {
        let made = match value {
            Value::Null => Id::NONE,
            Value::Bool(value) => Id::bool(*value),
            Value::Number(number) => self.number(number)?,
            Value::String(text) => self.build.builder.str(text),
            Value::Array(items) => {
                let list = self.build.builder.list(&[]);
                self.name(id, list);
                for item in items {
                    let item = self.value(item, None)?;
                    self.build.builder.append(list, item).map_err(refused)?;
                }
                list
            }
            Value::Object(map) => match map.iter().next() {
                Some((tag, first)) if tag.starts_with('@') => return self.tagged(tag, first, map, id),
                _ => self.plain_dict(map, id)?,
            },
        };
        self.name(id, made);
        Ok(made)
    }

    fn name(&mut self, id: Option<u64>, object: Id) {
        if let Some(id) = id {
            self.ids.insert(id, object);
        }
    }

    /// Makes an int, of any size, of a number without fraction and exponent, as Python does.
    fn number(&mut self, number: &str) -> Result<Id, ParseError> {
        if number.contains(['.', 'e', 'E']) {
            let value = value::number(number).ok_or_else(|| form(format!("{number}: out of range")))?;
            return Ok(self.build.builder.float(value));
        }
        match number::parse_big(number).ok_or_else(|| form("a number has too many digits"))? {
            number::Int::Small(value) => Ok(self.build.builder.int(value)),
            number::Int::Big(bytes) => Ok(self.build.builder.big_int(&bytes)),
        }
    }

    fn key(&mut self, text: &str) -> Id {
        if let Some(&key) = self.keys.get(text) {
            return key;
        }
        let key = self.build.builder.str(text);
        self.keys.insert(text.to_owned(), key);
        key
    }

    fn plain_dict(&mut self, map: &Object, id: Option<u64>) -> Result<Id, ParseError> {
        let dict = self.build.builder.dict(&[]).map_err(refused)?;
        self.name(id, dict);
        for (key, value) in map.iter() {
            let (key, value) = (self.key(key), self.value(value, None)?);
            self.build.builder.set_item(dict, key, value).map_err(refused)?;
        }
        Ok(dict)
    }

    fn tagged(&mut self, tag: &str, first: &Value, map: &Object, id: Option<u64>) -> Result<Id, ParseError> {
        match tag {
            "@id" => {
                let number = first.as_u64().ok_or_else(|| form("an @id is no number"))?;
                let value = map.get("@value").ok_or_else(|| form("@value is missing"))?;
                return self.value(value, Some(number));
            }
            "@ref" => {
                let number = first.as_u64().ok_or_else(|| form("an @ref is no number"))?;
                let known = self.ids.get(&number).copied();
                return known.ok_or_else(|| form(format!("@ref {number}: there is no such @id before it")));
            }
            _ => {}
        }
        let object = match tag {
            "@key" => self.key(text(first)?),
            "@int" => self.int(text(first)?, map.get("op"))?,
            "@float" => {
                let value = float(first)?;
                self.build.builder.float(value)
            }
            "@str" => self.surrogates(text(first)?)?,
            "@bytes" => self.payload(first, Builder::bytes)?,
            "@bytearray" => self.payload(first, Builder::bytearray)?,
            "@bytestring" => self.payload(first, Builder::byte_string)?,
            "@tuple" => self.fixed(first, id, |builder, parts| Ok(builder.tuple(parts)))?,
            "@frozenset" => self.fixed(first, id, Builder::frozenset)?,
            "@set" => self.set(first, id)?,
            "@dict" => self.dict(first, id)?,
            "@complex" => match array(first)?.as_slice() {
                [re, im] => {
                    let (re, im) = (part(re)?, part(im)?);
                    self.build.builder.complex(re, im)
                }
                _ => return Err(form("@complex has not two parts")),
            },
            "@global" => match array(first)?.as_slice() {
                [module, name] => {
                    let (module, name) = (self.value(module, None)?, self.value(name, None)?);
                    self.build
                        .builder
                        .global_of(module, name)
                        .map_err(|_| form("a name in @global is no text"))?
                }
                _ => return Err(form("@global has not two parts")),
            },
            "@call" | "@new" => self.instance(tag, first, map, id)?,
            "@persid" => {
                let of = self.value(first, None)?;
                self.build.builder.persistent_id(of)
            }
            "@ext" => {
                let code = first.as_u64().and_then(|code| u32::try_from(code).ok());
                self.build.builder.extension(code.ok_or_else(|| form("@ext is no code"))?)
            }
            "@buffer" => return Err(form("an out-of-band buffer is not in the document")),
            "@readonly" => {
                let of = self.value(first, None)?;
                self.build.builder.read_only(of)
            }
            _ => self.known(tag, first, map)?,
        };
        self.name(id, object);
        if let Some(by) = map.get("by") {
            let (callable, args) = (member(by, "@call")?, member(by, "args")?);
            let (callable, args) = (self.value(callable, None)?, self.value(args, None)?);
            self.build.builder.record_spelling(object, callable, args);
        }
        if let Some(then) = map.get("then") {
            for step in array(then)? {
                self.step(object, step)?;
            }
        }
        Ok(object)
    }

    fn int(&mut self, digits: &str, op: Option<&Value>) -> Result<Id, ParseError> {
        let value = number::parse_big(digits).ok_or_else(|| form("@int is no int"))?;
        match (value, op.and_then(Value::as_str)) {
            (number::Int::Small(value), Some("LONG")) => {
                Ok(self.build.builder.int_with_opcode(IntSpelling::Long, value))
            }
            (number::Int::Small(value), Some("INT")) => {
                Ok(self.build.builder.int_with_opcode(IntSpelling::Int, value))
            }
            (number::Int::Small(value), _) => Ok(self.build.builder.int(value)),
            (number::Int::Big(bytes), _) => Ok(self.build.builder.big_int(&bytes)),
        }
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

    fn payload(&mut self, value: &Value, make: fn(&mut Builder, &[u8]) -> Id) -> Result<Id, ParseError> {
        let bytes = STANDARD.decode(text(value)?).map_err(|_| form("a payload is no base64"))?;
        Ok(make(self.build.builder, &bytes))
    }

    /// What holds a fixed number of parts, which may refer to it: it is made first, and then filled.
    fn fixed(
        &mut self,
        parts: &Value,
        id: Option<u64>,
        make: fn(&mut Builder, &[Id]) -> Result<Id, StepError>,
    ) -> Result<Id, ParseError> {
        let parts = array(parts)?;
        let object = make(self.build.builder, &vec![Id::NONE; parts.len()]).map_err(refused)?;
        self.name(id, object);
        for (at, part) in parts.iter().enumerate() {
            let part = self.value(part, None)?;
            self.build.builder.set_part(object, at, part);
        }
        Ok(object)
    }

    fn set(&mut self, members: &Value, id: Option<u64>) -> Result<Id, ParseError> {
        let set = self.build.builder.set(&[]).map_err(refused)?;
        self.name(id, set);
        for member in array(members)? {
            let member = self.value(member, None)?;
            self.build.builder.add(set, member).map_err(refused)?;
        }
        Ok(set)
    }

    fn dict(&mut self, pairs: &Value, id: Option<u64>) -> Result<Id, ParseError> {
        let dict = self.build.builder.dict(&[]).map_err(refused)?;
        self.name(id, dict);
        for pair in array(pairs)? {
            self.set_item(dict, pair)?;
        }
        Ok(dict)
    }

    fn set_item(&mut self, of: Id, pair: &Value) -> Result<(), ParseError> {
        let [key, value] = array(pair)?.as_slice() else { return Err(form("a pair has not two parts")) };
        let (key, value) = (self.value(key, None)?, self.value(value, None)?);
        self.build.builder.set_item(of, key, value).map_err(refused)
    }

    fn instance(
        &mut self,
        tag: &str,
        callable: &Value,
        map: &Object,
        id: Option<u64>,
    ) -> Result<Id, ParseError> {
        let kwargs = map.get("kwargs");
        if kwargs.is_some() && (tag != "@new" || map.get("op").is_some()) {
            return Err(form("kwargs are for @new"));
        }
        let made_by = match (map.get("op").and_then(Value::as_str), tag) {
            (Some("INST"), _) => Form::Inst,
            (Some("OBJ"), _) => Form::Obj,
            (_, "@call") => Form::Call,
            _ if kwargs.is_some() => Form::NewEx,
            _ => Form::New,
        };
        let object = self.build.builder.made(made_by, Id::NONE, Id::EMPTY_TUPLE, kwargs.map(|_| Id::NONE));
        self.name(id, object);
        let args = map.get("args").ok_or_else(|| form("args is missing"))?;
        let parts = [Some(callable), Some(args), kwargs];
        for (at, part) in parts.into_iter().flatten().enumerate() {
            let part = self.value(part, None)?;
            self.build.builder.set_part(object, at, part);
        }
        Ok(object)
    }

    fn step(&mut self, of: Id, step: &Value) -> Result<(), ParseError> {
        let (kind, value) =
            step.as_object().and_then(|step| step.iter().next()).ok_or_else(|| form("a step is empty"))?;
        match kind {
            "state" => {
                let state = self.value(value, None)?;
                self.build.builder.state(of, state).map_err(refused)
            }
            "append" => array(value)?.iter().try_for_each(|item| {
                let item = self.value(item, None)?;
                self.build.builder.append(of, item).map_err(refused)
            }),
            "add" => array(value)?.iter().try_for_each(|item| {
                let item = self.value(item, None)?;
                self.build.builder.add(of, item).map_err(refused)
            }),
            "setitem" => array(value)?.iter().try_for_each(|pair| self.set_item(of, pair)),
            "call" => {
                let args = member(member(value, "args")?, "@tuple")?;
                let [_, state] = array(args)?.as_slice() else {
                    return Err(form("a setter has not two arguments"));
                };
                let setter = self.value(member(value, "@call")?, None)?;
                let state = self.value(state, None)?;
                self.build.builder.call_on(of, setter, state).map_err(refused)
            }
            _ => Err(form(format!("{kind}: no such step"))),
        }
    }
}

/// A float that JSON has no number for.
fn float(value: &Value) -> Result<f64, ParseError> {
    match text(value)? {
        "nan" => Ok(f64::NAN),
        "inf" => Ok(f64::INFINITY),
        "-inf" => Ok(f64::NEG_INFINITY),
        other => {
            let bits = other.strip_prefix("nan:").and_then(|bits| u64::from_str_radix(bits, 16).ok());
            bits.map(f64::from_bits).ok_or_else(|| form("@float is none"))
        }
    }
}

/// A part of a complex number.
fn part(value: &Value) -> Result<f64, ParseError> {
    match value.as_f64() {
        Some(value) => Ok(value),
        None => float(member(value, "@float")?),
    }
}

/// A member that has to be there.
fn member<'v>(of: &'v Value, name: &str) -> Result<&'v Value, ParseError> {
    of.get(name).ok_or_else(|| form(format!("{name} is missing")))
}

pub(crate) fn text(value: &Value) -> Result<&str, ParseError> {
    value.as_str().ok_or_else(|| form("a string is expected"))
}

fn array(value: &Value) -> Result<&Vec<Value>, ParseError> {
    value.as_array().ok_or_else(|| form("an array is expected"))
}
