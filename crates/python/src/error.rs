//! Errors as the package's exceptions, which are classes of Python.

use halfsour_lexer::text::number::NumberError;
use halfsour_vm::ErrorKind;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// An exception of `halfsour._errors`, with these attributes beside the message.
fn exception(py: Python<'_>, class: &str, message: &str, attributes: &Bound<'_, PyDict>) -> PyErr {
    let made = || py.import("halfsour._errors")?.getattr(class)?.call((message,), Some(attributes));
    made().map_or_else(|error| error, PyErr::from_value)
}

/// A pickle that cannot be loaded: the offset of the opcode in bytes, its name, and the place in the data.
pub fn decode(
    py: Python<'_>,
    message: &str,
    offset: Option<usize>,
    opcode: Option<&str>,
    context: Option<&str>,
) -> PyErr {
    undecodable(py, "DecodeError", message, offset, opcode, context)
}

fn undecodable(
    py: Python<'_>,
    class: &str,
    message: &str,
    offset: Option<usize>,
    opcode: Option<&str>,
    context: Option<&str>,
) -> PyErr {
    let attributes = PyDict::new(py);
    let set = || {
        attributes.set_item("offset", offset)?;
        attributes.set_item("opcode", opcode)?;
        attributes.set_item("context", context)
    };
    set().err().unwrap_or_else(|| exception(py, class, message, &attributes))
}

/// A limit on what hostile input may cost.
pub fn limit(py: Python<'_>, message: &str) -> PyErr {
    undecodable(py, "LimitError", message, None, None, None)
}

/// The error of the machine.
pub fn vm(py: Python<'_>, error: &halfsour_vm::Error) -> PyErr {
    let class = match error.kind() {
        ErrorKind::Limit(_) | ErrorKind::Number(NumberError::TooManyDigits) => "LimitError",
        _ => "DecodeError",
    };
    let opcode = error.opcode().map(|opcode| opcode.to_string());
    undecodable(py, class, &error.to_string(), Some(error.offset()), opcode.as_deref(), None)
}

/// Something that cannot be written.
pub fn encode(py: Python<'_>, message: &str) -> PyErr {
    exception(py, "EncodeError", message, &PyDict::new(py))
}

/// An attribute, or `None` where there is none; any other error stays one.
pub fn optional<'py>(
    got: PyResult<Bound<'py, PyAny>>,
    py: Python<'py>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    match got {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_instance_of::<PyAttributeError>(py) => Ok(None),
        Err(error) => Err(error),
    }
}
