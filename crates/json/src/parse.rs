//! JSON back to a graph.

mod error;
mod instances;
mod tagged;

use std::collections::HashMap;
use std::io::Read;

use halfsour_classes::ClassBuilder;
use halfsour_text::number;
use halfsour_value::machine::Container;
use halfsour_value::{Builder, Graph, Id, StepError};

pub use self::error::ParseError;
pub(crate) use self::error::form;
use self::error::{missing, refused};
use crate::events::{self, Event, Events};
use crate::tags::plain;

/// A graph that was made from a JSON document.
#[derive(Debug)]
#[non_exhaustive]
pub struct Document {
    /// The data.
    pub graph: Graph,
    /// The protocol that a lossless document names.
    pub protocol: Option<u8>,
}

/// Graphs from JSON documents, one after the other, at most 128 levels deep.
///
/// A document in [the lossless form](crate::lossless_form) becomes what it was made from. Any other becomes plain data:
/// dicts, lists, text, numbers; keys with the same text are one object. In the lossless form, the key that begins with `@` comes first; in any
/// other, such keys are data, save those with which [the plain form](crate) begins objects: these are refused.
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
    deep_documents_from_reader(reader, 128)
}

/// Graphs from the JSON documents that a reader gives, which may nest so deep.
///
/// # Stack
///
/// Each level takes some of the stack, up to 16 KiB: read on a thread that has as much.
///
/// # Errors
///
/// Those of [`documents_from_reader`].
pub fn deep_documents_from_reader<R: Read>(
    reader: R,
    most_levels: usize,
) -> impl Iterator<Item = Result<Document, ParseError>> {
    let mut events = Some(Events::new(reader, most_levels));
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
    let mut reader = Reader {
        build,
        events,
        is_lossless: protocol.is_some(),
        items: Vec::new(),
        ids: HashMap::new(),
        keys: HashMap::new(),
    };
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
    is_lossless: bool,
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
            if self.is_lossless {
                let tag = self.events.text().to_owned();
                return self.tagged(&tag, id);
            }
            if let Some(why) = plain(self.events.text()) {
                return Err(why);
            }
        }
        let dict = match id {
            Some(_) => Some(self.build.builder.dict(&[]).map_err(refused)?),
            None => None,
        };
        self.named(id, dict);
        let start = self.items.len();
        let mut event = key;
        while event == Event::Key {
            self.check_key()?;
            let key = self.key();
            let value = self.next()?;
            self.items.extend([key, value]);
            event = self.events.next()?;
        }
        let made = self.fill(Container::Dict, dict, start)?;
        self.name(id, made);
        Ok(made)
    }

    /// Refuses a tag behind other keys, where a program has put the members into another order: the object would silently be a dict.
    /// In plain data, only `@pickle` is one, and only in the outermost object.
    fn check_key(&self) -> Result<(), ParseError> {
        let key = self.events.text();
        if !key.starts_with('@') || !self.is_lossless && (key != "@pickle" || self.events.depth() > 1) {
            return Ok(());
        }
        Err(form(format!("{key} is not the first key of its object")))
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
}
