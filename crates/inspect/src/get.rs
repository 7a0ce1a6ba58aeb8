//! The part of the data to which a path leads: [`Node::path`](halfsour_value::Node::path) finds it, and [`raw`] prints it.

use std::borrow::Cow;

use halfsour_classes::stdlib::Base;
use halfsour_classes::{Known, recognise};
use halfsour_value::{Data, Node};

/// An object without quotes, escapes and the name of its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw<'g> {
    /// Text; of dates, decimals and the like, their text.
    Text(Cow<'g, str>),
    /// The contents of bytes, of a bytearray, or of a Python 2 string.
    Bytes(&'g [u8]),
}

/// Text and bytes as they are; dates, decimals and the like as their text. Returns `None` for what is neither: that can be printed
/// with `Display`.
///
/// ```
/// use halfsour_inspect::get::{Raw, raw};
///
/// // {'users': [{'born': datetime.date(1958, 7, 14)}]}
/// let pickle = b"}Vusers\n(}Vborn\ncdatetime\ndate\n(C\x04\x07\xa6\x07\x0etRsls.";
/// let graph = halfsour_vm::from_slice(pickle)?;
/// let born = graph.root().path("users[0].born")?;
/// assert_eq!(raw(born), Some(Raw::Text("1958-07-14".into())));
/// assert_eq!(raw(graph.root()), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn raw<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Raw<'_>> {
    match node.data() {
        Data::Str(text) => Some(Raw::Text(text.to_string_lossy())),
        Data::Bytes(bytes) | Data::ByteArray(bytes) | Data::ByteString(bytes) => Some(Raw::Bytes(bytes)),
        _ => match recognise(node)? {
            Known::Subclass(subclass) => match subclass.base {
                Base::Value(value) if !matches!(value.data(), Data::Instance(_)) => raw(value),
                _ => None,
            },
            known => known.as_text().map(|text| Raw::Text(text.to_string().into())),
        },
    }
}
