//! A column of a frame as a series.

use halfsour_value::path::{Literal, Subscript};
use halfsour_value::{Id, Node};

use super::cells::Cell;
use super::frame::{Frame, Series};
use super::grid::Grid;
use super::values::Values;

impl<'g, S: AsRef<[u8]> + Clone> Frame<'g, S> {
    /// The column with this number as a series, which has the labels of the rows. `of` is any object of the frame's graph: where the label is no
    /// object (`0`, `1` of columns that are only numbered), the name is the `None` of that graph. `None` if there is no such column, or
    /// none that can be taken out of its array.
    pub fn series(&self, number: usize, of: Node<'g, S>) -> Option<Series<'g, S>> {
        let column = self.column(number).ok()?;
        let name = match self.columns.get(number)? {
            Cell::Object(node) => node,
            _ => of.graph().node(Id::NONE),
        };
        let values = column.values.row(column.start.checked_div(column.len).unwrap_or(0))?;
        Some(Series { index: self.index.clone(), name, attributes: None, values })
    }
}

impl<'g, S: AsRef<[u8]> + Clone> Values<'g, S> {
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
