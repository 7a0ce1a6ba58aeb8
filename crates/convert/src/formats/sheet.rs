//! The table that an object is, or where tables are in it.

use halfsour_classes::sheet::{Form, Name, Sheet, write_name};
use halfsour_classes::{Known, Shape, members, pairs, recognise};
use halfsour_inspect::path::Place;
use halfsour_value::Node;
use halfsour_value::path::step;

use crate::convert::Subject;

/// So many tables are named at most.
const MOST: usize = 10;

/// Returns the table that an object is. If it is none, the error lists the paths of tables in it.
pub(super) fn sheet<'g>(data: &Subject<'g>, most: usize) -> Result<Sheet<'g, &'g [u8]>, String> {
    let node = match &data.place {
        Place::Node(node) => *node,
        Place::Known(known) => return Sheet::of_known(known, most).map_err(|error| error.to_string()),
        Place::Members(members) => {
            return Sheet::of_rows(members.clone(), most).map_err(|error| error.to_string());
        }
        _ => return Err("not a table".to_owned()),
    };
    Sheet::of(node, most).map_err(|error| {
        let places = places(node);
        if places.is_empty() {
            return format!("{error}{}", other_format(node));
        }
        format!("{error}; there are tables in it, of which a path takes one: {}", places.join(" "))
    })
}

/// Returns the formats that hold an object that is no table here.
fn other_format(node: Node<'_, &[u8]>) -> &'static str {
    let is_of_arrow = |node: Node<'_, &[u8]>| {
        node.as_instance()
            .and_then(|made| made.class().as_global())
            .is_some_and(|class| class.full_name().starts_with("pyarrow."))
    };
    match recognise(node) {
        Some(Known::Payload(_)) => "; `payload` writes the stream of Arrow that is in it, a file of .arrows",
        _ if is_of_arrow(node) => "; pyarrow's `Table.to_pandas` makes one of it",
        _ => "; JSON and ndjson hold any data",
    }
}

/// Returns the name of a column, or of labels of rows, in a message.
pub(super) fn shown(name: &Name<'_, &[u8]>, is_label: bool) -> String {
    let mut text = String::new();
    write_name(name, &Form::default(), &mut text);
    if text.is_empty() && is_label { "the index".to_owned() } else { text }
}

/// Returns the paths of the tables that are members of an object.
fn places<'g>(node: Node<'g, &'g [u8]>) -> Vec<String> {
    let is_table = |node: Node<'g, &'g [u8]>| {
        matches!(recognise(node).as_ref().map(Known::shape), Some(Shape::Table(_)))
            || matches!(recognise(node).as_ref().map(Known::shape), Some(Shape::NdArray(array)) if array.shape.len() == 2)
    };
    let mut places = Vec::new();
    let mut see = |path: String, member: Node<'g, &'g [u8]>| {
        if is_table(member) {
            places.push(path);
        }
        places.len() < MOST
    };
    if let Some(items) = pairs(node) {
        for (key, value) in items {
            let path = match key.as_str() {
                Some(name) => step(name).trim_start_matches('.').to_owned(),
                None => format!("[{key}]"),
            };
            if !see(path, value) {
                break;
            }
        }
    } else if let Some(elements) = members(node) {
        for (at, value) in elements.enumerate() {
            if !see(format!("[{at}]"), value) {
                break;
            }
        }
    }
    places
}
