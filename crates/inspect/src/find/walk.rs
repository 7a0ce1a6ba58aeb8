//! The way through a graph, which goes to each object once.

use std::collections::HashSet;

use halfsour_classes::memory::Scalar;
use halfsour_classes::numpy::{ArrayData, Element, Kind, NdArray};
use halfsour_classes::pandas::{Cell, Index};
use halfsour_classes::{Known, Shape, recognise, state_fields};
use halfsour_value::{Data, Graph, Id, Node, Part, Step as Done};

use super::{Found, Hit, Search};
use crate::{path, tree};

/// How many bytes of a text are shown.
const MOST: usize = 60;

/// In the middle of a path that has more steps than this at either end, steps are left out, which only hostile data has.
const STEPS: usize = 1000;

pub struct Walk<'s, 'g, S> {
    search: &'s mut Search,
    number: Option<usize>,
    /// How each place is reached, and from which; the first is all.
    places: Vec<(usize, Step<'g, S>)>,
    seen: Vec<bool>,
    /// What is to be looked at, the next last.
    open: Vec<(Node<'g, S>, usize)>,
}

/// A step on the way to an object.
enum Step<'g, S> {
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

    fn hit(&mut self, place: usize, kind: Found, offset: Option<usize>, value: impl FnOnce() -> String) {
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
                let text = recognise(node).as_ref().and_then(Known::as_text).map(ToString::to_string);
                if let Some(text) =
                    text.filter(|text| scope.text && self.search.pattern.is_in(text.as_bytes()))
                {
                    self.hit(place, Found::Text, node.offset(), || text);
                }
                return;
            }
            _ => return,
        };
        self.hit(place, kind, node.offset(), || path::brief(node, MOST));
    }

    fn push(&mut self, node: Node<'g, S>, from: usize, step: Step<'g, S>) {
        // What was looked at needs no place.
        if node.id().index().is_some_and(|index| self.seen[index]) {
            return;
        }
        self.places.push((from, step));
        self.open.push((node, self.places.len() - 1));
    }

    fn all(&mut self, nodes: impl IntoIterator<Item = Node<'g, S>>, from: usize) {
        for (index, node) in nodes.into_iter().enumerate() {
            self.push(node, from, Step::Index(index));
        }
    }

    fn items(&mut self, items: impl IntoIterator<Item = (Node<'g, S>, Node<'g, S>)>, from: usize) {
        for (key, value) in items {
            if self.search.scope.keys && self.is_key(key) {
                self.places.push((from, Step::Key(key)));
                let place = self.places.len() - 1;
                self.hit(place, Found::Key, key.offset(), || path::brief(key, MOST));
            }
            self.push(value, from, Step::Key(key));
        }
    }

    fn is_key(&self, key: Node<'g, S>) -> bool {
        let pattern = &self.search.pattern;
        match key.data() {
            Data::Int(int) => pattern.is_int(int),
            Data::Float(float) => pattern.is_float(float),
            _ => match key.text_bytes().or(key.as_bytes()) {
                Some(bytes) => pattern.is_in(bytes),
                None => key.elements().is_some_and(|parts| {
                    parts.take(100).any(|part| part.text_bytes().is_some_and(|bytes| pattern.is_in(bytes)))
                }),
            },
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
        match &known {
            Some(Known::DataFrame(frame)) if frame.columns().all(|column| column.is_ok()) => {
                self.index(&frame.index, place, ".index");
                for number in 0..frame.width() {
                    let Ok(column) = frame.column(number) else { continue };
                    let label = frame.columns.get(number);
                    let step = match &label {
                        Some(Cell::Object(node)) => Step::Key(*node),
                        Some(cell) => Step::Text(format!("[{}]", tree::cell(cell))),
                        None => continue,
                    };
                    self.places.push((place, step));
                    let of_column = self.places.len() - 1;
                    if let Some(Cell::Object(label)) = label
                        && self.search.scope.keys
                        && self.is_key(label)
                    {
                        self.hit(of_column, Found::Key, label.offset(), || path::brief(label, MOST));
                    }
                    self.cells(column.cells(), of_column);
                }
                return;
            }
            Some(Known::Series(series)) => {
                self.index(&series.index, place, ".index");
                self.cells((0..series.values.len()).map(|at| series.values.get(at)), place);
                return;
            }
            Some(Known::PandasIndex(index)) => return self.cells(index.cells(), place),
            Some(Known::PandasArray(values)) => {
                return self.cells((0..values.len()).map(|at| values.get(at)), place);
            }
            Some(Known::NdArray(array)) => {
                let is_record = matches!(array.dtype.kind, Kind::Structured(_));
                match &array.data {
                    ArrayData::Objects(objects) if array.mask.is_none() && !is_record => {
                        objects.clone().enumerate().for_each(|(at, object)| {
                            let step = match at_index(array, at) {
                                index if index.is_empty() => Step::All,
                                index => Step::Text(index),
                            };
                            self.push(object, place, step);
                        });
                    }
                    _ => self.array(array, place, node.graph()),
                }
                match array.attributes().map(Node::items).collect::<Option<Vec<_>>>() {
                    Some(dicts) => self.items(dicts.into_iter().flatten(), place),
                    // What is no attribute has no name: it is somewhere in the state.
                    None => self.push_state(node, place),
                }
                return;
            }
            Some(Known::NumpyScalar(scalar)) => {
                return self.array(scalar.as_array(), place, node.graph());
            }
            Some(known) if known.as_text().is_some() => return,
            _ => {}
        }
        // The maps of a `ChainMap` are in an attribute, through which paths lead.
        let shape = known.as_ref().filter(|known| !matches!(known, Known::ChainMap(_))).map(Known::shape);
        // What was found as a member is not found again as an argument, or as what was appended.
        let held = match shape {
            Some(Shape::Sequence(members)) => {
                let members: Vec<_> = members.collect();
                self.all(members.iter().copied(), place);
                Some(members.iter().map(|member| member.id()).collect())
            }
            Some(Shape::Mapping(pairs)) => {
                self.items(pairs, place);
                Some(HashSet::new())
            }
            _ => None,
        };
        let is_held = |argument: &Node<'g, S>| {
            held.as_ref().is_some_and(|held: &HashSet<Id>| {
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

    fn push_state(&mut self, node: Node<'g, S>, place: usize) {
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

    fn index(&mut self, index: &Index<'g, S>, from: usize, step: &str) {
        self.places.push((from, Step::Text(step.to_owned())));
        self.cells(index.cells(), self.places.len() - 1);
    }

    /// The values of a column, which are not all objects.
    fn cells(&mut self, cells: impl Iterator<Item = Option<Cell<'g, S>>>, place: usize) {
        for (row, cell) in cells.enumerate() {
            let (scope, pattern) = (self.search.scope, &self.search.pattern);
            let kind = match &cell {
                Some(Cell::Object(node)) => {
                    self.push(*node, place, Step::Index(row));
                    continue;
                }
                Some(Cell::Scalar(scalar)) if scope.numbers && is_scalar(scalar, pattern) => Found::Number,
                Some(Cell::Text(text)) if scope.text && pattern.is_in(text.as_bytes()) => Found::Text,
                Some(Cell::Bytes(bytes)) if scope.text && pattern.is_in(bytes) => Found::Bytes,
                Some(cell @ (Cell::Timestamp(_) | Cell::Timedelta(_) | Cell::Period(_) | Cell::Day(_)))
                    if scope.text && pattern.is_in(tree::cell(cell).as_bytes()) =>
                {
                    Found::Text
                }
                _ => continue,
            };
            let value = cell.as_ref().map(tree::cell).unwrap_or_default();
            self.places.push((place, Step::Index(row)));
            self.hit(self.places.len() - 1, kind, None, || value);
        }
    }

    /// The elements of an array, and the fields of records; what is masked is not there.
    fn array(&mut self, array: &NdArray<'g, S>, place: usize, graph: &'g Graph<S>) {
        for (at, element) in array.elements().into_iter().flatten().enumerate() {
            self.element(&element, place, &|| at_index(array, at), graph);
        }
    }

    /// An element, at a step that is only made if something is found. Types lie in each other no more than 32 times.
    fn element(
        &mut self,
        element: &Element<'_, S>,
        place: usize,
        step: &dyn Fn() -> String,
        graph: &'g Graph<S>,
    ) {
        let (scope, pattern) = (self.search.scope, &self.search.pattern);
        let kind = match element {
            Element::Scalar(scalar) if scope.numbers && is_scalar(scalar, pattern) => Found::Number,
            Element::LongDouble(_) if scope.numbers && pattern.is_in(element.to_string().as_bytes()) => {
                Found::Number
            }
            Element::Text(text) if scope.text && pattern.is_in(text.as_bytes()) => Found::Text,
            Element::Bytes(bytes) if scope.text && pattern.is_in(bytes) => Found::Bytes,
            Element::DateTime(_) | Element::TimeDelta(_)
                if scope.text && pattern.is_in(element.to_string().as_bytes()) =>
            {
                Found::Text
            }
            Element::Object(object) => {
                return self.push(graph.node(object.id()), place, Step::Text(step()));
            }
            Element::Record(record) => {
                for (name, field) in record.fields() {
                    self.element(&field, place, &|| format!("{}{}", step(), path::field(name)), graph);
                }
                return;
            }
            Element::Array(inner) => {
                for (at, element) in inner.elements().enumerate() {
                    self.element(
                        &element,
                        place,
                        &|| format!("{}{}", step(), spelled(inner.shape(), at)),
                        graph,
                    );
                }
                return;
            }
            _ => return,
        };
        self.places.push((place, Step::Text(step())));
        self.hit(self.places.len() - 1, kind, None, || element.to_string());
    }
}

fn is_scalar(scalar: &Scalar, pattern: &super::Pattern) -> bool {
    match *scalar {
        Scalar::Int(int) => pattern.is_int(int),
        Scalar::UInt(int) => match i64::try_from(int) {
            Ok(int) => pattern.is_int(int),
            Err(_) => pattern.is_in(int.to_string().as_bytes()),
        },
        Scalar::Bool(value) => pattern.is_int(value.into()),
        Scalar::Float(float) => pattern.is_float(float),
        Scalar::Complex(..) => false,
    }
}

/// `[0, 3]`: the step to an element, by its number.
pub(crate) fn at_index<S>(array: &NdArray<'_, S>, number: usize) -> String {
    spelled(&array.shape, number)
}

fn spelled(shape: &[usize], number: usize) -> String {
    let mut rest = number;
    let mut indices: Vec<_> = shape
        .iter()
        .rev()
        .map(|length| {
            let index = rest.checked_rem(*length).unwrap_or(0);
            rest = rest.checked_div(*length).unwrap_or(0);
            index.to_string()
        })
        .collect();
    indices.reverse();
    if indices.is_empty() { String::new() } else { format!("[{}]", indices.join(", ")) }
}
