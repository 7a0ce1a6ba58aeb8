//! `dumps`: from Python's objects to a pickle, by way of a graph, without recursion: what is still to be looked at are tasks on a stack.

mod reduce;

use std::collections::HashMap;

use halfsour_value::machine::Container;
use halfsour_value::{Builder, Form, Id, StepError};
use halfsour_writer::{Options, to_vec};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyComplex, PyDict, PyFloat, PyFrozenSet, PyInt, PyList, PySet, PyString,
    PyTuple,
};

use crate::error;
use crate::object::{Global, Object, PersistentId, StepKind};

/// Writes an object, as CPython's pickler would write it; what stands for objects of other classes as those.
///
/// The arguments are those of `pickle.dumps`.
#[pyfunction]
#[pyo3(signature = (obj, protocol=None, *, fix_imports=true, buffer_callback=None))]
pub fn dumps<'py>(
    py: Python<'py>,
    obj: Bound<'py, PyAny>,
    protocol: Option<i64>,
    fix_imports: bool,
    buffer_callback: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let pickle = py.import("pickle")?;
    let highest: i64 = pickle.getattr("HIGHEST_PROTOCOL")?.extract()?;
    let protocol = match protocol {
        None => pickle.getattr("DEFAULT_PROTOCOL")?.extract()?,
        Some(protocol) if protocol < 0 => highest,
        Some(protocol) => protocol,
    };
    let Some(protocol) = u8::try_from(protocol).ok().filter(|protocol| i64::from(*protocol) <= highest)
    else {
        return Err(PyValueError::new_err(format!("pickle protocol must be <= {highest}")));
    };
    if protocol < 5 && buffer_callback.is_some() {
        return Err(PyValueError::new_err("buffer_callback needs protocol >= 5"));
    }
    let mut dump = Dump {
        py,
        protocol,
        buffer_callback,
        builder: Builder::new(),
        seen: HashMap::new(),
        names: HashMap::new(),
        alive: Vec::new(),
        tasks: vec![Task::Visit(obj)],
        made: Vec::new(),
        deferred: Vec::new(),
    };
    let root = dump.run()?;
    let graph = dump.builder.build(root);
    let options = Options::default()
        .with_protocol(protocol)
        .with_fix_imports(fix_imports)
        .with_limits(halfsour_writer::Limits::TRUSTED);
    let bytes = py.detach(|| to_vec(graph.root(), &options));
    Ok(PyBytes::new(py, &bytes.map_err(|error| error::encode(py, &error.to_string()))?))
}

enum Task<'py> {
    Visit(Bound<'py, PyAny>),
    /// So many of its members are made, and are the last ones that were.
    Finish(Bound<'py, PyAny>, Container, usize),
    /// The callable, the arguments and the keyword arguments, if there are any, are made.
    Call(Bound<'py, PyAny>, Form, Vec<Step<'py>>),
    /// The values of a step.
    Step(Id, StepKind, usize),
    Global(Bound<'py, PyAny>),
    PersistentId,
}

/// What is done to an object after it was made, and the values: of a call, the setter and the state.
type Step<'py> = (StepKind, Vec<Bound<'py, PyAny>>);

/// An object that was met before.
#[derive(Clone, Copy)]
enum Seen {
    Made(Id),
    /// Begun, and made at once if something that it holds leads back to it.
    Open(Container),
    /// Begun, and not made before what it holds is.
    Closed,
}

/// A member of a container.
#[derive(Clone, Copy)]
enum Member {
    Made(Id),
    /// By its address: it is begun, and not made.
    Later(usize),
}

struct Dump<'py> {
    py: Python<'py>,
    protocol: u8,
    buffer_callback: Option<Bound<'py, PyAny>>,
    builder: Builder,
    /// By their addresses.
    seen: HashMap<usize, Seen>,
    /// The names of classes that were not imported.
    names: HashMap<String, Id>,
    /// An address is that of one object as long as that lives.
    alive: Vec<Bound<'py, PyAny>>,
    tasks: Vec<Task<'py>>,
    made: Vec<Member>,
    /// Containers that are made, and to be filled last.
    deferred: Vec<(Id, Container, Vec<Member>)>,
}

impl<'py> Dump<'py> {
    fn run(&mut self) -> PyResult<Id> {
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Visit(object) => self.visit(object)?,
                Task::Finish(object, container, count) => self.finish(&object, container, count)?,
                Task::Call(object, form, steps) => self.call(object, form, steps)?,
                Task::Step(of, kind, count) => self.step(of, kind, count)?,
                Task::Global(object) => {
                    let [module, name] = self.taken()?;
                    let id = self.builder.global_of(module, name).map_err(|error| self.refused(error))?;
                    self.keep(object, id);
                }
                Task::PersistentId => {
                    let [pid] = self.taken()?;
                    let id = self.builder.persistent_id(pid);
                    self.made.push(Member::Made(id));
                }
            }
        }
        for (id, container, members) in std::mem::take(&mut self.deferred) {
            let members: Vec<Id> =
                members.into_iter().map(|member| self.id(member)).collect::<PyResult<_>>()?;
            self.fill(id, container, &members)?;
        }
        let root = self.made.pop().expect("the first task leaves one");
        self.id(root)
    }

    fn visit(&mut self, object: Bound<'py, PyAny>) -> PyResult<()> {
        let address = object.as_ptr() as usize;
        let member = match self.seen.get(&address) {
            None => return self.begin(object),
            Some(Seen::Made(id)) => Member::Made(*id),
            Some(Seen::Closed) => Member::Later(address),
            // Something that it holds leads back to it.
            Some(Seen::Open(container)) => {
                let id = self.builder.container(*container, &[]).map_err(|error| self.refused(error))?;
                self.seen.insert(address, Seen::Made(id));
                Member::Made(id)
            }
        };
        self.made.push(member);
        Ok(())
    }

    fn begin(&mut self, object: Bound<'py, PyAny>) -> PyResult<()> {
        if let Some((id, has_identity)) = self.leaf(&object)? {
            if has_identity {
                self.keep(object, id);
            } else {
                self.made.push(Member::Made(id));
            }
            return Ok(());
        }
        if let Ok(list) = object.cast_exact::<PyList>() {
            let members = list.iter().collect();
            self.container(object, Container::List, members);
        } else if let Ok(tuple) = object.cast_exact::<PyTuple>() {
            let members = tuple.iter().collect();
            self.container(object, Container::Tuple, members);
        } else if let Ok(dict) = object.cast_exact::<PyDict>() {
            let members = dict.iter().flat_map(|(key, value)| [key, value]).collect();
            self.container(object, Container::Dict, members);
        } else if let Ok(set) = object.cast_exact::<PySet>() {
            let members = set.iter().collect();
            self.container(object, Container::Set, members);
        } else if let Ok(set) = object.cast_exact::<PyFrozenSet>() {
            let members = set.iter().collect();
            self.container(object, Container::FrozenSet, members);
        } else if let Ok(stand_in) = object.cast::<Object>() {
            let stand_in = stand_in.clone();
            self.stand_in(object, &stand_in)?;
        } else if let Ok(global) = object.cast::<Global>() {
            let names = [global.get().module.clone(), global.get().qualname.clone()];
            let [module, name] = names.map(|name| self.name(name));
            let id = self.builder.global_of(module, name).map_err(|error| self.refused(error))?;
            self.keep(object, id);
        } else if let Ok(outside) = object.cast::<PersistentId>() {
            let pid = outside.get().value(self.py).cloned();
            self.tasks.push(Task::PersistentId);
            self.tasks.extend(pid.map(Task::Visit));
        } else {
            self.object(object)?;
        }
        Ok(())
    }

    /// A value without parts, and whether the pickle says where it is the same object.
    fn leaf(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<(Id, bool)>> {
        let b = &mut self.builder;
        Ok(Some(if object.is_none() {
            (Id::NONE, false)
        } else if let Ok(text) = object.cast_exact::<PyString>() {
            (self.text(text)?, true)
        } else if let Ok(value) = object.cast_exact::<PyInt>() {
            let id = match value.extract::<i64>() {
                Ok(value) => b.int(value),
                Err(_) => {
                    let keywords = PyDict::new(self.py);
                    keywords.set_item("signed", true)?;
                    let bits: usize = value.call_method0("bit_length")?.extract()?;
                    let bytes = value.call_method("to_bytes", (bits / 8 + 1, "little"), Some(&keywords))?;
                    b.big_int(shortest(bytes.cast::<PyBytes>()?.as_bytes()))
                }
            };
            (id, false)
        } else if let Ok(value) = object.cast_exact::<PyBool>() {
            (Id::bool(value.is_true()), false)
        } else if let Ok(value) = object.cast_exact::<PyFloat>() {
            (b.float(value.value()), false)
        } else if let Ok(value) = object.cast_exact::<PyComplex>() {
            (b.complex(value.real(), value.imag()), true)
        } else if let Ok(bytes) = object.cast_exact::<PyBytes>() {
            (b.bytes(bytes.as_bytes()), true)
        } else if let Ok(bytes) = object.cast_exact::<PyByteArray>() {
            (b.bytearray(&bytes.to_vec()), true)
        } else if object.cast_exact::<PyTuple>().is_ok_and(PyTupleMethods::is_empty) {
            (Id::EMPTY_TUPLE, false)
        } else {
            return Ok(None);
        }))
    }

    fn text(&mut self, text: &Bound<'py, PyString>) -> PyResult<Id> {
        if let Ok(text) = text.to_cow() {
            return Ok(self.builder.str(&text));
        }
        let bytes = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
        self.builder.wtf8(bytes.cast::<PyBytes>()?.as_bytes()).ok_or_else(|| {
            error::encode(self.py, "a text has a pair of surrogates, which is one character in a pickle")
        })
    }

    fn keep(&mut self, object: Bound<'py, PyAny>, id: Id) {
        self.seen.insert(object.as_ptr() as usize, Seen::Made(id));
        self.alive.push(object);
        self.made.push(Member::Made(id));
    }

    fn container(
        &mut self,
        object: Bound<'py, PyAny>,
        container: Container,
        members: Vec<Bound<'py, PyAny>>,
    ) {
        let seen = match container {
            Container::Tuple | Container::FrozenSet => Seen::Closed,
            _ => Seen::Open(container),
        };
        self.seen.insert(object.as_ptr() as usize, seen);
        self.tasks.push(Task::Finish(object, container, members.len()));
        self.tasks.extend(members.into_iter().rev().map(Task::Visit));
    }

    fn finish(&mut self, object: &Bound<'py, PyAny>, container: Container, count: usize) -> PyResult<()> {
        let members = self.made.split_off(self.made.len() - count);
        let known: Option<Vec<Id>> = members.iter().map(|member| self.find(*member)).collect();
        let address = object.as_ptr() as usize;
        let early = match self.seen.get(&address) {
            Some(Seen::Made(id)) => Some(*id),
            _ => None,
        };
        let id = match (early, known) {
            (None, Some(members)) => {
                self.builder.container(container, &members).map_err(|error| self.refused(error))?
            }
            (Some(id), Some(members)) => {
                // A tuple may have been made by what it holds, as a frozenset may.
                if matches!(container, Container::List | Container::Dict | Container::Set) {
                    self.fill(id, container, &members)?;
                }
                id
            }
            (_, None) if matches!(container, Container::Tuple | Container::FrozenSet) => {
                return Err(error::encode(
                    self.py,
                    "an object is needed to make itself: no such cycle can be written",
                ));
            }
            (early, None) => {
                let id = match early {
                    Some(id) => id,
                    None => self.builder.container(container, &[]).map_err(|error| self.refused(error))?,
                };
                self.deferred.push((id, container, members));
                id
            }
        };
        self.keep(object.clone(), id);
        Ok(())
    }

    fn fill(&mut self, id: Id, container: Container, members: &[Id]) -> PyResult<()> {
        let filled = match container {
            Container::Dict => {
                members.chunks_exact(2).try_for_each(|pair| self.builder.set_item(id, pair[0], pair[1]))
            }
            Container::Set => members.iter().try_for_each(|member| self.builder.add(id, *member)),
            _ => members.iter().try_for_each(|member| self.builder.append(id, *member)),
        };
        filled.map_err(|error| self.refused(error))
    }

    /// The id of a member, if it is made by now.
    fn find(&self, member: Member) -> Option<Id> {
        match member {
            Member::Made(id) => Some(id),
            Member::Later(address) => match self.seen.get(&address) {
                Some(Seen::Made(id)) => Some(*id),
                _ => None,
            },
        }
    }

    fn id(&self, member: Member) -> PyResult<Id> {
        self.find(member).ok_or_else(|| {
            error::encode(self.py, "an object is needed to make itself: no such cycle can be written")
        })
    }

    /// The last objects that were made.
    fn taken<const N: usize>(&mut self) -> PyResult<[Id; N]> {
        let members = self.made.split_off(self.made.len() - N);
        let ids = members.into_iter().map(|member| self.id(member)).collect::<PyResult<Vec<_>>>()?;
        Ok(ids.try_into().expect("so many were taken"))
    }

    fn name(&mut self, name: String) -> Id {
        let builder = &mut self.builder;
        *self.names.entry(name).or_insert_with_key(|name| builder.str(name))
    }

    /// What stands for an object of a class that was not imported.
    fn stand_in(&mut self, object: Bound<'py, PyAny>, stand_in: &Bound<'py, Object>) -> PyResult<()> {
        let py = self.py;
        let stand_in = stand_in.borrow();
        let Some(made) = &stand_in.made else {
            return Err(error::encode(py, "an object is being loaded"));
        };
        let mut steps: Vec<Step<'py>> = Vec::with_capacity(stand_in.steps.len());
        for (kind, value) in &stand_in.steps {
            let value = value.bind(py);
            let values = match kind {
                StepKind::State => vec![value.clone()],
                StepKind::Call => set_by(value)
                    .ok_or_else(|| error::encode(py, "a state was set by a call of another form"))?
                    .into(),
                StepKind::Append | StepKind::SetItem | StepKind::Add => {
                    value.cast::<PyList>()?.iter().collect()
                }
            };
            steps.push((*kind, values));
        }
        let made_of = [Some(&made.callable), Some(&made.args), made.kwargs.as_ref()];
        let made_of = made_of.into_iter().flatten().map(|part| part.bind(py).clone()).collect();
        let form = made.form;
        self.calls(object, form, made_of, steps);
        Ok(())
    }

    /// Makes tasks of a call and the steps after it.
    fn calls(
        &mut self,
        object: Bound<'py, PyAny>,
        form: Form,
        made_of: Vec<Bound<'py, PyAny>>,
        steps: Vec<Step<'py>>,
    ) {
        self.seen.insert(object.as_ptr() as usize, Seen::Closed);
        self.tasks.push(Task::Call(object, form, steps));
        self.tasks.extend(made_of.into_iter().rev().map(Task::Visit));
    }

    fn call(&mut self, object: Bound<'py, PyAny>, form: Form, steps: Vec<Step<'py>>) -> PyResult<()> {
        let kwargs = if form == Form::NewEx { Some(self.taken::<1>()?[0]) } else { None };
        let [callable, args] = self.taken()?;
        let id = self.builder.made(form, callable, args, kwargs);
        self.keep(object, id);
        for (kind, values) in steps.into_iter().rev() {
            self.tasks.push(Task::Step(id, kind, values.len()));
            self.tasks.extend(values.into_iter().rev().map(Task::Visit));
        }
        Ok(())
    }

    fn step(&mut self, of: Id, kind: StepKind, count: usize) -> PyResult<()> {
        let values = self.made.split_off(self.made.len() - count);
        let values: Vec<Id> = values.into_iter().map(|value| self.id(value)).collect::<PyResult<_>>()?;
        let b = &mut self.builder;
        let done = match kind {
            StepKind::State => b.state(of, values[0]),
            StepKind::Call => b.call_on(of, values[0], values[1]),
            StepKind::Append => values.iter().try_for_each(|value| b.append(of, *value)),
            StepKind::Add => values.iter().try_for_each(|value| b.add(of, *value)),
            StepKind::SetItem => values.chunks_exact(2).try_for_each(|pair| b.set_item(of, pair[0], pair[1])),
        };
        done.map_err(|error| self.refused(error))
    }

    fn refused(&self, error: StepError) -> PyErr {
        error::encode(self.py, &error.to_string())
    }
}

/// The setter and the state of a call `setter(object, state)`.
fn set_by<'py>(call: &Bound<'py, PyAny>) -> Option<[Bound<'py, PyAny>; 2]> {
    let py = call.py();
    let call = call.cast::<Object>().ok()?.borrow();
    let made = call.made.as_ref()?;
    let state = made.args.bind(py).cast::<PyTuple>().ok()?.get_item(1).ok()?;
    Some([made.callable.bind(py).clone(), state])
}

/// The same int in as few bytes as hold it: one less for the negative powers of two whose sign fills the last.
fn shortest(bytes: &[u8]) -> &[u8] {
    match bytes {
        [rest @ .., 0xff] if rest.last().is_some_and(|last| last & 0x80 != 0) => rest,
        _ => bytes,
    }
}
