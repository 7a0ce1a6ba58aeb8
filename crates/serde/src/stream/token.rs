//! What the second pass finds.

use std::borrow::Cow;
use std::ops::AddAssign;

use halfsour_lexer::Op;
use halfsour_lexer::text::number::{self, Int, IntLine};
use halfsour_lexer::text::{escape, wtf8};

use super::reader::Place;

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
    /// So many members follow.
    Sequence(usize),
    /// So many pairs follow.
    Dict(usize),
    /// A list or a dict that the stream had before.
    Again(Place),
}

/// What copies of shared objects cost, at most, if the graph makes them.
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
    /// What an opcode makes that neither has members nor comes from the memo; a line may have so many digits of an int.
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
            Op::Int(line) => match number::int_line(line, int_digits).ok()? {
                IntLine::Bool(value) => Self::Bool(value),
                IntLine::Int(value) => int(value),
            },
            Op::Long(line) => int(number::long_line(line, int_digits).ok()?),
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
