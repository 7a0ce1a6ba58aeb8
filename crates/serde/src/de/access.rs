//! serde's access to the sequences, maps and enums of a graph.

use halfsour_value::{Data, Node};
use serde::de::value::StringDeserializer;
use serde::de::{
    self, DeserializeSeed, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::key::FieldName;
use super::{Asked, De};
use crate::Error;

/// The owner of the text and bytes that a deserializer lends, which says for how long they live. Only this crate has some: the trait
/// has no public name.
pub trait Lend<'g, 'de, S>: Copy {
    /// Returns text without lone surrogates.
    fn str(self, node: Node<'g, S>) -> Option<&'de str>;
    /// Returns the payload of bytes, a bytearray or a Python 2 string.
    fn bytes(self, node: Node<'g, S>) -> Option<&'de [u8]>;
}

/// The [`NodeDeserializer`](crate::NodeDeserializer) lends text and bytes from the graph.
#[derive(Clone, Copy, Debug)]
pub struct FromGraph;

/// The [`NodeDeserializer`](crate::NodeDeserializer) lends text and bytes from the input that the graph borrows from. Text that had to be decoded is not lent.
#[derive(Clone, Copy, Debug)]
pub struct FromSource;

impl<'g, S: AsRef<[u8]>> Lend<'g, 'g, S> for FromGraph {
    fn str(self, node: Node<'g, S>) -> Option<&'g str> {
        node.as_str()
    }

    fn bytes(self, node: Node<'g, S>) -> Option<&'g [u8]> {
        node.as_bytes()
    }
}

impl<'g, 'de> Lend<'g, 'de, &'de [u8]> for FromSource {
    fn str(self, node: Node<'g, &'de [u8]>) -> Option<&'de str> {
        node.borrowed_str()
    }

    fn bytes(self, node: Node<'g, &'de [u8]>) -> Option<&'de [u8]> {
        node.borrowed_bytes()
    }
}

/// The members of a sequence.
pub(super) struct Members<'b, 'g, S, L, I> {
    at: De<'b, 'g, S, L>,
    rest: I,
    index: usize,
}

impl<'b, 'g, S, L, I: ExactSizeIterator> Members<'b, 'g, S, L, I> {
    pub fn new(at: De<'b, 'g, S, L>, rest: I) -> Self {
        Self { at, rest, index: 0 }
    }

    /// Returns an error if there are members that the visitor did not ask for.
    pub fn end(&self) -> Result<(), Error> {
        match self.rest.len() {
            0 => Ok(()),
            _ => Err(Error::invalid_length(
                self.index + self.rest.len(),
                &format!("{} members", self.index).as_str(),
            )),
        }
    }
}

impl<'g, 'de, S, L, I> SeqAccess<'de> for Members<'_, 'g, S, L, I>
where
    S: AsRef<[u8]>,
    L: Lend<'g, 'de, S>,
    I: ExactSizeIterator<Item = Node<'g, S>>,
{
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(node) = self.rest.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        match self.at.member(node).and_then(|member| seed.deserialize(member)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.at(node.kind(), node.offset()).within(format!("[{index}]"))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// The keys and values of a map.
pub(super) struct Pairs<'b, 'g, S, L, I> {
    at: De<'b, 'g, S, L>,
    rest: I,
    current: Option<(Node<'g, S>, Node<'g, S>)>,
    /// Whether the keys are for the names of fields.
    are_fields: bool,
}

impl<'b, 'g, S, L, I> Pairs<'b, 'g, S, L, I> {
    pub fn new(at: De<'b, 'g, S, L>, rest: I, asked: Asked) -> Self {
        Self { at, rest, current: None, are_fields: matches!(asked, Asked::Struct(_)) }
    }
}

/// Returns a key as a step of a path.
fn step<S: AsRef<[u8]>>(key: Node<'_, S>) -> String {
    match key.data() {
        Data::Str(text) => format!(".{text}"),
        Data::ByteString(bytes) => format!(".{}", String::from_utf8_lossy(bytes)),
        Data::Int(value) => format!("[{value}]"),
        _ => format!("[{}]", key.kind()),
    }
}

impl<'g, 'de, S, L, I> MapAccess<'de> for Pairs<'_, 'g, S, L, I>
where
    S: AsRef<[u8]>,
    L: Lend<'g, 'de, S>,
    I: ExactSizeIterator<Item = (Node<'g, S>, Node<'g, S>)>,
{
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.current = self.rest.next();
        let Some((key, _)) = self.current else { return Ok(None) };
        let member = self.at.member(key)?;
        if self.are_fields {
            return seed.deserialize(FieldName(member)).map(Some);
        }
        match seed.deserialize(member) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(error.at(key.kind(), key.offset()).note(" (as a key)").within(step(key))),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (key, value) = self.current.ok_or_else(|| {
            Error::custom(
                "a map's value was asked for before its key; this is a fault of the type's `Deserialize`",
            )
        })?;
        self.at
            .member(value)
            .and_then(|member| seed.deserialize(member))
            .map_err(|error| error.at(value.kind(), value.offset().or(key.offset())).within(step(key)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A variant of an enum.
pub(super) struct Variant<'b, 'g, S, L> {
    name: De<'b, 'g, S, L>,
    content: Option<Node<'g, S>>,
}

impl<'b, 'g, S, L> Variant<'b, 'g, S, L> {
    pub fn new(name: De<'b, 'g, S, L>, content: Option<Node<'g, S>>) -> Self {
        Self { name, content }
    }
}

impl<'b, 'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> EnumAccess<'de> for Variant<'b, 'g, S, L> {
    type Error = Error;
    type Variant = Content<'b, 'g, S, L>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), Error> {
        let content = Content(self.content.map(|content| self.name.at(content)));
        // The value of a member of a Python enum may be a number. A Rust variant can be renamed to its digits.
        let name = match self.name.node.data() {
            Data::None | Data::Bool(_) | Data::Int(_) | Data::BigInt(_) | Data::Float(_) => {
                seed.deserialize(StringDeserializer::<Error>::new(self.name.node.to_string()))?
            }
            Data::Global(global) => {
                let name = global.visible_name();
                let member = name.rsplit('.').next().unwrap_or(&name);
                seed.deserialize(StringDeserializer::<Error>::new(member.to_owned()))?
            }
            _ => seed.deserialize(self.name)?,
        };
        Ok((name, content))
    }
}

/// The content of a variant.
pub(super) struct Content<'b, 'g, S, L>(Option<De<'b, 'g, S, L>>);

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> Content<'_, 'g, S, L> {
    fn missing<T>() -> Result<T, Error> {
        Err(Error::custom("expected content of the variant, found its name only"))
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> VariantAccess<'de> for Content<'_, 'g, S, L> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.0 {
            Some(content) if content.kind() != halfsour_value::Kind::None => {
                let kind = content.kind();
                Err(Error::custom(format_args!("expected the variant's name only, found content: {kind}")))
            }
            _ => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.0.map_or_else(Self::missing, |content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.0.map_or_else(Self::missing, |content| {
            de::Deserializer::deserialize_tuple(content, length, visitor)
        })
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.map_or_else(Self::missing, |content| {
            de::Deserializer::deserialize_struct(content, "", fields, visitor)
        })
    }
}
