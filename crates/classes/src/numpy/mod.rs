//! numpy: arrays, scalars and dtypes, as all its versions pickle them, and joblib's arrays.
//!
//! The data of an array is where it is in the pickle, and not copied; [`NdArray::elements`] reads it.

mod array;
mod descr;
mod dtype;
mod element;
mod extended;
mod joblib;
mod long;
mod parse;
mod part;
mod times;

use std::fmt;

use halfsour_value::{Data, Node};

pub use array::{ArrayClass, ArrayData, Mask, NdArray};
pub use dtype::{DType, Field, Kind, Na, StringType, Structure, SubArray};
pub use element::{Element, Inner, Record};
pub use extended::Extended;
pub use joblib::{Unwrapped, WrapperError, array_file};
pub use long::{LongDouble, LongFormat};
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

    /// The scalar that an array without dimensions holds; `None` of other arrays.
    pub fn of_array(array: NdArray<'g, S>) -> Option<Self> {
        array.shape.is_empty().then(|| Self(Box::new(array)))
    }

    /// An array without dimensions that holds the same.
    pub fn into_array(self) -> Box<NdArray<'g, S>> {
        self.0
    }
}

/// The value as Python shows it.
impl<S: AsRef<[u8]>> fmt::Display for Scalar<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.element().shortest(self.dtype()).fmt(f)
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
    if call.class == Class::JoblibArray { joblib::wrapped(call) } else { plain(call) }
}

/// An array that numpy pickles.
fn plain<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    match call.class {
        Class::NumpyArray => {
            let [subclass, ..] = call.exactly::<3>()?;
            reconstructed(subclass, call.state()?)
        }
        Class::NumpyMasked => {
            let [subclass, ..] = call.exactly::<4>()?;
            masked(subclass, call.state()?)
        }
        Class::DillArray => by_dill(call),
        Class::JaxArray => by_jax(call),
        Class::CupyArray | Class::TheanoArray | Class::TensorflowTensor => copied(call),
        Class::NumpyBuffer => from_buffer(call),
        Class::NumpyMaskedConstant => {
            call.bare()?.exactly::<0>()?;
            let dtype = DType::parse("f8")?;
            let mask = Some(Mask { bytes: &[1], fill: None });
            let (shape, strides, data) = (Vec::new(), Vec::new(), ArrayData::Bytes(&[0; 8]));
            Some(NdArray {
                class: ArrayClass::Masked,
                dtype,
                shape,
                strides,
                data,
                mask,
                beside: Vec::new(),
                long: None,
            })
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
        ArrayData::Fields { .. } => false,
    };
    let is_masked = match &array.mask {
        Some(mask) => mask.bytes.len() == count.checked_mul(array.dtype.mask_size())?,
        None => true,
    };
    (fits && is_masked).then_some(array)
}

/// The parts of a state that are an array's, `shape, dtype, is_fortran, data`, and those before and behind them.
struct State<'g, S> {
    array: [Node<'g, S>; 4],
    before: Vec<Node<'g, S>>,
    behind: Vec<Node<'g, S>>,
}

impl<'g, S: AsRef<[u8]>> State<'g, S> {
    /// `([version, ]shape, dtype, is_fortran, data)`, as `ndarray` itself has it. Subclasses put more into a state, before or after
    /// these, or have such a state as a part of theirs.
    fn of(state: Node<'g, S>) -> Option<Self> {
        /// No class has as many parts; each is looked at.
        const MOST: usize = 64;
        let Data::Tuple(parts) = state.data() else { return None };
        (parts.len() <= MOST).then_some(())?;
        let parts: Vec<_> = parts.collect();
        if let Some(state) = Self::among(&parts) {
            return Some(state);
        }
        for (index, part) in parts.iter().enumerate() {
            if let Data::Tuple(inner) = part.data()
                && inner.len() <= MOST
                && let Some(mut state) = Self::among(&inner.collect::<Vec<_>>())
            {
                let others = parts.iter().enumerate().filter(|(other, _)| *other != index);
                state.behind.extend(others.map(|(_, part)| *part));
                return Some(state);
            }
        }
        None
    }

    fn among(parts: &[Node<'g, S>]) -> Option<Self> {
        let is_dtype = |node| Call::of(node).is_some_and(|call| parse::is_dtype(&call));
        let at = parts.windows(4).position(|window| {
            parse::shape(window[0]).is_some()
                && is_dtype(window[1])
                && matches!(window[2].data(), Data::Bool(_) | Data::Int(_))
        })?;
        // The first arrays had no version.
        let has_version = at > 0 && matches!(parts[at - 1].data(), Data::Int(_));
        let before = &parts[..at - usize::from(has_version)];
        let array = parts[at..at + 4].try_into().ok()?;
        Some(Self { array, before: before.to_vec(), behind: parts[at + 4..].to_vec() })
    }
}

/// An array of these parts: `shape, dtype, is_fortran, data`.
fn stated<'g, S: AsRef<[u8]>>(
    class: ArrayClass<'g, S>,
    parts: [Node<'g, S>; 4],
    mask: Option<Mask<'g, S>>,
    beside: Vec<Node<'g, S>>,
) -> Option<NdArray<'g, S>> {
    let [shape, dtype, is_fortran, raw] = parts;
    let (shape, dtype) = (parse::shape(shape)?, parse::read(dtype)?);
    let data = match raw.data() {
        Data::List(objects) => ArrayData::Objects(objects),
        _ => data(raw)?,
    };
    let strides = array::strides(&shape, flag(is_fortran)?);
    checked(NdArray { class, dtype, shape, strides, data, mask, beside, long: None })
}

/// `_reconstruct(class, (0,), b'b')`, and its state.
fn reconstructed<'g, S: AsRef<[u8]>>(subclass: Node<'g, S>, state: Node<'g, S>) -> Option<NdArray<'g, S>> {
    let State { array, before, behind } = State::of(state)?;
    stated(class(subclass), array, None, [before, behind].concat())
}

/// `_mareconstruct(class, base class, (0,), 'b')`, and its state, `(version, shape, dtype, is_fortran, data, mask, fill)`.
fn masked<'g, S: AsRef<[u8]>>(subclass: Node<'g, S>, state: Node<'g, S>) -> Option<NdArray<'g, S>> {
    let State { array, before, mut behind } = State::of(state)?;
    (behind.len() >= 2).then_some(())?;
    let (mask, fill) = (behind.remove(0), behind.remove(0));
    let ArrayData::Bytes(bytes) = data(mask)? else { return None };
    let mask = Mask { bytes, fill: Some(fill).filter(|fill| !fill.is_none()) };
    stated(class(subclass), array, Some(mask), [before, behind].concat())
}

/// An array that a function, its arguments and a state make, where these are arguments of another function.
fn restored<'g, S: AsRef<[u8]>>(
    function: Node<'g, S>,
    args: Node<'g, S>,
    state: Node<'g, S>,
) -> Option<NdArray<'g, S>> {
    let Data::Tuple(mut args) = args.data() else { return None };
    let (class, _) = class_of(function)?;
    match (class, args.next()) {
        (Class::NumpyArray, Some(subclass)) => reconstructed(subclass, state),
        (Class::NumpyMasked, Some(subclass)) => masked(subclass, state),
        _ => None,
    }
}

/// dill's `_create_array(function, args, state[, attributes])`
fn by_dill<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    let (count, [function, args, state, attributes]) = call.bare()?.up_to()?;
    (count >= 3).then_some(())?;
    let mut array = restored(function, args, state)?;
    array.beside.extend(Some(attributes).filter(|attributes| !attributes.is_none()));
    Some(array)
}

/// jax's `_reconstruct_array(function, args, state, {weak_type})`. A type that is weak is one that gives way to others in sums.
fn by_jax<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    let (count, [function, args, state, aval]) = call.bare()?.up_to()?;
    (count >= 3).then_some(())?;
    let mut array = restored(function, args, state)?;
    let is_weak = aval.get("weak_type").and_then(Node::as_bool) == Some(true);
    array.beside.extend(Some(aval).filter(|_| is_weak));
    Some(array)
}

/// A function of a package with arrays of its own, which is given one of numpy first, and perhaps the name of a device.
fn copied<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    let (_, [array, _]) = call.bare()?.up_to()?;
    let inner = Call::of(array)?;
    matches!(inner.class, Class::NumpyArray | Class::NumpyBuffer).then(|| plain(&inner))?
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
    checked(NdArray {
        class: ArrayClass::Array,
        dtype,
        shape,
        strides,
        data,
        mask: None,
        beside: Vec::new(),
        long: None,
    })
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
    let array =
        checked(NdArray { class, dtype, shape, strides, data, mask: None, beside: Vec::new(), long: None })?;
    (!matches!(array.data, ArrayData::Buffer(_))).then_some(Scalar(Box::new(array)))
}

debug_fields!(Scalar, this { dtype: this.0.dtype, element: this.element() });
