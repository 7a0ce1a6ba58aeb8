//! [`Out`]: JSON as it is written.

use std::fmt;
use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use halfsour_text::scan::is_plain_json;
use halfsour_text::wtf8::Encoding;
use halfsour_text::{number, repr};
use halfsour_value::{Data, Node, Text};

use crate::names::Names;
use crate::trail::Trail;
use crate::{Cycles, Error, Style};

/// The number of bytes that are collected before they go to the writer.
const PIECE: usize = 64 << 10;

/// The number of levels of indentation that are shown, so that deep data does not grow with the square of its depth.
const INDENTED: usize = 64;

/// Knows the syntax of JSON and nothing of Python: the caller opens, names and closes.
pub(crate) struct Out<'w> {
    buffer: Vec<u8>,
    /// When the buffer is longer than this, it is time to hand it on, or too much.
    most: usize,
    /// The number of bytes that may still be written, those in the buffer included.
    left: usize,
    writer: Option<&'w mut dyn Write>,
    /// Whether there is more to do for each item than to separate it: lines, or the trail.
    is_slow: bool,
    pretty: bool,
    /// The way to the item that is being written, if somebody may ask for it.
    trail: Option<Trail>,
    depth: usize,
    /// Nothing has been written since the last array or object was opened.
    fresh: bool,
    names: Names,
}

impl<'w> Out<'w> {
    pub fn new<S: AsRef<[u8]>>(node: Node<'_, S>, style: Style, writer: Option<&'w mut dyn Write>) -> Self {
        let left = style.limits.room(node.graph().source().as_ref().len());
        let most = if writer.is_some() { left.min(PIECE) } else { left };
        let names = Names::new(node.graph().node_count());
        let trail = (style.cycles == Cycles::Ref && !style.lossless).then(Trail::default);
        let is_slow = style.pretty || trail.is_some();
        let (buffer, pretty) = (Vec::new(), style.pretty);
        Self { buffer, most, left, writer, is_slow, pretty, trail, depth: 0, fresh: false, names }
    }

    /// The number of arrays and objects that are open.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The text that was written, if there is no writer; otherwise what the writer did not get yet.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.hand_on()?;
        Ok(self.buffer)
    }

    /// Takes the text that was written, if there is no writer; what follows has so much less room.
    pub fn take(&mut self) -> Result<Vec<u8>, Error> {
        self.left = self.left.checked_sub(self.buffer.len()).ok_or_else(Error::too_large)?;
        self.most = self.left;
        Ok(std::mem::take(&mut self.buffer))
    }

    /// Forgets what was written since the last [`take`](Self::take), which took its room all the same.
    #[cold]
    pub fn abandon(&mut self) {
        self.left = self.left.saturating_sub(self.buffer.len());
        self.most = self.left;
        self.buffer.clear();
        (self.depth, self.fresh) = (0, false);
    }

    #[cold]
    fn hand_on(&mut self) -> Result<(), Error> {
        let left = self.left.checked_sub(self.buffer.len()).ok_or_else(Error::too_large)?;
        if let Some(writer) = &mut self.writer {
            writer.write_all(&self.buffer)?;
            self.left = left;
            self.buffer.clear();
            self.most = self.left.min(PIECE);
        }
        Ok(())
    }

    /// Fails if there is no room for so many bytes.
    fn room(&self, bytes: usize) -> Result<(), Error> {
        if self.buffer.len().saturating_add(bytes) > self.left { Err(Error::too_large()) } else { Ok(()) }
    }

    /// Begins the next element or member.
    #[inline]
    pub fn item(&mut self) -> Result<(), Error> {
        if !self.fresh {
            self.buffer.push(b',');
        }
        if self.buffer.len() > self.most {
            self.hand_on()?;
        }
        if self.is_slow {
            self.slow_item();
        }
        self.fresh = false;
        Ok(())
    }

    #[inline(never)]
    fn slow_item(&mut self) {
        if self.pretty {
            self.line();
        }
        if let Some(trail) = &mut self.trail {
            trail.item(self.depth, self.fresh, self.buffer.len());
        }
    }

    /// The path to the item at this depth in which the present one lies. Only where cycles are references.
    pub fn path(&self, depth: usize) -> String {
        self.trail.as_ref().map(|trail| trail.path(depth)).unwrap_or_default()
    }

    /// Notes the step of a path that leads to the present member, where its name does not tell.
    pub fn step(&mut self, step: impl FnOnce() -> String) {
        if let Some(trail) = &mut self.trail {
            trail.step(step());
        }
    }

    /// Ends a document that has a line of its own.
    pub fn end_line(&mut self) -> Result<(), Error> {
        self.buffer.push(b'\n');
        if self.buffer.len() > self.most { self.hand_on() } else { Ok(()) }
    }

    fn line(&mut self) {
        self.buffer.push(b'\n');
        let indented = self.buffer.len() + 2 * self.depth.min(INDENTED);
        self.buffer.resize(indented, b' ');
    }

    /// Notes the step that leads to what stands under a tag, if there is one.
    pub fn step_of_tag(&mut self, name: &str) {
        let step = match name {
            "@args" => "(args)",
            "@state" => "(state)",
            // The names in it are steps from the object.
            "@kwargs" => "",
            _ => return,
        };
        self.step(|| step.to_owned());
    }

    /// Begins a member with this name, which needs no escapes.
    pub fn member(&mut self, name: &'static str) -> Result<(), Error> {
        self.item()?;
        self.step_of_tag(name);
        self.buffer.push(b'"');
        self.buffer.extend_from_slice(name.as_bytes());
        self.buffer.push(b'"');
        self.colon();
        Ok(())
    }

    /// Begins a member with the name that this key is, one of so many, which may soon be that of others; false if it is no
    /// text.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn name<S: AsRef<[u8]>>(&mut self, key: Node<'_, S>, siblings: usize) -> Result<bool, Error> {
        let Some((text, length)) = self.names.get(key.id()) else { return self.new_name(key, siblings) };
        let end = self.buffer.len() + length;
        self.buffer.extend_from_slice(text);
        self.buffer.truncate(end);
        Ok(true)
    }

    fn new_name<S: AsRef<[u8]>>(&mut self, key: Node<'_, S>, siblings: usize) -> Result<bool, Error> {
        let Data::Str(text) = key.data() else { return Ok(false) };
        let start = self.buffer.len();
        self.text(text)?;
        // The name has U+FFFD for what is not in it.
        if key.as_str().is_none() {
            self.step(|| format!("[{key}]"));
        }
        self.colon();
        if siblings <= Names::MOST && self.trail.is_none() {
            self.names.keep(key.id(), &self.buffer[start..]);
        }
        Ok(true)
    }

    #[inline]
    pub fn colon(&mut self) {
        if self.is_slow {
            return self.slow_colon();
        }
        self.buffer.push(b':');
    }

    #[inline(never)]
    fn slow_colon(&mut self) {
        if let Some(trail) = &mut self.trail {
            trail.name(&mut self.buffer);
        }
        self.buffer.push(b':');
        if self.pretty {
            self.buffer.push(b' ');
        }
    }

    /// Opens an array or object.
    #[inline]
    pub fn open(&mut self, bracket: u8) {
        self.buffer.push(bracket);
        self.depth += 1;
        self.fresh = true;
    }

    #[inline]
    pub fn close(&mut self, bracket: u8) {
        self.depth -= 1;
        if self.pretty && !self.fresh {
            self.line();
        }
        self.fresh = false;
        self.buffer.push(bracket);
    }

    /// An object with one member.
    pub fn tagged(
        &mut self,
        tag: &'static str,
        value: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.open(b'{');
        self.member(tag)?;
        value(self)?;
        self.close(b'}');
        Ok(())
    }

    /// The reference to what stands at a path.
    pub fn reference(&mut self, path: &str) -> Result<(), Error> {
        self.open(b'{');
        self.item()?;
        self.buffer.extend_from_slice(b"\"$ref\":");
        if self.pretty {
            self.buffer.push(b' ');
        }
        self.string(path.as_bytes())?;
        self.close(b'}');
        Ok(())
    }

    /// `null`, `true` …
    #[inline]
    pub fn word(&mut self, word: &'static str) {
        self.buffer.extend_from_slice(word.as_bytes());
    }

    #[inline]
    pub fn int(&mut self, value: i64) {
        Raw(&mut self.buffer).display(repr::Int(value), repr::Int::write_to);
    }

    /// A finite float; it has a `.` or an `e`.
    #[inline]
    pub fn float(&mut self, value: f64) {
        Raw(&mut self.buffer).display(repr::Float(value), repr::Float::write_to);
    }

    /// An int that any double can hold, so that every reader of JSON takes it; false for others.
    pub fn big_int(&mut self, bytes: &[u8]) -> Result<bool, Error> {
        const MOST_DIGITS: usize = 308;
        let Some(digits) = number::to_decimal(bytes, MOST_DIGITS) else { return Ok(false) };
        self.digits(&digits)?;
        Ok(true)
    }

    /// A number that is spelled as JSON has it.
    pub fn digits(&mut self, digits: &str) -> Result<(), Error> {
        self.room(digits.len())?;
        self.buffer.extend_from_slice(digits.as_bytes());
        Ok(())
    }

    /// A string that shows an int: in decimal, with more than 4,300 digits in hexadecimal.
    pub fn int_string(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.room(bytes.len().saturating_mul(3))?;
        self.string_of(number::BigDisplay(bytes)).map(drop)
    }

    /// A string in base64.
    pub fn base64(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let length = base64::encoded_len(bytes.len(), true).ok_or_else(Error::too_large)?;
        self.room(length)?;
        self.buffer.push(b'"');
        let start = self.buffer.len();
        self.buffer.resize(start + length, 0);
        STANDARD.encode_slice(bytes, &mut self.buffer[start..]).expect("there is room for it");
        self.buffer.push(b'"');
        Ok(())
    }

    /// A string; U+FFFD stands for lone surrogates.
    #[inline]
    pub fn text(&mut self, text: Text<'_>) -> Result<(), Error> {
        if text.encoding() == Encoding::Wtf8 {
            return self.string(text.to_string_lossy().as_bytes());
        }
        self.string(text.as_wtf8())
    }

    /// A string, from UTF-8.
    #[inline]
    pub fn string(&mut self, utf8: &[u8]) -> Result<(), Error> {
        self.room(utf8.len())?;
        self.buffer.push(b'"');
        escape(&mut self.buffer, utf8);
        self.buffer.push(b'"');
        Ok(())
    }

    /// A string with the text that something displays; its length.
    pub fn string_of(&mut self, text: impl fmt::Display) -> Result<usize, Error> {
        let before = self.buffer.len();
        let mut out = Escaped { room: self.left.saturating_sub(self.buffer.len()), buffer: &mut self.buffer };
        out.buffer.push(b'"');
        fmt::write(&mut out, format_args!("{text}")).map_err(|fmt::Error| Error::too_large())?;
        self.buffer.push(b'"');
        Ok(self.buffer.len() - before)
    }
}

/// Writes text as it is.
struct Raw<'b>(&'b mut Vec<u8>);

impl Raw<'_> {
    #[inline]
    fn display<T>(&mut self, value: T, write: impl FnOnce(T, &mut Self) -> fmt::Result) {
        write(value, self).expect("a Vec takes everything");
    }
}

impl fmt::Write for Raw<'_> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Writes the inside of a string.
struct Escaped<'b> {
    buffer: &'b mut Vec<u8>,
    room: usize,
}

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.room = self.room.checked_sub(text.len()).ok_or(fmt::Error)?;
        escape(self.buffer, text.as_bytes());
        Ok(())
    }
}

/// The spelling of a byte in a string: 0 for itself, `u` for `\u00XX`, others for themselves after a backslash.
const ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escapes[byte] = b'u';
        byte += 1;
    }
    escapes[0x08] = b'b';
    escapes[b'\t' as usize] = b't';
    escapes[b'\n' as usize] = b'n';
    escapes[0x0c] = b'f';
    escapes[b'\r' as usize] = b'r';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes
};

#[inline]
fn escape(out: &mut Vec<u8>, utf8: &[u8]) {
    if is_plain_json(utf8) {
        out.extend_from_slice(utf8);
        return;
    }
    let mut rest = utf8;
    while let Some(at) = rest.iter().position(|&byte| ESCAPES[usize::from(byte)] != 0) {
        out.extend_from_slice(&rest[..at]);
        escape_byte(out, rest[at]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

fn escape_byte(out: &mut Vec<u8>, byte: u8) {
    const HEX: [u8; 16] = *b"0123456789abcdef";
    match ESCAPES[usize::from(byte)] {
        b'u' => {
            out.extend_from_slice(b"\\u00");
            out.extend([HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        letter => out.extend([b'\\', letter]),
    }
}
