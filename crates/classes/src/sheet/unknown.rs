//! [`Unknowns`]: objects of classes that are not known, in the cells of a column.

use halfsour_value::{Data, Graph, Node};

use super::text::called;
use super::{Cell, Cells};
use crate::numpy::{ArrayData, Kind};
use crate::pandas::{self, Values};
use crate::{Known, Shape, recognise};

/// Looks for objects of classes that are not known, in cells and in the containers that are cells.
///
/// No format of rows has a value for such an object: only its class knows the text that Python would print. Each container of the graph is
/// looked through once, however often it occurs.
///
/// ```
/// use halfsour_classes::sheet::Unknowns;
///
/// // [[1], [shop.Thing()]]
/// let graph = halfsour_vm::from_slice(b"](](K\x01e](cshop\nThing\n)\x81ee.")?;
/// let mut unknowns = Unknowns::new(&graph);
/// let found: Vec<_> = graph.root().elements().unwrap().map(|cell| unknowns.find(cell)).collect();
/// assert_eq!(found, [None, Some("an object of shop.Thing is not known here".to_owned())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Unknowns {
    /// The nodes in which all objects are known.
    known: Vec<bool>,
}

impl Unknowns {
    /// Returns one that has looked at nothing yet.
    pub fn new<S: AsRef<[u8]>>(graph: &Graph<S>) -> Self {
        Self { known: vec![false; graph.node_count()] }
    }

    /// Returns a sentence about the first object in the cells of a column whose class is not known; `None` if all are known.
    pub fn find_in<S: AsRef<[u8]>>(&mut self, cells: &Cells<'_, S>, rows: usize) -> Option<String> {
        let has_objects = match cells {
            Cells::Range { .. } | Cells::Array(_) => false,
            Cells::Values { values: Values::Numpy(grid), .. } => grid.dtype().kind == Kind::Object,
            Cells::Values { values, .. } => {
                matches!(values, Values::Categorical(_) | Values::Text { .. } | Values::Intervals { .. })
            }
            Cells::Level(_) | Cells::Nodes(_) => true,
        };
        let mut rows = 0..if has_objects { rows } else { 0 };
        rows.find_map(|row| match cells.get(row) {
            Some(Cell::Node(node) | Cell::Pandas(pandas::Cell::Object(node))) => self.find(node),
            _ => None,
        })
    }

    /// Returns a sentence about the first object in a cell of the graph whose class is not known; `None` if all are known.
    pub fn find<S: AsRef<[u8]>>(&mut self, cell: Node<'_, S>) -> Option<String> {
        use Data::{Dict, FrozenSet, Instance, List, Set, Tuple};
        if !matches!(cell.data(), List(_) | Tuple(_) | Set(_) | FrozenSet(_) | Dict(_) | Instance(_)) {
            return None;
        }
        let (mut left, mut seen) = (vec![cell], Vec::new());
        while let Some(node) = left.pop() {
            if let Some(index) = node.id().index().filter(|index| *index < self.known.len()) {
                if std::mem::replace(&mut self.known[index], true) {
                    continue;
                }
                seen.push(index);
            }
            match node.data() {
                List(members) | Tuple(members) | Set(members) | FrozenSet(members) => left.extend(members),
                Dict(items) => left.extend(items.flat_map(|(key, value)| [key, value])),
                Instance(_) => match recognise(node) {
                    Some(known) => parts(&known, &mut left),
                    None => {
                        for index in seen {
                            self.known[index] = false;
                        }
                        return Some(format!("{} is not known here", called(node)));
                    }
                },
                _ => {}
            }
        }
        None
    }
}

/// Adds the objects that are in a known one.
fn parts<'g, S: AsRef<[u8]>>(known: &Known<'g, S>, left: &mut Vec<Node<'g, S>>) {
    match known.shape() {
        Shape::Sequence(members) => left.extend(members),
        Shape::Mapping(pairs) => left.extend(pairs.flat_map(|(key, value)| [key, value])),
        Shape::Inner(inner) => left.push(inner),
        Shape::NdArray(array) => {
            if let ArrayData::Objects(objects) = &array.data {
                left.extend(objects.clone());
            }
        }
        _ => {}
    }
}
