//! The arguments of opcodes, as they are printed.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use halfsour_opcode::Op;
use halfsour_text::number::{self, DEFAULT_MAX_DIGITS, Int, IntBase, IntLine};
use halfsour_text::{escape, repr, wtf8};

use Reader::{Pickletools, Unpickler};

/// Longer texts and indents, in bytes, are printed the slow way.
pub(super) const SHORT: usize = 64;

/// The value of an argument, as `pickletools.genops` gives it.
pub(super) enum Argument<'a> {
    None,
    Bool(bool),
    Int(i64),
    /// An int beyond 64 bits, in little-endian two's complement, and its text.
    Big(&'a [u8], &'a str),
    Float(f64),
    Str(&'a [u8]),
    /// Text of at most [`SHORT`] bytes that needs no escapes.
    Plain(&'a [u8]),
    /// Two names with a blank between them, which need no escapes.
    Pair(&'a [u8], &'a [u8]),
    Bytes(&'a [u8]),
    ByteArray(&'a [u8]),
}

impl Argument<'_> {
    /// Returns the argument as an int; `pickletools` reads some ints as bools.
    pub fn to_int(&self) -> Option<Int> {
        match self {
            Self::Int(int) => Some(Int::Small(*int)),
            Self::Bool(bool) => Some(Int::Small((*bool).into())),
            Self::Big(bytes, _) => Some(Int::Big(bytes.to_vec())),
            _ => None,
        }
    }
}

/// Decodes arguments, and keeps those that do not stand in the input as they are printed.
#[derive(Default)]
pub(super) struct Decoder {
    bytes: Vec<u8>,
    text: String,
}

/// The program that can read an argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Pickletools,
    /// The unpickler, but not `pickletools`.
    Unpickler,
    Nobody,
}

impl Decoder {
    /// Reads the argument of `op` into `argument`.
    ///
    /// The argument is not returned, because that would copy as a whole what was just written in parts, and processors stall
    /// on that.
    #[inline(always)]
    pub fn read<'a>(&'a mut self, op: Op<'a>, argument: &mut Argument<'a>) -> Reader {
        *argument = match op {
            Op::Proto(n) | Op::BinInt1(n) | Op::BinGet(n) | Op::BinPut(n) | Op::Ext1(n) => {
                Argument::Int(n.into())
            }
            Op::BinInt2(n) | Op::Ext2(n) => Argument::Int(n.into()),
            Op::BinInt(n) | Op::Ext4(n) => Argument::Int(n.into()),
            Op::LongBinGet(n) | Op::LongBinPut(n) => Argument::Int(n.into()),
            Op::BinFloat(x) => Argument::Float(x),
            Op::BinBytes(bytes) | Op::ShortBinBytes(bytes) | Op::BinBytes8(bytes) => Argument::Bytes(bytes),
            Op::ByteArray8(bytes) => Argument::ByteArray(bytes),
            Op::BinUnicode(text) | Op::ShortBinUnicode(text) | Op::BinUnicode8(text) => {
                if is_plain(text) {
                    Argument::Plain(text)
                } else if wtf8::check(text).is_ok() {
                    Argument::Str(text)
                } else {
                    return Reader::Nobody;
                }
            }
            _ => {
                let Some((value, reader)) = self.decode(op) else {
                    return Reader::Nobody;
                };
                *argument = value;
                return reader;
            }
        };
        Pickletools
    }

    /// Decodes the arguments that do not stand in the input as they are printed.
    fn decode<'a>(&'a mut self, op: Op<'a>) -> Option<(Argument<'a>, Reader)> {
        Some(match op {
            Op::Frame(length) => self.int(Int::from_le(&u128::from(length).to_le_bytes()), Pickletools),
            Op::Long1(bytes) | Op::Long4(bytes) => self.int(Int::from_le(bytes), Pickletools),
            Op::BinString(text) | Op::ShortBinString(text) => {
                (self.text(escape::latin1_to_utf8(text)), Pickletools)
            }
            Op::Unicode(line) => (self.text(escape::unicode_line(line).ok()?), Pickletools),
            Op::PersId(line) => self.name(line),
            Op::Global((module, name)) | Op::Inst((module, name)) => self.pair(module, name),
            Op::String(line) => self.string(line)?,
            Op::Int(line) => {
                self.short(line, || number::int_line(line, IntBase::Either, DEFAULT_MAX_DIGITS).ok())?
            }
            Op::Get(line) | Op::Put(line) => self.short(line, || index(line))?,
            Op::Long(line) => self.long(line)?,
            Op::Float(line) => match number::float(line) {
                Ok(float) => (Argument::Float(float), Pickletools),
                Err(_) => (Argument::Float(number::float_line(line).ok()?), Unpickler),
            },
            _ => (Argument::None, Pickletools),
        })
    }

    fn text<'a>(&'a mut self, text: Cow<'a, [u8]>) -> Argument<'a> {
        match text {
            Cow::Borrowed(text) if is_plain(text) => Argument::Plain(text),
            Cow::Borrowed(text) => Argument::Str(text),
            Cow::Owned(text) => {
                self.bytes = text;
                Argument::Str(&self.bytes)
            }
        }
    }

    fn int(&mut self, int: Int, reader: Reader) -> (Argument<'_>, Reader) {
        match int {
            Int::Small(int) => (Argument::Int(int), reader),
            Int::Big(bytes) => {
                self.bytes = bytes;
                // Python does not print more digits.
                let decimal = number::to_decimal(&self.bytes, DEFAULT_MAX_DIGITS);
                let reader = if decimal.is_some() { reader } else { Unpickler };
                self.text = decimal.unwrap_or_else(|| number::BigDisplay(&self.bytes).to_string());
                (Argument::Big(&self.bytes, &self.text), reader)
            }
        }
    }

    /// Reads as `read_decimalnl_short` of `pickletools` does, or else as the unpickler does.
    fn short(
        &mut self,
        line: &[u8],
        unpickler: impl FnOnce() -> Option<IntLine>,
    ) -> Option<(Argument<'_>, Reader)> {
        Some(match line {
            b"00" => (Argument::Bool(false), Pickletools),
            b"01" => (Argument::Bool(true), Pickletools),
            _ => match number::int(line, DEFAULT_MAX_DIGITS) {
                Ok(int) => self.int(int, Pickletools),
                Err(_) => match unpickler()? {
                    IntLine::Bool(bool) => (Argument::Bool(bool), Unpickler),
                    IntLine::Int(int) => self.int(int, Unpickler),
                },
            },
        })
    }

    /// Reads as `read_decimalnl_long` of `pickletools` does, or else as the unpickler does.
    fn long(&mut self, line: &[u8]) -> Option<(Argument<'_>, Reader)> {
        Some(match number::int(line.strip_suffix(b"L").unwrap_or(line), DEFAULT_MAX_DIGITS) {
            Ok(int) => self.int(int, Pickletools),
            Err(_) => self.int(number::long_line(line, IntBase::Either, DEFAULT_MAX_DIGITS).ok()?, Unpickler),
        })
    }

    /// Reads as `read_stringnl` of `pickletools` does, which takes ASCII only.
    fn string<'a>(&'a mut self, line: &'a [u8]) -> Option<(Argument<'a>, Reader)> {
        let bytes = match line {
            // `pickletools` takes this one quote for both the first and the last.
            [b'\'' | b'"'] => Cow::Borrowed(&b""[..]),
            _ => escape::string_line(line).ok()?,
        };
        if bytes.is_ascii() {
            return Some((self.text(bytes), Pickletools));
        }
        Some((self.text(Cow::Owned(escape::latin1_to_utf8(&bytes).into_owned())), Unpickler))
    }

    /// Reads as `read_stringnl_noescape` of `pickletools` does, which decodes escapes in spite of its name, and takes ASCII
    /// only.
    fn name<'a>(&'a mut self, line: &'a [u8]) -> (Argument<'a>, Reader) {
        match escape::decode(line) {
            Ok(text) if text.is_ascii() => (self.text(text), Pickletools),
            _ => (Argument::Str(line), Unpickler),
        }
    }

    fn pair<'a>(&'a mut self, module: &'a [u8], name: &'a [u8]) -> (Argument<'a>, Reader) {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        if module.iter().all(is_plain) && name.iter().all(is_plain) {
            return (Argument::Pair(module, name), Pickletools);
        }
        let (joined, reader) = match (escape::decode(module), escape::decode(name)) {
            (Ok(module), Ok(name)) if module.is_ascii() && name.is_ascii() => {
                ([&module, &b" "[..], &name].concat(), Pickletools)
            }
            _ => ([module, b" ", name].concat(), Unpickler),
        };
        (self.text(Cow::Owned(joined)), reader)
    }
}

/// Returns whether a text is [`Argument::Plain`].
#[inline(always)]
fn is_plain(text: &[u8]) -> bool {
    text.len() <= SHORT && repr::is_plain(text)
}

/// Reads an index of the memo as the unpickler does.
fn index(line: &[u8]) -> Option<IntLine> {
    let index = number::index_line(line).ok()?;
    Some(IntLine::Int(Int::Small(index.try_into().ok()?)))
}
