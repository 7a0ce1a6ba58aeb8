//! The properties of objects of known classes.

use halfsour_classes::memory::Numeric;
use halfsour_classes::numpy::{ArrayData, Element, NdArray};
use halfsour_classes::pandas::{Cell, Column, Frame, Index, Place, unreadable};
use halfsour_classes::{Known, Shape, recognise};

use crate::budget::within;

/// The number of elements of an array that are visited.
const MOST: usize = 300;

/// Checks the readers of classes: whatever a pickle declares of an object, reading it takes memory in proportion to the pickle,
/// and there are as many elements as it declares, of the declared kind.
pub fn classes(input: &[u8]) {
    let Ok(graph) = crate::load(input) else { return };
    let most = 64 * input.len() + (1 << 20);
    crate::visit(&graph, |node| {
        let Some(known) = within(most, input, || recognise(node)) else {
            within(most, input, || unreadable(node).map(|unreadable| unreadable.to_string()));
            return;
        };
        within(most, input, || known.as_text().map(ToString::to_string));
        within(most, input, || match known.shape() {
            Shape::Sequence(members) => members.count(),
            Shape::Mapping(pairs) => pairs.count(),
            _ => 0,
        });
        match &known {
            Known::NdArray(numbers) => array(numbers),
            Known::NumpyScalar(scalar) => element(&scalar.element()),
            Known::NumpyDType(dtype) => {
                let _ = within(most, input, || (dtype.to_string(), dtype.name(), dtype.typestr()));
            }
            Known::DataFrame(table) => within(most, input, || frame(table)),
            Known::Series(series) => within(most, input, || {
                index(&series.index);
                column(&Column { values: &series.values, start: 0, len: series.values.len() });
            }),
            Known::PandasIndex(labels) => within(most, input, || index(labels)),
            Known::PandasArray(values) => within(most, input, || {
                column(&Column { values, start: 0, len: values.len() });
            }),
            _ => {}
        }
    });
}

fn frame(frame: &Frame<'_, &[u8]>) {
    index(&frame.index);
    index(&frame.columns);
    for number in 0..frame.width().min(MOST) {
        match frame.column(number) {
            Ok(found) => {
                assert_eq!(found.len, frame.len());
                column(&found);
            }
            Err(unreadable) => assert_eq!(unreadable.place, Place::Column(number)),
        }
    }
    assert!(frame.column(frame.width()).is_err());
}

fn index(index: &Index<'_, &[u8]>) {
    assert_eq!(index.cells().take(MOST).count(), index.len().min(MOST));
    for number in 0..index.len().min(MOST) {
        let _ = index.get(number).map(|label| cell(&label));
    }
    assert!(index.get(index.len()).is_none());
}

fn column(column: &Column<'_, '_, &[u8]>) {
    assert_eq!(column.cells().take(MOST).count(), column.len.min(MOST));
    column.cells().take(MOST).flatten().for_each(|label| cell(&label));
    assert!(column.get(column.len).is_none());
}

/// Checks that a cell can be printed.
fn cell(cell: &Cell<'_, &[u8]>) {
    match cell {
        Cell::Timestamp(time) => drop(time.to_string()),
        Cell::Timedelta(delta) => drop(delta.to_string()),
        Cell::Interval(ends, _) => [&ends.0, &ends.1].into_iter().for_each(self::cell),
        Cell::Tuple(cells) => cells.iter().for_each(self::cell),
        _ => {}
    }
}

fn array(array: &NdArray<'_, &[u8]>) {
    assert_eq!(array.shape.len(), array.strides.len());
    if let ArrayData::Bytes(bytes) = array.data {
        assert_eq!(bytes.len(), array.len() * array.dtype.size);
    }
    let types = [numbers::<u8>(array), numbers::<i64>(array), numbers::<bool>(array)];
    assert!(types.iter().filter(|is_of| **is_of).count() < 2);
    let Some(elements) = array.elements() else { return };
    let mut count = 0;
    for item in elements.take(MOST) {
        element(&item);
        count += 1;
    }
    assert_eq!(count, array.len().min(MOST));
}

/// Checks that a view of numbers has what a copy has. Returns whether they are of the type.
fn numbers<T: Numeric + PartialEq>(array: &NdArray<'_, &[u8]>) -> bool {
    let copy = array.to_array::<T>();
    if let Ok(view) = array.view::<T>() {
        assert!(copy.as_ref().is_ok_and(|copy| copy == view));
    }
    copy.is_ok_and(|copy| copy.len() == array.len())
}

/// Checks the elements inside of an element.
fn element(item: &Element<'_, &[u8]>) {
    match item {
        Element::Array(inner) => {
            let len: usize = inner.shape().iter().product();
            assert_eq!(inner.elements().take(MOST).count(), len.min(MOST));
        }
        Element::Record(record) => assert_eq!(record.fields().count(), record.len()),
        _ => {}
    }
}
