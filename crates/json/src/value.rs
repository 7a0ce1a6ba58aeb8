//! [`Value`]: JSON as it is read, with every key in its place and every digit.
//!
//! `serde_json` does so only under features that change it for the whole program.

use std::fmt;

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
    (number_length(text.as_bytes())? == text.len()).then(|| finite(text)).flatten()
}

/// Returns the length of the number that the text begins with.
fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |at: usize| text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let some_digits = |at: usize| Some(digits(at)).filter(|&count| count > 0);
    let mut at = usize::from(text.first() == Some(&b'-'));
    at += if text.get(at) == Some(&b'0') { 1 } else { some_digits(at)? };
    if text.get(at) == Some(&b'.') {
        at += 1 + some_digits(at + 1)?;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at += some_digits(at)?;
    }
    Some(at)
}

/// The place where a text is not JSON, and the reason.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    reason: &'static str,
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
    let mut parser = Parser { json, at: 0 };
    std::iter::from_fn(move || {
        parser.peek()?;
        let value = parser.document().map_err(|reason| parser.error(reason));
        if value.is_err() {
            parser.at = json.len();
        }
        Some(value)
    })
}

struct Parser<'j> {
    json: &'j [u8],
    at: usize,
}

type Parsed<T> = Result<T, &'static str>;

impl Parser<'_> {
    /// Returns the next byte that is not blank.
    fn peek(&mut self) -> Option<u8> {
        let blanks = self.json[self.at..].iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
        self.at += blanks;
        self.json.get(self.at).copied()
    }

    /// Passes this byte if it is the next one that is not blank.
    fn pass(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn error(&self, reason: &'static str) -> SyntaxError {
        let before = &self.json[..self.at];
        let line = before.split(|&byte| byte == b'\n').count();
        let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count() + 1;
        SyntaxError { reason, line, column }
    }

    /// Parses a value, after which another may stand.
    fn document(&mut self) -> Parsed<Value> {
        let value = self.value(MOST_LEVELS)?;
        let is_word = matches!(value, Value::Null | Value::Bool(_) | Value::Number(_));
        match self.json.get(self.at) {
            Some(byte) if is_word && !b" \t\r\n\"[]{}:,".contains(byte) => Err("trailing characters"),
            _ => Ok(value),
        }
    }

    fn value(&mut self, levels: usize) -> Parsed<Value> {
        let inner = || levels.checked_sub(1).ok_or("the document nests deeper than 128 levels");
        match self.peek().ok_or("EOF while parsing a value")? {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.string().map(Value::String),
            b'[' => self.array(inner()?),
            b'{' => self.object(inner()?),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err("expected value"),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Parsed<Value> {
        if !self.json[self.at..].starts_with(word.as_bytes()) {
            return Err("expected value");
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Parsed<Value> {
        let rest = &self.json[self.at..];
        let length = number_length(rest).ok_or("invalid number")?;
        // As after the zero in 01.
        if rest.get(length).is_some_and(u8::is_ascii_digit) {
            return Err("invalid number");
        }
        self.at += length;
        Ok(Value::Number(rest[..length].iter().copied().map(char::from).collect()))
    }

    fn array(&mut self, levels: usize) -> Parsed<Value> {
        self.at += 1;
        let mut items = Vec::new();
        if self.pass(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(levels)?);
            if self.pass(b']') {
                return Ok(Value::Array(items));
            }
            if !self.pass(b',') {
                return Err("expected `,` or `]`");
            }
        }
    }

    fn object(&mut self, levels: usize) -> Parsed<Value> {
        self.at += 1;
        let mut members = Vec::new();
        if self.pass(b'}') {
            return Ok(Value::Object(Object(members)));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err("key must be a string");
            }
            let key = self.string()?;
            if !self.pass(b':') {
                return Err("expected `:`");
            }
            members.push((key, self.value(levels)?));
            if self.pass(b'}') {
                return Ok(Value::Object(Object(members)));
            }
            if !self.pass(b',') {
                return Err("expected `,` or `}`");
            }
        }
    }

    fn string(&mut self) -> Parsed<String> {
        self.at += 1;
        let mut text = Vec::new();
        loop {
            let rest = &self.json[self.at..];
            let plain =
                rest.iter().take_while(|&&byte| byte >= b' ' && byte != b'"' && byte != b'\\').count();
            text.extend_from_slice(&rest[..plain]);
            self.at += plain;
            match rest.get(plain) {
                None => return Err("EOF while parsing a string"),
                Some(b'"') => {
                    self.at += 1;
                    return String::from_utf8(text).map_err(|_| "invalid unicode code point");
                }
                Some(b'\\') => {
                    let mut buffer = [0; 4];
                    text.extend_from_slice(self.escape()?.encode_utf8(&mut buffer).as_bytes());
                }
                Some(_) => return Err("control character found while parsing a string"),
            }
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let escaped = *self.json.get(self.at + 1).ok_or("EOF while parsing a string")?;
        self.at += 2;
        Ok(match escaped {
            b'"' | b'\\' | b'/' => char::from(escaped),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut units = vec![self.unit()?];
                if (0xd800..0xdc00).contains(&units[0]) && self.json[self.at..].starts_with(b"\\u") {
                    self.at += 2;
                    units.push(self.unit()?);
                }
                let mut chars = char::decode_utf16(units);
                match (chars.next(), chars.next()) {
                    (Some(Ok(char)), None) => char,
                    _ => return Err("lone surrogate in hex escape"),
                }
            }
            _ => return Err("invalid escape"),
        })
    }

    /// Parses four hexadecimal digits.
    fn unit(&mut self) -> Parsed<u16> {
        let digits = self.json[self.at..].first_chunk::<4>().ok_or("EOF while parsing a string")?;
        self.at += digits.len();
        digits.iter().try_fold(0, |unit, &digit| {
            let digit = char::from(digit).to_digit(16).ok_or("invalid escape")?;
            Ok(unit << 4 | u16::try_from(digit).map_err(|_| "invalid escape")?)
        })
    }
}
