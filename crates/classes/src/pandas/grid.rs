//! [`Grid`]: an array of numpy as pandas has it.

use std::borrow::Cow;
use std::fmt;

use halfsour_value::Node;

use super::cells::Cell;
use crate::memory::Scalar;
use crate::numpy::{self, ArrayData, DType, Element, Kind, LongDouble, NdArray};

/// An array of numpy with one dimension, or with two: a row for each column of a frame. It is of numbers, times, text, bytes or objects.
#[derive(Clone)]
#[non_exhaustive]
pub struct Grid<'g, S> {
    /// The array.
    pub array: NdArray<'g, S>,
}

impl<'g, S: AsRef<[u8]>> Grid<'g, S> {
    pub(super) fn of(node: Node<'g, S>) -> Option<Self> {
        let array = numpy::array(node)?;
        let is_plain = matches!(
            array.dtype.kind,
            Kind::Bool
                | Kind::Int
                | Kind::UInt
                | Kind::Float
                | Kind::Complex
                | Kind::Object
                | Kind::Text
                | Kind::Bytes
                | Kind::DateTime(_)
                | Kind::TimeDelta(_)
        );
        let fits = is_plain && array.mask.is_none() && matches!(array.shape.len(), 1 | 2);
        fits.then_some(Self { array })
    }

    /// The type of its elements.
    pub fn dtype(&self) -> &DType {
        &self.array.dtype
    }

    /// The number of values, of all columns.
    pub fn len(&self) -> usize {
        self.array.len()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.array.is_empty()
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        if self.array.shape.len() == 2 { self.array.shape[0] } else { 1 }
    }

    /// The number of values of a column.
    pub fn rows(&self) -> usize {
        self.array.shape.last().copied().unwrap_or_default()
    }

    /// The value with this index, one column after the other.
    pub fn get(&self, index: usize) -> Option<Cell<'g, S>> {
        match &self.array.data {
            ArrayData::Objects(objects) => objects.get(index).map(Cell::Object),
            ArrayData::Bytes(_) => {
                let (dtype, bytes) = (&self.array.dtype, self.bytes(index)?);
                match Element::<S>::read(dtype, bytes, None) {
                    Element::Scalar(scalar) => Some(Cell::Scalar(scalar)),
                    Element::Text(text) => Some(Cell::Text(Cow::Owned(text.into_owned()))),
                    // Zeros at the end are no part of it.
                    Element::Bytes(held) => bytes.get(..held.len()).map(Cell::Bytes),
                    Element::LongDouble(_) => Some(Cell::LongDouble(LongDouble::new(bytes, dtype.order))),
                    _ => None,
                }
            }
            ArrayData::Fields { .. } | ArrayData::Buffer(_) => None,
        }
    }

    /// The int with this index, also where it counts time.
    pub(super) fn int(&self, index: usize) -> Option<i64> {
        match Element::<S>::read(&self.array.dtype, self.bytes(index)?, None) {
            Element::Scalar(Scalar::Int(int)) => Some(int),
            Element::DateTime(ticks) | Element::TimeDelta(ticks) => Some(ticks.count),
            _ => None,
        }
    }

    fn bytes(&self, index: usize) -> Option<&'g [u8]> {
        let rows = self.rows();
        if index >= self.len() {
            return None;
        }
        let (column, row) = (index / rows, index % rows);
        let place = match *self.array.strides.as_slice() {
            [stride] => row.checked_mul(stride)?,
            [outer, inner] => column.checked_mul(outer)?.checked_add(row.checked_mul(inner)?)?,
            _ => return None,
        };
        let size = self.array.dtype.size;
        self.array.bytes()?.get(place.checked_mul(size)?..)?.get(..size)
    }
}

impl<S: AsRef<[u8]>> fmt::Debug for Grid<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.array.fmt(f)
    }
}
