//! How the steps of paths are spelled.

use halfsour_classes::pandas::{Cell, Index};
use halfsour_value::Node;

use crate::names::as_name;
use crate::tree::{self, ShowLimits};

/// How many bytes of a key are shown.
const MOST: usize = 40;

/// The step to the value of a key, or of an attribute: `.email`, `[3]`, `['a key']`. A key that is long is cut, and found as it is
/// shown.
///
/// ```
/// use halfsour_inspect::path;
///
/// let graph = halfsour_vm::from_slice(b"(Vemail\nVa key\nI3\nl.")?;
/// let steps: Vec<_> = graph.root().elements().unwrap().map(path::key).collect();
/// assert_eq!(steps, [".email", "['a key']", "[3]"]);
/// assert_eq!(path::join(&steps), "email['a key'][3]");
/// # Ok::<(), halfsour_vm::Error>(())
/// ```
pub fn key<S: AsRef<[u8]>>(key: Node<'_, S>) -> String {
    match as_name(key) {
        Some(name) if name.len() <= MOST => format!(".{name}"),
        _ => format!("[{}]", shown(key)),
    }
}

/// A key as it stands between the brackets of a step.
pub(super) fn shown<S: AsRef<[u8]>>(key: Node<'_, S>) -> String {
    brief(key, MOST)
}

/// The step to an element: `[3]`.
pub fn index(index: usize) -> String {
    format!("[{index}]")
}

/// The step to a column: by its label, or by its number if that cannot be read.
pub(crate) fn column<S: AsRef<[u8]>>(columns: &Index<'_, S>, number: usize) -> String {
    match columns.get(number) {
        Some(Cell::Object(label)) => key(label),
        Some(label) => format!("[{}]", tree::cell(&label)),
        None => index(number),
    }
}

/// The step to a name of labels, from the step to these: `.index.name`, `.columns.names[1]`.
pub(crate) fn name_of<S>(labels: &Index<'_, S>, step: &str, number: usize) -> String {
    match labels.names.len() {
        1 => format!("{step}.name"),
        _ => format!("{step}.names[{number}]"),
    }
}

/// Steps as one path.
pub fn join<T: AsRef<str>>(steps: &[T]) -> String {
    let path: String = steps.iter().map(AsRef::as_ref).collect();
    match path.strip_prefix('.') {
        Some(path) => path.to_owned(),
        None => path,
    }
}

/// An object on part of a line, with so many bytes of each text.
pub(crate) fn brief<S: AsRef<[u8]>>(node: Node<'_, S>, max_text: usize) -> String {
    tree::brief(node, ShowLimits::default().with_depth(3).with_max_items(10).with_max_text(max_text))
        .to_string()
}
