//! How classes and attributes are called.

use halfsour_classes::class_name;
use halfsour_text::name::identifier;
use halfsour_value::{Data, Node};

/// The name of the type of an object, as people know it: `str`, `deli.Jar`.
///
/// ```
/// use halfsour_inspect::type_name;
///
/// let graph = halfsour_vm::from_slice(b"cdeli\nJar\n)\x81.")?;
/// assert_eq!(type_name(graph.root()), "deli.Jar");
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
pub fn type_name<S: AsRef<[u8]>>(node: Node<'_, S>) -> String {
    if let Some((module, name)) = class_name(node) {
        return format!("{module}.{name}");
    }
    match node.data() {
        Data::Instance(instance) => match instance.class().as_global() {
            Some(class) => class.visible_name(),
            None => "object".to_owned(),
        },
        _ => node.kind().to_string(),
    }
}

/// The text of a key that can stand as the name of an attribute.
pub(crate) fn as_name<S: AsRef<[u8]>>(key: Node<'_, S>) -> Option<&str> {
    identifier(key.text_bytes()?)
}
