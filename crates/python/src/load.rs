//! `loads`: from a pickle to Python's objects, by way of a graph.

mod arrays;
mod build;
mod real;
mod spending;

use bytes::Bytes;
use halfsour_value::Node;
use halfsour_vm::{IntBase, Loader, Options};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator, PyTuple};

use self::build::Build;
use crate::error;
use crate::input::Data;

/// What becomes of Python 2's strings.
enum Strings {
    Ascii,
    Bytes,
    /// By a codec of Python, and its way to handle errors.
    Codec(String, String),
}

impl Strings {
    fn decode<'py>(&self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let codec = match self {
            Self::Bytes => return Ok(PyBytes::new(py, bytes).into_any()),
            Self::Ascii if bytes.is_ascii() => return real::text(py, bytes),
            Self::Ascii => ("ascii", "strict"),
            Self::Codec(encoding, errors) => (encoding.as_str(), errors.as_str()),
        };
        PyBytes::new(py, bytes).call_method1("decode", codec)
    }
}

/// The options of loading that concern Python's objects.
pub struct Settings<'py> {
    strings: Strings,
    /// Whether an object of a class that is not on the list is an error.
    raise_unknown: bool,
    /// Whether arrays of numpy become real.
    arrays: bool,
    buffers: Bound<'py, PyIterator>,
}

impl<'py> Settings<'py> {
    /// The settings, by the arguments of `loads`.
    pub fn new(
        py: Python<'py>,
        encoding: &str,
        errors: &str,
        buffers: Option<Bound<'py, PyAny>>,
        unknown: &str,
        arrays: &str,
    ) -> PyResult<Self> {
        Ok(Self {
            strings: match (encoding.to_ascii_lowercase().as_str(), errors) {
                ("bytes", _) => Strings::Bytes,
                ("ascii", "strict") => Strings::Ascii,
                _ => Strings::Codec(encoding.to_owned(), errors.to_owned()),
            },
            raise_unknown: choice("unknown", unknown, ["object", "raise"])?,
            arrays: !choice("arrays", arrays, ["numpy", "object"])?,
            buffers: match buffers {
                Some(buffers) => buffers.try_iter()?,
                None => PyTuple::empty(py).try_iter()?,
            },
        })
    }
}

/// Loads the pickle with which `data` begins, without importing anything but known classes of the standard library and numpy.
///
/// The arguments are those of `pickle.loads`. An object of any other class becomes an `Object`; with `unknown="raise"`,
/// that is a `DecodeError`. With `arrays="object"`, so do the arrays of numpy.
#[pyfunction]
#[pyo3(signature = (data, /, *, fix_imports=true, encoding="ASCII", errors="strict", buffers=None, unknown="object", arrays="numpy"))]
#[expect(clippy::too_many_arguments, reason = "those of pickle.loads, and two")]
pub fn loads<'py>(
    py: Python<'py>,
    data: Data,
    fix_imports: bool,
    encoding: &str,
    errors: &str,
    buffers: Option<Bound<'py, PyAny>>,
    unknown: &str,
    arrays: &str,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(loads_from(py, data, fix_imports, encoding, errors, buffers, unknown, arrays)?.0)
}

/// As `loads`, and the offset at which the pickle ends.
#[pyfunction]
#[pyo3(signature = (data, /, *, fix_imports=true, encoding="ASCII", errors="strict", buffers=None, unknown="object", arrays="numpy"))]
#[expect(clippy::too_many_arguments, reason = "those of pickle.loads, and two")]
pub fn loads_from<'py>(
    py: Python<'py>,
    data: Data,
    fix_imports: bool,
    encoding: &str,
    errors: &str,
    buffers: Option<Bound<'py, PyAny>>,
    unknown: &str,
    arrays: &str,
) -> PyResult<(Bound<'py, PyAny>, usize)> {
    let settings = Settings::new(py, encoding, errors, buffers, unknown, arrays)?;
    let options = Options::default()
        .with_fix_imports(fix_imports)
        .with_int_base(if py.version_info() >= (3, 14) { IntBase::Ten } else { IntBase::Prefix })
        .with_require_buffers(false)
        .with_extensions(real::extensions(py)?);
    let graph = py
        .detach(|| Loader::with_options(options).load(Bytes::from_owner(data)))
        .map_err(|error| error::vm(py, &error))?;
    let value = build(graph.root(), py, &settings)?;
    Ok((value, graph.end()))
}

/// Makes an object and all that it holds, while nothing looks for cycles of garbage among them.
pub fn build<'py>(node: Node<'_>, py: Python<'py>, settings: &Settings<'py>) -> PyResult<Bound<'py, PyAny>> {
    let _paused = Paused::new(py)?;
    Build::new(py, node.graph(), settings).run(node.id())
}

/// Pauses Python's collector of cycles, if it runs, until it is dropped.
struct Paused<'py>(Option<Bound<'py, PyModule>>);

impl<'py> Paused<'py> {
    fn new(py: Python<'py>) -> PyResult<Self> {
        let collector = py.import("gc")?;
        if !collector.call_method0("isenabled")?.is_truthy()? {
            return Ok(Self(None));
        }
        collector.call_method0("disable")?;
        Ok(Self(Some(collector)))
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        if let Some(collector) = &self.0 {
            // It fails only if someone has replaced it, and there is nobody to tell.
            let _ = collector.call_method0("enable");
        }
    }
}

/// Whether an argument is the second of two words.
fn choice(name: &str, given: &str, words: [&str; 2]) -> PyResult<bool> {
    if given == words[0] || given == words[1] {
        return Ok(given == words[1]);
    }
    Err(PyValueError::new_err(format!("{name} must be '{}' or '{}', not '{given}'", words[0], words[1])))
}
