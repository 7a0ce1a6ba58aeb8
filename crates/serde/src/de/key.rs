//! The keys of what is read into a struct.

use std::fmt;

use halfsour_value::{Data, Node};
use serde::de::{self, Visitor};
use serde::forward_to_deserialize_any;

use super::access::Lend;
use super::{Asked, De};
use crate::{Error, ErrorKind};

/// The deserializer of a key, for a type that looks for the name of a field in it.
///
/// A key that is no text is the name of no field. serde would take an int for the index of a field, and everything else for
/// an error.
pub(super) struct FieldName<'b, 'g, S, L>(pub De<'b, 'g, S, L>);

impl<'g, 'de, S: AsRef<[u8]>, L: Lend<'g, 'de, S>> de::Deserializer<'de> for FieldName<'_, 'g, S, L> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let node = self.0.node;
        match node.data() {
            Data::Str(_) | Data::ByteString(_) => self.0.deserialize(visitor),
            // Of a subclass of str, or of an enum that is one.
            Data::Instance(instance) => match self.0.instance(instance, Asked::Text, Name) {
                Ok(name) => visitor.visit_string(name),
                Err(error) if matches!(error.kind(), ErrorKind::Data(_)) => no_name(node, visitor),
                Err(error) => Err(error),
            },
            _ => no_name(node, visitor),
        }
    }

    /// A flattened map takes keys of any kind.
    #[cfg(feature = "derive")]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0.node.data() {
            Data::Str(_) | Data::ByteString(_) => self.deserialize_any(visitor),
            _ if name == crate::derive::KEY => visitor.visit_newtype_struct(self.0),
            _ => self.deserialize_any(visitor),
        }
    }

    #[cfg(not(feature = "derive"))]
    forward_to_deserialize_any! { newtype_struct }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Gives the visitor a name that no field has, for its error if it does not allow that.
fn no_name<'de, S: AsRef<[u8]>, V: Visitor<'de>>(node: Node<'_, S>, visitor: V) -> Result<V::Value, Error> {
    match node.data() {
        Data::None | Data::Bool(_) | Data::Int(_) | Data::Float(_) => {
            visitor.visit_string(format!("key {node}"))
        }
        _ => visitor.visit_string(format!("key of type {}", node.kind())),
    }
}

/// Takes text.
struct Name;

impl Visitor<'_> for Name {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}
