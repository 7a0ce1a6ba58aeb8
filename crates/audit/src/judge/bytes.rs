//! Arguments of opcodes: bytes and text that may be pickles, and numbers.

use halfsour_lexer::text::escape;
use halfsour_lexer::text::number::{self, DEFAULT_MAX_DIGITS};
use halfsour_lexer::{Lexer, Op};
use halfsour_vm::Opcode;
use halfsour_vm::value::Id;
use halfsour_vm::value::machine::Peek;

use super::{Judge, base64};
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
    #[inline]
    pub(super) fn argument(&mut self, offset: usize, opcode: Opcode) {
        if !matches!(
            opcode,
            Opcode::BinBytes
                | Opcode::ShortBinBytes
                | Opcode::BinBytes8
                | Opcode::ByteArray8
                | Opcode::BinString
                | Opcode::ShortBinString
                | Opcode::Put
                | Opcode::LongBinPut
                | Opcode::Int
                | Opcode::Long
        ) && !self.is_text(offset, opcode)
        {
            return;
        }
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

    /// Whether the opcode pushes text that begins as a pickle of protocol 0 does, or as base64 of a pickle.
    fn is_text(&self, offset: usize, opcode: Opcode) -> bool {
        let head = match opcode {
            Opcode::ShortBinUnicode => 2,
            Opcode::BinUnicode => 5,
            Opcode::BinUnicode8 => 9,
            Opcode::Unicode => 1,
            // In quotes.
            Opcode::String => 2,
            _ => return false,
        };
        let text = self.source.get(offset + head..).unwrap_or_default();
        matches!(text, [b'c' | b'(' | b']' | b'}' | b'i', ..]) || base64::begins(text)
    }
}
