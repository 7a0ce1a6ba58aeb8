//! The costs of reading: objects in a pickle can be shared, and small ones can stand for large ones.

use halfsour_value::{Data, Instance, Node};

use crate::Known;
use crate::call::class_of;
use crate::names::Class;
use crate::numpy::{DType, Kind, NdArray};
use crate::pandas::{Frame, Index, Labels};

/// The cost of [`recognise`](crate::recognise) for an instance: bytes of text and members of lists that are read, each argument, and each step.
/// Counts no further than `most`, so that it takes no longer than that.
///
/// An object that is shared in a pickle may be recognised each time that it occurs: pay this cost for it, or do without.
pub fn cost<S: AsRef<[u8]>>(instance: Instance<'_, S>, most: usize) -> usize {
    let read = |node: Node<'_, S>| match node.data() {
        Data::Str(text) => text.as_wtf8().len(),
        Data::ByteString(bytes) | Data::BigInt(bytes) => bytes.len(),
        Data::List(elements) => elements.len(),
        _ => 0,
    };
    // Of these, the bytes are looked at, too.
    let bytes = match class_of(instance.class()) {
        Some((Class::Shapely | Class::ShapelyWkb, _)) => {
            let parts = instance.args().elements().into_iter().flatten().chain(instance.state());
            parts.filter_map(Node::as_bytes).map(<[u8]>::len).sum()
        }
        _ => 0,
    };
    let args = instance.args().elements().into_iter().flatten().map(|arg| read(arg).saturating_add(1));
    let mut total = 0_usize;
    for part in args.chain(instance.steps().map(|_| 1)).chain([bytes]) {
        total = total.saturating_add(part);
        if total >= most {
            return most;
        }
    }
    total
}

impl<S: AsRef<[u8]>> Known<'_, S> {
    /// Returns an upper bound of the bytes that the numbers of an array, or the cells of a table, take once they are read: at least
    /// 8 for each. Fields may lie on each other, rows may be empty, and a `RangeIndex` of any length takes no room in the pickle.
    /// It is 0 for other objects, whose parts are in the pickle one by one.
    ///
    /// Pay this before the values of an object that may be shared are read.
    pub fn cost(&self) -> usize {
        match self {
            Self::Array(array) => array.len().saturating_mul(8),
            Self::NdArray(array) => array_cost(array),
            Self::NumpyScalar(scalar) => array_cost(scalar.as_array()),
            Self::DataFrame(frame) => frame_cost(frame),
            Self::Series(series) => table_cost(series.index.len(), index_width(&series.index) + 1),
            Self::PandasIndex(index) => table_cost(index.len(), index_width(index)),
            Self::PandasArray(values) => table_cost(values.len(), 1),
            Self::ArrowArray(array) => table_cost(array.len(), 1),
            _ => 0,
        }
    }
}

fn frame_cost<S: AsRef<[u8]>>(frame: &Frame<'_, S>) -> usize {
    table_cost(frame.len(), frame.width().saturating_add(index_width(&frame.index)))
}

fn table_cost(rows: usize, width: usize) -> usize {
    rows.max(1).saturating_mul(width).saturating_mul(8)
}

fn index_width<S>(index: &Index<'_, S>) -> usize {
    match &index.labels {
        Labels::Levels(levels) => levels.len(),
        Labels::Range { .. } | Labels::Values(_) => 1,
    }
}

fn array_cost<S: AsRef<[u8]>>(array: &NdArray<'_, S>) -> usize {
    places(&array.shape).saturating_mul(item(&array.dtype))
}

/// The number of elements, or of rows without any.
fn places(shape: &[usize]) -> usize {
    shape.iter().take_while(|length| **length > 0).fold(1, |all, length| all.saturating_mul(*length))
}

/// Types lie in each other no deeper than they are read.
fn item(dtype: &DType) -> usize {
    match &dtype.kind {
        Kind::Structured(structure) => {
            structure.fields.iter().map(|field| item(&field.dtype)).fold(8, usize::saturating_add)
        }
        Kind::SubArray(array) => places(&array.shape).saturating_mul(item(&array.base)),
        _ => dtype.size.max(8),
    }
}
