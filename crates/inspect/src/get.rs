//! The part of the data to which a path leads: [`resolve`](crate::path::resolve) finds it, [`raw`] and [`json`] print it.

use std::borrow::Cow;
use std::io::Write;

use halfsour_classes::pandas::Cell;
use halfsour_classes::stdlib::Base;
use halfsour_classes::{Known, recognise};
use halfsour_json::{Part, Style};
use halfsour_value::{Data, Node};

use crate::path::Place;
use crate::tree;

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
            known => text_of(&known).map(|text| Raw::Text(text.into())),
        },
    }
}

/// Returns the text of a known object: of a time, as its `isoformat()`, which has the offset of a named zone.
pub(crate) fn text_of<S: AsRef<[u8]>>(known: &Known<'_, S>) -> Option<String> {
    match known {
        Known::DateTime(datetime) => Some(datetime.isoformat()),
        known => known.as_text().map(ToString::to_string),
    }
}

/// The same of that to which a path leads: of a value in a table or an array, its text.
pub fn raw_place<'g, S: AsRef<[u8]>>(place: &Place<'g, S>) -> Option<Raw<'g>> {
    match place {
        Place::Node(node) => raw(*node),
        Place::Known(known) => text_of(known).map(|text| Raw::Text(text.into())),
        Place::Cell(Cell::Text(text)) => Some(Raw::Text(text.clone())),
        Place::Cell(Cell::Bytes(bytes)) => Some(Raw::Bytes(bytes)),
        Place::Cell(cell) => Some(Raw::Text(tree::cell(cell).into())),
        Place::Members(_) => None,
    }
}

/// Writes the plain JSON of that to which a path leads; `root` is the object from which it led.
///
/// # Errors
///
/// Those of [`halfsour_json::to_writer`], and if a column or an array has values of an unknown class.
pub fn json<'g, W: Write, S: AsRef<[u8]>>(
    writer: W,
    root: Node<'g, S>,
    place: Place<'g, S>,
    style: Style,
) -> halfsour_json::Result<()> {
    let part = match place {
        Place::Node(node) => return halfsour_json::to_writer(writer, node, style),
        Place::Members(members) => Part::Members(members),
        Place::Known(known) => Part::Known(known),
        Place::Cell(cell) => Part::Cell(cell),
    };
    halfsour_json::part_to_writer(writer, root, part, style)
}
