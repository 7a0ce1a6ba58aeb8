//! [`Events`]: JSON piece by piece, with every key in its place and every digit.
//!
//! `serde_json` reads so only under features that change it for the whole program.

use std::fmt;
use std::io::{self, Read};

use json_event_parser::{JsonEvent, LowLevelJsonParser};

use crate::parse::ParseError;

/// The bytes that may stand between values.
const BLANKS: &[u8] = b" \t\r\n";

/// The number of bytes that are asked for at once. The buffer has more if a string is longer.
const PIECE: usize = 64 << 10;

/// A piece of JSON. The text of a string, key or number is [`Events::text`] until the next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Null,
    Bool(bool),
    Number,
    String,
    Key,
    StartArray,
    EndArray,
    StartObject,
    EndObject,
}

/// The place where a text is not JSON, and the reason.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    reason: String,
    line: u64,
    column: u64,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reason, line, column } = self;
        write!(f, "{reason} at line {} column {}", line + 1, column + 1)
    }
}

/// Reads values that follow each other.
pub(crate) struct Events<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The part of the buffer that is not used yet.
    start: usize,
    end: usize,
    is_ending: bool,
    parser: LowLevelJsonParser,
    /// The line and column at which the present value begins.
    line: u64,
    column: u64,
    /// The number of bytes of the present value that were used, and those of them that end a line: the number of these, and the
    /// offset behind the last.
    used: u64,
    lines: u64,
    line_start: u64,
    depth: usize,
    /// The depth to which arrays and objects may nest.
    most_levels: usize,
    text: String,
}

impl<R: Read> Events<R> {
    pub fn new(reader: R, most_levels: usize) -> Self {
        Self {
            reader,
            buffer: vec![0; PIECE],
            start: 0,
            end: 0,
            is_ending: false,
            parser: LowLevelJsonParser::new(),
            line: 0,
            column: 0,
            used: 0,
            lines: 0,
            line_start: 0,
            depth: 0,
            most_levels,
            text: String::new(),
        }
    }

    /// The text of the last string, key or number.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of arrays and objects that are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Goes to the next value. Returns whether there is one.
    pub fn next_value(&mut self) -> Result<bool, ParseError> {
        self.parser = LowLevelJsonParser::new();
        loop {
            let rest = &self.buffer[self.start..self.end];
            let blanks = rest.iter().take_while(|byte| BLANKS.contains(byte)).count();
            let is_empty = blanks == rest.len();
            self.take(blanks);
            if !is_empty {
                break;
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
        (self.line, self.column) = (self.line + self.lines, self.column_at(self.used));
        (self.used, self.lines, self.line_start) = (0, 0, 0);
        Ok(true)
    }

    fn column_at(&self, offset: u64) -> u64 {
        if self.lines == 0 { self.column + offset } else { offset - self.line_start }
    }

    /// Uses so many bytes of the buffer.
    fn take(&mut self, count: usize) {
        let taken = &self.buffer[self.start..self.start + count];
        if let Some(last) = taken.iter().rposition(|&byte| byte == b'\n') {
            self.lines += taken.split(|&byte| byte == b'\n').count() as u64 - 1;
            self.line_start = self.used + last as u64 + 1;
        }
        self.used += count as u64;
        self.start += count;
    }

    /// Reads on, unless all is read. Returns whether there are more bytes.
    fn fill(&mut self) -> Result<bool, ParseError> {
        if self.is_ending {
            return Ok(false);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        // The parser begins a string anew each time: one that is longer than the buffer is asked for only when there is twice as much.
        let is_long = self.end == self.buffer.len();
        if is_long {
            self.buffer.resize(self.end * 2, 0);
        }
        let before = self.end;
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.is_ending = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            }
            if self.is_ending || !is_long || self.end == self.buffer.len() {
                return Ok(self.end > before);
            }
        }
    }

    #[cold]
    fn error(&self, reason: impl Into<String>, offset: u64) -> ParseError {
        let (line, column) = (self.line + self.lines, self.column_at(offset.max(self.line_start)));
        SyntaxError { reason: reason.into(), line, column }.into()
    }

    /// The next piece of the value.
    pub fn next(&mut self) -> Result<Event, ParseError> {
        let event = loop {
            let result = self.parser.parse_next(&self.buffer[self.start..self.end], self.is_ending);
            let count = result.consumed_bytes;
            let event = match result.event {
                Some(Ok(event)) => event,
                Some(Err(error)) => {
                    let (mut reason, offset) = (error.message(), error.location().start.offset);
                    if self.is_ending && self.has_string() && reason.starts_with("Unexpected end") {
                        // The parser looks for the other half behind the string.
                        reason = "a string has half of a surrogate pair, which lossless JSON spells as @str";
                    }
                    let reason = reason.to_owned();
                    let last = self.used + (self.end - self.start) as u64;
                    self.take(count);
                    return Err(self.error(reason, offset.min(last)));
                }
                None => {
                    self.take(count);
                    self.fill()?;
                    continue;
                }
            };
            let (event, text) = match event {
                JsonEvent::StartArray => (Event::StartArray, None),
                JsonEvent::StartObject => (Event::StartObject, None),
                JsonEvent::EndArray => (Event::EndArray, None),
                JsonEvent::EndObject => (Event::EndObject, None),
                JsonEvent::Null => (Event::Null, None),
                JsonEvent::Boolean(value) => (Event::Bool(value), None),
                JsonEvent::Number(text) => (Event::Number, Some(text)),
                JsonEvent::String(text) => (Event::String, Some(text)),
                JsonEvent::ObjectKey(text) => (Event::Key, Some(text)),
                JsonEvent::Eof => unreachable!("nobody asks for more than the value"),
            };
            if let Some(text) = text {
                self.text.clear();
                self.text.push_str(&text);
            }
            self.take(count);
            break event;
        };
        match event {
            Event::StartArray | Event::StartObject => {
                if self.depth == self.most_levels {
                    let reason = format!("the document nests deeper than {} levels", self.most_levels);
                    return Err(self.error(reason, self.used - 1));
                }
                self.depth += 1;
            }
            Event::EndArray | Event::EndObject => self.depth -= 1,
            Event::Null | Event::Bool(_) | Event::Number if self.depth == 0 => self.check_end()?,
            _ => {}
        }
        Ok(event)
    }

    /// Whether a whole string comes next.
    #[cold]
    fn has_string(&self) -> bool {
        let rest = &self.buffer[self.start..self.end];
        let blanks = rest.iter().take_while(|byte| BLANKS.contains(byte) || b",:".contains(byte)).count();
        let mut inside = rest[blanks..].iter();
        if inside.next() != Some(&b'"') {
            return false;
        }
        while let Some(byte) = inside.next() {
            match byte {
                b'"' => return true,
                b'\\' => drop(inside.next()),
                _ => {}
            }
        }
        false
    }

    /// Refuses what follows a word without a blank between them.
    fn check_end(&mut self) -> Result<(), ParseError> {
        while self.start == self.end {
            if !self.fill()? {
                return Ok(());
            }
        }
        let byte = self.buffer[self.start];
        if BLANKS.contains(&byte) || b"\"[]{}:,".contains(&byte) {
            return Ok(());
        }
        Err(self.error("trailing characters", self.used))
    }

    /// Passes over the rest of a value, of which this is the first piece.
    pub fn skip(&mut self, first: Event) -> Result<(), ParseError> {
        let mut open = 0;
        let mut event = first;
        loop {
            match event {
                Event::StartArray | Event::StartObject => open += 1,
                Event::EndArray | Event::EndObject => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Ok(());
            }
            event = self.next()?;
        }
    }
}

/// Returns the text that a string in JSON is.
pub(crate) fn string(json: &str) -> Option<String> {
    match one(json)? {
        (Event::String, text) => Some(text),
        _ => None,
    }
}

/// Returns the float that a text spells that is a number in JSON, unless it is out of range.
pub(crate) fn number(json: &str) -> Option<f64> {
    match one(json)? {
        (Event::Number, text) => finite(&text),
        _ => None,
    }
}

/// Returns the float that a number spells, unless it is out of range.
pub(crate) fn finite(number: &str) -> Option<f64> {
    number.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The one piece that a text is.
fn one(json: &str) -> Option<(Event, String)> {
    let mut parser = LowLevelJsonParser::new();
    let result = parser.parse_next(json.as_bytes(), true);
    if result.consumed_bytes != json.len() {
        return None;
    }
    match result.event?.ok()? {
        JsonEvent::String(text) => Some((Event::String, text.into_owned())),
        JsonEvent::Number(text) => Some((Event::Number, text.into_owned())),
        _ => None,
    }
}
