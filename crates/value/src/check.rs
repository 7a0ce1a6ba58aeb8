//! Whether a graph that was not made in Python's order could have been.

use crate::cell::Tag;
use crate::form::Form;
use crate::store::Store;
use crate::{Builder, Graph, Id, StepError};

#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Not,
    /// What it is made of is being looked at.
    Open,
    Done,
}

impl Builder {
    /// As [`build`](Self::build), for what was changed by [`set_part`](Self::set_part) or [`replace`](Self::replace): looks at every object.
    ///
    /// # Errors
    ///
    /// [`StepError::Unsupported`] if an object would have to be made before itself, as a tuple that holds itself, and
    /// [`StepError::Unhashable`] if a key or member cannot be hashed.
    pub fn try_build(self, root: Id) -> Result<Graph, StepError> {
        self.try_build_all(vec![root])
    }

    pub(crate) fn try_build_all(mut self, roots: Vec<Id>) -> Result<Graph, StepError> {
        self.sort();
        self.store.check()?;
        Ok(self.build_all(roots))
    }
}

impl Store {
    /// Refuses objects that would have to be made before themselves, and keys and members that cannot be hashed.
    fn check(&mut self) -> Result<(), StepError> {
        let mut seen = vec![Seen::Not; self.cells.len()];
        let mut open = Vec::new();
        for start in 0..self.cells.len() {
            open.push(start);
            while let Some(&index) = open.last() {
                match seen[index] {
                    Seen::Not => {
                        seen[index] = Seen::Open;
                        for part in self.parts_before(index).filter_map(Id::index) {
                            match seen[part] {
                                Seen::Not => open.push(part),
                                Seen::Open => return Err(StepError::Unsupported),
                                Seen::Done => {}
                            }
                        }
                    }
                    Seen::Open | Seen::Done => {
                        seen[index] = Seen::Done;
                        open.pop();
                    }
                }
            }
        }
        // What was found may be out of date.
        for cell in self.cells.iter_mut().filter(|cell| cell.tag == Tag::Tuple) {
            cell.flags = 0;
        }
        for index in 0..self.cells.len() {
            let Some(width) = self.cells[index].tag.entry_width() else { continue };
            for at in (0..self.region_of(index).len()).step_by(width) {
                if !self.is_hashable(self.region_of(index)[at]) {
                    return Err(StepError::Unhashable);
                }
            }
        }
        Ok(())
    }

    /// What Python makes before this object, and then makes it of.
    fn parts_before(&self, index: usize) -> impl Iterator<Item = Id> {
        let cell = &self.cells[index];
        let (parts, one) = match cell.tag {
            Tag::Tuple | Tag::FrozenSet => (self.region_of(index), None),
            Tag::Instance => (&self.region_of(index)[..Form::from_bits(cell.form_bits()).parts()], None),
            Tag::PersistentId | Tag::ReadOnly => (&[][..], Some(Id::from_bits(cell.first()))),
            _ => (&[][..], None),
        };
        let spelling = self.spelling(Id::node(index)).map(|spelling| [spelling.callable, spelling.args]);
        parts.iter().copied().chain(one).chain(spelling.into_iter().flatten())
    }
}
