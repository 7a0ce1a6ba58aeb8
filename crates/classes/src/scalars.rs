//! Scalars in the arguments of known classes.

use halfsour_value::{Data, Node};

/// Text, also of a Python 2 byte string; `None` if it is not UTF-8.
pub(crate) fn text<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<&str> {
    match node.data() {
        Data::Str(text) => text.as_str(),
        Data::ByteString(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}
