//! Objects with a tag: `{"@tuple": …}` and the like.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_text::{number, wtf8};
use halfsour_value::machine::Container;
use halfsour_value::{Builder, Id, IntSpelling};

use super::Reader;
use super::error::{ParseError, form, missing, refused};
use crate::events::{self, Event};

impl<R: Read> Reader<'_, '_, R> {
    pub(super) fn tagged(&mut self, tag: &str, id: Option<u64>) -> Result<Id, ParseError> {
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
