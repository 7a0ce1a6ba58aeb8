//! [`Build`]: Python's objects of a graph, without recursion: what is still to be made are tasks on a stack.

use halfsour_value::machine::Peek;
use halfsour_value::{Graph, Id, Kind, Node, Step};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{
    PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyList, PyMemoryView, PySet, PyTuple,
};

use super::Settings;
use super::real::{self, Begun, Finished};
use super::spending::Spending;
use crate::error;
use crate::object::{Made, Object, PersistentId, StepKind};

enum Task {
    Visit(Id),
    /// What it is made of is there.
    Finish(Id),
    /// What its steps bring is there.
    Steps(Id),
}

/// What is known of a node that is not made yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// Begun, and made at once if something that it holds leads back to it.
    Open,
    /// Begun, and not made before what it holds is.
    Closed,
    /// Made, and to be filled last, since something that it holds was not there.
    Deferred,
}

pub struct Build<'g, 'py> {
    pub py: Python<'py>,
    pub graph: &'g Graph,
    pub settings: &'g Settings<'py>,
    /// By the index of a node.
    made: Vec<Option<Bound<'py, PyAny>>>,
    state: Vec<State>,
    tasks: Vec<Task>,
    deferred: Vec<Id>,
    /// The out-of-band buffers that were asked for.
    buffers: Vec<Bound<'py, PyAny>>,
    spending: Spending,
    /// The parts of the container that is being made.
    scratch: Vec<Bound<'py, PyAny>>,
}

impl<'g, 'py> Build<'g, 'py> {
    pub fn new(py: Python<'py>, graph: &'g Graph, settings: &'g Settings<'py>) -> Self {
        let count = graph.node_count();
        Self {
            py,
            graph,
            settings,
            made: vec![None; count],
            state: vec![State::New; count],
            tasks: Vec::new(),
            deferred: Vec::new(),
            buffers: Vec::new(),
            spending: Spending::new(graph.source().as_ref().len()),
            scratch: Vec::new(),
        }
    }

    /// Makes the object with this id, and all that it holds.
    pub fn run(mut self, root: Id) -> PyResult<Bound<'py, PyAny>> {
        self.tasks.push(Task::Visit(root));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Visit(id) => self.visit(id)?,
                Task::Finish(id) => self.finish(id)?,
                Task::Steps(id) => self.steps(id)?,
            }
        }
        for id in std::mem::take(&mut self.deferred) {
            self.fill(id)?;
        }
        self.need(root)
    }

    fn node(&self, id: Id) -> Node<'g> {
        self.graph.node(id)
    }

    fn set_state(&mut self, id: Id, state: State) {
        if let Some(index) = id.index() {
            self.state[index] = state;
        }
    }

    fn state(&self, id: Id) -> State {
        id.index().map_or(State::New, |index| self.state[index])
    }

    fn keep(&mut self, id: Id, object: &Bound<'py, PyAny>) {
        if let Some(index) = id.index() {
            self.made[index] = Some(object.clone());
        }
    }

    /// Whether an object can be had without anything that is not there.
    fn is_ready(&self, id: Id) -> bool {
        let Some(index) = id.index() else { return true };
        self.made[index].is_some() || is_leaf(self.graph.view().kind(id))
    }

    fn visit(&mut self, id: Id) -> PyResult<()> {
        if self.is_ready(id) || self.state(id) != State::New {
            return Ok(());
        }
        let view = self.graph.view();
        match view.peek(id) {
            Peek::List(ids) | Peek::Dict(ids) | Peek::Set(ids) => self.begin(id, State::Open, ids),
            Peek::Tuple(ids) | Peek::FrozenSet(ids) => self.begin(id, State::Closed, ids),
            Peek::PersistentId(of) | Peek::ReadOnly(of) => self.begin(id, State::Closed, &[of]),
            Peek::Instance(_) => match real::begin(self, self.node(id))? {
                Begun::Made(made) => {
                    self.keep(id, &made);
                    Ok(())
                }
                Begun::Needs(nodes) => {
                    self.set_state(id, State::Closed);
                    self.tasks.push(Task::Finish(id));
                    self.tasks.extend(nodes.into_iter().map(|node| Task::Visit(node.id())));
                    Ok(())
                }
                Begun::Unknown => self.begin_object(id),
            },
            Peek::Global(..) => {
                if view.foreign_steps(id).is_some_and(|mut steps| steps.next().is_some()) {
                    return Err(self.error(id, "a class or function is given a state, which is not kept"));
                }
                let made = real::global(self, self.node(id))?;
                self.keep(id, &made);
                Ok(())
            }
            Peek::Extension(code) => Err(self.error(id, &format!("unregistered extension code {code}"))),
            _ => unreachable!("it is a leaf, which is ready"),
        }
    }

    /// Makes a container if all that it holds can be had; otherwise when it can.
    fn begin(&mut self, id: Id, state: State, ids: &[Id]) -> PyResult<()> {
        let mut waits = false;
        for &child in ids.iter().rev() {
            if !self.is_ready(child) {
                if !waits {
                    waits = true;
                    self.tasks.push(Task::Finish(id));
                    self.set_state(id, state);
                }
                self.tasks.push(Task::Visit(child));
            }
        }
        if waits { Ok(()) } else { self.finish(id) }
    }

    /// An object, if it is there or can be made of nothing else.
    pub fn get(&mut self, id: Id) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(made) = self.found(id) {
            return Ok(Some(made));
        }
        if let Some(leaf) = self.leaf(id)? {
            // Which of two equal numbers it is makes a difference of NaN alone.
            match self.graph.view().peek(id) {
                Peek::Int(_) => {}
                Peek::Float(value) if !value.is_nan() => {}
                _ => self.keep(id, &leaf),
            }
            return Ok(Some(leaf));
        }
        if self.state(id) != State::Open {
            return Ok(None);
        }
        // Something that it holds leads back to it.
        let py = self.py;
        let made = match self.graph.view().kind(id) {
            Kind::List => PyList::empty(py).into_any(),
            Kind::Dict => PyDict::new(py).into_any(),
            Kind::Set => PySet::empty(py)?.into_any(),
            _ => Bound::new(py, Object::default())?.into_any(),
        };
        self.keep(id, &made);
        Ok(Some(made))
    }

    /// An object that must be there.
    pub fn need(&mut self, id: Id) -> PyResult<Bound<'py, PyAny>> {
        match self.get(id)? {
            Some(made) => Ok(made),
            None => Err(self.error(id, "an object is needed to make itself: no such cycle can be built")),
        }
    }

    /// A value without parts.
    #[inline]
    fn leaf(&mut self, id: Id) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = self.py;
        Ok(Some(match self.graph.view().peek(id) {
            Peek::None => py.None().into_bound(py),
            Peek::Bool(value) => value.into_bound_py_any(py)?,
            Peek::Int(value) => value.into_bound_py_any(py)?,
            Peek::Float(value) => PyFloat::new(py, value).into_any(),
            Peek::Complex(re, im) => PyComplex::from_doubles(py, re, im).into_any(),
            Peek::BigInt(bytes) => real::big_int(py, bytes)?,
            Peek::Str(text) => real::text(py, text)?,
            Peek::ByteString(text) => {
                self.settings.strings.decode(py, text).map_err(|cause| {
                    self.failed(id, "a string of Python 2 is no text in the encoding", cause)
                })?
            }
            Peek::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
            Peek::ByteArray(bytes) => PyByteArray::new(py, bytes).into_any(),
            Peek::Buffer(index) => self.buffer(id, index)?,
            Peek::Tuple([]) => PyTuple::empty(py).into_any(),
            _ => return Ok(None),
        }))
    }

    pub fn buffer(&mut self, id: Id, index: usize) -> PyResult<Bound<'py, PyAny>> {
        while self.buffers.len() <= index {
            let Some(buffer) = self.settings.buffers.clone().next() else {
                return Err(self.error(id, "the out-of-band buffer was not supplied"));
            };
            self.buffers.push(buffer?);
        }
        Ok(self.buffers[index].clone())
    }

    fn finish(&mut self, id: Id) -> PyResult<()> {
        let py = self.py;
        let made = match self.graph.view().peek(id) {
            Peek::List(_) | Peek::Dict(_) | Peek::Set(_) => return self.fill(id),
            Peek::Tuple(ids) => {
                self.gather_all(id, ids)?;
                self.spending.measure(self.graph.view(), id, ids);
                PyTuple::new(py, self.scratch.drain(..))?.into_any()
            }
            Peek::FrozenSet(ids) => {
                self.gather_all(id, ids)?;
                self.pay_hashes(id, ids.iter())?;
                let set = PyFrozenSet::new(py, self.scratch.drain(..));
                set.map_err(|cause| self.failed(id, "a member cannot be hashed", cause))?.into_any()
            }
            Peek::PersistentId(of) => {
                if self.settings.raise_unknown {
                    return Err(self.error(id, "the pickle has a persistent id"));
                }
                let pid = self.need(of)?.unbind();
                Bound::new(py, PersistentId::of(pid))?.into_any()
            }
            Peek::ReadOnly(of) => {
                let of = self.need(of)?;
                let view = PyMemoryView::from(&of)?;
                if view.getattr("readonly")?.is_truthy()? { of } else { view.call_method0("toreadonly")? }
            }
            Peek::Instance(_) => return self.instance(id),
            _ => return Ok(()),
        };
        self.keep(id, &made);
        Ok(())
    }

    fn found(&self, id: Id) -> Option<Bound<'py, PyAny>> {
        self.made[id.index()?].clone()
    }

    /// Collects what a container holds; false if something is not there.
    fn gather(&mut self, ids: &[Id]) -> PyResult<bool> {
        self.scratch.clear();
        for &id in ids {
            match self.get(id)? {
                Some(part) => self.scratch.push(part),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    fn gather_all(&mut self, id: Id, ids: &[Id]) -> PyResult<()> {
        if self.gather(ids)? {
            return Ok(());
        }
        Err(self.error(id, "an object is needed to make itself: no such cycle can be built"))
    }

    /// Fills a list, dict or set that may have been made before.
    fn fill(&mut self, id: Id) -> PyResult<()> {
        let (Peek::List(ids) | Peek::Dict(ids) | Peek::Set(ids)) = self.graph.view().peek(id) else {
            return self.steps(id);
        };
        if !self.gather(ids)? {
            return self.defer(id);
        }
        match self.graph.view().kind(id) {
            Kind::Dict => self.pay_hashes(id, ids.iter().step_by(2))?,
            Kind::Set => self.pay_hashes(id, ids.iter())?,
            _ => {}
        }
        let unhashable = |this: &Self, cause| this.failed(id, "a key or member cannot be hashed", cause);
        let made = match self.found(id) {
            Some(made) => made,
            None => {
                let made = match self.graph.view().kind(id) {
                    Kind::List => {
                        let list = PyList::new(self.py, self.scratch.drain(..))?.into_any();
                        self.keep(id, &list);
                        return Ok(());
                    }
                    Kind::Dict => PyDict::new(self.py).into_any(),
                    _ => PySet::empty(self.py)?.into_any(),
                };
                self.keep(id, &made);
                made
            }
        };
        if let Ok(dict) = made.cast::<PyDict>() {
            for pair in self.scratch.chunks_exact(2) {
                dict.set_item(&pair[0], &pair[1]).map_err(|cause| unhashable(self, cause))?;
            }
        } else if let Ok(list) = made.cast::<PyList>() {
            for part in &self.scratch {
                list.append(part)?;
            }
        } else {
            let set = made.cast::<PySet>()?;
            for part in &self.scratch {
                set.add(part).map_err(|cause| unhashable(self, cause))?;
            }
        }
        Ok(())
    }

    /// Leaves it to be filled at the end: a tuple that it holds, or what is hashed, leads back to it.
    fn defer(&mut self, id: Id) -> PyResult<()> {
        if self.state(id) == State::Deferred {
            return Err(self.error(id, "an object is needed to make itself: no such cycle can be built"));
        }
        self.need(id)?;
        self.set_state(id, State::Deferred);
        self.deferred.push(id);
        Ok(())
    }

    /// Makes an object of a class, when its arguments are there; what its steps bring comes next.
    fn instance(&mut self, id: Id) -> PyResult<()> {
        let node = self.node(id);
        if self.state(id) == State::Closed {
            match real::finish(self, node)? {
                Some(Finished::Whole(made)) => {
                    self.keep(id, &made);
                    return Ok(());
                }
                Some(Finished::Called(made)) => self.keep(id, &made),
                None => return self.begin_object(id),
            }
        } else {
            self.object(id)?;
        }
        let mut steps = node.as_instance().expect("it is one").steps().peekable();
        if steps.peek().is_some() {
            self.tasks.push(Task::Steps(id));
            for step in steps {
                step.children().for_each(|node| self.tasks.push(Task::Visit(node.id())));
            }
        }
        Ok(())
    }

    /// Begins what stands for an object of a class that is not imported.
    fn begin_object(&mut self, id: Id) -> PyResult<()> {
        let instance = self.node(id).as_instance().expect("it is one");
        if self.settings.raise_unknown {
            let class = instance.class().as_global();
            let name = class.map_or_else(|| "a class".to_owned(), |class| class.visible_name());
            return Err(self.error(id, &format!("{name} is not on the list of what may be imported")));
        }
        self.set_state(id, State::Open);
        self.tasks.push(Task::Finish(id));
        let made = [Some(instance.callable()), Some(instance.args()), instance.kwargs()];
        self.tasks.extend(made.into_iter().flatten().map(|node| Task::Visit(node.id())));
        Ok(())
    }

    /// Makes it, when what it is made of is there.
    fn object(&mut self, id: Id) -> PyResult<()> {
        let instance = self.node(id).as_instance().expect("it is one");
        let object = self.need(id)?;
        let kwargs = instance.kwargs().map(|kwargs| self.need(kwargs.id())).transpose()?;
        let made = Made {
            form: instance.form(),
            callable: self.need(instance.callable().id())?.unbind(),
            args: self.need(instance.args().id())?.unbind(),
            kwargs: kwargs.map(Bound::unbind),
        };
        object.cast::<Object>()?.borrow_mut().made = Some(made);
        Ok(())
    }

    /// Does the steps to an object.
    fn steps(&mut self, id: Id) -> PyResult<()> {
        let Some(instance) = self.node(id).as_instance() else { return Ok(()) };
        // All first, so that none is done twice.
        let mut steps = Vec::new();
        for step in instance.steps() {
            let kind = match step {
                Step::State(_) => StepKind::State,
                Step::Append(_) => StepKind::Append,
                Step::SetItem(_) => StepKind::SetItem,
                Step::Add(_) => StepKind::Add,
                Step::Call(_) => StepKind::Call,
            };
            let ids: Vec<Id> = step.children().map(Node::id).collect();
            if !self.gather(&ids)? {
                return self.defer(id);
            }
            steps.push((kind, std::mem::take(&mut self.scratch)));
        }
        let object = self.need(id)?;
        if let Ok(stand_in) = object.cast::<Object>() {
            let mut kept = Vec::with_capacity(steps.len());
            for (kind, mut parts) in steps {
                let value = match kind {
                    StepKind::State | StepKind::Call => parts.swap_remove(0),
                    _ => PyList::new(self.py, parts)?.into_any(),
                };
                kept.push((kind, value.unbind()));
            }
            stand_in.borrow_mut().steps = kept;
            return Ok(());
        }
        for (kind, parts) in steps {
            real::step(self, &object, kind, &parts)
                .map_err(|cause| self.failed(id, "the class does not take its state or items", cause))?;
        }
        Ok(())
    }

    /// Pays for bytes that a call copies.
    pub fn pay(&mut self, id: Id, bytes: usize) -> PyResult<()> {
        self.spending.pay(bytes).map_err(|spent| self.spent(id, spent))
    }

    fn pay_hashes<'i>(&mut self, id: Id, keys: impl Iterator<Item = &'i Id>) -> PyResult<()> {
        self.spending.hash(self.graph.view(), keys).map_err(|spent| self.spent(id, spent))
    }

    fn spent(&self, id: Id, spent: &str) -> PyErr {
        error::limit(self.py, &format!("{}{spent}", self.place(id)))
    }

    /// Whether what it holds is not there yet.
    pub fn is_deferred(&self, id: Id) -> bool {
        self.state(id) == State::Deferred
    }

    pub fn error(&self, id: Id, message: &str) -> PyErr {
        error::decode(self.py, &format!("{}{message}", self.place(id)), self.node(id).offset(), None, None)
    }

    fn place(&self, id: Id) -> String {
        self.node(id).offset().map(|offset| format!("byte 0x{offset:x}: ")).unwrap_or_default()
    }

    /// An error of Python, as the cause of one of ours.
    #[cold]
    pub fn failed(&self, id: Id, message: &str, cause: PyErr) -> PyErr {
        let error = self.error(id, &format!("{message}: {cause}"));
        error.set_cause(self.py, Some(cause));
        error
    }
}

fn is_leaf(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::None
            | Kind::Bool
            | Kind::Int
            | Kind::Float
            | Kind::Complex
            | Kind::Str
            | Kind::ByteString
            | Kind::Bytes
            | Kind::ByteArray
            | Kind::Buffer
    )
}
