//! Functions, classes and code that cloudpickle and dill pickle by value.

use halfsour_value::{Data, Node, Step};

use crate::args::text;
use crate::call::Call;
use crate::debug::debug_fields;
use crate::names::Class;

/// A part of an object by the name that Python has for it.
pub type Named<'g, S> = (&'static str, Node<'g, S>);

/// A code object: what a function of Python is compiled to. Its bytecode is not disassembled.
#[derive(Clone)]
#[non_exhaustive]
pub struct Code<'g, S> {
    /// The Pythons whose code objects are made of as many parts: `3.8 to 3.10`. Others cannot load it.
    pub pythons: &'static str,
    /// The parts by their names in Python, in the order of the pickle: `co_argcount`, …, `co_name`, `co_cellvars`.
    pub parts: Vec<Named<'g, S>>,
}

/// A function that is pickled with its code.
#[derive(Clone)]
#[non_exhaustive]
pub struct Function<'g, S> {
    /// The parts by their names in Python, of those that the pickle has: `__name__`, `__code__`, `__defaults__`, `__closure__`,
    /// `__globals__` (those that it uses), …; and cloudpickle's `base_globals` and `_cloudpickle_submodules`.
    pub parts: Vec<Named<'g, S>>,
    /// Its attributes, a dict, if it was given some.
    pub attributes: Option<Node<'g, S>>,
}

/// A class that is pickled with all that is in it.
#[derive(Clone)]
#[non_exhaustive]
pub struct DynamicClass<'g, S> {
    /// The name, a text.
    pub name: Node<'g, S>,
    /// The base classes, a tuple.
    pub bases: Node<'g, S>,
    /// What is defined in it: dicts.
    pub members: Vec<Node<'g, S>>,
}

const COUNTS: [&str; 5] =
    ["co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize"];

/// The names of the parts after the counts.
const REST: [&str; 13] = [
    "co_flags",
    "co_code",
    "co_consts",
    "co_names",
    "co_varnames",
    "co_filename",
    "co_name",
    "co_qualname",
    "co_firstlineno",
    "co_lnotab",
    "co_exceptiontable",
    "co_freevars",
    "co_cellvars",
];

/// `CodeType(…)`, and dill's `_create_code([lines, ]…)`
pub(crate) fn code<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Code<'g, S>> {
    let mut args: Vec<_> = call.bare()?.args()?.collect();
    // The line numbers in the form of older Pythons.
    if args.first()?.as_i64().is_none() && call.class == Class::DillCode {
        args.remove(0);
    }
    let (pythons, left_out): (_, &[&str]) = match args.len() {
        14 => ("2", &["co_posonlyargcount", "co_kwonlyargcount", "co_qualname", "co_exceptiontable"]),
        15 => ("3.0 to 3.7", &["co_posonlyargcount", "co_qualname", "co_exceptiontable"]),
        16 => ("3.8 to 3.10", &["co_qualname", "co_exceptiontable"]),
        18 => ("3.11 and later", &[]),
        _ => return None,
    };
    let names = COUNTS.into_iter().chain(REST).filter(|name| !left_out.contains(name));
    let is_new = args.len() == 18;
    let names = names.map(|name| if is_new && name == "co_lnotab" { "co_linetable" } else { name });
    let parts: Vec<_> = names.zip(args).collect();
    let code = Code { pythons, parts };
    let is_code = code.part("co_argcount")?.as_i64().is_some()
        && code.part("co_varnames")?.elements().is_some()
        && text(code.part("co_name")?).is_some();
    is_code.then_some(code)
}

impl<'g, S: AsRef<[u8]>> Code<'g, S> {
    /// The part that Python calls so: `co_consts`.
    pub fn part(&self, name: &str) -> Option<Node<'g, S>> {
        part(&self.parts, name)
    }

    /// The names of the arguments: those by position, those by keyword, `*args` and `**kwargs`, with their stars.
    pub fn arguments(&self) -> Vec<String> {
        const STAR: i64 = 4;
        const STARS: i64 = 8;
        let int = |name| self.part(name).and_then(Node::as_i64).unwrap_or(0);
        let count = int("co_argcount").saturating_add(int("co_kwonlyargcount"));
        let names = self.part("co_varnames").and_then(Node::elements).into_iter().flatten();
        let mut names = names.filter_map(|name| text(name).map(str::to_owned));
        let mut all: Vec<_> = names.by_ref().take(usize::try_from(count).unwrap_or(0)).collect();
        for (flag, stars) in [(STAR, "*"), (STARS, "**")] {
            if int("co_flags") & flag != 0 {
                all.extend(names.next().map(|name| format!("{stars}{name}")));
            }
        }
        all
    }
}

impl<'g, S: AsRef<[u8]>> Function<'g, S> {
    /// The part that Python calls so: `__defaults__`.
    pub fn part(&self, name: &str) -> Option<Node<'g, S>> {
        part(&self.parts, name)
    }
}

fn part<'g, S>(parts: &[Named<'g, S>], name: &str) -> Option<Node<'g, S>> {
    parts.iter().find(|(found, _)| *found == name).map(|(_, node)| *node)
}

/// Names of the parts of a function in what cloudpickle gives to a setter, and in Python.
const OF_STATE: [(&str, &str); 19] = [
    ("__name__", "__name__"),
    ("name", "__name__"),
    ("__qualname__", "__qualname__"),
    ("qualname", "__qualname__"),
    ("__module__", "__module__"),
    ("module", "__module__"),
    ("__doc__", "__doc__"),
    ("doc", "__doc__"),
    ("__defaults__", "__defaults__"),
    ("defaults", "__defaults__"),
    ("__kwdefaults__", "__kwdefaults__"),
    ("kwdefaults", "__kwdefaults__"),
    ("__annotations__", "__annotations__"),
    ("annotations", "__annotations__"),
    ("__closure__", "__closure__"),
    ("closure_values", "__closure__"),
    ("__globals__", "__globals__"),
    ("__type_params__", "__type_params__"),
    ("_cloudpickle_submodules", "_cloudpickle_submodules"),
];

/// The members of a state that stand for other parts.
const OTHERS_OF_STATE: [&str; 2] = ["dict", "globals"];

/// `FunctionType(code, globals, name, defaults, closure)`, cloudpickle's and dill's functions that do the same, and what is set afterwards.
pub(crate) fn function<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Function<'g, S>> {
    if call.class == Class::CloudpickleFill {
        return filled(call);
    }
    let args: Vec<_> = call.args()?.collect();
    let names: &[&str] = match call.class {
        Class::CloudpickleSkeleton => &OF_SKELETON,
        Class::DillFunction => &[
            "__code__",
            "__globals__",
            "__name__",
            "__defaults__",
            "__closure__",
            "__dict__",
            "__kwdefaults__",
        ],
        _ => &["__code__", "__globals__", "__name__", "__defaults__", "__closure__"],
    };
    let mut function = given(names, &args)?;
    for step in call.instance.steps() {
        match step {
            Step::State(state) => set(&mut function, state)?,
            Step::Call(setter) => set(&mut function, setter.as_instance()?.args().at(1)?)?,
            _ => return None,
        }
    }
    Some(function)
}

/// The arguments of `_make_skel_func`. The number of cells is that of the closure, which is set later.
const OF_SKELETON: [&str; 3] = ["__code__", "", "base_globals"];

/// A function of the arguments with these names; `None` if there are more of them, or fewer than two. An argument without a name is left
/// out.
fn given<'g, S: AsRef<[u8]>>(names: &[&'static str], args: &[Node<'g, S>]) -> Option<Function<'g, S>> {
    (2..=names.len()).contains(&args.len()).then_some(())?;
    let mut function = Function { parts: Vec::new(), attributes: None };
    for (name, node) in names.iter().zip(args) {
        match *name {
            _ if node.is_none() => {}
            "" => {}
            "base_globals" if node.is_empty() => {}
            "__dict__" => function.attributes = Some(*node),
            name => function.parts.push((name, *node)),
        }
    }
    Some(function)
}

/// cloudpickle 1's `_fill_function(function, state)`
fn filled<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<Function<'g, S>> {
    let [skeleton, state] = call.bare()?.exactly()?;
    let skeleton = Call::of_class(skeleton, Class::CloudpickleSkeleton)?;
    let mut function = given(&OF_SKELETON, &skeleton.args()?.collect::<Vec<_>>())?;
    set(&mut function, state)?;
    Some(function)
}

/// Sets parts of a function by a state: a dict, or a pair of attributes and a dict. `None` if the state has a part that is not known, which
/// would be lost.
fn set<'g, S: AsRef<[u8]>>(function: &mut Function<'g, S>, state: Node<'g, S>) -> Option<()> {
    let (attributes, parts) = match state.data() {
        Data::Tuple(mut pair) => (pair.next(), pair.next()),
        _ => (state.get("dict"), Some(state)),
    };
    function.attributes =
        attributes.filter(|dict| !dict.is_none() && !dict.is_empty()).or(function.attributes);
    let Some(parts) = parts.filter(|parts| !parts.is_none()) else { return Some(()) };
    let is_known =
        |key: &str| OTHERS_OF_STATE.contains(&key) || OF_STATE.iter().any(|(known, _)| *known == key);
    parts.items()?.all(|(key, _)| text(key).is_some_and(is_known)).then_some(())?;
    for (key, name) in OF_STATE {
        let Some(node) = parts.get(key) else { continue };
        function.parts.retain(|(found, _)| *found != name);
        let is_nothing = node.is_none() || key.starts_with("_cloudpickle") && node.is_empty();
        if !is_nothing {
            function.parts.push((name, node));
        }
    }
    // cloudpickle 1 has those that the code uses in another member.
    if let Some(globals) = parts.get("globals") {
        function.parts.push(("__globals__", globals));
    }
    Some(())
}

/// What a variable of an outer function holds: `_make_cell(value)`, `_create_cell(value)`, or `_make_empty_cell()`.
pub(crate) struct Cell<'g, S> {
    pub(crate) value: Option<Node<'g, S>>,
}

impl<'g, S: AsRef<[u8]>> Cell<'g, S> {
    pub(crate) fn of(call: &Call<'g, S>) -> Option<Self> {
        let value = match (call.up_to()?, call.node.attr("cell_contents")) {
            // dill fills a cell afterwards, and empties it by a call of `delattr`.
            (_, Some(value)) => Some(value),
            ((0, _), _) => None,
            ((_, [value]), _) if call.is_bare() => Some(value),
            _ => {
                let is_emptying = |step| match step {
                    Step::Call(done) => done.as_instance().is_some_and(|done| {
                        let args = done.args();
                        args.at(1).and_then(text) == Some("cell_contents") && args.at(2).is_none()
                    }),
                    _ => false,
                };
                call.instance.steps().all(is_emptying).then_some(None)?
            }
        };
        Some(Self { value })
    }
}

/// cloudpickle's `_make_skeleton_class(metaclass, name, bases, …)` with a state, and dill's `_create_type(metaclass, name, bases, members)`
pub(crate) fn class<'g, S: AsRef<[u8]>>(call: &Call<'g, S>) -> Option<DynamicClass<'g, S>> {
    let mut args = call.args()?;
    let (_, name, bases) = (args.next()?, args.next()?, args.next()?);
    // Of an enumeration, the bases stand before the name.
    let (name, bases) = if text(name).is_some() { (name, bases) } else { (bases, name) };
    let mut members: Vec<_> = args.next().filter(|dict| dict.items().is_some()).into_iter().collect();
    for step in call.instance.steps() {
        let state = match step {
            Step::State(state) => state,
            Step::Call(setter) => setter.as_instance()?.args().at(1)?,
            _ => return None,
        };
        members.extend(match state.data() {
            Data::Tuple(pair) => pair.filter(|dict| dict.items().is_some()).collect(),
            _ => vec![state],
        });
    }
    (text(name).is_some() && bases.elements().is_some()).then_some(DynamicClass { name, bases, members })
}

debug_fields!(Code, this { pythons: this.pythons, parts: this.parts });
debug_fields!(Function, this { parts: this.parts, attributes: this.attributes });
debug_fields!(DynamicClass, this { name: this.name, bases: this.bases, members: this.members });
