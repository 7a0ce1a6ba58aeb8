//! [`Cells`]: the values of a column, read when they are asked for.

use std::fmt;

use halfsour_value::Node;

use crate::debug::{debug_fields, debug_variants};
use crate::memory::{Numbers, Scalar, Strided};
use crate::numpy::{ArrayData, DType, Element, Kind, LongFormat, NdArray};
use crate::pandas::{self, Level, Values};

/// The values of a column, of which each is read when it is asked for.
pub enum Cells<'g, S> {
    /// Values of an array of pandas, one after the other.
    Values {
        /// The array.
        values: Values<'g, S>,
        /// The index of the first value.
        start: usize,
        /// A number that all columns have whose values are in this array: pandas prints their times alike.
        block: usize,
    },
    /// A level of the labels of rows.
    Level(Level<'g, S>),
    /// Ints at the same distance.
    Range {
        /// The first.
        start: i64,
        /// The distance between neighbours.
        step: i64,
    },
    /// Objects; a row may have none.
    Nodes(Vec<Option<Node<'g, S>>>),
    /// Elements of an array of numpy, or a field of each.
    Array(ArrayCells<'g, S>),
}

/// A cell of a [`Sheet`](super::Sheet).
pub enum Cell<'a, 'g, S> {
    /// No value: a row that has not this column.
    Missing,
    /// A value of pandas.
    Pandas(pandas::Cell<'g, S>),
    /// An object.
    Node(Node<'g, S>),
    /// An element of an array of numpy.
    Element(Element<'a, S>),
}

/// A column in the bytes of an array of numpy.
pub struct ArrayCells<'g, S> {
    array: NdArray<'g, S>,
    /// The type of the cells: that of the array, or of a field.
    dtype: DType,
    /// The offset of the field in an element, in bytes.
    offset: usize,
    /// The place of the first element, and the distance to the next, in elements.
    first: usize,
    step: usize,
    /// The format of each `longdouble`, which many tell together.
    long: Option<LongFormat>,
}

impl<'g, S: AsRef<[u8]>> ArrayCells<'g, S> {
    /// Returns a column of an array whose elements are in memory, and are no records.
    pub(super) fn new(array: NdArray<'g, S>, first: usize, step: usize) -> Self {
        let long = array.long_format();
        Self { dtype: array.dtype.clone(), array, offset: 0, first, step, long }
    }

    /// Returns a field of an array of records with one dimension.
    pub(super) fn field(array: NdArray<'g, S>, dtype: DType, offset: usize) -> Self {
        let step = array.strides.first().copied().unwrap_or_default();
        let mut cells = Self { array, dtype, offset, first: 0, step, long: None };
        let rows = cells.array.shape.first().copied().unwrap_or_default();
        cells.long = cells.dtype.long_format((0..rows).map_while(|row| cells.bytes(row)));
        cells
    }

    /// The type of the cells.
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }

    /// The bytes of the cell in a row.
    pub fn bytes(&self, row: usize) -> Option<&'g [u8]> {
        let (bytes, record, offset) = match self.array.data {
            ArrayData::Bytes(bytes) => (bytes, self.array.dtype.size, self.offset),
            ArrayData::Fields { bytes, record, offset } => (bytes, record, offset.checked_add(self.offset)?),
            _ => return None,
        };
        let start = self.place(row)?.checked_mul(record)?.checked_add(offset)?;
        bytes.get(start..start.checked_add(self.dtype.size)?)
    }

    /// The numbers of so many rows, unless they are fields of records, or some are masked.
    pub fn numbers(&self, rows: usize) -> Option<Numbers<'g>> {
        if self.dtype != self.array.dtype {
            return None;
        }
        let mut all = self.array.numbers().ok()?;
        let (shape, strides) = (vec![rows as u64], vec![self.step as u64]);
        all.strided = Strided { shape, strides, offset: self.first as u64 };
        Some(all)
    }

    fn place(&self, row: usize) -> Option<usize> {
        row.checked_mul(self.step)?.checked_add(self.first)
    }

    fn get(&self, row: usize) -> Option<Element<'_, S>> {
        let bytes = self.bytes(row)?;
        let mask = match &self.array.mask {
            // The mask of a record has a byte for each field: only arrays without fields are masked here.
            Some(mask) if !matches!(self.array.dtype.kind, Kind::Structured(_)) => {
                let place = self.place(row)?;
                Some(mask.bytes.get(place..=place)?)
            }
            _ => None,
        };
        Some(Element::read(&self.dtype, bytes, mask).or_format(|| self.long))
    }
}

impl<'g, S: AsRef<[u8]>> Cells<'g, S> {
    /// The cell in a row; `None` if it cannot be read.
    pub fn get(&self, row: usize) -> Option<Cell<'_, 'g, S>> {
        Some(match self {
            Self::Values { values, start, .. } => Cell::Pandas(values.get(start.checked_add(row)?)?),
            Self::Level(level) => Cell::Pandas(level.get(row)?),
            Self::Range { start, step } => {
                let along = i128::try_from(row).ok()? * i128::from(*step);
                let label = i64::try_from(i128::from(*start) + along).ok()?;
                Cell::Pandas(pandas::Cell::Scalar(Scalar::Int(label)))
            }
            Self::Nodes(nodes) => nodes.get(row)?.map_or(Cell::Missing, Cell::Node),
            Self::Array(array) => Cell::Element(array.get(row)?),
        })
    }
}

debug_variants!(Cells {
    Self::Values { values, start, block } => Values(values, start, block),
    Self::Level(level) => Level(level),
    Self::Range { start, step } => Range(start, step),
    Self::Nodes(nodes) => Nodes(nodes),
    Self::Array(array) => Array(array),
});
debug_fields!(
    ArrayCells,
    this { dtype: this.dtype, offset: this.offset, first: this.first, step: this.step }
);

impl<S: AsRef<[u8]>> fmt::Debug for Cell<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("Missing"),
            Self::Pandas(cell) => cell.fmt(f),
            Self::Node(node) => write!(f, "{node}"),
            Self::Element(element) => fmt::Debug::fmt(element, f),
        }
    }
}
