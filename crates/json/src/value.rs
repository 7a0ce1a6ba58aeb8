//! [`Value`]: JSON as it is read, with every key in its place and every digit.
//!
//! `serde_json` reads so only under features that change it for the whole program.

use std::fmt;

use json_event_parser::{JsonEvent, LowLevelJsonParser};

/// The bytes that may stand between values.
const BLANKS: &[u8] = b" \t\r\n";

/// The depth to which arrays and objects may nest.
const MOST_LEVELS: usize = 128;

/// A value in JSON.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// A number as it is spelled.
    Number(String),
    String(String),
    Array(Vec<Self>),
    Object(Object),
}

/// The members of an object, in order.
#[derive(Debug)]
pub(crate) struct Object(Vec<(String, Value)>);

impl Value {
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(text) => finite(text),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&Vec<Self>> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Returns the member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }
}

impl Object {
    /// Returns a member; of several with the same name the last one, as Python's `json` does.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

/// Returns the float that a number spells, unless it is out of range.
fn finite(number: &str) -> Option<f64> {
    number.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Returns the float that a text spells that is a number in JSON, unless it is out of range.
pub(crate) fn number(text: &str) -> Option<f64> {
    match document(text.as_bytes()) {
        Ok((Value::Number(number), length)) if length == text.len() => finite(&number),
        _ => None,
    }
}

/// Returns the text that a string in JSON is.
pub(crate) fn string(json: &str) -> Option<String> {
    match document(json.as_bytes()) {
        Ok((Value::String(text), _)) => Some(text),
        _ => None,
    }
}

/// The place where a text is not JSON, and the reason.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    reason: String,
    line: usize,
    column: usize,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reason, line, column } = self;
        write!(f, "{reason} at line {line} column {column}")
    }
}

/// Iterates over values that follow each other. An error is the last item.
pub(crate) fn values(json: &[u8]) -> impl Iterator<Item = Result<Value, SyntaxError>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += json[at..].iter().take_while(|byte| BLANKS.contains(byte)).count();
        let rest = json.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let value = document(rest).map(|(value, length)| {
            at += length;
            value
        });
        Some(value.map_err(|(reason, offset)| {
            at = json.len();
            let before = &json[..start + offset];
            let line = before.split(|&byte| byte == b'\n').count();
            let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count() + 1;
            SyntaxError { reason, line, column }
        }))
    })
}

/// Returns the value that a text begins with, and its length; or the reason and the offset of an error.
fn document(json: &[u8]) -> Result<(Value, usize), (String, usize)> {
    let mut parser = LowLevelJsonParser::new();
    let mut at = 0;
    let mut open: Vec<Open> = Vec::new();
    loop {
        let result = parser.parse_next(&json[at..], true);
        at += result.consumed_bytes;
        let event = match result.event {
            Some(Ok(event)) => event,
            Some(Err(error)) => {
                let offset = usize::try_from(error.location().start.offset).unwrap_or(at);
                return Err((error.message().to_owned(), offset.min(json.len())));
            }
            None => unreachable!("the parser was told that no more text comes"),
        };
        let value = match event {
            JsonEvent::StartArray | JsonEvent::StartObject if open.len() == MOST_LEVELS => {
                return Err((format!("the document nests deeper than {MOST_LEVELS} levels"), at - 1));
            }
            JsonEvent::StartArray => {
                open.push(Open::Array(Vec::new()));
                continue;
            }
            JsonEvent::StartObject => {
                open.push(Open::Object(Vec::new(), String::new()));
                continue;
            }
            JsonEvent::ObjectKey(name) => {
                if let Some(Open::Object(_, key)) = open.last_mut() {
                    *key = name.into_owned();
                }
                continue;
            }
            JsonEvent::EndArray | JsonEvent::EndObject => match open.pop() {
                Some(Open::Array(items)) => Value::Array(items),
                Some(Open::Object(members, _)) => Value::Object(Object(members)),
                None => unreachable!("the parser refuses ends without starts"),
            },
            JsonEvent::Null => Value::Null,
            JsonEvent::Boolean(value) => Value::Bool(value),
            JsonEvent::Number(number) => Value::Number(number.into_owned()),
            JsonEvent::String(text) => Value::String(text.into_owned()),
            JsonEvent::Eof => unreachable!("it follows the value"),
        };
        match open.last_mut() {
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Object(members, key)) => members.push((std::mem::take(key), value)),
            None => {
                let is_word = matches!(value, Value::Null | Value::Bool(_) | Value::Number(_));
                return match json.get(at) {
                    Some(byte) if is_word && !BLANKS.contains(byte) && !b"\"[]{}:,".contains(byte) => {
                        Err(("trailing characters".into(), at))
                    }
                    _ => Ok((value, at)),
                };
            }
        }
    }
}

/// An array or object of which the end has not come; an object with the key that stands before the next value.
enum Open {
    Array(Vec<Value>),
    Object(Vec<(String, Value)>, String),
}
