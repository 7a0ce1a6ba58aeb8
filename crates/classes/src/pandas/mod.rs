//! pandas: frames, series, indexes and what is in them, from 0.23 to 3.x.
//!
//! A frame is pickled by blocks, each an array with a row for each of some columns; a [`Frame`] finds the columns in them.
//! Nothing is copied: a [`Cell`] is read when it is asked for.

mod blocks;
mod cells;
mod closed;
mod column;
mod dtypes;
mod frame;
mod grid;
mod index;
mod managed;
mod names;
mod offset;
mod period;
mod rows;
mod sparse;
mod timestamp;
mod unreadable;
mod values;

use halfsour_value::{Global, Node};

pub use cells::{Cell, named_zone};
pub use closed::Closed;
pub use frame::{Column, Frame, Series};
pub use grid::Grid;
pub use index::{Index, Labels, Level};
pub use managed::{beside, subject, unreadable};
pub use offset::Offset;
pub use period::{Freq, Period, Span};
pub use rows::Rows;
pub use sparse::Sparse;
pub use timestamp::{Timedelta, Timestamp};
pub use unreadable::{Place, Unreadable};
pub use values::{Categories, Values};

pub use crate::time::TimeUnit;

use crate::args::short;
use crate::call::Call;
use crate::debug::debug_fields;

pub(crate) use index::index;
pub(crate) use managed::Managed;
pub(crate) use period::period;
pub(crate) use timestamp::{nat, timedelta, timestamp};
pub(crate) use values::array;

/// `pandas.Interval`
#[derive(Clone)]
#[non_exhaustive]
pub struct Interval<'g, S> {
    /// The beginning.
    pub left: Node<'g, S>,
    /// The end.
    pub right: Node<'g, S>,
    /// The sides that belong to it.
    pub closed: Closed,
}

/// `Interval(left, right, closed)`
pub(crate) fn interval<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Interval<'g, S>> {
    let [left, right, closed] = call.bare()?.exactly()?;
    Some(Interval { left, right, closed: Closed::from_name(short(closed)?)? })
}

/// Whether a global is `pandas.NA`, which is pickled by name.
pub fn is_na<S: AsRef<[u8]>>(global: &Global<'_, S>) -> bool {
    ["pandas", "pandas._libs.missing"].iter().any(|module| global.is(module, "NA"))
}

debug_fields!(Interval, this { left: this.left, right: this.right, closed: this.closed });
