//! The list of what may be imported, and how objects of those classes are made: as `pickle` makes them, if the pickle is one that the
//! class writes.

use std::collections::HashMap;

use halfsour_classes::{Known, callable_name, canonical, cost, recognise};
use halfsour_value::{Data, Form, Kind, Node, Step};
use pyo3::exceptions::{PyAttributeError, PyUnicodeDecodeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyInt, PyString, PyTuple, PyType};

use super::arrays;
use super::build::Build;
use crate::object::{Global, Object, PersistentId, StepKind};

/// What may be imported: modules, and in each the classes and functions that are looked up. Some of Python's modules import others
/// when they are imported, and `zoneinfo` reads the data of zones from the package `tzdata`, where the system has none. Arrays import `numpy`.
const LIST: &[(&str, &[&str])] = &[
    (
        "builtins",
        &[
            "bool",
            "bytearray",
            "bytes",
            "complex",
            "dict",
            "float",
            "frozenset",
            "int",
            "list",
            "object",
            "range",
            "set",
            "slice",
            "str",
            "tuple",
            "type",
            "Ellipsis",
            "NotImplemented",
        ],
    ),
    ("array", &["array", "_array_reconstructor"]),
    (
        "collections",
        &["ChainMap", "Counter", "OrderedDict", "UserDict", "UserList", "UserString", "defaultdict", "deque"],
    ),
    ("datetime", &["date", "datetime", "time", "timedelta", "timezone", "tzinfo"]),
    ("decimal", &["Decimal"]),
    ("fractions", &["Fraction"]),
    ("functools", &["partial"]),
    (
        "ipaddress",
        &["IPv4Address", "IPv4Interface", "IPv4Network", "IPv6Address", "IPv6Interface", "IPv6Network"],
    ),
    ("pathlib", &["PosixPath", "PurePosixPath", "PureWindowsPath", "WindowsPath"]),
    ("re", &["_compile"]),
    ("types", &["SimpleNamespace"]),
    ("uuid", &["UUID"]),
    ("zoneinfo", &["ZoneInfo", "ZoneInfo._unpickle"]),
];

/// What is to be done with an instance before what it holds is made.
pub enum Begun<'g, 'py> {
    Made(Bound<'py, PyAny>),
    /// These first.
    Needs(Vec<Node<'g>>),
    /// Its class is not on the list, or does not write such pickles.
    Unknown,
}

/// An object of a class.
pub enum Finished<'py> {
    Whole(Bound<'py, PyAny>),
    /// The steps are still to be done.
    Called(Bound<'py, PyAny>),
}

/// What the instance is made of, if it is to be made by its class.
pub fn begin<'g, 'py>(build: &mut Build<'g, 'py>, node: Node<'g>) -> PyResult<Begun<'g, 'py>> {
    let Some(name) = callable_name(node) else { return Ok(Begun::Unknown) };
    if name.0.starts_with("numpy") {
        return arrays::begin(build, node);
    }
    let instance = node.as_instance().expect("a call is one");
    if !is_listed(name)
        || instance.arguments().is_none_or(|(_, keywords)| keywords.is_some_and(|all| !all.is_empty()))
    {
        return Ok(Begun::Unknown);
    }
    build.pay(node.id(), price(node))?;
    let is_known = match recognise(node) {
        Some(
            Known::Date(_)
            | Known::DateTime(_)
            | Known::Time(_)
            | Known::TimeDelta(_)
            | Known::TimeZone(_)
            | Known::Decimal(_)
            | Known::Fraction(_)
            | Known::Uuid(_)
            | Known::Range(_)
            | Known::OrderedDict(_)
            | Known::DefaultDict(_)
            | Known::Counter(_)
            | Known::Deque(_)
            | Known::ChainMap(_)
            | Known::User(_)
            | Known::Array(_)
            | Known::Path(_)
            | Known::IpAddress(_)
            | Known::IpNetwork(_)
            | Known::IpInterface(_)
            | Known::SimpleNamespace(_)
            | Known::Exception(_),
        ) => true,
        // Python drops one in another without end by recursion, so they hold no others.
        Some(Known::Slice(_)) => {
            instance.args().elements().into_iter().flatten().all(|part| part.as_instance().is_none())
        }
        Some(Known::Partial(partial)) => partial.function.as_global().is_some(),
        // With the flag `DEBUG`, it would print.
        Some(Known::Pattern(pattern)) => pattern.flags & 128 == 0,
        _ => false,
    };
    if !is_known {
        return Ok(Begun::Unknown);
    }
    Ok(Begun::Needs(instance.arguments().map(|(args, _)| args.collect()).unwrap_or_default()))
}

/// The bytes that making it may copy: of each argument and state, not of what is in those.
fn price(node: Node<'_>) -> usize {
    let Some(instance) = node.as_instance() else { return 0 };
    let held = |node: Node<'_>| match node.data() {
        Data::Bytes(bytes) | Data::ByteArray(bytes) | Data::ByteString(bytes) => bytes.len(),
        Data::Dict(_) | Data::List(_) | Data::Set(_) | Data::FrozenSet(_) | Data::Tuple(_) => {
            node.len().unwrap_or(0).saturating_mul(16)
        }
        _ => 0,
    };
    let states = instance.steps().filter_map(|step| match step {
        Step::State(state) => Some(state),
        _ => None,
    });
    let args = instance.args().elements().into_iter().flatten();
    args.chain(states).map(held).fold(cost(instance, usize::MAX), usize::saturating_add)
}

/// Makes an object, when its arguments are there; `None` if the class would not take them.
pub fn finish<'g, 'py>(build: &mut Build<'g, 'py>, node: Node<'g>) -> PyResult<Option<Finished<'py>>> {
    let name = callable_name(node).expect("it was found before");
    if name.0.starts_with("numpy") {
        return Ok(arrays::finish(build, node)?.map(Finished::Whole));
    }
    let instance = node.as_instance().expect("a call is one");
    let Some(callable) = import(build.py, name)? else { return Ok(None) };
    let is_time = name.0 == "datetime";
    let mut args = Vec::new();
    for arg in instance.arguments().map(|(args, _)| args).into_iter().flatten() {
        if build.is_deferred(arg.id())
            || arg.elements().into_iter().flatten().any(|part| build.is_deferred(part.id()))
        {
            return Err(
                build.error(node.id(), "an object is needed to make itself: no such cycle can be built")
            );
        }
        // The bytes of times are bytes, whatever the encoding of Python 2's strings.
        let arg = match arg.data() {
            Data::ByteString(bytes) if is_time => PyBytes::new(build.py, bytes).into_any(),
            _ => build.need(arg.id())?,
        };
        args.push(arg);
    }
    // What stands for an object of another class is no function, and no zone.
    let needs_real = is_time || matches!(name.1, "defaultdict" | "partial");
    let is_stand_in = |arg: &Bound<'py, PyAny>| {
        arg.is_instance_of::<Object>()
            || arg.is_instance_of::<Global>()
            || arg.is_instance_of::<PersistentId>()
    };
    if needs_real && args.iter().any(is_stand_in) {
        return Ok(None);
    }
    let made = match instance.form() {
        Form::Call | Form::Inst | Form::Obj => callable.call1(PyTuple::new(build.py, args)?),
        Form::New | Form::NewEx | Form::Reconstructor | Form::NewObjCall | Form::NewObjExCall => {
            args.insert(0, callable.clone());
            callable.getattr(intern!(build.py, "__new__"))?.call1(PyTuple::new(build.py, args)?)
        }
    };
    let made =
        made.map_err(|cause| build.failed(node.id(), &format!("{}.{} refuses", name.0, name.1), cause))?;
    Ok(Some(Finished::Called(made)))
}

/// Does to an object of a class what `pickle` would do.
pub fn step<'py>(
    build: &Build<'_, 'py>,
    object: &Bound<'py, PyAny>,
    kind: StepKind,
    parts: &[Bound<'py, PyAny>],
) -> PyResult<()> {
    let py = build.py;
    match kind {
        StepKind::State => {
            let state = &parts[0];
            if let Some(set) = crate::error::optional(object.getattr(intern!(py, "__setstate__")), py)? {
                return set.call1((state,)).map(drop);
            }
            let (dict, slots) = match state.cast::<PyTuple>() {
                Ok(pair) if pair.len() == 2 => (pair.get_item(0)?, Some(pair.get_item(1)?)),
                _ => (state.clone(), None),
            };
            if !dict.is_none() {
                object
                    .getattr(intern!(py, "__dict__"))?
                    .cast::<PyDict>()?
                    .update(dict.cast::<PyDict>()?.as_mapping())?;
            }
            for (name, value) in slots
                .iter()
                .map(|slots| slots.cast::<PyDict>())
                .collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .flatten()
            {
                object.setattr(name.cast::<PyString>()?, value)?;
            }
            Ok(())
        }
        StepKind::Append => {
            parts.iter().try_for_each(|part| object.call_method1(intern!(py, "append"), (part,)).map(drop))
        }
        StepKind::SetItem => parts.chunks_exact(2).try_for_each(|pair| object.set_item(&pair[0], &pair[1])),
        StepKind::Add => {
            parts.iter().try_for_each(|part| object.call_method1(intern!(py, "add"), (part,)).map(drop))
        }
        StepKind::Call => Err(pyo3::exceptions::PyTypeError::new_err("no state setter is called")),
    }
}

/// A class or function: itself if it is a class on the list, otherwise its name.
pub fn global<'g, 'py>(build: &Build<'g, 'py>, node: Node<'g>) -> PyResult<Bound<'py, PyAny>> {
    let py = build.py;
    let global = node.as_global().expect("it is one");
    let text = |node: Node<'_>| match node.data() {
        Data::Str(text) => text.to_string_lossy().into_owned(),
        _ => String::from_utf8_lossy(node.as_bytes().unwrap_or_default()).into_owned(),
    };
    let (module, qualname) = (text(global.module), text(global.name));
    let name = canonical(&module, &qualname).unwrap_or((&module, &qualname));
    // Functions make objects of whatever they are given.
    if is_listed(name)
        && let Some(found) = import(py, name)?
        && (found.is_instance_of::<PyType>() || name.0 == "builtins")
    {
        return Ok(found);
    }
    if build.settings.raise_unknown {
        let shown = global.visible_name();
        return Err(build.error(node.id(), &format!("{shown} is not on the list of what may be imported")));
    }
    Ok(Bound::new(py, Global { module, qualname })?.into_any())
}

/// Whether something may be imported. Exceptions and warnings that are built in are on the list of known classes.
fn is_listed((module, name): (&str, &str)) -> bool {
    let listed = LIST.iter().any(|(listed, names)| *listed == module && names.contains(&name));
    listed || module == "builtins" && name != "getattr" && canonical(module, name).is_some()
}

/// Imports what is on the list; `None` if this Python does not have it.
fn import<'py>(py: Python<'py>, (module, name): (&str, &str)) -> PyResult<Option<Bound<'py, PyAny>>> {
    let found = py.import(module)?.into_any();
    let found = name.split('.').try_fold(found, |owner, part| owner.getattr(part));
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_instance_of::<PyAttributeError>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The names for extension codes that this process has registered.
pub fn extensions(py: Python<'_>) -> PyResult<HashMap<u32, (String, String)>> {
    let registered = py.import("copyreg")?.getattr("_inverted_registry")?;
    if registered.is_empty()? {
        return Ok(HashMap::new());
    }
    registered.extract()
}

/// An int of any size: little-endian two's complement.
pub fn big_int<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let keywords = PyDict::new(py);
    keywords.set_item("signed", true)?;
    py.get_type::<PyInt>().call_method("from_bytes", (PyBytes::new(py, bytes), "little"), Some(&keywords))
}

/// Text in WTF-8.
#[inline]
pub fn text<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match PyString::from_bytes(py, text) {
        Ok(text) => Ok(text.into_any()),
        Err(error) if error.is_instance_of::<PyUnicodeDecodeError>(py) => {
            PyBytes::new(py, text).call_method1("decode", ("utf-8", "surrogatepass"))
        }
        Err(error) => Err(error),
    }
}

/// Whether the first argument of a call is `bytes`, which nobody can change.
pub fn is_of_bytes(node: Node<'_>) -> bool {
    let first = node.as_instance().and_then(|instance| instance.args().at(0));
    first.is_some_and(|first: Node<'_, _>| first.kind() == Kind::Bytes || first.kind() == Kind::ReadOnly)
}
