//! The deserializer over a plain stream.

use std::borrow::Cow;

use halfsour_lexer::Opcode;
use halfsour_value::TreeLimits;
use halfsour_value::machine::NAME as VALUE;
use serde::de::{self, Visitor};

use super::access::{Members, Pairs, Variant};
use super::reader::Reader;
use super::token::{Bookmark, Token};
use crate::common::{visit_byte_members, visit_int};
use crate::{Error, big_int};

/// Deserializes the next object, to the same results as the deserializer of the graph.
pub(super) struct De<'r, 'o, 'de> {
    pub reader: &'r mut Reader<'o, 'de>,
    /// The number of further levels that may nest.
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
        // A visitor may stop early.
        if pairs.left > 0 {
            pairs.reader.skip(pairs.left)?;
        }
        Ok(value)
    }

    /// Deserializes an object that is not of the expected kind, or not in its usual encoding.
    #[cold]
    #[inline(never)]
    fn other<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }

    #[cold]
    #[inline(never)]
    fn other_sequence<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.reader.token()? {
            Token::Bytes(bytes) => visit_byte_members(bytes, visitor),
            Token::ByteString(bytes) => visit_byte_members(&bytes, visitor),
            token => self.token(token, visitor),
        }
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
            Token::Again(bookmark) => again(self.reader, bookmark, |reader, token| {
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

    /// Deserializes a variant of an enum: its name is the key of a dict of one item, or the first member of a tuple or list,
    /// and its content follows.
    fn variant<V: Visitor<'de>>(self, token: &Token<'de>, visitor: V) -> Result<V::Value, Error> {
        let parts = match *token {
            Token::Dict(1) => 2,
            Token::Sequence(count @ 1..=2) => count,
            _ => return Err(self.reader.fail()),
        };
        self.reader.skip_structure();
        self.variant_of(parts, visitor)
    }

    fn variant_of<V: Visitor<'de>>(mut self, parts: usize, visitor: V) -> Result<V::Value, Error> {
        let depth = self.deeper()?;
        visitor.visit_enum(Variant { reader: self.reader, depth, has_content: parts > 1 })
    }
}

/// Reads a list or dict again, then returns to the present place.
fn again<'o, 'de, R>(
    reader: &mut Reader<'o, 'de>,
    bookmark: Bookmark,
    read: impl FnOnce(&mut Reader<'o, 'de>, Token<'de>) -> Result<R, Error>,
) -> Result<R, Error> {
    let detour = reader.go_back(bookmark)?;
    let token = reader.token()?;
    let value = read(reader, token)?;
    reader.go_on(&detour).map(|()| value)
}

/// Methods for types that say which kind they expect: the quick reader of that kind is tried first.
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

    #[inline]
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(length, visitor)
    }

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
            deserialize_string;
    }

    #[inline]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.reader.text() {
            Some(text) => visitor.visit_borrowed_str(text),
            None if self.reader.is_text() => self.other(visitor),
            // The graph knows whether a key that is no text is to be read, or is none of a struct's fields.
            None => Err(self.reader.fail()),
        }
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
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
        match name {
            big_int::NAME => {}
            // Only the graph tells all kinds apart.
            VALUE => return Err(self.reader.fail()),
            _ => return visitor.visit_newtype_struct(self),
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
            None => self.other_sequence(visitor),
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
            Token::Again(bookmark) => again(self.reader, bookmark, |reader, token| {
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
