//! Objects of classes that are known.

use halfsour_classes::numpy::{ArrayData, Element, NdArray};
use halfsour_classes::{Known, recognise};

use crate::budget::within;

/// How many elements of an array are looked at.
const MOST: usize = 300;

/// Whatever a pickle says of an object: to look at it takes no more memory than the pickle gives reason for, and there are as many
/// elements as it says, of the kind that it says.
pub fn classes(input: &[u8]) {
    let Ok(graph) = crate::load(input) else { return };
    let most = 64 * input.len() + (1 << 20);
    crate::visit(&graph, |node| {
        let Some(known) = within(most, input, || recognise(node)) else { return };
        within(most, input, || known.as_text().map(|text| text.to_string()));
        match &known {
            Known::NdArray(numbers) => array(numbers),
            Known::NumpyScalar(scalar) => element(&scalar.element()),
            Known::NumpyDType(dtype) => {
                let _ = within(most, input, || (dtype.to_string(), dtype.name(), dtype.typestr()));
            }
            _ => {}
        }
    });
}

fn array(array: &NdArray<'_, &[u8]>) {
    assert_eq!(array.shape.len(), array.strides.len());
    if let ArrayData::Bytes(bytes) = array.data {
        assert_eq!(bytes.len(), array.len() * array.dtype.size);
    }
    let Some(elements) = array.elements() else { return };
    let mut count = 0;
    for item in elements.take(MOST) {
        element(&item);
        count += 1;
    }
    assert_eq!(count, array.len().min(MOST));
}

/// Those in it, one for each place.
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
