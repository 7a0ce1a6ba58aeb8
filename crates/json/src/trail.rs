//! [`Trail`]: the way from the document to the item that is being written.

use std::fmt::Write;

use halfsour_value::path::step;

use crate::events;

/// The indices and names of the items that are open, from the outside in. Those deeper than the present item are of items that
/// have ended.
#[derive(Debug, Default)]
pub(crate) struct Trail(Vec<Place>);

#[derive(Debug)]
struct Place {
    index: usize,
    /// Where the item begins in the buffer, as long as it is the last.
    start: usize,
    /// The name of a member, as a string in JSON; of an element, nothing.
    name: String,
    /// The step in the data that the name stands for, if that is another one.
    step: Option<String>,
}

impl Trail {
    /// Begins an item in the array or object that is so deep; it is the first, or another.
    pub fn item(&mut self, depth: usize, is_first: bool, start: usize) {
        let depth = depth.max(1);
        if is_first || self.0.len() < depth {
            self.0.truncate(depth - 1);
            self.0.push(Place { index: 0, start, name: String::new(), step: None });
        } else {
            self.0.truncate(depth);
            let place = &mut self.0[depth - 1];
            (place.index, place.start, place.step) = (place.index + 1, start, None);
            place.name.clear();
        }
    }

    /// The name of the member has been written. One that looks like that of a reference gets another `$`.
    pub fn name(&mut self, buffer: &mut Vec<u8>) {
        let Some(place) = self.0.last_mut() else { return };
        let name = &buffer[place.start..];
        place.name.push_str(&String::from_utf8_lossy(name));
        if place.name.trim_start_matches('"').trim_start_matches('$') == "ref\"" && name.starts_with(b"\"$") {
            buffer.insert(place.start + 1, b'$');
        }
    }

    /// The name stands for this step in the data.
    pub fn stands_for(&mut self, step: String) {
        if let Some(place) = self.0.last_mut() {
            place.step = Some(step);
        }
    }

    /// The path to the item at this depth; at depth 0 that is the document.
    pub fn path(&self, depth: usize) -> String {
        let mut path = String::new();
        for place in &self.0[..depth] {
            // Writing to a String does not fail.
            let _ = match (events::string(&place.name), &place.step) {
                (None, _) => write!(path, "[{}]", place.index),
                (Some(_), Some(step)) => path.write_str(step),
                (Some(name), None) => {
                    let step = step(&name);
                    let is_first = path.is_empty();
                    path.write_str(step.strip_prefix('.').filter(|_| is_first).unwrap_or(&step))
                }
            };
        }
        path
    }
}
