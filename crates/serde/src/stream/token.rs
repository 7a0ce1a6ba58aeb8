//! The objects that the second pass finds.

use std::borrow::Cow;
use std::ops::AddAssign;

use halfsour_lexer::Op;
use halfsour_lexer::text::number::{self, Int, IntBase, IntLine};
use halfsour_lexer::text::{escape, wtf8};

/// The beginning of a list or dict in the stream, with the counts of the reader there, so that it can be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bookmark {
    /// The offset of the opcode, in bytes.
    pub at: u32,
    /// The index of the next list or dict.
    pub container: u32,
    /// The index of the next tuple.
    pub tuple: u32,
    /// The number of objects read so far.
    pub objects: u32,
    /// The next slot of the memo.
    pub slot: u32,
}

/// An object, or the beginning of one that has members.
#[derive(Debug)]
pub(super) enum Token<'de> {
    None,
    Bool(bool),
    Int(i64),
    BigInt(Cow<'de, [u8]>),
    Float(f64),
    Str(Cow<'de, str>),
    /// Text with lone surrogates.
    Surrogates(Cow<'de, [u8]>),
    ByteString(Cow<'de, [u8]>),
    Bytes(&'de [u8]),
    /// The beginning of a list or tuple. This number of members follow.
    Sequence(usize),
    /// The beginning of a dict. This number of pairs follow.
    Dict(usize),
    /// A list or dict that occurred in the stream before.
    Again(Bookmark),
}

/// The most that a copy of a shared object can cost, by the rules of the graph.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    pub objects: usize,
    pub bytes: usize,
}

impl Cost {
    pub fn of(token: &Token<'_>) -> Self {
        let bytes = match token {
            Token::Str(text) => text.len(),
            Token::Surrogates(bytes) | Token::BigInt(bytes) => bytes.len(),
            Token::Bytes(bytes) => bytes.len(),
            Token::ByteString(bytes) => bytes.len() * 2,
            _ => 0,
        };
        Self { objects: 1, bytes }
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

impl<'de> Token<'de> {
    /// Returns the object that an opcode makes, if it is one without members and does not come from the memo. An int in a
    /// line may have up to `int_digits` decimal digits.
    pub fn scalar(op: &Op<'de>, int_digits: usize) -> Option<Self> {
        Some(match *op {
            Op::None => Self::None,
            Op::NewTrue => Self::Bool(true),
            Op::NewFalse => Self::Bool(false),
            Op::BinInt1(value) => Self::Int(value.into()),
            Op::BinInt2(value) => Self::Int(value.into()),
            Op::BinInt(value) => Self::Int(value.into()),
            Op::Long1(bytes) | Op::Long4(bytes) => match number::le_to_i64(bytes) {
                Some(value) => Self::Int(value),
                None => Self::BigInt(Cow::Borrowed(bytes)),
            },
            Op::Int(line) => match number::int_line(line, IntBase::Either, int_digits).ok()? {
                IntLine::Bool(value) => Self::Bool(value),
                IntLine::Int(value) => int(value),
            },
            Op::Long(line) => int(number::long_line(line, IntBase::Either, int_digits).ok()?),
            Op::BinFloat(value) => Self::Float(value),
            Op::Float(line) => Self::Float(number::float_line(line).ok()?),
            Op::ShortBinUnicode(text) | Op::BinUnicode(text) | Op::BinUnicode8(text) => {
                str(Cow::Borrowed(text))?
            }
            Op::Unicode(line) => str(escape::unicode_line(line).ok()?)?,
            Op::ShortBinString(bytes) | Op::BinString(bytes) => Self::ByteString(Cow::Borrowed(bytes)),
            Op::String(line) => Self::ByteString(escape::string_line(line).ok()?),
            Op::ShortBinBytes(bytes) | Op::BinBytes(bytes) | Op::BinBytes8(bytes) | Op::ByteArray8(bytes) => {
                Self::Bytes(bytes)
            }
            Op::EmptyTuple => Self::Sequence(0),
            _ => return None,
        })
    }
}

fn int(value: Int) -> Token<'static> {
    match value {
        Int::Small(value) => Token::Int(value),
        Int::Big(bytes) => Token::BigInt(Cow::Owned(bytes)),
    }
}

fn str(bytes: Cow<'_, [u8]>) -> Option<Token<'_>> {
    let bytes = match bytes {
        Cow::Borrowed(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => return Some(Token::Str(Cow::Borrowed(text))),
            Err(_) => Cow::Borrowed(bytes),
        },
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => return Some(Token::Str(Cow::Owned(text))),
            Err(error) => Cow::Owned(error.into_bytes()),
        },
    };
    wtf8::check(&bytes).ok().map(|_| Token::Surrogates(bytes))
}
