//! Frames and series, and the blocks that they are pickled by.

use std::fmt;
use std::sync::OnceLock;

use halfsour_value::{Data, Elements, Items, Node};

use super::cells::Cell;
use super::grid::Grid;
use super::index::{DEEPEST, Index};
use super::values::Values;
use crate::call::Call;
use crate::debug::debug_fields;
use crate::names::Class;
use crate::stdlib::Pairs;

/// `pandas.DataFrame`
#[derive(Clone)]
#[non_exhaustive]
pub struct Frame<'g, S> {
    /// The labels of the rows.
    pub index: Index<'g, S>,
    /// The labels of the columns.
    pub columns: Index<'g, S>,
    /// `attrs`: the attributes that a program gave it.
    pub attributes: Option<Items<'g, S>>,
    blocks: Blocks<'g, S>,
    /// Made when a column is first asked for: a stream may name a frame many times.
    layout: OnceLock<Option<Layout<'g, S>>>,
}

/// The places of the columns of a frame.
#[derive(Clone)]
struct Layout<'g, S> {
    arrays: Vec<Values<'g, S>>,
    /// Of each column, the array that it is in, and which row of that.
    places: Vec<(u32, u32)>,
}

/// `pandas.Series`
#[derive(Clone)]
#[non_exhaustive]
pub struct Series<'g, S> {
    /// The labels.
    pub index: Index<'g, S>,
    /// The name.
    pub name: Node<'g, S>,
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

    /// Whether its blocks hold each column once. Otherwise no pandas wrote it, and it has no columns.
    pub fn is_whole(&self) -> bool {
        self.layout().is_some()
    }

    fn layout(&self) -> Option<&Layout<'g, S>> {
        self.layout.get_or_init(|| Layout::of(self)).as_ref()
    }

    /// The column with this number.
    pub fn column(&self, number: usize) -> Option<Column<'_, 'g, S>> {
        let layout = self.layout()?;
        let (array, row) = *layout.places.get(number)?;
        let len = self.len();
        let start = usize::try_from(row).ok()?.checked_mul(len)?;
        Some(Column { values: layout.arrays.get(usize::try_from(array).ok()?)?, start, len })
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

/// The blocks of a frame or series.
#[derive(Clone)]
struct Blocks<'g, S> {
    nodes: Elements<'g, S>,
    /// Whether each is a dict.
    are_dicts: bool,
}

impl<'g, S: AsRef<[u8]>> Blocks<'g, S> {
    /// The array of a block, and which columns it holds: a slice, or an array of numbers.
    fn read(&self, block: Node<'g, S>) -> Option<(Node<'g, S>, Node<'g, S>)> {
        if self.are_dicts {
            return Some((block.get("values")?, block.get("mgr_locs")?));
        }
        let [values, places, _] = Call::of_class(block, Class::PandasBlock)?.bare()?.exactly()?;
        Some((values, places))
    }

    /// The labels of each dimension, and the blocks, of a manager.
    ///
    /// Since 1.3 it is `BlockManager((_unpickle_block(values, places, dimensions), …), [axes])`. That of a series, and in older
    /// pandas of all, is made of a state `(axes, arrays, items, {'0.14.1': {'axes': axes, 'blocks': [{'values': …, 'mgr_locs': …}]}})`,
    /// where the dict says all.
    fn of(manager: Node<'g, S>) -> Option<(Elements<'g, S>, Self)> {
        let call = Call::of_class(manager, Class::PandasManager)?;
        if call.is_bare() {
            let [blocks, axes] = call.exactly()?;
            return Some((axes.elements()?, Self { nodes: blocks.elements()?, are_dicts: false }));
        }
        let Data::Tuple(state) = call.state()?.data() else { return None };
        let whole =
            state.get(3).filter(|_| call.args().is_some_and(|args| args.is_empty()))?.get("0.14.1")?;
        let blocks = Self { nodes: whole.get("blocks")?.elements()?, are_dicts: true };
        Some((whole.get("axes")?.elements()?, blocks))
    }
}

impl<'g, S: AsRef<[u8]>> Layout<'g, S> {
    fn of(frame: &Frame<'g, S>) -> Option<Self> {
        const NOWHERE: (u32, u32) = (u32::MAX, u32::MAX);
        let mut all = vec![NOWHERE; frame.columns.len()];
        let mut arrays = Vec::new();
        let mut found = 0;
        for block in frame.blocks.nodes.clone() {
            let (values, numbers) = frame.blocks.read(block)?;
            let values = Values::of(values, DEEPEST)?;
            let count = match &values {
                // It does not tell how long it is.
                Values::Other(_) => 1,
                _ if values.rows() == frame.index.len() => values.columns().filter(|count| *count > 0)?,
                _ => return None,
            };
            let (number, mut row) = (u32::try_from(arrays.len()).ok()?, 0);
            places(numbers, count, |place| {
                let place = all.get_mut(place).filter(|place| **place == NOWHERE)?;
                *place = (number, row);
                row += 1;
                found += 1;
                Some(())
            })?;
            arrays.push(values);
        }
        (found == all.len()).then_some(Self { arrays, places: all })
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

fn attributes<S: AsRef<[u8]>>(state: Node<'_, S>) -> Option<Items<'_, S>> {
    state.get("attrs").and_then(Node::items).filter(|attributes| !attributes.is_empty())
}

/// Columns without rows cost no bytes. There can be some, but not without end.
fn too_many<S: AsRef<[u8]>>(columns: &Index<'_, S>, node: Node<'_, S>) -> bool {
    columns.len() > node.graph().source().as_ref().len() || u32::try_from(columns.len()).is_err()
}

/// The state, and what is in the manager that it has.
fn managed<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<(Node<'g, S>, Elements<'g, S>, Blocks<'g, S>)> {
    let state = call.state().filter(|_| call.args().is_some_and(|args| args.is_empty()))?;
    let manager = ["_mgr", "_data"].iter().find_map(|name| state.get(*name))?;
    let (axes, blocks) = Blocks::of(manager)?;
    Some((state, axes, blocks))
}

pub(crate) fn frame<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Frame<'g, S>> {
    let (state, axes, blocks) = managed(call)?;
    let (columns, index) = (Index::of(axes.get(0)?, DEEPEST)?, Index::of(axes.get(1)?, DEEPEST)?);
    let fits = axes.len() == 2 && !too_many(&columns, state);
    let attributes = attributes(state);
    fits.then_some(Frame { index, columns, attributes, blocks, layout: OnceLock::new() })
}

pub(crate) fn series<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Series<'g, S>> {
    let (state, axes, blocks) = managed(call)?;
    let (values, _) = blocks.read(blocks.nodes.get(0)?)?;
    let (index, values) = (Index::of(axes.get(0)?, DEEPEST)?, Values::of(values, DEEPEST)?);
    let is_single = axes.len() == 1 && blocks.nodes.len() == 1;
    let fits =
        matches!(values, Values::Other(_)) || values.len() == index.len() && values.rows() == values.len();
    let name = ["_name", "name"].iter().find_map(|name| state.get(*name))?;
    let attributes = attributes(state);
    (is_single && fits).then_some(Series { index, name, attributes, values })
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
