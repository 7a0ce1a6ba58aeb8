//! [`Index`]: the labels of rows and columns.

use halfsour_value::{Elements, Node};

use super::cells::Cell;
use super::closed::Closed;
use super::grid::Grid;
use super::values::Values;
use crate::args::short;
use crate::call::{Call, class_of};
use crate::debug::{debug_fields, debug_variants};
use crate::memory::Scalar;
use crate::names::Class;

/// An `Index` of any kind.
#[derive(Clone)]
#[non_exhaustive]
pub struct Index<'g, S> {
    /// The class, by the name that it has today or had last: `RangeIndex`, `Int64Index`.
    pub class: &'static str,
    /// The name, if it has one; of a `MultiIndex`, that of each level.
    pub names: Vec<Option<Node<'g, S>>>,
    /// The distance between neighbours, of a `DatetimeIndex` and others if it was asked for: an
    /// [`Offset`](super::Offset), or the name of a frequency.
    pub freq: Option<Node<'g, S>>,
    /// The labels.
    pub labels: Labels<'g, S>,
}

/// The labels of an [`Index`].
#[derive(Clone)]
pub enum Labels<'g, S> {
    /// Ints at the same distance.
    Range {
        /// The first label.
        start: i64,
        /// The distance between neighbours.
        step: i64,
        /// The number of labels.
        len: usize,
    },
    /// Values as columns have them.
    Values(Box<Values<'g, S>>),
    /// One of each level.
    Levels(Vec<Level<'g, S>>),
}

/// A level of a `MultiIndex`.
#[derive(Clone)]
#[non_exhaustive]
pub struct Level<'g, S> {
    /// The labels, each once.
    pub labels: Index<'g, S>,
    /// The number of the label of each row; −1 where a row has none.
    pub codes: Grid<'g, S>,
}

/// An index of several levels, of categories, of intervals, of an index of something. Deeper it does not go in pandas.
pub(crate) const DEEPEST: u8 = 8;

/// More levels are not looked at: each may be the same one again.
const MOST_LEVELS: usize = 100;

impl<'g, S: AsRef<[u8]>> Level<'g, S> {
    /// The label of a row.
    pub fn get(&self, row: usize) -> Option<Cell<'g, S>> {
        coded(&self.codes, row, |code| self.labels.get(code))
    }
}

impl<'g, S: AsRef<[u8]>> Index<'g, S> {
    /// The number of labels.
    pub fn len(&self) -> usize {
        match &self.labels {
            Labels::Range { len, .. } => *len,
            Labels::Values(values) => values.len(),
            Labels::Levels(levels) => levels.first().map_or(0, |level| level.codes.len()),
        }
    }

    /// The dtype, as pandas shows it: `int64`; of several levels, `object`.
    pub fn dtype(&self) -> String {
        match &self.labels {
            Labels::Range { .. } => "int64".to_owned(),
            Labels::Values(values) => values.to_string(),
            Labels::Levels(_) => "object".to_owned(),
        }
    }

    /// Whether there are no labels.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The label with this number; `None` if there is none, or none that can be read.
    pub fn get(&self, index: usize) -> Option<Cell<'g, S>> {
        match &self.labels {
            Labels::Range { start, step, len } => {
                let along = i128::try_from(index).ok().filter(|_| index < *len)?;
                i64::try_from(i128::from(*start) + along * i128::from(*step))
                    .ok()
                    .map(|label| Cell::Scalar(Scalar::Int(label)))
            }
            Labels::Values(values) => values.get(index),
            Labels::Levels(levels) => {
                levels.iter().map(|level| level.get(index)).collect::<Option<_>>().map(Cell::Tuple)
            }
        }
    }

    /// The labels in order.
    pub fn cells(&self) -> impl Iterator<Item = Option<Cell<'g, S>>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Reads an index.
    pub(super) fn of(node: Node<'g, S>, depth: u8) -> Option<Self> {
        Self::read(&Call::of(node)?, depth)
    }

    /// `_new_Index(class, {attributes})`, or the function of one class alone
    fn read(call: &Call<'g, S>, depth: u8) -> Option<Self> {
        if call.class != Class::PandasNewIndex {
            return None;
        }
        let depth = depth.checked_sub(1)?;
        let [class, attributes] = call.bare()?.exactly()?;
        let class = match class_of(class) {
            Some((Class::PandasIndex, (_, class))) => class,
            // A subclass is made of the same.
            None if class.as_global().is_some() => "Index",
            _ => return None,
        };
        let attributes = Attributes(attributes);
        let mut names = vec![attributes.get("name")];
        let mut freq = attributes.get("freq");
        let labels = match class {
            "RangeIndex" => range(&attributes)?,
            "MultiIndex" => {
                let levels = levels(&attributes, depth)?;
                let given = attributes.get("names")?.elements()?;
                (given.len() == levels.len()).then_some(())?;
                names = given.map(|name| Some(name).filter(|name| !name.is_none())).collect();
                Labels::Levels(levels)
            }
            "IntervalIndex" => {
                let side = |name| Values::of(attributes.get(name)?, depth);
                let closed = Closed::from_name(short(attributes.get("closed")?)?)?;
                Labels::Values(Box::new(Values::intervals(side("left")?, side("right")?, closed)?))
            }
            _ => {
                let data = attributes.get("data")?;
                freq = freq.or_else(|| Values::freq(data));
                let values = Values::of(data, depth)?;
                Labels::Values(Box::new(values.in_index(class, attributes.get("tz"), freq)?))
            }
        };
        match &labels {
            Labels::Values(values) if values.rows() != values.len() => None,
            _ => Some(Self { class, names, freq, labels }),
        }
    }
}

/// The dict of attributes of an index; those that are None are left out.
struct Attributes<'g, S>(Node<'g, S>);

impl<'g, S: AsRef<[u8]>> Attributes<'g, S> {
    fn get(&self, name: &str) -> Option<Node<'g, S>> {
        self.0.get(name).filter(|node| !node.is_none())
    }
}

fn range<'g, S: AsRef<[u8]>>(attributes: &Attributes<'g, S>) -> Option<Labels<'g, S>> {
    let [start, end, step] =
        ["start", "stop", "step"].map(|name| attributes.get(name).and_then(Node::as_i64));
    let (start, end, step) = (start?, end?, step?);
    let (way, step_size) = match step {
        0 => return None,
        1.. => (i128::from(end) - i128::from(start), i128::from(step)),
        _ => (i128::from(start) - i128::from(end), -i128::from(step)),
    };
    let len = usize::try_from((way.max(0) + step_size - 1) / step_size).ok()?;
    Some(Labels::Range { start, step, len })
}

fn levels<'g, S: AsRef<[u8]>>(attributes: &Attributes<'g, S>, depth: u8) -> Option<Vec<Level<'g, S>>> {
    let members = |name| attributes.get(name).and_then(Node::elements);
    let (levels, codes): (Elements<'g, S>, _) =
        (members("levels")?, members("codes").or_else(|| members("labels"))?);
    if levels.len() != codes.len() || levels.len() > MOST_LEVELS || levels.is_empty() {
        return None;
    }
    let mut all: Vec<Level<'g, S>> = Vec::new();
    for (labels, codes) in levels.zip(codes) {
        let (labels, codes) = (Index::of(labels, depth)?, Grid::of(codes)?);
        let fits = codes.rows() == codes.len()
            && all.first().is_none_or(|first| first.codes.len() == codes.len())
            && !matches!(labels.labels, Labels::Levels(_));
        fits.then(|| all.push(Level { labels, codes }))?;
    }
    Some(all)
}

/// The label of the code at an index: nothing, if the code is negative.
pub(super) fn coded<'g, S: AsRef<[u8]>>(
    codes: &Grid<'g, S>,
    index: usize,
    label: impl Fn(usize) -> Option<Cell<'g, S>>,
) -> Option<Cell<'g, S>> {
    usize::try_from(codes.int(index)?).map_or(Some(Cell::Missing), label)
}

pub(crate) fn index<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Index<'g, S>> {
    Index::read(call, DEEPEST)
}

debug_fields!(Index, this { class: this.class, names: this.names, freq: this.freq, labels: this.labels });
debug_fields!(Level, this { labels: this.labels, codes: this.codes });
debug_variants!(Labels {
    Self::Range { start, step, len } => Range(start, step, len),
    Self::Values(values) => Values(values),
    Self::Levels(levels) => Levels(levels),
});
