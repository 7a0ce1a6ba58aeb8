//! The managers of frames and series, and the blocks that they keep columns in.

use std::collections::HashMap;

use halfsour_value::{Data, Elements, Node};

use super::cells::Cell;
use super::grid::Grid;
use super::index::{DEEPEST, Index};
use super::names::name_of;
use crate::call::{Call, class_of};
use crate::names::Class;

/// The labels of each dimension, and the blocks, of a frame or series.
pub(super) struct Manager<'g, S> {
    pub(super) axes: Elements<'g, S>,
    pub(super) blocks: Blocks<'g, S>,
    /// Whether the rows are the first dimension, not the last.
    pub(super) is_rows_first: bool,
}

/// The blocks of a frame or series.
#[derive(Clone)]
pub(super) struct Blocks<'g, S> {
    nodes: Elements<'g, S>,
    form: Form<'g, S>,
}

#[derive(Clone)]
enum Form<'g, S> {
    /// A call with the array and the places.
    Calls,
    /// A dict with them.
    Dicts,
    /// The array alone; the labels of its columns are in another list.
    Labelled(Elements<'g, S>),
    /// The array of one column, with those of all others before and after it.
    Columns,
}

/// The columns of a block.
pub(super) enum Places<'g, S> {
    /// A slice, or an array of numbers.
    Numbers(Node<'g, S>),
    /// Their labels, an index.
    Labels(Node<'g, S>),
    /// One column.
    One(usize),
}

/// The array of a block, and its columns.
pub(super) struct Block<'g, S> {
    pub(super) values: Node<'g, S>,
    pub(super) places: Places<'g, S>,
}

impl<'g, S: AsRef<[u8]>> Manager<'g, S> {
    /// Reads the manager of a frame or series.
    ///
    /// Since 1.3 it is `BlockManager((_unpickle_block(values, places, dimensions), …), [axes])`, and an `ArrayManager` is
    /// `ArrayManager([values], [axes])`. Older ones, and that of a series, have a state `(axes, arrays, items, {'0.14.1': {'axes': axes,
    /// 'blocks': [{'values': …, 'mgr_locs': …}]}})`, where the dict says all; before 0.14.1 there was none.
    pub(super) fn of(node: Node<'g, S>) -> Option<Self> {
        let call = Call::of_class(node, Class::PandasManager)?;
        let is_rows_first = call.name.1.ends_with("ArrayManager");
        if call.is_bare() {
            let [blocks, axes] = call.exactly()?;
            let form = if is_rows_first { Form::Columns } else { Form::Calls };
            let blocks = Blocks { nodes: blocks.elements()?, form };
            return Some(Self { axes: axes.elements()?, blocks, is_rows_first });
        }
        let Data::Tuple(state) = call.state().filter(|_| call.has_no_args())?.data() else { return None };
        let (axes, blocks) = match state.get(3) {
            Some(all) => {
                let whole = all.get("0.14.1")?;
                (whole.get("axes")?, Blocks { nodes: whole.get("blocks")?.elements()?, form: Form::Dicts })
            }
            None => {
                let (axes, arrays, labels) = (state.get(0)?, state.get(1)?, state.get(2)?);
                let (nodes, labels) = (arrays.elements()?, labels.elements()?);
                (nodes.len() == labels.len() && state.len() == 3).then_some(())?;
                (axes, Blocks { nodes, form: Form::Labelled(labels) })
            }
        };
        Some(Self { axes: axes.elements()?, blocks, is_rows_first })
    }
}

impl<'g, S: AsRef<[u8]>> Blocks<'g, S> {
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Each block; an object that is none is an error.
    pub(super) fn each(&self) -> impl Iterator<Item = Result<Block<'g, S>, Node<'g, S>>> {
        self.nodes.clone().enumerate().map(|(number, node)| self.read(number, node).ok_or(node))
    }

    fn read(&self, number: usize, node: Node<'g, S>) -> Option<Block<'g, S>> {
        let (values, places) = match &self.form {
            Form::Calls => {
                let [values, places] = called(node)?;
                (values, Places::Numbers(places))
            }
            Form::Dicts => (node.get("values")?, Places::Numbers(node.get("mgr_locs")?)),
            Form::Labelled(labels) => (node, Places::Labels(labels.get(number)?)),
            Form::Columns => (node, Places::One(number)),
        };
        Some(Block { values, places })
    }
}

/// `_unpickle_block(values, places, dimensions)`; in 1.3 it was `partial(new_block, ndim=dimensions)(values, places)`
fn called<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<[Node<'_, S>; 2]> {
    if let Some(call) = Call::of_class(node, Class::PandasBlock) {
        let [values, places, _] = call.bare()?.exactly()?;
        return Some([values, places]);
    }
    let instance = node.as_instance()?;
    let partial = Call::of_class(instance.callable(), Class::Partial)?;
    let ([function], (mut args, None)) = (partial.exactly()?, instance.arguments()?) else { return None };
    let is_block = matches!(class_of(function), Some((Class::PandasBlock, _)));
    (is_block && args.len() == 2 && instance.steps().next().is_none()).then_some(())?;
    Some([args.next()?, args.next()?])
}

impl<S: AsRef<[u8]>> Places<'_, S> {
    /// The numbers of the columns, each below `width`, in the order in which the block has them. `labels` makes numbers of labels.
    pub(super) fn numbers(&self, width: usize, labels: &mut Labelled) -> Option<Vec<usize>> {
        let below = |number: usize| Some(number).filter(|number| *number < width);
        match self {
            Self::One(number) => Some(vec![below(*number)?]),
            Self::Labels(node) => labels.numbers(&Index::of(*node, DEEPEST)?),
            Self::Numbers(node) => match Call::of_class(*node, Class::Slice) {
                Some(call) => slice(&call, width),
                None => {
                    let numbers = Grid::of(*node)?;
                    (numbers.len() <= width).then_some(())?;
                    (0..numbers.len())
                        .map(|at| usize::try_from(numbers.int(at)?).ok().and_then(below))
                        .collect()
                }
            },
        }
    }
}

/// `slice(start, end, step)`, of which none is missing, save the end of one that goes down to 0. The end may lie beyond the last
/// column, or below the first one: pandas makes it of the last place and the step.
fn slice<S: AsRef<[u8]>>(call: &Call<'_, S>, width: usize) -> Option<Vec<usize>> {
    let [start, end, step] = call.bare()?.exactly()?;
    let (start, step) = (start.as_i64()?, step.as_i64()?);
    let end = if end.is_none() && step < 0 { -1 } else { end.as_i64()? };
    let (distance, size) = (end.checked_sub(start)?, step.unsigned_abs());
    if distance.signum() * step.signum() <= 0 {
        return (step != 0).then(Vec::new);
    }
    let count =
        usize::try_from(distance.unsigned_abs().div_ceil(size)).ok().filter(|count| *count <= width)?;
    let place = |number: usize| {
        let along = i64::try_from(number).ok()?.checked_mul(step)?;
        usize::try_from(start.checked_add(along)?).ok().filter(|place| *place < width)
    };
    (0..count).map(place).collect()
}

/// The numbers of the columns by their labels.
pub(super) struct Labelled {
    numbers: HashMap<String, usize>,
    /// The bytes of labels that may still be spelled: long ones can be shared.
    room: usize,
}

impl Labelled {
    /// The columns of a frame, if its blocks name theirs. There are none if two have one label, or if there is no room for them.
    pub(super) fn of<S: AsRef<[u8]>>(blocks: &Blocks<'_, S>, columns: &Index<'_, S>, room: usize) -> Self {
        let mut all = Self { numbers: HashMap::new(), room };
        if let Form::Labelled(_) = blocks.form {
            let mut numbers = HashMap::new();
            let mut add = |(number, label): (usize, Option<Cell<'_, S>>)| {
                numbers.insert(all.spelled(label?)?, number).is_none().then_some(())
            };
            if columns.cells().enumerate().try_for_each(&mut add).is_some() {
                all.numbers = numbers;
            }
        }
        all
    }

    fn numbers<S: AsRef<[u8]>>(&mut self, labels: &Index<'_, S>) -> Option<Vec<usize>> {
        (labels.len() <= self.numbers.len()).then_some(())?;
        labels
            .cells()
            .map(|label| {
                let label = self.spelled(label?)?;
                self.numbers.get(&label).copied()
            })
            .collect()
    }

    /// A label as text, in which text and numbers differ.
    fn spelled<S: AsRef<[u8]>>(&mut self, label: Cell<'_, S>) -> Option<String> {
        let mut text = String::new();
        name_of(&Cell::Tuple(vec![label]), &mut text);
        self.room = self.room.checked_sub(text.len())?;
        Some(text)
    }
}
