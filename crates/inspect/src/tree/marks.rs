//! Which objects are shown more than once.

use halfsour_value::Node;

use super::parts::{Parts, Target};
use super::{ShowLimits, leaf};

/// The numbers of shared containers and objects, by the index of their node. Keys do not count.
pub struct Marks {
    numbers: Vec<u32>,
    last: u32,
}

const UNSEEN: u32 = 0;
const ONCE: u32 = u32::MAX;
const SHARED: u32 = u32::MAX - 1;

/// The parts in which objects may be. Where they are cut does not matter here.
fn parts_of<'g, S: AsRef<[u8]>>(target: &Target<'g, S>) -> Parts<'g, S> {
    target.parts(ShowLimits::full()).1.objects()
}

/// How an object is marked.
pub enum Mark {
    /// It occurs once.
    None,
    /// It is shown now, and later referred to by this number.
    New(u32),
    /// It has been shown.
    Known(u32),
}

impl Marks {
    pub fn of<S: AsRef<[u8]>>(root: &Target<'_, S>) -> Self {
        let mut marks = Self { numbers: Vec::new(), last: 0 };
        let first = match root {
            Target::Node(node) => marks.count(*node),
            target => Some(parts_of(target)),
        };
        let mut open: Vec<Parts<'_, S>> = first.into_iter().collect();
        while let Some(parts) = open.last_mut() {
            match parts.next() {
                Some(item) => {
                    open.extend(match item.target {
                        Target::Node(node) => marks.count(node),
                        target => Some(parts_of(&target)),
                    });
                }
                None => drop(open.pop()),
            }
        }
        marks
    }

    /// Counts an occurrence; if it is the first of a container, what is in it.
    fn count<'g, S: AsRef<[u8]>>(&mut self, node: Node<'g, S>) -> Option<Parts<'g, S>> {
        if leaf::is_leaf(node) {
            return None;
        }
        let index = node.id().index()?;
        if self.numbers.is_empty() {
            self.numbers = vec![UNSEEN; node.graph().node_count()];
        }
        let number = &mut self.numbers[index];
        if *number == UNSEEN {
            *number = ONCE;
            return Some(parts_of(&Target::Node(node)));
        }
        *number = SHARED;
        None
    }

    fn number<S: AsRef<[u8]>>(&self, node: Node<'_, S>) -> u32 {
        node.id().index().and_then(|index| self.numbers.get(index)).copied().unwrap_or(UNSEEN)
    }

    /// The mark of an object that is about to be shown.
    pub fn meet<S: AsRef<[u8]>>(&mut self, node: Node<'_, S>) -> Mark {
        match (self.number(node), node.id().index()) {
            (SHARED, Some(index)) => {
                self.last += 1;
                self.numbers[index] = self.last;
                Mark::New(self.last)
            }
            (UNSEEN | ONCE, _) => Mark::None,
            (number, _) => Mark::Known(number),
        }
    }

    /// The mark of an object that is only referred to here: none if it was not shown yet.
    pub fn known<S: AsRef<[u8]>>(&self, node: Node<'_, S>) -> Option<Mark> {
        match self.number(node) {
            SHARED => None,
            UNSEEN | ONCE => Some(Mark::None),
            number => Some(Mark::Known(number)),
        }
    }
}
