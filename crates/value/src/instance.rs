//! [`Instance`]: what a call made, and what was done to it. [`Global`]: a name.

use crate::children::Children;
use crate::data::{Data, Elements, Items};
use crate::form::Form;
use crate::id::StepKind;
use crate::peek::{RawInstance, RawSteps};
use crate::{Graph, Id, Node};

/// A class or function, by name. Both names are text nodes.
pub struct Global<'g, S> {
    /// `app.models`
    pub module: Node<'g, S>,
    /// The qualified name in the module: `Point`, `Outer.Inner`.
    pub name: Node<'g, S>,
}

impl<S: AsRef<[u8]>> Global<'_, S> {
    /// Whether the global has this module and name.
    pub fn is(&self, module: &str, name: &str) -> bool {
        let same = |node: Node<'_, S>, text: &str| node.text_bytes() == Some(text.as_bytes());
        same(self.module, module) && same(self.name, name)
    }

    /// `app.models.Point`, with U+FFFD for what is no text.
    pub fn full_name(&self) -> String {
        let text = |node: Node<'_, S>| match node.data() {
            Data::Str(text) => text.to_string_lossy().into_owned(),
            _ => String::from_utf8_lossy(node.as_bytes().unwrap_or_default()).into_owned(),
        };
        format!("{}.{}", text(self.module), text(self.name))
    }

    /// The full name as [`visible`](halfsour_text::name::visible) shows it. However long the names are, which many globals may
    /// share, no more of them is looked at than is shown.
    pub fn visible_name(&self) -> String {
        use halfsour_text::name::{LONGEST_SHOWN, cut, visible};
        // A character takes four bytes at most.
        const ENOUGH: usize = 4 * (LONGEST_SHOWN + 1);
        let text = |node: Node<'_, S>| {
            String::from_utf8_lossy(cut(node.text_bytes().unwrap_or_default(), ENOUGH)).into_owned()
        };
        visible(&format!("{}.{}", text(self.module), text(self.name))).into_owned()
    }
}

/// The full name; characters that cannot be seen are escaped.
impl<S: AsRef<[u8]>> std::fmt::Display for Global<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        crate::value::write_name(f, &self.full_name())
    }
}

/// An object that Python would get by calling something.
///
/// It is what Python calls the reduce tuple: a callable, its arguments, and then the steps that give the object its
/// state and its items. Nothing is called; what the class would make of it is not known here.
pub struct Instance<'g, S> {
    graph: &'g Graph<S>,
    raw: RawInstance<'g>,
}

impl<S> Clone for Global<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Global<'_, S> {}

impl<S> Clone for Instance<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Instance<'_, S> {}

/// A part of an [`Instance`]. The callable comes first, then the arguments, the keyword arguments, and each step.
pub enum Part<'g, S> {
    /// The callable; the class for [`Form::New`] and [`Form::NewEx`].
    Callable(Node<'g, S>),
    /// The arguments: a tuple, or an instance of some subclass of it.
    Args(Node<'g, S>),
    /// The keyword arguments of [`Form::NewEx`]: a dict, or an instance of some subclass of it.
    Kwargs(Node<'g, S>),
    /// A step that was done to the instance after it was made.
    Step(Step<'g, S>),
}

impl<'g, S: AsRef<[u8]>> Part<'g, S> {
    /// The objects that the part brings, in the order of the stream.
    pub fn children(&self) -> Children<'g, S> {
        match self {
            Self::Callable(node) | Self::Args(node) | Self::Kwargs(node) => Children::one(*node),
            Self::Step(step) => step.children(),
        }
    }
}

/// A step that was done to an object after it was made.
pub enum Step<'g, S> {
    /// `BUILD`: for `__setstate__` if the class has one; otherwise a dict for `__dict__`, or a pair of such a dict, or
    /// None, and a dict of slots.
    State(Node<'g, S>),
    /// `APPEND`, `APPENDS`.
    Append(Elements<'g, S>),
    /// `SETITEM`, `SETITEMS`.
    SetItem(Items<'g, S>),
    /// `ADDITEMS`.
    Add(Elements<'g, S>),
    /// `setter(object, state)`, where a reduce tuple has a state setter: the call.
    Call(Node<'g, S>),
}

impl<'g, S: AsRef<[u8]>> Step<'g, S> {
    /// The objects that the step brings, in the order of the stream: of items, keys and values in turn.
    pub fn children(&self) -> Children<'g, S> {
        match self {
            Self::State(node) | Self::Call(node) => Children::one(*node),
            Self::Append(elements) | Self::Add(elements) => elements.children(),
            Self::SetItem(items) => items.children(),
        }
    }
}

impl<'g, S: AsRef<[u8]>> Instance<'g, S> {
    pub(crate) fn new(graph: &'g Graph<S>, raw: RawInstance<'g>) -> Self {
        Self { graph, raw }
    }

    /// The way in which the instance was made.
    pub fn form(self) -> Form {
        self.raw.form()
    }

    /// The callable; the class for [`Form::New`] and [`Form::NewEx`].
    pub fn callable(self) -> Node<'g, S> {
        self.graph.node(self.raw.callable())
    }

    /// The arguments: a tuple (or, where Python would check only later, an instance of some subclass of it).
    pub fn args(self) -> Node<'g, S> {
        self.graph.node(self.raw.args())
    }

    /// The keyword arguments of [`Form::NewEx`].
    pub fn kwargs(self) -> Option<Node<'g, S>> {
        Some(self.graph.node(self.raw.kwargs()?))
    }

    /// The class of the instance; for a call of another callable, that callable.
    ///
    /// `copyreg._reconstructor`, `__newobj__` and `__newobj_ex__` name the class among their arguments: they are seen through.
    pub fn class(self) -> Node<'g, S> {
        self.graph.node(self.raw.class(self.graph.view()))
    }

    /// The positional and keyword arguments that [`class`](Self::class) was given; `None` where they are not a tuple and a
    /// dict.
    ///
    /// The class itself, which some forms name among the arguments, is not one of them; nor is what
    /// `copyreg._reconstructor` is told of the base class `object`.
    pub fn arguments(self) -> Option<(Elements<'g, S>, Option<Items<'g, S>>)> {
        let (args, keywords) = self.raw.arguments(self.graph.view())?;
        let keywords = keywords.and_then(|keywords| self.graph.node(keywords).items());
        Some((Elements::new(self.graph, args), keywords))
    }

    /// The parts that the instance is made of, in the order of the stream. Whoever walks an object matches on each [`Part`].
    ///
    /// ```
    /// use halfsour_value::{Builder, Part, Step};
    ///
    /// let mut b = Builder::new();
    /// let x = b.int(1);
    /// let point = b.instance("app", "Point").attr("x", x).finish();
    /// let graph = b.build(point);
    /// for part in graph.root().as_instance().unwrap().parts() {
    ///     match part {
    ///         Part::Callable(class) => assert_eq!(class.to_string(), "app.Point"),
    ///         Part::Args(args) => assert!(args.is_empty()),
    ///         Part::Step(Step::State(state)) => assert_eq!(state.to_string(), "{'x': 1}"),
    ///         Part::Kwargs(_) | Part::Step(_) => unreachable!("there are no others"),
    ///     }
    /// }
    /// ```
    pub fn parts(self) -> Parts<'g, S> {
        Parts { made: self.raw.made_of(), at: 0, steps: self.steps() }
    }

    /// The steps that were done to the instance after it was made, in order.
    pub fn steps(self) -> Steps<'g, S> {
        Steps::new(self.graph, self.raw.steps())
    }

    /// The state that was set last.
    pub fn state(self) -> Option<Node<'g, S>> {
        let states = self.steps().filter_map(|step| match step {
            Step::State(state) => Some(state),
            _ => None,
        });
        states.last()
    }

    /// The members that a path reaches by index where the instance has neither items nor attributes and was made by its class's
    /// `__new__`: those of a state that is a list or tuple, such as that of a frozen dataclass with slots; or, without a
    /// state, the arguments, such as those of a `NamedTuple`.
    pub(crate) fn members(self) -> Option<Elements<'g, S>> {
        let is_item = |step| matches!(step, Step::Append(_) | Step::SetItem(_) | Step::Add(_));
        if matches!(self.form(), Form::Call | Form::Inst | Form::Obj) || self.steps().any(is_item) {
            return None;
        }
        match (self.state(), self.form()) {
            (Some(state), _) if state.attributes().is_some() => None,
            (Some(state), _) => state.sequence(),
            // `copyreg._reconstructor` is given what makes the base class.
            (None, Form::Reconstructor) => self.args().at(2)?.sequence(),
            (None, _) => Some(self.arguments()?.0),
        }
    }

    /// An attribute, from the `__dict__` or the slots of a state; where several states set it, from the last of them.
    pub fn attr(self, name: &str) -> Option<Node<'g, S>> {
        let attribute = |state: Node<'g, S>| match state.elements() {
            Some(pair) if pair.len() == 2 => pair.rev().find_map(|dict| dict.get(name)),
            _ => state.get(name),
        };
        let states = self.steps().filter_map(|step| match step {
            Step::State(state) => attribute(state),
            _ => None,
        });
        states.last()
    }

    /// The attributes that its state sets: those of `__dict__`, then those in slots. Empty where the state is of
    /// another form.
    pub fn attrs(self) -> impl Iterator<Item = (Node<'g, S>, Node<'g, S>)> {
        let parts = self.state().and_then(Node::attributes).unwrap_or_default();
        parts.into_iter().flatten().flatten()
    }
}

impl<'g, S: AsRef<[u8]>> Node<'g, S> {
    /// The members of a list or tuple.
    pub(crate) fn sequence(self) -> Option<Elements<'g, S>> {
        match self.data() {
            Data::List(elements) | Data::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The attributes that this object sets as the state of an instance, if it is a dict or `(dict or None, dict)`: those of
    /// `__dict__`, then those in slots.
    pub fn attributes(self) -> Option<[Option<Items<'g, S>>; 2]> {
        let graph = self.graph();
        let dicts = graph.view().attributes(self.id())?;
        Some(dicts.map(|dict| graph.node(dict?).items()))
    }
}

/// The parts of an [`Instance`]: see [`Instance::parts`].
pub struct Parts<'g, S> {
    /// The callable, the arguments, and the keyword arguments if there are any.
    made: &'g [Id],
    /// Which of these is next.
    at: usize,
    steps: Steps<'g, S>,
}

impl<S> Clone for Parts<'_, S> {
    fn clone(&self) -> Self {
        Self { made: self.made, at: self.at, steps: self.steps.clone() }
    }
}

impl<'g, S: AsRef<[u8]>> Iterator for Parts<'g, S> {
    type Item = Part<'g, S>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some(&id) = self.made.get(self.at) else { return self.steps.next().map(Part::Step) };
        let node = self.steps.graph.node(id);
        self.at += 1;
        Some(match self.at {
            1 => Part::Callable(node),
            2 => Part::Args(node),
            _ => Part::Kwargs(node),
        })
    }
}

/// The steps of an [`Instance`].
pub struct Steps<'g, S> {
    graph: &'g Graph<S>,
    raw: RawSteps<'g>,
}

impl<'g, S> Steps<'g, S> {
    pub(crate) fn new(graph: &'g Graph<S>, raw: RawSteps<'g>) -> Self {
        Self { graph, raw }
    }
}

impl<S> Clone for Steps<'_, S> {
    fn clone(&self) -> Self {
        Self { graph: self.graph, raw: self.raw.clone() }
    }
}

impl<'g, S: AsRef<[u8]>> Iterator for Steps<'g, S> {
    type Item = Step<'g, S>;

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, ids) = self.raw.next()?;
        Some(match kind {
            StepKind::State => Step::State(self.graph.node(ids[0])),
            StepKind::Append => Step::Append(Elements::new(self.graph, ids)),
            StepKind::SetItem => Step::SetItem(Items::new(self.graph, ids)),
            StepKind::Add => Step::Add(Elements::new(self.graph, ids)),
            StepKind::Call => Step::Call(self.graph.node(ids[0])),
        })
    }
}
