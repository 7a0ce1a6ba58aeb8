//! [`Names`]: the names of members as they were written, since records have the same ones again and again.

use halfsour_value::Id;
use halfsour_value::machine::VACANT;

/// The last short names, by the ids of their keys.
pub(crate) struct Names {
    places: Vec<Name>,
}

#[derive(Clone, Copy)]
struct Name {
    key: Id,
    length: u8,
    text: [u8; LONGEST],
}

/// Longer ones are not kept.
const LONGEST: usize = 32;

impl Names {
    /// The largest number of names that are kept.
    pub const MOST: usize = 256;

    /// For the keys of a graph with so many nodes.
    pub fn new(nodes: usize) -> Self {
        let vacant = Name { key: VACANT, length: 0, text: [0; LONGEST] };
        Self { places: vec![vacant; nodes.clamp(1, Self::MOST).next_power_of_two()] }
    }

    /// The text of the name, and how much of it counts.
    #[inline]
    pub fn get(&self, key: Id) -> Option<(&[u8; LONGEST], usize)> {
        let name = &self.places[key.index()? & (self.places.len() - 1)];
        (name.key == key).then_some((&name.text, name.length.into()))
    }

    pub fn keep(&mut self, key: Id, text: &[u8]) {
        let (Some(index), Ok(length)) = (key.index(), u8::try_from(text.len())) else { return };
        if text.len() <= LONGEST {
            let mask = self.places.len() - 1;
            let name = &mut self.places[index & mask];
            (name.key, name.length) = (key, length);
            name.text[..text.len()].copy_from_slice(text);
        }
    }
}
