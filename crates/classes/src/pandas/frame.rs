//! Frames and series, and the blocks that they are pickled by.

use halfsour_value::{Data, Elements, Items, Node};

use super::cells::Cell;
use super::grid::Grid;
use super::index::{DEEPEST, Index};
use super::values::Values;
use crate::Known;
use crate::call::Call;
use crate::names::Class;

/// `pandas.DataFrame`
#[derive(Clone)]
pub struct Frame<'g, S> {
    /// The labels of the rows.
    pub index: Index<'g, S>,
    /// The labels of the columns.
    pub columns: Index<'g, S>,
    /// `attrs`: what was said of it as a whole.
    pub attributes: Option<Items<'g, S>>,
    blocks: Vec<Values<'g, S>>,
    /// Of each column, the block that it is in, and which row of that.
    places: Vec<(u32, u32)>,
}

/// `pandas.Series`
#[derive(Clone)]
pub struct Series<'g, S> {
    /// The labels.
    pub index: Index<'g, S>,
    /// What it is called.
    pub name: Node<'g, S>,
    /// `attrs`: what was said of it as a whole.
    pub attributes: Option<Items<'g, S>>,
    /// The values.
    pub values: Values<'g, S>,
}

/// A column of a [`Frame`].
pub struct Column<'f, 'g, S> {
    /// An array that it is in, maybe with others.
    pub values: &'f Values<'g, S>,
    /// Where in that it begins.
    pub start: usize,
    /// How many values it has: as many as there are rows.
    pub len: usize,
}

impl<'g, S: AsRef<[u8]>> Frame<'g, S> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.places.len()
    }

    /// The column with this number.
    pub fn column(&self, number: usize) -> Option<Column<'_, 'g, S>> {
        let (block, row) = *self.places.get(number)?;
        let len = self.len();
        let start = usize::try_from(row).ok()?.checked_mul(len)?;
        Some(Column { values: self.blocks.get(usize::try_from(block).ok()?)?, start, len })
    }

    /// The first column with this label.
    pub fn find(&self, label: &str) -> Option<Column<'_, 'g, S>> {
        let is_label = |cell: Cell<'g, S>| match cell {
            Cell::Object(node) => node.as_str() == Some(label),
            Cell::Text(text) => text == label,
            _ => false,
        };
        self.column(self.columns.cells().position(|cell| cell.is_some_and(is_label))?)
    }
}

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

/// Arrays, and which columns they hold: a slice, or an array of numbers.
struct Block<'g, S> {
    values: Node<'g, S>,
    places: Node<'g, S>,
}

/// What a frame or series keeps its data in: labels of each dimension, and blocks.
struct Manager<'g, S> {
    axes: Elements<'g, S>,
    blocks: Vec<Block<'g, S>>,
}

impl<'g, S: AsRef<[u8]>> Manager<'g, S> {
    /// Since 1.3 `BlockManager((_unpickle_block(values, places, dimensions), …), [axes])`. That of a series, and in older pandas of
    /// all, is made of a state `(axes, arrays, items, {'0.14.1': {'axes': axes, 'blocks': [{'values': …, 'mgr_locs': …}]}})`,
    /// where the dict says all.
    fn of(node: Node<'g, S>) -> Option<Self> {
        let call = Call::of_class(node, Class::PandasManager)?;
        if call.is_bare() {
            let [blocks, axes] = call.exactly()?;
            let block = |block| {
                let [values, places, _] = Call::of_class(block, Class::PandasBlock)?.bare()?.exactly()?;
                Some(Block { values, places })
            };
            let blocks = blocks.elements()?.map(block).collect::<Option<_>>()?;
            return Some(Self { axes: axes.elements()?, blocks });
        }
        let Data::Tuple(state) = call.state()?.data() else { return None };
        let whole =
            state.get(3).filter(|_| call.args().is_some_and(|args| args.is_empty()))?.get("0.14.1")?;
        let block =
            |block: Node<'g, S>| Some(Block { values: block.get("values")?, places: block.get("mgr_locs")? });
        let blocks = whole.get("blocks")?.elements()?.map(block).collect::<Option<_>>()?;
        Some(Self { axes: whole.get("axes")?.elements()?, blocks })
    }
}

/// The numbers of the columns that a block holds.
fn places<S: AsRef<[u8]>>(
    node: Node<'_, S>,
    count: usize,
    mut see: impl FnMut(usize) -> Option<()>,
) -> Option<()> {
    if let Some(slice) = Call::of_class(node, Class::Slice) {
        let [start, end, step] = slice.bare()?.exactly()?.map(Node::as_i64);
        let (start, end, step) = (i128::from(start?), i128::from(end?), i128::from(step?));
        let last = start + step * (i128::try_from(count).ok()? - 1);
        let is_exact = count == 0
            || if step > 0 {
                last < end && end <= last + step
            } else {
                step != 0 && last > end && end >= last + step
            };
        is_exact.then_some(())?;
        return (0..count)
            .try_for_each(|along| see(usize::try_from(start + step * i128::try_from(along).ok()?).ok()?));
    }
    let numbers = Grid::of(node)?;
    (numbers.len() == count).then_some(())?;
    (0..count).try_for_each(|at| see(usize::try_from(numbers.int(at)?).ok()?))
}

fn manager<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<(Node<'g, S>, Manager<'g, S>)> {
    let state = call.state().filter(|_| call.args().is_some_and(|args| args.is_empty()))?;
    let manager = ["_mgr", "_data"].iter().find_map(|name| state.get(*name))?;
    Some((state, Manager::of(manager)?))
}

fn attributes<S: AsRef<[u8]>>(state: Node<'_, S>) -> Option<Items<'_, S>> {
    state.get("attrs").and_then(Node::items).filter(|attributes| !attributes.is_empty())
}

/// The place of a column that is not found yet.
const NOWHERE: (u32, u32) = (u32::MAX, u32::MAX);

/// Columns without rows cost no bytes. There can be some, but not without end.
fn too_many<S: AsRef<[u8]>>(columns: &Index<'_, S>, node: Node<'_, S>) -> bool {
    columns.len() > node.graph().source().as_ref().len() || u32::try_from(columns.len()).is_err()
}

pub(crate) fn frame<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Known<'g, S>> {
    let (state, manager) = manager(call)?;
    let (columns, index) = (manager.axes.get(0)?, manager.axes.get(1)?);
    let (columns, index) = (Index::of(columns, DEEPEST)?, Index::of(index, DEEPEST)?);
    if manager.axes.len() != 2 || too_many(&columns, state) {
        return None;
    }
    let mut all = vec![NOWHERE; columns.len()];
    let mut blocks = Vec::new();
    let mut found = 0;
    for block in manager.blocks {
        let values = Values::of(block.values, DEEPEST)?;
        let (count, number) = (values.columns(), u32::try_from(blocks.len()).ok()?);
        let count = match &values {
            // It does not tell how long it is.
            Values::Other(_) => 1,
            _ if values.rows() == index.len() => count.filter(|count| *count > 0)?,
            _ => return None,
        };
        let mut row = 0;
        places(block.places, count, |place| {
            let place = all.get_mut(place).filter(|place| **place == NOWHERE)?;
            *place = (number, row);
            row += 1;
            found += 1;
            Some(())
        })?;
        blocks.push(values);
    }
    (found == all.len()).then(|| {
        let attributes = attributes(state);
        Known::DataFrame(Box::new(Frame { index, columns, attributes, blocks, places: all }))
    })
}

pub(crate) fn series<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Known<'g, S>> {
    let (state, manager) = manager(call)?;
    let ([block], [axis]) = (&manager.blocks[..], [manager.axes.get(0)?]) else { return None };
    let (index, values) = (Index::of(axis, DEEPEST)?, Values::of(block.values, DEEPEST)?);
    let is_other = matches!(values, Values::Other(_));
    let fits =
        manager.axes.len() == 1 && (is_other || values.len() == index.len() && values.rows() == values.len());
    let name = ["_name", "name"].iter().find_map(|name| state.get(*name))?;
    fits.then(|| {
        let attributes = attributes(state);
        Known::Series(Box::new(Series { index, name, attributes, values }))
    })
}
