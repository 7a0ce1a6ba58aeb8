//! Objects for halfsour's `Value`, which takes all kinds.

use halfsour_value::machine::Special;
use halfsour_value::{Data, Instance, Node, Step};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::De;
use super::access::Lend;
use crate::Error;

/// Gives an object to the visitor of a `Value`: what serde does not know as a variant of an enum, by the name of its kind.
pub(super) fn visit<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>, V: Visitor<'de>>(
    de: De<'_, 'g, S, L>,
    visitor: V,
) -> Result<V::Value, Error> {
    let Some((special, content)) = special(de.node) else { return de.deserialize(visitor) };
    de.located(de.node.check_tree().map_err(|error| Error::custom(error.without_offset())))?;
    let content = de.deeper().map(|de| Part { de, content });
    de.located(content.and_then(|content| visitor.visit_enum(Variant { special, content })))
}

/// The content of an object: bytes, a name or other objects.
enum Content<'g, S> {
    Node(Node<'g, S>),
    Bytes(&'g [u8]),
    Text(String),
    Name(&'static str),
    Float(f64),
    Int(u64),
    None,
    Parts(Vec<Content<'g, S>>),
}

/// Returns the kind and the content of an object that serde's data model does not know.
fn special<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<(Special, Content<'_, S>)> {
    Some(match node.data() {
        Data::None
        | Data::Bool(_)
        | Data::Int(_)
        | Data::Float(_)
        | Data::Bytes(_)
        | Data::List(_)
        | Data::Dict(_) => return None,
        Data::Str(text) if text.as_str().is_some() => return None,
        Data::Str(text) => (Special::SurrogateStr, Content::Bytes(text.as_wtf8())),
        Data::BigInt(bytes) => (Special::Int, Content::Bytes(bytes)),
        Data::Complex(re, im) => {
            (Special::Complex, Content::Parts(vec![Content::Float(re), Content::Float(im)]))
        }
        Data::ByteString(bytes) => (Special::ByteString, Content::Bytes(bytes)),
        Data::ByteArray(bytes) => (Special::ByteArray, Content::Bytes(bytes)),
        Data::Tuple(members) => (Special::Tuple, nodes(members)),
        Data::Set(members) => (Special::Set, nodes(members)),
        Data::FrozenSet(members) => (Special::FrozenSet, nodes(members)),
        Data::Global(global) => {
            (Special::Global, Content::Parts(vec![name(global.module), name(global.name)]))
        }
        Data::Instance(instance) => (Special::Instance, instance_parts(instance)),
        Data::PersistentId(of) => (Special::PersistentId, Content::Node(of)),
        Data::ReadOnly(of) => (Special::ReadOnly, Content::Node(of)),
        Data::Extension(code) => (Special::Extension, Content::Int(code.into())),
        Data::Buffer(index) => (Special::Buffer, Content::Int(index as u64)),
    })
}

fn nodes<'g, S>(nodes: impl Iterator<Item = Node<'g, S>>) -> Content<'g, S> {
    Content::Parts(nodes.map(Content::Node).collect())
}

/// Returns the text of a name, which was checked.
fn name<S: AsRef<[u8]>>(node: Node<'_, S>) -> Content<'_, S> {
    Content::Text(String::from_utf8_lossy(node.text_bytes().unwrap_or_default()).into_owned())
}

fn instance_parts<S: AsRef<[u8]>>(instance: Instance<'_, S>) -> Content<'_, S> {
    let steps = instance.steps().map(|step| {
        let (name, content) = match step {
            Step::State(state) => ("state", Content::Node(state)),
            Step::Append(items) => ("append", nodes(items)),
            Step::SetItem(items) => {
                let pair = |(key, value)| Content::Parts(vec![Content::Node(key), Content::Node(value)]);
                ("set_item", Content::Parts(items.map(pair).collect()))
            }
            Step::Add(members) => ("add", nodes(members)),
            // The first argument is the object itself.
            Step::Call(call) => {
                let call = call.as_instance();
                let parts = call.map(|call| [Some(call.callable()), call.args().at(1)]);
                ("call", nodes(parts.into_iter().flatten().flatten()))
            }
        };
        Content::Parts(vec![Content::Name(name), content])
    });
    Content::Parts(vec![
        Content::Name(instance.form().name()),
        Content::Node(instance.callable()),
        Content::Node(instance.args()),
        instance.kwargs().map_or(Content::None, Content::Node),
        Content::Parts(steps.collect()),
    ])
}

struct Variant<'b, 'g, S, L> {
    special: Special,
    content: Part<'b, 'g, S, L>,
}

impl<'b, 'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::EnumAccess<'de> for Variant<'b, 'g, S, L> {
    type Error = Error;
    type Variant = Part<'b, 'g, S, L>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self::Variant), Error> {
        let name = seed.deserialize(StrDeserializer::<Error>::new(self.special.name()))?;
        Ok((name, self.content))
    }
}

/// The deserializer of some content.
struct Part<'b, 'g, S, L> {
    de: De<'b, 'g, S, L>,
    content: Content<'g, S>,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::VariantAccess<'de> for Part<'_, 'g, S, L> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Err(Error::custom("a kind of value has a content"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_any(self, visitor)
    }
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for Part<'_, 'g, S, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.content {
            Content::Node(node) => visit(self.de.member(node)?, visitor),
            Content::Bytes(bytes) => {
                self.de.pay(bytes.len())?;
                visitor.visit_bytes(bytes)
            }
            Content::Text(text) => visitor.visit_string(text),
            Content::Name(name) => visitor.visit_str(name),
            Content::Float(value) => visitor.visit_f64(value),
            Content::Int(value) => visitor.visit_u64(value),
            Content::None => visitor.visit_unit(),
            Content::Parts(parts) => visitor.visit_seq(Parts { de: self.de, rest: parts.into_iter() }),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Parts<'b, 'g, S, L> {
    de: De<'b, 'g, S, L>,
    rest: std::vec::IntoIter<Content<'g, S>>,
}

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> SeqAccess<'de> for Parts<'_, 'g, S, L> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(content) = self.rest.next() else { return Ok(None) };
        seed.deserialize(Part { de: self.de.at(self.de.node), content }).map(Some)
    }
}
