//! Quick readers for types that say which kind they expect, of objects that are in binary.

use halfsour_lexer::{Lexer, Op, Opcode};

use super::Reader;

impl<'de> Reader<'_, 'de> {
    /// Reads the next object by one opcode, so that the compiler keeps only the lexer's arm for that one.
    #[inline]
    fn take_if<T>(&mut self, opcode: Opcode, take: impl FnOnce(Op<'de>) -> Option<T>) -> Option<T> {
        if self.input.get(self.at) != Some(&opcode.byte()) {
            return None;
        }
        let mut lexer = Lexer::at(self.input, self.at);
        let taken = take(lexer.next_op().ok()?)?;
        self.taken(lexer.offset());
        Some(taken)
    }

    /// Reads the next object, if it is a str in UTF-8 that can be borrowed from the input.
    #[inline]
    pub fn text(&mut self) -> Option<&'de str> {
        const SHORT: u8 = Opcode::ShortBinUnicode.byte();
        const FETCHED: u8 = Opcode::BinGet.byte();
        if self.is_tuple() {
            return None;
        }
        let rest = self.input.get(self.at..)?;
        match *rest {
            [SHORT, length, ..] => {
                let end = 2 + usize::from(length);
                let text = std::str::from_utf8(rest.get(2..end)?).ok()?;
                self.taken(self.at + end);
                Some(text)
            }
            [FETCHED, slot, ..] => {
                let text = match *self.texts.get(usize::from(slot))? {
                    "" => self.first_fetched_text(slot.into())?,
                    text => text,
                };
                self.bytes_left = self.bytes_left.checked_sub(text.len())?;
                self.taken(self.at + 2);
                Some(text)
            }
            _ => self.long_text(),
        }
    }

    #[cold]
    fn long_text(&mut self) -> Option<&'de str> {
        self.take_if(Opcode::BinUnicode, |op| match op {
            Op::BinUnicode(text) => std::str::from_utf8(text).ok(),
            _ => None,
        })
    }

    #[inline(never)]
    fn first_fetched_text(&mut self, slot: usize) -> Option<&'de str> {
        let at = *self.memo.get(slot)? as usize;
        let text = match Lexer::at(self.input, at).next_op() {
            Ok(Op::ShortBinUnicode(text) | Op::BinUnicode(text)) => std::str::from_utf8(text).ok()?,
            _ => return None,
        };
        self.texts[slot] = text;
        Some(text)
    }

    /// Reads the next object, if it is a binary int of up to 64 bits.
    #[inline]
    pub fn int(&mut self) -> Option<i64> {
        if self.is_tuple() {
            return None;
        }
        let mut lexer = Lexer::at(self.input, self.at);
        let value = lexer.next_int()?;
        self.taken(lexer.offset());
        Some(value)
    }

    /// Reads the next object, if it is a binary bool.
    #[inline]
    pub fn bool(&mut self) -> Option<bool> {
        let byte = *self.input.get(self.at)?;
        let value = byte == Opcode::NewTrue.byte();
        if self.is_tuple() || !value && byte != Opcode::NewFalse.byte() {
            return None;
        }
        self.taken(self.at + 1);
        Some(value)
    }

    /// Reads the next object, if it is a binary float.
    #[inline]
    pub fn float(&mut self) -> Option<f64> {
        if self.is_tuple() {
            return None;
        }
        self.take_if(Opcode::BinFloat, |op| match op {
            Op::BinFloat(value) => Some(value),
            _ => None,
        })
    }
}
