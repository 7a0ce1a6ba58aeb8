//! [`Extent`]: how exact the times of a column are, which decides how pandas prints them.

use std::ops::Range;

use super::{Cell, Cells, Column, Name};
use crate::pandas;

/// How exact the times and spans of time of some cells are. `to_csv` prints all alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The smallest part that one has, in nanoseconds: a day, a second, or less.
    part: i64,
    /// Whether one is a day or longer.
    is_long: bool,
}

const DAY: i64 = 86_400_000_000_000;
const PARTS: [i64; 5] = [DAY, 1_000_000_000, 1_000_000, 1_000, 1];

impl Default for Extent {
    /// Whole days.
    fn default() -> Self {
        Self { part: DAY, is_long: false }
    }
}

impl Extent {
    /// Returns the extent of the times in some rows, without the objects.
    pub fn of<S: AsRef<[u8]>>(cells: &Cells<'_, S>, rows: Range<usize>) -> Self {
        let mut extent = Self::default();
        if !has_times(cells) {
            return extent;
        }
        for row in rows {
            if let Some(Cell::Pandas(cell)) = cells.get(row) {
                extent.see_cell(&cell);
            }
        }
        extent
    }

    /// Returns the extent of the times among the names of columns.
    pub(super) fn of_names<S: AsRef<[u8]>>(columns: &[Column<'_, S>]) -> Self {
        let mut extent = Self::default();
        for column in columns {
            if let Name::Label(label) = &column.name {
                extent.see_cell(label);
            }
        }
        extent
    }

    fn see_cell<S: AsRef<[u8]>>(&mut self, cell: &pandas::Cell<'_, S>) {
        match cell {
            pandas::Cell::Timestamp(stamp) => self.see(stamp.unit.nanoseconds_of(stamp.ticks)),
            pandas::Cell::Timedelta(delta) => self.see(delta.nanoseconds()),
            _ => {}
        }
    }

    fn see(&mut self, nanoseconds: i128) {
        self.is_long |= nanoseconds.unsigned_abs() >= DAY.unsigned_abs().into();
        while nanoseconds % i128::from(self.part) != 0 {
            let at = PARTS.iter().position(|part| *part == self.part).unwrap_or_default();
            self.part = PARTS[at + 1];
        }
    }

    /// Returns the extent of the cells of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { part: self.part.min(other.part), is_long: self.is_long || other.is_long }
    }

    /// Whether all are whole days.
    pub(super) fn is_days(self) -> bool {
        self.part == DAY
    }

    /// Whether all are shorter than a day.
    pub(super) fn is_within_a_day(self) -> bool {
        !self.is_long
    }

    /// The digits after the second: 0, 3, 6 or 9.
    pub(super) fn digits(self) -> usize {
        match self.part {
            1_000_000 => 3,
            1_000 => 6,
            1 => 9,
            _ => 0,
        }
    }
}

/// Whether all cells are times, or spans of time, that pandas counts.
pub(super) fn has_times<S>(cells: &Cells<'_, S>) -> bool {
    use pandas::{Labels, Values};
    let of_labels = |labels: &Labels<'_, S>| match labels {
        Labels::Values(values) => matches!(**values, Values::Times { .. } | Values::Deltas { .. }),
        _ => false,
    };
    match cells {
        Cells::Values { values, .. } => match values {
            Values::Times { .. } | Values::Deltas { .. } => true,
            Values::Categorical(of) => of_labels(&of.categories.labels),
            _ => false,
        },
        Cells::Level(level) => of_labels(&level.labels.labels),
        _ => false,
    }
}
