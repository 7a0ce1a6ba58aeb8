//! How places in the data are called: `users[3].email`, as `halfsour get` understands it.

use halfsour::Node;
use halfsour::value::Data;

use crate::args::Cuts;
use crate::{text, tree};

/// How much of a key is shown.
const MOST: usize = 40;

/// The step to the value of a key of a dict, or of an attribute: `.email`, `[3]`, `['a key']`.
pub fn key<S: AsRef<[u8]>>(key: Node<'_, S>) -> String {
    let short = |bytes: &[u8]| bytes.len() <= MOST;
    match text::as_name(key) {
        Some(name) if short(name.as_bytes()) => format!(".{name}"),
        _ => format!("[{}]", brief(key, MOST)),
    }
}

/// An object on part of a line.
pub fn brief<S: AsRef<[u8]>>(node: Node<'_, S>, most: usize) -> String {
    let cuts = Cuts { depth: 3, max_items: 10, max_text: most };
    anstream::adapter::strip_str(&tree::brief(node, cuts)).to_string()
}

/// The step to an element.
pub fn index(index: usize) -> String {
    format!("[{index}]")
}

/// Steps as one path.
pub fn join(steps: &[&str]) -> String {
    let path = steps.concat();
    match path.strip_prefix('.') {
        Some(path) => path.to_owned(),
        None => path,
    }
}

/// What an object is, as type: `str`, `deli.Jar`.
pub fn type_name<S: AsRef<[u8]>>(node: Node<'_, S>) -> String {
    if let Some((module, name)) = halfsour::classes::class_name(node) {
        return format!("{module}.{name}");
    }
    match node.data() {
        Data::Instance(instance) => match instance.class().as_global() {
            Some(class) => text::global(&class),
            None => "object".to_owned(),
        },
        _ => node.kind().to_string(),
    }
}
