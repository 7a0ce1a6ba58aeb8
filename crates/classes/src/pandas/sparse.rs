//! Sparse arrays: values at some places, and one that is at all others.

use std::fmt;
use std::sync::OnceLock;

use halfsour_value::Node;
use halfsour_value::path::Slice;

use super::cells::{Cell, object};
use super::grid::Grid;
use crate::call::Call;
use crate::debug::debug_fields;
use crate::memory::Scalar;
use crate::names::Class;

/// `SparseArray`
#[derive(Clone)]
#[non_exhaustive]
pub struct Sparse<'g, S> {
    /// The number of values, with those that are not stored.
    len: usize,
    /// Of a slice of another array, the index of its first value there, and the distance between neighbours.
    window: (usize, usize),
    /// The values that are stored.
    pub values: Grid<'g, S>,
    /// The value at all other places.
    pub fill: Node<'g, S>,
    places: Places<'g, S>,
}

#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // there are few of them, and arrays are in most
enum Places<'g, S> {
    /// Of each value, in order.
    Each(Box<Grid<'g, S>>),
    /// The starts and the lengths of runs of values.
    Runs(Box<Runs<'g, S>>),
}

#[derive(Clone)]
struct Runs<'g, S> {
    starts: Grid<'g, S>,
    lengths: Grid<'g, S>,
    /// The start of each run, and the number of values in those before: made when it is first needed.
    before: OnceLock<Option<Vec<(usize, usize)>>>,
}

impl<'g, S: AsRef<[u8]>> Sparse<'g, S> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// `IntIndex(length, places)` or `BlockIndex(length, starts, lengths)`, and a dtype that has the fill value.
    pub(super) fn of(index: Node<'g, S>, values: Node<'g, S>, dtype: Node<'g, S>) -> Option<Self> {
        Self::with_fill(index, Grid::of(values)?, dtype.attr("_fill_value")?)
    }

    pub(super) fn with_fill(index: Node<'g, S>, values: Grid<'g, S>, fill: Node<'g, S>) -> Option<Self> {
        let call = Call::of_class(index, Class::PandasSparseIndex)?;
        let (count, [len, first, second]) = call.bare()?.up_to()?;
        let len = usize::try_from(len.as_i64()?).ok()?;
        let first = Grid::of(first)?;
        let places = match (call.name.1, count) {
            ("IntIndex", 2) if first.len() == values.len() => Places::Each(Box::new(first)),
            ("BlockIndex", 3) => {
                let lengths = Grid::of(second)?;
                Places::Runs(Box::new(Runs { starts: first, lengths, before: OnceLock::new() }))
            }
            _ => return None,
        };
        (values.rows() == values.len()).then_some(Self { len, window: (0, 1), values, fill, places })
    }

    /// The values of a slice.
    pub(super) fn slice(&self, slice: Slice) -> Option<Self>
    where
        S: Clone,
    {
        let (start, len, step) = slice.indices(self.len);
        let (first, by) = self.window;
        let window = (start.checked_mul(by)?.checked_add(first)?, step.checked_mul(by)?);
        Some(Self { len, window, ..self.clone() })
    }

    pub(super) fn get(&self, index: usize) -> Option<Cell<'g, S>> {
        if index >= self.len {
            return None;
        }
        let (first, by) = self.window;
        let index = index.checked_mul(by)?.checked_add(first)?;
        let stored = match &self.places {
            Places::Each(places) => {
                let at =
                    partition_point(places.len(), |at| place(places, at).is_some_and(|place| place < index));
                (place(places, at) == Some(index)).then_some(at)
            }
            Places::Runs(all) => {
                let made = || runs(&all.starts, &all.lengths, self.values.len());
                let runs = all.before.get_or_init(made).as_ref()?;
                let after = runs.partition_point(|(start, _)| *start <= index);
                let run = after.checked_sub(1).map(|run| runs[run]);
                let end = runs.get(after).map_or(self.values.len(), |(_, before)| *before);
                run.map(|(start, before)| before + (index - start)).filter(|at| *at < end)
            }
        };
        match stored {
            Some(at) => self.values.get(at),
            None => Some(object(self.fill)),
        }
    }
}

/// `Sparse[float64, nan]`
impl<S: AsRef<[u8]>> fmt::Display for Sparse<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sparse[{}, ", self.values.dtype())?;
        match object(self.fill) {
            Cell::Scalar(fill) if !matches!(fill, Scalar::Complex(..)) => write!(f, "{fill}]"),
            _ => f.write_str("?]"),
        }
    }
}

fn place<S: AsRef<[u8]>>(places: &Grid<'_, S>, at: usize) -> Option<usize> {
    usize::try_from(places.int(at)?).ok()
}

fn partition_point(len: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

fn runs<S: AsRef<[u8]>>(
    starts: &Grid<'_, S>,
    lengths: &Grid<'_, S>,
    values: usize,
) -> Option<Vec<(usize, usize)>> {
    let (mut runs, mut before) = (Vec::new(), 0_usize);
    for at in 0..starts.len() {
        runs.push((place(starts, at)?, before));
        before = before.checked_add(place(lengths, at)?)?;
    }
    (before == values && starts.len() == lengths.len()).then_some(runs)
}

debug_fields!(Sparse, this { len: this.len, values: this.values, fill: this.fill });
