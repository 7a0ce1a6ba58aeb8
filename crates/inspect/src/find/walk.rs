//! The way through a graph, which goes to each object once.

use std::collections::HashSet;

use halfsour_classes::numpy::Element;
use halfsour_classes::{Known, Shape, recognise, state_fields};
use halfsour_value::{Data, Graph, Id, Node, Part, Step as Done};

use super::cells::is_scalar;
use super::{Found, Hit, Search};
use crate::get::text_of;
use crate::path;

/// How many bytes of a text are shown.
pub(super) const MOST: usize = 60;

/// In the middle of a path that has more steps than this at either end, steps are left out, which only hostile data has.
const STEPS: usize = 1000;

pub struct Walk<'s, 'g, S> {
    pub(super) search: &'s mut Search,
    number: Option<usize>,
    /// How each place is reached, and from which; the first is all.
    places: Vec<(usize, Step<'g, S>)>,
    seen: Vec<bool>,
    /// What is to be looked at, the next last.
    open: Vec<(Node<'g, S>, usize)>,
}

/// A step on the way to an object.
pub(super) enum Step<'g, S> {
    All,
    Index(usize),
    Key(Node<'g, S>),
    Argument(usize),
    Part(&'static str),
    Text(String),
}

impl<'s, 'g, S: AsRef<[u8]>> Walk<'s, 'g, S> {
    pub fn new(search: &'s mut Search, number: Option<usize>) -> Self {
        Self { search, number, places: vec![(0, Step::All)], seen: Vec::new(), open: Vec::new() }
    }

    pub fn graph(mut self, graph: &'g Graph<S>) {
        self.seen = vec![false; graph.node_count()];
        self.open.push((graph.root(), 0));
        while let Some((node, place)) = self.open.pop() {
            if let Some(index) = node.id().index()
                && std::mem::replace(&mut self.seen[index], true)
            {
                continue;
            }
            let from = self.open.len();
            self.look(node, place);
            self.parts(node, place);
            // The first is to be looked at first.
            self.open[from..].reverse();
        }
    }

    pub(super) fn hit(
        &mut self,
        place: usize,
        kind: Found,
        offset: Option<usize>,
        value: impl FnOnce() -> String,
    ) {
        self.search.total += 1;
        if self.search.hits.len() < self.search.max {
            let hit = Hit { path: self.path(place), kind, value: value(), offset };
            self.search.hits.push(hit);
        }
    }

    fn path(&self, place: usize) -> String {
        let (mut steps, mut at) = (Vec::new(), place);
        while at > 0 {
            let (from, step) = &self.places[at];
            steps.push(step);
            at = *from;
        }
        steps.reverse();
        let spelled = |step: &&Step<'g, S>| match step {
            Step::All => String::new(),
            Step::Index(index) => path::index(*index),
            Step::Key(key) => path::key(*key),
            Step::Argument(index) => format!("({index})"),
            Step::Part(part) => format!("({part})"),
            Step::Text(text) => text.clone(),
        };
        let mut shown: Vec<_> = steps.iter().take(STEPS).map(spelled).collect();
        if steps.len() > 2 * STEPS {
            shown.push(" … ".to_owned());
        }
        shown.extend(steps.iter().skip(STEPS.max(steps.len().saturating_sub(STEPS))).map(spelled));
        match self.number {
            Some(number) => format!("#{number}{}", shown.concat()),
            None if shown.is_empty() => "(all)".to_owned(),
            None => path::join(&shown),
        }
    }

    /// Whether the object itself is found.
    fn look(&mut self, node: Node<'g, S>, place: usize) {
        let (scope, pattern) = (self.search.scope, &self.search.pattern);
        let kind = match node.data() {
            Data::Str(text) if scope.text && pattern.is_in(text.as_wtf8()) => Found::Text,
            Data::Bytes(bytes) | Data::ByteArray(bytes) if scope.text && pattern.is_in(bytes) => Found::Bytes,
            Data::ByteString(bytes) if scope.text && pattern.is_in(bytes) => Found::Text,
            Data::Int(int) if scope.numbers && pattern.is_int(int) => Found::Number,
            Data::Bool(value) if scope.numbers && pattern.is_int(value.into()) => Found::Number,
            Data::Float(float) if scope.numbers && pattern.is_float(float) => Found::Number,
            Data::BigInt(_) if scope.numbers && pattern.is_in(node.to_string().as_bytes()) => Found::Number,
            Data::Global(global) if scope.classes && pattern.is_in(global.full_name().as_bytes()) => {
                Found::Class
            }
            Data::Instance(instance) => {
                let class = instance.class().as_global().map(|class| class.full_name());
                if let Some(class) = class.filter(|class| scope.classes && pattern.is_in(class.as_bytes())) {
                    self.hit(place, Found::Class, node.offset(), || class);
                }
                // The elements of arrays, and scalars of numpy, are looked at later.
                let known = recognise(node).filter(|known| !matches!(known, Known::NumpyScalar(_)));
                let text = known.as_ref().and_then(text_of);
                if let Some(text) = text.filter(|text| scope.text && self.search.pattern.is_time(text)) {
                    self.hit(place, Found::Text, node.offset(), || text);
                }
                return;
            }
            _ => return,
        };
        self.hit(place, kind, node.offset(), || path::brief(node, MOST));
    }

    pub(super) fn place(&mut self, from: usize, step: Step<'g, S>) -> usize {
        self.places.push((from, step));
        self.places.len() - 1
    }

    pub(super) fn push(&mut self, node: Node<'g, S>, from: usize, step: Step<'g, S>) {
        // What was looked at needs no place.
        if node.id().index().is_some_and(|index| self.seen[index]) {
            return;
        }
        self.places.push((from, step));
        self.open.push((node, self.places.len() - 1));
    }

    pub(super) fn all(&mut self, nodes: impl IntoIterator<Item = Node<'g, S>>, from: usize) {
        for (index, node) in nodes.into_iter().enumerate() {
            self.push(node, from, Step::Index(index));
        }
    }

    pub(super) fn items(&mut self, items: impl IntoIterator<Item = (Node<'g, S>, Node<'g, S>)>, from: usize) {
        for (key, value) in items {
            if self.search.scope.keys && self.is_key(key) {
                self.places.push((from, Step::Key(key)));
                let place = self.places.len() - 1;
                self.hit(place, Found::Key, key.offset(), || path::brief(key, MOST));
            }
            self.push(value, from, Step::Key(key));
        }
    }

    /// Whether a key is found, or a part of one that is a tuple.
    pub(super) fn is_key(&self, key: Node<'g, S>) -> bool {
        const PARTS: usize = 100;
        match key.elements() {
            Some(parts) => parts.take(PARTS).any(|part| self.is_plain_key(part)),
            None => self.is_plain_key(key),
        }
    }

    fn is_plain_key(&self, key: Node<'g, S>) -> bool {
        let pattern = &self.search.pattern;
        match key.data() {
            Data::Int(int) => pattern.is_int(int),
            Data::Float(float) => pattern.is_float(float),
            Data::Bool(value) => pattern.is_int(value.into()),
            Data::BigInt(_) => pattern.is_in(key.to_string().as_bytes()),
            Data::Instance(_) => match recognise(key) {
                Some(Known::NumpyScalar(scalar)) => match scalar.element() {
                    Element::Scalar(scalar) => is_scalar(&scalar, pattern),
                    element => pattern.is_time(&element.to_string()),
                },
                known => known.as_ref().and_then(text_of).is_some_and(|text| pattern.is_time(&text)),
            },
            _ => key.text_bytes().or(key.as_bytes()).is_some_and(|bytes| pattern.is_in(bytes)),
        }
    }

    /// What the object is made of is to be looked at next.
    fn parts(&mut self, node: Node<'g, S>, place: usize) {
        match node.data() {
            Data::List(elements) | Data::Tuple(elements) => self.all(elements, place),
            // Members of sets have no path of their own.
            Data::Set(elements) | Data::FrozenSet(elements) => {
                elements.for_each(|member| self.push(member, place, Step::All));
            }
            Data::Dict(items) => self.items(items, place),
            Data::PersistentId(id) => self.push(id, place, Step::Part("persistent id")),
            Data::ReadOnly(of) => self.push(of, place, Step::All),
            Data::Instance(_) => self.instance(node, place),
            _ => {}
        }
        if let Some(steps) = node.foreign_steps() {
            steps.for_each(|step| self.done(step, place));
        }
    }

    fn instance(&mut self, node: Node<'g, S>, place: usize) {
        let known = recognise(node);
        if let Some(known) = &known
            && (self.table(known, node, place) || known.as_text().is_some())
        {
            return;
        }
        let held = known.as_ref().and_then(|known| self.held(known, place));
        self.made_of(node, held.as_ref(), place);
    }

    /// Goes to the members of a known object. Returns those that are not to be found again as arguments, or as what was appended; `None` if
    /// it has no members.
    fn held(&mut self, known: &Known<'g, S>, place: usize) -> Option<HashSet<Id>> {
        // The maps of a `ChainMap` are in an attribute, through which paths lead.
        if let Known::ChainMap(_) = known {
            return None;
        }
        match known.shape() {
            Shape::Sequence(members) => {
                let members: Vec<_> = members.collect();
                self.all(members.iter().copied(), place);
                Some(members.iter().map(|member| member.id()).collect())
            }
            Shape::Mapping(pairs) => {
                self.items(pairs, place);
                Some(HashSet::new())
            }
            _ => None,
        }
    }

    /// Goes to the parts of an instance, but for those that were found as its members.
    fn made_of(&mut self, node: Node<'g, S>, held: Option<&HashSet<Id>>, place: usize) {
        let is_held = |argument: &Node<'g, S>| {
            held.is_some_and(|held| {
                held.contains(&argument.id())
                    || matches!(argument.data(), Data::List(_) | Data::Tuple(_) | Data::Dict(_))
            })
        };
        let Some(instance) = node.as_instance() else { return };
        let arguments = instance.arguments();
        for part in instance.parts() {
            match (part, &arguments) {
                (Part::Args(_), Some((args, keywords))) => {
                    let others = args.clone().enumerate().filter(|(_, argument)| !is_held(argument));
                    for (index, argument) in others {
                        self.push(argument, place, Step::Argument(index));
                    }
                    self.items(keywords.clone().into_iter().flatten(), place);
                }
                (Part::Callable(_), _) if instance.class().as_global().is_none() => {
                    self.push(instance.class(), place, Step::Part("class"));
                }
                (Part::Callable(_), _) | (Part::Kwargs(_), Some(_)) => {}
                (Part::Args(args), None) => self.push(args, place, Step::Part("args")),
                (Part::Kwargs(kwargs), None) => self.push(kwargs, place, Step::Part("kwargs")),
                (Part::Step(Done::Append(_) | Done::SetItem(_)), _) if held.is_some() => {}
                (Part::Step(step), _) => self.done(step, place),
            }
        }
    }

    pub(super) fn push_state(&mut self, node: Node<'g, S>, place: usize) {
        if let Some(state) = node.as_instance().and_then(halfsour_value::Instance::state) {
            self.push(state, place, Step::Part("state"));
        }
    }

    fn done(&mut self, step: Done<'g, S>, place: usize) {
        match step {
            Done::State(state) => match state_fields(state) {
                Some(dicts) => self.items(dicts.into_iter().flatten(), place),
                None => self.push(state, place, Step::Part("state")),
            },
            Done::Append(elements) => self.all(elements, place),
            Done::Add(elements) => elements.for_each(|member| self.push(member, place, Step::All)),
            Done::SetItem(items) => self.items(items, place),
            Done::Call(call) => self.push(call, place, Step::Part("call")),
        }
    }
}
