//! Objects that their classes say how to write: as `pickle` asks them.

use halfsour_value::Form;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCFunction, PyDict, PyFunction, PyString, PyTuple, PyType};

use super::{Dump, Step, Task};
use crate::error;
use crate::object::StepKind;

impl<'py> Dump<'py> {
    /// An object that its class says how to write, or that has a name.
    pub(super) fn object(&mut self, object: Bound<'py, PyAny>) -> PyResult<()> {
        let py = self.py;
        let kind = object.get_type();
        if object.is_instance(&py.import("pickle")?.getattr("PickleBuffer")?)? {
            return self.buffer(object);
        }
        let types = py.import("types")?;
        let is_unnamed_type = ["NoneType", "NotImplementedType", "EllipsisType"]
            .iter()
            .map(|name| types.getattr(name))
            .collect::<PyResult<Vec<_>>>()?
            .iter()
            .any(|unnamed| unnamed.is(&object));
        if is_unnamed_type {
            let made = object.call0()?;
            let callable = py.get_type::<PyType>().into_any();
            let args = PyTuple::new(py, [made])?.into_any();
            self.calls(object, Form::Call, vec![callable, args], Vec::new());
            return Ok(());
        }
        let table = py.import("copyreg")?.getattr("dispatch_table")?;
        let by_type = table.call_method1("get", (&kind,))?;
        let reduced = if !by_type.is_none() {
            by_type.call1((&object,))?
        } else if object.is_instance_of::<PyType>()
            || object.is_instance_of::<PyFunction>()
            || object.is_instance_of::<PyCFunction>()
                && object.getattr("__self__")?.is_instance_of::<PyModule>()
        {
            return self.global(object, None);
        } else {
            object.call_method1(intern!(py, "__reduce_ex__"), (self.protocol,))?
        };
        if reduced.is_instance_of::<PyString>() {
            return self.global(object, Some(reduced));
        }
        self.reduced(object, &reduced)
    }

    /// What `__reduce_ex__` returned: a callable, its arguments, and up to four more.
    fn reduced(&mut self, object: Bound<'py, PyAny>, reduced: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = self.py;
        let Ok(parts) = reduced.cast::<PyTuple>() else {
            return Err(error::encode(py, "__reduce__ must return a string or tuple"));
        };
        if !(2..=6).contains(&parts.len()) {
            return Err(error::encode(py, "tuple returned by __reduce__ must contain 2 through 6 elements"));
        }
        let part = |index: usize| parts.get_item(index).ok().filter(|part| !part.is_none());
        let (callable, args) = (parts.get_item(0)?, parts.get_item(1)?);
        let Ok(args) = args.cast_into::<PyTuple>() else {
            return Err(error::encode(py, "second item of the tuple returned by __reduce__ must be a tuple"));
        };
        let mut steps: Vec<Step<'py>> = Vec::new();
        if let Some(members) = part(3) {
            steps.push((StepKind::Append, members.try_iter()?.collect::<PyResult<_>>()?));
        }
        if let Some(pairs) = part(4) {
            let mut items = Vec::new();
            for pair in pairs.try_iter()? {
                let (key, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = pair?.extract()?;
                items.extend([key, value]);
            }
            steps.push((StepKind::SetItem, items));
        }
        steps.retain(|(_, values)| !values.is_empty());
        match (part(2), part(5)) {
            (Some(state), None) => steps.push((StepKind::State, vec![state])),
            (Some(state), Some(setter)) => steps.push((StepKind::Call, vec![setter, state])),
            (None, _) => {}
        }
        let name = error::optional(callable.getattr(intern!(py, "__name__")), py)?;
        let is_named = |wanted: &str| name.as_ref().is_some_and(|name| name.eq(wanted).unwrap_or(false));
        // What is written is written with what the object is, which must stay.
        self.alive.push(reduced.clone());
        if self.protocol >= 2 && is_named("__newobj__") && !args.is_empty() {
            let rest = args.get_slice(1, args.len()).into_any();
            self.calls(object, Form::New, vec![args.get_item(0)?, rest], steps);
        } else if self.protocol >= 2 && is_named("__newobj_ex__") && args.len() == 3 {
            let (class, args, kwargs) = (args.get_item(0)?, args.get_item(1)?, args.get_item(2)?);
            if self.protocol >= 4 {
                self.calls(object, Form::NewEx, vec![class, args, kwargs], steps);
            } else {
                let mut bound = vec![class.getattr("__new__")?, class];
                bound.extend(args.try_iter()?.collect::<PyResult<Vec<_>>>()?);
                let bound = PyTuple::new(py, bound)?;
                let partial = py.import("functools")?.getattr("partial")?;
                let partial = partial.call(bound, Some(kwargs.cast::<PyDict>()?))?;
                self.calls(object, Form::Call, vec![partial, PyTuple::empty(py).into_any()], steps);
            }
        } else {
            self.calls(object, Form::Call, vec![callable, args.into_any()], steps);
        }
        Ok(())
    }

    /// A class or function that can be imported by its name.
    fn global(&mut self, object: Bound<'py, PyAny>, name: Option<Bound<'py, PyAny>>) -> PyResult<()> {
        let py = self.py;
        let name = match name {
            Some(name) => name,
            None => match error::optional(object.getattr("__qualname__"), py)? {
                Some(name) => name,
                None => object.getattr("__name__")?,
            },
        };
        let module = py.import("pickle")?.call_method1("whichmodule", (&object, &name))?;
        let found = py.import(module.cast::<PyString>()?).map(Bound::into_any).and_then(|found| {
            name.extract::<String>()?.split('.').try_fold(found, |owner, part| owner.getattr(part))
        });
        if !found.is_ok_and(|found| found.is(&object)) {
            return Err(error::encode(py, &format!("{} is not found as {module}.{name}", object.repr()?)));
        }
        self.tasks.extend([Task::Global(object), Task::Visit(name), Task::Visit(module)]);
        Ok(())
    }

    /// A buffer, which the callback may take.
    fn buffer(&mut self, object: Bound<'py, PyAny>) -> PyResult<()> {
        let py = self.py;
        if self.protocol < 5 {
            return Err(error::encode(py, "PickleBuffer can only be pickled with protocol >= 5"));
        }
        let raw = object.call_method0("raw")?;
        let is_read_only = raw.getattr("readonly")?.is_truthy()?;
        let is_taken = match &self.buffer_callback {
            Some(callback) => !callback.call1((&object,))?.is_truthy()?,
            None => false,
        };
        let id = if is_taken {
            let buffer = self.builder.buffer(bytes::Bytes::new());
            if is_read_only { self.builder.read_only(buffer) } else { buffer }
        } else {
            let contents = raw.call_method0("tobytes")?;
            let contents = contents.cast::<PyBytes>()?.as_bytes();
            if is_read_only { self.builder.bytes(contents) } else { self.builder.bytearray(contents) }
        };
        self.keep(object, id);
        Ok(())
    }
}
