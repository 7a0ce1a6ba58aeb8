//! Looking at a file without loading it: [`File`] and [`Node`].

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use halfsour_files::{Input, Limits, Part};
use halfsour_inspect::diff::{Diff, DiffError, Rules};
use halfsour_inspect::find::{Pattern, Scope, Search};
use halfsour_inspect::info::{FileInfo, PartInfo};
use halfsour_inspect::path::{self, Place};
use halfsour_inspect::size::Sizes;
use halfsour_inspect::{get, type_name};
use halfsour_json::{Cycles, Style};
use halfsour_lexer::Disassembly;
use halfsour_value::{Graph, Id, Kind};
use halfsour_vm::{Loader, Options};
use halfsour_writer::{MemoPolicy, to_vec};
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyIterator, PyList, PyString};

use crate::error;
use crate::input::Data;
use crate::load::{Settings, build};

/// At most so many hits and differences are kept.
const MOST: usize = 10_000;

fn wrong(py: Python<'_>, error: &impl std::fmt::Display) -> PyErr {
    error::decode(py, &error.to_string(), None, None, None)
}

/// A value that serialises, as dicts and lists.
fn plain<'py>(py: Python<'py>, value: &impl serde::Serialize) -> PyResult<Bound<'py, PyAny>> {
    parsed(py, serde_json::to_string(value))
}

fn parsed(py: Python<'_>, text: serde_json::Result<String>) -> PyResult<Bound<'_, PyAny>> {
    let text = text.map_err(|error| PyValueError::new_err(error.to_string()))?;
    py.import("json")?.call_method1("loads", (text,))
}

/// Opens a file of any kind that has pickles, by its path, or bytes, without loading anything.
///
/// With `member`, only that of an archive that has this name, or whose name ends so.
#[pyfunction]
#[pyo3(signature = (source, /, *, member=None))]
pub fn open(py: Python<'_>, source: Bound<'_, PyAny>, member: Option<String>) -> PyResult<File> {
    let source = if source.hasattr("read")? { source.call_method0("read")? } else { source };
    let input = if source.is_instance_of::<PyString>() || source.hasattr("__fspath__")? {
        let path: PathBuf = source.extract()?;
        // For the errors that Python has for files.
        py.import("builtins")?.call_method1("open", (&path, "rb"))?.call_method0("close")?;
        py.detach(|| Input::open(path, Limits::UNTRUSTED))
    } else {
        let data: Data = source.extract()?;
        py.detach(|| Input::from_bytes("<bytes>", Bytes::from_owner(data), Limits::UNTRUSTED))
    };
    let input = input.map_err(|error| wrong(py, &error))?;
    Ok(File {
        input: match member {
            Some(member) => input.with_member(member),
            None => input,
        },
    })
}

/// Returns the pickle that a document of JSON is of: of the lossless form, the one that it was made from; of any other, plain data.
#[pyfunction]
#[pyo3(signature = (text, /, *, protocol=None))]
pub fn from_json<'py>(py: Python<'py>, text: &str, protocol: Option<u8>) -> PyResult<Bound<'py, PyBytes>> {
    let document = py.detach(|| halfsour_json::documents(text.as_bytes()).next());
    let document = document.ok_or_else(|| PyValueError::new_err("there is no document"))?;
    let document = document.map_err(|error| wrong(py, &error))?;
    let options = halfsour_writer::Options::default();
    let options = options.with_protocol(protocol.or(document.protocol).unwrap_or(options.protocol));
    let pickle = py.detach(|| to_vec(document.graph.root(), &options));
    Ok(PyBytes::new(py, &pickle.map_err(|error| error::encode(py, &error.to_string()))?))
}

/// A file that was opened: see `open`.
#[pyclass(module = "halfsour", frozen)]
#[derive(Debug)]
pub struct File {
    input: Input,
}

impl File {
    /// The one part that has pickles.
    fn part(&self, py: Python<'_>) -> PyResult<Part> {
        py.detach(|| self.input.one_part()).map_err(|error| wrong(py, &error))
    }

    /// Its pickles, or the first only.
    fn load(&self, py: Python<'_>, options: &Options, first_only: bool) -> PyResult<Vec<Node>> {
        let part = self.part(py)?;
        let graphs = py.detach(|| {
            let mut loader = Loader::with_options(options.clone());
            let mut graphs = Vec::new();
            part.each_pickle(first_only, |bytes, start| {
                // The bytes are those of the part, up to where the pickle has to end.
                let graph = loader.load_at(part.bytes().slice(..bytes.len()), start)?;
                let end = graph.end();
                graphs.push(graph);
                Ok(end)
            })
            .map_err(|error: halfsour_files::PickleError<halfsour_vm::Error>| error.error)?;
            Ok(graphs)
        });
        let graphs = graphs.map_err(|error| error::vm(py, &error))?;
        Ok(graphs.into_iter().map(Node::root).collect())
    }

    fn first(&self, py: Python<'_>) -> PyResult<Node> {
        let mut all = self.load(py, &Options::default(), true)?;
        all.pop().ok_or_else(|| PyValueError::new_err("there is no pickle"))
    }
}

#[pymethods]
impl File {
    /// The name of the file, or `<bytes>`.
    #[getter]
    fn name(&self) -> &str {
        self.input.source().name()
    }

    /// What it is without its compression: `pickle`, `zip`, `npy` …
    #[getter]
    fn format(&self) -> String {
        self.input.source().format().to_string()
    }

    /// The layers of compression that were taken off, from the outside in: `["gzip"]`.
    #[getter]
    fn layers(&self) -> Vec<String> {
        self.input.source().layers().iter().map(|layer| layer.format.to_string()).collect()
    }

    /// The names of an archive's members; of any other file, none.
    #[getter]
    fn members(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let archive = py.detach(|| self.input.source().archive()).map_err(|error| wrong(py, &error))?;
        let members =
            archive.map(|archive| archive.members().iter().map(|member| member.name.clone()).collect());
        Ok(members.unwrap_or_default())
    }

    /// The object that its first pickle is of. Of an archive with several pickles, ask for one when you `open` it.
    #[getter]
    fn root(&self, py: Python<'_>) -> PyResult<Node> {
        self.first(py)
    }

    /// The objects that its pickles are of, one after the other.
    #[getter]
    fn roots(&self, py: Python<'_>) -> PyResult<Vec<Node>> {
        self.load(py, &Options::default(), false)
    }

    /// What is at a path, from its first pickle: as `Node.get`.
    fn get<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
        self.first(py)?.get(py, path)
    }

    /// The first pickle as JSON: as `Node.to_json`.
    #[pyo3(signature = (*, lossless=false))]
    fn to_json(&self, py: Python<'_>, lossless: bool) -> PyResult<String> {
        self.first(py)?.to_json(py, lossless)
    }

    /// Facts about the file and its pickles: protocol, sizes, imports; as `halfsour info` has them.
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let facts = py.detach(|| {
            let file = FileInfo::of(&self.input)?;
            let mut loader = Loader::new();
            let parts = self.input.parts()?.map(|part| Ok(PartInfo::of(&part?, false, &mut loader)));
            Ok((file, parts.collect::<Result<Vec<_>, halfsour_files::Error>>()?))
        });
        let (file, parts) = facts.map_err(|error: halfsour_files::Error| wrong(py, &error))?;
        let facts = plain(py, &file)?;
        facts.set_item("parts", plain(py, &parts)?)?;
        Ok(facts)
    }

    /// What takes how many bytes, by path and by type, the `top` largest: as `halfsour size` has it.
    #[pyo3(signature = (*, top=20))]
    fn sizes<'py>(&self, py: Python<'py>, top: usize) -> PyResult<Bound<'py, PyAny>> {
        let part = self.part(py)?;
        let mut sizes = Sizes::new();
        py.detach(|| sizes.add_part(&part, false, &mut Loader::new())).map_err(|error| wrong(py, &error))?;
        plain(py, &sizes.report(self.name(), top))
    }

    /// Where a text is, in keys, names of classes, text and numbers: a list of dicts with `path`, `kind`, `value` and `offset`. With `regex`,
    /// it is a regular expression.
    #[pyo3(signature = (text, /, *, regex=false))]
    fn find<'py>(&self, py: Python<'py>, text: &str, regex: bool) -> PyResult<Bound<'py, PyAny>> {
        let pattern = if regex {
            Pattern::regex(text, false).map_err(|error| PyValueError::new_err(error.to_string()))?
        } else {
            Pattern::plain(text)
        };
        let part = self.part(py)?;
        let mut search = Search::new(pattern, Scope::default(), MOST);
        py.detach(|| search.part(&part, false, &mut Loader::new()))
            .map_err(|error| error::vm(py, &error.error))?;
        plain(py, &search.hits())
    }

    /// How the first pickle of another file differs from that of this one: a dict with `same`, `total` and `differences`.
    fn diff<'py>(&self, py: Python<'py>, other: &Self) -> PyResult<Bound<'py, PyAny>> {
        let (old, new) = (self.first(py)?, other.first(py)?);
        let compared = py.detach(|| {
            let mut diff = Diff::new(Rules::default(), MOST);
            diff.graphs(&old.shared.graph, &new.shared.graph)?;
            Ok(serde_json::to_string(&diff))
        });
        let compared = compared.map_err(|error: DiffError| wrong(py, &error))?;
        parsed(py, compared)
    }

    /// The opcodes of its pickles, as `pickletools.dis` prints them.
    #[pyo3(signature = (*, annotate=0))]
    fn dis(&self, py: Python<'_>, annotate: usize) -> PyResult<String> {
        let part = self.part(py)?;
        py.detach(|| {
            let mut text = String::new();
            part.each_pickle(false, |bytes, start| {
                Disassembly::at(bytes, start)
                    .annotate(annotate)
                    .write_to(&mut text)
                    .map(|summary| summary.end)
            })
            .map(|()| text)
        })
        .map_err(|error| wrong(py, &error.error))
    }

    /// The first pickle, written anew in a protocol; with `optimize`, only what occurs again is in its memo.
    #[pyo3(signature = (*, protocol=None, optimize=false))]
    fn rewrite<'py>(
        &self,
        py: Python<'py>,
        protocol: Option<u8>,
        optimize: bool,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let mut all = self.load(py, &Options::default().with_record_memo(true), true)?;
        let node = all.pop().ok_or_else(|| PyValueError::new_err("there is no pickle"))?;
        let graph = &node.shared.graph;
        let options = halfsour_writer::Options::default()
            .with_protocol(protocol.unwrap_or(graph.protocol()))
            .with_memo(if optimize { MemoPolicy::Shared } else { MemoPolicy::AsRead });
        let pickle = py.detach(|| to_vec(graph.root(), &options));
        Ok(PyBytes::new(py, &pickle.map_err(|error| error::encode(py, &error.to_string()))?))
    }

    fn __repr__(&self) -> String {
        format!("<File {}: {}>", self.name(), self.format())
    }
}

/// A graph, for all nodes that were taken of it.
#[derive(Debug)]
struct Shared {
    graph: Graph,
    /// How many places hold each object, once somebody asked.
    places: std::sync::OnceLock<HashMap<Id, u32>>,
}

/// An object in a file, which is looked at and not loaded.
#[pyclass(module = "halfsour", frozen)]
#[derive(Debug)]
pub struct Node {
    shared: Arc<Shared>,
    id: Id,
    path: String,
}

impl Node {
    fn root(graph: Graph) -> Self {
        let id = graph.root().id();
        Self {
            shared: Arc::new(Shared { graph, places: std::sync::OnceLock::new() }),
            id,
            path: String::new(),
        }
    }

    fn node(&self) -> halfsour_value::Node<'_> {
        self.shared.graph.node(self.id)
    }

    fn at(&self, id: Id, path: String) -> Self {
        Self { shared: self.shared.clone(), id, path }
    }

    /// The members of what is a sequence.
    fn sequence(&self) -> Option<Vec<Id>> {
        Some(match self.node().elements() {
            Some(elements) => elements.map(halfsour_value::Node::id).collect(),
            None => halfsour_classes::members(self.node())?.map(halfsour_value::Node::id).collect(),
        })
    }

    /// The keys and values of what is a mapping.
    fn mapping(&self) -> Option<Vec<(Id, Id)>> {
        Some(halfsour_classes::pairs(self.node())?.map(|(key, value)| (key.id(), value.id())).collect())
    }
}

#[pymethods]
impl Node {
    /// Where it is: `users[3].email`; empty for the root.
    #[getter]
    fn path(&self) -> &str {
        &self.path
    }

    /// Its kind: `dict`, `str`, `instance` …
    #[getter]
    fn kind(&self) -> String {
        self.node().kind().to_string()
    }

    /// The name of its type: `dict`, `datetime.date`, `app.models.User`.
    #[getter]
    fn class_name(&self) -> String {
        type_name(self.node())
    }

    /// The offset in bytes of the opcode that makes it; None for what is so small that it has none, such as None and small ints.
    #[getter]
    fn offset(&self) -> Option<usize> {
        self.node().offset()
    }

    /// Whether several places hold it.
    #[getter]
    fn is_shared(&self, py: Python<'_>) -> bool {
        let count = || {
            let mut places = HashMap::new();
            for node in self.shared.graph.descendants() {
                for child in node.children().filter(|child| child.id().index().is_some()) {
                    *places.entry(child.id()).or_insert(0_u32) += 1;
                }
            }
            places
        };
        py.detach(|| self.shared.places.get_or_init(count)).get(&self.id).is_some_and(|places| *places > 1)
    }

    /// What is at a path from here: a `Node`, or the value of what is no object of its own, such as a cell of a table.
    fn get<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
        let parsed = path
            .parse()
            .map_err(|error: halfsour_value::PathError| PyValueError::new_err(error.to_string()))?;
        let place =
            path::resolve(self.node(), &parsed).map_err(|error| PyKeyError::new_err(error.to_string()))?;
        if let Place::Node(node) = place {
            let separator = if self.path.is_empty() || path.is_empty() || path.starts_with(['[', '(']) {
                ""
            } else {
                "."
            };
            let path = format!("{}{separator}{path}", self.path);
            return Ok(Bound::new(py, self.at(node.id(), path))?.into_any());
        }
        let mut json = Vec::new();
        get::json(&mut json, self.node(), place, Style::plain()).map_err(|error| wrong(py, &error))?;
        py.import("json")?.call_method1("loads", (PyBytes::new(py, &json),))
    }

    /// A member, by its number; the value of a key that is text; or what a subscript of a path has: `node["name"]`, `node[-1]`.
    fn __getitem__<'py>(&self, py: Python<'py>, key: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(number) = key.extract::<i64>() {
            return self.get(py, &format!("[{number}]")).map_err(|_| PyIndexError::new_err(number));
        }
        if let Ok(text) = key.cast::<PyString>() {
            return self
                .get(py, &format!("[{}]", text.repr()?))
                .map_err(|_| PyKeyError::new_err(key.unbind()));
        }
        Err(PyTypeError::new_err("a key is an int or a str; get() takes any path"))
    }

    /// How many members, items, characters or bytes it has.
    fn __len__(&self) -> PyResult<usize> {
        let length = self
            .node()
            .len()
            .or_else(|| Some(self.sequence()?.len()))
            .or_else(|| Some(self.mapping()?.len()));
        length.ok_or_else(|| PyTypeError::new_err(format!("a {} has no length", self.class_name())))
    }

    /// It is there, whatever it holds.
    #[expect(clippy::unused_self, reason = "Python asks an object")]
    fn __bool__(&self) -> bool {
        true
    }

    /// The members of a sequence, as nodes; the keys of a mapping, as nodes.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        if let Some(pairs) = self.mapping() {
            let keys = pairs.into_iter().map(|(key, _)| self.at(key, self.path.clone()));
            return PyList::new(py, keys.collect::<Vec<_>>())?.try_iter();
        }
        let Some(members) = self.sequence() else {
            return Err(PyTypeError::new_err(format!("a {} has no members", self.class_name())));
        };
        let members = members.into_iter().enumerate();
        let nodes = members.map(|(number, id)| self.at(id, format!("{}[{number}]", self.path)));
        PyList::new(py, nodes.collect::<Vec<_>>())?.try_iter()
    }

    /// The keys and values of a mapping, as pairs of nodes; of an object, the names and values of its attributes.
    fn items(&self) -> PyResult<Vec<(Self, Self)>> {
        let pairs = match (self.mapping(), self.node().as_instance()) {
            (Some(pairs), _) => pairs,
            (None, Some(instance)) => instance.attrs().map(|(name, value)| (name.id(), value.id())).collect(),
            (None, None) => {
                return Err(PyTypeError::new_err(format!("a {} has no items", self.class_name())));
            }
        };
        let nodes = pairs.into_iter().map(|(key, value)| {
            let steps = [self.path.clone(), path::key(self.shared.graph.node(key))];
            (self.at(key, self.path.clone()), self.at(value, path::join(&steps)))
        });
        Ok(nodes.collect())
    }

    /// It as an object of Python, as `loads` makes it.
    #[pyo3(signature = (*, encoding="ASCII", errors="strict", buffers=None, unknown="object", arrays="numpy"))]
    fn value<'py>(
        &self,
        py: Python<'py>,
        encoding: &str,
        errors: &str,
        buffers: Option<Bound<'py, PyAny>>,
        unknown: &str,
        arrays: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        build(self.node(), py, &Settings::new(py, encoding, errors, buffers, unknown, arrays)?)
    }

    /// It as JSON: plain, which is an error where it is a cycle; or lossless, of which `from_json` makes the pickle again.
    #[pyo3(signature = (*, lossless=false))]
    fn to_json(&self, py: Python<'_>, lossless: bool) -> PyResult<String> {
        let style = if lossless { Style::lossless() } else { Style::plain().with_cycles(Cycles::default()) };
        py.detach(|| halfsour_json::to_string(self.node(), style)).map_err(|error| wrong(py, &error))
    }

    fn __repr__(&self) -> String {
        let at = if self.path.is_empty() { String::new() } else { format!(" {}", self.path) };
        let node = self.node();
        let is_short = match node.kind() {
            Kind::Str | Kind::Bytes => node.len().is_some_and(|length| length <= 60),
            Kind::None | Kind::Bool | Kind::Int | Kind::Float | Kind::Global => true,
            _ => false,
        };
        let shown = if is_short { format!(" {node}") } else { String::new() };
        format!("<Node{at}: {}{shown}>", self.class_name())
    }
}
