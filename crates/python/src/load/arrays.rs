//! Arrays, scalars and types of numpy, which are made by `numpy.ndarray` over their bytes.

use bytes::Bytes;
use halfsour_classes::numpy::{ArrayClass, ArrayData, DType, Kind, NdArray};
use halfsour_classes::{Known, callable_name, recognise};
use halfsour_value::Node;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyList, PyTuple};

use super::build::Build;
use super::real::{Begun, is_of_bytes};

const REFUSED: &str = "numpy refuses the array or type";

type Made<'py> = PyResult<Option<Bound<'py, PyAny>>>;

/// Makes what holds no objects, and says what the others hold.
pub fn begin<'g, 'py>(build: &mut Build<'g, 'py>, node: Node<'g>) -> PyResult<Begun<'g, 'py>> {
    if !build.settings.arrays {
        return Ok(Begun::Unknown);
    }
    let made = match recognise(node) {
        Some(Known::NdArray(array)) => match &array.data {
            ArrayData::Objects(elements) if array.dtype.kind == Kind::Object && is_plain(&array) => {
                return Ok(Begun::Needs(elements.clone().collect()));
            }
            _ => numbers(build, node, &array)?,
        },
        Some(Known::NumpyScalar(scalar)) => match numbers(build, node, scalar.as_array())? {
            Some(array) => {
                let scalar = array.get_item(PyTuple::empty(build.py));
                Some(scalar.map_err(|cause| build.failed(node.id(), REFUSED, cause))?)
            }
            None => None,
        },
        Some(Known::NumpyDType(dtype)) => match numpy(build.py)? {
            Some(numpy) => {
                let made = self::dtype(&numpy, &dtype);
                made.map_err(|cause| build.failed(node.id(), REFUSED, cause))?
            }
            None => None,
        },
        _ => None,
    };
    Ok(made.map_or(Begun::Unknown, Begun::Made))
}

/// An array of objects, which are there.
pub fn finish<'g, 'py>(build: &mut Build<'g, 'py>, node: Node<'g>) -> Made<'py> {
    let (Some(Known::NdArray(array)), Some(numpy)) = (recognise(node), numpy(build.py)?) else {
        return Ok(None);
    };
    let ArrayData::Objects(elements) = &array.data else { return Ok(None) };
    let made = numpy.call_method1("empty", (elements.len(), "O"))?;
    for (index, element) in elements.clone().enumerate() {
        let element = build.need(element.id())?;
        made.set_item(index, element)?;
    }
    let shaped = made.call_method1("reshape", (PyTuple::new(build.py, &array.shape)?,));
    shaped.map(Some).map_err(|cause| build.failed(node.id(), REFUSED, cause))
}

/// Nothing but an array: no subclass, no mask, nothing beside it.
fn is_plain(array: &NdArray<'_, Bytes>) -> bool {
    matches!(array.class, ArrayClass::Array) && array.mask.is_none() && array.attributes().next().is_none()
}

/// An array of numbers, text, times or records.
fn numbers<'py>(build: &mut Build<'_, 'py>, node: Node<'_>, array: &NdArray<'_, Bytes>) -> Made<'py> {
    let py = build.py;
    if !is_plain(array) || array.dtype.size == 0 || array.dtype.has_objects() {
        return Ok(None);
    }
    let Some(numpy) = numpy(py)? else { return Ok(None) };
    let dtype = dtype(&numpy, &array.dtype).map_err(|cause| build.failed(node.id(), REFUSED, cause))?;
    let Some(dtype) = dtype else { return Ok(None) };
    let buffer = match array.data {
        ArrayData::Bytes(bytes) => {
            build.pay(node.id(), bytes.len())?;
            if is_of_bytes(node) {
                PyBytes::new(py, bytes).into_any()
            } else {
                PyByteArray::new(py, bytes).into_any()
            }
        }
        ArrayData::Buffer(index) => build.buffer(node.id(), index)?,
        ArrayData::Fields { .. } | ArrayData::Objects(_) => return Ok(None),
    };
    let arguments = PyDict::new(py);
    arguments.set_item("shape", PyTuple::new(py, &array.shape)?)?;
    arguments.set_item("dtype", &dtype)?;
    arguments.set_item("buffer", buffer)?;
    let strides = array.strides.iter().map(|stride| stride.saturating_mul(array.dtype.size));
    arguments.set_item("strides", PyTuple::new(py, strides.collect::<Vec<_>>())?)?;
    let made = numpy.getattr("ndarray")?.call((), Some(&arguments));
    let made = made.map_err(|cause| build.failed(node.id(), REFUSED, cause))?;
    // numpy gives them the machine's order of bytes, where it copies them.
    let is_swapped = !dtype.getattr("isnative")?.is_truthy()? && dtype.getattr("names")?.is_none();
    if is_swapped && callable_name(node).is_some_and(|(_, name)| name == "_reconstruct") {
        return Ok(Some(made.call_method1("astype", (dtype.call_method1("newbyteorder", ("=",))?,))?));
    }
    Ok(Some(made))
}

/// `numpy.dtype`, by its constructor; `None` for types that numpy alone does not have.
fn dtype<'py>(numpy: &Bound<'py, PyModule>, dtype: &DType) -> Made<'py> {
    let py = numpy.py();
    let constructor = numpy.getattr("dtype")?;
    Ok(Some(match &dtype.kind {
        Kind::Structured(structure) => {
            let formats = PyList::empty(py);
            for field in &structure.fields {
                let Some(format) = self::dtype(numpy, &field.dtype)? else { return Ok(None) };
                formats.append(format)?;
            }
            let all = PyDict::new(py);
            all.set_item("names", structure.fields.iter().map(|field| &field.name).collect::<Vec<_>>())?;
            all.set_item("formats", formats)?;
            all.set_item("offsets", structure.fields.iter().map(|field| field.offset).collect::<Vec<_>>())?;
            all.set_item("titles", structure.fields.iter().map(|field| &field.title).collect::<Vec<_>>())?;
            all.set_item("itemsize", dtype.size)?;
            let made = constructor.call1((all, structure.is_aligned))?;
            if structure.is_record { constructor.call1(((numpy.getattr("record")?, made),))? } else { made }
        }
        Kind::SubArray(array) => {
            let Some(base) = self::dtype(numpy, &array.base)? else { return Ok(None) };
            constructor.call1(((base, PyTuple::new(py, &array.shape)?),))?
        }
        Kind::String(_) | Kind::Extended(_) => return Ok(None),
        _ => constructor.call1((dtype.typestr(),))?,
    }))
}

/// numpy, if it is installed.
fn numpy(py: Python<'_>) -> PyResult<Option<Bound<'_, PyModule>>> {
    match py.import("numpy") {
        Ok(numpy) => Ok(Some(numpy)),
        Err(error) if error.is_instance_of::<pyo3::exceptions::PyImportError>(py) => Ok(None),
        Err(error) => Err(error),
    }
}
