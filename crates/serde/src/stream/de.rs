//! The deserializer over a plain stream.

use std::borrow::Cow;

use halfsour_lexer::Opcode;
use halfsour_value::TreeLimits;
use serde::de::{self, Visitor};

use super::access::{Members, Pairs, Variant};
use super::reader::{Place, Reader};
use super::token::Token;
use crate::kin::{kin, visit_int};
use crate::{Error, big_int};

/// Reads one object, the next one. It does what the deserializer of the graph does.
pub(super) struct De<'r, 'o, 'de> {
    pub reader: &'r mut Reader<'o, 'de>,
    /// How many more levels there may be.
    pub depth: usize,
}

impl<'r, 'o, 'de> De<'r, 'o, 'de> {
    pub fn new(reader: &'r mut Reader<'o, 'de>) -> Self {
        Self { reader, depth: TreeLimits::default().depth }
    }

    fn deeper(&mut self) -> Result<usize, Error> {
        self.depth.checked_sub(1).ok_or_else(|| self.reader.fail())
    }

    #[inline]
    fn sequence<V: Visitor<'de>>(mut self, count: usize, visitor: V) -> Result<V::Value, Error> {
        let depth = self.deeper()?;
        let mut members = Members { reader: self.reader, depth, left: count };
        let value = visitor.visit_seq(&mut members)?;
        if members.left == 0 { Ok(value) } else { Err(members.reader.fail()) }
    }

    #[inline]
    fn map<V: Visitor<'de>>(mut self, count: usize, visitor: V) -> Result<V::Value, Error> {
        let depth = self.deeper()?;
        let mut pairs = Pairs { reader: self.reader, depth, left: count * 2 };
        let value = visitor.visit_map(&mut pairs)?;
        // A visitor may have seen enough.
        if pairs.left > 0 {
            pairs.reader.skip(pairs.left)?;
        }
        Ok(value)
    }

    /// What is not what the type wants, or not written as it usually is.
    #[cold]
    #[inline(never)]
    fn other<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }

    fn bytes<V: Visitor<'de>>(bytes: Cow<'de, [u8]>, visitor: V) -> Result<V::Value, Error> {
        match bytes {
            Cow::Borrowed(bytes) => visitor.visit_borrowed_bytes(bytes),
            Cow::Owned(bytes) => visitor.visit_bytes(&bytes),
        }
    }

    fn byte_string<V: Visitor<'de>>(bytes: Cow<'de, [u8]>, visitor: V) -> Result<V::Value, Error> {
        let text = match &bytes {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed),
            Cow::Owned(bytes) => std::str::from_utf8(bytes).map(|text| Cow::Owned(text.to_owned())),
        };
        match text {
            Ok(text) => Self::str(text, visitor),
            Err(_) => Self::bytes(bytes, visitor),
        }
    }

    fn str<V: Visitor<'de>>(text: Cow<'de, str>, visitor: V) -> Result<V::Value, Error> {
        match text {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_str(&text),
        }
    }

    fn token<V: Visitor<'de>>(self, token: Token<'de>, visitor: V) -> Result<V::Value, Error> {
        match token {
            Token::None => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::Int(value) => visit_int(value, visitor),
            Token::BigInt(bytes) => big_int::visit(&bytes, visitor),
            Token::Float(value) => visitor.visit_f64(value),
            Token::Str(text) => Self::str(text, visitor),
            Token::Surrogates(bytes) => visitor.visit_bytes(&bytes),
            Token::ByteString(bytes) => Self::byte_string(bytes, visitor),
            Token::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Token::Again(place) => again(self.reader, place, |reader, token| {
                De { reader, depth: self.depth }.container(&token, visitor)
            }),
            token => self.container(&token, visitor),
        }
    }

    #[inline]
    fn container<V: Visitor<'de>>(self, token: &Token<'de>, visitor: V) -> Result<V::Value, Error> {
        match *token {
            Token::Sequence(count) => self.sequence(count, visitor),
            Token::Dict(count) => self.map(count, visitor),
            _ => Err(self.reader.fail()),
        }
    }

    /// The variant is named first in a dict of one item, in a tuple or a list; its content follows.
    fn variant<V: Visitor<'de>>(self, token: &Token<'de>, visitor: V) -> Result<V::Value, Error> {
        let parts = match *token {
            Token::Dict(1) => 2,
            Token::Sequence(count @ 1..=2) => count,
            _ => return Err(self.reader.fail()),
        };
        self.reader.settle();
        self.variant_of(parts, visitor)
    }

    fn variant_of<V: Visitor<'de>>(mut self, parts: usize, visitor: V) -> Result<V::Value, Error> {
        let depth = self.deeper()?;
        visitor.visit_enum(Variant { reader: self.reader, depth, has_content: parts > 1 })
    }
}

/// Reads a list or dict again, then goes on.
fn again<'o, 'de, R>(
    reader: &mut Reader<'o, 'de>,
    place: Place,
    read: impl FnOnce(&mut Reader<'o, 'de>, Token<'de>) -> Result<R, Error>,
) -> Result<R, Error> {
    let back = reader.go_back(place)?;
    let token = reader.token()?;
    let value = read(reader, token)?;
    reader.go_on(&back).map(|()| value)
}

/// What is tried first where the type says what it wants.
macro_rules! wanted {
    ($($reads:ident $visit:expr => $($method:ident)*;)*) => {
        $($(#[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.reader.$reads() {
                Some(value) => $visit(value, visitor),
                None => self.other(visitor),
            }
        })*)*
    };
}

impl<'de> de::Deserializer<'de> for De<'_, '_, 'de> {
    type Error = Error;

    kin!();

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let token = self.reader.token()?;
        self.token(token, visitor)
    }

    wanted! {
        int visit_int => deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128;
        bool |value, visitor: V| visitor.visit_bool(value) => deserialize_bool;
        float |value, visitor: V| visitor.visit_f64(value) => deserialize_f32 deserialize_f64;
        text |text, visitor: V| visitor.visit_borrowed_str(text) => deserialize_char deserialize_str
            deserialize_string deserialize_identifier;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.reader.opcode() == Some(Opcode::None) {
            self.reader.token()?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.reader.opcode() == Some(Opcode::EmptyTuple) {
            self.reader.token()?;
            return visitor.visit_unit();
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name != big_int::NAME {
            return visitor.visit_newtype_struct(self);
        }
        match self.reader.token()? {
            Token::BigInt(bytes) => visitor.visit_bytes(&bytes),
            token => self.token(token, visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.reader.token()? {
            Token::ByteString(bytes) => Self::bytes(bytes, visitor),
            token => self.token(token, visitor),
        }
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.reader.container(Opcode::EmptyList) {
            Some(count) => self.sequence(count, visitor),
            None => self.other(visitor),
        }
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.reader.container(Opcode::EmptyDict) {
            Some(count) => self.map(count, visitor),
            None => self.other(visitor),
        }
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.reader.is_text() {
            return self.variant_of(1, visitor);
        }
        match self.reader.token()? {
            Token::Again(place) => again(self.reader, place, |reader, token| {
                De { reader, depth: self.depth }.variant(&token, visitor)
            }),
            token => self.variant(&token, visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.reader.skip(1)?;
        visitor.visit_unit()
    }
}
