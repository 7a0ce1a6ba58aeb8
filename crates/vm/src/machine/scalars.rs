//! Numbers, text and bytes.

// Compiled into the arms of the dispatch.

use std::borrow::Cow;

use halfsour_lexer::text::number::{Int, IntLine};
use halfsour_lexer::text::wtf8::{self, Encoding};
use halfsour_lexer::text::{escape, number};
use halfsour_lexer::{Lexer, Opcode};
use halfsour_value::machine::Payload;
use halfsour_value::{Id, IntSpelling};

use super::{Done, Fault, Machine, State};
use crate::{ErrorKind, Observer, StringEncoding};

impl<O: Observer> Machine<'_, '_, O> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn small(&mut self, value: i64) -> Done {
        match Id::small_int(value) {
            Some(id) => self.push(id),
            None => unreachable!("it has at most 16 bits"),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn int(&mut self, start: usize, value: i64) -> Done {
        let id = self.state.store.int(start, value)?;
        self.push(id)
    }

    /// Runs the ints that come next, if there may be many.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn more_ints(&mut self, lexer: &mut Lexer<'_>) {
        const FEW: usize = 4;
        const INTS: [u8; 4] =
            [Opcode::BinInt.byte(), Opcode::BinInt1.byte(), Opcode::BinInt2.byte(), Opcode::Long1.byte()];
        if self.is_fused
            && self.state.stack.len() - self.fence > FEW
            && lexer.rest().first().is_some_and(|byte| INTS.contains(byte))
        {
            lexer.advance(self.run_of_ints(lexer.offset()));
        }
    }

    /// Gives how many bytes they take. It ends where something would have to grow.
    #[inline(never)]
    fn run_of_ints(&mut self, start: usize) -> usize {
        let State { store, stack, .. } = &mut *self.state;
        let mut lexer = Lexer::at(self.source, start);
        loop {
            let at = lexer.offset();
            if stack.len() < stack.capacity()
                && let Some(value) = lexer.next_int()
                && let Some(id) = store.int_without_growing(at, value)
            {
                stack.push(id);
            } else {
                return at - start;
            }
        }
    }

    fn any_int(&mut self, start: usize, op: IntSpelling, value: &Int) -> Done {
        match value {
            // Python 3 writes INT for what has 32 bits, and LONG for what has more.
            Int::Small(value) if i32::try_from(*value).is_ok() == (op == IntSpelling::Int) => {
                self.int(start, *value)
            }
            Int::Small(value) => {
                let id = self.state.store.int_with_opcode(op, start, *value)?;
                self.push(id)
            }
            Int::Big(bytes) => {
                let id = self.state.store.owned(Payload::BigInt, start, bytes)?;
                self.push(id)
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn int_line(&mut self, start: usize, line: &[u8]) -> Done {
        match number::plain_decimal(line) {
            Some(value) if i32::try_from(value).is_ok() => self.int(start, value),
            _ => self.any_int_line(start, line),
        }
    }

    fn any_int_line(&mut self, start: usize, line: &[u8]) -> Done {
        let options = self.options;
        match number::int_line(line, options.int_base, options.limits.int_digits)
            .map_err(ErrorKind::Number)?
        {
            IntLine::Bool(value) => self.push(Id::bool(value)),
            IntLine::Int(value) => self.any_int(start, IntSpelling::Int, &value),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn long_line(&mut self, start: usize, line: &[u8]) -> Done {
        match line.strip_suffix(b"L").and_then(number::plain_decimal) {
            Some(value) if i32::try_from(value).is_err() => self.int(start, value),
            _ => self.any_long_line(start, line),
        }
    }

    fn any_long_line(&mut self, start: usize, line: &[u8]) -> Done {
        let options = self.options;
        let value = number::long_line(line, options.int_base, options.limits.int_digits)
            .map_err(ErrorKind::Number)?;
        self.any_int(start, IntSpelling::Long, &value)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn long(&mut self, start: usize, end: usize, bytes: &[u8]) -> Done {
        // Up to eight bytes are read as one word, whatever follows them, and what follows is shifted out.
        let word = self.source.get(end - bytes.len()..).and_then(|rest| rest.first_chunk::<8>());
        if let (1..=8, Some(word)) = (bytes.len(), word) {
            let spare = 64 - 8 * bytes.len();
            let value = i64::from_le_bytes(*word) << spare >> spare;
            if i32::try_from(value).is_err() {
                return self.int(start, value);
            }
        }
        self.any_long(start, end, bytes)
    }

    fn any_long(&mut self, start: usize, end: usize, bytes: &[u8]) -> Done {
        match number::le_to_i64(bytes) {
            Some(value) => self.any_int(start, IntSpelling::Long, &Int::Small(value)),
            None => self.payload(Payload::BigInt, start, end, bytes),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn float(&mut self, start: usize, value: f64) -> Done {
        let id = self.state.store.float(start, value)?;
        self.push(id)
    }

    pub(super) fn float_line(&mut self, start: usize, line: &[u8]) -> Done {
        let value = number::float_line(line).map_err(ErrorKind::Number)?;
        self.float(start, value)
    }

    /// A payload that is the last part of its opcode.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn payload(&mut self, payload: Payload, start: usize, end: usize, bytes: &[u8]) -> Done {
        #[allow(clippy::cast_possible_truncation)] // at most nine bytes stand before a payload
        let delta = (end - bytes.len() - start) as u8;
        let id = self.state.store.borrowed(payload, start, delta, bytes.len())?;
        self.push(id)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn unicode(&mut self, start: usize, end: usize, bytes: &[u8]) -> Done {
        match wtf8::check(bytes) {
            Ok(encoding) => self.payload(Payload::Str(encoding), start, end, bytes),
            Err(_) => Err(ErrorKind::InvalidUtf8.into()),
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn unicode_line(&mut self, start: usize, end: usize, line: &[u8]) -> Done {
        match escape::unicode_line(line).map_err(ErrorKind::Escape)? {
            // Borrowed is ASCII, as what is not has to be encoded anew.
            Cow::Borrowed(text) => self.payload(Payload::Str(Encoding::Ascii), start, end - 1, text),
            Cow::Owned(text) => self.owned_text(start, &text),
        }
    }

    pub(super) fn owned_text(&mut self, start: usize, text: &[u8]) -> Done {
        let encoding = wtf8::check(text).map_err(|_| ErrorKind::InvalidUtf8)?;
        let id = self.state.store.owned(Payload::Str(encoding), start, text)?;
        self.push(id)
    }

    pub(super) fn string_line(&mut self, start: usize, end: usize, line: &[u8]) -> Done {
        match escape::string_line(line).map_err(ErrorKind::Escape)? {
            // Before the newline stands the quote.
            Cow::Borrowed(bytes) => self.byte_string(start, end - 2, bytes),
            Cow::Owned(bytes) => {
                let id = self.python2(start, None, &bytes)?;
                self.push(id)
            }
        }
    }

    /// A Python 2 string, read as the options say; what it was is kept beside it.
    pub(super) fn byte_string(&mut self, start: usize, end: usize, bytes: &[u8]) -> Done {
        if self.options.encoding == StringEncoding::Keep {
            return self.payload(Payload::ByteString, start, end, bytes);
        }
        #[allow(clippy::cast_possible_truncation)] // at most nine bytes stand before a payload
        let delta = (end - bytes.len() - start) as u8;
        let id = self.python2(start, Some(delta), bytes)?;
        self.push(id)
    }

    /// A Python 2 string, `delta` bytes after the start of its opcode or nowhere in the source, read as the options say.
    #[inline(never)]
    fn python2(&mut self, start: usize, delta: Option<u8>, bytes: &[u8]) -> Result<Id, Fault> {
        let read = self.read_python2(bytes)?;
        let store = &mut self.state.store;
        Ok(match (read, delta) {
            (Read::Decoded(encoding, text), _) => store.decoded(start, encoding, &text, bytes, delta)?,
            (Read::As(payload), delta) => {
                let id = match delta {
                    Some(delta) => store.borrowed(payload, start, delta, bytes.len())?,
                    None => store.owned(payload, start, bytes)?,
                };
                store.mark_python2(id);
                id
            }
        })
    }

    /// The kind and the text, if that has other bytes, as which the options read a Python 2 string.
    fn read_python2(&self, bytes: &[u8]) -> Result<Read, Fault> {
        Ok(match self.options.encoding {
            StringEncoding::Keep => Read::As(Payload::ByteString),
            StringEncoding::Bytes => Read::As(Payload::Bytes),
            StringEncoding::Latin1 => match escape::latin1_to_utf8(bytes) {
                Cow::Borrowed(_) => Read::As(Payload::Str(Encoding::Ascii)),
                Cow::Owned(text) => Read::Decoded(Encoding::Utf8, text),
            },
            StringEncoding::Codec(codec) => {
                let mut text = Vec::with_capacity(bytes.len());
                codec.decode(bytes, &mut text).map_err(|error| ErrorKind::NotEncoded { at: error.at })?;
                let encoding = wtf8::check(&text).map_err(|_| ErrorKind::InvalidUtf8)?;
                if text == bytes { Read::As(Payload::Str(encoding)) } else { Read::Decoded(encoding, text) }
            }
            StringEncoding::Utf8 | StringEncoding::Ascii => Read::As(Payload::Str(self.decode(bytes)?)),
        })
    }

    pub(super) fn decode(&self, bytes: &[u8]) -> Result<Encoding, Fault> {
        match (wtf8::check(bytes), self.options.encoding) {
            (Ok(Encoding::Ascii), _) => Ok(Encoding::Ascii),
            (_, StringEncoding::Ascii) => Err(ErrorKind::NotAscii.into()),
            (Ok(Encoding::Utf8), _) => Ok(Encoding::Utf8),
            _ => Err(ErrorKind::InvalidUtf8.into()),
        }
    }
}

/// The way in which a Python 2 string is read.
enum Read {
    /// Its bytes stay.
    As(Payload),
    /// They become those of a text.
    Decoded(Encoding, Vec<u8>),
}
