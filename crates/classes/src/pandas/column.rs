//! A column of a frame as a series, and slices of frames and series.

use halfsour_value::path::{Literal, Slice, Subscript};

use super::cells::Cell;
use super::frame::{Frame, Series};
use super::grid::Grid;
use super::index::{Index, Labels, Level};
use super::values::{Categories, Values};

impl<'g, S: AsRef<[u8]> + Clone> Frame<'g, S> {
    /// The column with this number as a series, which has the labels of the rows, and the label of the column as its name. `None` if
    /// there is no such column, or none that can be taken out of its array.
    pub fn series(&self, number: usize) -> Option<Series<'g, S>> {
        let column = self.column(number).ok()?;
        let label = self.columns.get(number)?;
        let name = if matches!(label, Cell::Object(node) if node.is_none()) { None } else { Some(label) };
        let mut values = column.values.row(self.row_in_array(number)?)?;
        if let Some((first, _)) = self.window {
            let [start, stop] = [first, first.checked_add(self.len())?].map(|row| i64::try_from(row).ok());
            values = values.slice(Slice { start: Some(start?), stop: Some(stop?), step: None })?;
        }
        Some(Series { index: self.index.clone(), name, attributes: None, values })
    }

    /// The rows of a slice, with all columns: `df[2:5]`. `None` if rows between them are left out, or the labels of the rows cannot be sliced, as of
    /// [`Series::slice`].
    pub fn slice(&self, slice: Slice) -> Option<Self> {
        let (start, count, step) = slice.indices(self.len());
        let (first, all) = self.window.unwrap_or((0, self.len()));
        let index = self.index.slice(slice)?;
        let window = Some((first.checked_add(start)?, all));
        (step == 1 || count <= 1).then(|| Self { index, window, ..self.clone() })
    }
}

impl<S: AsRef<[u8]> + Clone> Series<'_, S> {
    /// The rows of a slice, with their labels. `None` if the values or the labels are of a kind that cannot be sliced: sparse ones, those of Arrow, and
    /// objects that do not lie side by side.
    pub fn slice(&self, slice: Slice) -> Option<Self> {
        let (index, values) = (self.index.slice(slice)?, self.values.slice(slice)?);
        Some(Self { index, name: self.name.clone(), attributes: self.attributes.clone(), values })
    }
}

impl<'g, S: AsRef<[u8]> + Clone> Index<'g, S> {
    /// The labels of a slice; `None` if they cannot be sliced, as of [`Series::slice`].
    pub fn slice(&self, slice: Slice) -> Option<Self> {
        let labels = match &self.labels {
            Labels::Range { start, step, len } => {
                let (from, len, by) = slice.indices(*len);
                let start = start.checked_add(step.checked_mul(i64::try_from(from).ok()?)?)?;
                Labels::Range { start, step: step.checked_mul(i64::try_from(by).ok()?)?, len }
            }
            Labels::Values(values) => Labels::Values(Box::new(values.slice(slice)?)),
            Labels::Levels(levels) => {
                let sliced = |level: &Level<'g, S>| {
                    Some(Level { labels: level.labels.clone(), codes: sliced(&level.codes, slice)? })
                };
                Labels::Levels(levels.iter().map(sliced).collect::<Option<_>>()?)
            }
        };
        let freq = self.freq.filter(|_| slice.step.is_none_or(|step| step == 1));
        Some(Self { class: self.class, names: self.names.clone(), freq, labels })
    }
}

/// Some of the values of one column, which may be the only row of a block.
fn sliced<'g, S: AsRef<[u8]> + Clone>(grid: &Grid<'g, S>, slice: Slice) -> Option<Grid<'g, S>> {
    let slice = Subscript::Slice(slice);
    let array = match grid.array.shape[..] {
        [_] => grid.array.part(&[slice])?,
        [1, _] => grid.array.part(&[Subscript::Literal(Literal::Int(0)), slice])?,
        _ => return None,
    };
    Some(Grid { array })
}

impl<'g, S: AsRef<[u8]> + Clone> Values<'g, S> {
    /// The values of a slice, of an array of one dimension; `None` if they cannot be sliced, as of [`Series::slice`].
    pub fn slice(&self, slice: Slice) -> Option<Self> {
        let sliced = |grid: &Grid<'g, S>| sliced(grid, slice);
        Some(match self {
            Self::Numpy(grid) => Self::Numpy(sliced(grid)?),
            Self::Times { ticks, unit, tz } => Self::Times { ticks: sliced(ticks)?, unit: *unit, tz: *tz },
            Self::Deltas { ticks, unit } => Self::Deltas { ticks: sliced(ticks)?, unit: *unit },
            Self::Masked { values, mask } => Self::Masked { values: sliced(values)?, mask: sliced(mask)? },
            Self::Text { objects, dtype } => Self::Text { objects: sliced(objects)?, dtype },
            Self::Geometries { objects, crs } => Self::Geometries { objects: sliced(objects)?, crs: *crs },
            Self::Categorical(Categories { codes, categories, is_ordered }) => {
                let (codes, categories) = (sliced(codes)?, categories.clone());
                Self::Categorical(Categories { codes, categories, is_ordered: *is_ordered })
            }
            Self::Periods { ordinals, freq } => Self::Periods { ordinals: sliced(ordinals)?, freq: *freq },
            Self::Intervals { .. } | Self::Sparse(_) | Self::Arrow { .. } => return None,
        })
    }

    /// The values of one of the columns that are in the array.
    fn row(&self, number: usize) -> Option<Self> {
        if self.rows() == self.len() {
            return (number == 0).then(|| self.clone());
        }
        let row = |grid: &Grid<'g, S>| {
            let index = i64::try_from(number).ok()?;
            Some(Grid { array: grid.array.part(&[Subscript::Literal(Literal::Int(index))])? })
        };
        Some(match self {
            Self::Numpy(grid) => Self::Numpy(row(grid)?),
            Self::Times { ticks, unit, tz } => Self::Times { ticks: row(ticks)?, unit: *unit, tz: *tz },
            Self::Deltas { ticks, unit } => Self::Deltas { ticks: row(ticks)?, unit: *unit },
            Self::Text { objects, dtype } => Self::Text { objects: row(objects)?, dtype },
            Self::Periods { ordinals, freq } => Self::Periods { ordinals: row(ordinals)?, freq: *freq },
            _ => return None,
        })
    }
}
