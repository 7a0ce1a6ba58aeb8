//! Arguments of opcodes: bytes and text that may be pickles, and numbers.

use halfsour_lexer::text::escape;
use halfsour_lexer::text::number::{self, DEFAULT_MAX_DIGITS};
use halfsour_lexer::{Lexer, Op};
use halfsour_vm::Opcode;
use halfsour_vm::value::Id;
use halfsour_vm::value::machine::Peek;

use super::{Judge, base64, is_far};
use crate::at::At;
use crate::auditor::{Nested, has_effect, may_be_pickle, nested};

impl Judge<'_, '_> {
    /// Arguments of a call that is not allowed: the bytes among them may be loaded.
    pub(super) fn flow(&mut self, at: At<'_>, args: &[Id]) {
        const MOST: usize = 8;
        for &arg in args.iter().take(MOST) {
            self.look_into(at, arg);
        }
    }

    /// Tries bytes as a pickle.
    pub(super) fn look_into(&mut self, at: At<'_>, id: Id) {
        if let Peek::Bytes(bytes) | Peek::ByteArray(bytes) | Peek::ByteString(bytes) | Peek::Str(bytes) =
            at.view.peek(id)
            && self.tried.insert(id)
        {
            self.nested(at.offset, bytes);
        }
    }

    /// Whether these bytes are what `torch.save` wrote in its old way, or nothing but pickles, and nothing is found in them.
    pub(super) fn is_clean(&mut self, at: At<'_>, id: Id) -> bool {
        /// The magic number, the protocol, the system, the object, the names of the storages, which follow.
        const LEGACY: u64 = 5;
        let Peek::Bytes(bytes) = at.view.peek(id) else { return false };
        let (policy, within) = (self.policy, self.within);
        let judge = || {
            let nested = nested(policy, bytes, within, ("bytes", at.offset)).filter(|_| may_be_pickle(bytes));
            nested.is_some_and(|it| it.found.findings.is_empty() && (it.is_whole || it.pickles >= LEGACY))
        };
        *self.clean.entry(id).or_insert_with(judge)
    }

    pub(super) fn nested(&mut self, offset: usize, bytes: &[u8]) {
        self.nested_in(offset, bytes, "bytes");
        for inside in base64::readings(bytes) {
            self.nested_in(offset, &inside, "base64");
        }
    }

    fn nested_in(&mut self, offset: usize, bytes: &[u8], form: &str) {
        let nested = nested(self.policy, bytes, self.within, (form, offset));
        // Keys and pictures in base64 may begin as a pickle does, and name something by chance.
        let is_meant = |it: &Nested| form == "bytes" || it.pickles > 0 || has_effect(&it.found.findings);
        if let Some(nested) = nested.filter(|it| !it.found.is_empty() && is_meant(it)) {
            self.found.merge(self.policy.limits(), nested.found);
        }
    }

    /// Looks at the argument of an opcode: at bytes and text that may be a pickle, and at numbers that not all Pythons read alike.
    #[inline(never)]
    pub(super) fn argument(&mut self, offset: usize, opcode: Opcode) {
        match Lexer::at(self.source, offset).next_op() {
            Ok(
                Op::BinBytes(bytes)
                | Op::ShortBinBytes(bytes)
                | Op::BinBytes8(bytes)
                | Op::ByteArray8(bytes)
                | Op::BinString(bytes)
                | Op::ShortBinString(bytes),
            ) => self.nested(offset, bytes),
            Ok(Op::ShortBinUnicode(text) | Op::BinUnicode(text) | Op::BinUnicode8(text)) => {
                self.nested_in_text(offset, text);
            }
            // A line that is no text is an error of the machine's.
            Ok(Op::Unicode(line)) => {
                if let Ok(text) = escape::unicode_line(line) {
                    self.nested_in_text(offset, &text);
                }
            }
            Ok(Op::String(line)) => {
                if let Ok(text) = escape::string_line(line) {
                    self.nested(offset, &text);
                }
            }
            Ok(Op::Int(line)) => {
                self.number(offset, opcode, line, |base| number::int_line(line, base, DEFAULT_MAX_DIGITS));
            }
            Ok(Op::Long(line)) => {
                self.number(offset, opcode, line, |base| number::long_line(line, base, DEFAULT_MAX_DIGITS));
            }
            Ok(Op::LongBinPut(slot)) => self.put(offset, slot.into()),
            // A line that is no number is an error of the machine's.
            Ok(Op::Put(line)) => {
                if let Ok(slot) = number::index_line(line) {
                    self.put(offset, slot);
                }
            }
            _ => {}
        }
    }

    fn nested_in_text(&mut self, offset: usize, text: &[u8]) {
        // Without the end of a line, it names nothing.
        if text.contains(&b'\n') {
            return self.nested(offset, text);
        }
        for inside in base64::readings(text) {
            self.nested_in(offset, &inside, "base64");
        }
    }

    /// Whether the opcode has an argument to be looked at: a number, or bytes or text that begin as pickles do, or as base64 of such.
    #[inline]
    pub(super) fn has_argument(&self, offset: usize, opcode: Opcode) -> bool {
        let (head, is_text) = match opcode {
            // Of the old one, the quote.
            Opcode::ShortBinUnicode | Opcode::String => (2, true),
            Opcode::BinUnicode => (5, true),
            Opcode::BinUnicode8 => (9, true),
            Opcode::Unicode => (1, true),
            Opcode::ShortBinBytes | Opcode::ShortBinString => (2, false),
            Opcode::BinBytes | Opcode::BinString => (5, false),
            Opcode::BinBytes8 | Opcode::ByteArray8 => (9, false),
            Opcode::LongBinPut => {
                let slot = self.source.get(offset + 1..).and_then(<[u8]>::first_chunk);
                return slot.is_some_and(|&slot| is_far(offset, u32::from_le_bytes(slot).into()));
            }
            Opcode::Put | Opcode::Int | Opcode::Long => return true,
            _ => return false,
        };
        let argument = self.source.get(offset + head..).unwrap_or_default();
        match argument {
            [b'c' | b'(' | b']' | b'}' | b'i', ..] => true,
            [b'P' | 0x80, ..] => !is_text,
            // It may be one that is escaped.
            [b'\\', ..] => opcode == Opcode::String,
            _ => base64::begins(argument),
        }
    }
}
