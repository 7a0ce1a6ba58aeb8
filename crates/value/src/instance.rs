//! [`Instance`]: what a call made, and what was done to it. [`Global`]: a name.

use crate::data::{Data, Elements, Items};
use crate::form::Form;
use crate::id::{Run, Unpacked};
use crate::{Graph, Id, Node, Text};

/// A class or function, by name. Both names are text nodes.
pub struct Global<'g, S> {
    /// `app.models`
    pub module: Node<'g, S>,
    /// The qualified name in the module: `Point`, `Outer.Inner`.
    pub name: Node<'g, S>,
}

impl<S: AsRef<[u8]>> Global<'_, S> {
    /// Whether it is this one.
    pub fn is(&self, module: &str, name: &str) -> bool {
        let same = |node: Node<'_, S>, text: &str| match node.data() {
            Data::Str(found) => found == text,
            Data::ByteString(found) => found == text.as_bytes(),
            _ => false,
        };
        same(self.module, module) && same(self.name, name)
    }
}

impl<S: AsRef<[u8]>> Global<'_, S> {
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
            let bytes = node.as_text().map(Text::as_wtf8).or(node.as_bytes()).unwrap_or_default();
            String::from_utf8_lossy(cut(bytes, ENOUGH)).into_owned()
        };
        visible(&format!("{}.{}", text(self.module), text(self.name))).into_owned()
    }
}

/// The full name; characters that cannot be seen are escaped.
impl<S: AsRef<[u8]>> std::fmt::Display for Global<'_, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write;
        self.full_name().chars().try_for_each(|c| match c {
            '\'' | '"' | '\\' => f.write_char(c),
            c => write!(f, "{}", c.escape_debug()),
        })
    }
}

/// An object that Python would get by calling something.
///
/// It is what Python calls the reduce tuple: a callable, its arguments, and then the steps that give the object its
/// state and its items. Nothing is called; what the class would make of it is not known here.
pub struct Instance<'g, S> {
    graph: &'g Graph<S>,
    index: usize,
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

/// Something that was done to an instance after it was made.
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

impl<'g, S: AsRef<[u8]>> Instance<'g, S> {
    pub(crate) fn new(graph: &'g Graph<S>, index: usize) -> Self {
        Self { graph, index }
    }

    fn region(self) -> &'g [Id] {
        self.graph.store().region_of(self.index)
    }

    /// How it was made.
    pub fn form(self) -> Form {
        Form::from_bits(self.graph.store().cells[self.index].form_bits())
    }

    /// What was called, or the class for [`Form::New`] and [`Form::NewEx`].
    pub fn callable(self) -> Node<'g, S> {
        self.graph.node(self.region()[0])
    }

    /// The arguments: a tuple (or, where Python would check only later, an instance of some subclass of it).
    pub fn args(self) -> Node<'g, S> {
        self.graph.node(self.region()[1])
    }

    /// The keyword arguments of [`Form::NewEx`].
    pub fn kwargs(self) -> Option<Node<'g, S>> {
        (self.form() == Form::NewEx).then(|| self.graph.node(self.region()[2]))
    }

    /// The class of which it is an instance; for a call of something else, what was called.
    ///
    /// Protocols 0 and 1 name the class in the arguments of `copyreg._reconstructor`: that is seen through.
    pub fn class(self) -> Node<'g, S> {
        match self.form() {
            Form::Reconstructor | Form::NewObjCall | Form::NewObjExCall => {
                self.args().at(0).unwrap_or_else(|| self.callable())
            }
            Form::Call | Form::New | Form::NewEx | Form::Inst | Form::Obj => self.callable(),
        }
    }

    /// What [`class`](Self::class) was given: positional and keyword arguments. `None` where they are not a tuple and a
    /// dict.
    ///
    /// The class itself, which some forms name among the arguments, is not one of them; nor is what
    /// `copyreg._reconstructor` is told of the base class `object`.
    pub fn arguments(self) -> Option<(Elements<'g, S>, Option<Items<'g, S>>)> {
        let tuple = |node: Node<'g, S>| match node.data() {
            Data::Tuple(elements) => Some(elements),
            _ => None,
        };
        let mut args = tuple(self.args())?;
        let keywords = match self.form() {
            Form::Call | Form::New | Form::Inst | Form::Obj => None,
            Form::NewEx => Some(self.kwargs()?.items()?),
            Form::NewObjCall => {
                args.next();
                None
            }
            Form::NewObjExCall if args.len() == 3 => {
                let keywords = args.get(2)?.items()?;
                args = tuple(args.get(1)?)?;
                Some(keywords)
            }
            Form::Reconstructor if args.len() == 3 => {
                args.nth(if args.get(2).is_some_and(Node::is_none) { 2 } else { 1 });
                None
            }
            Form::NewObjExCall | Form::Reconstructor => return None,
        };
        Some((args, keywords))
    }

    /// What was done to it after it was made, in order.
    pub fn steps(self) -> Steps<'g, S> {
        let made = self.form().parts();
        Steps { graph: self.graph, ids: &self.region()[made..] }
    }

    /// The state that was set last.
    pub fn state(self) -> Option<Node<'g, S>> {
        let states = self.steps().filter_map(|step| match step {
            Step::State(state) => Some(state),
            _ => None,
        });
        states.last()
    }

    /// An attribute, from the state's `__dict__` or its slots.
    pub fn attr(self, name: &str) -> Option<Node<'g, S>> {
        let state = self.state()?;
        match state.elements() {
            Some(pair) if pair.len() == 2 => pair.rev().find_map(|dict| dict.get(name)),
            _ => state.get(name),
        }
    }

    /// The attributes that its state sets: those of `__dict__`, then those in slots. Empty where the state is of
    /// another form.
    pub fn attrs(self) -> impl Iterator<Item = (Node<'g, S>, Node<'g, S>)> {
        let parts = self.state().and_then(Node::attributes).unwrap_or_default();
        parts.into_iter().flatten().flatten()
    }
}

impl<'g, S: AsRef<[u8]>> Node<'g, S> {
    /// The attributes that it sets as the state of an instance, if it is a dict or `(dict or None, dict)`: those of
    /// `__dict__`, then those in slots.
    pub fn attributes(self) -> Option<[Option<Items<'g, S>>; 2]> {
        match self.data() {
            Data::Dict(items) => Some([Some(items), None]),
            Data::Tuple(pair) if pair.len() == 2 => {
                let (dict, slots) = (pair.get(0)?, pair.get(1)?);
                let attributes = dict.items();
                (dict.is_none() || attributes.is_some()).then_some([attributes, Some(slots.items()?)])
            }
            _ => None,
        }
    }
}

/// The steps of an [`Instance`].
pub struct Steps<'g, S> {
    graph: &'g Graph<S>,
    ids: &'g [Id],
}

impl<S> Clone for Steps<'_, S> {
    fn clone(&self) -> Self {
        Self { graph: self.graph, ids: self.ids }
    }
}

impl<'g, S: AsRef<[u8]>> Iterator for Steps<'g, S> {
    type Item = Step<'g, S>;

    fn next(&mut self) -> Option<Self::Item> {
        let (first, rest) = self.ids.split_first()?;
        let Unpacked::Run(run, count) = first.unpack() else { unreachable!("steps begin with a run") };
        let length = count as usize * if run == Run::SetItem { 2 } else { 1 };
        let (ids, rest) = rest.split_at(length);
        self.ids = rest;
        Some(match run {
            Run::State => Step::State(self.graph.node(ids[0])),
            Run::Append => Step::Append(Elements::new(self.graph, ids)),
            Run::SetItem => Step::SetItem(Items::new(self.graph, ids)),
            Run::Add => Step::Add(Elements::new(self.graph, ids)),
            Run::Call => Step::Call(self.graph.node(ids[0])),
        })
    }
}
