//! Frames and series, and where their columns are.

use std::fmt;
use std::sync::OnceLock;

use halfsour_value::{Items, Node};

use super::blocks::{Block, Blocks, Labelled};
use super::cells::Cell;
use super::index::{DEEPEST, Index};
use super::unreadable::{Place, Unreadable};
use super::values::Values;
use crate::args::text;
use crate::debug::debug_fields;
use crate::stdlib::Pairs;

/// `pandas.DataFrame`, or a subclass. Its columns can be read one by one, or not: that one is of a class that is not known costs no
/// other.
#[derive(Clone)]
#[non_exhaustive]
pub struct Frame<'g, S> {
    /// The labels of the rows.
    pub index: Index<'g, S>,
    /// The labels of the columns.
    pub columns: Index<'g, S>,
    /// `attrs`: the attributes that a program gave it.
    pub attributes: Option<Items<'g, S>>,
    pub(super) blocks: Blocks<'g, S>,
    /// The bytes that labels may take for a block to be found by them.
    pub(super) room: usize,
    /// Of some rows of another frame, the number of the first, and of all that the arrays have.
    pub(super) window: Option<(usize, usize)>,
    /// Made when a column is first asked for: a stream may name a frame many times.
    pub(super) layout: OnceLock<Layout<'g, S>>,
}

/// The places of the columns of a frame.
#[derive(Clone)]
pub(super) struct Layout<'g, S> {
    arrays: Vec<Array<'g, S>>,
    /// Of each column, the array that it is in, and which row of that.
    places: Vec<Option<(u32, u32)>>,
    /// The reason why a column has no place.
    lost: Unreadable,
}

/// An array of a block.
#[derive(Clone)]
struct Array<'g, S> {
    node: Node<'g, S>,
    values: Result<Values<'g, S>, Unreadable>,
}

/// `pandas.Series`, or a subclass.
#[derive(Clone)]
#[non_exhaustive]
pub struct Series<'g, S> {
    /// The labels.
    pub index: Index<'g, S>,
    /// The name, if it has one: of a column, its label.
    pub name: Option<Cell<'g, S>>,
    /// `attrs`: the attributes that a program gave it.
    pub attributes: Option<Items<'g, S>>,
    /// The values.
    pub values: Values<'g, S>,
}

/// A column of a [`Frame`].
pub struct Column<'f, 'g, S> {
    /// The array that the column is in, maybe with others.
    pub values: &'f Values<'g, S>,
    /// The index of its first value in the array.
    pub start: usize,
    /// The number of its values: that of the rows.
    pub len: usize,
}

impl<'g, S: AsRef<[u8]>> Frame<'g, S> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The number of rows that the arrays have.
    fn rows(&self) -> usize {
        self.window.map_or(self.len(), |(_, all)| all)
    }

    fn layout(&self) -> &Layout<'g, S> {
        self.layout.get_or_init(|| Layout::of(self))
    }

    fn array(&self, number: usize) -> Option<(&Array<'g, S>, u32)> {
        let layout = self.layout();
        let (array, row) = layout.places.get(number).copied()??;
        Some((layout.arrays.get(usize::try_from(array).ok()?)?, row))
    }

    /// Returns the column with this number.
    ///
    /// # Errors
    ///
    /// The reason why it cannot be read: its array is of a class that is not known, or the blocks do not have it. Other columns are
    /// as good as ever.
    pub fn column(&self, number: usize) -> Result<Column<'_, 'g, S>, Unreadable> {
        let place = || Place::Column(number);
        let (array, row) = self.array(number).ok_or_else(|| self.layout().lost.clone().at(place()))?;
        let values = array.values.as_ref().map_err(|unreadable| unreadable.clone().at(place()))?;
        let len = self.len();
        let (first, all) = self.window.unwrap_or((0, len));
        let start = usize::try_from(row).ok().and_then(|row| row.checked_mul(all)?.checked_add(first));
        let start = start.ok_or_else(|| Unreadable::missing(place(), TOO_LONG))?;
        Ok(Column { values, start, len })
    }

    /// The columns in order.
    pub fn columns(&self) -> impl Iterator<Item = Result<Column<'_, 'g, S>, Unreadable>> {
        (0..self.width()).map(|number| self.column(number))
    }

    /// The object that has the values of a column, maybe with others, also where its class is not known; `None` if the blocks do not have
    /// it.
    pub fn object(&self, number: usize) -> Option<Node<'g, S>> {
        self.array(number).map(|(array, _)| array.node)
    }

    /// The number of a column within the array that it is in.
    pub(super) fn row_in_array(&self, number: usize) -> Option<usize> {
        usize::try_from(self.array(number)?.1).ok()
    }

    /// The number of the first column with this label.
    pub fn find(&self, label: &str) -> Option<usize> {
        let is_label = |cell: Cell<'g, S>| match cell {
            Cell::Object(node) => text(node) == Some(label),
            Cell::Text(text) => text == label,
            _ => false,
        };
        self.columns.cells().position(|cell| cell.is_some_and(is_label))
    }
}

const TOO_LONG: &str = "it has more values than there can be";

impl<'g, S: AsRef<[u8]>> Column<'_, 'g, S> {
    /// The value in a row; `None` if there is none, or none that can be read.
    pub fn get(&self, row: usize) -> Option<Cell<'g, S>> {
        if row >= self.len { None } else { self.values.get(self.start + row) }
    }

    /// The values, a row each.
    pub fn cells(&self) -> impl Iterator<Item = Option<Cell<'g, S>>> {
        (0..self.len).map(|row| self.get(row))
    }
}

impl<'g, S: AsRef<[u8]>> Layout<'g, S> {
    fn of(frame: &Frame<'g, S>) -> Self {
        const NOWHERE: &str = "no block of the frame has this column";
        let width = frame.width();
        let lost = Unreadable::missing(Place::Table, NOWHERE);
        let mut all = Self { arrays: Vec::new(), places: vec![None; width], lost };
        let mut labels = Labelled::of(&frame.blocks, &frame.columns, frame.room);
        for block in frame.blocks.each() {
            let added = match block {
                Ok(block) => all.add(&block, frame, &mut labels),
                Err(node) => {
                    all.lost = Unreadable::of(Place::Table, node);
                    Ok(())
                }
            };
            if let Err(why) = added {
                // No pandas wrote it, so no column is to be trusted.
                all.lost = Unreadable::missing(Place::Table, why);
                all.places = vec![None; width];
                break;
            }
        }
        all
    }

    /// Adds a block, whose values need not be known.
    fn add(
        &mut self,
        block: &Block<'g, S>,
        frame: &Frame<'g, S>,
        labels: &mut Labelled,
    ) -> Result<(), &'static str> {
        let numbers = block.places.numbers(frame.width(), labels).ok_or("a block has no such columns")?;
        let values =
            Values::of(block.values, DEEPEST).ok_or_else(|| Unreadable::of(Place::Values, block.values));
        if let Ok(values) = &values {
            if values.rows() != frame.rows() {
                return Err("a block has not as many rows as the frame");
            }
            if values.columns() != Some(numbers.len()) {
                return Err("a block has not as many columns as it says");
            }
        }
        let number = u32::try_from(self.arrays.len()).map_err(|_| TOO_LONG)?;
        for (row, place) in (0..).zip(numbers) {
            if self.places[place].replace((number, row)).is_some() {
                return Err("two blocks have the same column");
            }
        }
        self.arrays.push(Array { node: block.values, values });
        Ok(())
    }
}

debug_fields!(
    Frame,
    this { index: this.index, columns: this.columns, attributes: this.attributes.clone().map(Pairs::from) }
);
debug_fields!(
    Series,
    this {
        index: this.index,
        name: this.name,
        attributes: this.attributes.clone().map(Pairs::from),
        values: this.values,
    }
);

impl<S: AsRef<[u8]>> fmt::Debug for Column<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Column")
            .field("values", &self.values)
            .field("start", &self.start)
            .field("len", &self.len)
            .finish()
    }
}
