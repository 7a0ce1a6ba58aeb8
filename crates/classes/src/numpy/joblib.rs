//! joblib's arrays, whose bytes stand in the stream behind a wrapper.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use halfsour_value::machine::Peek;
use halfsour_value::{Builder, Graph, Id, Node, Step, StepError};

use super::{ArrayClass, Kind, NdArray, array, checked, class, data, parse, plain};
use crate::ClassBuilder;
use crate::args::text;
use crate::call::Call;
use crate::names::Class;

/// A `NumpyArrayWrapper`, whose array follows it in the file: as bytes, or in a pickle of its own. Those who read the file append it to
/// the wrapper.
struct Wrapper<'g, S> {
    state: Node<'g, S>,
    follows: Node<'g, S>,
}

impl<'g, S: AsRef<[u8]>> Wrapper<'g, S> {
    fn of(call: &Call<'g, S>) -> Option<Self> {
        let mut steps = call.instance.steps();
        let (Some(Step::State(state)), Some(Step::Append(mut appended)), None) =
            (steps.next(), steps.next(), steps.next())
        else {
            return None;
        };
        let (Some(follows), None) = (appended.next(), appended.next()) else { return None };
        Some(Self { state, follows })
    }

    fn is_fortran(&self) -> Option<bool> {
        Some(text(self.state.get("order")?)? == "F")
    }

    fn array(&self) -> Option<NdArray<'g, S>> {
        let Self { state, follows } = *self;
        let class = class(state.get("subclass")?);
        let (dtype, shape) = (parse::read(state.get("dtype")?)?, parse::shape(state.get("shape")?)?);
        if dtype.has_objects() || matches!(dtype.kind, Kind::String(_)) {
            let array = plain(&Call::of(follows)?)?;
            return (array.shape == shape).then_some(NdArray { class, ..array });
        }
        let strides = array::strides(&shape, self.is_fortran()?);
        let data = data(follows)?;
        checked(NdArray { class, dtype, shape, strides, data, mask: None, beside: Vec::new(), long: None })
    }
}

/// Reads the array for which a wrapper stands.
pub(super) fn wrapped<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<NdArray<'g, S>> {
    Wrapper::of(call)?.array()
}

/// A copy of a graph with the arrays of joblib as numpy pickles them itself.
///
/// joblib writes the bytes of an array into the stream, behind a wrapper that says what they are. Opcodes cannot say this: a pickle of
/// the wrapper would lose the array. As numpy's they can be written, and both joblib and plain Python load them.
#[derive(Debug)]
pub struct Unwrapped {
    graph: Graph,
    /// Of each wrapper, the array.
    arrays: HashMap<Id, Id>,
}

/// A wrapper of joblib that is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrapperError {
    /// The offset of the wrapper in the source.
    pub offset: usize,
}

impl fmt::Display for WrapperError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "byte 0x{:x}: joblib's wrapper is of a form that is not known, so that its array would be lost",
            self.offset
        )
    }
}

impl std::error::Error for WrapperError {}

impl Unwrapped {
    /// Takes the arrays out of their wrappers; `None` if there are none.
    ///
    /// # Errors
    ///
    /// If an array follows a wrapper that is not understood.
    pub fn of<S: AsRef<[u8]>>(graph: &Graph<S>) -> Result<Option<Self>, WrapperError> {
        let (view, ids) = (graph.view(), || graph.store().ids());
        let has_name = |id| match view.peek(id) {
            Peek::Global(_, name) => view.text_bytes(name) == Some(b"NumpyArrayWrapper"),
            _ => false,
        };
        if !ids().any(has_name) {
            return Ok(None);
        }
        let is_wrapper =
            |id: &Id| Call::of(graph.node(*id)).is_some_and(|call| call.class == Class::JoblibArray);
        let has_array = |id: &Id| {
            let instance = graph.node(*id).as_instance();
            instance.is_some_and(|wrapper| wrapper.steps().any(|step| matches!(step, Step::Append(_))))
        };
        let wrappers: Vec<Id> = ids().filter(is_wrapper).filter(has_array).collect();
        if wrappers.is_empty() {
            return Ok(None);
        }
        let mut builder = Builder::from_graph(graph.copied());
        let mut build = ClassBuilder::for_protocol(&mut builder, graph.protocol());
        let mut arrays = HashMap::with_capacity(wrappers.len());
        let error = |id: Id| WrapperError { offset: graph.node(id).offset().unwrap_or(0) };
        for id in wrappers {
            let made = unwrapped(graph.node(id), &mut build);
            arrays.insert(id, made.ok_or_else(|| error(id))?);
        }
        let root = graph.root().id();
        let refused = |_: StepError| error(root);
        builder.replace_all(&arrays).map_err(refused)?;
        let graph = builder.try_build(*arrays.get(&root).unwrap_or(&root)).map_err(refused)?;
        Ok(Some(Self { graph, arrays }))
    }

    /// Returns what an object of the graph has become.
    pub fn node(&self, id: Id) -> Node<'_> {
        self.graph.node(*self.arrays.get(&id).unwrap_or(&id))
    }

    /// Returns the graph with the arrays.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }
}

/// Makes the array of a wrapper.
fn unwrapped<S: AsRef<[u8]>>(node: Node<'_, S>, build: &mut ClassBuilder<'_>) -> Option<Id> {
    let wrapper = Wrapper::of(&Call::of(node)?)?;
    let follows = wrapper.follows.id();
    // Of objects, a pickle of the array follows.
    if wrapper.follows.as_bytes().is_none() {
        return Some(follows);
    }
    let array = wrapper.array()?;
    let dtype = wrapper.state.get("dtype")?.id();
    let is_fortran = wrapper.is_fortran()?;
    let made = match array.class {
        // joblib makes plain arrays of those that lie in a file.
        ArrayClass::Memmap => build.nd_array(dtype, &array.shape, is_fortran, follows),
        _ => build.array_of(wrapper.state.get("subclass")?.id(), dtype, &array.shape, is_fortran, follows),
    };
    made.ok()
}

/// The name of the file that has an array for which joblib before its release 0.10 wrote only a wrapper. Those who find that file put
/// the array in the wrapper's place.
pub fn array_file<S: AsRef<[u8]>>(node: Node<'_, S>) -> Option<Cow<'_, str>> {
    let class = node.as_instance()?.class().as_global()?;
    let name = class.full_name();
    let is_wrapper = name.ends_with("joblib.numpy_pickle.NDArrayWrapper")
        || name.ends_with("joblib.numpy_pickle.ZNDArrayWrapper");
    is_wrapper.then_some(())?;
    let name = node.attr("filename").and_then(Node::text_bytes);
    Some(name.map_or("a file without a name".into(), String::from_utf8_lossy))
}
