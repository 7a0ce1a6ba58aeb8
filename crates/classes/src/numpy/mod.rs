//! numpy: arrays, scalars and dtypes, as all its versions pickle them, and joblib's arrays.
//!
//! The data of an array is where it is in the pickle, and not copied; [`NdArray::elements`] reads it.

mod array;
mod descr;
mod dtype;
mod element;
mod extended;
mod parse;
mod times;

use std::fmt;

use halfsour_value::{Data, Node, Step};

pub use array::{ArrayClass, ArrayData, Mask, NdArray};
pub use dtype::{DType, Field, Kind, Na, StringType, Structure, SubArray};
pub use element::{Element, Inner, Record};
pub use extended::Extended;
pub use times::{Resolution, Ticks, Unit};

pub use crate::memory::ByteOrder;

use crate::args::{bytes, text};
use crate::call::{Call, class_of};
use crate::debug::debug_fields;
use crate::names::Class;

/// A scalar of numpy: `numpy.float64`, `numpy.datetime64`, …
#[derive(Clone)]
pub struct Scalar<'g, S>(Box<NdArray<'g, S>>);

impl<'g, S: AsRef<[u8]>> Scalar<'g, S> {
    /// The type.
    pub fn dtype(&self) -> &DType {
        &self.0.dtype
    }

    /// The value.
    pub fn element(&self) -> Element<'_, S> {
        self.0.get(0).unwrap_or(Element::Missing)
    }

    /// An array without dimensions that holds the same.
    pub fn as_array(&self) -> &NdArray<'g, S> {
        &self.0
    }

    /// An array without dimensions that holds the same.
    pub fn into_array(self) -> Box<NdArray<'g, S>> {
        self.0
    }
}

/// The value as Python shows it.
impl<S: AsRef<[u8]>> fmt::Display for Scalar<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.element().fmt(f)
    }
}

/// Reads an array of numpy or joblib; `None` if the object is none.
pub fn array<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<NdArray<'_, S>> {
    called(&Call::of(node)?)
}

/// Reads a dtype; `None` if the object is none.
pub fn dtype<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<DType> {
    parse::read(node)
}

/// The metadata that a program gave a dtype: a dict.
pub fn metadata<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Node<'_, S>> {
    parse::metadata(node)
}

/// An array that numpy or joblib pickles.
pub(crate) fn called<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    if call.class == Class::JoblibArray { wrapped(call) } else { plain(call) }
}

/// An array that numpy pickles.
fn plain<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    match call.class {
        Class::NumpyArray => reconstructed(call),
        Class::NumpyMasked => masked(call),
        Class::NumpyBuffer => from_buffer(call),
        Class::NumpyMaskedConstant => {
            call.bare()?.exactly::<0>()?;
            let dtype = DType::parse("f8")?;
            let mask = Some(Mask { bytes: &[1], fill: None });
            let (shape, strides, data) = (Vec::new(), Vec::new(), ArrayData::Bytes(&[0; 8]));
            Some(NdArray { class: ArrayClass::Masked, dtype, shape, strides, data, mask })
        }
        _ => None,
    }
}

fn class<S: AsRef<[u8]>>(node: Node<'_, S>) -> ArrayClass<'_, S> {
    match class_of(node) {
        Some((Class::NumpyNdArray, (_, name))) => match name {
            "ndarray" => ArrayClass::Array,
            "matrix" => ArrayClass::Matrix,
            "recarray" => ArrayClass::Record,
            _ => ArrayClass::Memmap,
        },
        Some((Class::NumpyMaskedArray, _)) => ArrayClass::Masked,
        _ => ArrayClass::Other(node),
    }
}

fn flag<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<bool> {
    node.as_bool().or_else(|| Some(node.as_i64()? != 0))
}

/// Bytes of data: `bytes`, Python 2's `str`, or where they are out of band.
fn data<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<ArrayData<'_, S>> {
    let node = match node.data() {
        Data::ReadOnly(of) => of,
        _ => node,
    };
    match node.data() {
        Data::ByteArray(bytes) => Some(ArrayData::Bytes(bytes)),
        Data::Buffer(index) => Some(match node.graph().buffers().get(index) {
            Some(buffer) => ArrayData::Bytes(buffer),
            None => ArrayData::Buffer(index),
        }),
        _ => bytes(node).map(ArrayData::Bytes),
    }
}

/// An array, if there is as much data as the shape says.
fn checked<S: AsRef<[u8]>>(array: NdArray<'_, S>) -> Option<NdArray<'_, S>> {
    let count = parse::count(&array.shape, array.dtype.size)?;
    let takes_objects = array.dtype.is_of_objects();
    let fits = match &array.data {
        ArrayData::Bytes(bytes) => !takes_objects && bytes.len() == count.checked_mul(array.dtype.size)?,
        ArrayData::Objects(objects) => takes_objects && objects.len() == count,
        ArrayData::Buffer(_) => !takes_objects,
    };
    let is_masked = match &array.mask {
        Some(mask) => mask.bytes.len() == count.checked_mul(array.dtype.mask_size())?,
        None => true,
    };
    (fits && is_masked).then_some(array)
}

/// `([version, ]shape, dtype, is_fortran, data)`
fn stated<'g, S: AsRef<[u8]>>(
    class: ArrayClass<'g, S>,
    parts: &[Node<'g, S>; 4],
    mask: Option<Mask<'g, S>>,
) -> Option<NdArray<'g, S>> {
    let [shape, dtype, is_fortran, raw] = *parts;
    let (shape, dtype) = (parse::shape(shape)?, parse::read(dtype)?);
    let data = match raw.data() {
        Data::List(objects) => ArrayData::Objects(objects),
        _ => data(raw)?,
    };
    let strides = array::strides(&shape, flag(is_fortran)?);
    checked(NdArray { class, dtype, shape, strides, data, mask })
}

/// `_reconstruct(class, (0,), b'b')`, and its state.
fn reconstructed<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    let [subclass, ..] = call.exactly::<3>()?;
    let Data::Tuple(mut parts) = call.state()?.data() else { return None };
    // The first arrays had no version.
    if parts.len() == 5 {
        parts.next();
    }
    let parts: Vec<_> = parts.collect();
    stated(class(subclass), parts.as_slice().try_into().ok()?, None)
}

/// `_mareconstruct(class, base class, (0,), 'b')`, and its state, `(version, shape, dtype, is_fortran, data, mask, fill)`.
fn masked<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    let [subclass, ..] = call.exactly::<4>()?;
    let Data::Tuple(parts) = call.state()?.data() else { return None };
    let parts: Vec<_> = parts.collect();
    let &[_, shape, dtype, is_fortran, raw, mask, fill] = parts.as_slice() else { return None };
    let ArrayData::Bytes(bytes) = data(mask)? else { return None };
    let mask = Mask { bytes, fill: Some(fill).filter(|fill| !fill.is_none()) };
    stated(class(subclass), &[shape, dtype, is_fortran, raw], Some(mask))
}

/// `_frombuffer(buffer, dtype, shape, order[, axes])`: where there are axes, the shape is that of the memory, and these say which of its
/// dimensions each one is.
fn from_buffer<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    let (count, [buffer, dtype, shape, order, axes]) = call.bare()?.up_to()?;
    (count >= 4).then_some(())?;
    let (dtype, mut shape) = (parse::read(dtype)?, parse::shape(shape)?);
    let mut strides = array::strides(&shape, text(order)? == "F");
    if count == 5 && !axes.is_none() {
        let axes = parse::shape(axes)?;
        let mut sorted = axes.clone();
        sorted.sort_unstable();
        sorted.into_iter().eq(0..shape.len()).then_some(())?;
        strides = axes.iter().map(|axis| strides[*axis]).collect();
        shape = axes.iter().map(|axis| shape[*axis]).collect();
    }
    let data = data(buffer)?;
    checked(NdArray { class: ArrayClass::Array, dtype, shape, strides, data, mask: None })
}

/// `scalar(dtype, bytes)`, or an object in place of the bytes.
pub(crate) fn scalar<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Scalar<'g, S>> {
    let [dtype, value] = call.bare()?.exactly()?;
    let dtype = parse::read(dtype)?;
    let data = if dtype.is_of_objects() {
        let mut args = call.args()?;
        args.next();
        ArrayData::Objects(args)
    } else {
        data(value)?
    };
    let (class, shape, strides) = (ArrayClass::Array, Vec::new(), Vec::new());
    let array = checked(NdArray { class, dtype, shape, strides, data, mask: None })?;
    (!matches!(array.data, ArrayData::Buffer(_))).then_some(Scalar(Box::new(array)))
}

/// joblib's `NumpyArrayWrapper`, whose array follows it in the file: as bytes, or in a pickle of its own. Those who read the file
/// append it to the wrapper.
fn wrapped<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    let mut steps = call.instance.steps();
    let (Some(Step::State(state)), Some(Step::Append(mut appended)), None) =
        (steps.next(), steps.next(), steps.next())
    else {
        return None;
    };
    let (Some(follows), None) = (appended.next(), appended.next()) else { return None };
    let subclass = class(state.get("subclass")?);
    let (dtype, shape) = (parse::read(state.get("dtype")?)?, parse::shape(state.get("shape")?)?);
    if dtype.has_objects() {
        let array = plain(&Call::of(follows)?)?;
        return (array.shape == shape).then_some(NdArray { class: subclass, ..array });
    }
    let strides = array::strides(&shape, text(state.get("order")?)? == "F");
    checked(NdArray { class: subclass, dtype, shape, strides, data: data(follows)?, mask: None })
}

debug_fields!(Scalar, this { dtype: this.0.dtype, element: this.element() });
