//! What stands for objects whose classes are not imported: [`Object`], [`Global`], [`PersistentId`].

use std::cell::RefCell;

use halfsour_value::Form;
use pyo3::PyTraverseError;
use pyo3::class::PyVisit;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

/// A class or function, by name. It was not imported.
#[pyclass(module = "halfsour", frozen, eq, hash)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Global {
    /// `app.models`
    #[pyo3(get)]
    pub module: String,
    /// The qualified name in the module: `Point`, `Outer.Inner`.
    #[pyo3(get)]
    pub qualname: String,
}

#[pymethods]
impl Global {
    #[new]
    #[pyo3(signature = (module, qualname, /))]
    fn new(module: String, qualname: String) -> Self {
        Self { module, qualname }
    }

    /// The module and the qualified name: `app.models.Point`.
    #[getter]
    fn name(&self) -> String {
        format!("{}.{}", self.module, self.qualname)
    }

    fn __repr__(&self) -> String {
        format!("<class {}>", self.name())
    }
}

/// An object outside of the pickle, by its persistent id.
#[pyclass(module = "halfsour", frozen)]
#[derive(Debug)]
pub struct PersistentId {
    /// It is there until it is dropped.
    pid: Option<Py<PyAny>>,
}

impl PersistentId {
    /// The persistent id with this value.
    pub fn of(pid: Py<PyAny>) -> Self {
        Self { pid: Some(pid) }
    }

    /// The id: text in protocol 0, anything in others.
    pub fn value<'py>(&self, py: Python<'py>) -> Option<&Bound<'py, PyAny>> {
        Some(self.pid.as_ref()?.bind(py))
    }
}

#[pymethods]
impl PersistentId {
    #[new]
    #[pyo3(signature = (pid, /))]
    fn new(pid: Py<PyAny>) -> Self {
        Self::of(pid)
    }

    /// The id: text in protocol 0, anything in others.
    #[getter]
    fn pid<'py>(&self, py: Python<'py>) -> Option<&Bound<'py, PyAny>> {
        self.value(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("PersistentId({})", self.pid(py).into_pyobject(py)?.repr()?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.pid)
    }
}

/// What was done to an object after it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    State,
    Append,
    SetItem,
    Add,
    Call,
}

impl StepKind {
    fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Append => "append",
            Self::SetItem => "setitem",
            Self::Add => "add",
            Self::Call => "call",
        }
    }
}

/// How an object was made.
#[derive(Debug)]
pub struct Made {
    pub form: Form,
    pub callable: Py<PyAny>,
    /// A tuple, or what stands for one.
    pub args: Py<PyAny>,
    pub kwargs: Option<Py<PyAny>>,
}

/// An object of a class that was not imported: what is called to make it, with what, and the steps after that.
#[pyclass(module = "halfsour")]
#[derive(Debug, Default)]
pub struct Object {
    /// `None` while it is being loaded.
    pub made: Option<Made>,
    /// A state, the result of a call, or a list: of members, or of keys and values in turn.
    pub steps: Vec<(StepKind, Py<PyAny>)>,
}

impl Object {
    fn made(&self) -> PyResult<&Made> {
        self.made.as_ref().ok_or_else(|| PyTypeError::new_err("the object is being loaded"))
    }

    /// The class, and the arguments and keyword arguments that the class was given.
    #[expect(clippy::type_complexity)]
    fn called<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>, Option<Bound<'py, PyAny>>)> {
        let made = self.made()?;
        let (callable, args) = (made.callable.bind(py).clone(), made.args.bind(py).clone());
        let kwargs = made.kwargs.as_ref().map(|kwargs| kwargs.bind(py).clone());
        let Ok(tuple) = args.cast::<PyTuple>() else { return Ok((callable, args, kwargs)) };
        let rest = |from: usize| tuple.get_slice(from, tuple.len()).into_any();
        Ok(match (made.form, tuple.len()) {
            (Form::Reconstructor, 3) if tuple.get_item(2)?.is_none() => {
                (tuple.get_item(0)?, PyTuple::empty(py).into_any(), None)
            }
            (Form::Reconstructor, 3) => (tuple.get_item(0)?, rest(2), None),
            (Form::NewObjCall, 1..) => (tuple.get_item(0)?, rest(1), None),
            (Form::NewObjExCall, 3) => (tuple.get_item(0)?, tuple.get_item(1)?, Some(tuple.get_item(2)?)),
            _ => (callable, args, kwargs),
        })
    }

    fn release(&mut self) {
        let made = self.made.take().map(|made| [Some(made.callable), Some(made.args), made.kwargs]);
        let steps = std::mem::take(&mut self.steps).into_iter().map(|(_, value)| value);
        release(made.into_iter().flatten().flatten().chain(steps));
    }

    fn last_state<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let mut states = self.steps.iter().filter(|(kind, _)| *kind == StepKind::State);
        states.next_back().map(|(_, state)| state.bind(py).clone())
    }
}

#[pymethods]
impl Object {
    /// An object that is made without calling `__init__`, as those of most classes are.
    #[new]
    #[pyo3(signature = (module, qualname, /, args=None, kwargs=None, state=None))]
    fn new<'py>(
        py: Python<'py>,
        module: String,
        qualname: String,
        args: Option<Bound<'py, PyTuple>>,
        kwargs: Option<Bound<'py, PyDict>>,
        state: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let callable = Bound::new(py, Global { module, qualname })?.into_any().unbind();
        let form = if kwargs.is_some() { Form::NewEx } else { Form::New };
        let args = args.unwrap_or_else(|| PyTuple::empty(py)).into_any().unbind();
        let made = Made { form, callable, args, kwargs: kwargs.map(|kwargs| kwargs.into_any().unbind()) };
        let steps = state.into_iter().map(|state| (StepKind::State, state)).collect();
        Ok(Self { made: Some(made), steps })
    }

    /// The class, mostly a `Global`; for a call of another callable, that callable.
    #[getter]
    fn callable<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.called(py)?.0)
    }

    /// The module of the class, if that is a name.
    #[getter]
    fn module<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let name = if self.callable(py)?.is_instance_of::<Global>() { "module" } else { "__module__" };
        crate::error::optional(self.callable(py)?.getattr(name), py)
    }

    /// The qualified name of the class, if it has one.
    #[getter]
    fn qualname<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let name = if self.callable(py)?.is_instance_of::<Global>() { "qualname" } else { "__qualname__" };
        crate::error::optional(self.callable(py)?.getattr(name), py)
    }

    /// The module and the qualified name of the class: `app.models.User`. Of what has no name, its `repr`.
    #[getter]
    fn class_name(&self, py: Python<'_>) -> PyResult<String> {
        match (self.module(py)?, self.qualname(py)?) {
            (Some(module), Some(qualname)) => Ok(format!("{module}.{qualname}")),
            _ => Ok(format!("<{}>", self.callable(py)?.get_type().qualname()?)),
        }
    }

    /// How it was made: `new`, `new_ex`, `call`, `inst`, `obj`, `reconstructor`, `new_obj_call` or `new_obj_ex_call`.
    #[getter]
    fn form(&self) -> PyResult<&'static str> {
        Ok(self.made()?.form.name())
    }

    /// The arguments that the class was given: a tuple.
    #[getter]
    fn args<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.called(py)?.1)
    }

    /// The keyword arguments that the class was given: a dict, or `None` where there were none.
    #[getter]
    fn kwargs<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(self.called(py)?.2)
    }

    /// The state that was set last, or `None`: mostly the dict of attributes. A change of it is written by `dumps`.
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.last_state(py)
    }

    /// The attributes, from the `__dict__` and the slots of all states: a new dict.
    #[getter]
    fn attributes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for (kind, state) in &self.steps {
            if *kind != StepKind::State {
                continue;
            }
            let state = state.bind(py);
            if let Ok(dict) = state.cast::<PyDict>() {
                all.update(dict.as_mapping())?;
            } else if let Ok(pair) = state.cast::<PyTuple>()
                && pair.len() == 2
            {
                for dict in pair.iter() {
                    if let Ok(dict) = dict.cast::<PyDict>() {
                        all.update(dict.as_mapping())?;
                    }
                }
            }
        }
        Ok(all)
    }

    /// What was appended or added, in order, and the keys and values that were set, as pairs: a new list.
    #[getter]
    fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let all = PyList::empty(py);
        for (kind, values) in &self.steps {
            let Ok(values) = values.bind(py).cast::<PyList>() else { continue };
            match kind {
                StepKind::State | StepKind::Call => {}
                StepKind::Append | StepKind::Add => all.call_method1("extend", (values,)).map(drop)?,
                StepKind::SetItem => {
                    let mut values = values.iter();
                    while let (Some(key), Some(value)) = (values.next(), values.next()) {
                        all.append((key, value))?;
                    }
                }
            }
        }
        Ok(all)
    }

    /// What was done after it was made, in order: pairs of `state`, `append`, `setitem`, `add` or `call`, and a value.
    #[getter]
    fn steps<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.steps.iter().map(|(kind, value)| (kind.name(), value.bind(py))))
    }

    /// `app.models.User(1, name='Ada')`; what is in it again is `...`.
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let py = slf.py();
        py.import("halfsour._repr")?.getattr("object_repr")?.call1((slf,))?.extract()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some(made) = &self.made {
            visit.call(&made.callable)?;
            visit.call(&made.args)?;
            visit.call(&made.kwargs)?;
        }
        self.steps.iter().try_for_each(|(_, value)| visit.call(value))
    }

    fn __clear__(&mut self) {
        self.release();
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        self.release();
    }
}

impl Drop for PersistentId {
    fn drop(&mut self) {
        release(self.pid.take());
    }
}

thread_local! {
    /// What is still to be dropped, while something is.
    static DROPPED: RefCell<Option<Vec<Py<PyAny>>>> = const { RefCell::new(None) };
}

/// Drops objects; those that they hold, after them, since an object may hold one that holds one and so on, for as many as there are in a
/// pickle, which is more than the stack holds.
fn release(objects: impl IntoIterator<Item = Py<PyAny>>) {
    let is_first = DROPPED.with_borrow_mut(|dropped| match dropped {
        Some(dropped) => {
            dropped.extend(objects);
            false
        }
        None => {
            *dropped = Some(objects.into_iter().collect());
            true
        }
    });
    if is_first {
        while let Some(object) = DROPPED.with_borrow_mut(|dropped| dropped.as_mut()?.pop()) {
            drop(object);
        }
        DROPPED.set(None);
    }
}
